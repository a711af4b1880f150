# pta_accel_redirect: nginx redirects internally to the path in the token.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== the path in the token is served, and cannot be requested directly
--- config
    $TEST_NGINX_KEY_1
    location = /dl { pta_enable on; pta_accel_redirect on; }
    location /files/ { internal; root $TEST_NGINX_HTML_DIR; add_header X-Args "[$args]"; }
--- user_files
>>> files/a
file a
--- request eval
["GET /dl?pta=" . token("/files/a"), "GET /dl?name=x&pta=" . token("/files/a"), "GET /dl", "GET /dl?pta=zz",
 "GET /dl?pta=" . token("/files/a", expires => 1), "GET /files/a", "GET /dl?pta=" . token("/files/none")]
--- error_code eval
[200, 200, 400, 400, 410, 404, 404]
--- response_headers eval
["X-Args: []", "X-Args: [name=x]", "X-Args: ", "X-Args: ", "X-Args: ", "X-Args: ", "X-Args: "]

=== a path with a wildcard, a NUL or a "." or ".." segment is refused
--- config
    $TEST_NGINX_KEY_1
    location = /dl { pta_enable on; pta_accel_redirect on; }
    location / { root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> files/a
a
>>> files/..b
b
--- request eval
[map { "GET /dl?pta=" . token($_) } "/files/*", "/files/a\0", "/files/../files/a", "/..", "/files/..", "/files/./a", "/files/..b"]
--- error_code eval
[403, 403, 403, 403, 403, 403, 200]

=== in the path, % and ? are literal, slashes are merged, and an escaped star is a star
--- config
    $TEST_NGINX_KEY_1
    location = /dl { pta_enable on; pta_accel_redirect on; }
    location /files/ { internal; root $TEST_NGINX_HTML_DIR; }
--- user_files eval
[["files/a%20b" => "percent\n"], ["files/a?b" => "question\n"], ["files/a*b" => "star\n"], ["files/a b" => "blank\n"], ["files/c" => "c\n"]]
--- request eval
[map { "GET /dl?pta=" . token($_) } "/files/a%20b", "/files/a?b", '/files/a\*b', "/files/a b", "//files///c"]
--- response_body eval
["percent\n", "question\n", "star\n", "blank\n", "c\n"]

=== deny, auth_basic and auth_request of the location still apply
--- config
    $TEST_NGINX_KEY_1
    location = /deny { pta_enable on; pta_accel_redirect on; deny all; }
    location = /auth { pta_enable on; pta_accel_redirect on; auth_request /no; }
    location = /basic { pta_enable on; pta_accel_redirect on; auth_basic x; auth_basic_user_file $TEST_NGINX_HTML_DIR/none; }
    location = /no { return 403; }
    location /files/ { internal; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> files/a
a
--- request eval
[map { "GET /$_?pta=" . token("/files/a") } "deny", "auth", "basic"]
--- error_code eval
[403, 403, 401]

=== with satisfy any, a request that another module allows without a token is refused
--- config
    $TEST_NGINX_KEY_1
    location = /dl { satisfy any; allow all; pta_enable on; pta_accel_redirect on; }
    location /files/ { internal; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> files/a
a
--- request eval
["GET /dl", "GET /dl?pta=" . token("/files/a")]
--- error_code eval
[403, 200]

=== the target of the redirect is exempt, and its index and error pages work
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    root $TEST_NGINX_HTML_DIR;
    location = /dl { pta_accel_redirect on; }
    location /files/ { error_page 404 /files/missing; }
--- user_files
>>> files/a
a
>>> files/index.html
index
>>> files/missing
missing
--- request eval
["GET /dl?pta=" . token("/files/a"), "GET /dl?pta=" . token("/files/"), "GET /dl?pta=" . token("/files/x"), "GET /files/a"]
--- error_code eval
[200, 200, 404, 400]

=== a token for a redirect is not valid in another location of the same realm
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    location = /dl { pta_enable on; pta_accel_redirect on; rewrite ^ /files/b last; }
    location /files/ { pta_enable on; }
--- user_files
>>> files/a
a
>>> files/b
b
--- request eval
["GET /dl?pta=" . token("/files/a"), "GET /dl?pta=" . token("/dl")]
--- error_code eval
[403, 403]

=== a rewrite out of the location is refused, in either phase
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    location = /dl { pta_enable on; pta_accel_redirect on; rewrite ^ /open/a last; }
    location = /early { pta_enable on; pta_accel_redirect on; pta_phase rewrite; rewrite ^ /open/a last; }
    location = /break { pta_enable on; pta_accel_redirect on; rewrite ^ /other break; }
    location /open/ { }
--- user_files
>>> open/a
open
--- request eval
["GET /dl?pta=" . token("/nope"), "GET /early?pta=" . token("/nope"), "GET /break?pta=" . token("/open/a"), "GET /dl"]
--- error_code eval
[403, 403, 200, 400]

=== a redirect to another realm is checked there
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    location = /dl { pta_enable on; pta_accel_redirect on; pta_auth_method qs cookie; }
    location /sec/ { $TEST_NGINX_KEY_3 pta_enable on; pta_auth_method cookie; }
    location /rw/ { rewrite ^ /sec/a last; }
    location /same/ { pta_enable on; }
--- user_files
>>> sec/a
a
>>> same/a
a
--- table
    request | query   | cookie     | status
    GET /dl | /sec/a  | -          | 400
    GET /dl | /rw/a   | -          | 400
    GET /dl | /same/a | -          | 200
    GET /dl | /sec/a  | /dl pair 3 | 200

=== a redirect to the location itself ends at nginx's limit for redirects
--- config
    $TEST_NGINX_KEY_1
    location = /dl { pta_enable on; pta_accel_redirect on; }
--- request eval
"GET /dl?pta=" . token("/dl")
--- error_code: 500
--- error_log
rewrite or internal redirection cycle

=== HEAD, ranges and cookies work
--- config
    $TEST_NGINX_KEY_1
    location = /dl { pta_enable on; pta_accel_redirect on; pta_auth_method cookie; }
    location /files/ { internal; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> files/a
0123456789
--- more_headers eval
"Range: bytes=2-4\r\nCookie: pta=" . token("/files/a")
--- request eval
["GET /dl", "HEAD /dl"]
--- error_code eval
[206, 206]
--- response_body eval
["234", ""]

=== dry run and pta_phase rewrite work
--- config
    $TEST_NGINX_KEY_1
    location = /dry { pta_enable on; pta_accel_redirect on; pta_dry_run on; root $TEST_NGINX_HTML_DIR; }
    location = /early { pta_enable on; pta_accel_redirect on; pta_phase rewrite; }
    location /files/ { internal; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> files/a
a
>>> dry
dry
--- table
    request    | query    | status | body
    GET /dry   | -        | 200    | ^dry
    GET /dry   | /files/a | 200    | ^a
    GET /early | -        | 400    | 400
    GET /early | /files/a | 200    | ^a

=== an X-Accel-Redirect to the location is not redirected again
--- config
    $TEST_NGINX_KEY_1
    location /app { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel; }
    location = /dl { pta_enable on; pta_accel_redirect on; root $TEST_NGINX_HTML_DIR; }
--- request
GET /app?to=/dl
--- error_code: 404

=== repeated slashes in the path are merged
--- config
    location = /play { $TEST_NGINX_KEY_1 pta_enable on; pta_accel_redirect on; }
    location /hidden/a/ { internal; root $TEST_NGINX_HTML_DIR; }
    location / { internal; return 404; }
--- user_files
>>> hidden/a/b
file
--- request eval
["GET /play?pta=" . token("//hidden///a/b"), "GET /play?pta=" . token("/hidden/a//b")]
--- error_code eval
[200, 200]

=== pta_accel_redirect is inherited
--- config
    pta_accel_redirect on;
    $TEST_NGINX_KEY_1
    location = /play { pta_enable on; }
    location /hidden/ { internal; pta_accel_redirect off; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> hidden/a
file
--- request eval
["GET /play?pta=" . token("/hidden/a")]
--- error_code eval
[200]

=== the error page is shown if the redirect is refused
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    error_page 403 /p/error.html;
    location /play/ { pta_enable on; pta_accel_redirect on; rewrite ^/play/(.*)$ /p/$1 last; }
    location /p/ { pta_enable on; }
--- user_files
>>> p/a
file
>>> p/error.html
page
--- request eval
["GET /play/a?pta=" . token("/play/a") . "&x"]
--- error_code eval
[403]
--- response_body eval
["page\n"]
