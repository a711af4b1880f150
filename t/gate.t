# pta_gate: somebody else asks whether a token allows a request.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== auth_request asks about the request itself
--- config
    $TEST_NGINX_KEY_1
    location = /_pta { internal; pta_gate; }
    location / {
        auth_request /_pta;
        auth_request_set $verdict $sent_http_x_pta_status;
        add_header X-Seen "[$verdict][$pta_status][$args]" always;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
my $t = token("/a");
["GET /a?pta=$t", "GET /a?x&pta=$t&y", "HEAD /a?pta=$t", "POST /a?pta=$t\nbody", "GET /a", "GET /a?pta=zz", "GET /a?pta=" . token("/a", expires => 1),
 "GET /a?pta=" . token("/b"), "GET //./a?pta=$t", "GET /%61?pta=$t", "GET /b/../a?pta=$t"]
--- error_code eval
[200, 200, 200, 405, 403, 403, 403, 403, 200, 200, 200]
--- response_headers eval
my $t = token("/a");
["X-Seen: [ALLOWED][][pta=$t]", "X-Seen: [ALLOWED][][x&pta=$t&y]", "X-Seen: [ALLOWED][][pta=$t]", "X-Seen: [ALLOWED][][pta=$t]", ("X-Seen: [][][]"),
 "X-Seen: [][][pta=zz]", "X-Seen: [][][pta=" . token("/a", expires => 1) . "]", "X-Seen: [][][pta=" . token("/b") . "]",
 ("X-Seen: [ALLOWED][][pta=$t]") x 3]
--- error_lines eval
[qr/pta: missing token, client/, qr/pta: malformed token, client/, qr/pta: expired token, valid until 1970-01-01T00:00:01Z, requested "\/a", allowed "\/a"/,
 qr/pta: path mismatch, requested "\/a", allowed "\/b"/, logged("GET /a?pta=*** HTTP/1.1")]

=== another proxy asks by a header
--- config
    location = /_pta {
        $TEST_NGINX_KEY_1
        pta_gate uri=$http_x_forwarded_uri;
    }
--- request eval
[("GET /_pta") x 8, "POST /_pta\nbody", "PUT /_pta\nbody", "OPTIONS /_pta", "HEAD /_pta", "INVENTED /_pta"]
--- more_headers eval
my $t = token("/a/*");
["X-Forwarded-Uri: /a/b?pta=$t", "X-Forwarded-Uri: /a/%62?x=1&PTA=$t&y#z", "X-Forwarded-Uri: https://a.example:8443/a/b?pta=$t",
 "X-Forwarded-Uri: /a/b", "X-Forwarded-Uri: /a/b?pta=zz", "X-Forwarded-Uri: /b?pta=$t", "X-Forwarded-Uri: /a/b?pta=" . token("/a/*", expires => 1),
 "X-Forwarded-Uri: /a/b?pta=" . token("/a/*", pair => 2), ("X-Forwarded-Uri: /a/b?pta=$t") x 5]
--- error_code eval
[204, 204, 204, 400, 400, 403, 410, 403, (204) x 5]
--- response_headers eval
my $yes = "X-PTA-Status: ALLOWED\nCache-Control: no-store\n!Content-Length\n!Content-Type";
my $no = "!X-PTA-Status\nCache-Control: no-store\nContent-Length: 0\n!Content-Type";
[($yes) x 3, ($no) x 5, ($yes) x 5]
--- response_body eval
[("") x 13]

=== no error page replaces its answer
--- config
    error_page 400 401 403 410 500 =200 /x;
    location = /x { return 200 "open\n"; }
    location @x { return 200 "open\n"; }
    location /_pta { $TEST_NGINX_KEY_1 pta_gate uri=$arg_u; }
    location /2/_pta { $TEST_NGINX_KEY_1 error_page 400 403 410 500 = /x; pta_gate uri=$arg_u; }
    location /3/_pta { $TEST_NGINX_KEY_1 error_page 400 403 410 500 = @x; pta_gate uri=$arg_u; pta_refuse_status 401; }
    location /4/_pta { $TEST_NGINX_KEY_1 error_page 400 403 410 500 =200 @x; recursive_error_pages on; pta_gate uri=$arg_u; }
--- request eval
my ($old, $other) = (token("/a", expires => 1), token("/b"));
[map { my $gate = $_; map { "GET $gate/_pta?u=$_" } "/a", "/a?pta=$old", "/a?pta=$other", "", "x", "/%zz" } "", "/2", "/3", "/4"]
--- error_code eval
[(400, 410, 403, 403, 403, 403) x 2, 401, 401, 401, 403, 403, 403, 400, 410, 403, 403, 403, 403]
--- response_body eval
[("") x 24]

=== no error page replaces what others refuse in its location
--- http_config
    limit_req_zone $server_name zone=one:64k rate=1r/m;
    limit_req_zone $uri zone=sub:64k rate=1r/m;
--- config
    $TEST_NGINX_KEY_1
    error_page 400 401 403 404 413 500 503 =200 /open;
    location = /open { return 200 "open\n"; }
    location = /limited { limit_req zone=one; pta_gate uri=/a; }
    location = /denied { pta_gate uri=/a; deny all; }
    location = /named { pta_gate uri=/a; deny all; error_page 403 = @named; }
    location = /methods { pta_gate uri=/a; limit_except GET { deny all; } }
    location @named { return 200 "open\n"; }
    location = /_pta { internal; limit_req zone=sub; pta_gate; }
    location /video/ { error_page 500 /500; auth_request /_pta; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location = /500 { return 500; }
    location /pages/ { error_page 404 =200 /open; return 404; }
--- request eval
["GET /limited", "GET /limited", "GET /denied", "GET /named", "PUT /methods", "GET /_pta", "GET /video/a?pta=" . token("/*"), "GET /video/a", "GET /pages/"]
--- error_code eval
[400, 503, 403, 403, 403, 404, 200, 500, 200]
--- response_body_unlike eval
[("open") x 8, "none"]

=== no body is too long for it
--- config
    $TEST_NGINX_KEY_1
    error_page 413 =200 /open;
    location = /open { client_max_body_size 0; return 200 "open\n"; }
    location /short/ {
        client_max_body_size 3;
        location = /short/asked { pta_gate uri=$http_x_u; }
        location = /short/block { limit_except GET { allow all; } pta_gate uri=$http_x_u; }
        location = /short/_pta { internal; pta_gate; }
    }
    location /gate { client_max_body_size 3; pta_gate uri=$http_x_u; location /gate/in { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; } }
    location /up/ { client_max_body_size 0; auth_request /short/_pta; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my $t = token("/*");
["POST /short/asked\nlong", "POST /short/asked\nlong", "POST /gate\nlong", "PUT /short/block\nlong", "POST /up/a\nlong", "POST /up/a?pta=$t\nlong",
 "POST /gate/in\nlong"]
--- more_headers eval
my $t = token("/*");
["X-U: /a", "X-U: /a?pta=$t", "X-U: /a?pta=$t", "X-U: /a", "", "", ""]
--- error_code eval
[400, 204, 204, 400, 403, 200, 200]
--- response_body_like eval
['^$', '^$', '^$', '^$', '403 Forbidden', '^POST /up/a', '^open$']
--- tokens_in_logs: a gate removes nothing from what goes on

=== nothing else decides about caches
--- config
    $TEST_NGINX_KEY_1
    expires 1h;
    add_header Cache-Control public always;
    add_header X-Accel-Expires 100 always;
    add_header CDN-Cache-Control max-age=100 always;
    location = /_pta { pta_gate uri=$http_x_u; pta_cache_control off; }
    location = /dry { pta_gate uri=$http_x_u; pta_dry_run on; }
    location /e/ { error_page 404 = /_pta; return 404; }
--- request eval
["GET /_pta", "GET /_pta", "GET /_pta", "GET /dry", "HEAD /_pta", "GET /e/"]
--- more_headers eval
my $t = token("/a");
["X-U: /a?pta=$t", "X-U: /a", "", "X-U: /a", "X-U: /a?pta=$t", "X-U: /a?pta=$t"]
--- error_code eval
[204, 400, 403, 204, 204, 204]
--- raw_response_headers_like eval
[('^(?!.*(Expires|CDN-|Cache-Control:.*Cache-Control:|public)).*\r\nCache-Control: no-store\b') x 6]

=== the name of its tokens is masked in what the main request logs
--- http_config
    log_format masked '$request|$pta_request_uri';
--- config
    access_log logs/access.log masked;
    location = /_t { internal; $TEST_NGINX_KEY_1 pta_gate; pta_name t; }
    location = /_u { internal; $TEST_NGINX_KEY_1 pta_gate; pta_name u; }
    location /a/ { auth_request /_t; location /a/b/ { auth_request /_u; empty_gif; } empty_gif; }
    location /e/ { $TEST_NGINX_KEY_1 pta_enable on; auth_request /_t; empty_gif; }
--- request eval
my $t = token("/*");
["GET /a/a?t=$t&u=1", "GET /a/b/a?t=1&u=$t", "GET /a/a?t=x$t", "GET /e/a?pta=$t&t=$t"]
--- error_code eval
[200, 200, 403, 200]
--- log_lines
GET /a/a?t=***&u=1 HTTP/1.1|/a/a?t=***&u=1
GET /a/b/a?t=1&u=*** HTTP/1.1|/a/b/a?t=1&u=***
GET /a/a?t=*** HTTP/1.1|/a/a?t=***
GET /e/a?pta=***&t=*** HTTP/1.1|/e/a?pta=***&t=***

=== the line is masked before anything is logged
--- log_level: info
--- config
    location = /_pta { $TEST_NGINX_KEY_1 pta_gate uri=$arg_u; }
--- raw_request eval
"POST /_pta?u=/a?pta=" . token("/a") . " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
--- error_code: 403
--- error_lines eval
[qr/client sent invalid chunked body/, logged("POST /_pta?u=/a?pta=*** HTTP/1.1")]
--- no_error_log eval
[substr(token("/a"), 0, 16)]

=== an error page that leads to the gate does not replace its status
--- config
    $TEST_NGINX_KEY_1
    location = /_pta { pta_gate uri=$arg_u; }
    location /e/ { error_page 404 =200 /_pta?u=/a; return 404; }
    location /f/ { error_page 404 /_pta?u=/a; return 404; }
    location /n/ { error_page 404 =200 @gate; return 404; }
    location @gate { pta_gate uri=/a; }
--- request eval
["GET /e/", "GET /f/", "GET /n/", "GET /n/?pta=" . token("/a")]
--- error_code eval
[400, 400, 400, 400]
--- response_body eval
[("") x 4]

=== in a subrequest, every refusal is one that auth_request knows
--- config
    $TEST_NGINX_KEY_1
    location / { root $TEST_NGINX_HTML_DIR; }
    location /a/ { auth_request /gate/a; root $TEST_NGINX_HTML_DIR; }
    location /b/ { auth_request /gate/b; root $TEST_NGINX_HTML_DIR; }
    location /c/ { auth_request /gate/c; root $TEST_NGINX_HTML_DIR; }
    location = /gate/a { internal; pta_gate; pta_refuse_status 404; }
    location = /gate/b { internal; pta_gate; pta_refuse_status 401; }
    location = /gate/c { internal; pta_gate; pta_refuse_status 500; error_page 500 =200 /open; }
    location = /open { return 200; }
--- request eval
["GET /a/x", "GET /b/x", "GET /c/x", "GET /b/x?pta=zz", "GET /c/x?pta=" . token("/b")]
--- error_code eval
[403, 401, 403, 401, 403]

=== paths that another server may read differently
--- config
    location = /_pta { $TEST_NGINX_KEY_1 pta_gate uri=$http_x_u; add_header X-Seen "$pta_status" always; }
--- request eval
[("GET /_pta") x 24]
--- more_headers eval
my $t = token("/*");
[map { "X-U: $_?pta=$t" } "/./a", "/a/..", "/a/../b", "/a/%2e%2e/b", "/a/%252e%252e/b", "/a/.%2E/b", "/a/..;/b", "//a", "/a//b", "/a%2fb", "/a%2Fb", "/a%252fb",
    "/a%5cb", "/a%255Cb", "/a\\b", "/a%00b", "/a%2500b", "https://a/b//c", "http://a//b", "//a/b", "http://a/..", "/a/%2e", "/%2f", "/a/."]
--- error_code eval
[(403) x 24]
--- response_headers eval
[("X-Seen: PATH_MISMATCH\nContent-Length: 0\n!X-PTA-Status") x 24]
--- error_lines eval
[qr/pta: path mismatch, ambiguous path in "\/a\/%252e%252e\/b\?pta=\*\*\*"/, qr/pta: path mismatch, ambiguous path in "\/a\/\.\.\/b\?pta=\*\*\*"/]

=== paths that are not ambiguous
--- config
    location = /_pta { $TEST_NGINX_KEY_1 pta_gate uri=$http_x_u; }
--- request eval
[("GET /_pta") x 9]
--- more_headers eval
my $t = token("/*");
[map { "X-U: $_?x=/../&pta=$t" } "/a", "/a/", "/...", "/a..b/.c", "/caf%C3%A9", "/a%20b", "/a;b", "http://[::1]:80/a", "HTTP://A_b-c.d:1/a"]
--- error_code eval
[(204) x 9]

=== what is no URI is refused
--- config
    location = /_pta { $TEST_NGINX_KEY_1 pta_gate uri=$http_x_u; pta_dry_run on; add_header X-Seen "[$pta_status]" always; }
    location = /plain { $TEST_NGINX_KEY_1 pta_gate; }
--- request eval
[("GET /_pta") x 14, "GET /plain?pta=" . token("/*"), "GET /_pta?pta=" . token("/*")]
--- more_headers eval
my $t = token("/*");
[(map { "X-U: $_?pta=$t" } "", "a", "*", "http://", "http://a", "http://a?/b", 'http://a@b/c', 'http://a%2f/b', "ftp://a/b", "/a b", "/a\tb", '/%zz', '/a%', "http://[::1/a"), "", ""]
--- error_code eval
[(403) x 16]
--- response_headers eval
[("Content-Length: 0\nX-Seen: []\nCache-Control: no-store\n!X-PTA-Status") x 14, "Content-Length: 0\n!X-PTA-Status", "Content-Length: 0\n!X-PTA-Status"]
--- error_lines
pta: gate refuses, the URI is empty or cannot be parsed, client
pta: gate refuses, "uri=" is needed unless a subrequest asks, client

=== the methods of the token: header and cookie of the request that asks, query of the URI
--- config
    location = /_pta {
        $TEST_NGINX_KEY_1
        pta_auth_method qs header cookie;
        pta_gate uri=$http_x_forwarded_uri;
        add_header X-Seen "$pta_source" always;
    }
--- request eval
[("GET /_pta") x 4, "GET /_pta?pta=" . token("/a")]
--- more_headers eval
my $t = token("/a");
["X-Forwarded-Uri: /a\r\nCookie: pta=$t", "X-Forwarded-Uri: /a\r\nX-PTA: $t", "X-Forwarded-Uri: /a?pta=$t\r\nX-PTA: zz", "X-Forwarded-Uri: /a?pta=zz\r\nX-PTA: $t",
 "X-Forwarded-Uri: /a"]
--- error_code eval
[204, 204, 204, 400, 400]
--- response_headers eval
["X-Seen: cookie", "X-Seen: header", "X-Seen: qs", "X-Seen: qs", "X-Seen: "]

=== a subrequest with the token in a header, and one that pta_enable has removed before
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method header;
    location = /_pta { internal; pta_gate; }
    location / { auth_request /_pta; root $TEST_NGINX_HTML_DIR; }
    location /both/ { pta_enable on; auth_request /_pta; alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> a
a
--- request eval
["GET /a", "GET /a", "GET /both/a"]
--- more_headers eval
["X-PTA: " . token("/*"), "X-PTA: zz", "X-PTA: " . token("/*")]
--- error_code eval
[200, 403, 200]

=== its verdict opens no location, and refuses none
--- config
    $TEST_NGINX_KEY_1
    location = /_pta { internal; pta_gate uri=$u; }
    location /open/ { set $u $arg_u; auth_request /_pta; alias $TEST_NGINX_HTML_DIR/; }
    location /closed/ { set $u $arg_u; auth_request /_pta; pta_enable on; alias $TEST_NGINX_HTML_DIR/; }
    location /moved/ { set $u $arg_u; auth_request /_pta; try_files /none /closed/a; }
    location /any/ { set $u $arg_u; satisfy any; auth_request /_pta; pta_enable on; alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> a
a
--- request eval
my ($t, $all) = (token("/x"), token("/*"));
["GET /open/a?u=/x%3Fpta=$t", "GET /open/a?u=/x?pta=$t", "GET /closed/a?u=/x?pta=$t", "GET /moved/a?u=/x?pta=$t", "GET /any/a?u=/x", "GET /any/a?u=/x?pta=$t",
 "GET /any/a?u=/x&pta=$all", "GET /closed/a?pta=$all&u=/x?pta=$t", "GET /closed/a?pta=$all&u=/x"]
--- error_code eval
[403, 200, 400, 400, 403, 200, 200, 200, 403]

=== COPY and MOVE are refused, and DELETE of a folder needs a token for what is in it
--- config
    $TEST_NGINX_KEY_1
    location = /_pta { internal; pta_gate; }
    location = /asked { pta_gate uri=/tree/; }
    location / { auth_request /_pta; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my ($exact, $all) = (token("/tree/"), token("/tree/*"));
["COPY /tree/a?pta=$all", "MOVE /tree/a?pta=$all", "DELETE /tree/?pta=$exact", "DELETE /tree/?pta=$all", "DELETE /tree/a?pta=$all", "GET /tree/?pta=$exact"]
--- error_code eval
[403, 403, 403, 200, 200, 200]
--- error_lines
pta: path mismatch, COPY and MOVE cannot be checked by "pta_gate"

=== it answers for methods that limit_except limits, and in an if block
--- config
    $TEST_NGINX_KEY_1
    location = /limited { pta_gate uri=$http_x_u; limit_except GET { allow all; } }
    location = /first { limit_except GET { allow all; } pta_gate uri=$http_x_u; }
    location = /denied { pta_gate uri=$http_x_u; limit_except GET { deny all; } }
    location = /if { if ($arg_a) { set $a b; } pta_gate uri=$http_x_u; }
--- request eval
["GET /limited", "PUT /limited\nbody", "INVENTED /first", "GET /first", "GET /denied", "POST /denied", "GET /if?a=1", "GET /if"]
--- more_headers eval
[("X-U: /a") x 5, "X-U: /a", "X-U: /a", "X-U: /a?pta=" . token("/a")]
--- error_code eval
[400, 400, 400, 400, 400, 403, 400, 204]

=== an inherited pta_enable and pta_accel_redirect do not apply to it
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_accel_redirect on;
    location /_pta {
        pta_gate uri=$http_x_u;
        pta_name t;
        location /_pta/nested { pta_enable on; pta_accel_redirect off; alias $TEST_NGINX_HTML_DIR/a; }
    }
    location / { pta_accel_redirect off; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
["GET /_pta", "GET /_pta", "GET /_pta", "GET /", "GET /_pta/nested", "GET /_pta/nested?t=" . token("/_pta/nested")]
--- more_headers eval
["X-U: /a?t=" . token("/a"), "X-U: /b?t=" . token("/a"), "X-U: /a?t=" . token("/*"), "", "X-U: /a?t=" . token("/a"), ""]
--- error_code eval
[204, 403, 204, 400, 400, 200]

=== an inherited pta_once does not apply to it
--- http_config
    pta_once_zone z:64k;
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_once zone=z;
    location = /_pta { pta_gate uri=$http_x_u; }
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
my $t = sealed(token("/a"));
["GET /_pta", "GET /a?pta=$t", "GET /a?pta=$t", "GET /_pta"]
--- more_headers eval
my $asked = "X-U: /a?pta=" . sealed(token("/a"));
[$asked, "", "", $asked]
--- error_code eval
[204, 200, 403, 204]

=== a dry run lets everything pass and says what it would do
--- config
    $TEST_NGINX_KEY_1
    location = /_pta { pta_gate uri=$http_x_u; pta_dry_run on; pta_log_level warn; }
--- request eval
[("GET /_pta") x 4]
--- more_headers eval
["X-U: /a?pta=" . token("/a"), "X-U: /a", "X-U: /a?pta=" . token("/a", expires => 1), "X-U: /a/../b?pta=" . token("/*")]
--- error_code eval
[(204) x 4]
--- response_headers eval
[map { "X-PTA-Status: $_\nCache-Control: no-store" } "ALLOWED", "MISSING_DRY_RUN", "EXPIRED_DRY_RUN", "PATH_MISMATCH_DRY_RUN"]
--- error_lines eval
[qr/\[warn\] .*pta: missing token, dry run, client/, qr/pta: path mismatch, dry run, ambiguous path in/]

=== variables in the access log of the gate and of the main request
--- http_config
    log_format verdict "$uri $status $pta_status $pta_path $pta_source $request";
--- config
    $TEST_NGINX_KEY_1
    access_log logs/access.log verdict;
    location = /_pta { internal; pta_gate; log_subrequest on; }
    location = /asked { pta_gate uri=$http_x_u; }
    location / { auth_request /_pta; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
["GET /a?pta=" . token("/a"), "GET /a", "GET /asked", "GET /asked"]
--- more_headers eval
["", "", "X-U: /b?pta=" . token("/b*"), "X-U: /c?pta=" . token("/b*")]
--- error_code eval
[200, 403, 204, 403]
--- log_lines
/_pta 204 ALLOWED /a qs GET /a?pta=*** HTTP/1.1
/a 200 - - - GET /a?pta=*** HTTP/1.1
/_pta 403 MISSING - - GET /a HTTP/1.1
/a 403 - - - GET /a HTTP/1.1
/asked 204 ALLOWED /b* qs GET /asked HTTP/1.1
/asked 403 PATH_MISMATCH /b* qs GET /asked HTTP/1.1

=== pta_require_seal and pta_bind hold
--- config
    $TEST_NGINX_KEY_1
    location = /sealed { $TEST_NGINX_SEAL_1 pta_require_seal on; pta_bind $http_x_client; pta_gate uri=$http_x_u; }
    location = /_pta { internal; $TEST_NGINX_SEAL_1 pta_require_seal on; pta_gate; }
    location / { auth_request /_pta; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
[("GET /sealed") x 4, "GET /a?pta=" . token("/a"), "GET /a?pta=" . sealed(token("/a"))]
--- more_headers eval
my $t = token("/a");
["X-U: /a?pta=$t\r\nX-Client: me", "X-U: /a?pta=" . sealed($t, bind => ["me"]) . "\r\nX-Client: me",
 "X-U: /a?pta=" . sealed($t, bind => ["me"]) . "\r\nX-Client: you", "X-U: /a?pta=" . sealed($t) . "\r\nX-Client: me", "", ""]
--- error_code eval
[400, 204, 403, 403, 403, 200]

=== pta_bind has the values of the request to the gate
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_bind $remote_addr $request_method;
    location = /_pta { internal; pta_gate; }
    location / { auth_request /_pta; root $TEST_NGINX_HTML_DIR; }
    location = /asked { pta_gate uri=$http_x_u; }
--- user_files
>>> a
a
--- request eval
my $get = sealed(token("/a"), bind => ["127.0.0.1", "GET"]);
["GET /a?pta=$get", "HEAD /a?pta=$get", "HEAD /a?pta=" . sealed(token("/a"), bind => ["127.0.0.1", "HEAD"]), "GET /asked", "OPTIONS /asked"]
--- more_headers eval
my $asked = "X-U: /a?pta=" . sealed(token("/a"), bind => ["127.0.0.1", "GET"]);
["", "", "", $asked, $asked]
--- error_code eval
[200, 403, 200, 204, 403]

=== an ambiguous path does not hide why a token is refused
--- config
    location = /_pta { $TEST_NGINX_KEY_1 pta_gate uri=$http_x_u; add_header X-Seen "$pta_status" always; }
--- request eval
[("GET /_pta") x 4]
--- more_headers eval
["X-U: /a/../b", "X-U: /a/../b?pta=zz", "X-U: /a/../b?pta=" . token("/*", expires => 1), "X-U: /a/../b?pta=" . token("/*")]
--- error_code eval
[400, 400, 410, 403]
--- response_headers eval
[map { "X-Seen: $_\n!X-PTA-Status" } "MISSING", "MALFORMED", "EXPIRED", "PATH_MISMATCH"]

=== a location that is entered before the gate is checked
--- config
    location /in/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^ /_pta last; }
    location = /_pta { $TEST_NGINX_KEY_3 pta_gate uri=/a; }
--- request eval
["GET /in/x", "GET /in/x?pta=" . token("/in/x")]
--- error_code eval
[400, 400]
--- response_body_like eval
["400 Bad Request", '^$']

=== over HTTP/2
--- http2
--- config
    location = /_pta { $TEST_NGINX_KEY_1 pta_gate uri=$http_x_u; }
--- request eval
["GET /_pta", "OPTIONS /_pta", "GET /_pta"]
--- more_headers eval
["X-U: /a?pta=" . token("/a"), "X-U: /a?pta=" . token("/a"), "X-U: /a"]
--- error_code eval
[204, 204, 400]
--- response_headers eval
["X-PTA-Status: ALLOWED", "X-PTA-Status: ALLOWED", "Content-Length: 0"]
