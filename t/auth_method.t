# pta_auth_method: words, default, inheritance.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== by default, only the query is searched
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- more_headers eval
"Cookie: pta=" . token("/a")
--- request eval
["GET /a", "GET /a?pta=" . token("/a")]
--- error_code eval
[400, 200]

=== the order and case of the words do not matter, and several lines add up
--- config
    $TEST_NGINX_KEY_1
    location /1/ { pta_enable on; pta_auth_method qs cookie; alias $TEST_NGINX_HTML_DIR/; }
    location /2/ { pta_enable on; pta_auth_method cookie qs; alias $TEST_NGINX_HTML_DIR/; }
    location /3/ { pta_enable on; pta_auth_method QS Cookie; alias $TEST_NGINX_HTML_DIR/; }
    location /4/ { pta_enable on; pta_auth_method qs; pta_auth_method cookie; alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> a
a
--- table
    request  | query | cookie | status
    GET /1/a | -     | /*     | 200
    GET /1/a | /*    | /*     | 200
    GET /1/a | /b    | /*     | 403
    GET /2/a | -     | /*     | 200
    GET /2/a | /*    | /*     | 200
    GET /2/a | /b    | /*     | 403
    GET /3/a | -     | /*     | 200
    GET /3/a | /*    | /*     | 200
    GET /3/a | /b    | /*     | 403
    GET /4/a | -     | /*     | 200
    GET /4/a | /*    | /*     | 200
    GET /4/a | /b    | /*     | 403

=== the setting is inherited, and a location that sets it replaces it
--- http_config
    pta_auth_method cookie;
--- config
    $TEST_NGINX_KEY_1
    location /a/ {
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
        location /a/b/ {
            location /a/b/c/ {
                pta_auth_method qs;
            }
        }
    }
--- user_files
>>> a/x
x
>>> a/b/x
x
>>> a/b/c/x
x
--- table
    request      | query | cookie | status
    GET /a/x     | -     | /*     | 200
    GET /a/b/x   | -     | /*     | 200
    GET /a/b/c/x | -     | /*     | 400
    GET /a/b/c/x | /*    | /*     | 200

=== a repeated word causes a warning
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method qs QS;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
"GET /a?pta=" . token("/a")
--- error_log
[warn]
duplicate value "QS"
