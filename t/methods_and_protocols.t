# Every method and every HTTP version is checked.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== every method is checked, including unknown ones
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request eval
my $t = token("/a");
[map({ ("$_ /a", "$_ /a?pta=$t&x=1") } qw(GET HEAD DELETE OPTIONS PATCH FOO)), "POST /a\nbody", "POST /a?pta=$t\nbody", "PUT /a\nbody", "PUT /a?pta=$t\nbody"]
--- error_code eval
[(400, 200) x 8]

=== PUT by dav_methods gets the whole body
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
        dav_methods PUT;
        create_full_put_path on;
    }
--- request eval
["PUT /up/a\nrefused", "PUT /up/a?pta=" . token("/up/*") . "\naccepted", "GET /up/a?pta=" . token("/up/*")]
--- error_code eval
[400, 201, 200]
--- response_body_like eval
["400 Bad Request", "", "^accepted"]

=== a range request is checked
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
0123456789
--- more_headers
Range: bytes=2-4
--- request eval
["GET /a", "GET /a?pta=" . token("/a")]
--- error_code eval
[400, 206]
--- response_body_like eval
["400 Bad Request", "^234\$"]

=== HTTP/1.0 is checked
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
["GET /a HTTP/1.0", "GET /a?pta=" . token("/a") . " HTTP/1.0"]
--- error_code eval
[400, 200]

=== HTTP/0.9 with a valid token is allowed
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
plain answer
--- raw_request eval
"GET /a?pta=" . token("/a") . "\r\n"
--- http09
--- response_body
plain answer

=== HTTP/0.9 without a token is refused
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
plain answer
--- raw_request eval
"GET /a\r\n"
--- http09
--- response_body_like: 400 Bad Request

=== HTTP/2 with a token in the query is allowed
--- http2
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        add_header X-Seen "[$args][$request_uri][$server_protocol]";
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
"GET /a?x=1&pta=" . token("/a")
--- response_headers
X-Seen: [x=1][/a?x=1][HTTP/2.0]

=== HTTP/2 without a token is refused
--- http2
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request
GET /a
--- error_code: 400

=== HTTP/2 with a token for another path is refused
--- http2
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
"GET /a?pta=" . token("/b")
--- error_code: 403

=== HTTP/2 with several cookies and a rewrite before the check is allowed
--- http2
--- config
    rewrite ^/in/(.*)$ /$1;
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method qs cookie;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- more_headers eval
"Cookie: a=b; pta=zz; pta=" . token("/in/a")
--- request
GET /in//./a
--- error_code: 200

=== 403 and 410 keep the connection open, 400 closes it
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- raw_request eval
my ($valid, $other, $old) = (token("/a"), token("/b"), token("/a", expires => 1));
CORE::join("", map { "GET /a?pta=$_ HTTP/1.1\r\nHost: x\r\n\r\n" } $other, $old, $valid, "zz", $valid)
--- ignore_response
--- statuses: 403 410 200 400

=== pipelined requests are checked one by one
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
>>> b
b
--- pipelined_requests eval
["GET /a?pta=" . token("/a"), "GET /b?pta=" . token("/a"), "GET /b?pta=" . token("/b"), "GET /a?x=y&pta=" . token("/*")]
--- error_code eval
[200, 403, 200, 200]
