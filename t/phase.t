# pta_phase rewrite: the check before the rewrite directives of the location.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== return and rewrite ... redirect run after the check
--- config
    $TEST_NGINX_KEY_1
    pta_phase rewrite;
    location /r/ { pta_enable on; return 200 "secret [$args][$pta_status]\n"; }
    location /m/ { pta_enable on; rewrite ^ /elsewhere redirect; }
    location /a/ { pta_enable on; pta_phase access; return 200 "unguarded\n"; }
    location /o/ { return 200 "open\n"; }
--- request eval
["GET /r/x", "GET /r/x?pta=" . token("/y"), "GET /r/x?a=1&pta=" . token("/r/x"), "GET /m/x", "GET /m/x?pta=" . token("/m/x"), "GET /a/x", "GET /o/x"]
--- error_code eval
[400, 403, 200, 400, 302, 200, 200]
--- response_body_like eval
["400 Bad", "403 Forb", "^secret \\[a=1\\]\\[ALLOWED\\]\n\$", "400 Bad", "302 Found", "unguarded", "open"]

=== satisfy does not apply, and the permission is used in the access phase
--- config
    $TEST_NGINX_KEY_1
    pta_phase rewrite;
    pta_enable on;
    location /any/ { satisfy any; allow all; root $TEST_NGINX_HTML_DIR; }
    location /deny/ { satisfy any; deny all; root $TEST_NGINX_HTML_DIR; }
    location /all/ { deny all; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> any/a
a
>>> deny/a
a
>>> all/a
a
--- table
    request           | query | status
    GET /any/a        | -     | 400
    GET /any/a?pta=zz | -     | 400
    GET /any/a        | /*    | 200
    GET /deny/a       | -     | 400
    GET /deny/a       | /*    | 200
    GET /all/a        | /*    | 403

=== if an if block enables PTA, the check is in the access phase
--- config
    $TEST_NGINX_KEY_1
    pta_phase rewrite;
    location / {
        root $TEST_NGINX_HTML_DIR;
        if ($arg_check) { pta_enable on; }
    }
--- user_files
>>> a
a
--- request eval
["GET /a", "GET /a?check=1", "GET /a?check=1&pta=" . token("/a")]
--- error_code eval
[200, 400, 200]

=== rewrites, redirects and error pages work
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    pta_phase rewrite;
    location /p/ { pta_enable on; rewrite ^/p/(.*)$ /open/$1 last; error_page 400 403 410 /errors/page; }
    location /errors/ { pta_enable on; }
    location /open/ { add_header X-Args "[$args]"; }
    location /dir/ { pta_enable on; }
    location @named { pta_enable on; rewrite ^ /open/a break; }
    location /try/ { try_files /nonexistent @named; }
--- user_files
>>> open/a
a
>>> errors/page
error page
>>> dir/index.html
index
--- request eval
["GET /p/a", "GET /p/a?x=1&pta=" . token("/p/a"), "GET /p/a?pta=zz", "GET /dir/", "GET /dir/?pta=" . token("/dir/"), "GET /try/x", "GET /try/x?pta=" . token("/try/x")]
--- error_code eval
[400, 200, 400, 400, 200, 400, 200]
--- response_body_like eval
["^error page", "^a", "^error page", "400 Bad", "^index", "400 Bad", "^a"]

=== a refusal is logged once, with or without dry run
--- config
    $TEST_NGINX_KEY_1
    pta_phase rewrite;
    location / { pta_enable on; pta_dry_run on; root $TEST_NGINX_HTML_DIR; add_header X-Status $pta_status; }
    location /enforced/ { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
["GET /a", "GET /enforced/a"]
--- error_code eval
[200, 400]
--- error_lines eval
qr/\A(?:(?!pta: [a-z]).)*pta: missing token, dry run,(?:(?!pta: [a-z]).)*pta: missing token,(?:(?!pta: [a-z]).)*\z/s

=== subrequests are exempt
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    pta_phase rewrite;
    location /open/ { auth_request /auth; }
    location = /auth { pta_enable on; return 204; }
--- user_files
>>> open/a
a
--- request eval
["GET /open/a", "GET /auth"]
--- error_code eval
[200, 400]

=== X-Accel-Redirect is exempt
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    pta_phase rewrite;
    location /app { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel; }
    location /p/ { pta_enable on; }
--- user_files
>>> p/a
file
--- request eval
["GET /app?to=/p/a", "GET /p/a"]
--- error_code eval
[200, 400]

=== a dry run is not repeated after an if block
--- config
    $TEST_NGINX_KEY_1
    location / {
        pta_enable on;
        pta_dry_run on;
        pta_phase rewrite;
        root $TEST_NGINX_HTML_DIR;
        if ($arg_i) { set $x 1; }
        if ($arg_z) { pta_enable off; }
    }
--- user_files
>>> a
a
--- request
GET /a?i=1
--- error_lines eval
qr/\A(?:(?!pta: [a-z]).)*pta: missing token, dry run(?:(?!pta: [a-z]).)*\z/s

=== the error page of a refusal is shown even if another realm is not checked yet
--- config
    root $TEST_NGINX_HTML_DIR;
    error_page 400 403 /error.html;
    pta_phase rewrite;
    location /zero/ { $TEST_NGINX_KEY_3 pta_phase access; pta_enable on; rewrite ^/zero/(.*)$ /one/$1 last; }
    location /one/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> error.html
page
--- request eval
["GET /zero/a"]
--- error_code eval
[400]
--- response_body eval
["page\n"]
--- grep_error_log eval
qr/pta: (?:missing|path)/
--- grep_error_log_out eval
["pta: missing\n"]

=== the permission is kept if an if block turns PTA off
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    location /a/ {
        pta_enable on;
        pta_phase rewrite;
        if ($arg_free) { pta_enable off; }
    }
    location ~ \.html$ { pta_enable on; pta_auth_method cookie; }
--- user_files
>>> a/index.html
x
--- request eval
"GET /a/?free=1&pta=" . token("/a/")
--- error_code: 200

=== all pending realms are checked, not only the one of the location
--- config
    location /a/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/a/(.*)$ /to/$1 last; }
    location /b/ { $TEST_NGINX_KEY_3 pta_enable on; rewrite ^/b/(.*)$ /a/$1 last; }
    location /c/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; allow all; rewrite ^/c/(.*)$ /to/$1 last; }
    location /d/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/d/(.*)$ /open/$1 last; }
    location /e/ { $TEST_NGINX_KEY_1 pta_enable on; pta_dry_run on; rewrite ^/e/(.*)$ /to/$1 last; }
    location /to/ { $TEST_NGINX_KEY_3 pta_enable on; pta_phase rewrite; return 200 "secret\n"; }
    location /open/ { pta_phase rewrite; return 200 "secret\n"; }
--- table
    request   | query        | status
    GET /a/x  | /a/x pair 3  | 403
    GET /a/x  | /a/x         | 403
    GET /b/x  | /b/x pair 3  | 403
    GET /c/x  | /c/x pair 3  | 403
    GET /d/x  | -            | 400
    GET /d/x  | /d/x         | 200
    GET /e/x  | -            | 400
    GET /e/x  | /e/x pair 3  | 200
    GET /to/x | /to/x pair 3 | 200

=== one token is valid for two realms that share a pair
--- config
    location /a/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/a/(.*)$ /to/$1 last; }
    location /to/ { $TEST_NGINX_KEY_1 $TEST_NGINX_KEY_2 pta_enable on; pta_phase rewrite; return 200 "both [$args]\n"; }
--- request eval
["GET /a/x?a=1&pta=" . token("/a/x"), "GET /a/x?pta=" . token("/a/x", pair => 2)]
--- error_code eval
[200, 403]
--- response_body_like eval
["^both \\[a=1\\]", "403"]

=== if the location's own realm is exempt, the pending ones are checked
--- config
    root $TEST_NGINX_HTML_DIR;
    location /a/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 418 = @on; return 418; }
    location @on { $TEST_NGINX_KEY_3 pta_enable on; pta_phase rewrite; return 200 "secret\n"; }
--- request eval
["GET /a/x", "GET /a/x?pta=" . token("/a/x", pair => 3)]
--- error_code eval
[400, 403]

=== limits by a variable of the check limit only here, and refused requests are not counted
--- http_config
    limit_req_zone $pta_path zone=path:1m rate=1r/m;
    limit_req_zone $uri zone=uri:1m rate=1r/m;
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    pta_enable on;
    location /access/ { limit_req zone=path; }
    location /rewrite/ { pta_phase rewrite; limit_req zone=path; }
    location /counted/ { limit_req zone=uri; }
    location /uncounted/ { pta_phase rewrite; limit_req zone=uri; }
--- user_files
>>> access/a
a
>>> rewrite/a
a
--- table
    request          | query      | status
    GET /access/a    | /access/*  | 200
    GET /access/a    | /access/*  | 200
    GET /rewrite/a   | /rewrite/* | 200
    GET /rewrite/a   | /rewrite/* | 503
    GET /rewrite/b   | /rewrite/b | 404
    GET /counted/a   | -          | 400
    GET /counted/a   | -          | 503
    GET /uncounted/a | -          | 400
    GET /uncounted/a | -          | 400
