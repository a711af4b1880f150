# pta_cache_control and caching headers that Debian's Lua module sets. For Debian's nginx only.

use lib 't/lib';

BEGIN {
    my @lua = map { "/usr/lib/nginx/modules/$_.so" } qw(ndk_http_module ngx_http_lua_module);
    -e $_ or die "$_ is missing (scripts/setup --test installs it)\n" for @lua;
    # Loaded before this module, so nginx runs its access handler after ours.
    $ENV{TEST_NGINX_LOAD_MODULES} = "@lua $ENV{TEST_NGINX_LOAD_MODULES}";
}

use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== headers of header_filter_by_lua decide for an allowed request, and are removed for a refused one
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method cookie;
    root $TEST_NGINX_HTML_DIR;
    location /many/ {
        pta_enable on;
        header_filter_by_lua_block {
            ngx.header["Cache-Control"] = {"max-age=60", "immutable"}
            ngx.header["Expires"] = "Thu, 31 Dec 2037 23:55:55 GMT"
        }
    }
    location /public/ { pta_enable on; header_filter_by_lua_block { ngx.header.cache_control = "public" } }
    location /none/ { pta_enable on; expires 1h; header_filter_by_lua_block { ngx.header.cache_control = nil } }
--- user_files
>>> many/a
a
>>> public/a
a
>>> none/a
a
--- request eval
["GET /many/a", "GET /many/a", "GET /public/a", "GET /public/a", "GET /none/a", "GET /none/a"]
--- more_headers eval
my $c = "Cookie: pta=" . token("/*");
[$c, "", $c, "", $c, ""]
--- error_code eval
[200, 400, 200, 400, 200, 400]
--- response_headers eval
["Cache-Control: max-age=60, immutable, private", "Cache-Control: no-store\r\n!Expires", "Cache-Control: public", "Cache-Control: no-store",
 "Cache-Control: private", "Cache-Control: no-store"]

=== content_by_lua: responses get the header, and Lua sees it afterwards
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method cookie;
    location / {
        pta_enable on;
        error_page 400 = @page;
        content_by_lua_block { ngx.header["CDN-Cache-Control"] = "x"; ngx.header["CDN-Cache-Control"] = nil; ngx.say("content") }
        log_by_lua_block { ngx.log(ngx.WARN, "sent: ", ngx.var.sent_http_cache_control) }
    }
    location @page {
        content_by_lua_block { ngx.header["Surrogate-Control"] = "max-age=60"; ngx.say("page") }
        log_by_lua_block { ngx.log(ngx.WARN, "sent: ", ngx.var.sent_http_cache_control) }
    }
--- request eval
["GET /a", "GET /a"]
--- more_headers eval
["Cookie: pta=" . token("/*"), ""]
--- response_headers eval
["Cache-Control: private", "Cache-Control: no-store\r\n!Surrogate-Control"]
--- response_body eval
["content\n", "page\n"]
--- error_lines
sent: private
sent: no-store

=== satisfy any: if access_by_lua allows the request, there is no header; if it refuses, no-store
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    location /in/ { satisfy any; pta_enable on; access_by_lua_block { ngx.exit(ngx.OK) } }
    location /out/ { satisfy any; pta_enable on; access_by_lua_block { ngx.exit(403) } }
--- user_files
>>> in/a
a
--- request eval
["GET /in/a", "GET /out/a"]
--- error_code eval
[200, 403]
--- response_headers eval
["!Cache-Control", "Cache-Control: no-store"]
