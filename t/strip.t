# An allowed request continues without its token.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== every pta argument is removed, and the others are left unchanged
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request eval
my $t = token("/x*");
["GET /x?pta=$t", "GET /x?pta=$t&a=1", "GET /x?a=1&pta=$t", "GET /x?a=1&pta=$t&b=%2541&PTA=2&pta=&c", "GET /x?pta&pta=$t&ptax=1",
 "GET /x%2541/%20y?a=%26&pta=$t"]
--- response_body eval
["GET /x cookie=\n", "GET /x?a=1 cookie=\n", "GET /x?a=1 cookie=\n", "GET /x?a=1&b=%2541&c cookie=\n", "GET /x?pta&ptax=1 cookie=\n",
 "GET /x%2541/%20y?a=%26 cookie=\n"]

=== the argument is removed from every position
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        add_header X-Seen "[$args][$is_args][$request_uri][$request]";
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request eval
my $t = token("/*");
["GET /x?pta=$t&", "GET /x?&pta=$t", "GET /x?pta=$t&&a", "GET /x?a&pta=$t&", "GET /x?pta=$t&pta=$t", "GET /x?a=/b?pta=1&pta=$t",
 "GET /x?pta=$t&a=/b?pta=1", "GET /x//y/../z?pta=$t&a=1", "GET /x?PTA=$t&b", "GET /x?a=?&pta=$t"]
--- response_headers eval
["X-Seen: [][][/x][GET /x?pta=***& HTTP/1.1]",
 "X-Seen: [][][/x][GET /x?&pta=*** HTTP/1.1]",
 "X-Seen: [&a][?][/x?&a][GET /x?pta=***&&a HTTP/1.1]",
 "X-Seen: [a&][?][/x?a&][GET /x?a&pta=***& HTTP/1.1]",
 "X-Seen: [][][/x][GET /x?pta=***&pta=*** HTTP/1.1]",
 "X-Seen: [a=/b?pta=1][?][/x?a=/b?pta=1][GET /x?a=/b?pta=***&pta=*** HTTP/1.1]",
 "X-Seen: [a=/b?pta=1][?][/x?a=/b?pta=1][GET /x?pta=***&a=/b?pta=*** HTTP/1.1]",
 "X-Seen: [a=1][?][/x//y/../z?a=1][GET /x//y/../z?pta=***&a=1 HTTP/1.1]",
 "X-Seen: [b][?][/x?b][GET /x?PTA=***&b HTTP/1.1]",
 "X-Seen: [a=?][?][/x?a=?][GET /x?a=?&pta=*** HTTP/1.1]"]

=== the argument is removed from every position over HTTP/2
--- http2
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        add_header X-Seen "[$args][$request_uri][$request]";
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request eval
my $t = token("/*");
["GET /x?pta=$t", "GET /x?a=1&pta=$t", "GET /x?pta=$t&a=1", "GET /x%20y?pta=$t"]
--- response_headers eval
["X-Seen: [][/x][GET /x?pta=*** HTTP/2.0]", "X-Seen: [a=1][/x?a=1][GET /x?a=1&pta=*** HTTP/2.0]",
 "X-Seen: [a=1][/x?a=1][GET /x?pta=***&a=1 HTTP/2.0]", "X-Seen: [][/x%20y][GET /x%20y?pta=*** HTTP/2.0]"]

=== variables and proxy_pass with a URI part have no token
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        add_header X-Seen "[$args][$is_args][$query_string][$arg_pta][$request_uri][$uri]";
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/to/;
    }
--- request eval
my $t = token("/x");
["GET /x?pta=$t&a=1", "GET /x?pta=$t"]
--- response_headers eval
["X-Seen: [a=1][?][a=1][][/x?a=1][/x]", "X-Seen: [][][][][/x][/x]"]
--- response_body eval
["GET /to/x?a=1 cookie=\n", "GET /to/x cookie=\n"]

=== two tokens for the same file share one cache entry
--- http_config
    proxy_cache_path $TEST_NGINX_SERVER_ROOT/cache keys_zone=c:1m;
--- config
    location / {
        $TEST_NGINX_KEY_1
        $TEST_NGINX_KEY_2
        pta_enable on;
        proxy_cache c;
        proxy_cache_valid 200 1m;
        add_header X-Cache $upstream_cache_status;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- table
    request    | query     | status | X-Cache
    GET /x     | /x        | 200    | MISS
    GET /x     | /*        | 200    | HIT
    GET /x     | /x pair 2 | 200    | HIT
    GET /x?a=1 | /x        | 200    | MISS

=== the argument is removed from $args and from the request target independently
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        set $args "b=2&pta=other&c=3";
        add_header X-Seen "[$args][$request_uri]";
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request eval
"GET /x?a=1&pta=" . token("/x")
--- response_headers
X-Seen: [b=2&c=3][/x?a=1]
--- response_body
GET /x?b=2&c=3 cookie=

=== a rewrite that appends the client's arguments appends them without the token
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        rewrite ^/x$ /y?b=2 break;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request eval
"GET /x?a=1&pta=" . token("/x")
--- response_body
GET /y?b=2&a=1 cookie=

=== a fragment is kept
--- tokens_in_logs: pta_mask off
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_mask off;
        add_header X-Seen "[$args][$request_uri]" always;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> x
x
--- raw_request eval
my $t = token("/x");
"GET /x?pta=$t#frag HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
--- response_headers
X-Seen: [][/x#frag]
--- access_log eval
[qr/"GET \/x\?pta=[0-9a-f]+#frag HTTP\/1\.1" 200/]

=== $request in the access log is unchanged with pta_mask off, and pipelined requests work
--- tokens_in_logs: pta_mask off
--- config
    location / {
        pta_mask off;
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> x
x
--- pipelined_requests eval
my $t = token("/x");
["GET /x?a=1&pta=$t&b=2", "GET /x?pta=$t", "GET /x"]
--- error_code eval
[200, 200, 400]
--- access_log eval
my $t = token("/x");
[qr/"GET \/x\?a=1&pta=$t&b=2 HTTP\/1\.1" 200/, qr/"GET \/x\?pta=$t HTTP\/1\.1" 200/, qr/"GET \/x HTTP\/1\.1" 400/]

=== $request_uri has the token if it is read before the check, and no token after it
--- config
    set $early $request_uri;
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        add_header X-Early $early;
        add_header X-Late $request_uri;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1$request_uri;
    }
--- request eval
my $t = token("/x");
"GET /x?a=1&pta=$t&b=2"
--- response_headers eval
"X-Early: /x?a=1&pta=" . token("/x") . "&b=2\r\nX-Late: /x?a=1&b=2"
--- response_body
GET /x?a=1&b=2 cookie=

=== a directory redirect has no token
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> dir/x
x
--- request eval
["GET /dir?pta=" . token("/dir"), "GET /dir?a=1&pta=" . token("/dir")]
--- error_code eval
[301, 301]
--- response_headers_like eval
["Location: http://[^/]+/dir/", "Location: http://[^/]+/dir/\\?a=1"]

=== a refused request keeps its token
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        add_header X-Seen "[$args][$request_uri]" always;
        root $TEST_NGINX_HTML_DIR;
    }
--- request
GET /x?a=1&pta=00
--- error_code: 403
--- response_headers
X-Seen: [a=1&pta=00][/x?a=1&pta=00]

=== the argument is removed even if the cookie decided
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method cookie;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
        proxy_set_header Cookie "";
    }
--- more_headers eval
"Cookie: pta=" . token("/x")
--- request
GET /x?pta=00&a=1
--- response_body
GET /x?a=1 cookie=

=== no log line of this module has a token, a key or an IV, at any level
--- log_level: debug
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method qs cookie;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> x
x
--- request eval
["GET /x?pta=" . token("/x"), "GET /x?pta=" . token("/y"), "GET /x?pta=" . token("/x", expires => 1), "GET /x?pta=abc"]
--- error_code eval
[200, 403, 410, 400]
--- no_error_log eval
[qr/pta: [^,]*[0-9a-f]{20}/, qr/00112233445566778899aabbccddeeff/i, qr/ffeeddccbbaa99887766554433221100/i]
