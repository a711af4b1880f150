# pta_set_cookie: the token in the query is handed over as a cookie.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

# The response's header lines with this cookie, or without one.
sub cookie { my ($path, $rest) = @_; return qr/\r\nSet-Cookie: pta=[0-9A-Fa-f]+; Path=\Q$path\E; Max-Age=[1-9][0-9]*\Q$rest\E\r\n/ }
sub none { return qr/\A(?!.*Set-Cookie).*\z/s }

our $defaults = "; SameSite=Lax; HttpOnly";

run_suite();

__DATA__

=== a token in the query is set as a cookie for its folder
--- config
    $TEST_NGINX_KEY_1
    pta_set_cookie on;
    pta_auth_method qs cookie;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> v/a
0123456789
--- table
    request        | query      | cookie | > Range    | > If-None-Match | status | Cache-Control
    GET /v/a       | /v/*       | -      | -          | -               | 200    | private
    HEAD /v/a      | /v/*       | -      | -          | -               | 200    | private
    GET /v/a       | /v/*       | -      | bytes=0-1  | -               | 206    | private
    GET /v/a       | /v/*       | -      | -          | *               | 304    | private
    GET /v/a       | /*         | -      | -          | -               | 200    | private
    GET /v/a       | /v/a*      | -      | -          | -               | 200    | private
    GET /v/a       | /*/a       | -      | -          | -               | 200    | private
    GET /v/a       | /v/a       | -      | -          | -               | 200    | -
    GET /v/a       | /v/*       | /v/*   | -          | -               | 200    | -
    GET /v/a       | /v/*       | /*     | -          | -               | 200    | private
    GET /v/a       | -          | /v/*   | -          | -               | 200    | private
    GET /v/a       | /v/*       | -      | bytes=100- | -               | 416    | private
    GET /v/none    | /v/*       | -      | -          | -               | 404    | -
    GET /v/a       | /v/* expired | -    | -          | -               | 410    | no-store
    GET /v/a       | /w/*       | -      | -          | -               | 403    | no-store
    GET /v/a       | -          | -      | -          | -               | 400    | no-store
--- raw_response_headers_like eval
my $v = main::cookie("/v/", $::defaults);
my $root = main::cookie("/", $::defaults);
[$v, $v, $v, $v, $root, $v, $root, main::none, main::none, $v, (main::none) x 6]

=== attributes
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    pta_enable on;
    location /v/ { pta_set_cookie secure; }
    location /v/strict/ { pta_set_cookie samesite=strict nohttponly nosecure; }
    location /v/none/ { pta_set_cookie SameSite=None Secure partitioned; }
    location /v/wide/ { pta_set_cookie domain=example.com path=/w; }
    location /v/off/ { pta_set_cookie off; }
    location /v/unset/ { alias html/; }
    pta_set_cookie httponly;
--- user_files
>>> v/a
>>> v/strict/a
>>> v/none/a
>>> v/wide/a
>>> v/off/a
--- table
    request         | query     | status
    GET /v/a        | /v/*      | 200
    GET /v/strict/a | /v/*      | 200
    GET /v/none/a   | /v/*      | 200
    GET /v/wide/a   | /v/wide/a | 200
    GET /v/off/a    | /v/*      | 200
--- raw_response_headers_like eval
[main::cookie("/v/", "; SameSite=Lax; HttpOnly; Secure"), main::cookie("/v/", "; SameSite=Strict"),
 main::cookie("/v/", "; SameSite=None; HttpOnly; Secure; Partitioned"),
 main::cookie("/w", "; Domain=example.com; SameSite=Lax; HttpOnly"), main::none]

=== Cache-Control becomes private after add_header and expires
--- config
    $TEST_NGINX_KEY_1
    pta_set_cookie on;
    pta_enable on;
    root $TEST_NGINX_HTML_DIR;
    location /v/expires/ { expires 1h; }
    location /v/public/ { add_header Cache-Control "public, max-age=60"; add_header cache-control "immutable"; }
    location /v/private/ { add_header Cache-Control "private, max-age=60"; }
    location /v/no-cache/ { add_header Cache-Control "no-cache"; }
    location /v/no-store/ { add_header Cache-Control "no-store"; }
    location /v/off/ { pta_cache_control off; }
--- user_files
>>> v/expires/a
>>> v/public/a
>>> v/private/a
>>> v/no-cache/a
>>> v/no-store/a
>>> v/off/a
--- table
    request           | query | status | Cache-Control
    GET /v/expires/a  | /v/*  | 200    | private
    GET /v/public/a   | /v/*  | 200    | private
    GET /v/private/a  | /v/*  | 200    | private, max-age=60
    GET /v/no-cache/a | /v/*  | 200    | no-cache
    GET /v/no-store/a | /v/*  | 200    | no-store
    GET /v/off/a      | /v/*  | 200    | private
--- raw_response_headers_like eval
[(main::cookie("/v/", $::defaults)) x 6]

=== not in a dry run, in an open location, or if another module let the request in
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    pta_set_cookie on;
    location /v/dry/ { pta_enable on; pta_dry_run on; }
    location /v/open/ { access_log off; }
    location /v/any/ { pta_enable on; satisfy any; allow all; }
--- user_files
>>> v/dry/a
>>> v/open/a
>>> v/any/a
--- table
    request       | query | status
    GET /v/dry/a  | /v/*  | 200
    GET /v/open/a | /v/*  | 200
    GET /v/any/a  | /w/*  | 200
    GET /v/any/a  | /v/*  | 200
--- raw_response_headers_like eval
[(main::none) x 3, main::cookie("/v/", $::defaults)]

=== the setting of the location that gives the verdict applies
--- config
    $TEST_NGINX_KEY_1
    location = /play { pta_enable on; pta_accel_redirect on; pta_set_cookie path=/v/; }
    location /hidden/ { internal; alias html/; }
    location /v/ { pta_enable on; pta_set_cookie on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel?to=/hidden/; }
    location /if/ { pta_set_cookie on; if ($arg_check) { pta_enable on; } alias html/; }
    location /page/ { pta_enable on; pta_set_cookie on; alias html/; error_page 404 =200 /hidden/a; }
--- user_files
>>> a
a
--- table
    request            | query     | status
    GET /play          | /hidden/a | 200
    GET /v/a           | /v/*      | 200
    GET /if/a?check=1  | /if/*     | 200
    GET /page/none     | /page/*   | 200
--- raw_response_headers_like eval
[(main::cookie("/v/", $::defaults)) x 2, main::cookie("/if/", $::defaults), main::cookie("/page/", $::defaults)]

=== the Path ends before bytes that have several spellings
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; pta_set_cookie on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
["GET /v/x%20y/a?pta=" . token("/v/x y/*"), "GET /v/%C3%BC/a?pta=" . token("/v/\xc3\xbc/*"), "GET /v/a%2Bb/c?pta=" . token("/v/a+b/*")]
--- error_code eval
[200, 200, 200]
--- raw_response_headers_like eval
[(main::cookie("/v/", $::defaults)) x 3]

=== a cookie that browsers would drop is a warning, and no redirect
--- http_config
    client_header_buffer_size 16k;
    large_client_header_buffers 4 16k;
--- config
    $TEST_NGINX_KEY_1
    location / {
        pta_enable on; pta_auth_method qs cookie; pta_set_cookie redirect;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/;
    }
--- request eval
my $suffix = "x" x 2000;
"GET /f/$suffix?pta=" . token("/f/*$suffix")
--- error_code: 200
--- raw_response_headers_like eval
main::none
--- error_lines eval
[qr/\[warn\] .*pta: no cookie set, it would have 4\d\d\d bytes, and browsers drop more than 4000/]

=== a token within the leeway sets no cookie, which would be deleted at once
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; pta_auth_method qs cookie; pta_leeway 1h; pta_set_cookie redirect; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
"GET /a?pta=" . token("/*", expires => time - 60)
--- error_code: 200
--- raw_response_headers_like eval
main::none

=== subrequests set none
--- config
    $TEST_NGINX_KEY_1
    location = /page { pta_enable on; ssi on; ssi_types *; root $TEST_NGINX_HTML_DIR; }
    location /v/ { pta_enable on; pta_set_cookie on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> page
<!--# include virtual="/v/a" -->
>>> v/a
a
--- request eval
"GET /page?pta=" . token("/*")
--- error_code: 200
--- raw_response_headers_like eval
main::none

=== redirect: 303 to the client's own path without the token
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    pta_set_cookie redirect;
    absolute_redirect off;
    root $TEST_NGINX_HTML_DIR;
    location / { pta_enable on; expires 1h; add_header Cache-Control public always; }
    location /deny/ { pta_enable on; deny all; error_page 403 /denied; }
    location /off/ { pta_enable on; pta_set_cookie on; }
    location = /denied { alias $TEST_NGINX_HTML_DIR/v/a; }
    location /named/ { pta_enable on; deny all; error_page 403 = @named; }
    location @named { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /rw/ { pta_enable on; pta_phase rewrite; rewrite ^/rw/(.*) /v/$1 last; }
--- user_files
>>> v/a
a
>>> off/a
a
--- table
    request              | query | cookie | status | Location       | Cache-Control
    GET /v/a             | /*    | -      | 303    | /v/a           | private, no-store
    HEAD /v/a            | /*    | -      | 303    | /v/a           | private, no-store
    GET //v/a?b=1        | /*    | -      | 303    | /v/a?b=1       | private, no-store
    GET /v//a?b=1&PTA=x  | -     | /*     | 400    | -              | no-store
    GET /%76/a?b=%20&c   | /*    | -      | 303    | /%76/a?b=%20&c | private, no-store
    GET /%76/a           | /v/*  | -      | 200    | -              |
    GET /v/a             | /v/a  | -      | 200    | -              |
    GET /v/a             | /*    | /*     | 303    | /v/a           | private, no-store
    GET /v/a             | -     | /*     | 200    | -              |
    POST /v/a x          | /*    | -      | 405    | -              |
    GET /deny/a          | /*    | -      | 403    | -              |
    GET /named/a         | /*    | -      | 200    | -              | private
    GET /off/a           | /*    | -      | 200    | -              | private
    GET /rw/a            | /*    | -      | 303    | /rw/a          | private, no-store
    GET /v/a             | /w/*  | -      | 403    | -              | no-store
    GET /\evil/a         | /*    | -      | 404    | -              |
--- raw_response_headers_like eval
my $root = main::cookie("/", $::defaults);
[$root, $root, $root, main::none, $root, main::cookie("/v/", $::defaults), main::none, main::none, main::none,
 main::none, main::none, $root, $root, $root, main::none, main::none]

=== redirect: absolute, as nginx writes its own
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    location / { pta_enable on; pta_set_cookie redirect; }
--- table
    request  | query | status
    GET //a/ | /*    | 303
--- raw_response_headers_like eval
qr{\r\nLocation: http://localhost(?::\d+)?/a/\r\n}

=== over HTTP/2
--- http2
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    location / { pta_enable on; pta_set_cookie redirect; }
--- request eval
"GET /v/a?pta=" . token("/v/*") . "&b=1"
--- error_code: 303
--- response_headers_like
location: http://localhost(?::\d+)?/v/a\?b=1
set-cookie: pta=[0-9A-Fa-f]+; Path=/v/; Max-Age=\d+; SameSite=Lax; HttpOnly
cache-control: private, no-store
