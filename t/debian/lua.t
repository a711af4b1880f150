# Debian's Lua module: ngx.exec and ngx.status do not bypass a refusal. For Debian's nginx only.

use lib 't/lib';

BEGIN {
    my @lua = map { "/usr/lib/nginx/modules/$_.so" } qw(ndk_http_module ngx_http_lua_module);
    -e $_ or die "$_ is missing (scripts/setup --test installs it)\n" for @lua;
    # Loaded before this module, so nginx runs its handlers after ours.
    $ENV{TEST_NGINX_LOAD_MODULES} = "@lua $ENV{TEST_NGINX_LOAD_MODULES}";
}

use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== a redirect is checked if an error page made by Lua sets the status first
--- config
    root $TEST_NGINX_HTML_DIR;
    location /a/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 400 403 /page; }
    location /b/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 400 403 = @page; }
    location /n/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 400 403 /to_named; }
    location = /page { content_by_lua_block { ngx.status = 403; ngx.exec("/secret/a") } }
    location @page { content_by_lua_block { ngx.status = 403; ngx.exec("/secret/a") } }
    location = /to_named { content_by_lua_block { ngx.status = 403; ngx.exec("@secret") } }
    location /secret/ { $TEST_NGINX_KEY_1 pta_enable on; }
    location @secret { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^ /secret/a break; }
--- user_files
>>> secret/a
secret
--- request eval
[map { ("GET $_", "GET $_?pta=" . token("/other")) } qw(/a/x /b/x /n/x)]
--- error_code eval
[(400, 403) x 3]
--- response_body_unlike eval
[("secret") x 6]

=== ngx.exec in the access phase is checked after a refusal under satisfy any
--- config
    root $TEST_NGINX_HTML_DIR;
    location /s1/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; access_by_lua_block { ngx.exec("/secret/a") } }
    location /s2/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; access_by_lua_block { ngx.exec("@secret") } }
    location /secret/ { $TEST_NGINX_KEY_1 pta_enable on; pta_phase rewrite; return 200 secret; }
    location @secret { $TEST_NGINX_KEY_1 pta_enable on; pta_phase rewrite; return 200 secret; }
--- request eval
[map { ("GET $_", "GET $_?pta=" . token("/other")) } qw(/s1/x /s2/x)]
--- error_code eval
[(400, 403) x 2]
--- response_body_unlike eval
[("secret") x 4]

=== a header that Lua adds again is not the client's
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method header;
    location /a/ {
        pta_enable on;
        access_by_lua_block { ngx.req.set_header("X-PTA", "of Lua") }
        try_files /none @second;
    }
    location @second { $TEST_NGINX_KEY_2 pta_enable on; access_by_lua_block { ngx.req.set_header("X-PTA", "of Lua") } try_files /none @third; }
    location @third {
        pta_enable on;
        pta_auth_method qs header fallback;
        content_by_lua_block { ngx.say("header ", ngx.var.http_x_pta) }
    }
--- request eval
[("GET /a/x") x 3]
--- more_headers eval
["X-PTA: " . token("/a/*"), "X-PTA: zz", ""]
--- error_code eval
[200, 400, 400]
--- response_body_like eval
['^header nil$', '400', '400']

=== an error page made by Lua is shown
--- config
    location /a/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 400 = @page; }
    location @page { $TEST_NGINX_KEY_1 pta_enable on; content_by_lua_block { ngx.status = 400; ngx.say("no token") } }
--- request
GET /a/x
--- error_code: 400
--- response_body
no token

=== after the request was allowed, ngx.exec to another realm is checked
--- config
    root $TEST_NGINX_HTML_DIR;
    location /a/ { $TEST_NGINX_KEY_1 pta_enable on; content_by_lua_block { ngx.exec("/same/a") } }
    location /b/ { $TEST_NGINX_KEY_1 pta_enable on; content_by_lua_block { ngx.exec("/other/a") } }
    location /same/ { $TEST_NGINX_KEY_1 pta_enable on; }
    location /other/ { $TEST_NGINX_KEY_3 pta_enable on; }
--- user_files
>>> same/a
same
>>> other/a
other
--- request eval
["GET /a/x?pta=" . token("/a/x"), "GET /b/x?pta=" . token("/b/x"), "GET /a/x"]
--- error_code eval
[200, 403, 400]
