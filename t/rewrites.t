# Rewrites do not bypass the check.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== a server-level rewrite into a protected location is checked, even to the same URI
--- config
    rewrite ^/in/(.*)$ /p/$1;
    rewrite ^/p/same$ /p/same;
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> p/a
a
>>> p/same
same
--- request eval
["GET /in/a", "GET /in/a?pta=" . token("/in/a"), "GET /in/a?pta=" . token("/p/a"),
 "GET /p/same", "GET /p/same?pta=" . token("/p/same")]
--- error_code eval
[400, 200, 403, 400, 200]

=== a location-level rewrite into a protected location is checked
--- config
    location /in/ { rewrite ^/in/(.*)$ /p/$1 last; }
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> p/a
a
--- request eval
["GET /in/a", "GET /in/a?pta=" . token("/in/a"), "GET /in/a?pta=" . token("/p/a")]
--- error_code eval
[400, 200, 403]

=== rewrite ... last from a protected location into an open one is checked
--- config
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/p/(.*)$ /open/$1 last; }
    location /open/ { root $TEST_NGINX_HTML_DIR; add_header X-Args "[$args]"; }
--- user_files
>>> open/a
a
--- request eval
["GET /open/a", "GET /p/a", "GET /p/a?pta=00", "GET /p/a?x=1&pta=" . token("/p/a"), "GET /p/a?pta=" . token("/open/a")]
--- error_code eval
[200, 400, 403, 200, 403]
--- response_headers eval
["X-Args: []", "X-Args: ", "X-Args: ", "X-Args: [x=1]", "X-Args: "]

=== every protected location on the way must allow the request
From one realm through an open location into another.
--- config
    location /1/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/1/(.*)$ /2/$1 last; }
    location /2/ { rewrite ^/2/(.*)$ /3/$1 last; }
    location /3/ { $TEST_NGINX_KEY_3 pta_enable on; pta_auth_method cookie; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> 3/a
a
--- table
    request  | query | cookie    | status
    GET /1/a | -     | -         | 400
    GET /1/a | /1/a  | -         | 400
    GET /1/a | /1/a  | /* pair 3 | 200
    GET /1/a | -     | /* pair 3 | 400
    GET /3/a | -     | /* pair 3 | 200

=== rewrite ... break keeps the location, and the client's path is compared
--- config
    location /p/ {
        $TEST_NGINX_KEY_1
        pta_enable on;
        rewrite ^/p/(.*)$ /files/$1 break;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> files/a
a
--- request eval
["GET /p/a", "GET /p/a?pta=" . token("/p/a"), "GET /p/a?pta=" . token("/files/a")]
--- error_code eval
[400, 200, 403]

=== a request is checked if an if block turns PTA on and rewrites it to an open location
--- config
    $TEST_NGINX_KEY_1
    location /a/ {
        if ($arg_check) {
            pta_enable on;
            rewrite ^/a/(.*)$ /open/$1 last;
        }
        rewrite ^/a/(.*)$ /open/$1 last;
    }
    location /open/ { root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> open/x
x
--- request eval
["GET /a/x", "GET /a/x?check=1", "GET /a/x?check=1&pta=" . token("/a/x")]
--- error_code eval
[200, 400, 200]

=== a request is not checked if an if block turns PTA off and rewrites it
--- config
    $TEST_NGINX_KEY_1
    location /a/ {
        pta_enable on;
        if ($arg_free) {
            pta_enable off;
            rewrite ^/a/(.*)$ /open/$1 last;
        }
        rewrite ^/a/(.*)$ /open/$1 last;
    }
    location /open/ { root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> open/x
x
--- request eval
["GET /a/x", "GET /a/x?free=1", "GET /a/x?pta=" . token("/a/x")]
--- error_code eval
[400, 200, 200]

=== an if block that turns PTA off does not exempt the request from an earlier location
--- config
    $TEST_NGINX_KEY_1
    location /a/ { pta_enable on; rewrite ^/a/(.*)$ /b/$1 last; }
    location /b/ {
        pta_enable on;
        if ($arg_free) { pta_enable off; }
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> b/x
x
--- request eval
["GET /b/x", "GET /b/x?free=1", "GET /a/x", "GET /a/x?free=1", "GET /a/x?free=1&pta=" . token("/a/x")]
--- error_code eval
[400, 200, 400, 400, 200]

=== return and rewrite ... redirect answer before the check
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    location /r/ { return 200 "returned\n"; }
    location /m/ { rewrite ^ /elsewhere redirect; }
--- request eval
["GET /r/", "GET /m/"]
--- error_code eval
[200, 302]

=== return to a named location by an error page is checked
--- config
    location /p/ {
        $TEST_NGINX_KEY_1
        pta_enable on;
        error_page 418 = @open;
        return 418;
    }
    location @open { root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> p/a
a
--- request eval
["GET /p/a", "GET /p/a?pta=00", "GET /p/a?pta=" . token("/p/a")]
--- error_code eval
[400, 403, 200]

=== a limit that answers before the access phase does not bypass the check
--- http_config
    limit_req_zone $server_name zone=one:1m rate=1r/m;
--- config
    location /p/ {
        $TEST_NGINX_KEY_1
        pta_enable on;
        limit_req zone=one;
        error_page 503 = @busy;
        root $TEST_NGINX_HTML_DIR;
    }
    location @busy { root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> p/a
a
--- request eval
["GET /p/a?pta=" . token("/p/a"), "GET /p/a", "GET /p/a?pta=" . token("/p/a")]
--- error_code eval
[200, 400, 200]

=== the state of a request is not kept for the next one on the connection
--- config
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/p/(.*)$ /open/$1 last; }
    location /open/ { root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> open/a
a
--- pipelined_requests eval
my $t = token("/p/a");
["GET /p/a?pta=$t", "GET /open/a", "GET /p/a?pta=$t", "GET /p/a"]
--- error_code eval
[200, 200, 200, 400]

=== a request is checked if an if block turns PTA on and returns to an open location
--- config
    $TEST_NGINX_KEY_1
    error_page 418 = @open;
    location /a/ {
        if ($arg_check) {
            pta_enable on;
            return 418;
        }
        root $TEST_NGINX_HTML_DIR;
    }
    location @open { root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a/x
x
--- request eval
["GET /a/x", "GET /a/x?check=1", "GET /a/x?check=1&pta=" . token("/a/x")]
--- error_code eval
[200, 400, 200]

=== an if block that turns PTA off on a second arrival does not cancel the first check
--- config
    $TEST_NGINX_KEY_1
    location /p/ {
        pta_enable on;
        rewrite ^/p/dir/(.*)$ /p/$1 last;
        if ($request_uri ~ ^/p/dir/) { pta_enable off; }
        root $TEST_NGINX_HTML_DIR;
    }
    location /s/ {
        pta_enable on;
        uninitialized_variable_warn off;
        set $seen "${seen}x";
        rewrite ^/s/in/(.*)$ /s/$1 last;
        if ($seen = xx) { pta_enable off; }
        root $TEST_NGINX_HTML_DIR;
    }
    location /if/ {
        pta_enable on;
        rewrite ^/if/a(.*)$ /if/b$1 last;
        if ($uri ~ ^/if/b) { pta_enable off; }
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> p/a
a
>>> s/a
a
>>> if/b
b
--- table
    request          | query | status
    GET /p/dir/a     | -     | 400
    GET /p/dir/a     | /*    | 200
    GET /s/in/a      | -     | 400
    GET /s/in/a      | /*    | 200
    GET /if/a        | -     | 400
    GET /if/a?pta=00 | -     | 403
    GET /if/a        | /*    | 200
    GET /if/b        | -     | 200

=== the verdict of one realm does not exempt a request from an if block of another
--- config
    root $TEST_NGINX_HTML_DIR;
    error_page 418 = @open;
    location /1/ { $TEST_NGINX_KEY_1 pta_enable on; try_files /nonexistent /3/a?check=1; }
    location /3/ {
        $TEST_NGINX_KEY_3
        if ($arg_check) {
            pta_enable on;
            return 418;
        }
    }
    location @open { rewrite ^ /3/a break; }
--- user_files
>>> 3/a
secret
--- request eval
"GET /1/n?pta=" . token("/1/n")
--- error_code: 403
--- response_body_unlike: secret
