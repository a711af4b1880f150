# Internal redirects: index, try_files, error_page, named locations.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== an index redirect within the same realm is not checked again
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
    location ~ \.html$ { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> dir/index.html
index
--- request eval
["GET /dir/?pta=" . token("/dir/"), "GET /dir/", "GET /dir/index.html?pta=" . token("/dir/")]
--- error_code eval
[200, 400, 403]

=== an index redirect from an open location into a protected one is checked
--- config
    $TEST_NGINX_KEY_1
    location / { root $TEST_NGINX_HTML_DIR; }
    location ~ \.html$ { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> dir/index.html
index
--- request eval
["GET /dir/", "GET /dir/?pta=" . token("/dir/"), "GET /dir/?pta=" . token("/dir/index.html")]
--- error_code eval
[400, 200, 403]

=== try_files to a URI or a named location of the same realm is allowed by one check
--- config
    $TEST_NGINX_KEY_1
    location /u/ { pta_enable on; root $TEST_NGINX_HTML_DIR; try_files $uri /p/fallback; }
    location /n/ { pta_enable on; root $TEST_NGINX_HTML_DIR; try_files $uri @named; }
    location /o/ { root $TEST_NGINX_HTML_DIR; try_files $uri @named; }
    location /p/ { pta_enable on; root $TEST_NGINX_HTML_DIR; }
    location @named { pta_enable on; rewrite ^ /p/fallback break; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> p/fallback
fallback
--- table
    request  | query | status
    GET /u/x | -     | 400
    GET /u/x | /u/x  | 200
    GET /n/x | -     | 400
    GET /n/x | /n/x  | 200
    GET /o/x | -     | 400
    GET /o/x | /o/x  | 200

=== try_files to another realm is checked again
--- config
    location /u/ { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; try_files $uri /p/fallback; }
    location /p/ { $TEST_NGINX_KEY_3 pta_enable on; pta_auth_method cookie; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> p/fallback
fallback
--- table
    request  | query | cookie      | status
    GET /u/x | /u/x  | -           | 400
    GET /u/x | /u/x  | /u/x        | 403
    GET /u/x | /u/x  | /u/x pair 3 | 200

=== another realm with the same pair finds the token that was removed from $args
--- config
    location /u/ { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; try_files $uri /p/fallback?$args; }
    location /p/ { $TEST_NGINX_KEY_1 $TEST_NGINX_KEY_2 pta_enable on; root $TEST_NGINX_HTML_DIR; add_header X-Args "[$args]"; }
--- user_files
>>> p/fallback
fallback
--- request eval
"GET /u/x?a=1&pta=" . token("/u/x")
--- response_headers
X-Args: [a=1]

=== equal keys written twice are the same realm
--- config
    location /u/ { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; try_files $uri /p/fallback; }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; pta_auth_method cookie; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> p/fallback
fallback
--- request eval
["GET /u/x?pta=" . token("/u/x"), "GET /p/fallback?pta=" . token("/p/fallback")]
--- error_code eval
[200, 400]

=== the error page of a refusal is shown, even in a protected location
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    error_page 400 /errors/400.html;
    error_page 403 =200 /errors/403.html;
    error_page 410 = @gone;
    root $TEST_NGINX_HTML_DIR;
    location / { }
    location @gone { $TEST_NGINX_KEY_3 rewrite ^ /errors/410.html break; }
--- user_files
>>> a
a
>>> errors/400.html
bad request page
>>> errors/403.html
forbidden page
>>> errors/410.html
gone page
--- request eval
["GET /a", "GET /a?pta=" . token("/b"), "GET /a?pta=" . token("/a", expires => 1), "GET /a?pta=" . token("/a")]
--- error_code eval
[400, 200, 200, 200]
--- response_body eval
["bad request page\n", "forbidden page\n", "gone page\n", "a\n"]

=== the error page of a refusal is exempt, but its redirects are checked
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    error_page 400 /errors/;
    error_page 403 404 /missing.html;
    root $TEST_NGINX_HTML_DIR;
    location / { try_files $uri $uri/ /index.php?$args; }
    location ~ [.]php$ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /errors/ { try_files /nonexistent /secret; }
    location = /secret { }
--- user_files
>>> secret
secret
--- table
    request     | query   | status | body
    GET /a      | -       | 400    | 400 Bad Request
    GET /secret | /other  | 403    | 403 Forbidden
    GET /x      | /x      | 200    | ^GET /index.php
    GET /secret | /secret | 200    | ^secret

=== the error page of an allowed request is shown, even in another realm
--- config
    root $TEST_NGINX_HTML_DIR;
    error_page 404 /errors/404.html;
    location /1/ { $TEST_NGINX_KEY_1 pta_enable on; }
    location /3/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 404 /other/404.html; }
    location /4/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 404 = @other; }
    location /errors/ { $TEST_NGINX_KEY_1 pta_enable on; }
    location /other/ { $TEST_NGINX_KEY_3 pta_enable on; }
    location @other { $TEST_NGINX_KEY_3 pta_enable on; rewrite ^ /other/404.html break; }
--- user_files
>>> errors/404.html
page
>>> other/404.html
other page
--- request eval
["GET /1/x?pta=" . token("/1/x"), "GET /3/x?pta=" . token("/3/x"), "GET /4/x?pta=" . token("/4/x")]
--- error_code eval
[404, 404, 200]
--- response_body eval
["page\n", "other page\n", "other page\n"]

=== a redirect from an error page to another realm is checked
--- config
    root $TEST_NGINX_HTML_DIR;
    location /1/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 404 = /open/x; }
    location /open/ { try_files /nonexistent /other/file; }
    location /other/ { $TEST_NGINX_KEY_3 pta_enable on; }
--- user_files
>>> other/file
secret
--- request eval
"GET /1/x?pta=" . token("/1/x")
--- error_code: 403

=== the error page of TRACE is checked if it is in a protected location
--- config
    error_page 405 =200 $uri;
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
secret
--- raw_request eval
my $t = token("/b");
["TRACE /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"]
--- error_code: 400
--- response_body_unlike: secret

=== TRACE with a token for another path is refused
--- config
    error_page 405 =200 $uri;
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
secret
--- raw_request eval
"TRACE /a?pta=" . token("/b") . " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
--- error_code: 403
--- response_body_unlike: secret

=== TRACE with a token for that path is allowed, because error_page says so
--- config
    error_page 405 =200 $uri;
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
secret
--- raw_request eval
"TRACE /a?pta=" . token("/a") . " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
--- error_code: 200
--- response_body
secret

=== an oversized POST is checked if its error page is the file itself
--- config
    error_page 413 = $uri;
    location / { client_max_body_size 4; $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
secret
--- request eval
["POST /a\nmore than four", "POST /a?pta=" . token("/b") . "\nmore than four", "POST /a?pta=" . token("/a") . "\nmore than four"]
--- error_code eval
[400, 403, 200]

=== a request line that nginx cannot parse has no path and no token
--- config
    error_page 400 =200 /a;
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
secret
--- raw_request eval
"GET /a?pta=" . token("/a") . "\0 HTTP/1.1\r\nHost: x\r\n\r\n"
--- error_code: 400
--- response_body_unlike: secret

=== a 404 or 502 from an open location to a protected named location is checked
--- tokens_in_logs: an open location passes the token on, and nginx names the upstream's URL
--- config
    location /404/ {
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/status/404;
        proxy_intercept_errors on;
        error_page 404 = @protected;
    }
    location /502/ {
        proxy_pass http://127.0.0.1:1;
        error_page 502 = @protected;
    }
    location @protected { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^ /file break; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> file
secret
--- request eval
["GET /404/x", "GET /404/x?pta=" . token("/404/x"), "GET /502/x", "GET /502/x?pta=" . token("/502/x"),
 "GET /404/x?pta=" . token("/file")]
--- error_code eval
[400, 200, 400, 200, 403]

=== an error before the verdict of a second realm is not exempt because the first realm allowed it
--- http_config
    limit_req_zone $server_name zone=one:1m rate=1r/m;
--- config
    root $TEST_NGINX_HTML_DIR;
    location /1/ { $TEST_NGINX_KEY_1 pta_enable on; try_files /nonexistent /3/a; }
    location /3/ { $TEST_NGINX_KEY_3 pta_enable on; error_page 418 = @c; return 418; }
    location /2/ { $TEST_NGINX_KEY_1 pta_enable on; try_files /nonexistent /4/a; }
    location /4/ { $TEST_NGINX_KEY_3 pta_enable on; error_page 503 = @open; limit_req zone=one; }
    location @c { $TEST_NGINX_KEY_3 pta_enable on; rewrite ^ /3/a break; }
    location @open { rewrite ^ /3/a break; }
--- user_files
>>> 3/a
secret
>>> 4/a
secret
--- request eval
["GET /1/n?pta=" . token("/1/n"), "GET /2/n?pta=" . token("/2/n"), "GET /2/n?pta=" . token("/2/n")]
--- error_code eval
[403, 403, 403]

=== a chain of error pages is shown with recursive_error_pages
--- config
    root $TEST_NGINX_HTML_DIR;
    recursive_error_pages on;
    location /1/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 404 /2/none; }
    location /2/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 404 /page; }
    location = /page { $TEST_NGINX_KEY_1 pta_enable on; }
    location /3/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 403 = @e; }
    location @e { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^ /page break; }
--- user_files
>>> page
page
--- request eval
["GET /1/n?pta=" . token("/1/n"), "GET /3/n?pta=" . token("/x")]
--- error_code eval
[404, 200]
--- response_body eval
["page\n", "page\n"]

=== the error page of an allowed request is recognised by its status alone
--- config
    root $TEST_NGINX_HTML_DIR;
    recursive_error_pages on;
    error_page 404 /p/missing.html;
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; }
    location /q/ { $TEST_NGINX_KEY_3 pta_enable on; }
--- user_files
>>> p/missing.html
page
--- request eval
["GET /q/none?pta=" . token("/q/none", pair => 3)]
--- error_code eval
[404]
--- response_body
page

=== the error page of a refusal is shown even if another realm is not checked yet
--- config
    root $TEST_NGINX_HTML_DIR;
    error_page 400 403 /error.html;
    location /one/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/one/(.*)$ /two/$1 last; }
    location /two/ { $TEST_NGINX_KEY_3 pta_enable on; }
--- user_files
>>> error.html
page
--- request eval
"GET /one/a?pta=" . token("/one/b")
--- error_code: 403
--- response_body
page
--- grep_error_log eval
qr/pta: (?:missing|path mismatch|undec)/
--- grep_error_log_out
pta: path mismatch

=== a redirect from an error page is checked if an if block may have enabled PTA there
--- config
    root $TEST_NGINX_HTML_DIR;
    recursive_error_pages on;
    location /v/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 400 /e/a; }
    location /e/ {
        $TEST_NGINX_KEY_3
        if ($arg_x) { pta_enable on; return 418; }
        error_page 418 = /open/a;
        return 418;
    }
    location /open/ { }
--- user_files
>>> open/a
file
--- request eval
["GET /v/a?x=1"]
--- error_code eval
[400]

=== a refusal is logged once, even if its error page redirects
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    pta_enable on;
    error_page 400 /errors/;
--- user_files
>>> errors/index.html
page
--- request
GET /a
--- error_code: 400
--- grep_error_log eval
qr/pta: missing/
--- grep_error_log_out
pta: missing
