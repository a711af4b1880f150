# Tokens in cookies: both header layouts of nginx, every line, every cookie, in order.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== a cookie lets the request through; the query is ignored
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method cookie;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- more_headers eval
"Cookie: x=y; pta=" . token("/a") . "; z=1"
--- request eval
["GET /a", "GET /a?pta=00"]
--- error_code eval
[200, 200]

=== without a cookie of that name the token is missing, even with one in the query
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method cookie;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- more_headers
Cookie: x=y; ptax=1; xpta=2
--- request eval
["GET /a", "GET /a?pta=" . token("/a")]
--- error_code eval
[400, 400]
--- error_log
pta: missing token

=== two Cookie header lines, the good one in either
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method cookie;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- pipelined_requests eval
my $good = token("/a");
["GET /a", "GET /a", "GET /a"]
--- more_headers eval
my $good = "Cookie: pta=" . token("/a");
["Cookie: a=b\r\n$good", "$good\r\nCookie: a=b", "Cookie: a=b\r\nCookie: pta=00\r\n$good"]
--- error_code eval
[200, 200, 200]

=== names are matched without regard to case, blanks around name and value are dropped
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method cookie;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- pipelined_requests eval
["GET /a", "GET /a", "GET /a"]
--- more_headers eval
my $good = token("/a");
["Cookie: PTA=$good", "Cookie: a=b;  pta  =  $good  ; c=d", "Cookie: a=b;pTa=\t$good"]
--- error_code eval
[200, 200, 200]

=== one pair of double quotes around the value is dropped
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method cookie;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
[("GET /a") x 7]
--- more_headers eval
my $good = token("/a");
[qq(Cookie: pta="$good"), qq(Cookie: a=b; PTA = "$good" ; c=d), qq(Cookie: pta=zz; pta="$good"\r\nCookie: pta="zz"),
 qq(Cookie: pta="$good), qq(Cookie: pta=""$good""), qq(Cookie: pta='$good'), qq(Cookie: pta="")]
--- error_code eval
[(200) x 3, (400) x 4]

=== an empty, odd-length, bare or foreign cookie before a good one does not stop the search
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method cookie;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- pipelined_requests eval
[("GET /a") x 6]
--- more_headers eval
my $good = token("/a");
["Cookie: pta=; pta=$good", "Cookie: pta=abc; pta=$good", "Cookie: pta; pta=$good", "Cookie: pta=zz; pta=$good",
 "Cookie: pta=" . token("/b") . "; pta=" . token("/a", expires => 1) . "; pta=$good",
 "Cookie: pta=" . ("00" x 16) . "\r\nCookie: pta=$good; pta=zz"]
--- error_code eval
[(200) x 6]

=== when none is good, the last one's verdict is the answer
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method cookie;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
[("GET /a") x 5]
--- more_headers eval
my ($other, $old) = (token("/b"), token("/a", expires => 1));
["Cookie: pta=$other; pta=$old", "Cookie: pta=$old; pta=$other", "Cookie: pta=$old; pta=zz",
 "Cookie: pta=zz; pta=" . ("00" x 16), "Cookie: pta=$other; pta"]
--- error_code eval
[410, 403, 400, 403, 403]

=== many cookies
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method cookie;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request
GET /a
--- more_headers eval
CORE::join("\r\n", map { "Cookie: " . CORE::join("; ", ("pta=" . "00" x 16) x 50) } 1 .. 3) . "\r\nCookie: pta=" . token("/a")
--- error_code: 200

=== cookies are forwarded as they came
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method cookie;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request
GET /a
--- more_headers eval
"Cookie: x=1; pta=" . token("/a")
--- response_body eval
"GET /a cookie=x=1; pta=" . token("/a") . "\n"

=== cookies with debug logging
--- log_level: debug
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method cookie qs;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
["GET /a", "GET /a", "GET /a?pta=" . token("/a")]
--- more_headers eval
["Cookie: pta=" . token("/a"), "Cookie: a=b\r\nCookie: pta=zz", ""]
--- error_code eval
[200, 400, 200]
