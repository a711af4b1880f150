# Subrequests are not checked. The main request is.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== auth_request to a protected location is not checked
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    location /open/ { auth_request /auth; }
    location /p/ { auth_request /auth; pta_enable on; }
    location = /auth { pta_enable on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- user_files
>>> open/a
a
>>> p/a
a
--- request eval
["GET /open/a", "GET /p/a", "GET /p/a?pta=" . token("/p/a"), "GET /auth"]
--- error_code eval
[200, 400, 200, 400]

=== auth_request can still refuse an allowed request
--- config
    root $TEST_NGINX_HTML_DIR;
    location /p/ { auth_request /auth; $TEST_NGINX_KEY_1 pta_enable on; }
    location = /auth { return 403; }
--- user_files
>>> p/a
a
--- request eval
["GET /p/a", "GET /p/a?pta=" . token("/p/a")]
--- error_code eval
[400, 403]

=== SSI can include protected content, even by a rewrite
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    location /page/ { ssi on; ssi_types text/plain; }
    location /p/ { pta_enable on; }
    location /moved/ { rewrite ^/moved/(.*)$ /p/$1 last; }
--- user_files
>>> page/a
[<!--# include virtual="/p/a" -->][<!--# include virtual="/moved/a?pta=00" -->]
>>> p/a
part
--- request eval
["GET /page/a", "GET /p/a"]
--- error_code eval
[200, 400]
--- response_body_like eval
["^\\[part\n\\]\\[part\n\\]", "400 Bad Request"]

=== a protected SSI page is checked once, and its parts are not checked
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    pta_enable on;
    location / { ssi on; ssi_types text/plain; }
--- user_files
>>> page
[<!--# echo var="request_uri" -->][<!--# include virtual="/part" -->]
>>> part
part
--- request eval
["GET /page?x=1&pta=" . token("/page"), "GET /page"]
--- error_code eval
[200, 400]
--- response_body_like eval
["^\\[/page\\?x=1\\]\\[part\n\\]", "400 Bad Request"]

=== mirror works in a protected location
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; mirror /mirror; }
    location /mirror { internal; pta_enable on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1$request_uri; }
--- user_files
>>> a
a
--- request eval
["GET /a?pta=" . token("/a"), "GET /a"]
--- error_code eval
[200, 400]

=== slice works in a protected location
--- config
    $TEST_NGINX_KEY_1
    location /s/ {
        pta_enable on;
        slice 4;
        proxy_set_header Range $slice_range;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/files/;
    }
    location /files/ { root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> files/a
0123456789
--- request eval
["GET /s/a?pta=" . token("/s/a"), "GET /s/a"]
--- error_code eval
[200, 400]
--- response_body_like eval
["^0123456789\n\$", "400 Bad Request"]

=== a subrequest to a realm that has not allowed the main request causes one warning
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    location /open/ { auth_request /auth; }
    location = /auth { pta_enable on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- user_files
>>> open/a
a
--- request eval
["GET /open/a?x=1&pta=" . token("/open/a"), "GET /open/a", "GET /open/a"]
--- error_code eval
[200, 200, 200]
--- error_lines eval
[qr/\[warn\] [^\n]*pta: subrequest to protected location "\/auth" [^\n]*${\ logged("GET \/open\/a?x=1&pta=*** HTTP\/1.1")}, subrequest: "\/auth"/,
 qr/\A(?!.*pta: subrequest.*pta: subrequest)/s]

=== an error page or an open page that includes protected URIs causes a warning
--- config
    root $TEST_NGINX_HTML_DIR;
    ssi on;
    ssi_types text/plain;
    error_page 400 /page;
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; }
    location = /page { $TEST_NGINX_KEY_1 pta_enable on; }
    location /i/ { $TEST_NGINX_KEY_3 if ($arg_x) { pta_enable on; } }
    location /open/ { }
--- user_files
>>> p/a
part
>>> i/a
part
>>> page
[<!--# include virtual="/p/a" -->]
>>> open/a
[<!--# include virtual="/i/a?x=1" -->]
--- request eval
["GET /p/x", "GET /p/x", "GET /open/a"]
--- error_code eval
[400, 400, 200]
--- error_lines eval
[qr/\[warn\] [^\n]*pta: subrequest to protected location "\/p\/"/, qr/\[warn\] [^\n]*pta: subrequest to protected location "\/i\/"/,
 qr/\A(?!(?:.*pta: subrequest){3})/s]

=== no warning is logged if the main request is allowed, exempt or in a dry run
--- config
    root $TEST_NGINX_HTML_DIR;
    ssi on;
    ssi_types text/plain;
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; }
    location /any/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; allow all; }
    location /dry/ { $TEST_NGINX_KEY_1 pta_enable on; pta_dry_run on; }
    location /accel/ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel; }
    location /auth/ { $TEST_NGINX_KEY_1 pta_enable on; auth_request /p/part; alias $TEST_NGINX_HTML_DIR/p/; }
    location /open/ { }
    location = /plain { }
--- user_files
>>> p/a
[<!--# include virtual="/p/part" -->]
>>> any/a
[<!--# include virtual="/p/part" -->]
>>> dry/a
[<!--# include virtual="/p/part" -->]
>>> open/a
[<!--# include virtual="/plain" -->]
>>> p/part
part
>>> plain
part
--- table
    request             | query      | status | body
    GET /p/a            | /p/a       | 200    | part
    GET /any/a          | -          | 200    | part
    GET /dry/a          | -          | 200    | part
    GET /accel/?to=/p/a | -          | 200    | part
    GET /auth/part      | /auth/part | 200    | part
    GET /open/a         | -          | 200    | part
--- no_error_log
pta: subrequest
