# ngx.req.raw_header() of Debian's Lua module. It searches the header from the address of the
# request line, and reads the byte after that line.

use lib 't/lib';

BEGIN {
    my @lua = map { "/usr/lib/nginx/modules/$_.so" } qw(ndk_http_module ngx_http_lua_module);
    -e $_ or die "$_ is missing (scripts/setup --test installs it)\n" for @lua;
    $ENV{TEST_NGINX_LOAD_MODULES} = "@lua $ENV{TEST_NGINX_LOAD_MODULES}";
}

use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== ngx.req.raw_header() is empty if the request line is masked
--- tokens_in_logs: pta_mask off
--- config
    root $TEST_NGINX_HTML_DIR;
    header_filter_by_lua_block {
        ngx.header["X-Line"] = ngx.var.request
        -- An empty header is a NUL.
        local raw = string.gsub(ngx.req.raw_header(), "%z", "")
        ngx.header["X-Raw"] = "[" .. string.gsub(raw, "\r\n.*", "") .. "]"
    }
    location /masked/ { $TEST_NGINX_KEY_1 pta_enable on; }
    location /shown/ { $TEST_NGINX_KEY_1 pta_enable on; pta_mask off; }
--- user_files
>>> masked/a
a
>>> shown/a
a
--- request eval
my $t = token("/*");
["GET /masked/a?pta=$t", "GET /masked/a?b=1&pta=$t&c=2", "GET /masked/a", "GET /shown/a?pta=$t"]
--- error_code eval
[200, 200, 400, 200]
--- response_headers eval
my $t = token("/*");
["X-Line: GET /masked/a?pta=*** HTTP/1.1\r\nX-Raw: []", "X-Line: GET /masked/a?b=1&pta=***&c=2 HTTP/1.1\r\nX-Raw: []",
 "X-Line: GET /masked/a HTTP/1.1\r\nX-Raw: [GET /masked/a HTTP/1.1]",
 "X-Line: GET /shown/a?pta=$t HTTP/1.1\r\nX-Raw: [GET /shown/a?pta=$t HTTP/1.1]"]
