# pta_name, pta_strip, pta_mask, pta_refuse_status, pta_dry_run, pta_log_level, pta_leeway.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== pta_name sets the case-insensitive name of the argument and the cookie
--- config
    $TEST_NGINX_KEY_1
    pta_name st;
    pta_auth_method qs cookie;
    location / { pta_enable on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; proxy_set_header Cookie ""; }
    location /other/ { pta_enable on; pta_name my-token_2; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; proxy_set_header Cookie ""; }
--- tokens_in_logs: the argument pta is not a token here
--- request eval
my $t = token("/*");
["GET /a?st=$t&a=1", "GET /a?pta=$t", "GET /a?ST=$t&pta=1", "GET /other/a?my-token_2=$t&st=1", "GET /other/a?st=$t", "GET /a", "GET /other/a"]
--- more_headers eval
["", "", "", "", "", "Cookie: pta=zz; St=" . token("/*"), "Cookie: st=" . token("/*")]
--- error_code eval
[200, 400, 200, 200, 400, 200, 400]
--- response_body_like eval
["GET /a\\?a=1 ", "400", "GET /a\\?pta=1 ", "GET /other/a\\?st=1 ", "400", "GET /a ", "400"]

=== pta_strip off keeps the argument
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; pta_strip off; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; add_header X-Args "[$args]"; }
    location /on/ { pta_enable on; pta_strip on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my $t = token("/*");
["GET /a?x=1&pta=$t", "GET /on/a?x=1&pta=$t"]
--- response_body eval
my $t = token("/*");
["GET /a?x=1&pta=$t cookie=\n", "GET /on/a?x=1 cookie=\n"]
--- access_log
"GET /a?x=1&pta=*** HTTP/1.1" 200

=== pta_mask: logs show no token, whether the request is allowed or refused
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; add_header X-Line $request always; add_header X-Uri $request_uri always; }
--- user_files
>>> a
a
--- request eval
["GET /a?x=1&pta=" . token("/a") . "&y=2", "GET /a?pta=" . token("/b"), "GET /a?PTA=zz&pta=" . token("/a")]
--- error_code eval
[200, 403, 400]
--- response_headers eval
["X-Line: GET /a?x=1&pta=***&y=2 HTTP/1.1\r\nX-Uri: /a?x=1&y=2", "X-Line: GET /a?pta=*** HTTP/1.1\r\nX-Uri: /a?pta=" . token("/b"),
 "X-Line: GET /a?PTA=***&pta=*** HTTP/1.1"]
--- statuses: 200 403 400
--- error_lines eval
[qr/pta: path mismatch, requested "\/a", allowed "\/b", client: 127\.0\.0\.1, server: localhost, ${\ logged("GET \/a?pta=*** HTTP\/1.1")}/,
 qr/pta: malformed token, client: 127\.0\.0\.1, server: localhost, ${\ logged("GET \/a?PTA=***&pta=*** HTTP\/1.1")}/]

=== pta_mask: $request is masked even if it was read before the check
--- config
    set $early $request;
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; add_header X-Late $request always; }
--- user_files
>>> a
a
--- request eval
"GET /a?pta=" . token("/a")
--- response_headers
X-Late: GET /a?pta=*** HTTP/1.1

=== pta_mask off leaves the logs unchanged
--- tokens_in_logs: pta_mask off
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; pta_mask off; root $TEST_NGINX_HTML_DIR; }
--- request eval
"GET /a?pta=" . token("/b")
--- error_code: 403
--- access_log eval
qr/"GET \/a\?pta=[0-9a-f]{32} HTTP\/1\.1" 403/
--- error_log eval
qr/pta: path mismatch.* request(?:_line)?: "GET \/a\?pta=[0-9a-f]{32} HTTP\/1\.1"/

=== pta_mask works over HTTP/2
--- http2
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- request eval
"GET /a?x=1&pta=" . token("/b")
--- error_code: 403
--- access_log
"GET /a?x=1&pta=*** HTTP/2.0" 403
--- error_log eval
logged("GET /a?x=1&pta=*** HTTP/2.0")

=== pta_mask: errors after the check and on error pages are masked
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; proxy_pass http://127.0.0.1:1; error_page 502 /page; }
    location = /page { root $TEST_NGINX_HTML_DIR; }
--- request eval
"GET /a?pta=" . token("/a")
--- error_code: 404
--- error_log eval
[qr/connect\(\) failed .* ${\ logged("GET \/a?pta=*** HTTP\/1.1")}, upstream: "http:\/\/127\.0\.0\.1:1\/a"/,
 qr/open\(\) .* failed .* ${\ logged("GET \/a?pta=*** HTTP\/1.1")}/]

=== pta_mask does not change the client's buffer, so pipelined requests work
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- pipelined_requests eval
my $t = token("/a");
["GET /a?pta=$t", "GET /a?x=1&pta=$t", "GET /a?pta=$t&y"]
--- statuses: 200 200 200

=== pta_refuse_status sets the status for all or for each verdict
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_refuse_status 404;
    location / { root $TEST_NGINX_HTML_DIR; }
    location /b/ { pta_refuse_status missing=401 expired=451 path_mismatch=404 malformed=422 undecryptable=599; root $TEST_NGINX_HTML_DIR; }
    location /c/ { pta_refuse_status expired=403; root $TEST_NGINX_HTML_DIR; }
    location /d/ { pta_refuse_status 429; root $TEST_NGINX_HTML_DIR; error_page 429 =200 /page; }
    location = /page { root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> page
page
--- table
    request         | query      | status
    GET /x          | -          | 404
    GET /x?pta=zz   | -          | 404
    GET /x?pta=00   | -          | 404
    GET /x          | /* expired | 404
    GET /x          | /y         | 404
    GET /b/x        | -          | 401
    GET /b/x?pta=zz | -          | 422
    GET /b/x?pta=00 | -          | 599
    GET /b/x        | /* expired | 451
    GET /b/x        | /y         | 404
    GET /c/x        | -          | 400
    GET /c/x?pta=zz | -          | 400
    GET /c/x?pta=00 | -          | 403
    GET /c/x        | /* expired | 403
    GET /c/x        | /y         | 403
    GET /d/x        | -          | 200

=== a 401 has no WWW-Authenticate header
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; pta_refuse_status 401; root $TEST_NGINX_HTML_DIR; }
--- request
GET /a
--- error_code: 401
--- raw_response_headers_unlike: WWW-Authenticate

=== with satisfy any, a 401 is kept and all others become 403
--- config
    $TEST_NGINX_KEY_1
    satisfy any;
    pta_enable on;
    location /a/ { pta_refuse_status missing=401 expired=404; deny all; root $TEST_NGINX_HTML_DIR; }
    location /b/ { pta_refuse_status 401; allow all; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> b/x
x
--- request eval
["GET /a/x", "GET /a/x?pta=" . token("/*", expires => 1), "GET /b/x", "GET /a/x?pta=zz"]
--- error_code eval
[401, 403, 200, 403]

=== pta_dry_run checks, logs and sets variables, but lets every request pass
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_dry_run on;
    add_header X-Status $pta_status always;
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
["GET /a", "GET /a?pta=zz", "GET /a?x=1&pta=00", "GET /a?pta=" . token("/a", expires => 1), "GET /a?pta=" . token("/b"), "GET /a?x=1&pta=" . token("/a")]
--- response_headers eval
[map { "X-Status: $_" } qw(MISSING_DRY_RUN MALFORMED_DRY_RUN UNDECRYPTABLE_DRY_RUN EXPIRED_DRY_RUN PATH_MISMATCH_DRY_RUN ALLOWED)]
--- response_body eval
["GET /a cookie=\n", "GET /a?pta=zz cookie=\n", "GET /a?x=1&pta=00 cookie=\n", "GET /a?pta=" . token("/a", expires => 1) . " cookie=\n",
 "GET /a?pta=" . token("/b") . " cookie=\n", "GET /a?x=1 cookie=\n"]
--- error_lines
pta: missing token, dry run, client:
pta: malformed token, dry run, client:
pta: undecryptable token, dry run, client:
pta: expired token, dry run, valid until 1970-01-01T00:00:01Z
pta: path mismatch, dry run, requested "/a", allowed "/b"

=== pta_dry_run does not allow a request under satisfy any
--- config
    $TEST_NGINX_KEY_1
    location / { satisfy any; deny all; pta_enable on; pta_dry_run on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
["GET /a", "GET /a?pta=" . token("/a")]
--- error_code eval
[403, 403]

=== pta_dry_run records no permission: a location without dry run checks the request again
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    location /dry/ { pta_enable on; pta_dry_run on; try_files /nonexistent /enforced/a; }
    location /enforced/ { pta_enable on; pta_auth_method cookie; }
    location /out/ { pta_enable on; pta_dry_run on; rewrite ^ /enforced/a last; }
    location /in/ { pta_enable on; pta_auth_method cookie; rewrite ^ /dry2/a last; }
    location /dry2/ { pta_enable on; pta_dry_run on; }
--- user_files
>>> enforced/a
a
>>> dry2/a
a
--- table
    request     | query  | cookie | status
    GET /dry/x  | /dry/x | -      | 400
    GET /dry/x  | -      | -      | 400
    GET /out/x  | /out/x | -      | 400
    GET /out/x  | -      | -      | 400
    GET /in/x   | -      | -      | 400
    GET /in/x   | /in/x  | -      | 400
    GET /in/x   | -      | /in/x  | 200
    GET /dry2/a | -      | -      | 200

=== pta_dry_run does not exempt error pages of another realm
--- config
    root $TEST_NGINX_HTML_DIR;
    location /dry/ { $TEST_NGINX_KEY_1 pta_enable on; pta_dry_run on; error_page 404 /enforced/page; }
    location /enforced/ { $TEST_NGINX_KEY_3 pta_enable on; }
--- user_files
>>> enforced/page
page
--- request eval
"GET /dry/x?pta=" . token("/dry/x")
--- error_code: 403

=== pta_log_level sets the level
--- log_level: info
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_log_level notice;
    location / { root $TEST_NGINX_HTML_DIR; }
    location /info/ { pta_log_level info; root $TEST_NGINX_HTML_DIR; }
    location /warn/ { pta_log_level WARN; root $TEST_NGINX_HTML_DIR; }
    location /error/ { pta_log_level error; root $TEST_NGINX_HTML_DIR; }
--- request eval
["GET /a?pta=zz", "GET /info/a", "GET /warn/a?pta=00", "GET /error/a?pta=" . token("/b")]
--- error_code eval
[400, 400, 403, 403]
--- error_lines eval
[qr/\[notice\] .*pta: malformed token/, qr/\[info\] .*pta: missing token/, qr/\[warn\] .*pta: undecryptable token/, qr/\[error\] .*pta: path mismatch/]

=== pta_log_level below the level of error_log logs nothing
--- log_level: warn
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; pta_log_level info; root $TEST_NGINX_HTML_DIR; }
--- request
GET /a
--- error_code: 400
--- no_error_log
pta:

=== pta_leeway accepts a token for some time after its expiry
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_leeway 1h;
    location / { root $TEST_NGINX_HTML_DIR; add_header X-Remaining $pta_remaining; }
    location /none/ { pta_leeway 0; root $TEST_NGINX_HTML_DIR; }
    location /long/ { pta_leeway 20000d; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
>>> none/a
a
>>> long/a
a
--- request eval
my $now = time;
["GET /a?pta=" . token("/*", expires => $now - 3000), "GET /a?pta=" . token("/*", expires => $now - 4000),
 "GET /none/a?pta=" . token("/*", expires => $now - 10), "GET /a?pta=" . token("/b", expires => $now - 10),
 "GET /long/a?pta=" . token("/*", expires => $now - 1000000000), "GET /long/a?pta=" . token("/*", expires => -9223372036854775807 - 1)]
--- error_code eval
[200, 410, 410, 403, 200, 410]

=== pta_mask: tokens under the pta_name of any location on the way are masked
--- config
    $TEST_NGINX_KEY_1
    location /a/ { pta_enable on; pta_name one; rewrite ^/a/(.*)$ /b/$1 last; }
    location /b/ { pta_enable on; pta_name two; root $TEST_NGINX_HTML_DIR; }
--- request eval
["GET /a/a?two=" . token("/*"), "GET /a/a?two=" . token("/*") . "&one=" . token("/x")]
--- error_code eval
[400, 403]
--- error_lines eval
[qr/pta: missing token, client: 127\.0\.0\.1, server: localhost, ${\ logged("GET \/a\/a?two=*** HTTP\/1.1")}/,
 logged("GET /a/a?two=***&one=*** HTTP/1.1")]

=== pta_mask: a request line that nginx cannot parse is masked
--- log_level: error
--- config
    error_page 400 /p/a;
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- raw_request eval
"GET /p/a?pta=" . token("/p/a") . "\0 HTTP/1.1\r\nHost: x\r\n\r\n"
--- error_code: 400
--- error_lines eval
[qr/pta: missing token/, logged("GET /p/a?pta=*** HTTP/1.1")]

=== pta_mask: a token after & in the path is masked, and a masked line is left unchanged
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; add_header X-Line $request always; add_header X-Uri $pta_request_uri always; }
    location /dry/ { $TEST_NGINX_KEY_1 pta_enable on; pta_dry_run on; root $TEST_NGINX_HTML_DIR; index index.txt; add_header X-Line $request always; add_header X-Uri $pta_request_uri always; }
--- user_files
>>> dry/index.txt
index
--- request eval
["GET /a&pta=" . token("/a"), "GET /dry/?pta=*", "GET /dry/?pta=**", "GET /dry/?pta=***"]
--- error_code eval
[400, 200, 200, 200]
--- response_headers eval
["X-Line: GET /a&pta=*** HTTP/1.1\r\nX-Uri: /a&pta=***", ("X-Line: GET /dry/?pta=*** HTTP/1.1\r\nX-Uri: /dry/?pta=***") x 3]

=== pta_dry_run: a redirect to another location of the same realm is checked there again
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_dry_run on;
    location /one/ { try_files /nonexistent /two/a; }
    location /two/ { pta_auth_method cookie; add_header X-Status "$pta_status $pta_source"; }
--- user_files
>>> two/a
a
--- request
GET /one/a
--- more_headers eval
"Cookie: pta=" . token("/one/a")
--- response_headers
X-Status: ALLOWED cookie

=== pta_dry_run does not make a refusal final for locations with satisfy any
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    pta_enable on;
    location /one/ { satisfy any; rewrite ^/one/(.*)$ /two/$1 last; }
    location /two/ { pta_dry_run on; rewrite ^/two/(.*)$ /three/$1 last; }
    location /three/ { satisfy any; allow 127.0.0.1; deny all; }
    location /four/ { rewrite ^/four/(.*)$ /three/$1 last; }
--- user_files
>>> three/a
a
--- request eval
["GET /one/a", "GET /four/a"]
--- error_code eval
[200, 400]

=== pta_dry_run allows nothing under satisfy any, whether by a token or an earlier permission
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    pta_enable on;
    location /one/ { try_files /nonexistent /two/a; }
    location /two/ { pta_dry_run on; satisfy any; deny all; }
--- user_files
>>> two/a
a
--- request eval
["GET /one/a?pta=" . token("/one/a"), "GET /two/a?pta=" . token("/two/a")]
--- error_code eval
[403, 403]

=== pta_mask is inherited
--- config
    pta_mask off;
    location /v/ { $TEST_NGINX_KEY_1 pta_enable on; add_header X-Line "$request" always; }
--- request
GET /v/a?pta=00
--- error_code: 403
--- tokens_in_logs: pta_mask off
--- response_headers
X-Line: GET /v/a?pta=00 HTTP/1.1
