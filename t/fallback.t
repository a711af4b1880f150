# pta_auth_method qs cookie fallback: a cookie may allow what the argument does not.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== an argument that does not allow lets the cookies be tried, and its verdict stands if none allows
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie fallback;
    add_header X-Seen "$pta_status-$pta_source-$pta_path" always;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- table
    request                | query      | cookie     | > Cookie        | status | X-Seen
    GET /a                 | /*         | -          | -               | 200    | ALLOWED-qs-/*
    GET /a                 | /*         | /a         | -               | 200    | ALLOWED-qs-/*
    GET /a                 | /*         | /b         | -               | 200    | ALLOWED-qs-/*
    GET /a                 | -          | /a         | -               | 200    | ALLOWED-cookie-/a
    GET /a                 | /* expired | /a         | -               | 200    | ALLOWED-cookie-/a
    GET /a                 | /b         | /a         | -               | 200    | ALLOWED-cookie-/a
    GET /a                 | /* pair 3  | /a         | -               | 200    | ALLOWED-cookie-/a
    GET /a?pta=            | -          | /a         | -               | 200    | ALLOWED-cookie-/a
    GET /a?pta=xyz         | -          | /a         | -               | 200    | ALLOWED-cookie-/a
    GET /a?PTA=00&b=1      | -          | /a         | -               | 200    | ALLOWED-cookie-/a
    GET /a                 | /* expired | /a         | a=b; pta; pta=0 | 200    | ALLOWED-cookie-/a
    GET /a                 | /* expired | -          | -               | 410    | EXPIRED-qs-/*
    GET /a                 | /* expired | -          | a=b; pta        | 410    | EXPIRED-qs-/*
    GET /a                 | /* expired | /b         | -               | 410    | EXPIRED-qs-/*
    GET /a                 | /b         | /* expired | -               | 403    | PATH_MISMATCH-qs-/b
    GET /a                 | /* pair 3  | /* expired | -               | 403    | UNDECRYPTABLE-qs-
    GET /a?pta=            | -          | /* expired | -               | 400    | MALFORMED-qs-
    GET /a?pta=0           | -          | /b         | pta=00          | 400    | MALFORMED-qs-
    GET /a                 | -          | /* expired | -               | 410    | EXPIRED-cookie-/*
    GET /a                 | -          | /* expired | pta=0           | 400    | MALFORMED-cookie-
    GET /a                 | -          | -          | -               | 400    | MISSING--
    GET /a?pta             | -          | /* expired | -               | 410    | EXPIRED-cookie-/*

=== without the word, the argument decides alone
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- table
    request        | query      | cookie | status
    GET /a         | /* expired | /*     | 410
    GET /a         | /b         | /*     | 403
    GET /a?pta=    | -          | /*     | 400
    GET /a         | -          | /*     | 200

=== the words may be in any order, case and line, are inherited together, and are replaced together
--- http_config
    pta_auth_method fallback cookie qs;
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    location /1/ { pta_enable on; }
    location /2/ { pta_enable on; pta_auth_method FALLBACK; pta_auth_method Cookie QS; }
    location /3/ { pta_enable on; pta_auth_method qs; pta_auth_method fallback; pta_auth_method cookie; }
    location /4/ { pta_enable on; pta_auth_method qs cookie; }
    location /5/ {
        pta_auth_method qs;
        location /5/6/ { pta_enable on; pta_auth_method qs cookie fallback; }
        location /5/7/ { pta_enable on; }
    }
    location /8/ { if ($arg_on) { pta_enable on; } }
--- user_files eval
[map { ["$_/a", "a\n"] } qw(1 2 3 4 5/6 5/7 8)]
--- table
    request         | query      | cookie | status
    GET /1/a        | /* expired | /*     | 200
    GET /2/a        | /* expired | /*     | 200
    GET /3/a        | /* expired | /*     | 200
    GET /4/a        | /* expired | /*     | 410
    GET /5/6/a      | /* expired | /*     | 200
    GET /5/7/a      | /* expired | /*     | 410
    GET /8/a?on=1   | /* expired | /*     | 200
    GET /8/a?on=1   | /* expired | /b     | 410

=== a repeated word causes a warning
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method qs cookie fallback Fallback;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- table
    request | query      | cookie | status
    GET /a  | /* expired | /*     | 200
--- error_lines
duplicate value "Fallback"

=== allowed by a cookie: the argument is stripped and masked, and no refusal is logged
--- http_config
    log_format masked '$request|$pta_request_uri|$pta_source';
--- config
    access_log $TEST_NGINX_SERVER_ROOT/logs/access.log masked;
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method qs cookie fallback;
        proxy_set_header Cookie "";
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request eval
my $old = token("/*", expires => 1);
["GET /a?pta=$old", "GET /a?b=1&pta=$old&c=2", "GET /a?pta=$old&PTA=00&pta=$old", "GET /a?pta=&c", "GET /a?pta=x;y&d#pta=$old",
 "GET /a?b=1%26pta=$old&pta=$old"]
--- more_headers eval
"Cookie: pta=" . token("/a")
--- response_body_like eval
["^GET /a cookie=\$", "^GET /a\\?b=1&c=2 cookie=\$", "^GET /a cookie=\$", "^GET /a\\?c cookie=\$", "^GET /a\\?d", "^GET /a\\?b=1%26pta="]
--- log_lines
GET /a?pta=*** HTTP/1.1|/a?pta=***|cookie
GET /a?b=1&pta=***&c=2 HTTP/1.1|/a?b=1&pta=***&c=2|cookie
GET /a?pta=***&PTA=***&pta=*** HTTP/1.1|/a?pta=***&PTA=***&pta=***|cookie
GET /a?pta=&c HTTP/1.1|/a?pta=&c|cookie
GET /a?pta=***;y&d#pta=*** HTTP/1.1|/a?pta=***;y&d#pta=***|cookie
GET /a?b=1%26pta=***&pta=*** HTTP/1.1|/a?b=1%26pta=***&pta=***|cookie
--- log_level: warn
--- no_error_log
pta:

=== refused: one line about the argument, masked
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; pta_auth_method qs cookie fallback; root $TEST_NGINX_HTML_DIR; }
--- request eval
"GET /a?pta=" . token("/b", expires => 1)
--- more_headers eval
"Cookie: pta=" . token("/c")
--- error_code: 410
--- error_lines eval
[qr/\A(?!.*\[error\].*\[error\]).*pta: expired token, valid until 1970-01-01T00:00:01Z, requested "\/a", allowed "\/b".*request: "GET \/a\?pta=\*\*\* HTTP\/1\.1"/s]

=== no cookie is set for what a cookie has allowed, and its response is private
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie fallback;
    location / { pta_enable on; pta_set_cookie on; root $TEST_NGINX_HTML_DIR; }
    location /r/ { pta_enable on; pta_set_cookie redirect; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> v/a
a
>>> r/a
a
--- table
    request  | query        | cookie | status | Cache-Control
    GET /v/a | /v/* expired | /v/*   | 200    | private
    GET /v/a | /v/* expired | /w/*   | 410    | no-store
    GET /v/a | /v/*         | /w/*   | 200    | private
    GET /r/a | /r/* expired | /r/*   | 200    | private
    GET /r/a | /r/*         | /w/*   | 303    | private, no-store
--- raw_response_headers_like eval
my $none = qr/\A(?!.*Set-Cookie).*\z/s;
[$none, $none, qr/\r\nSet-Cookie: pta=/, $none, qr/\r\nSet-Cookie: pta=/]

=== nothing is forwarded into playlists for what a cookie has allowed
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method qs cookie fallback;
        pta_playlist forward;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files eval
[["a.m3u8" => "#EXTM3U\nb.ts\n"]]
--- table
    request     | query      | cookie | status | Cache-Control     | body
    GET /a.m3u8 | /*         | -      | 200    | private, no-cache | ^#EXTM3U\nb\.ts\?pta=[0-9a-f]{32}\n$
    GET /a.m3u8 | /*         | /b     | 200    | private, no-cache | ^#EXTM3U\nb\.ts\?pta=[0-9a-f]{32}\n$
    GET /a.m3u8 | /* expired | /*     | 200    | private           | ^#EXTM3U\nb\.ts\n$
    GET /a.m3u8 | /b         | /*     | 200    | private           | ^#EXTM3U\nb\.ts\n$
    GET /a.m3u8 | -          | /*     | 200    | private           | ^#EXTM3U\nb\.ts\n$
    GET /a.m3u8 | /* expired | /b     | 410    | no-store          | 410

=== in a dry run, the cookie's verdict is the one that is shown
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_dry_run on;
        pta_auth_method qs cookie fallback;
        add_header X-Seen "$pta_status $pta_source" always;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- table
    request | query      | cookie | status | X-Seen
    GET /a  | /* expired | /*     | 200    | ALLOWED cookie
    GET /a  | /* expired | /b     | 200    | EXPIRED_DRY_RUN qs
    GET /a  | /* expired | -      | 200    | EXPIRED_DRY_RUN qs

=== with satisfy any, the cookie is a permission, and other modules come after both refusals
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie fallback;
    satisfy any;
    pta_enable on;
    root $TEST_NGINX_HTML_DIR;
    location /deny/ { deny all; }
    location /allow/ { allow all; }
--- user_files
>>> deny/a
a
>>> allow/a
a
--- table
    request      | query      | cookie     | status
    GET /deny/a  | /* expired | /*         | 200
    GET /deny/a  | /* expired | /b         | 403
    GET /deny/a  | /b         | /* expired | 403
    GET /allow/a | /* expired | /b         | 200
    GET /allow/a | /* expired | /*         | 200

=== pta_phase rewrite
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_phase rewrite;
        pta_auth_method qs cookie fallback;
        return 200 "$pta_status $pta_source [$args]\n";
    }
--- table
    request    | query      | cookie     | status | body
    GET /a?b=1 | /* expired | /*         | 200    | ^ALLOWED cookie \[b=1\]$
    GET /a?b=1 | /*         | /b         | 200    | ^ALLOWED qs \[b=1\]$
    GET /a?b=1 | /* expired | /b         | 410    | 410
    GET /a?b=1 | /b         | /* expired | 403    | 403

=== pta_accel_redirect follows the token that allows the request
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    location = /play { pta_enable on; pta_accel_redirect on; pta_auth_method qs cookie fallback; }
    location /h/ { internal; }
--- user_files
>>> h/a
file a
>>> h/b
file b
--- table
    request   | query        | cookie       | status | body
    GET /play | /h/a         | /h/b         | 200    | ^file a$
    GET /play | /h/a expired | /h/b         | 200    | ^file b$
    GET /play | /h/*         | /h/b         | 200    | ^file b$
    GET /play | /h/a expired | /h/b expired | 410    | 410
    GET /play | /h/*         | /h/a expired | 403    | 403

=== redirects: a verdict holds where the words are the same, and elsewhere the argument decides alone
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_auth_method qs cookie fallback;
    error_page 410 /page;
    root $TEST_NGINX_HTML_DIR;
    location /index/ { }
    location = /index/index.html { }
    location /strict/ { }
    location = /strict/index.html { pta_auth_method qs cookie; }
    location /from/ { pta_auth_method qs cookie; }
    location = /from/index.html { pta_auth_method qs cookie fallback; }
    location /try/ { try_files /none @named; }
    location @named { rewrite ^ /index/index.html break; }
    location /moved/ { rewrite ^ /index/index.html last; }
    location /out/ { rewrite ^ /open/a last; }
    location /in/ { pta_enable off; rewrite ^ /index/index.html last; }
    location /open/ { pta_enable off; access_log off; }
    location /page { }
--- user_files
>>> index/index.html
index
>>> strict/index.html
strict
>>> from/index.html
from
>>> open/a
open
>>> page
the page
--- table
    request        | query      | cookie | status | body
    GET /index/    | /* expired | /*     | 200    | ^index$
    GET /strict/   | /* expired | /*     | 410    | ^the page$
    GET /strict/   | -          | /*     | 200    | ^strict$
    GET /strict/   | /*         | -      | 200    | ^strict$
    GET /from/     | /* expired | /*     | 410    | ^the page$
    GET /from/     | /*         | /b     | 200    | ^from$
    GET /try/a     | /* expired | /*     | 200    | ^index$
    GET /moved/a   | /* expired | /*     | 200    | ^index$
    GET /out/a     | /* expired | /*     | 200    | ^open$
    GET /out/a     | /* expired | /b     | 410    | ^the page$
    GET /in/a      | /* expired | /*     | 200    | ^index$
    GET /in/a      | /* expired | /b     | 410    | ^the page$
    GET /index/    | /* expired | /b     | 410    | ^the page$

=== other keys try the cookies of their own
--- config
    pta_auth_method qs cookie fallback;
    location /a/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/a/(.*)$ /b/$1 last; }
    location /b/ { $TEST_NGINX_KEY_3 pta_enable on; alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> x
x
--- table
    request   | query      | cookie    | > Cookie | status
    GET /a/x  | /*         | /* pair 3 | -        | 200
    GET /a/x  | /* pair 3  | /*        | -        | 200
    GET /a/x  | /* expired | /* pair 3 | -        | 410
    GET /a/x  | /*         | /b        | -        | 403

=== a subrequest is answered after a cookie has allowed the main request
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie fallback;
    root $TEST_NGINX_HTML_DIR;
    location / { pta_enable on; auth_request /auth; }
    location = /auth { pta_enable on; }
--- user_files
>>> a
a
>>> auth
auth
--- table
    request | query      | cookie | status
    GET /a  | /* expired | /*     | 200
    GET /a  | /* expired | /b     | 410

=== WebDAV: the cookie must allow both paths, whatever the argument allows
--- config
    $TEST_NGINX_KEY_1
    location /d/ {
        pta_enable on;
        pta_auth_method qs cookie fallback;
        root $TEST_NGINX_HTML_DIR;
        dav_methods PUT DELETE MKCOL COPY MOVE;
    }
--- user_files
>>> d/A/x
x
>>> d/B/x
x
--- table
    request       | query          | cookie | > Destination | status
    COPY /d/A/x   | /d/* expired   | /d/*   | /d/B/y        | 204
    COPY /d/A/x   | /d/A/*         | /d/*   | /d/B/y        | 204
    COPY /d/A/x   | /d/A/*         | /d/B/* | /d/B/y        | 403
    COPY /d/A/x   | /d/B/*         | /d/A/* | /d/B/y        | 403
    COPY /d/A/x   | /d/* expired   | /d/A/* | /d/B/y        | 410
    DELETE /d/A/  | /d/A/          | /d/B/* | -             | 403
    DELETE /d/B/  | /d/B/          | /d/B/* | -             | 204
    DELETE /d/A/  | /d/A/* expired | /d/A/  | -             | 410

=== HTTP/2
--- http2
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method qs cookie fallback;
        add_header X-Source $pta_source;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- table
    request | query      | cookie | status | X-Source
    GET /a  | /* expired | /*     | 200    | cookie
    GET /a  | /* expired | /b     | 410    |
