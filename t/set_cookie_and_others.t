# pta_set_cookie beside nginx's own modules: what they answer also gets the cookie.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

# The cookie for a token that allows /v/*.
our $ours = qr{pta=[0-9a-f]+; Path=/v/; Max-Age=[1-9][0-9]*; SameSite=Lax; HttpOnly};

# The response's header lines with these values of Set-Cookie, in this order, and with no other.
sub cookies {
    my $values = join '', map { '(?:(?!Set-Cookie:)[^\n]*\n)*?Set-Cookie: ' . (ref $_ ? $_ : quotemeta) . '\r\n' } @_;
    return qr/\A$values(?!.*\nSet-Cookie:).*\z/s;
}

our $has_flags = PTA::real_version() >= 1_019_003;

# An upstream with cookies of its own.
our $application = <<'_EOC_';
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_3;
        access_log off;
        add_header Set-Cookie $arg_first always;
        add_header Set-Cookie $arg_second always;
        location / { return 200 "$request_uri\n"; }
        location /v/public { add_header Set-Cookie "a=b"; add_header Cache-Control "public, s-maxage=60"; return 200 "public\n"; }
        location /v/cdn {
            add_header Set-Cookie "a=b";
            add_header Surrogate-Control max-age=60;
            add_header CDN-Cache-Control max-age=60;
            add_header Edge-Control no-store;
            return 200 "cdn\n";
        }
        location /v/no-store { add_header Set-Cookie "a=b"; add_header Cache-Control no-store; return 200 "no-store\n"; }
        location /v/404 { return 404 "none\n"; }
        location /v/401 { return 401 "none\n"; }
        location /v/302 { return 302 /v/other; }
        location /v/500 { return 500 "broken\n"; }
        location /v/accel { add_header Set-Cookie "a=b"; add_header X-Accel-Redirect /hidden/a; return 200; }
        location /v/text { add_header Set-Cookie "a=b"; default_type text/plain; return 200 "$request_uri 0123456789012345678901234567890123456789"; }
    }
_EOC_

run_suite();

__DATA__

=== the cookies of an upstream stay, and ours comes last
--- http_config eval: $::application
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    location / { pta_enable on; pta_set_cookie on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3; }
--- table
    request                                | query | cookie | status | Cache-Control
    GET /v/a?first=x=y&second=z=1;Secure   | /v/*  | -      | 200    | private
    GET /v/a?first=pta=x;Path=/v/          | /v/*  | -      | 200    | private
    GET /v/a?first=x=y                     | -     | /v/*   | 200    | private
    GET /v/a?first=x=y                     | /v/*  | /v/*   | 200    | -
    GET /v/public                          | /v/*  | -      | 200    | private
    GET /v/public                          | -     | /v/*   | 200    | public, s-maxage=60
    GET /v/no-store                        | /v/*  | -      | 200    | no-store
    GET /v/302                             | /v/*  | -      | 302    | private
    GET /v/404?first=x=y                   | /v/*  | -      | 404    | -
    GET /v/401?first=x=y                   | /v/*  | -      | 401    | -
    GET /v/500?first=x=y                   | /v/*  | -      | 500    | -
    GET /v/a?first=x=y                     | /w/*  | -      | 403    | no-store
--- raw_response_headers_like eval
[main::cookies("x=y", "z=1;Secure", $::ours), main::cookies("pta=x;Path=/v/", $::ours), (main::cookies("x=y")) x 2,
 main::cookies("a=b", $::ours), main::cookies("a=b"), main::cookies("a=b", $::ours), main::cookies($::ours),
 (main::cookies("x=y")) x 3, main::cookies()]

=== proxy_cookie_path and its like change the cookies of the upstream alone (proxy_cookie_flags: nginx 1.19.3 and later)
--- http_config eval: $::application
--- config eval
sprintf '
    $TEST_NGINX_KEY_1
    location / {
        pta_enable on; pta_set_cookie on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3;
        proxy_cookie_path / /changed/;
        %s
    }
    location /v/hidden/ {
        pta_enable on; pta_set_cookie on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3;
        proxy_hide_header Set-Cookie;
    }
', $::has_flags ? 'proxy_cookie_flags ~ secure nohttponly samesite=strict;' : ''
--- table
    request                            | query | status
    GET /v/a?first=x=y;Path=/v/        | /v/*  | 200
    GET /v/hidden/a?first=x=y          | /v/*  | 200
--- raw_response_headers_like eval
my $flags = $::has_flags ? '; ?Secure; ?SameSite=Strict' : '';
[main::cookies(qr{x=y; ?Path=/changed/v/$flags}i, $::ours), main::cookies($::ours)]

=== a cached response has the upstream's cookie, and each visitor gets their own of ours
The cache's key has no token, so the second request is a hit.
--- http_config eval
$::application . 'proxy_cache_path $TEST_NGINX_SERVER_ROOT/cookies_cache keys_zone=cookies:1m;'
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    add_header X-Cache $upstream_cache_status;
    location / {
        pta_enable on; pta_set_cookie on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3;
        proxy_cache cookies; proxy_cache_valid 200 1h; proxy_ignore_headers Set-Cookie;
    }
--- table
    request              | query  | cookie | status | X-Cache | Cache-Control
    GET /v/a?first=x=y   | /v/*   | -      | 200    | MISS    | private
    GET /v/a?first=x=y   | /v/*   | -      | 200    | HIT     | private
    GET /v/a?first=x=y   | -      | /v/*   | 200    | HIT     | private
    GET /v/a?first=x=y   | /v/a   | -      | 200    | HIT     | -
    GET /v/a?first=x=y   | /*     | -      | 200    | HIT     | private
    GET /v/a?first=x=y   | -      | -      | 400    | -       | no-store
    GET /v/b             | -      | /v/*   | 200    | MISS    | private
    GET /v/b             | /v/*   | -      | 200    | HIT     | private
    GET /v/b             | -      | /v/*   | 200    | HIT     | private
--- raw_response_headers_like eval
[(main::cookies("x=y", $::ours)) x 2, (main::cookies("x=y")) x 2, main::cookies("x=y", qr{pta=[0-9a-f]+; Path=/; Max-Age=\d+; SameSite=Lax; HttpOnly}),
 main::cookies(), main::cookies(), main::cookies($::ours), main::cookies()]

=== no header for other caches overrules private
--- http_config eval: $::application
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    location / { pta_enable on; pta_set_cookie on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3; }
    location /v/here/ { pta_enable on; pta_set_cookie on; root $TEST_NGINX_HTML_DIR; add_header Netlify-CDN-Cache-Control max-age=60; }
--- user_files
>>> v/here/a
a
--- table
    request       | query | cookie | status | Cache-Control | Surrogate-Control | CDN-Cache-Control | Edge-Control | Netlify-CDN-Cache-Control
    GET /v/cdn    | /v/*  | -      | 200    | private       | -                 | -                 | no-store     |
    GET /v/cdn    | -     | /v/*   | 200    | -             | max-age=60        | max-age=60        | no-store     |
    GET /v/here/a | /v/*  | -      | 200    | private       |                   |                   |              | -
--- raw_response_headers_like eval
[main::cookies("a=b", $::ours), main::cookies("a=b"), main::cookies($::ours)]

=== X-Accel-Redirect: the cookie of the upstream and ours
--- http_config eval: $::application
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    location / { pta_enable on; pta_set_cookie on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3; }
    location /v/accel/once/ { pta_enable on; pta_set_cookie redirect; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3; }
    location /hidden/ { internal; alias html/; }
--- user_files
>>> a
hidden
--- table
    request             | query | cookie | status | body    | Cache-Control
    GET /v/accel        | /v/*  | -      | 200    | ^hidden | private
    GET /v/accel        | -     | /v/*   | 200    | ^hidden | private
    GET /v/accel/once/a | /v/*  | -      | 303    | 303     | private, no-store
    GET /v/accel/once/a | -     | /v/*   | 200    | ^hidden | private
--- raw_response_headers_like eval
[main::cookies("a=b", $::ours), main::cookies("a=b"), main::cookies($::ours), main::cookies("a=b")]

=== X-Accel-Redirect to a location with another setting: the location of the check decides
--- http_config eval: $::application
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; pta_set_cookie on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3; }
    location /hidden/ { internal; pta_enable on; pta_set_cookie off; alias html/; }
--- user_files
>>> a
hidden
--- request eval
"GET /v/accel?pta=" . token("/v/*")
--- error_code: 200
--- raw_response_headers_like eval
main::cookies("a=b", $::ours)

=== gzip, also for the requests of a proxy
gzip reads Cache-Control if the request has Via. It sees our "private".
--- http_config eval: $::application
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    gzip on; gzip_min_length 1; gzip_types text/plain; gzip_proxied private;
    location / { pta_enable on; pta_set_cookie on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3; }
    location /v/file/ { pta_enable on; pta_set_cookie on; root $TEST_NGINX_HTML_DIR; types { text/plain txt; } }
    location /v/not/ { pta_enable on; pta_set_cookie on; gzip_proxied no-cache; root $TEST_NGINX_HTML_DIR; types { text/plain txt; } }
--- user_files
>>> v/file/a.txt
0123456789012345678901234567890123456789
>>> v/not/a.txt
0123456789012345678901234567890123456789
--- table
    request           | query | > Accept-Encoding | > Via | status | Content-Encoding | Cache-Control
    GET /v/text       | /v/*  | gzip              | -     | 200    | gzip             | private
    GET /v/text       | /v/*  | gzip              | 1.1 x | 200    | gzip             | private
    GET /v/file/a.txt | /v/*  | gzip              | -     | 200    | gzip             | private
    GET /v/file/a.txt | /v/*  | gzip              | 1.1 x | 200    | gzip             | private
    GET /v/file/a.txt | /v/*  | -                 | -     | 200    | -                | private
    GET /v/not/a.txt  | /v/*  | gzip              | 1.1 x | 200    | -                | private
--- raw_response_headers_like eval
[(main::cookies("a=b", $::ours)) x 2, (main::cookies($::ours)) x 4]

=== error_page: the status of the answer decides
--- http_config eval: $::application
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    proxy_intercept_errors on;
    location / { pta_enable on; pta_set_cookie on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3; }
    location /v/404 { pta_enable on; pta_set_cookie on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3; error_page 404 /page; }
    location /v/404/ok { pta_enable on; pta_set_cookie on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3; error_page 404 =200 /page; }
    location /v/404/named { pta_enable on; pta_set_cookie on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3; error_page 404 = @named; }
    location /v/404/away { pta_enable on; pta_set_cookie on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3; error_page 404 =302 /v/else; }
    location /v/refused/ { pta_enable on; pta_set_cookie on; error_page 400 403 410 =200 /page; }
    location /v/redirect/ { pta_enable on; pta_set_cookie redirect; error_page 303 =200 /page; }
    location /v/404/redirect { pta_enable on; pta_set_cookie redirect; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3; error_page 404 =200 /page; }
    location = /page { internal; alias html/page; }
    location @named { return 200 "named\n"; }
--- user_files
>>> page
page
--- table
    request               | query          | cookie | status | Cache-Control
    GET /v/404            | /v/*           | -      | 404    | -
    GET /v/404/ok         | /v/*           | -      | 200    | private
    GET /v/404/named      | /v/*           | -      | 200    | private
    GET /v/404/away       | /v/*           | -      | 302    | private
    GET /v/refused/a      | -              | -      | 200    | no-store
    GET /v/refused/a      | /w/*           | -      | 200    | no-store
    GET /v/refused/a      | /v/* expired   | -      | 200    | no-store
    GET /v/404/redirect   | /v/*           | -      | 303    | private, no-store
    GET /v/404/redirect   | -              | /v/*   | 200    | private
    GET /v/redirect/a     | /v/*           | -      | 200    | private
--- raw_response_headers_like eval
[main::cookies(), (main::cookies($::ours)) x 3, (main::cookies()) x 3, main::cookies($::ours), main::cookies(), main::cookies($::ours)]

=== return, in the order of pta_phase
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    location /v/ok/ { pta_enable on; pta_phase rewrite; pta_set_cookie on; return 200 "ok\n"; }
    location /v/away/ { pta_enable on; pta_phase rewrite; pta_set_cookie on; return 307 /v/x; }
    location /v/no/ { pta_enable on; pta_phase rewrite; pta_set_cookie on; return 402; }
    location /v/before/ { pta_enable on; pta_set_cookie on; return 200 "unchecked\n"; }
    location /v/twice/ { pta_enable on; pta_phase rewrite; pta_set_cookie redirect; rewrite ^/v/twice/(.*) /v/ok/$1 last; }
    location /v/strip/ { pta_enable on; pta_strip off; pta_mask off; access_log off; pta_set_cookie redirect; }
--- tokens_in_logs: a location does not mask
--- table
    request         | query | cookie | status | Cache-Control     | Location
    GET /v/ok/a     | /v/*  | -      | 200    | private           | -
    GET /v/ok/a     | -     | /v/*   | 200    | private           | -
    GET /v/away/a   | /v/*  | -      | 307    | private           |
    GET /v/no/a     | /v/*  | -      | 402    | -                 | -
    GET /v/before/a | /v/*  | -      | 200    | -                 | -
    GET /v/twice/a  | /v/*  | -      | 200    | private           | -
    GET /v/strip/a  | /v/*  | -      | 303    | private, no-store |
--- raw_response_headers_like eval
my ($one, $none) = (main::cookies($::ours), main::cookies());
[$one, $none, $one, $none, $none, $one, qr{Location: http://localhost(?::\d+)?/v/strip/a\r\n}]

=== auth_request goes first, and its own response sets no cookie
--- http_config eval: $::application
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    location /v/yes/ { pta_enable on; pta_set_cookie redirect; auth_request /v/asked; root $TEST_NGINX_HTML_DIR; }
    location /v/no/ { pta_enable on; pta_set_cookie redirect; auth_request /no; }
    location = /v/asked { internal; pta_enable on; pta_set_cookie path=/asked; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3/v/text; }
    location = /no { internal; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3/v/401; }
--- user_files
>>> v/yes/a
a
--- table
    request      | query | cookie | status | Location
    GET /v/yes/a | /v/*  | -      | 303    |
    GET /v/yes/a | -     | /v/*   | 200    | -
    GET /v/no/a  | /v/*  | -      | 401    | -
--- raw_response_headers_like eval
[main::cookies($::ours), main::cookies(), main::cookies()]

=== fastcgi, scgi and uwsgi: what goes to a dead upstream is no success
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    location /v/fastcgi/ { pta_enable on; pta_set_cookie on; fastcgi_pass 127.0.0.1:1; }
    location /v/mended/ { pta_enable on; pta_set_cookie on; scgi_pass 127.0.0.1:1; error_page 502 =200 @mended; }
    location /v/redirect/ { pta_enable on; pta_set_cookie redirect; uwsgi_pass 127.0.0.1:1; }
    location @mended { return 200 "mended\n"; }
--- table
    request           | query | cookie | status | Cache-Control
    GET /v/fastcgi/a  | /v/*  | -      | 502    | -
    GET /v/mended/a   | /v/*  | -      | 200    | private
    GET /v/redirect/a | /v/*  | -      | 303    | private, no-store
    GET /v/redirect/a | -     | /v/*   | 502    | private
--- raw_response_headers_like eval
my ($one, $none) = (main::cookies($::ours), main::cookies());
[$none, $one, $one, $none]

=== limit_except: the setting of the location holds inside
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    location /v/ {
        pta_enable on; pta_set_cookie on; root $TEST_NGINX_HTML_DIR; dav_methods PUT DELETE; create_full_put_path on;
        limit_except PUT { allow all; }
    }
    location /v/deny/ { pta_enable on; pta_set_cookie redirect; root $TEST_NGINX_HTML_DIR; limit_except HEAD { deny all; } }
    location /v/redirect/ { pta_enable on; pta_set_cookie redirect; root $TEST_NGINX_HTML_DIR; limit_except PUT { allow all; } }
--- user_files
>>> v/a
a
--- table
    request             | query | cookie | status | Cache-Control
    GET /v/a            | /v/*  | -      | 200    | private
    PUT /v/b x          | /v/*  | -      | 201    | private
    DELETE /v/b         | /v/*  | -      | 204    | private
    GET /v/a            | -     | /v/*   | 200    | private
    GET /v/deny/a       | /v/*  | -      | 403    | -
    HEAD /v/redirect/a  | /v/*  | -      | 303    | private, no-store
    GET /v/redirect/a   | /v/*  | -      | 303    | private, no-store
    GET /v/redirect/a   | -     | /v/*   | 404    | private
    PUT /v/redirect/a x | /v/*  | -      | 405    | -
--- raw_response_headers_like eval
[(main::cookies($::ours)) x 3, main::cookies(), main::cookies(), (main::cookies($::ours)) x 2, main::cookies(), main::cookies()]

=== redirect with index and try_files
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    absolute_redirect off;
    root $TEST_NGINX_HTML_DIR;
    location /v/ { pta_enable on; pta_set_cookie redirect; index index.html; }
    location /v/try/ { pta_enable on; pta_set_cookie redirect; try_files $uri $uri/ /v/fallback; }
    location /v/code/ { pta_enable on; pta_set_cookie redirect; try_files $uri =404; }
    location /v/named/ { pta_enable on; pta_set_cookie redirect; try_files /none @named; }
    location /v/open/ { access_log off; try_files /none /v/a; }
    location /v/open-named/ { access_log off; try_files /none @protected; }
    location /v/open-index/ { access_log off; index page.html; }
    location /v/open-index/page.html { pta_enable on; pta_set_cookie redirect; }
    location @named { return 200 "named $request_uri\n"; }
    location @protected { pta_enable on; pta_set_cookie redirect; return 404; }
--- tokens_in_logs: some locations are open
--- user_files
>>> v/index.html
index
>>> v/a
a
>>> v/try/a
try
>>> v/try/dir/index.html
dir
>>> v/fallback
fallback
>>> v/open-index/page.html
page
--- table
    request            | query | cookie | status | Location           | body
    GET /v/            | /v/*  | -      | 303    | /v/                | 303
    GET /v/            | -     | /v/*   | 200    | -                  | ^index
    GET /v/try         | /v/*  | -      | 303    | /v/try             | 303
    GET /v/try         | -     | /v/*   | 301    | /v/try/            | 301
    GET /v/try/a?b     | /v/*  | -      | 303    | /v/try/a?b         | 303
    GET /v/try/a       | -     | /v/*   | 200    | -                  | ^try
    GET /v/try/dir/    | /v/*  | -      | 303    | /v/try/dir/        | 303
    GET /v/try/dir/    | -     | /v/*   | 200    | -                  | ^dir
    GET /v/try/none?b  | /v/*  | -      | 303    | /v/try/none?b      | 303
    GET /v/try/none?b  | -     | /v/*   | 200    | -                  | ^fallback
    GET /v/code/none   | /v/*  | -      | 303    | /v/code/none       | 303
    GET /v/code/none   | -     | /v/*   | 404    | -                  | 404
    GET /v/named/x     | /v/*  | -      | 303    | /v/named/x         | 303
    GET /v/named/x     | -     | /v/*   | 200    | -                  | ^named /v/named/x$
    GET /v/open/x      | /v/*  | -      | 303    | /v/open/x          | 303
    GET /v/open/x      | -     | /v/*   | 200    | -                  | ^a
    GET /v/open-index/ | /v/*  | -      | 303    | /v/open-index/     | 303
    GET /v/open-index/ | -     | /v/*   | 200    | -                  | ^page
--- raw_response_headers_like eval
my ($one, $none) = (main::cookies($::ours), main::cookies());
[$one, $none, $one, $none, $one, $none, $one, $none, $one, $none, $one, $none, $one, $none, $one, $none, $one, $none]

=== on without redirect: what index and try_files serve gets the cookie
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    location /v/ { pta_enable on; pta_set_cookie on; index index.html; }
    location /v/try/ { pta_enable on; pta_set_cookie on; try_files /none /open; }
    location /v/away { pta_enable on; pta_set_cookie on; }
    location = /open { access_log off; internal; return 200 "open\n"; }
--- tokens_in_logs: a location is open
--- user_files
>>> v/index.html
index
>>> v/away/a
a
--- table
    request      | query | status | body
    GET /v/      | /v/*  | 200    | ^index
    GET /v/try/x | /v/*  | 200    | ^open
    GET /v/away  | /v/*  | 301    | 301
--- raw_response_headers_like eval
[(main::cookies($::ours)) x 3]

=== SSI, addition and sub_filter: one cookie, that of the main request
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    types { text/html html; }
    location /v/ssi/ { pta_enable on; pta_set_cookie on; ssi on; }
    location /v/add/ { pta_enable on; pta_set_cookie on; add_before_body /v/part; }
    location /v/sub/ { pta_enable on; pta_set_cookie on; sub_filter a b; }
    location = /v/part { pta_enable on; pta_set_cookie path=/part; return 200 "part\n"; }
--- user_files
>>> v/ssi/a.html
<!--# include virtual="/v/part" -->
>>> v/add/a.html
a
>>> v/sub/a.html
a
--- table
    request           | query | status | Cache-Control | body
    GET /v/ssi/a.html | /v/*  | 200    | private       | part
    GET /v/add/a.html | /v/*  | 200    | private       | part
    GET /v/sub/a.html | /v/*  | 200    | private       | ^b
--- raw_response_headers_like eval
[(main::cookies($::ours)) x 3]

=== a slice is a part of one response
--- http_config
    proxy_cache_path $TEST_NGINX_SERVER_ROOT/slices_cache keys_zone=slices:1m;
--- config
    $TEST_NGINX_KEY_1
    location /v/ {
        pta_enable on; pta_set_cookie on; slice 4;
        proxy_set_header Range $slice_range; proxy_cache slices; proxy_cache_key $uri$slice_range; proxy_cache_valid 200 206 1h;
        proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/file/;
    }
    location /file/ { alias html/; }
--- user_files
>>> a
0123456789
--- table
    request  | query | > Range   | status | Cache-Control | body
    GET /v/a | /v/*  | -         | 200    | private       | ^0123456789$
    GET /v/a | /v/*  | bytes=2-5 | 206    | private       | ^2345$
--- raw_response_headers_like eval
[(main::cookies($::ours)) x 2]

=== HTTP/2: a proxied response with cookies of its own
--- http2
--- http_config eval: $::application
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; pta_set_cookie on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3; }
--- request eval
"GET /v/a?pta=" . token("/v/*") . "&first=x=y"
--- error_code: 200
--- raw_response_headers_like eval
qr{set-cookie: x=y\r\n.*set-cookie: $::ours\r\n}s
