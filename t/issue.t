# pta_issue, $pta_token and $pta_token_expires: nginx issues tokens.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== an issued token is valid for its path only
The front location issues a token. The location behind it checks the token and returns the verdict.
--- config
    $TEST_NGINX_KEY_1
    location /front/ {
        pta_issue /edge$uri 60s;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/edge$uri?a=1&pta=$pta_token;
    }
    location /wild/ {
        pta_issue /edge/wild/* 1h;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/edge$uri?pta=$pta_token;
    }
    location /wrong/ {
        pta_issue /other 60s;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/edge$uri?pta=$pta_token;
    }
    location /edge/ {
        pta_enable on;
        pta_phase rewrite;
        return 200 "[$pta_status][$pta_path][$pta_remaining][$pta_key]\n";
    }
--- request eval
["GET /front/x", "GET /wild/a/b", "GET /wrong/x"]
--- error_code eval
[200, 200, 403]
--- response_body_like eval
["^\\[ALLOWED\\]\\[/edge/front/x\\]", "^\\[ALLOWED\\]\\[/edge/wild/\\*\\]\\[(3600|3599)\\]\\[1st\\]\n\$", "403"]

=== stars in values of variables are literal, so that clients cannot get a wildcard
--- config
    $TEST_NGINX_KEY_1
    location / { pta_issue $uri 60s; add_header X-Token $pta_token; return 204; }
    location /check/ {
        pta_enable on;
        pta_accel_redirect off;
        pta_auth_method cookie;
        add_header X-Path $pta_path always;
        root $TEST_NGINX_HTML_DIR;
    }
    location /loop/ {
        pta_issue /check/$arg_p 60s;
        proxy_set_header Cookie pta=$pta_token;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/check/any;
    }
    location /star/ {
        pta_issue /check/* 60s;
        proxy_set_header Cookie pta=$pta_token;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/check/any;
    }
    location /literal/ {
        pta_issue /check/\* 60s;
        proxy_set_header Cookie pta=$pta_token;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/check/any;
    }
--- user_files
>>> check/any
any
--- table
    request          | status | X-Path
    GET /loop/?p=*   | 403    | /check/\*
    GET /loop/?p=any | 200    | /check/any
    GET /star/       | 200    | /check/*
    GET /literal/    | 403    | /check/\*

=== $pta_token_expires has the expiry, and both variables are empty if no token is issued
--- config
    $TEST_NGINX_KEY_1
    location /a { pta_issue /x 1d; return 200 "$pta_token_expires $msec $pta_token\n"; }
    location /b { return 200 "[$pta_token][$pta_token_expires]\n"; }
--- request eval
["GET /a", "GET /b"]
--- response_body_like eval
["^(\\d+) \\d+\\.\\d+ [0-9a-f]{32}\n\$", "^\\[\\]\\[\\]\n\$"]

=== with step=, the expiry is rounded up
--- config
    $TEST_NGINX_KEY_1
    location /7s { pta_issue /x 1h step=7; return 200 "$pta_token_expires $msec $pta_token\n"; }
    location /1h { pta_issue /x 1h step=1h; return 200 "$pta_token_expires $msec $pta_token\n"; }
    location /1s { pta_issue /x 90 step=1; return 200 "$pta_token_expires $msec $pta_token\n"; }
    location /front {
        pta_issue /edge/* 1000d step=1000d;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/edge/$pta_token_expires?pta=$pta_token;
    }
    location /edge/ { pta_enable on; pta_phase rewrite; return 200 "$pta_status $pta_expires $uri\n"; }
--- request eval
[("GET /7s", "GET /1h", "GET /1s") x 3, "GET /front"]
--- response_body_like eval
my $rounded = sub { my ($time, $step) = @_; int(($time + $step - 1) / $step) * $step };
# The line for each second of the next five minutes.
my $lines = sub { my ($lifetime, $step) = @_; CORE::join '|', map { $rounded->($_ + $lifetime, $step) . " $_" } time .. time + 300 };
my @each = map { my $lines = $lines->(@$_); "^(?:$lines)\\.\\d{3} [0-9a-f]{32}\n\$" } [3600, 7], [3600, 3600], [90, 1];
my $end = $rounded->(time + 86400 * 1000, 86400 * 1000);
[(@each) x 3, "^ALLOWED $end /edge/$end\n\$"]

=== pta_issue is inherited, and uses the keys of the current location
--- config
    $TEST_NGINX_KEY_1
    pta_issue /edge/* 60s;
    location /1/ { proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/edge/1?pta=$pta_token; }
    location /3/ { $TEST_NGINX_KEY_3 proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/edge/3?pta=$pta_token; }
    location /edge/1 { pta_enable on; pta_phase rewrite; return 200 "$pta_status"; }
    location /edge/3 { $TEST_NGINX_KEY_3 pta_enable on; pta_phase rewrite; return 200 "$pta_status"; }
    location /2/ { $TEST_NGINX_KEY_3 proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/edge/1?pta=$pta_token; }
--- request eval
["GET /1/", "GET /3/", "GET /2/"]
--- error_code eval
[200, 200, 403]

=== a path that does not begin with a slash gives an empty variable and a log line
--- config
    $TEST_NGINX_KEY_1
    location / { pta_issue $arg_p 60s; return 200 "[$pta_token]\n"; }
--- request eval
["GET /?p=x", "GET /?p=/x", "GET /"]
--- response_body_like eval
["^\\[\\]\n\$", "^\\[[0-9a-f]{32}\\]\n\$", "^\\[\\]\n\$"]
--- error_lines
pta: no token issued, the path of "pta_issue" does not begin with "/", client

=== a backslash before the wildcard gives an empty variable and a log line
--- config
    $TEST_NGINX_KEY_1
    location / { pta_issue $arg_p* 60s; return 200 "[$pta_token]\n"; }
--- request eval
["GET /?p=/x", "GET /?p=/x\\"]
--- response_body_like eval
["^\\[[0-9a-f]{32}\\]\n\$", "^\\[\\]\n\$"]
--- error_lines
pta: no token issued, the path of "pta_issue" has "\" before its wildcard

=== a path that contains its own token, directly or by a map, is logged
--- http_config
    map $uri $detour { default $pta_token; }
--- config
    $TEST_NGINX_KEY_1
    location /a { pta_issue /$pta_token 60s; return 200 "[$pta_token]"; }
    location /b { pta_issue /$detour 60s; return 200 "[$pta_token]"; }
    location /c { pta_issue /c 60s; return 200 "[$pta_token]"; }
--- table
    request | status | body
    GET /a  | 200    | ^\[[0-9a-f]{32}\]$
    GET /b  | 200    | ^\[[0-9a-f]{32}\]$
    GET /c  | 200    | ^\[[0-9a-f]{32}\]$
--- error_lines
pta: no token issued, the path of "pta_issue" contains $pta_token itself
