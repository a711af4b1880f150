# Tokens in cookies: every Cookie header line and every cookie, in order.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== a valid cookie allows the request, and the query is ignored
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

=== without a cookie of that name the token is missing, even if the query has one
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

=== the valid cookie is found in every Cookie header line
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
my $valid = token("/a");
["GET /a", "GET /a", "GET /a"]
--- more_headers eval
my $valid = "Cookie: pta=" . token("/a");
["Cookie: a=b\r\n$valid", "$valid\r\nCookie: a=b", "Cookie: a=b\r\nCookie: pta=00\r\n$valid"]
--- error_code eval
[200, 200, 200]

=== names are case-insensitive, and blanks around name and value are ignored
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
my $valid = token("/a");
["Cookie: PTA=$valid", "Cookie: a=b;  pta  =  $valid  ; c=d", "Cookie: a=b;pTa=\t$valid"]
--- error_code eval
[200, 200, 200]

=== a cookie in double quotes is accepted
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
my $valid = token("/a");
[qq(Cookie: pta="$valid"), qq(Cookie: a=b; PTA = "$valid" ; c=d), qq(Cookie: pta=zz; pta="$valid"\r\nCookie: pta="zz"),
 qq(Cookie: pta="$valid), qq(Cookie: pta=""$valid""), qq(Cookie: pta='$valid'), qq(Cookie: pta="")]
--- error_code eval
[(200) x 3, (400) x 4]

=== an invalid cookie before the valid one does not stop the search
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
my $valid = token("/a");
["Cookie: pta=; pta=$valid", "Cookie: pta=abc; pta=$valid", "Cookie: pta; pta=$valid", "Cookie: pta=zz; pta=$valid",
 "Cookie: pta=" . token("/b") . "; pta=" . token("/a", expires => 1) . "; pta=$valid",
 "Cookie: pta=" . ("00" x 16) . "\r\nCookie: pta=$valid; pta=zz"]
--- error_code eval
[(200) x 6]

=== if no cookie is valid, the last one decides the status
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

=== the valid cookie is found after 150 invalid ones
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

=== cookies are forwarded unchanged
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

=== a cookie is checked with debug logging
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
