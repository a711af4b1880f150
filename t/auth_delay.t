# nginx's auth_delay, and refusals with status 401.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== a 401 is delayed, unless it is final under satisfy any or comes before the access phase
--- http_config
    map $request_time $pace { "~^0\.[0-5]" "at once"; default delayed; }
    log_format timed "$uri $status $pace";
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    pta_refuse_status 401;
    auth_delay 700ms;
    access_log logs/access.log timed;
    location /all/ { pta_enable on; }
    location /any/ { pta_enable on; satisfy any; deny all; }
    location /final/ { pta_enable on; rewrite ^/final/(.*)$ /open/$1 last; }
    location /open/ { satisfy any; deny all; }
    location /early/ { pta_enable on; pta_phase rewrite; }
--- request eval
["GET /all/a", "GET /any/a", "GET /final/a", "GET /early/a"]
--- error_code eval
[401, 401, 401, 401]
--- timeout: 10
--- error_lines
pta: missing token
--- log_lines
/all/a 401 delayed
/any/a 401 delayed
/open/a 401 at once
/early/a 401 at once
