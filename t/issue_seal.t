# pta_issue with a seal key: $pta_token is sealed.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== an issued token is sealed and bound, and the check behind accepts it
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    location /front/ {
        pta_issue /edge/* 60s bind=$http_x_a bind=b;
        # The own pta_bind is not used.
        pta_bind $uri;
        proxy_set_header X-A $http_x_a;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/edge$uri?pta=$pta_token;
    }
    location /unbound/ {
        pta_issue /edge/* 60s;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/edge$uri?pta=$pta_token;
    }
    location /other-order/ {
        pta_issue /edge/* 60s bind=b bind=$http_x_a;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/edge$uri?pta=$pta_token;
    }
    location /once/ {
        pta_issue /edge/* 60s bind=$http_x_a bind=b once;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/edge$uri?pta=$pta_token;
    }
    location /edge/ {
        pta_enable on;
        pta_require_seal on;
        pta_bind $http_x_a b;
        pta_phase rewrite;
        return 200 "[$pta_status][$pta_path][$pta_sealed][$pta_key]\n";
    }
--- request eval
['GET /front/x', 'GET /unbound/x', 'GET /other-order/x', 'GET /once/x']
--- more_headers
X-A: a
--- error_code eval
[200, 403, 403, 200]
--- response_body_like eval
['^\[ALLOWED\]\[/edge/\*\]\[1\]\[1st\]\n$', '403', '403', '^\[ALLOWED\]\[/edge/\*\]\[1\]\[1st\]\n$']

=== the form of an issued token
--- config
    access_log off;
    $TEST_NGINX_KEY_1
    location /sealed { $TEST_NGINX_SEAL_1 pta_issue /a 1h; return 200 $pta_token; }
    location /once { $TEST_NGINX_SEAL_1 pta_issue /a 1h once; set $first $pta_token; return 200 "$first $pta_token"; }
    location /plain { pta_issue /a 1h; return 200 $pta_token; }
    location /second { $TEST_NGINX_KEY_2 $TEST_NGINX_SEAL_2 pta_issue /a 1h; return 200 $pta_token; }
--- request eval
['GET /sealed', 'GET /once', 'GET /plain', 'GET /second']
--- response_body_like eval
[
    '^[0-9a-f]{32}\.[\w-]{22}$', '^([0-9a-f]{32}\.[\w-]{16})\.[\w-]{22} (?!\1)[0-9a-f]{32}\.[\w-]{16}\.[\w-]{22}$',
    '^[0-9a-f]{32}$', '^[0-9a-f]{32}$',
]

=== no token is bound to an empty value
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    location / { pta_issue /a 1h bind=a bind=$http_x_a; return 200 "[$pta_token]"; }
--- request
GET /
--- response_body: []
--- error_lines
pta: no token issued, a "bind" of "pta_issue" is empty

=== a binding that contains $pta_token through another variable ends
--- http_config
    map $uri $again { volatile; default "x$pta_token"; }
--- config
    access_log off;
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    location / { pta_issue /a 1h bind=$again; return 200 "$pta_token"; }
--- request
GET /
--- response_body_like: ^[0-9a-f]{32}\.[\w-]{22}$
--- error_lines
pta: no token issued, the path of "pta_issue" contains $pta_token itself
