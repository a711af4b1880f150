# pta_issue off, and $pta_token without pta_issue.
# tests/configuration/test_issue.py tests the configurations that nginx refuses.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== pta_issue off cancels the inherited pta_issue for all locations below
--- config
    $TEST_NGINX_KEY_1
    pta_issue /x 60s;
    location /on { return 200 "[$pta_token]"; }
    location /off {
        pta_issue off;
        return 200 "[$pta_token][$pta_token_expires]";
        location /off/off { return 200 "[$pta_token][$pta_token_expires]"; }
        location /off/on { pta_issue /y 60s; return 200 "[$pta_token]"; }
    }
--- table
    request      | status | body
    GET /on      | 200    | ^\[[0-9a-f]{32}\]$
    GET /off     | 200    | ^\[\]\[\]$
    GET /off/off | 200    | ^\[\]\[\]$
    GET /off/on  | 200    | ^\[[0-9a-f]{32}\]$

=== pta_issue can be off at the top and on below
--- http_config
    pta_issue OFF;
--- config
    $TEST_NGINX_KEY_1
    location /off { return 200 "[$pta_token]"; }
    location /on { pta_issue /y 60s; return 200 "[$pta_token]"; }
--- request eval
["GET /off", "GET /on"]
--- response_body_like eval
["^\\[\\]\$", "^\\[[0-9a-f]{32}\\]\$"]

=== without pta_issue, $pta_token is empty and logged once for each location
--- config
    $TEST_NGINX_KEY_1
    location /a { return 200 "[$pta_token]"; }
    location /b { return 200 "[$pta_token_expires][$pta_token]"; }
    location /c { pta_issue /c 60s; return 200 "[$pta_token]"; }
    location /d { return 200 "d"; }
--- table
    request | status | body
    GET /a  | 200    | ^\[\]$
    GET /a  | 200    | ^\[\]$
    GET /b  | 200    | ^\[\]\[\]$
    GET /c  | 200    | ^\[[0-9a-f]{32}\]$
    GET /a  | 200    | ^\[\]$
    GET /b  | 200    | ^\[\]\[\]$
    GET /d  | 200    | d
    GET /c  | 200    | ^\[[0-9a-f]{32}\]$
--- error_lines eval
my $other = qr/(?:(?!no "pta_issue" applies).)*/s;
my $line = 'pta: $pta_token or $pta_token_expires is empty, no "pta_issue" applies in location';
[qr/\A$other\Q$line "\/a"\E$other\Q$line "\/b"\E$other\z/s, qr/\[error\] [^\n]*\Q$line "\/a", client: \E/]

=== a missing pta_issue is logged in if blocks and named locations, too
--- config
    $TEST_NGINX_KEY_1
    location /if { if ($arg_x) { return 200 "[$pta_token]"; } return 200 "no"; }
    location /named { error_page 418 = @named; return 418; }
    location @named { return 200 "[$pta_token]"; }
--- table
    request     | status | body
    GET /if?x=1 | 200    | ^\[\]$
    GET /if?x=1 | 200    | ^\[\]$
    GET /named  | 200    | ^\[\]$
    GET /named  | 200    | ^\[\]$
--- error_lines eval
my $other = qr/(?:(?!no "pta_issue" applies).)*/s;
qr/\A$other no "pta_issue" applies in location "\/if"$other no "pta_issue" applies in location "\@named"$other\z/s

=== the log line masks the client's token
--- config
    $TEST_NGINX_KEY_1
    location / { return 200 "[$pta_token]"; }
--- request eval
"GET /a?pta=" . token("/a")
--- response_body chomp
[]
--- error_lines
no "pta_issue" applies in location "/", client: 127.0.0.1, server: localhost, request: "GET /a?pta=*** HTTP/1.1"

=== with pta_mask off, the log line has the request as it was sent
--- config
    $TEST_NGINX_KEY_1
    location / { pta_mask off; return 200 "[$pta_token]"; }
--- request eval
"GET /a?pta=1" . token("/a")
--- response_body chomp
[]
--- tokens_in_logs: pta_mask off
--- error_lines eval
"request: \"GET /a?pta=1" . token("/a")

=== reading $pta_token before the check does not hide the client's token from it
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; set $token $pta_token; add_header X-Token "[$token]"; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
"GET /a?b=1&pta=" . token("/a")
--- response_body
a
--- response_headers
X-Token: []
