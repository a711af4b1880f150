# Logs never show a token in the request line, even if the link has a wrong separator.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== a token after &, ; or &amp; is masked in the path and in the query
--- http_config
    log_format masked '$request|$pta_request_uri';
--- config
    access_log $TEST_NGINX_SERVER_ROOT/logs/access.log masked;
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- request eval
my $t = token("/v/a");
["GET /v/a?id=15&amp;pta=$t", "GET /v/a&pta=$t", "GET /v/a;pta=$t", "GET /v/a;id=15&amp;pta=$t;b=2", "GET /v/a?a;PTA=$t;b=2",
 "GET /v/a&pta=$t&b?c", "GET /v/a&pta=$t;b?c=%2541;d"]
--- error_code eval
[(400) x 7]
--- log_lines
GET /v/a?id=15&amp;pta=*** HTTP/1.1|/v/a?id=15&amp;pta=***
GET /v/a&pta=*** HTTP/1.1|/v/a&pta=***
GET /v/a;pta=*** HTTP/1.1|/v/a;pta=***
GET /v/a;id=15&amp;pta=***;b=2 HTTP/1.1|/v/a;id=15&amp;pta=***;b=2
GET /v/a?a;PTA=***;b=2 HTTP/1.1|/v/a?a;PTA=***;b=2
GET /v/a&pta=***&b?c HTTP/1.1|/v/a&pta=***&b?c
GET /v/a&pta=***;b?c=%2541;d HTTP/1.1|/v/a&pta=***;b?c=%2541;d
--- error_lines eval
[qr/request: "GET \/v\/a\?id=15&amp;pta=\*\*\* HTTP\/1\.1"/, qr/request: "GET \/v\/a&pta=\*\*\* HTTP\/1\.1"/,
 qr/request: "GET \/v\/a;pta=\*\*\* HTTP\/1\.1"/]

=== a token after a percent-encoded separator is masked in the path and in the query
--- http_config
    log_format masked '$request|$pta_request_uri';
--- config
    access_log $TEST_NGINX_SERVER_ROOT/logs/access.log masked;
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- request eval
my $t = token("/v/a");
["GET /v/a%3Fpta=$t", "GET /v/a%3fpta%3D$t%26b=1", "GET /v/a?to=/w%3Fa%3D1%26pta%3d$t%3Bb", "GET /v/a%3BPTA=$t%23b", "GET /v/a?b=1%26pta=$t",
 "GET /v/a?pta%3D$t", "GET /v/a%3Fpta=$t%3Bpta=$t%3bb"]
--- error_code eval
[(400) x 7]
--- log_lines
GET /v/a%3Fpta=*** HTTP/1.1|/v/a%3Fpta=***
GET /v/a%3fpta%3D***%26b=1 HTTP/1.1|/v/a%3fpta%3D***%26b=1
GET /v/a?to=/w%3Fa%3D1%26pta%3d***%3Bb HTTP/1.1|/v/a?to=/w%3Fa%3D1%26pta%3d***%3Bb
GET /v/a%3BPTA=***%23b HTTP/1.1|/v/a%3BPTA=***%23b
GET /v/a?b=1%26pta=*** HTTP/1.1|/v/a?b=1%26pta=***
GET /v/a?pta%3D*** HTTP/1.1|/v/a?pta%3D***
GET /v/a%3Fpta=***%3Bpta=***%3bb HTTP/1.1|/v/a%3Fpta=***%3Bpta=***%3bb
--- error_lines eval
[qr/request: "GET \/v\/a%3Fpta=\*\*\* HTTP\/1\.1"/, qr/request: "GET \/v\/a\?to=\/w%3Fa%3D1%26pta%3d\*\*\*%3Bb HTTP\/1\.1"/]

=== a second token is masked as well, whether or not the first one allows the request
--- config
    access_log $TEST_NGINX_SERVER_ROOT/logs/access.log masked;
    location / { $TEST_NGINX_KEY_1 pta_enable on; pta_phase rewrite; return 204; }
--- http_config
    log_format masked '$status $request|$pta_request_uri';
--- request eval
my ($t, $x) = (token("/v/*"), token("/x"));
["GET /v/a&pta=$x?pta=$t", "GET /v/a;pta=$x?pta=$t&b=1", "GET /v/a%3Fpta=$x?b=1&pta=$t", "GET /v/a?b;pta=$x&pta=$t", "GET /v/a?pta=$t&b;pta=$x",
 "GET /v/a?pta=$t&to=/w%3Fpta%3D$x", "GET /v/a?to=/w%3Fpta%3D$x&pta=$t", "GET /v/a?to=/w?pta=$x&pta=$t", "GET /v/a?pta=$t", "GET /v/a?b=%20;c&pta=$t&d",
 "GET /v/a?pta=$t;pta=$x", "GET /v/a?pta=$t%26pta=$x&pta=$x", "GET /v/a&pta=$t?pta=$x"]
--- error_code eval
[(204) x 10, 400, 400, 403]
--- log_lines
204 GET /v/a&pta=*** HTTP/1.1|/v/a&pta=***
204 GET /v/a;pta=***&b=1 HTTP/1.1|/v/a;pta=***&b=1
204 GET /v/a%3Fpta=***&pta=*** HTTP/1.1|/v/a%3Fpta=***&pta=***
204 GET /v/a?b;pta=***&pta=*** HTTP/1.1|/v/a?b;pta=***&pta=***
204 GET /v/a?pta=***&b;pta=*** HTTP/1.1|/v/a?pta=***&b;pta=***
204 GET /v/a?pta=***&to=/w%3Fpta%3D*** HTTP/1.1|/v/a?pta=***&to=/w%3Fpta%3D***
204 GET /v/a?to=/w%3Fpta%3D***&pta=*** HTTP/1.1|/v/a?to=/w%3Fpta%3D***&pta=***
204 GET /v/a?to=/w?pta=***&pta=*** HTTP/1.1|/v/a?to=/w?pta=***&pta=***
204 GET /v/a?pta=*** HTTP/1.1|/v/a?pta=***
204 GET /v/a?b=%20;c&pta=***&d HTTP/1.1|/v/a?b=%20;c&pta=***&d
400 GET /v/a?pta=***;pta=*** HTTP/1.1|/v/a?pta=***;pta=***
400 GET /v/a?pta=***%26pta=***&pta=*** HTTP/1.1|/v/a?pta=***%26pta=***&pta=***
403 GET /v/a&pta=*** HTTP/1.1|/v/a&pta=***

=== a token is masked over HTTP/2, where nginx composes the request line
--- http2
--- http_config
    log_format masked '$status $request|$pta_request_uri';
--- config
    access_log $TEST_NGINX_SERVER_ROOT/logs/access.log masked;
    location / { $TEST_NGINX_KEY_1 pta_enable on; pta_phase rewrite; return 204; }
--- request eval
my ($t, $x) = (token("/v/*"), token("/x"));
["GET /v/a&pta=$x?pta=$t", "GET /v/a?b&amp;pta=$x&pta=$t", "GET /v/a?pta=$t&to=/w%3Fpta%3D$x", "GET /v/a?b&pta=$t"]
--- error_code eval
[(204) x 4]
--- log_lines
204 GET /v/a&pta=*** HTTP/2.0|/v/a&pta=***
204 GET /v/a?b&amp;pta=***&pta=*** HTTP/2.0|/v/a?b&amp;pta=***&pta=***
204 GET /v/a?pta=***&to=/w%3Fpta%3D*** HTTP/2.0|/v/a?pta=***&to=/w%3Fpta%3D***
204 GET /v/a?b&pta=*** HTTP/2.0|/v/a?b&pta=***

=== a token is masked in absolute request targets and with every method
--- http_config
    log_format masked '$status $request|$pta_request_uri';
--- config
    access_log $TEST_NGINX_SERVER_ROOT/logs/access.log masked;
    location / { $TEST_NGINX_KEY_1 pta_enable on; pta_phase rewrite; return 204; }
--- raw_request eval
my ($t, $x) = (token("/v/*"), token("/x"));
CORE::join "", map { "$_ HTTP/1.1\r\nHost: x\r\n" . (/PUT/ ? "Connection: close\r\n" : "") . "\r\n" }
    "GET http://x/v/a?pta=$t", "GET http://[&pta=$x]/v/a?pta=$t", "DELETE /v/a?pta=$t", "GET   /v/a?b=1&pta=$t", "PUT /v/a?pta=$t&b=1"
--- error_code: 204
--- log_lines
204 GET http://x/v/a?pta=*** HTTP/1.1|/v/a?pta=***
204 GET http://[&pta=*** HTTP/1.1|/v/a?pta=***
204 DELETE /v/a?pta=*** HTTP/1.1|/v/a?pta=***
204 GET   /v/a?b=1&pta=*** HTTP/1.1|/v/a?b=1&pta=***
204 PUT /v/a?pta=***&b=1 HTTP/1.1|/v/a?pta=***&b=1

=== a token in the path is masked in the module's own log lines, including debug lines
--- log_level: debug
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- request eval
my ($other, $old, $x) = (token("/other"), token("/v/a&pta=" . token("/x"), expires => 1), token("/x"));
["GET /v/a&pta=$x?pta=$other", "GET /v/a;pta%3D$x&b?pta=$old"]
--- error_code eval
[403, 410]
--- error_lines eval
[qr/pta: path mismatch, requested "\/v\/a&pta=\*\*\*", allowed "\/other"/,
 qr/pta: expired token, valid until 1970-01-01T00:00:01Z, requested "\/v\/a;pta=\*\*\*&b", allowed "\/v\/a&pta=\*\*\*"/]
--- no_error_log eval
[qr/pta: [^,]*[0-9a-f]{32}/, qr/requested "[^"]*[0-9a-f]{32}/, qr/allowed "[^"]*[0-9a-f]{32}/]

=== with pta_name, only arguments of that name are masked
--- http_config
    log_format masked '$status $request|$pta_request_uri';
--- config
    access_log $TEST_NGINX_SERVER_ROOT/logs/access.log masked;
    location / { $TEST_NGINX_KEY_1 pta_enable on; pta_name t; pta_phase rewrite; return 204; }
--- request eval
my $t = token("/v/*");
["GET /v/a;T=$t?pta=1&t=$t", "GET /v/a%3ft%3D$t?tt=1;xt=2&t=$t"]
--- error_code eval
[204, 204]
--- log_lines
204 GET /v/a;T=***&t=*** HTTP/1.1|/v/a;T=***&t=***
204 GET /v/a%3ft%3D***;xt=2&t=*** HTTP/1.1|/v/a%3ft%3D***;xt=2&t=***

=== a token is masked in the paths of log lines about WebDAV
--- config
    location /d/ { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; dav_methods COPY MOVE; }
--- user_files
>>> d/a
a
--- request eval
["COPY /d/a?pta=" . token("/d/a"), "COPY /d/a?pta=" . token("/d/*")]
--- more_headers eval
my $x = token("/x");
["Destination: /d/b&pta=$x", "Destination: /e/b;pta=$x;c"]
--- error_code eval
[403, 403]
--- error_lines
destination "/d/b&pta=***"
destination "/e/b;pta=***;c" is outside location "/d/"
--- no_error_log eval
[qr/destination "[^"]*[0-9a-f]{32}/]
