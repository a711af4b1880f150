# Tokens in a header of their own.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

# An upstream that returns what it gets of the token.
our $shows = <<'_EOC_';
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        location / { return 200 "[$http_x_pta][$http_authorization][$http_x_mine][$http_x_other]"; }
    }
_EOC_

{
    no strict 'refs';
    *{'Test::Base::Filter::shows'} = \$shows;
}

run_suite();

__DATA__

=== a valid token in the header allows the request
--- http_config eval: $shows
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method header;
        add_header X-Seen "$pta_status/$pta_source" always;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
--- request eval
[("GET /a") x 11, "GET /a?pta=" . token("/a")]
--- more_headers eval
my $t = token("/a");
["X-PTA: $t", "x-pta: $t", "X-Pta:$t", "X-PTA:  $t  ", "X-PTA:\t$t\t", "X-PTA: " . uc $t,
 "X-PTA:", "X-PTA: Bearer $t", "X-PTA: \"$t\"", "X-PTA: " . token("/b"), "X-PTAX: $t", ""]
--- error_code eval
[(200) x 6, 400, 400, 400, 403, 400, 400]
--- response_headers eval
[("X-Seen: ALLOWED/header\nCache-Control: private") x 6, ("X-Seen: MALFORMED/header\nCache-Control: no-store") x 3,
 "X-Seen: PATH_MISMATCH/header\nCache-Control: no-store", ("X-Seen: MISSING/\nCache-Control: no-store") x 2]
--- response_body_like eval
[('^\[\]\[\]\[\]\[\]$') x 6, ('nginx') x 6]

=== the query comes first, then the header, then cookies, and what is there decides alone
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method cookie header qs;
        add_header X-Seen "$pta_status/$pta_source" always;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- table
request | query        | > X-PTA | cookie | status | X-Seen
GET /a  | /a           | zz      | /b     | 200    | ALLOWED/qs
GET /a  | /b           | -       | /a     | 403    | PATH_MISMATCH/qs
GET /a  | -            | zz      | /a     | 400    | MALFORMED/header
GET /a  | -            |         | /a     | 400    | MALFORMED/header
GET /a  | -            | -       | /a     | 200    | ALLOWED/cookie
GET /a  | -            | -       | -      | 400    | MISSING/

=== a header decides alone before a valid cookie, and a query before a valid header
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method qs header cookie;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
["GET /a", "GET /a", "GET /a?pta=", "GET /a?pta=" . token("/a", expires => 1), "GET /a?pta"]
--- more_headers eval
my ($t, $old) = (token("/a"), token("/a", expires => 1));
["X-PTA: $t\r\nCookie: pta=zz", "X-PTA: $old\r\nCookie: pta=$t", "X-PTA: $t", "X-PTA: $t", "X-PTA: $t"]
--- error_code eval
[200, 410, 400, 410, 200]

=== with fallback, the next method is tried, and the first one gives the verdict
--- http_config eval: $shows
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method qs header cookie fallback;
        add_header X-Seen "$pta_status/$pta_source [$args]" always;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
    location /two {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method header fallback cookie;
        add_header X-Seen "$pta_status/$pta_source [$args]" always;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
--- request eval
my $old = token("/*", expires => 1);
["GET /a?pta=$old", "GET /a?pta=$old&b", "GET /a?pta=zz", "GET /a?pta=zz", "GET /a", "GET /a", "GET /a", "GET /two?pta=$old", "GET /two?pta=" . token("/*"),
 "GET /two", "GET /two"]
--- more_headers eval
my ($t, $old) = (token("/*"), token("/*", expires => 1));
["X-PTA: $t", "X-PTA: $old\r\nCookie: pta=$t", "X-PTA: $old\r\nCookie: pta=00", "Cookie: pta=$old", "X-PTA: $old\r\nCookie: pta=00",
 "X-PTA: $t\r\nX-PTA: $t\r\nCookie: pta=$t", "X-PTA: $t\r\nX-PTA: $t", "X-PTA: $t", "X-PTA: $old", "X-PTA: zz\r\nCookie: pta=$t", "Cookie: pta=$old"]
--- error_code eval
[200, 200, 400, 400, 410, 200, 400, 200, 410, 200, 410]
--- response_headers eval
["X-Seen: ALLOWED/header []", "X-Seen: ALLOWED/cookie [b]", "X-Seen: MALFORMED/qs [pta=zz]", "X-Seen: MALFORMED/qs [pta=zz]",
 "X-Seen: EXPIRED/header []", "X-Seen: ALLOWED/cookie []", "X-Seen: MALFORMED/header []", "X-Seen: ALLOWED/header []",
 "X-Seen: EXPIRED/header [pta=" . token("/*") . "]", "X-Seen: ALLOWED/cookie []", "X-Seen: EXPIRED/cookie []"]
--- response_body_like eval
['^\[\]', '^\[\]', '.', '.', '.', '^\[\]', '.', '^\[\]', '.', '^\[\]', '.']

=== several lines are malformed, even if both are valid
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method header cookie;
        add_header X-Seen "$pta_status/$pta_source" always;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
[("GET /a") x 4]
--- more_headers eval
my $t = token("/a");
["X-PTA: $t\r\nX-PTA: $t", "X-PTA: $t\r\nCookie: pta=$t\r\nA: b\r\nx-pta: zz", "X-PTA:\r\nX-PTA: $t", "X-PTA:\r\nX-PTA:"]
--- error_code eval
[(400) x 4]
--- response_headers eval
[("X-Seen: MALFORMED/header") x 4]
--- error_log
pta: malformed token

=== Authorization is for Bearer, and another scheme is passed on
--- http_config eval: $shows
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method header cookie;
        pta_header Authorization;
        add_header X-Seen "$pta_status/$pta_source" always;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
--- request eval
[("GET /a") x 10]
--- more_headers eval
my $t = token("/a");
["Authorization: Bearer $t", "authorization: bearer   $t ", "Authorization: Basic bWU6c2VjcmV0\r\nCookie: pta=$t",
 "Authorization: Basic bWU6c2VjcmV0", "Authorization: $t\r\nCookie: pta=$t", "Authorization: Bearer\r\nCookie: pta=$t",
 "Authorization: Bearer x$t\r\nCookie: pta=$t", "X-PTA: $t", "Authorization:\r\nCookie: pta=$t", "Authorization: Bearer $t $t"]
--- error_code eval
[200, 200, 200, 400, 200, 400, 400, 400, 200, 400]
--- response_headers eval
["X-Seen: ALLOWED/header", "X-Seen: ALLOWED/header", "X-Seen: ALLOWED/cookie", "X-Seen: MISSING/", "X-Seen: ALLOWED/cookie",
 "X-Seen: MALFORMED/header", "X-Seen: MALFORMED/header", "X-Seen: MISSING/", "X-Seen: ALLOWED/cookie", "X-Seen: MALFORMED/header"]
--- response_body_like eval
['^\[\]\[\]', '^\[\]\[\]', '^\[\]\[Basic bWU6c2VjcmV0\]', ".", '^\[\]\[' . token("/a") . '\]', ('.') x 3, '^\[\]\[\]', '.']

=== pta_strip off passes the header on, and pta_header is inherited
--- http_config eval: $shows
--- config
    $TEST_NGINX_KEY_1
    pta_header X-Mine;
    pta_auth_method header;
    location / {
        pta_enable on;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        location /off/ {
            pta_strip off;
            proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        }
        location /other/ {
            pta_header X-Other;
            proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        }
    }
--- request eval
["GET /a", "GET /off/a", "GET /other/a", "GET /a"]
--- more_headers eval
my $t = token("/*");
["X-Mine: $t\r\nX-Other: o\r\nX-PTA: p", "X-Mine: $t", "X-Mine: m\r\nX-Other: $t", "X-Other: $t"]
--- error_code eval
[200, 200, 200, 400]
--- response_body_like eval
['^\[p\]\[\]\[\]\[o\]$', '^\[\]\[\]\[' . token("/*") . '\]\[\]$', '^\[\]\[\]\[m\]\[\]$', '.']

=== without the method, the header is a header as any other
--- http_config eval: $shows
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method qs cookie;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
--- request eval
["GET /a?pta=" . token("/a"), "GET /a"]
--- more_headers
X-PTA: x
--- error_code eval
[200, 400]
--- response_body_like eval
['^\[x\]', '.']

=== other realms find the token although the first one has removed it
--- http_config eval: $shows
--- config
    location / {
        $TEST_NGINX_KEY_1
        $TEST_NGINX_KEY_2
        pta_enable on;
        pta_auth_method header;
        try_files /none /other$uri;
    }
    location /other/ {
        $TEST_NGINX_KEY_2
        pta_enable on;
        pta_auth_method header;
        error_page 405 = @named;
        try_files /none @named;
    }
    location @named {
        pta_1st_key 0123456789abcdef0123456789abcdef; pta_1st_iv fedcba9876543210fedcba9876543210;
        pta_enable on;
        pta_auth_method header;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
--- request eval
[("GET /a") x 3]
--- more_headers eval
["X-PTA: " . token("/a", pair => 2), "X-PTA: " . token("/a"), "X-PTA: " . token("/a", pair => 2) . "\r\nX-PTA: x"]
--- error_code eval
[200, 403, 400]
--- response_body_like eval
['^\[\]\[\]', '.', '.']

=== an error page of an allowed request does not get the token either
--- http_config eval: $shows
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method header;
        error_page 404 = @backend;
        root $TEST_NGINX_HTML_DIR;
    }
    location @backend {
        pta_enable off;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
--- request
GET /none
--- more_headers eval
"X-PTA: " . token("/none")
--- response_body_like: ^\[\]\[\]

=== a variable that was read before the check does not keep it
--- http_config eval: $shows
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method header;
        if ($http_x_pta = "none") { return 418; }
        proxy_set_header X-Mine "<$http_x_pta>";
        add_header X-Seen "<$http_x_pta>";
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
--- request
GET /a
--- more_headers eval
"X-PTA: " . token("/a")
--- response_headers
X-Seen: <>
--- response_body_like: ^\[\]\[\]\[<>\]\[\]$

=== pta_phase rewrite removes it before the rest of the rewrite phase
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method header;
        pta_phase rewrite;
        access_log off;
        return 200 "[$http_x_pta]";
    }
--- request eval
["GET /a", "GET /a"]
--- more_headers eval
["X-PTA: " . token("/a"), "X-PTA: " . token("/b")]
--- error_code eval
[200, 403]
--- response_body_like eval
['^\[\]$', '.']

=== subrequests do not get it: auth_request, mirror
--- http_config
    log_format token "mirror[$http_x_pta] $uri";
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        location / { add_header X-Auth "[$http_x_pta]"; return 204; }
        location /mirror { access_log logs/access.log token; return 204; }
    }
--- config
    $TEST_NGINX_KEY_1
    access_log off;
    location / {
        pta_enable on;
        pta_auth_method header;
        auth_request /auth;
        auth_request_set $auth $upstream_http_x_auth;
        mirror /mirror;
        add_header X-Seen $auth;
        root $TEST_NGINX_HTML_DIR;
    }
    location = /auth { internal; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location = /mirror { internal; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- user_files
>>> a
a
--- request eval
["GET /a", "GET /a"]
--- more_headers eval
"X-PTA: " . token("/a")
--- error_code eval
[200, 200]
--- response_headers eval
["X-Seen: []", "X-Seen: []"]
--- log_lines
mirror[-] /mirror
mirror[-] /mirror

=== the location that sends the request on also removes what it takes for a token
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        location / { return 200 "[$request_uri][$http_x_pta][$http_x_mine]"; }
    }
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    access_log off;
    location /s/ { try_files /none @app; }
    location @app { pta_auth_method qs header; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location /r/ { pta_auth_method header; pta_header X-Mine; rewrite ^/r/(.*) /mine/$1 last; }
    location /mine/ { pta_auth_method header; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location /n/ { try_files /none @name; }
    location @name { pta_name t; pta_auth_method header; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location /kept/ { try_files /none @kept; }
    location @kept { pta_auth_method header; pta_strip off; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location /out/ { try_files /none @out; }
    location @out { pta_enable off; pta_auth_method header; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location /dry/ { pta_dry_run on; try_files /none @app; }
--- request eval
my $q = "?pta=" . token("/*");
["GET /s/a$q", "GET /r/a", "GET /n/a$q&t=1&u=2", "GET /kept/a$q", "GET /out/a$q", "GET /dry/a$q"]
--- more_headers eval
my $t = token("/*");
("X-PTA: $t\r\nX-Mine: $t")
--- response_body eval
my $t = token("/*");
["[/s/a][][$t]", "[/mine/a][][]", "[/n/a?u=2][][$t]", "[/kept/a][$t][$t]", "[/out/a][$t][$t]", "[/dry/a][][$t]"]

=== a dry run, satisfy any, and a hidden link
--- http_config eval: $shows
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method header;
    location /dry/ { pta_enable on; pta_dry_run on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location /any/ { satisfy any; allow 127.0.0.1; deny all; pta_enable on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location /link { pta_enable on; pta_accel_redirect on; }
    location /hidden/ { internal; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- request eval
["GET /dry/a", "GET /dry/a", "GET /any/a", "GET /any/a", "GET /link"]
--- more_headers eval
["X-PTA: " . token("/*"), "X-PTA: zz", "X-PTA: " . token("/*"), "X-PTA: zz", "X-PTA: " . token("/hidden/a")]
--- error_code eval
[(200) x 5]
--- response_body_like eval
['^\[\]', '^\[zz\]', '^\[\]', '^\[zz\]', '^\[\]']

=== with debug logging
--- log_level: debug
--- tokens_in_logs: nginx logs request headers at this level
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method header;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
["GET /a", "GET /a"]
--- more_headers eval
["X-PTA: " . token("/a"), "X-PTA: 00\r\nX-PTA: 00"]
--- error_code eval
[200, 400]
--- error_lines
pta: candidate from header, 32 bytes
pta: candidate from header, 0 bytes

=== it works for a hidden OPTIONS, over HTTP/1.0 and for a HEAD
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method header;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
["GET /a HTTP/1.0", "HEAD /a", "OPTIONS /a"]
--- more_headers eval
"X-PTA: " . token("/a")
--- error_code eval
[200, 200, 405]
