# pta_playlist issue: a new token for what a playlist refers to.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

our $plain = "#EXTM3U\nseg1.ts\n/other/seg2.ts\n";

run_suite();

__DATA__

=== the token of pta_issue, for its path alone, without and behind a check
--- config
    $TEST_NGINX_KEY_1
    pta_playlist issue;
    pta_issue /v/* 1h step=10m;
    location /v/ { access_log off; alias html/; }
    location /checked/ { pta_enable on; pta_issue /checked/* 1h step=10m; alias html/; }
    location /named/ { access_log off; pta_name st; pta_issue /named/* 1h step=10m; alias html/; }
    location /dry/ { pta_enable on; pta_dry_run on; pta_issue /dry/* 1h step=10m; alias html/; }
--- user_files eval
[["a.m3u8" => $::plain]]
--- table
    request             | query      | status | Cache-Control     | body
    GET /v/a.m3u8       | -          | 200    | private, no-cache | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]{64}\n/other/seg2.ts\n$
    GET /checked/a.m3u8 | /checked/* | 200    | private, no-cache | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]+\n/other/seg2.ts\n$
    GET /named/a.m3u8   | -          | 200    | private, no-cache | ^#EXTM3U\nseg1.ts\?st=[0-9a-f]+\n/other/seg2.ts\n$
    GET /dry/a.m3u8     | -          | 200    | private, no-cache | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]+\n/other/seg2.ts\n$
    HEAD /v/a.m3u8      | -          | 200    | private, no-cache | ^$

=== the token opens what the playlist refers to
--- config
    $TEST_NGINX_KEY_1
    location = /v/a.m3u8 { access_log off; pta_playlist issue; pta_issue /v/* 1h step=10m; root $TEST_NGINX_HTML_DIR; }
    location /v/ { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files eval
[["v/a.m3u8" => "#EXTM3U\n#EXT-X-MAP:URI=\"seg1.ts\"\n"], ["v/seg1.ts" => "content"]]
--- request eval
["GET /v/a.m3u8", "GET /v/seg1.ts"]
--- error_code eval
[200, 400]
--- response_body_like eval
['^#EXTM3U\n#EXT-X-MAP:URI="seg1.ts\?pta=[0-9a-f]{64}"\n\z', '400 Bad Request']

=== a refused request gets no token from its error page
--- config
    $TEST_NGINX_KEY_1
    pta_playlist issue;
    pta_issue /v/* 1h step=10m;
    location /v/ { pta_enable on; error_page 400 403 410 =200 /v/a.m3u8; alias html/; }
--- user_files eval
[["a.m3u8" => $::plain]]
--- table
    request       | query      | status | body
    GET /v/a.m3u8 | -          | 200    | ^#EXTM3U\nseg1.ts\n
    GET /v/a.m3u8 | /w/*       | 200    | ^#EXTM3U\nseg1.ts\n
    GET /v/a.m3u8 | /v/* expired | 200  | ^#EXTM3U\nseg1.ts\n
    GET /v/a.m3u8 | /v/*       | 200    | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]+\n

=== what is answered before the check gets none
--- tokens_in_logs: "return" answers before the check
--- config
    $TEST_NGINX_KEY_1
    pta_playlist issue;
    pta_issue /v/* 1h step=10m;
    location = /v/return.m3u8 { pta_enable on; return 200 "#EXTM3U\nseg\n"; }
    location = /v/phase.m3u8 { pta_enable on; pta_phase rewrite; return 200 "#EXTM3U\nseg\n"; }
    location = /v/if.m3u8 { if ($arg_check) { pta_enable on; return 200 "#EXTM3U\nseg\n"; } access_log off; return 200 "#EXTM3U\nseg\n"; }
    location = /v/any.m3u8 { pta_enable on; satisfy any; allow all; alias html/a.m3u8; }
    location = /v/page.m3u8 { pta_enable on; error_page 404 = /v/any.m3u8; alias html/none; }
--- user_files eval
[["a.m3u8" => "#EXTM3U\nseg\n"]]
--- table
    request                   | query | status | body
    GET /v/return.m3u8        | -     | 200    | ^#EXTM3U\nseg\n$
    GET /v/return.m3u8        | /v/*  | 200    | ^#EXTM3U\nseg\n$
    GET /v/phase.m3u8         | /v/*  | 200    | ^#EXTM3U\nseg\?pta=[0-9a-f]+\n$
    GET /v/phase.m3u8         | -     | 400    | 400 Bad Request
    GET /v/if.m3u8?check=1    | -     | 200    | ^#EXTM3U\nseg\n$
    GET /v/if.m3u8            | -     | 200    | ^#EXTM3U\nseg\?pta=[0-9a-f]+\n$
    GET /v/any.m3u8           | -     | 200    | ^#EXTM3U\nseg\?pta=[0-9a-f]+\n$
    GET /v/page.m3u8          | /v/*  | 200    | ^#EXTM3U\nseg\?pta=[0-9a-f]+\n$
    GET /v/page.m3u8          | -     | 400    | 400 Bad Request

=== behind auth_request
--- config
    $TEST_NGINX_KEY_1
    location /v/ { access_log off; auth_request /auth; pta_playlist issue; pta_issue /v/* 1h step=10m; alias html/; }
    location = /auth { internal; if ($http_x_user = "") { return 403; } return 204; }
--- user_files eval
[["a.m3u8" => $::plain]]
--- table
    request       | > X-User | status | body
    GET /v/a.m3u8 | me       | 200    | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]+\n
    GET /v/a.m3u8 | -        | 403    | 403 Forbidden

=== no token can be issued: no playlist
--- config
    $TEST_NGINX_KEY_1
    location / { access_log off; pta_playlist issue; pta_issue $arg_path 1h step=10m; root $TEST_NGINX_HTML_DIR; }
--- user_files eval
[["a.m3u8" => $::plain]]
--- table
    request                 | status | body
    GET /a.m3u8?path=/a.m3u8 | 200   | ^#EXTM3U\nseg1.ts\n
    GET /a.m3u8?path=x      | 500    | 500 Internal Server Error
    GET /a.m3u8             | 500    | 500 Internal Server Error
--- error_lines
pta: no token issued, the path of "pta_issue" does not begin with "/"
pta: playlist not sent, no token could be issued
