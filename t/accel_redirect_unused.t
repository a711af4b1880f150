# pta_accel_redirect on in a location without pta_enable on: the location would be open.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== in a location that is not protected
--- config
    location = /dl {
        pta_accel_redirect on;
    }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_accel_redirect on" has no effect without "pta_enable on" in .*nginx\.conf:\d+$/m
--- conf_line
pta_accel_redirect on;
--- no_error_log
panic

=== beside a protected location with the same directive
--- config
    $TEST_NGINX_KEY_1
    location = /a { pta_enable on; pta_accel_redirect on; }
    location = /b {
        pta_accel_redirect ON;
    }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_accel_redirect on" has no effect/
--- conf_line
pta_accel_redirect ON;
--- no_error_log
panic

=== in a location with pta_enable off
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    location = /dl {
        pta_enable off;
        pta_accel_redirect on;
    }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_accel_redirect on" has no effect/
--- conf_line
pta_accel_redirect on;
--- no_error_log
panic

=== in a nested location
--- config
    location /a/ {
        location /a/dl/ {
            pta_accel_redirect on;
        }
    }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_accel_redirect on" has no effect/
--- conf_line
pta_accel_redirect on;
--- no_error_log
panic

=== in a location around a protected one that turns it off
--- config
    $TEST_NGINX_KEY_1
    location /a/ {
        pta_accel_redirect on;
        location /a/b/ { pta_enable on; pta_accel_redirect off; }
    }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_accel_redirect on" has no effect/
--- conf_line
pta_accel_redirect on;
--- no_error_log
panic

=== in a named location, and one with a regular expression
--- config
    $TEST_NGINX_KEY_1
    location ~ ^/a { pta_enable on; pta_accel_redirect on; }
    location @b {
        pta_accel_redirect on;
    }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_accel_redirect on" has no effect/
--- conf_line
pta_accel_redirect on;
--- no_error_log
panic

=== valid configurations
--- http_config
    pta_accel_redirect on;
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        pta_accel_redirect on;
    }
--- config
    $TEST_NGINX_KEY_1
    pta_accel_redirect on;
    location /open/ { return 200 "open\n"; }
    location /off/ { pta_accel_redirect off; }
    location /itself/ { pta_enable on; pta_accel_redirect on; }
    location /if/ { pta_accel_redirect on; if ($arg_check) { pta_enable on; } }
    location /nested/ {
        pta_accel_redirect on;
        location /nested/deeper/ {
            location /nested/deeper/still/ { pta_enable on; }
        }
    }
    location /inherited/ {
        pta_enable on;
        location /inherited/dl/ { pta_accel_redirect on; }
    }
    location /dry/ { pta_enable on; pta_dry_run on; pta_accel_redirect on; }
--- request
GET /open/
--- response_body
open
