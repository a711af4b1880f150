# The variables $pta_...

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== each verdict sets its status word, source, key, path and expiry
--- http_config
    log_format pta '[$pta_status][$pta_source][$pta_key][$pta_path][$pta_expires]';
    access_log logs/pta.log pta;
--- config
    location / {
        access_log logs/access.log pta;
        $TEST_NGINX_KEY_1
        $TEST_NGINX_KEY_2
        pta_enable on;
        pta_auth_method qs cookie;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
["GET /a?pta=" . token("/a"), "GET /a?pta=" . token("/*", pair => 2, expires => 4000000000), "GET /a", "GET /a?pta=zz",
 "GET /a?pta=00", "GET /a?pta=" . token("/a", expires => 5), "GET /a?pta=" . token("/b"), "GET /a"]
--- more_headers eval
["", "", "", "", "", "", "", "Cookie: pta=zz; pta=" . token("/a")]
--- error_code eval
[200, 200, 400, 400, 403, 410, 403, 200]
--- log_lines
[ALLOWED][qs][1st][/a][4102444800]
[ALLOWED][qs][2nd][/*][4000000000]
[MISSING][-][-][-][-]
[MALFORMED][qs][-][-][-]
[UNDECRYPTABLE][qs][-][-][-]
[EXPIRED][qs][1st][/a][5]
[PATH_MISMATCH][qs][1st][/b][4102444800]
[ALLOWED][cookie][1st][/a][4102444800]

=== variables are empty if no check has run
--- config
    location / {
        add_header X-Seen "[$pta_status][$pta_source][$pta_key][$pta_path][$pta_expires][$pta_remaining][$pta_presented][$pta_request_uri]";
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request
GET /a?pta=zz&x=1
--- response_headers
X-Seen: [][][][][][][][/a?pta=***&x=1]

=== variables work in add_header, map and proxy_set_header
--- http_config
    map $pta_status $verdict_class { ALLOWED valid; default refused; }
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        location / { return 200 "$http_x_status $http_x_path $http_x_class\n"; }
    }
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        add_header X-Status "$pta_status $verdict_class" always;
        proxy_set_header X-Status $pta_status;
        proxy_set_header X-Path $pta_path;
        proxy_set_header X-Class $verdict_class;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
--- request eval
["GET /a?pta=" . token("/a*"), "GET /a?pta=" . token("/a", expires => 1)]
--- error_code eval
[200, 410]
--- response_headers eval
["X-Status: ALLOWED valid", "X-Status: EXPIRED refused"]
--- response_body_like eval
["^ALLOWED /a\\* valid\n\$", "410 Gone"]

=== a variable that is read before the check has its value after it
--- http_config
    map $pta_status $once { "" none; default some; }
    map $pta_status $anew { volatile; "" none; default some; }
--- config
    set $early "[$pta_status]";
    location / {
        set $later "[$pta_status][$once][$anew]";
        if ($pta_status) { return 500; }
        $TEST_NGINX_KEY_1
        pta_enable on;
        add_header X-Early "$early$later";
        add_header X-Late "[$pta_status][$once][$anew]";
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
"GET /a?pta=" . token("/a")
--- response_headers
X-Early: [][][none][none]
X-Late: [ALLOWED][none][some]

=== variables keep their values after internal redirects
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    add_header X-Seen "$pta_status $pta_source $pta_key $pta_path." always;
    location / { pta_enable on; }
    location = /index.html { pta_enable on; }
    location /n/ { pta_enable on; try_files /nonexistent @open; }
    location @open { rewrite ^ /index.html break; }
    location /e/ { pta_enable on; error_page 400 403 410 =200 /index.html; }
--- user_files
>>> index.html
index
--- table
    request        | query     | status | X-Seen
    GET /          | /         | 200    | ALLOWED qs 1st /.
    GET /n/x       | /n/*      | 200    | ALLOWED qs 1st /n/*.
    GET /e/        | / expired | 200    | EXPIRED qs 1st /.
    GET /e/?pta=zz | -         | 200    | MALFORMED qs  .

=== $pta_remaining has the seconds left, or 0 after the expiry
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        add_header X-Remaining $pta_remaining always;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
["GET /a?pta=" . token("/a", expires => time + 1000), "GET /a?pta=" . token("/a", expires => 1), "GET /a?pta=" . token("/a", expires => -9223372036854775807)]
--- error_code eval
[200, 410, 410]
--- response_headers_like eval
["X-Remaining: (1000|9\\d\\d)", "X-Remaining: 0", "X-Remaining: 0"]

=== $pta_presented has the accepted token
--- tokens_in_logs: $pta_presented is the token
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method qs cookie;
        add_header X-Presented "[$pta_presented]" always;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- more_headers eval
["", "", "", "Cookie: pta=zz; pta=" . uc token("/a")]
--- request eval
["GET /a?pta=" . token("/a"), "GET /a?pta=" . token("/b"), "GET /a?pta=zz", "GET /a"]
--- error_code eval
[200, 403, 400, 200]
--- response_headers eval
["X-Presented: [" . token("/a") . "]", "X-Presented: []", "X-Presented: []", "X-Presented: [" . uc(token("/a")) . "]"]

=== $pta_request_uri has the client's masked request target, even after rewrites
--- config
    $TEST_NGINX_KEY_1
    add_header X-Target $pta_request_uri always;
    root $TEST_NGINX_HTML_DIR;
    rewrite ^/in/(.*)$ /a?x=$1;
    location / { pta_enable on; }
    location /n/ { $TEST_NGINX_KEY_3 pta_enable on; pta_name st; rewrite ^ /a last; }
--- user_files
>>> a
a
--- request eval
["GET /a?b=1&pta=" . token("/a") . "&PTA=2&c", "GET /in/x?pta=" . token("/in/x"), "GET /a?pta=" . token("/c"),
 "GET /n/x?st=" . token("/n/x", pair => 3) . "&pta=" . token("/n/x"), "GET /a?pta"]
--- error_code eval
[200, 200, 403, 200, 400]
--- response_headers eval
["X-Target: /a?b=1&pta=***&PTA=***&c", "X-Target: /in/x?pta=***", "X-Target: /a?pta=***", "X-Target: /n/x?st=***&pta=***", "X-Target: /a?pta"]

=== in a subrequest, the variables are those of the main request
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    location / { pta_enable on; ssi on; ssi_types text/plain; }
    location /part { pta_enable on; ssi on; ssi_types text/plain; }
--- user_files
>>> page
<!--# include virtual="/part" -->
>>> part
[<!--# echo var="pta_status" -->]
--- request eval
"GET /page?pta=" . token("/page")
--- response_body_like: ^\[ALLOWED\]

=== $pta_request_uri is masked by the pta_name of the checked location, also on its error page
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    error_page 403 /err/e;
    add_header X-Target $pta_request_uri always;
    location /v/ { pta_enable on; pta_name tok; }
    location /err/ { pta_enable on; }
--- user_files
>>> err/e
page
--- request eval
"GET /v/a?tok=" . token("/x")
--- error_code: 403
--- response_headers
X-Target: /v/a?tok=***

=== a path with line ends does not add a header line
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; add_header X-Path "[$pta_path]" always; root $TEST_NGINX_HTML_DIR; }
--- request eval
"GET /b?pta=" . token("/a\r\nX-Evil: 1")
--- error_code: 403
--- response_headers
X-Path: []
! X-Evil
