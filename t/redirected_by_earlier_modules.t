# nginx runs the handlers of modules that are loaded after this one first. If they redirect a
# request, this module's handlers of that phase do not run. The request must still be checked.

use lib 't/lib';
use TestModule;

BEGIN {
    load_after('redirects', 'NAME=early');
}

use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== the target of another module's redirect is checked
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
--- table
    request   | query | status | body
    GET /s1/x | -     | 400    | 400
    GET /s2/x | -     | 400    | 400
    GET /s3/x | -     | 400    | 400
    GET /s2/x | /s2/x | 403    | 403
    GET /s4/x | -     | 200    | ^open
    GET /s1/x | /s1/x | 200    | ^secret

=== the target is checked without recursive_error_pages, too
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

=== a location is checked even if another module redirects away from it in the rewrite phase
--- config
    root $TEST_NGINX_HTML_DIR;
    location /p1/ { $TEST_NGINX_KEY_1 pta_enable on; early_redirect_rewrite /open/a; }
    location /p2/ { $TEST_NGINX_KEY_1 pta_enable on; early_redirect_rewrite @open; }
    location /p3/ { $TEST_NGINX_KEY_1 pta_enable on; pta_phase rewrite; early_redirect_rewrite /return; }
    location /p4/ { $TEST_NGINX_KEY_1 pta_enable on; early_redirect_rewrite /other/a; }
    location /open/ { }
    location @open { rewrite ^ /open/a break; }
    location = /return { return 200 "open\n"; }
    location /other/ { $TEST_NGINX_KEY_3 pta_enable on; }
--- user_files
>>> open/a
open
>>> other/a
secret
--- table
    request   | query        | status | body
    GET /p1/x | -            | 400    | 400
    GET /p1/x | /p1/x pair 3 | 403    | 403
    GET /p2/x | -            | 400    | 400
    GET /p2/x | /p2/x pair 3 | 403    | 403
    GET /p3/x | -            | 400    | 400
    GET /p3/x | /p3/x pair 3 | 403    | 403
    GET /p4/x | -            | 400    | 400
    GET /p4/x | /p4/x pair 3 | 403    | 403
    GET /p1/x | /p1/x        | 200    | ^open
    GET /p2/x | /p2/x        | 200    | ^open
    GET /p3/x | /p3/x        | 200    | ^open
    GET /p4/x | /p4/x        | 403    | 403

=== the same for a token that may be used once
--- http_config
    pta_once_zone z:64k;
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    location /p1/ { pta_enable on; pta_once zone=z; early_redirect_rewrite /open/a; }
    location /p2/ { pta_enable on; pta_once zone=z; early_redirect_rewrite @open; }
    location /open/ { }
    location @open { rewrite ^ /open/a break; }
--- user_files
>>> open/a
open
--- request eval
my ($a, $b) = map { sealed(token($_)) } qw(/p1/x /p2/x);
["GET /p1/x?pta=$a", "GET /p1/x?pta=$a", "GET /p2/x?pta=$b", "GET /p2/x?pta=$b"]
--- error_code eval
[200, 403, 200, 403]
