# Another access module lets a request in under satisfy any, and a module that is loaded behind ours redirects it in
# PRECONTENT. With recursive_error_pages, that must not be taken for the error page of the refusal.

use lib 't/lib';
use TestModule;

BEGIN {
    load_behind('redirects', 'NAME=early');
}

use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== what another module redirects to is checked
--- config
    root $TEST_NGINX_HTML_DIR;
    recursive_error_pages on;
    location /s1/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; allow all; early_redirect_precontent /secret/a; }
    location /s2/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; allow all; early_redirect_precontent /other/a; }
    location /s3/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; allow all; early_redirect_precontent @other; }
    location /s4/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; allow all; early_redirect_precontent /open/a; }
    location /secret/ { $TEST_NGINX_KEY_1 pta_enable on; }
    location /other/ { $TEST_NGINX_KEY_3 pta_enable on; pta_phase rewrite; return 200 secret; }
    location @other { $TEST_NGINX_KEY_3 pta_enable on; rewrite ^ /secret/a break; }
    location /open/ { return 200 "open\n"; }
--- user_files
>>> secret/a
secret
--- request eval
["GET /s1/x", "GET /s2/x", "GET /s3/x", "GET /s2/x?pta=" . token("/s2/x"), "GET /s4/x", "GET /s1/x?pta=" . token("/s1/x")]
--- error_code eval
[400, 400, 400, 403, 200, 200]
--- response_body_like eval
["400", "400", "400", "403", "^open", "^secret"]

=== the same without recursive_error_pages
--- config
    root $TEST_NGINX_HTML_DIR;
    location /s1/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; allow all; early_redirect_precontent /secret/a; }
    location /secret/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> secret/a
secret
--- request
GET /s1/x
--- error_code: 400
--- response_body_unlike: secret

=== the error page of a refusal is shown
--- config
    root $TEST_NGINX_HTML_DIR;
    recursive_error_pages on;
    location /s1/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; deny all; error_page 403 = /page/a; }
    location /page/ { $TEST_NGINX_KEY_1 pta_enable on; }
--- user_files
>>> page/a
page
--- request
GET /s1/x
--- response_body
page
