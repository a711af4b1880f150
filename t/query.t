# How the token is found in the query, and which argument decides.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== a valid token in the query allows the request
--- config
    location /v/ {
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> v/a.mp4
video
--- request eval
["GET /v/a.mp4?pta=" . token("/v/a.mp4"),
 "GET /v/a.mp4?a=b&pta=" . token("/v/a.mp4") . "&c=d",
 "GET /v/a.mp4",
 "GET /v/a.mp4?a=b",
 "GET /v/a.mp4?"]
--- error_code eval
[200, 200, 400, 400, 400]

=== the name is case-insensitive and not decoded
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
my $token = token("/a");
[map({ "GET /a?$_=$token" } qw(PTA pTa ptax xpta %70ta pta%20 x=pta)), "GET /a?pta"]
--- tokens_in_logs: arguments with other names
--- error_code eval
[200, 200, 400, 400, 400, 400, 400, 400]

=== the first argument of that name decides
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
my ($valid, $other) = (token("/a"), token("/b"));
["GET /a?pta=$valid&pta=$other", "GET /a?pta=$other&pta=$valid", "GET /a?pta=&pta=$valid", "GET /a?pta&pta=$valid"]
--- error_code eval
[200, 403, 400, 200]

=== upper-case hexadecimal digits are accepted
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
"GET /a?pta=" . uc token("/a")
--- error_code: 200

=== an empty, odd-length or non-hexadecimal token is malformed
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
my $token = token("/a");
(my $g = $token) =~ s/0/g/;
["GET /a?pta=", "GET /a?pta=a", "GET /a?pta=" . cut($token, 1), "GET /a?pta=$g", "GET /a?pta=0x$token",
 "GET /a?pta=0x" . cut($token, 2), "GET /a?pta=%" . substr($token, 1), "GET /a?pta=$token%20",
 "GET /a?pta=zz"]
--- error_code eval
[(400) x 9]
--- error_log
pta: malformed token

=== a token whose length is not a multiple of 16 bytes is undecryptable
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
my $token = token("/a");
[map({ "GET /a?pta=" . ("ab" x $_) } 1, 2, 15, 16, 17), "GET /a?pta=" . cut($token, 2), "GET /a?pta=${token}00"]
--- error_code eval
[(403) x 7]
--- error_log
pta: undecryptable token

=== a token with wrong padding, a wrong CRC or no path is undecryptable
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
my $plain = plain("/a", 4102444800);                    # 14 bytes
my $wrong = plain("/a", 4102444800); substr($wrong, 0, 1) ^= "\1";
["GET /a?pta=" . seal("$plain\2\2"),
 "GET /a?pta=" . seal("$plain\1\2"),
 "GET /a?pta=" . seal("$plain\0\0"),
 "GET /a?pta=" . seal("$plain\x11\x11"),
 "GET /a?pta=" . seal("$wrong\2\2"),
 "GET /a?pta=" . seal("\x10" x 16),
 "GET /a?pta=" . seal(plain("", 4102444800) . ("\4" x 4)),
 "GET /a?pta=" . seal("$plain\2\2", 3)]
--- error_code eval
[200, (403) x 7]

=== an argument in the query takes precedence over the cookie, even if its token is invalid
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method qs cookie;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- table
    request       | query | cookie | status
    GET /a        | -     | /a     | 200
    GET /a?pta    | -     | /a     | 200
    GET /a?pta=   | -     | /a     | 400
    GET /a?pta=zz | -     | /a     | 400
    GET /a        | /b    | /a     | 403
    GET /a        | /a    | /a     | 200

=== the client's own query is checked, even if rewrites change $args
--- config
    location /d/ {
        $TEST_NGINX_KEY_1
        pta_enable on;
        rewrite ^/d/(.*)$ /$1? break;
        root $TEST_NGINX_HTML_DIR;
    }
    location /e/ {
        $TEST_NGINX_KEY_1
        pta_enable on;
        set $args "";
        alias $TEST_NGINX_HTML_DIR/;
    }
    location /f/ {
        $TEST_NGINX_KEY_1
        pta_enable on;
        set $args $args&pta=00;
        alias $TEST_NGINX_HTML_DIR/;
    }
    location /g/ {
        $TEST_NGINX_KEY_1
        pta_enable on;
        set $args pta=$http_x_token;
        alias $TEST_NGINX_HTML_DIR/;
    }
--- user_files
>>> a
a
--- more_headers eval
"X-Token: " . token("/g/a")
--- request eval
["GET /d/a?pta=" . token("/d/a"), "GET /d/a", "GET /e/a?pta=" . token("/e/a"), "GET /e/a",
 "GET /f/a?pta=" . token("/f/a"), "GET /g/a"]
--- error_code eval
[200, 400, 200, 400, 200, 400]

=== a fragment in the request line is not part of the token
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- raw_request eval
my $token = token("/a");
["GET /a?pta=$token#frag HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"]
--- error_code: 200

=== an argument in the fragment is ignored
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- raw_request eval
my $token = token("/a");
["GET /a#?pta=$token HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"]
--- error_code: 400

=== a token of more than 8 KiB is checked with large header buffers
--- http_config
    large_client_header_buffers 4 64k;
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
my $long = "/" . "x" x 9000;
["GET /a?pta=" . token($long), "GET /a?pta=" . token("/*" . "a" x 12000), "GET /a?pta=" . "ab" x 16000,
 "GET /a?pta=" . "00" x 30000, "GET /a?pta=" . "g0" x 30000, "GET /a?pta=" . token("/a")]
--- error_code eval
[403, 403, 403, 403, 400, 200]

=== a long path is accepted
--- http_config
    large_client_header_buffers 4 64k;
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/?;
    }
--- request eval
my $long = "/" . "x" x 9000;
"GET $long?pta=" . token($long)
--- error_code: 200
