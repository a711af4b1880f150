# A redirect by another module (Lua's ngx.exec) is not an error page, even if it changes the status.

use lib 't/lib';
use TestModule;

BEGIN {
    load_before('redirects', 'NAME=late');
    load_after('redirects', 'NAME=early');
}

use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== a redirect is checked if the error page of a refusal resets the status first
--- config
    root $TEST_NGINX_HTML_DIR;
    location /a/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 400 403 /page; }
    location /b/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 400 403 = @page; }
    location /n/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 400 403 /to_named; }
    location = /page { late_redirect_content /secret/a; }
    location @page { late_redirect_content /secret/a; }
    location = /to_named { late_redirect_content @secret; }
    location /secret/ { $TEST_NGINX_KEY_1 pta_enable on; }
    location @secret { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^ /secret/a break; }
--- user_files
>>> secret/a
secret
--- table
    request  | query     | status
    GET /a/x | -         | 400
    GET /a/x | /other    | 403
    GET /a/x | /x pair 3 | 403
    GET /b/x | -         | 400
    GET /b/x | /other    | 403
    GET /b/x | /x pair 3 | 403
    GET /n/x | -         | 400
    GET /n/x | /other    | 403
    GET /n/x | /x pair 3 | 403
--- response_body_unlike eval
[("secret") x 9]

=== a redirect from the error page of an allowed request to another realm is checked
--- config
    root $TEST_NGINX_HTML_DIR;
    location /a/ { $TEST_NGINX_KEY_1 pta_enable on; error_page 404 /page; }
    location = /page { late_redirect_content /secret/a; }
    location /secret/ { $TEST_NGINX_KEY_3 pta_enable on; }
--- user_files
>>> secret/a
secret
--- request eval
["GET /a/x?pta=" . token("/a/x"), "GET /a/x?pta=" . token("/a/x", pair => 3)]
--- error_code eval
[403, 403]
--- response_body_unlike eval
["secret", "secret"]

=== a redirect by another access module is checked after a refusal under satisfy any
--- config
    root $TEST_NGINX_HTML_DIR;
    location /s1/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; late_redirect_access /secret/a; }
    location /s2/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; late_redirect_access @secret; }
    location /s3/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; late_redirect_access /other/a; }
    location /s4/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; late_redirect_access /file/a; }
    location /s5/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; late_redirect_access /open/a; }
    location /secret/ { $TEST_NGINX_KEY_1 pta_enable on; pta_phase rewrite; return 200 secret; }
    location @secret { $TEST_NGINX_KEY_1 pta_enable on; pta_phase rewrite; return 200 secret; }
    location /other/ { $TEST_NGINX_KEY_3 pta_enable on; pta_phase rewrite; return 200 secret; }
    location /file/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; }
    location /open/ { return 200 "open\n"; }
--- user_files
>>> file/a
secret
--- table
    request   | query | status | body
    GET /s1/x | -     | 400    | 400
    GET /s1/x | /y    | 403    | 403
    GET /s2/x | -     | 400    | 400
    GET /s2/x | /y    | 403    | 403
    GET /s3/x | -     | 400    | 400
    GET /s3/x | /y    | 403    | 403
    GET /s4/x | -     | 403    | 403
    GET /s4/x | /y    | 403    | 403
    GET /s1/x | /s1/x | 404    | 404
    GET /s5/x | -     | 200    | ^open

=== a redirect by another access module is checked with recursive_error_pages, too
--- config
    root $TEST_NGINX_HTML_DIR;
    recursive_error_pages on;
    location /s1/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; late_redirect_access /secret/a; }
    location /s2/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; deny all; error_page 403 = /page/a; }
    location /s3/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; deny all; error_page 403 /page/a; }
    location /page/ { $TEST_NGINX_KEY_1 pta_enable on; }
    location /secret/ { $TEST_NGINX_KEY_1 pta_enable on; pta_phase rewrite; return 200 secret; }
--- user_files
>>> page/a
page
--- table
    request   | status | body
    GET /s1/x | 400    | 400
    GET /s2/x | 200    | ^page
    GET /s3/x | 403    | ^page

=== a redirect in the precontent phase is checked if another module allowed the request
--- config
    root $TEST_NGINX_HTML_DIR;
    location /s1/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; allow all; early_redirect_precontent /secret/a; }
    location /s2/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; allow all; late_redirect_precontent /secret/a; }
    location /s3/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; allow all; early_redirect_precontent /file/a; }
    location /secret/ { $TEST_NGINX_KEY_3 pta_enable on; pta_phase rewrite; return 200 secret; }
    location /file/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> file/a
secret
--- request eval
["GET /s1/x", "GET /s2/x", "GET /s3/x"]
--- error_code eval
[400, 400, 400]

=== a redirect is checked if it is made before this module in the access phase
--- config
    root $TEST_NGINX_HTML_DIR;
    location /a/ { $TEST_NGINX_KEY_1 pta_enable on; early_redirect_access /open/a; }
    location /b/ { $TEST_NGINX_KEY_1 pta_enable on; early_redirect_access /secret/a; }
    location /open/ { }
    location /secret/ { $TEST_NGINX_KEY_3 pta_enable on; }
--- user_files
>>> open/a
open
>>> secret/a
secret
--- request eval
["GET /a/x", "GET /a/x?pta=" . token("/a/x"), "GET /b/x?pta=" . token("/b/x"), "GET /b/x?pta=" . token("/b/x", pair => 3)]
--- error_code eval
[400, 200, 403, 403]

=== the error page is checked if an error follows the redirect of another access module
--- config
    root $TEST_NGINX_HTML_DIR;
    location /s1/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; late_redirect_access /open/missing; }
    location /open/ { satisfy any; allow all; error_page 404 =200 /secret/a; }
    location /secret/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> secret/a
secret
--- request
GET /s1/x
--- response_body_unlike: secret
--- error_code: 400

=== a page that another module sends instead of a refusal is no-store
--- config
    location /s1/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; late_redirect_access /open/a; }
    location /open/ { add_header Cache-Control public; return 200 "open\n"; }
--- request
GET /s1/x
--- response_headers
Cache-Control: no-store
--- response_body
open
