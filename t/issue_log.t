# Log lines about tokens that are not issued. nginx adds the request line, which may have a token.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== log lines about tokens that are not issued mask the client's token
--- config
    location /early/ {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_issue $arg_f 1h;
        set $read $pta_token;
        return 200 "empty:$read\n";
    }
    location /open/ { $TEST_NGINX_KEY_1 pta_issue $arg_f 1h; return 200 "empty:$pta_token\n"; }
    location /name/ { $TEST_NGINX_KEY_1 pta_name sig; pta_issue $arg_f 1h; return 200 "empty:$pta_token\n"; }
    location /star/ { $TEST_NGINX_KEY_1 pta_issue $uri* 1h; return 200 "empty:$pta_token\n"; }
    location /itself/ { $TEST_NGINX_KEY_1 pta_issue /x$pta_token 1h; return 200 "$pta_token\n"; }
--- log_level: info
--- request eval
["GET /early/?f=x&pta=" . token("/a"), "GET /open/?f=x&pta=" . token("/a"), "GET /name/?f=x&sig=" . token("/a"),
 "GET /star/%5C?pta=" . token("/a"), "GET /itself/?pta=" . token("/a")]
--- error_code eval
[200, 200, 200, 200, 200]
--- response_body_like eval
["^empty:\$", "^empty:\$", "^empty:\$", "^empty:\$", "^[0-9a-f]+\$"]
--- error_lines eval
[logged("GET /early/?f=x&pta=*** HTTP/1.1"), logged("GET /open/?f=x&pta=*** HTTP/1.1"),
 logged("GET /name/?f=x&sig=*** HTTP/1.1"), logged("GET /star/%5C?pta=*** HTTP/1.1"), logged("GET /itself/?pta=*** HTTP/1.1")]
--- no_error_log eval
[token("/a")]

=== with pta_mask off, log lines about tokens that are not issued show the client's token
--- config
    location / { $TEST_NGINX_KEY_1 pta_mask off; pta_issue $arg_f 1h; return 200 "empty:$pta_token\n"; }
--- request
GET /?f=x&pta=00
--- response_body
empty:
--- error_lines eval
[logged("GET /?f=x&pta=00 HTTP/1.1")]
