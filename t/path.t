# The path in the token is compared with the path that the client requested.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== exact paths, wildcards and escaped stars are compared
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- table
    request       | query   | status
    GET /a/b      | /a/b    | 200
    GET /a/bc     | /a/b    | 403
    GET /a/       | /a/b    | 403
    GET /A/b      | /a/b    | 403
    GET /a/b/     | /a/b    | 403
    GET /a/       | /a/*    | 200
    GET /a/b/c    | /a/*    | 200
    GET /a        | /a/*    | 403
    GET /a/b/1.ts | /a/*.ts | 200
    GET /a/1.m3u8 | /a/*.ts | 403
    GET /         | /*      | 200
    GET /x        | /*      | 200
    GET /a        | /a*a    | 403
    GET /aa       | /a*a    | 200
    GET /aba      | /a*a    | 200
    GET /a*b      | /a\*b   | 200
    GET /aXb      | /a\*b   | 403
    GET /x*       | /*\*    | 200
    GET /x        | /*\*    | 403
    GET /a%5Cb    | /a\b    | 200

=== a path with two wildcards, without a leading slash, or empty is refused
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request eval
[map { "GET /a/a?pta=" . token($_) } "/**", "/a*/*", "*", "a/a", "", "/*"]
--- error_code eval
[403, 403, 403, 403, 403, 200]

=== the path is decoded and normalised before it is compared
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- table
    request                     | query          | status
    GET /foo/caf%C3%A9          | /foo/café      | 200
    GET /foo/caf%c3%a9          | /foo/café      | 200
    GET //foo///caf%C3%A9       | /foo/café      | 200
    GET /bar/../foo/./caf%C3%A9 | /foo/café      | 200
    GET /f%6fo%2Fcaf%C3%A9      | /foo/café      | 200
    GET /foo/cafe               | /foo/café      | 403
    GET /foo/caf%C3%A9          | /foo/caf%C3%A9 | 403

=== raw UTF-8 bytes in the request line are accepted
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- raw_request eval
"GET /foo/caf\xc3\xa9?pta=" . token("/foo/caf\xc3\xa9") . " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
--- error_code: 200

=== a path that is longer than the URI is refused
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request eval
["GET /a?pta=" . token("/a HTTP/1.1\r\nHost*"), "GET /a?pta=" . token("/a?pta=*"), "GET /a?pta=" . token("/a?*"),
 "GET /a?pta=" . token("/a *"), "GET /a?pta=" . token("/ab*")]
--- error_code eval
[(403) x 5]

=== bytes 0x01 to 0x10, which are also padding bytes, do not end the path
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request eval
[map({ my $path = "/a" . chr($_) . "b"; (sprintf("GET /a%%%02xb?pta=%s", $_, token($path)), "GET /a?pta=" . token($path)) } 1 .. 16)]
--- error_code eval
[(200, 403) x 16]

=== a NUL does not end the path
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request eval
["GET /a?pta=" . token("/a\0"), "GET /a?pta=" . token("/a\0b"), "GET /a?pta=" . token("/a\0*")]
--- error_code eval
[403, 403, 403]

=== with merge_slashes off, repeated slashes are compared
--- config
    merge_slashes off;
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        rewrite ^(.*)$ $1 break;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request eval
["GET /a//b?pta=" . token("/a//b"), "GET /a//b?pta=" . token("/a/b"), "GET /a/b?pta=" . token("/a/b")]
--- error_code eval
[200, 403, 200]

=== the client's path is compared, not the rewritten one
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        rewrite ^ /other break;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
    rewrite ^/(.*)$ /x/$1;
--- request eval
my $token = token("/foo/caf\xc3\xa9 %?#x");
["GET /foo/caf%C3%A9%20%25%3F%23x?pta=$token", "GET //foo/./bar/../caf%C3%A9%20%25%3f%23x?pta=$token",
 "GET /x/foo?pta=" . token("/foo"), "GET /foo?pta=" . token("/x/foo"), "GET /foo?pta=" . token("/other"),
 "GET /?pta=" . token("/"), "GET /a/..?pta=" . token("/"), "GET /a/b/.?pta=" . token("/a/b/")]
--- error_code eval
[200, 200, 403, 403, 403, 200, 200, 200]

=== absolute request targets are accepted
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        rewrite ^ /other break;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
    location = /plain {
        $TEST_NGINX_KEY_1
        pta_enable on;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- raw_request eval
CORE::join("", map { "GET http://x$_ HTTP/1.1\r\nHost: x\r\n\r\n" } "/a?pta=" . token("/a"), "/plain?pta=" . token("/plain"))
    . "GET http://x/a?pta=" . token("/b") . " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
--- ignore_response
--- statuses: 200 200 403
--- error_log
pta: path mismatch, requested "/a", allowed "/b"

=== an absolute request target without a path means "/" (nginx before 1.19.6 refuses it)
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        rewrite ^ /other break;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- raw_request eval
"GET http://x?pta=" . token("/") . " HTTP/1.1\r\nHost: x\r\n\r\n"
    . "GET http://x?pta=" . token("/a") . " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
--- ignore_response
--- statuses eval
PTA::real_version() < 1_019_006 ? "400" : "200 403"
--- error_lines eval
PTA::real_version() < 1_019_006 ? qr/client sent invalid request/ : qr/pta: path mismatch, requested "\/", allowed "\/a"/

=== the log line of a mismatch escapes control characters
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request eval
"GET /a%1b%0ab%22?pta=" . token("/c\x1b\n*")
--- error_code: 403
--- error_log
pta: path mismatch, requested "/a\x1b\nb\"", allowed "/c\x1b\n*"

=== repeated slashes are refused if merge_slashes of the default server differs
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 default_server;
        return 204;
    }
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        server_name vhost;
        access_log off;
        merge_slashes off;
        root $TEST_NGINX_HTML_DIR;
        rewrite ^/(.*)$ /x/$1;
        location /x/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/x/(.*)$ /$1 break; }
    }
--- config
    location / {
        proxy_set_header Host vhost;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
--- user_files
>>> p/a
a
--- raw_request eval
CORE::join("", map { "GET $_ HTTP/1.1\r\nHost: localhost\r\n\r\n" } "/a//../p/a?pta=" . token("/a/*"), "//p/a?pta=" . token("/p/a"),
    "/p/a?pta=" . token("/a/*"), "/p/../p/a?pta=" . token("/p/a")) . "GET / HTTP/1.0\r\n\r\n"
--- ignore_response
--- tokens_in_logs: the token passes through an open location first
--- statuses: 403 403 403 200 400
