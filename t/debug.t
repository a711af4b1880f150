# Debug log lines: each step, but no token and no key.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== each step of a check in the query is logged
--- log_level: debug
--- config
    location / {
        $TEST_NGINX_KEY_1
        $TEST_NGINX_KEY_2
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
["GET /a?pta=" . token("/a*", pair => 2), "GET /a?pta=" . token("/b\n*"), "GET /a?pta=" . token("/a", expires => 7),
 "GET /a?pta=zz", "GET /a?pta=0011", "GET /a?pta=" . seal("\x10" x 16)]
--- error_code eval
[200, 403, 410, 400, 403, 403]
--- error_lines eval
[qr/\[debug\] .*pta: candidate from qs, 32 bytes/,
 qr/\[debug\] .*pta: pair 1st: wrong padding/,
 qr/\[debug\] .*pta: pair 2nd: opened/,
 qr/\[debug\] .*pta: token for "\/a\*" until 4102444800/,
 qr/\[debug\] .*pta: path "\/a" matches "\/a\*"/,
 qr/\[debug\] .*pta: path "\/a" does not match "\/b\\n\*"/,
 qr/\[debug\] .*pta: expired, 7 < \d+/,
 qr/\[debug\] .*pta: candidate from qs, 2 bytes/,
 qr/\[debug\] .*pta: not an even number of hexadecimal digits/,
 qr/\[debug\] .*pta: pair 1st: length is not a multiple of 16 bytes/,
 qr/\[debug\] .*pta: pair 1st: crc mismatch/,
 qr/\[debug\] .*pta: no token of these keys/]

=== candidates from cookies are logged
--- log_level: debug
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; pta_auth_method cookie; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- more_headers eval
"Cookie: pta=abc; pta=" . token("/a")
--- request
GET /a
--- error_lines eval
[qr/\[debug\] .*pta: candidate from cookie, 3 bytes/, qr/\[debug\] .*pta: candidate from cookie, 32 bytes/]
