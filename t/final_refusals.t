# Final refusals: no other access module can overrule them, whatever their status.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== a refusal from satisfy all stays final after a rewrite to satisfy any, for every status
--- config eval
my $config = CORE::join '', map { <<"_EOC_" } 400, 401, 402, 403, 404, 407, 410, 429, 451, 500, 503, 511;
    location /p$_/ { \$TEST_NGINX_KEY_1 pta_enable on; pta_refuse_status $_; rewrite ^ /any/a last; }
_EOC_
$config . <<'_EOC_';
    root $TEST_NGINX_HTML_DIR;
    location /any/ { satisfy any; allow all; }
_EOC_
--- user_files
>>> any/a
secret
--- request eval
[map { ("GET /p$_/a", "GET /p$_/a?pta=" . token("/b")) } 400, 401, 402, 403, 404, 407, 410, 429, 451, 500, 503, 511]
--- error_code eval
[map { ($_, $_) } 400, 401, 402, 403, 404, 407, 410, 429, 451, 500, 503, 511]
--- response_body_unlike eval
[("secret") x 24]

=== other modules can overrule every status in a location with satisfy any
--- config eval
my $config = CORE::join '', map { <<"_EOC_" } 400, 401, 403, 407, 410, 503;
    location /p$_/ { \$TEST_NGINX_KEY_1 pta_enable on; pta_refuse_status $_; satisfy any; allow all; root \$TEST_NGINX_HTML_DIR/any; }
    location /q$_/ { \$TEST_NGINX_KEY_1 pta_enable on; pta_refuse_status $_; satisfy any; deny all; }
_EOC_
$config;
--- user_files eval
CORE::join '', map { ">>> any/p$_/a\nlet in\n" } 400, 401, 403, 407, 410, 503;
--- request eval
[map { ("GET /p$_/a", "GET /q$_/a") } 400, 401, 403, 407, 410, 503]
--- error_code eval
[200, 403, 200, 401, 200, 403, 200, 403, 200, 403, 200, 403]

=== the error page of a final refusal is shown
--- config
    root $TEST_NGINX_HTML_DIR;
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; pta_refuse_status 407; error_page 407 /page; rewrite ^ /any/a last; }
    location /any/ { satisfy any; allow all; error_page 407 /page; }
    location = /page { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; allow all; }
--- user_files
>>> any/a
secret
>>> page
page
--- request
GET /p/a
--- error_code: 407
--- response_body
page
