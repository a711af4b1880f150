# pta_playlist and Debian's Lua module, whose filters run before ours. For Debian's nginx only.

use lib 't/lib';

BEGIN {
    my @lua = map { "/usr/lib/nginx/modules/$_.so" } qw(ndk_http_module ngx_http_lua_module);
    -e $_ or die "$_ is missing (scripts/setup --test installs it)\n" for @lua;
    $ENV{TEST_NGINX_LOAD_MODULES} = "@lua $ENV{TEST_NGINX_LOAD_MODULES}";
}

use Test::Nginx::Socket 'no_plan';
use PTA;

our $token = PTA::token('/v/*');

run_suite();

__DATA__

=== a playlist that Lua writes is signed, in one piece and in many
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    default_type application/vnd.apple.mpegurl;
    location /v/one { pta_enable on; content_by_lua_block { ngx.print("#EXTM3U\n1.ts\n") } }
    location /v/many {
        pta_enable on;
        content_by_lua_block {
            for piece in ("#EXTM3U\n1.ts\n2.ts?a=1\n"):gmatch(".") do ngx.print(piece); ngx.flush(true) end
        }
    }
    location /v/length { pta_enable on; content_by_lua_block { ngx.header.content_length = 13; ngx.print("#EXTM3U\n1.ts\n") } }
    location /v/slow { pta_enable on; content_by_lua_block { ngx.print("#EXTM3U\n"); ngx.sleep(0.05); ngx.print("1.ts\n") } }
    location /v/late { pta_enable on; content_by_lua_block { ngx.header.content_type = "audio/mpegurl"; ngx.print("#EXTM3U\n1.ts\n") } }
    location /v/other { pta_enable on; content_by_lua_block { ngx.header.content_type = "text/plain"; ngx.print("#EXTM3U\n1.ts\n") } }
    location /v/status { pta_enable on; content_by_lua_block { ngx.status = 404; ngx.print("#EXTM3U\n1.ts\n") } }
    location /v/empty { pta_enable on; content_by_lua_block { ngx.exit(200) } }
    location /v/exec { pta_enable on; content_by_lua_block { ngx.exec("/target.m3u8") } }
    location = /target.m3u8 { internal; pta_enable on; return 200 "#EXTM3U\n1.ts\n"; }
    location /v/part { pta_enable on; content_by_lua_block { ngx.print(ngx.location.capture("/v/one").body) } }
--- request eval
[map { "GET /v/$_?pta=$::token" } qw(one many length slow late other status empty exec part)]
--- error_code eval
[(200) x 6, 404, 200, 200, 200]
--- response_headers eval
[("Cache-Control: private, no-cache") x 5, ("!Cache-Control") x 2, "", ("Cache-Control: private, no-cache") x 2]
--- response_body eval
my $signed = "#EXTM3U\n1.ts?pta=$::token\n";
[$signed, "#EXTM3U\n1.ts?pta=$::token\n2.ts?a=1&pta=$::token\n", $signed, $signed, $signed, "#EXTM3U\n1.ts\n", "#EXTM3U\n1.ts\n", "", $signed, $signed]

=== the filters of Lua come first: what they make of a playlist is what is signed
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    root $TEST_NGINX_HTML_DIR;
    location /v/body/ {
        pta_enable on;
        header_filter_by_lua_block { ngx.header.content_length = nil }
        body_filter_by_lua_block { ngx.arg[1] = ngx.arg[1]:gsub("1%.ts", "https://other.example/v/1.ts"):gsub("2%.ts", "new/2.ts") }
    }
    location /v/type/ { pta_enable on; header_filter_by_lua_block { ngx.header.content_type = "application/vnd.apple.mpegurl" } }
    location /v/away/ { pta_enable on; header_filter_by_lua_block { ngx.status = 404 } }
    location /v/cache/ {
        pta_enable on;
        header_filter_by_lua_block { ngx.header.cache_control = "public, max-age=60"; ngx.header.etag = '"x"'; ngx.header["CDN-Cache-Control"] = "max-age=60" }
    }
    location /v/encoded/ { pta_enable on; header_filter_by_lua_block { ngx.header.content_encoding = "br" } }
    location /v/dropped/ {
        pta_enable on;
        header_filter_by_lua_block { ngx.header.content_length = nil }
        body_filter_by_lua_block { ngx.arg[1] = nil }
    }
    location /v/early-end/ {
        pta_enable on;
        header_filter_by_lua_block { ngx.header.content_length = nil }
        body_filter_by_lua_block { if not ngx.ctx.done then ngx.ctx.done = true; ngx.arg[1] = "#EXTM3U\nlast.ts\n"; ngx.arg[2] = true else ngx.arg[1] = nil end }
    }
--- user_files eval
CORE::join "", map { ">>> v/$_\n#EXTM3U\n1.ts\n2.ts\n" } qw(body/a.m3u8 type/a away/a.m3u8 cache/a.m3u8 encoded/a.m3u8 dropped/a.m3u8 early-end/a.m3u8)
--- request eval
[map { "GET /v/$_?pta=$::token" } qw(body/a.m3u8 type/a away/a.m3u8 cache/a.m3u8 encoded/a.m3u8 dropped/a.m3u8 early-end/a.m3u8)]
--- error_code eval
[200, 200, 404, 200, 500, 200, 200]
--- response_headers eval
[("Cache-Control: private, no-cache") x 2, "", "Cache-Control: private, no-cache\r\n!ETag\r\n!Last-Modified\r\n!Accept-Ranges", "", "", ""]
--- response_body_like eval
["^#EXTM3U\nhttps://other.example/v/1.ts\nnew/2.ts\\?pta=$::token\n\$" =~ s/#/\\#/r, "^\\#EXTM3U\n1.ts\\?pta=$::token\n2.ts\\?pta=$::token\n\$",
 "^\\#EXTM3U\n1.ts\n2.ts\n\$", "^\\#EXTM3U\n1.ts\\?pta=$::token\n2.ts\\?pta=$::token\n\$", "500", "^\$", "^\\#EXTM3U\nlast.ts\\?pta=$::token\n\$"]

=== Lua's error while the playlist is held is no half playlist
The counter-proof: without pta_playlist, the client gets the first half.
--- http_config
    log_format sent '$uri $body_bytes_sent';
--- config
    $TEST_NGINX_KEY_1
    access_log $TEST_NGINX_SERVER_ROOT/logs/access.log sent;
    default_type application/vnd.apple.mpegurl;
    location /v/held {
        pta_enable on; pta_playlist forward;
        content_by_lua_block { ngx.print("#EXTM3U\n1.ts\n"); ngx.flush(true); error("on purpose") }
    }
    location /v/sent {
        pta_enable on;
        content_by_lua_block { ngx.print("#EXTM3U\n1.ts\n"); ngx.flush(true); error("on purpose") }
    }
--- request eval
["GET /v/held?pta=$::token", "GET /v/sent?pta=$::token"]
--- ignore_response
--- log_lines
/v/held 0
/v/sent 18
--- error_lines
on purpose

=== issue: one token for each playlist
--- config
    $TEST_NGINX_KEY_1
    location /v/ {
        pta_issue /v/* 1h step=30m;
        pta_playlist issue;
        default_type application/vnd.apple.mpegurl;
        content_by_lua_block { ngx.print("#EXTM3U\n1.ts\n2.ts\n", ngx.var.http_x, "\n") }
        log_by_lua_block { ngx.log(ngx.WARN, "seen: ", ngx.var.pta_playlist) }
    }
--- request
GET /v/a
--- more_headers
X: /other/3.ts
--- response_body_like eval
qr{\A#EXTM3U\n1\.ts\?pta=([0-9a-f]+)\n2\.ts\?pta=\1\n/other/3\.ts\n\z}
--- error_lines
seen: 2/3
