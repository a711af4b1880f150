# The error page of a refused request is not checked. The target of a rewrite from it is.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== the target of the error page's rewrite is checked after a refusal
--- config
    root $TEST_NGINX_HTML_DIR;
    location /d1/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 400 403 /denied/x; }
    location /d2/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 400 403 = @denied; }
    location /d3/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 400 403 =200 /same/x; }
    location /d4/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 400 403 /if/x; }
    location /d5/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 400 403 /twice/x; }
    location /d6/ { $TEST_NGINX_KEY_3 pta_enable on; error_page 400 403 /denied/x; }
    location /denied/ { rewrite ^ /secret/a last; }
    location @denied { rewrite ^ /secret/a last; }
    location /same/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^ /secret/a last; }
    location /if/ { if ($request_method = GET) { rewrite ^ /secret/a last; } }
    location /twice/ { rewrite ^ /denied/x last; }
    location /secret/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> secret/a
secret
--- table
    request   | query  | status
    GET /d1/x | -      | 400
    GET /d1/x | /other | 403
    GET /d2/x | -      | 400
    GET /d2/x | /other | 403
    GET /d3/x | -      | 400
    GET /d3/x | /other | 403
    GET /d4/x | -      | 400
    GET /d4/x | /other | 403
    GET /d5/x | -      | 400
    GET /d5/x | /other | 403
    GET /d6/x | -      | 400
    GET /d6/x | /other | 403
--- response_body_unlike eval
[("^secret") x 12]

=== the target of the error page's rewrite is shown if it is open or the token allows it
--- config
    root $TEST_NGINX_HTML_DIR;
    location /d1/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 400 /denied/x; }
    location /d2/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 404 /missing/x; }
    location /denied/ { rewrite ^ /open/a last; }
    location /missing/ { rewrite ^ /secret/a last; }
    location /open/ { }
    location /secret/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> open/a
open
>>> secret/a
secret
--- request eval
["GET /d1/x", "GET /d2/x?pta=" . token("/d2/x")]
--- error_code eval
[400, 404]
--- response_body eval
["open\n", "secret\n"]

=== the target of the error page's rewrite is checked after an error of an allowed request
--- config
    root $TEST_NGINX_HTML_DIR;
    location /d1/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 404 /missing/x; }
    location /missing/ { rewrite ^ /secret/a last; }
    location /secret/ { $TEST_NGINX_KEY_3 pta_enable on; }
--- user_files
>>> secret/a
secret
--- request eval
"GET /d1/x?pta=" . token("/d1/x")
--- error_code: 403

=== the error page is shown after rewrite ... break, try_files or the server's rewrites
--- config
    root $TEST_NGINX_HTML_DIR;
    rewrite ^/pages/(.*)$ /errors/$1 last;
    location /d1/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 400 /break/x; }
    location /d2/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 400 /tried/x; }
    location /d3/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 400 /pages/a; }
    location /break/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^ /errors/a break; }
    location /tried/ { $TEST_NGINX_KEY_1 pta_enable on; try_files /errors/a =404; }
    location /errors/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> errors/a
page
--- table
    request       | status | body
    GET /d1/x     | 400    | ^page
    GET /d2/x     | 400    | ^page
    GET /d3/x     | 400    | ^page
    GET /errors/a | 400    | 400 Bad Request
