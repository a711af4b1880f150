# X-Accel-Redirect: a request is exempt only if nginx follows the redirect.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== a redirect into a protected location is not checked: plain, escaped, with arguments, named
--- config
    location /app { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel; }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
    location @named { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^ /p/a break; root $TEST_NGINX_HTML_DIR; }
--- user_files eval
[["p/a" => "file\n"], ["p/b c" => "blank\n"]]
--- request eval
["GET /app?to=/p/a", "GET /app?to=/p/b%20c", "GET /app?to=/p/a?x=1", "GET /app?to=\@named", "GET /p/a"]
--- error_code eval
[200, 200, 200, 200, 400]

=== the exemption of a protected target covers its index, but not another realm
--- config
    root $TEST_NGINX_HTML_DIR;
    location /app { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel; }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; }
    location /t/ { $TEST_NGINX_KEY_1 pta_enable on; try_files /nonexistent /other/a; }
    location /other/ { $TEST_NGINX_KEY_3 pta_enable on; }
--- user_files
>>> p/index.html
index
>>> other/a
other
--- request eval
["GET /app?to=/p/", "GET /app?to=/t/x"]
--- error_code eval
[200, 400]

=== the exemption covers rewrites that follow
--- config
    root $TEST_NGINX_HTML_DIR;
    rewrite ^/old/(.*)$ /p/$1;
    location /app { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel; }
    location /mid/ { rewrite ^/mid/(.*)$ /p/$1 last; }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> p/a
file
--- request eval
["GET /app?to=/old/a", "GET /app?to=/mid/a", "GET /old/a", "GET /mid/a"]
--- error_code eval
[200, 200, 400, 400]

=== the location of the application itself is checked
--- config
    root $TEST_NGINX_HTML_DIR;
    location /app { $TEST_NGINX_KEY_3 pta_enable on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel; }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; internal; }
--- user_files
>>> p/a
file
--- request eval
["GET /app?to=/p/a", "GET /app?to=/p/a&pta=" . token("/app", pair => 3)]
--- error_code eval
[400, 200]

=== an ignored header exempts nothing
--- config
    root $TEST_NGINX_HTML_DIR;
    location /app {
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel/404;
        proxy_ignore_headers X-Accel-Redirect;
        proxy_intercept_errors on;
        error_page 404 = /p/a;
    }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> p/a
file
--- request eval
["GET /app?to=/p/a", "GET /app?to=/p/a&pta=" . token("/app")]
--- error_code eval
[400, 200]

=== an intercepted error goes to its error page, not where the header points
--- config
    root $TEST_NGINX_HTML_DIR;
    location /app {
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel/404;
        proxy_intercept_errors on;
        error_page 404 = /p/a;
    }
    location /named {
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel/404;
        proxy_intercept_errors on;
        error_page 404 = @named;
    }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; }
    location @named { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^ /p/a break; }
--- user_files
>>> p/a
file
--- request eval
["GET /app?to=/p/a", "GET /app?to=/elsewhere", "GET /named?to=\@named", "GET /named?to=/p/a"]
--- error_code eval
[400, 400, 400, 400]

=== a redirect from an open target of X-Accel-Redirect is checked
--- config
    root $TEST_NGINX_HTML_DIR;
    location /app { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel; }
    location /open/ { error_page 404 = @protected; }
    location /try/ { try_files /nonexistent /p/a; }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; }
    location @protected { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^ /p/a break; }
--- user_files
>>> p/a
file
--- request eval
["GET /app?to=/open/x", "GET /app?to=/try/x"]
--- error_code eval
[400, 400]

=== an unsafe redirect, which nginx refuses, exempts nothing
--- config
    root $TEST_NGINX_HTML_DIR;
    location /app {
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel;
        error_page 404 = /p/a;
    }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> p/a
file
--- request
GET /app?to=/p/../p/a
--- error_code: 400

=== the redirect is followed if no intercepted status matches
--- config
    root $TEST_NGINX_HTML_DIR;
    location /app {
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel/404;
        proxy_intercept_errors on;
        error_page 502 503 /50x.html;
    }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> p/a
file
--- request
GET /app?to=/p/a
--- error_code: 200

=== a target may answer with an error page before the access phase
--- http_config
    limit_req_zone $server_name zone=one:1m rate=1r/m;
--- config
    root $TEST_NGINX_HTML_DIR;
    location /app { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel; }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; limit_req zone=one; error_page 503 /busy; }
    location = /busy { }
--- user_files
>>> p/a
file
>>> busy
busy
--- request eval
["GET /app?to=/p/a", "GET /app?to=/p/a"]
--- error_code eval
[200, 503]
--- response_body eval
["file\n", "busy\n"]

=== the redirect is followed from the error page of an open location
--- config
    root $TEST_NGINX_HTML_DIR;
    location /open/ { error_page 404 = @app; }
    location @app { rewrite ^ /accel break; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> p/a
file
--- request eval
["GET /open/x?to=/p/a", "GET /p/a"]
--- error_code eval
[200, 400]

=== an ignored header exempts nothing with recursive_error_pages
--- config
    root $TEST_NGINX_HTML_DIR;
    recursive_error_pages on;
    location /app {
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel/404;
        proxy_ignore_headers X-Accel-Redirect;
        proxy_intercept_errors on;
        error_page 404 = /p/a;
    }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> p/a
file
--- request eval
["GET /app?to=/p/a", "GET /app?to=/p/a&pta=" . token("/app")]
--- error_code eval
[400, 200]

=== a header that does not point to the error page exempts nothing
--- config
    root $TEST_NGINX_HTML_DIR;
    recursive_error_pages on;
    location /app {
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel/404;
        proxy_intercept_errors on;
        error_page 404 = /p/a;
    }
    location /named {
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel/404;
        proxy_intercept_errors on;
        error_page 404 = @named;
    }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; }
    location @named { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^ /p/a break; }
--- user_files
>>> p/a
file
--- request eval
["GET /app?to=/elsewhere", "GET /named?to=/p/a", "GET /named?to=\@other", "GET /app?to=\@named"]
--- error_code eval
[400, 400, 400, 400]

=== only the first redirect to a place is exempt: a later one is checked
--- config
    root $TEST_NGINX_HTML_DIR;
    location /app { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel; }
    location = /mid {
        if ($seen) { rewrite ^ /p/a last; }
        try_files /nonexistent /back;
    }
    location = /back { set $seen 1; try_files /nonexistent /mid; }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> p/a
file
--- request eval
["GET /app?to=/mid"]
--- error_code eval
[400]

=== the error page of an upstream that sent the header is exempt, but not its own redirects
--- config
    root $TEST_NGINX_HTML_DIR;
    location /app {
        $TEST_NGINX_KEY_3
        pta_enable on;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel/404;
        proxy_intercept_errors on;
        error_page 404 /p/;
    }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> p/index.html
file
--- request eval
["GET /app?to=/p/&pta=" . token("/app", pair => 3)]
--- error_code eval
[403]

=== an intercepted header does not exempt a later redirect to the same place
--- config
    root $TEST_NGINX_HTML_DIR;
    proxy_intercept_errors on;
    location = /try { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel/404; error_page 404 = @fallback; }
    location = /index { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel/404; error_page 404 /folder/; }
    location = /next { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel/404; error_page 404 /missing/x; }
    location @fallback { try_files /nonexistent /p/a; }
    location /folder/ { index /p/a; }
    location /missing/ { try_files /nonexistent /p/a; }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> p/a
file
>>> folder/x
x
--- request eval
["GET /try?to=/p/a", "GET /index?to=/p/a", "GET /next?to=/p/a"]
--- error_code eval
[400, 400, 400]

=== with recursive_error_pages, an intercepted header exempts nothing
--- config
    root $TEST_NGINX_HTML_DIR;
    recursive_error_pages on;
    proxy_intercept_errors on;
    location = /uri { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel/404; error_page 404 = /p/a; }
    location = /named { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel/404; error_page 404 = @named; }
    location = /followed { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel; error_page 404 = /p/a; }
    location @named { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^ /p/a break; }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> p/a
file
--- request eval
["GET /uri?to=/p/a", "GET /named?to=\@named", "GET /followed?to=/p/a"]
--- error_code eval
[400, 400, 200]
