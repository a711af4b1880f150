# pta_accel_redirect: the token allows only the redirect. If the request is rewritten to another
# location instead, that location must not let it pass.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== satisfy any does not let a rewritten request pass
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    location /play/ { pta_enable on; pta_accel_redirect on; rewrite ^/play/(.*)$ /any/$1 last; }
    location /any/ { $TEST_NGINX_KEY_3 pta_enable on; satisfy any; allow all; }
    location /same/ { pta_enable on; pta_accel_redirect on; rewrite ^/same/(.*)$ /any_same/$1 last; }
    location /any_same/ { pta_enable on; satisfy any; allow all; }
    location /open/ { pta_enable on; pta_accel_redirect on; rewrite ^/open/(.*)$ /public/$1 last; }
    location /public/ { satisfy any; allow all; }
--- user_files
>>> any/a
a
>>> any_same/a
a
>>> public/a
a
--- request eval
["GET /any/a", map { "GET /$_/a?pta=" . token("/hidden/a") } "play", "same", "open"]
--- error_code eval
[200, 403, 403, 403]
--- response_body_unlike eval
["not that", ("^a") x 3]

=== with pta_phase rewrite, return does not answer before the check
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    location /play/ { pta_enable on; pta_accel_redirect on; pta_name to; rewrite ^/play/(.*)$ /phase/$1 last; }
    location /phase/ { pta_enable on; pta_phase rewrite; return 200 "answer\n"; }
--- request eval
["GET /phase/a?pta=" . token("/phase/*"),
 "GET /play/a?pta=" . token("/play/*") . "&to=" . token("/hidden/a"),
 "GET /play/a?pta=" . token("/play/*")]
--- error_code eval
[200, 403, 400]
--- response_body_unlike eval
["not that", ("answer") x 2]

=== the error page of the refusal is shown
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    error_page 403 /any/page;
    location /play/ { pta_enable on; pta_accel_redirect on; rewrite ^/play/(.*)$ /any/$1 last; }
    location /any/ { $TEST_NGINX_KEY_3 pta_enable on; satisfy any; allow all; }
--- user_files
>>> any/a
a
>>> any/page
page
--- request eval
"GET /play/a?pta=" . token("/hidden/a")
--- error_code: 403
--- response_body
page
