# Key pairs: 1st, 2nd, both, and inheritance.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== a token of any configured pair is valid
--- config
    location /both/ { $TEST_NGINX_KEY_1 $TEST_NGINX_KEY_2 pta_enable on; alias $TEST_NGINX_HTML_DIR/; }
    location /1st/ { $TEST_NGINX_KEY_1 pta_enable on; alias $TEST_NGINX_HTML_DIR/; }
    location /2nd/ { $TEST_NGINX_KEY_2 pta_enable on; alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> a
a
--- table
    request     | query     | status
    GET /both/a | /*        | 200
    GET /both/a | /* pair 2 | 200
    GET /both/a | /* pair 3 | 403
    GET /1st/a  | /*        | 200
    GET /1st/a  | /* pair 2 | 403
    GET /1st/a  | /* pair 3 | 403
    GET /2nd/a  | /*        | 403
    GET /2nd/a  | /* pair 2 | 200
    GET /2nd/a  | /* pair 3 | 403

=== the 1st key is not used with the 2nd IV
--- config
    pta_1st_key 00112233445566778899aabbccddeeff;
    pta_1st_iv  fedcba9876543210fedcba9876543210;
    pta_2nd_key 0123456789abcdef0123456789abcdef;
    pta_2nd_iv  ffeeddccbbaa99887766554433221100;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
["GET /a?pta=" . token("/a", pair => 1), "GET /a?pta=" . token("/a", pair => 2)]
--- error_code eval
[403, 403]

=== keys in upper case are accepted
--- config
    pta_1st_key 00112233445566778899AABBCCDDEEFF;
    pta_1st_iv  FFEEDDCCBBAA99887766554433221100;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
"GET /a?pta=" . token("/a")

=== each of the four directives is inherited on its own, from http, server and location
--- http_config
    pta_1st_key 00112233445566778899aabbccddeeff;
    pta_2nd_iv  fedcba9876543210fedcba9876543210;
--- config
    pta_1st_iv  ffeeddccbbaa99887766554433221100;
    location /a/ {
        pta_2nd_key 0123456789abcdef0123456789abcdef;
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
        location /a/b/ {
            pta_1st_key 11111111111111111111111111111111;
            pta_1st_iv  22222222222222222222222222222222;
        }
    }
--- user_files
>>> a/x
x
>>> a/b/x
x
--- table
    request    | query     | status
    GET /a/x   | /*        | 200
    GET /a/x   | /* pair 2 | 200
    GET /a/x   | /* pair 3 | 403
    GET /a/b/x | /*        | 403
    GET /a/b/x | /* pair 2 | 200
    GET /a/b/x | /* pair 3 | 200

=== pta_enable is inherited from http, and a location can turn it off
--- http_config
    $TEST_NGINX_KEY_1
    pta_enable on;
--- config
    location / { root $TEST_NGINX_HTML_DIR; }
    location /open/ { pta_enable off; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
>>> open/a
a
--- request eval
["GET /a", "GET /a?pta=" . token("/a"), "GET /open/a"]
--- error_code eval
[400, 200, 200]

=== an if block can turn pta_enable on or off
--- config
    $TEST_NGINX_KEY_1
    location /off/ {
        root $TEST_NGINX_HTML_DIR;
        if ($arg_check) { pta_enable on; }
    }
    location /on/ {
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
        if ($arg_open) { pta_enable off; }
    }
--- user_files
>>> off/a
a
>>> on/a
a
--- request eval
["GET /off/a", "GET /off/a?check=1", "GET /off/a?check=1&pta=" . token("/off/a"),
 "GET /on/a", "GET /on/a?open=1", "GET /on/a?pta=" . token("/on/a")]
--- error_code eval
[200, 400, 200, 400, 200, 200]

=== limit_except inherits the location's protection
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
        limit_except HEAD { allow all; }
    }
--- user_files
>>> a
a
--- request eval
["GET /a", "GET /a?pta=" . token("/a")]
--- error_code eval
[400, 200]

=== methods restricted by limit_except need a token if an if block says pta_enable on
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    location /behind/ {
        if ($arg_check) { pta_enable on; }
        limit_except POST { allow all; }
    }
    location /before/ {
        limit_except POST { allow all; }
        if ($arg_a) { set $x 1; }
        if ($arg_check) { pta_enable on; }
    }
    location /both/ {
        pta_enable on;
        if ($arg_check) { pta_enable off; }
        limit_except POST { allow all; }
    }
    location /open/ {
        if ($arg_check) { set $x 1; }
        limit_except POST { allow all; }
        location /open/nested/ { if ($arg_check) { pta_enable on; } }
    }
    location /denied/ {
        if ($arg_check) { pta_enable on; }
        limit_except POST { deny all; }
    }
--- user_files
>>> behind/a
a
>>> before/a
a
>>> both/a
a
>>> open/a
a
>>> open/nested/a
a
>>> denied/a
a
--- request eval
my $t = token("/*");
["GET /behind/a", "GET /behind/a?pta=$t", "GET /before/a", "GET /before/a?pta=$t", "GET /both/a?check=1", "GET /both/a?check=1&pta=$t",
 "GET /open/a", "GET /open/nested/a", "GET /open/nested/a?check=1", "GET /denied/a?pta=$t",
 "POST /behind/a?check=1", "POST /behind/a"]
--- error_code eval
[400, 200, 400, 200, 400, 200, 200, 200, 400, 403, 400, 405]
