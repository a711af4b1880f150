# pta_enable in limit_except. It holds for all methods but those that are named, and for HEAD as for
# GET.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== on: the named methods are open, all others need a token
--- config
    location / {
        $TEST_NGINX_KEY_1
        limit_except GET POST { pta_enable on; }
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- table
request      | query | status | body
GET /a       | -     | 200    | ^GET /a
HEAD /a      | -     | 200    |
POST /a      | -     | 200    | ^POST /a
PUT /a       | -     | 400    |
DELETE /a    | -     | 400    |
OPTIONS /a   | -     | 400    |
PROPFIND /a  | -     | 400    |
PATCH /a     | -     | 400    |
COPY /a      | -     | 400    |
INVENTED /a  | -     | 400    |
PUT /a       | /b    | 403    |
PUT /a       | /a    | 200    | ^PUT /a cookie
OPTIONS /a   | /a    | 200    | ^OPTIONS /a cookie
PROPFIND /a  | /a    | 200    | ^PROPFIND /a cookie
INVENTED /a  | /a    | 200    | ^INVENTED /a cookie

=== off: the named methods need a token, all others are open
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        limit_except GET { pta_enable off; }
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- table
request      | query | status | body
GET /a       | -     | 400    |
HEAD /a      | -     | 400    |
HEAD /a      | /a    | 200    |
GET /a       | /a    | 200    | ^GET /a cookie
POST /a      | -     | 200    | ^POST /a
OPTIONS /a   | -     | 200    | ^OPTIONS /a
PROPFIND /a  | -     | 200    | ^PROPFIND /a
INVENTED /a  | -     | 200    | ^INVENTED /a

=== it is inherited from the location, and not by nested locations
--- config
    $TEST_NGINX_KEY_1
    location / {
        limit_except GET { pta_enable on; }
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
        location /nested/ {
            proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
        }
        location /own/ {
            limit_except GET { pta_enable on; }
            pta_auth_method cookie;
            pta_refuse_status 404;
            proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
        }
    }
--- table
request         | cookie | query   | status
PUT /a          | -      | -       | 400
PUT /nested/a   | -      | -       | 200
PUT /own/a      | -      | /own/a  | 404
PUT /own/a      | /own/a | -       | 200
GET /own/a      | -      | -       | 200

=== what is written wins over an enabling if, before and after it
--- config
    $TEST_NGINX_KEY_1
    location /off/1/ {
        limit_except GET { pta_enable off; }
        if ($arg_check) { pta_enable on; }
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
    location /off/2/ {
        if ($arg_check) { pta_enable on; }
        limit_except GET { pta_enable off; }
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
    location /on/ {
        pta_enable on;
        if ($arg_check) { pta_enable off; }
        limit_except GET { pta_enable on; }
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
    location /inherited/ {
        if ($arg_check) { pta_enable on; }
        limit_except GET { allow all; }
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
    location /both/ {
        if ($arg_check) { pta_enable on; }
        limit_except GET { pta_enable on; }
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- table
request                 | query    | status
PUT /off/1/a?check=1    | -        | 200
PUT /off/1/a            | -        | 200
GET /off/1/a?check=1    | -        | 400
PUT /off/2/a?check=1    | -        | 200
GET /off/2/a?check=1    | -        | 400
GET /off/2/a            | -        | 200
PUT /on/a?check=1       | -        | 400
PUT /on/a?check=1       | /on/a    | 200
GET /on/a?check=1       | -        | 200
GET /on/a               | -        | 400
PUT /inherited/a        | -        | 400
GET /inherited/a        | -        | 200
PUT /both/a             | -        | 400
PUT /both/a             | /both/a  | 200
GET /both/a             | -        | 200
GET /both/a?check=1     | -        | 400

=== an error page is a GET
--- config
    $TEST_NGINX_KEY_1
    location / {
        limit_except GET { pta_enable on; }
        error_page 400 403 /page;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
    location /post/ {
        pta_enable on;
        limit_except GET { pta_enable off; }
        error_page 405 =200 /post/secret;
        alias $TEST_NGINX_HTML_DIR/;
    }
--- user_files
>>> secret
secret
>>> a
a
--- table
request          | query        | status | body
PUT /a           | -            | 400    | ^GET /page
PUT /a           | /b           | 403    | ^GET /page
GET /page        | -            | 200    | ^GET /page
POST /post/a     | -            | 400    | 400 Bad Request
POST /post/a     | /post/a      | 200    | secret

=== the rewrite phase, and satisfy any
--- tokens_in_logs: GET is not protected there
--- config
    $TEST_NGINX_KEY_1
    location /phase/ {
        pta_phase rewrite;
        limit_except GET { pta_enable on; }
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
    location /any/ {
        satisfy any;
        deny all;
        limit_except GET { pta_enable on; }
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- table
request       | query    | status | body
PUT /phase/a  | -        | 400    |
PUT /phase/a  | /phase/a | 200    | ^PUT /phase/a cookie
GET /phase/a  | -        | 200    |
PUT /any/a    | -        | 403    |
PUT /any/a    | /any/a   | 200    |
GET /any/a    | /any/a   | 403    |

=== over HTTP/2
--- http2
--- config
    location / {
        $TEST_NGINX_KEY_1
        limit_except GET { pta_enable on; }
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request eval
["GET /a", "OPTIONS /a", "OPTIONS /a?pta=" . token("/a")]
--- error_code eval
[200, 400, 200]

=== a token of the header, and the cookie that follows from a token
--- tokens_in_logs: GET is not protected there
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_auth_method header qs;
        pta_set_cookie on;
        limit_except GET { pta_enable on; }
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request eval
["PUT /a", "PUT /a?pta=" . token("/*"), "GET /a?pta=" . token("/*")]
--- more_headers eval
["X-PTA: " . token("/a"), "", ""]
--- error_code eval
[200, 200, 200]
--- response_headers_like eval
["", "Set-Cookie: pta=[0-9a-f]+; Path=/;.*", ""]
