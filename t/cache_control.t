# pta_cache_control: the caching headers of responses.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

# An upstream that sends every caching header. /given/ sends the Cache-Control that the argument "n"
# selects.
our $upstream = <<'_EOC_';
    map $arg_n $given {
        1 "public, max-age=60";
        2 "max-age=60, S-MaxAge=10";
        3 "Private";
        4 "No-Cache";
        5 "NO-STORE";
        6 "max-age=60";
        7 'private="Set-Cookie"';
        8 'no-cache = "Set-Cookie", max-age=60';
        9 'private="Set-Cookie, public"';
        10 "publicly, x-private";
        default "";
    }
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        location / {
            add_header Cache-Control "public, max-age=60";
            add_header Cache-Control "s-maxage=60";
            add_header expires "Thu, 31 Dec 2037 23:55:55 GMT";
            add_header Pragma cache;
            add_header X-Accel-Expires 60;
            add_header Surrogate-Control max-age=60;
            add_header EDGE-Control max-age=60;
            add_header CDN-Cache-Control max-age=60;
            add_header Cloudflare-CDN-cache-control max-age=60;
            add_header X-Cache-Control stays;
            return 200 "everything\n";
        }
        location /given/ { add_header Cache-Control $given; return 200 "given\n"; }
        location /plain/ { return 200 "plain\n"; }
        location /sixty/ { add_header Cache-Control max-age=60; add_header Last-Modified "Thu, 01 Jan 2015 00:00:00 GMT"; return 200 "sixty\n"; }
        location = /accel { add_header X-Accel-Redirect /p/a; return 200 ""; }
    }
_EOC_

our $all_gone = join "\r\n", map "!$_", qw(Expires expires Pragma X-Accel-Expires Surrogate-Control Edge-Control EDGE-Control CDN-Cache-Control Cloudflare-CDN-cache-control);

run_suite();

__DATA__

=== refused: one no-store replaces the headers of add_header and expires for every status
--- config
    $TEST_NGINX_KEY_1
    add_header Cache-Control "public, max-age=60" always;
    add_header cache-control "immutable" always;
    add_header Expires "Thu, 31 Dec 2037 23:55:55 GMT" always;
    add_header Pragma cache always;
    add_header X-Accel-Expires 60 always;
    add_header surrogate-control max-age=60 always;
    add_header Edge-Control max-age=60 always;
    add_header CDN-Cache-Control max-age=60 always;
    add_header Vercel-CDN-Cache-Control max-age=60 always;
    add_header X-Cache-Control stays always;
    expires max;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
    location /401/ { pta_enable on; pta_refuse_status 401; }
    location /404/ { pta_enable on; pta_refuse_status 404; }
    location /503/ { pta_enable on; pta_refuse_status 503; }
    location /rewrite/ { pta_enable on; pta_phase rewrite; }
--- table
    request         | query      | status
    GET /a          | -          | 400
    GET /a          | /* expired | 410
    GET /a          | /b         | 403
    HEAD /a         | /* expired | 410
    POST /a body    | /* expired | 410
    GET /a HTTP/1.0 | /* expired | 410
    GET /401/a      | -          | 401
    GET /404/a      | -          | 404
    GET /503/a      | -          | 503
    GET /rewrite/a  | /* expired | 410
--- response_headers eval
[("Cache-Control: no-store\r\n!cache-control\r\n!Expires\r\n!Pragma\r\n!X-Accel-Expires\r\n!surrogate-control\r\n!Edge-Control\r\n" .
 "!CDN-Cache-Control\r\n!Vercel-CDN-Cache-Control\r\nX-Cache-Control: stays") x 10]

=== refused: no-store is added if there are no other headers
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; }
    location /open/ { return 200 open; }
--- table
    request     | query      | status | Cache-Control
    GET /a      | -          | 400    | no-store
    GET /a      | /* expired | 410    | no-store
    GET /open/a | -          | 200    | -
--- raw_response_headers_like eval
[("\r\nCache-Control: no-store\r\n") x 2, "200 OK"]

=== refused: error pages from a file and from a named location are no-store
--- config
    $TEST_NGINX_KEY_1
    location /file/ { pta_enable on; error_page 400 403 410 /denied.html; }
    location /ok/ { pta_enable on; error_page 400 403 410 =200 /denied.html; }
    location = /denied.html { expires 30d; add_header Cache-Control public always; root $TEST_NGINX_HTML_DIR; }
    location /named/ { pta_enable on; error_page 400 403 410 @json; }
    location @json {
        types { }
        default_type application/json;
        add_header Cache-Control "public, max-age=60" always;
        return 410 '{"error":"expired"}';
    }
    location /moved/ { pta_enable on; error_page 400 403 410 =302 https://example.com/login; }
--- user_files
>>> denied.html
denied
--- table
    request      | query      | status | Cache-Control | Expires | Content-Type     | body
    GET /file/a  | /* expired | 410    | no-store      | -       |                  | ^denied$
    GET /ok/a    | /* expired | 200    | no-store      | -       |                  | ^denied$
    GET /named/a | /* expired | 410    | no-store      |         | application/json | ^\{"error":"expired"\}$
    GET /moved/a | -          | 302    | no-store      |         |                  | 302

=== refused: no-store replaces the caching headers of an upstream's error page
--- http_config eval
$::upstream
--- config
    $TEST_NGINX_KEY_1
    location /upstream/ { pta_enable on; error_page 400 403 410 = @upstream; }
    location @upstream {
        proxy_pass_header X-Accel-Expires;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
--- request eval
my $old = token("/*", expires => 1);
["GET /upstream/a?pta=$old", "HEAD /upstream/a?pta=$old"]
--- error_code eval
[200, 200]
--- response_headers eval
[("Cache-Control: no-store\r\nX-Cache-Control: stays\r\n$::all_gone") x 2]
--- response_body_like eval
["^everything\$", "^\$"]

=== refused: a page that is not modified, and a range that cannot be satisfied
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; error_page 400 =200 /denied.html; }
    location = /denied.html { expires 30d; add_header Cache-Control public always; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> denied.html 201501010000.00
denied
--- table
    request | > If-None-Match | > Range    | status | Cache-Control | Expires
    GET /a  | *               | -          | 304    | no-store      | -
    GET /b  | -               | bytes=100- | 416    | no-store      | -
    GET /c  | -               | bytes=1-2  | 206    | no-store      | -

=== allowed by a cookie: every kind of response is private
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method cookie;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
0123456789
--- table
    request         | cookie | > Range    | > If-None-Match | > If-Match | status | Cache-Control
    GET /a          | /*     | -          | -               | -          | 200    | private
    HEAD /a         | /*     | -          | -               | -          | 200    | private
    GET /a          | /*     | bytes=2-4  | -               | -          | 206    | private
    GET /a          | /*     | -          | *               | -          | 304    | private
    GET /a HTTP/1.0 | /*     | -          | -               | -          | 200    | private
    GET /a          | /*     | bytes=100- | -               | -          | 416    | private
    GET /a          | /*     | -          | -               | "x"        | 412    | private
    GET /none       | /*     | -          | -               | -          | 404    | private
    POST /a body    | /*     | -          | -               | -          | 405    | private

=== allowed by a cookie: a response over HTTP/2 is private
--- http2
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method cookie;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; expires 1h; }
--- user_files
>>> a
a
--- request
GET /a
--- more_headers eval
"Cookie: pta=" . token("/*")
--- response_headers
cache-control: max-age=3600, private

=== refused: a response over HTTP/2 is no-store
--- http2
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; add_header Cache-Control public always; add_header Expires 0 always; }
--- request eval
"GET /a?pta=" . token("/*", expires => 1)
--- error_code: 410
--- response_headers
cache-control: no-store
!expires

=== allowed by a cookie: a decision of the configuration or the upstream is kept
--- http_config eval
$::upstream
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method cookie;
    location / { pta_enable on; add_header Cache-Control $given always; root $TEST_NGINX_HTML_DIR; }
    location /given/ { pta_enable on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- user_files
>>> a
a
--- table
    request           | cookie | status | Cache-Control
    GET /a?n=0        | /*     | 200    | private
    GET /a?n=1        | /*     | 200    | public, max-age=60
    GET /a?n=2        | /*     | 200    | max-age=60, S-MaxAge=10
    GET /a?n=3        | /*     | 200    | Private
    GET /a?n=4        | /*     | 200    | No-Cache
    GET /a?n=5        | /*     | 200    | NO-STORE
    GET /a?n=6        | /*     | 200    | max-age=60, private
    GET /a?n=7        | /*     | 200    | private="Set-Cookie", private
    GET /a?n=8        | /*     | 200    | no-cache = "Set-Cookie", max-age=60, private
    GET /a?n=9        | /*     | 200    | private="Set-Cookie, public", private
    GET /a?n=10       | /*     | 200    | publicly, x-private, private
    GET /given/a?n=0  | /*     | 200    | private
    GET /given/a?n=1  | /*     | 200    | public, max-age=60
    GET /given/a?n=2  | /*     | 200    | max-age=60, S-MaxAge=10
    GET /given/a?n=3  | /*     | 200    | Private
    GET /given/a?n=4  | /*     | 200    | No-Cache
    GET /given/a?n=5  | /*     | 200    | NO-STORE
    GET /given/a?n=6  | /*     | 200    | max-age=60, private
    GET /given/a?n=7  | /*     | 200    | private="Set-Cookie", private
    GET /given/a?n=8  | /*     | 200    | no-cache = "Set-Cookie", max-age=60, private
    GET /given/a?n=9  | /*     | 200    | private="Set-Cookie, public", private
    GET /given/a?n=10 | /*     | 200    | publicly, x-private, private

=== allowed by a cookie: all lines are read together, and private is added as a new line
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method cookie;
    root $TEST_NGINX_HTML_DIR;
    location /open/ { pta_enable on; add_header Cache-Control max-age=60; add_header Cache-Control immutable; }
    location /decided/ { pta_enable on; add_header Cache-Control max-age=60; add_header Cache-Control public; add_header Cache-Control immutable; }
    location /expires/ { pta_enable on; expires 1h; }
    location /max/ { pta_enable on; expires max; add_header Pragma x; }
    location /epoch/ { pta_enable on; expires epoch; }
    location /modified/ { pta_enable on; expires 1h; add_header Cache-Control public; }
--- user_files
>>> open/a
a
>>> decided/a
a
>>> expires/a
a
>>> max/a
a
>>> epoch/a
a
>>> modified/a
a
--- table
    request         | cookie | status | Cache-Control                  | Pragma
    GET /open/a     | /*     | 200    | max-age=60, immutable, private |
    GET /decided/a  | /*     | 200    | max-age=60, public, immutable  |
    GET /expires/a  | /*     | 200    | max-age=3600, private          |
    GET /max/a      | /*     | 200    | max-age=315360000, private     | x
    GET /epoch/a    | /*     | 200    | no-cache                       |
    GET /modified/a | /*     | 200    | max-age=3600, public           |
--- raw_response_headers_like eval
["\r\nCache-Control: max-age=60\r\nCache-Control: immutable\r\nCache-Control: private\r\n", "200 OK", "\r\nCache-Control: max-age=3600\r\nCache-Control: private\r\n",
 "\r\nExpires: ", "200 OK", "200 OK"]

=== allowed by a cookie: a header for one kind of cache decides
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method cookie;
    root $TEST_NGINX_HTML_DIR;
    location /1/ { pta_enable on; add_header X-Accel-Expires 60; }
    location /2/ { pta_enable on; add_header SURROGATE-Control max-age=60; }
    location /3/ { pta_enable on; add_header edge-control max-age=60; }
    location /4/ { pta_enable on; add_header CDN-Cache-Control max-age=60; }
    location /5/ { pta_enable on; add_header Netlify-cdn-Cache-Control max-age=60; }
    location /6/ { pta_enable on; add_header X-Cache-Control public; add_header Pragma public; add_header CDN-Cache-Control-X 1; }
--- user_files eval
">>> 1/a\na\n>>> 2/a\na\n>>> 3/a\na\n>>> 4/a\na\n>>> 5/a\na\n>>> 6/a\na\n"
--- table
    request  | cookie | status | Cache-Control
    GET /1/a | /*     | 200    | -
    GET /2/a | /*     | 200    | -
    GET /3/a | /*     | 200    | -
    GET /4/a | /*     | 200    | -
    GET /5/a | /*     | 200    | -
    GET /6/a | /*     | 200    | private

=== allowed by a cookie: proxied responses are private, and nginx's cache is unchanged
--- http_config eval
$::upstream . <<'_EOC_'
    proxy_cache_path $TEST_NGINX_SERVER_ROOT/inner_cache keys_zone=inner:1m;
_EOC_
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method cookie;
    proxy_cache_key $request_uri;
    location /sixty/ { pta_enable on; proxy_cache inner; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; add_header X-Cache $upstream_cache_status always; }
    location /plain/ { pta_enable on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location /open/ {
        proxy_cache inner;
        proxy_cache_key /sixty/a;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        add_header X-Cache $upstream_cache_status;
    }
--- table
    request      | cookie | > If-Modified-Since           | status | X-Cache | Cache-Control
    GET /sixty/a | /*     | -                             | 200    | MISS    | max-age=60, private
    GET /sixty/a | /*     | -                             | 200    | HIT     | max-age=60, private
    GET /sixty/a | /*     | Thu, 01 Jan 2015 00:00:00 GMT | 304    | HIT     | max-age=60, private
    GET /open/a  | -      | -                             | 200    | HIT     | max-age=60
    GET /sixty/a | -      | -                             | 400    |         | no-store
    GET /plain/a | /*     | -                             | 200    |         | private

=== allowed by the query: the response is private only if the directive says so
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    root $TEST_NGINX_HTML_DIR;
    location /on/ { pta_enable on; pta_cache_control on; }
    location /private/ { pta_enable on; pta_cache_control private; expires 1h; }
    location /off/ { pta_enable on; pta_cache_control off; }
--- user_files
>>> on/a
a
>>> private/a
a
>>> off/a
a
--- table
    request        | query | cookie | status | Cache-Control
    GET /on/a      | /*    | -      | 200    | -
    GET /on/a      | -     | /*     | 200    | private
    GET /private/a | /*    | -      | 200    | max-age=3600, private
    GET /private/a | -     | /*     | 200    | max-age=3600, private
    GET /off/a     | /*    | -      | 200    | -
    GET /off/a     | -     | /*     | 200    | -
    GET /on/a      | -     | -      | 400    | no-store
    GET /private/a | -     | -      | 400    | no-store
    GET /off/a     | -     | -      | 400    | -

=== pta_cache_control is inherited from http and server, and is case-insensitive
--- http_config
    pta_cache_control OFF;
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; add_header Cache-Control public always; }
    location /private/ { pta_enable on; pta_cache_control Private; root $TEST_NGINX_HTML_DIR; location /private/in/ { } }
    location /on/ { pta_enable on; pta_cache_control On; add_header Cache-Control public always; }
--- user_files
>>> private/in/a
a
--- table
    request           | query | status | Cache-Control
    GET /a            | -     | 400    | public
    GET /private/in/a | /*    | 200    | private
    GET /on/a         | -     | 400    | no-store

=== the setting of the location that gives the verdict applies
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    root $TEST_NGINX_HTML_DIR;
    location /off/ { pta_enable on; pta_cache_control off; error_page 400 /on/page; rewrite ^/off/(..*)$ /open/$1 last; }
    location /on/ { pta_enable on; error_page 400 /off/; rewrite ^/on/(...*)$ /open/$1 last; }
    location /open/ { pta_cache_control off; }
    location /also/ { pta_cache_control private; }
    location /to/ { pta_enable on; rewrite ^/to/(.*)$ /also/$1 last; }
--- user_files
>>> off/index.html
off
>>> on/page
on
>>> open/aa
open
>>> also/aa
also
--- table
    request     | query | cookie | status | Cache-Control
    GET /off/aa | -     | -      | 400    | -
    GET /on/aa  | -     | -      | 400    | no-store
    GET /off/aa | -     | /*     | 200    | -
    GET /on/aa  | -     | /*     | 200    | private
    GET /to/aa  | -     | /*     | 200    | private
    GET /to/aa  | /*    | -      | 200    | -

=== two realms: one cookie makes the response private, and one refusal makes it no-store
--- config
    root $TEST_NGINX_HTML_DIR;
    location /a/ { $TEST_NGINX_KEY_1 pta_auth_method cookie; pta_enable on; rewrite ^/a/(.*)$ /b/$1 last; }
    location /b/ { $TEST_NGINX_KEY_3 pta_enable on; }
    location /c/ { $TEST_NGINX_KEY_1 pta_auth_method cookie; pta_enable on; pta_cache_control off; rewrite ^/c/(.*)$ /b/$1 last; }
--- user_files
>>> b/a
a
--- table
    request  | query     | cookie | status | Cache-Control
    GET /a/a | /* pair 3 | /*     | 200    | private
    GET /a/a | -         | /*     | 400    | no-store
    GET /b/a | /* pair 3 | /*     | 200    | -
    GET /c/a | /* pair 3 | /*     | 200    | -

=== allowed by a cookie: internal redirects and error pages are private as well
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method cookie;
    root $TEST_NGINX_HTML_DIR;
    location /index/ { pta_enable on; }
    location = /index/index.html { expires 1h; }
    location /try/ { pta_enable on; try_files $uri @open; }
    location @open { rewrite ^ /page break; }
    location /error/ { pta_enable on; error_page 404 /page; }
    location = /page { }
    location /redirect { pta_enable on; return 302 /elsewhere; }
    location /auto { pta_enable on; }
--- user_files
>>> index/index.html
index
>>> page
page
>>> auto/a
a
--- table
    request      | cookie | status | Cache-Control
    GET /index/  | /*     | 200    | max-age=3600, private
    GET /try/a   | /*     | 200    | private
    GET /error/a | /*     | 404    | private
    GET /auto    | /*     | 301    | private

=== satisfy any: if another module allows the request, the headers are kept; refusals are no-store
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    location /allow/ { satisfy any; pta_enable on; allow all; expires 1h; }
    location /deny/ { satisfy any; pta_enable on; deny all; expires 1h; error_page 403 /page; }
    location = /page { expires 1h; add_header Cache-Control public always; }
    location /cookie/ { satisfy any; pta_enable on; pta_auth_method cookie; deny all; }
    location /through/ { pta_enable on; pta_auth_method cookie; rewrite ^/through/(.*)$ /other/$1 last; }
    location /other/ { satisfy any; $TEST_NGINX_KEY_3 pta_enable on; allow all; }
--- user_files
>>> allow/a
a
>>> cookie/a
a
>>> page
page
>>> other/a
a
--- table
    request        | query      | cookie | status | Cache-Control | Expires
    GET /allow/a   | -          | -      | 200    | max-age=3600  |
    GET /allow/a   | /* expired | -      | 200    | max-age=3600  |
    GET /deny/a    | -          | -      | 403    | no-store      | -
    GET /cookie/a  | -          | /*     | 200    | private       |
    GET /cookie/a  | -          | -      | 403    | no-store      |
    GET /through/a | -          | /*     | 200    | private       |

=== a dry run and an open location add no header
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    root $TEST_NGINX_HTML_DIR;
    location /dry/ { pta_enable on; pta_dry_run on; pta_cache_control private; }
    location /open/ { pta_cache_control private; expires 1h; }
    location /p/ { pta_enable on; }
    location /through/ { pta_enable on; pta_dry_run on; rewrite ^/through/(.*)$ /p/$1 last; }
--- user_files
>>> dry/a
a
>>> open/a
a
>>> p/a
a
--- table
    request        | query | cookie | status | Cache-Control
    GET /dry/a     | -     | -      | 200    | -
    GET /dry/a     | /*    | -      | 200    | -
    GET /dry/a     | -     | /*     | 200    | -
    GET /open/a    | -     | /*     | 200    | max-age=3600
    GET /open/a    | /*    | -      | 200    | max-age=3600
    GET /through/a | -     | /*     | 200    | private
--- tokens_in_logs: a token is sent to an open location

=== X-Accel-Redirect: an exempt request gets no header
--- http_config eval
$::upstream
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method cookie;
    root $TEST_NGINX_HTML_DIR;
    location = /app { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/accel; }
    location = /own { pta_enable on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/accel; }
    location /p/ { pta_enable on; }
--- user_files
>>> p/a
a
--- table
    request  | cookie | status | Cache-Control
    GET /app | -      | 200    | -
    GET /app | /*     | 200    | -
    GET /own | /*     | 200    | private

=== pta_accel_redirect: private if followed, no-store if refused
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    pta_auth_method cookie;
    location = /play { pta_enable on; pta_accel_redirect on; }
    location /hidden/ { internal; }
    location = /else { pta_enable on; pta_accel_redirect on; rewrite ^ /open/a last; }
    location /open/ { expires 1h; add_header Cache-Control public always; }
    location = /any { satisfy any; allow all; pta_enable on; pta_accel_redirect on; add_header Cache-Control public always; }
--- user_files
>>> hidden/a
a
>>> open/a
a
--- table
    request   | cookie    | status | Cache-Control
    GET /play | /hidden/a | 200    | private
    GET /play | -         | 400    | no-store
    GET /else | /hidden/a | 403    | no-store
    GET /any  | -         | 403    | no-store

=== a subrequest to a protected location adds no header
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method cookie;
    root $TEST_NGINX_HTML_DIR;
    location /page/ { ssi on; ssi_types text/plain; }
    location /own/ { pta_enable on; ssi on; ssi_types text/plain; auth_request /auth; }
    location /p/ { pta_enable on; }
    location = /auth { pta_enable on; return 204; }
--- user_files
>>> page/a
[<!--# include virtual="/p/a" -->]
>>> own/a
[<!--# include virtual="/p/a" -->]
>>> p/a
part
--- table
    request     | cookie | status | Cache-Control | body
    GET /page/a | -      | 200    | -             | ^\[part\n\]$
    GET /page/a | /*     | 200    | -             | ^\[part\n\]$
    GET /own/a  | /*     | 200    | private       | ^\[part\n\]$
    GET /own/a  | -      | 400    | no-store      | 400 Bad Request

=== $sent_http_cache_control has the value that was sent, even if add_header read it before
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    root $TEST_NGINX_HTML_DIR;
    access_log $TEST_NGINX_SERVER_ROOT/logs/access.log sent;
    location / { pta_enable on; expires 1h; }
    location /read/ { pta_enable on; add_header X-Sent "$sent_http_cache_control" always; }
    location /open/ { expires 1h; }
--- http_config
    log_format sent '"$request" [$sent_http_cache_control]';
--- user_files
>>> a
a
>>> read/a
a
>>> open/a
a
--- table
    request     | cookie | status
    GET /a      | -      | 400
    GET /a      | /*     | 200
    GET /read/a | -      | 400
    GET /read/a | /*     | 200
    GET /open/a | -      | 200
--- log_lines eval
qq("GET /a HTTP/1.1" [no-store]\n"GET /a HTTP/1.1" [max-age=3600, private]\n"GET /read/a HTTP/1.1" [no-store]\n"GET /read/a HTTP/1.1" [private]\n"GET /open/a HTTP/1.1" [max-age=3600]\n)

=== WebDAV: a request refused because of its rewritten path is no-store, an allowed one is private
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method cookie;
    location /p/ { pta_enable on; rewrite ^/p/(.*)$ /files/$1 last; }
    location /files/ { internal; alias $TEST_NGINX_HTML_DIR/d/; dav_methods DELETE COPY MOVE; }
--- user_files
>>> d/A/x
x
--- table
    request       | cookie | > Destination | status | Cache-Control
    COPY /p/A/x   | /p/A/* | /p/A/secret   | 403    | no-store
    DELETE /p/A/x | /p/A/* | -             | 204    | private
--- error_lines
pta: path mismatch, requested "/p/A/x", rewritten to "/files/A/x"

=== pta_phase rewrite: the response of return gets the header
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method cookie;
    location /checked/ { pta_enable on; pta_phase rewrite; return 200 x; }
    location /unchecked/ { pta_enable on; return 200 x; }
--- table
    request          | cookie | status | Cache-Control
    GET /checked/a   | -      | 400    | no-store
    GET /checked/a   | /*     | 200    | private
    GET /unchecked/a | /*     | 200    | -

=== an error before the verdict gets no header
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; client_max_body_size 1; add_header Cache-Control public always; }
--- raw_request eval
"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123456789"
--- error_code: 413
--- response_headers
Cache-Control: public
