# pta_cache_control: the caching headers of responses.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

# An upstream that sends every caching header, and a Cache-Control line for each argument "cc".
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

=== refused: one no-store replaces the headers of add_header and expires, with every status
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
--- request eval
my $old = token("/*", expires => 1);
["GET /a", "GET /a?pta=$old", "GET /a?pta=" . token("/b"), "HEAD /a?pta=$old", "POST /a?pta=$old\nbody", "GET /a?pta=$old HTTP/1.0",
 "GET /401/a", "GET /404/a", "GET /503/a", "GET /rewrite/a?pta=$old"]
--- error_code eval
[400, 410, 403, 410, 410, 410, 401, 404, 503, 410]
--- response_headers eval
[("Cache-Control: no-store\r\n!cache-control\r\n!Expires\r\n!Pragma\r\n!X-Accel-Expires\r\n!surrogate-control\r\n!Edge-Control\r\n" .
 "!CDN-Cache-Control\r\n!Vercel-CDN-Cache-Control\r\nX-Cache-Control: stays") x 10]

=== refused: without other headers there is one no-store as well
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; }
    location /open/ { return 200 open; }
--- request eval
["GET /a", "GET /a?pta=" . token("/*", expires => 1), "GET /open/a"]
--- error_code eval
[400, 410, 200]
--- raw_response_headers_like eval
[("\r\nCache-Control: no-store\r\n") x 2, "200 OK"]
--- response_headers eval
[("Cache-Control: no-store") x 2, "!Cache-Control"]

=== refused: an error page from a file, from a named location and from an upstream
--- http_config eval
$::upstream
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
    location /upstream/ { pta_enable on; error_page 400 403 410 = @upstream; }
    location @upstream {
        proxy_pass_header X-Accel-Expires;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
    location /moved/ { pta_enable on; error_page 400 403 410 =302 https://example.com/login; }
--- user_files
>>> denied.html
denied
--- request eval
my $old = token("/*", expires => 1);
["GET /file/a?pta=$old", "GET /ok/a?pta=$old", "GET /named/a?pta=$old", "GET /upstream/a?pta=$old", "HEAD /upstream/a?pta=$old", "GET /moved/a"]
--- error_code eval
[410, 200, 410, 200, 200, 302]
--- response_headers eval
["Cache-Control: no-store\r\n!Expires", "Cache-Control: no-store\r\n!Expires", "Cache-Control: no-store\r\nContent-Type: application/json",
 ("Cache-Control: no-store\r\nX-Cache-Control: stays\r\n$::all_gone") x 2, "Cache-Control: no-store"]
--- response_body_like eval
["^denied\$", "^denied\$", '^\{"error":"expired"\}$', "^everything\$", "^\$", "302"]

=== refused: a page that is not modified, and a range that cannot be satisfied
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; error_page 400 =200 /denied.html; }
    location = /denied.html { expires 30d; add_header Cache-Control public always; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> denied.html 201501010000.00
denied
--- request eval
["GET /a", "GET /b", "GET /c"]
--- more_headers eval
["If-None-Match: *", "Range: bytes=100-", "Range: bytes=1-2"]
--- error_code eval
[304, 416, 206]
--- response_headers eval
[("Cache-Control: no-store\r\n!Expires") x 3]

=== allowed by a cookie: private, in every kind of response
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method cookie;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
0123456789
--- request eval
["GET /a", "HEAD /a", "GET /a", "GET /a", "GET /a HTTP/1.0", "GET /a", "GET /a", "GET /none", "POST /a\nbody"]
--- more_headers eval
my $c = "Cookie: pta=" . token("/*");
[$c, $c, "$c\r\nRange: bytes=2-4", "$c\r\nIf-None-Match: *", $c, "$c\r\nRange: bytes=100-", "$c\r\nIf-Match: \"x\"", $c, $c]
--- error_code eval
[200, 200, 206, 304, 200, 416, 412, 404, 405]
--- response_headers eval
[("Cache-Control: private") x 9]

=== allowed by a cookie, HTTP/2
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

=== refused, HTTP/2
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

=== allowed by a cookie: a decision of the configuration or upstream stays
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
--- more_headers eval
"Cookie: pta=" . token("/*")
--- request eval
[map({ "GET /a?n=$_" } 0 .. 10), map({ "GET /given/a?n=$_" } 0 .. 10)]
--- response_headers eval
[("Cache-Control: private", "Cache-Control: public, max-age=60", "Cache-Control: max-age=60, S-MaxAge=10", "Cache-Control: Private",
  "Cache-Control: No-Cache", "Cache-Control: NO-STORE", "Cache-Control: max-age=60, private",
  "Cache-Control: private=\"Set-Cookie\", private", "Cache-Control: no-cache = \"Set-Cookie\", max-age=60, private",
  "Cache-Control: private=\"Set-Cookie, public\", private", "Cache-Control: publicly, x-private, private") x 2]

=== allowed by a cookie: all lines count together, and ours is a line of its own
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
--- more_headers eval
"Cookie: pta=" . token("/*")
--- request eval
[map "GET /$_/a", qw(open decided expires max epoch modified)]
--- raw_response_headers_like eval
["\r\nCache-Control: max-age=60\r\nCache-Control: immutable\r\nCache-Control: private\r\n", "200 OK", "\r\nCache-Control: max-age=3600\r\nCache-Control: private\r\n",
 "\r\nExpires: ", "200 OK", "200 OK"]
--- response_headers eval
["Cache-Control: max-age=60, immutable, private", "Cache-Control: max-age=60, public, immutable", "Cache-Control: max-age=3600, private",
 "Cache-Control: max-age=315360000, private\r\nPragma: x", "Cache-Control: no-cache", "Cache-Control: max-age=3600, public"]

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
--- more_headers eval
"Cookie: pta=" . token("/*")
--- request eval
[map "GET /$_/a", 1 .. 6]
--- response_headers eval
[("!Cache-Control") x 5, "Cache-Control: private"]

=== allowed by a cookie: proxied answers, and a cache of our own keeps the upstream's header
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
--- more_headers eval
my $c = "Cookie: pta=" . token("/*");
[$c, $c, "$c\r\nIf-Modified-Since: Thu, 01 Jan 2015 00:00:00 GMT", "", "", $c]
--- request eval
["GET /sixty/a", "GET /sixty/a", "GET /sixty/a", "GET /open/a", "GET /sixty/a", "GET /plain/a"]
--- error_code eval
[200, 200, 304, 200, 400, 200]
--- response_headers eval
["X-Cache: MISS\r\nCache-Control: max-age=60, private", "X-Cache: HIT\r\nCache-Control: max-age=60, private", "X-Cache: HIT\r\nCache-Control: max-age=60, private",
 "X-Cache: HIT\r\nCache-Control: max-age=60", "Cache-Control: no-store", "Cache-Control: private"]

=== allowed by the query: the URL is the secret
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
--- request eval
my $t = token("/*");
[(map { ("GET /$_/a?pta=$t", "GET /$_/a") } qw(on private off)), "GET /on/a", "GET /private/a", "GET /off/a"]
--- more_headers eval
my $c = "Cookie: pta=" . token("/*");
["", $c, "", $c, "", $c, "", "", ""]
--- error_code eval
[200, 200, 200, 200, 200, 200, 400, 400, 400]
--- response_headers eval
["!Cache-Control", "Cache-Control: private", "Cache-Control: max-age=3600, private", "Cache-Control: max-age=3600, private", "!Cache-Control",
 "!Cache-Control", "Cache-Control: no-store", "Cache-Control: no-store", "!Cache-Control"]

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
--- request eval
["GET /a", "GET /private/in/a?pta=" . token("/*"), "GET /on/a"]
--- error_code eval
[400, 200, 400]
--- response_headers eval
["Cache-Control: public", "Cache-Control: private", "Cache-Control: no-store"]

=== the setting of the location that gives the verdict counts
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
--- request eval
my $t = token("/*");
["GET /off/aa", "GET /on/aa", "GET /off/aa", "GET /on/aa", "GET /to/aa", "GET /to/aa?pta=$t"]
--- more_headers eval
my $c = "Cookie: pta=" . token("/*");
["", "", $c, $c, $c, ""]
--- error_code eval
[400, 400, 200, 200, 200, 200]
--- response_headers eval
["!Cache-Control", "Cache-Control: no-store", "!Cache-Control", "Cache-Control: private", "Cache-Control: private", "!Cache-Control"]

=== two realms: a cookie for one makes the response private, and a refusal by one is a refusal
--- config
    root $TEST_NGINX_HTML_DIR;
    location /a/ { $TEST_NGINX_KEY_1 pta_auth_method cookie; pta_enable on; rewrite ^/a/(.*)$ /b/$1 last; }
    location /b/ { $TEST_NGINX_KEY_3 pta_enable on; }
    location /c/ { $TEST_NGINX_KEY_1 pta_auth_method cookie; pta_enable on; pta_cache_control off; rewrite ^/c/(.*)$ /b/$1 last; }
--- user_files
>>> b/a
a
--- more_headers eval
"Cookie: pta=" . token("/*")
--- request eval
my $t = token("/*", pair => 3);
["GET /a/a?pta=$t", "GET /a/a", "GET /b/a?pta=$t", "GET /c/a?pta=$t"]
--- error_code eval
[200, 400, 200, 200]
--- response_headers eval
["Cache-Control: private", "Cache-Control: no-store", "!Cache-Control", "!Cache-Control"]

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
--- more_headers eval
"Cookie: pta=" . token("/*")
--- request eval
["GET /index/", "GET /try/a", "GET /error/a", "GET /auto"]
--- error_code eval
[200, 200, 404, 301]
--- response_headers eval
["Cache-Control: max-age=3600, private", ("Cache-Control: private") x 3]

=== satisfy any: responses to requests let in by others stay, all other refusals are no-store
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
--- request eval
["GET /allow/a", "GET /allow/a?pta=" . token("/*", expires => 1), "GET /deny/a", "GET /cookie/a", "GET /cookie/a", "GET /through/a"]
--- more_headers eval
my $c = "Cookie: pta=" . token("/*");
["", "", "", $c, "", $c]
--- error_code eval
[200, 200, 403, 200, 403, 200]
--- response_headers eval
["Cache-Control: max-age=3600", "Cache-Control: max-age=3600", "Cache-Control: no-store\r\n!Expires", "Cache-Control: private", "Cache-Control: no-store",
 "Cache-Control: private"]

=== no header in a dry run, and none in an open location
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
--- request eval
["GET /dry/a", "GET /dry/a?pta=" . token("/*"), "GET /dry/a", "GET /open/a", "GET /open/a?pta=" . token("/*"), "GET /through/a"]
--- tokens_in_logs: a token is sent to an open location
--- more_headers eval
my $c = "Cookie: pta=" . token("/*");
["", "", $c, $c, "", $c]
--- error_code eval
[200, 200, 200, 200, 200, 200]
--- response_headers eval
[("!Cache-Control") x 3, ("Cache-Control: max-age=3600") x 2, "Cache-Control: private"]

=== X-Accel-Redirect: no header without a verdict
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
--- request eval
["GET /app", "GET /app", "GET /own"]
--- more_headers eval
my $c = "Cookie: pta=" . token("/*");
["", $c, $c]
--- error_code eval
[200, 200, 200]
--- response_headers eval
["!Cache-Control", "!Cache-Control", "Cache-Control: private"]

=== pta_accel_redirect by a cookie, refused for a rewrite elsewhere, and let in without a token
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
--- request eval
["GET /play", "GET /play", "GET /else", "GET /any"]
--- more_headers eval
my $c = "Cookie: pta=" . token("/hidden/a");
[$c, "", $c, ""]
--- error_code eval
[200, 400, 403, 403]
--- response_headers eval
["Cache-Control: private", ("Cache-Control: no-store") x 3]

=== subrequests: their headers are not the client's
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
--- request eval
["GET /page/a", "GET /page/a", "GET /own/a", "GET /own/a"]
--- more_headers eval
my $c = "Cookie: pta=" . token("/*");
["", $c, $c, ""]
--- error_code eval
[200, 200, 200, 400]
--- response_headers eval
["!Cache-Control", "!Cache-Control", "Cache-Control: private", "Cache-Control: no-store"]
--- response_body_like eval
[("^\\[part\n\\]\$") x 3, "400 Bad Request"]

=== $sent_http_cache_control shows what was sent, even if add_header has read it before
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
--- request eval
["GET /a", "GET /a", "GET /read/a", "GET /read/a", "GET /open/a"]
--- more_headers eval
my $c = "Cookie: pta=" . token("/*");
["", $c, "", $c, ""]
--- error_code eval
[400, 200, 400, 200, 200]
--- log_lines eval
qq("GET /a HTTP/1.1" [no-store]\n"GET /a HTTP/1.1" [max-age=3600, private]\n"GET /read/a HTTP/1.1" [no-store]\n"GET /read/a HTTP/1.1" [private]\n"GET /open/a HTTP/1.1" [max-age=3600]\n)

=== WebDAV: a request that is refused for what it was rewritten to, and one that is allowed
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method cookie;
    location /p/ { pta_enable on; rewrite ^/p/(.*)$ /files/$1 last; }
    location /files/ { internal; alias $TEST_NGINX_HTML_DIR/d/; dav_methods DELETE COPY MOVE; }
--- user_files
>>> d/A/x
x
--- request eval
["COPY /p/A/x", "DELETE /p/A/x"]
--- more_headers eval
["Destination: /p/A/secret\r\nCookie: pta=" . token("/p/A/*"), "Cookie: pta=" . token("/p/A/*")]
--- error_code eval
[403, 204]
--- response_headers eval
["Cache-Control: no-store", "Cache-Control: private"]
--- error_lines
pta: path mismatch, requested "/p/A/x", rewritten to "/files/A/x"

=== pta_phase rewrite: a location that answers by return
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method cookie;
    location /checked/ { pta_enable on; pta_phase rewrite; return 200 x; }
    location /unchecked/ { pta_enable on; return 200 x; }
--- request eval
["GET /checked/a", "GET /checked/a", "GET /unchecked/a"]
--- more_headers eval
my $c = "Cookie: pta=" . token("/*");
["", $c, $c]
--- error_code eval
[400, 200, 200]
--- response_headers eval
["Cache-Control: no-store", "Cache-Control: private", "!Cache-Control"]

=== no header for an error before any verdict
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; client_max_body_size 1; add_header Cache-Control public always; }
--- raw_request eval
"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123456789"
--- error_code: 413
--- response_headers
Cache-Control: public
