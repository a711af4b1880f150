# satisfy all and satisfy any, with allow, deny and auth_basic.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== with satisfy all, every access module must allow the request
--- config
    $TEST_NGINX_KEY_1
    location /deny/ { pta_enable on; deny all; root $TEST_NGINX_HTML_DIR; }
    location /allow/ { pta_enable on; allow all; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> deny/a
a
>>> allow/a
a
--- request eval
["GET /deny/a?pta=" . token("/*"), "GET /allow/a", "GET /allow/a?pta=" . token("/*")]
--- error_code eval
[403, 400, 200]

=== with satisfy any, a token overrules deny, and other modules can overrule a refusal
--- config
    $TEST_NGINX_KEY_1
    location /deny/ { satisfy any; pta_enable on; deny all; root $TEST_NGINX_HTML_DIR; }
    location /allow/ { satisfy any; pta_enable on; allow all; root $TEST_NGINX_HTML_DIR; }
    location /alone/ { satisfy any; pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> deny/a
a
>>> allow/a
a
>>> alone/a
a
--- table
    request            | query      | status
    GET /deny/a        | /*         | 200
    GET /deny/a        | -          | 403
    GET /deny/a        | /* expired | 403
    GET /deny/a?pta=zz | -          | 403
    GET /allow/a       | -          | 200
    GET /allow/a       | /* expired | 200
    GET /alone/a       | -          | 403
    GET /alone/a       | /* expired | 403
    GET /alone/a       | /*         | 200

=== with satisfy any, a token or a password allows the request
--- config
    $TEST_NGINX_KEY_1
    location / {
        satisfy any;
        pta_enable on;
        auth_basic "x";
        auth_basic_user_file $TEST_NGINX_HTML_DIR/.htpasswd;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> .htpasswd
user:{PLAIN}password
>>> a
a
--- table
    request       | query | > Authorization            | status
    GET /a        | -     | -                          | 401
    GET /a        | -     | Basic dXNlcjpwYXNzd29yZA== | 200
    GET /a        | /a    | -                          | 200
    GET /a?pta=00 | -     | -                          | 401

=== with satisfy any, the permission is kept after an index redirect
--- config
    $TEST_NGINX_KEY_1
    location / { satisfy any; pta_enable on; deny all; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> dir/index.html
index
--- request eval
["GET /dir/?pta=" . token("/dir/"), "GET /dir/"]
--- error_code eval
[200, 403]

=== a request that another module allows is checked again in the next location
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    location /any/ { satisfy any; allow all; pta_enable on; try_files /nonexistent /all/a; }
    location /any/on { satisfy any; allow all; pta_enable on; try_files /nonexistent /also/a; }
    location /all/ { pta_enable on; }
    location /also/ { satisfy any; allow all; pta_enable on; }
--- user_files
>>> all/a
a
>>> also/a
a
--- request eval
["GET /any/x", "GET /any/x?pta=" . token("/any/x"), "GET /any/on", "GET /any/x?pta=00"]
--- error_code eval
[400, 200, 200, 403]

=== the error page is shown if all modules refuse the request
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    satisfy any;
    deny all;
    pta_enable on;
    error_page 403 /error.html;
    location / { }
    location = /error.html { allow all; satisfy all; }
--- user_files
>>> error.html
page
--- request
GET /x
--- error_code: 403
--- response_body
page

=== a rewrite between locations with satisfy any keeps the rules of both
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    satisfy any;
    pta_enable on;
    location /old/ { allow all; rewrite ^/old/(.*)$ /new/$1 last; }
    location /new/ { allow all; }
    location /none/ { deny all; rewrite ^/none/(.*)$ /shut/$1 last; }
    location /shut/ { deny all; }
--- user_files
>>> new/a
a
>>> shut/a
a
--- request eval
["GET /old/a", "GET /none/a", "GET /none/a?pta=" . token("/none/a")]
--- error_code eval
[200, 403, 200]

=== a permission under satisfy any does not replace the token for an earlier satisfy all
--- config
    root $TEST_NGINX_HTML_DIR;
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/p/(.*)$ /any/$1 last; }
    location /q/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/q/(.*)$ /any2/$1 last; }
    location /any/ { satisfy any; allow all; }
    location /any2/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; allow all; }
--- user_files
>>> any/a
a
>>> any2/a
a
--- table
    request     | query        | status
    GET /p/a    | -            | 400
    GET /p/a    | /x           | 403
    GET /p/a    | /p/a expired | 410
    GET /p/a    | /p/a         | 200
    GET /q/a    | /x           | 403
    GET /q/a    | /q/a         | 200
    GET /any/a  | -            | 200
    GET /any2/a | -            | 200

=== a permission from another location does not overrule deny in an open location
--- config
    root $TEST_NGINX_HTML_DIR;
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/p/(.*)$ /open/$1 last; }
    location /open/ { satisfy any; deny all; }
--- user_files
>>> open/a
a
--- request eval
"GET /p/a?pta=" . token("/p/a")
--- error_code: 403

=== a refusal that can be overruled does not hide a final one
--- config
    root $TEST_NGINX_HTML_DIR;
    location /a/ { $TEST_NGINX_KEY_3 pta_enable on; satisfy any; allow all; rewrite ^/a/(.*)$ /b/$1 last; }
    location /b/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/b/(.*)$ /c/$1 last; }
    location /c/ { satisfy any; allow all; }
    location /d/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/d/(.*)$ /e/$1 last; }
    location /e/ { $TEST_NGINX_KEY_3 pta_enable on; satisfy any; allow all; }
--- user_files
>>> c/x
x
>>> e/x
x
--- request eval
["GET /a/x", "GET /b/x", "GET /c/x", "GET /d/x", "GET /d/x?pta=" . token("/d/x")]
--- error_code eval
[400, 400, 200, 400, 200]

=== a permission under satisfy any does not replace the token for other access rules
--- config
    root $TEST_NGINX_HTML_DIR;
    location /a/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; deny all; rewrite ^/a/(.*)$ /c/$1 last; }
    location /c/ { satisfy any; allow all; }
--- user_files
>>> c/x
x
--- request eval
["GET /a/x", "GET /a/x?pta=" . token("/y"), "GET /a/x?pta=" . token("/a/x"), "GET /c/x"]
--- error_code eval
[400, 403, 200, 200]

=== a request that another module allows gets the error pages of the site
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    pta_enable on;
    error_page 404 /404.html;
    error_page 502 = /404.html;
    location / { satisfy any; allow 127.0.0.1; deny all; }
    location /down/ { satisfy any; allow 127.0.0.1; deny all; proxy_pass http://127.0.0.1:1; }
    location = /404.html { internal; }
    location /try/ { satisfy any; allow 127.0.0.1; deny all; try_files /nonexistent /checked; }
    location = /checked { }
--- user_files
>>> 404.html
page
>>> checked
checked
--- table
    request     | status | body
    GET /none   | 404    | ^page
    GET /down/x | 200    | ^page
    GET /try/x  | 400    | 400 Bad
