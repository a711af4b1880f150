# pta_metrics_zone, pta_metrics_label and pta_metrics: what is counted, and how it is shown.
# tests/metrics/ has reloads, many workers, and the page.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

no_shuffle();
run_suite();

__DATA__

=== decisions are counted by verdict, source and key
--- http_config
    pta_metrics_zone m:64k;
--- config
    $TEST_NGINX_KEY_1
    $TEST_NGINX_KEY_2
    pta_auth_method qs cookie;
    location /a/ { pta_enable on; pta_metrics_label a; empty_gif; }
    location /dry/ { pta_enable on; pta_dry_run on; pta_metrics_label dry; empty_gif; }
    location /none/ { pta_enable on; empty_gif; }
    location = /metrics { pta_metrics; }
--- table
    request      | query      | cookie     | status | body
    GET /a/x     | /a/*       | -          | 200    | GIF
    GET /a/x     | /a/* pair 2 | -         | 200    | GIF
    GET /a/x     | -          | /a/*       | 200    | GIF
    GET /a/x     | -          | /a/*       | 200    | GIF
    GET /a/x     | -          | -          | 400    | 400
    GET /a/x     | /b         | -          | 403    | 403
    GET /a/x     | /a/* expired | -        | 410    | 410
    GET /a/x     | /a/* pair 3 | -         | 403    | 403
    GET /dry/x   | -          | -          | 200    | GIF
    GET /dry/x   | /dry/*     | -          | 200    | GIF
    GET /none/x  | -          | -          | 400    | 400
    GET /metrics | -          | -          | 200    | (?s)\n# TYPE nginx_pta_checks_total counter\nnginx_pta_checks_total\{label="a",verdict="allowed"\} 4\n.*"missing"\} 1\n.*"malformed"\} 0\n.*"undecryptable"\} 1\n.*"expired"\} 1\n.*"path_mismatch"\} 1\n.*label="dry",verdict="allowed"\} 1\n.*"missing"\} 1\n
    GET /metrics | -          | -          | 200    | (?s)\nnginx_pta_dry_run_total\{label="a",verdict="allowed"\} 0\n.*label="dry",verdict="allowed"\} 1\n.*"missing"\} 1\n
    GET /metrics | -          | -          | 200    | \nnginx_pta_allowed_total\{label="a",source="qs",key="1st",sealed="0"\} 1\n
    GET /metrics | -          | -          | 200    | \nnginx_pta_allowed_total\{label="a",source="qs",key="2nd",sealed="0"\} 1\n
    GET /metrics | -          | -          | 200    | \nnginx_pta_allowed_total\{label="a",source="cookie",key="1st",sealed="0"\} 2\n
    GET /metrics | -          | -          | 200    | \nnginx_pta_key_last_used_timestamp_seconds\{label="dry",key="2nd"\} 0\n
    GET /metrics?format=json | - | -       | 200    | "nginx_pta_checks_total":\{"a":\{"allowed":4,"missing":1,"malformed":0,

=== the forms, and what is refused
--- http_config
    pta_metrics_zone m:64k;
--- config
    location = /metrics { pta_metrics; }
    location = /json { pta_metrics json; }
    location = /html { pta_metrics html; }
--- table
    request                         | status | Content-Type                             | Cache-Control | X-Content-Type-Options
    GET /metrics                    | 200    | text/plain; version=0.0.4; charset=utf-8 | no-store      | nosniff
    HEAD /metrics                   | 200    | text/plain; version=0.0.4; charset=utf-8 | no-store      | nosniff
    GET /metrics?format=json        | 200    | application/json                         | no-store      | nosniff
    GET /metrics?format=html        | 200    | text/html; charset=utf-8                 | no-store      | nosniff
    GET /json                       | 200    | application/json                         | no-store      | nosniff
    GET /json?format=prometheus     | 200    | text/plain; version=0.0.4; charset=utf-8 | no-store      | nosniff
    GET /html                       | 200    | text/html; charset=utf-8                 | no-store      | nosniff
    HEAD /html                      | 200    | text/html; charset=utf-8                 | no-store      | nosniff
    GET /metrics?format=xml         | 400    | text/html                                |               |
    GET /metrics?format=            | 400    | text/html                                |               |
    POST /metrics a                 | 405    | text/html                                |               |
    DELETE /html                    | 405    | text/html                                |               |

=== no cache may store the pages, whatever else is configured
--- http_config
    pta_metrics_zone m:64k;
--- config
    expires 1h;
    add_header Cache-Control public always;
    location = /text { pta_metrics; }
    location = /json { pta_metrics json; expires max; }
    location = /html { pta_metrics html; }
--- request eval
["GET /text", "GET /json", "GET /html", "HEAD /html"]
--- raw_response_headers_like eval
[('^(?!.*(Expires|Cache-Control:.*Cache-Control:|public|max-age)).*\r\nCache-Control: no-store\b') x 4]

=== a request is counted and logged once, although an internal redirect repeats its check
--- http_config
    pta_metrics_zone m:64k;
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    root $TEST_NGINX_HTML_DIR;
    index index.txt;
    location /dry/ { pta_dry_run on; pta_metrics_label dry; }
    location /any/ { satisfy any; allow all; pta_metrics_label any; }
    location /all/ { pta_metrics_label all; }
    location = /metrics { pta_enable off; pta_metrics; }
--- user_files
>>> dry/index.txt
index
>>> any/index.txt
index
>>> all/index.txt
index
--- table
    request      | query       | status | body
    GET /dry/    | -           | 200    | index
    GET /dry/    | /* expired  | 200    | index
    GET /dry/    | /*          | 200    | index
    GET /any/    | -           | 200    | index
    GET /all/    | /*          | 200    | index
    GET /all/    | -           | 400    | 400
    GET /metrics | -           | 200    | (?s)_checks_total\{label="all",verdict="allowed"\} 1\n.*"missing"\} 1\n.*label="any",verdict="allowed"\} 0\n.*"missing"\} 1\n.*label="dry",verdict="allowed"\} 1\n.*"missing"\} 1\n.*"expired"\} 1\n.*_dry_run_total\{label="dry",verdict="allowed"\} 1\n.*"missing"\} 1\n.*"expired"\} 1\n
--- error_lines eval
[map { qr/\A(?s)(?!.*$_.*$_).*$_/ } "missing token, dry run", "expired token, dry run", "missing token, client.*?GET \/any\/"]

=== a token that allows only a redirect, and a request that is rewritten elsewhere
--- http_config
    pta_metrics_zone m:64k;
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    location /r/ { pta_accel_redirect on; pta_metrics_label r; rewrite ^ /a/x last; }
    location /a/ { pta_enable off; empty_gif; }
    location = /metrics { pta_enable off; pta_metrics; }
--- table
    request      | query | status | body
    GET /r/x     | /a/x  | 403    | 403
    GET /metrics | -     | 200    | (?s)_checks_total\{label="r",verdict="allowed"\} 1\n.*"path_mismatch"\} 1\n
--- error_lines
pta: rewritten to another location than the token redirects to

=== tokens that nginx issues
--- http_config
    pta_metrics_zone m:64k;
--- config
    $TEST_NGINX_KEY_1
    location /issue/ {
        access_log off;
        pta_issue /a/* 1h; pta_metrics_label issue; add_header X-Token $pta_token; add_header X-Other $pta_token; empty_gif;
    }
    location = /metrics { pta_metrics; }
--- table
    request      | status | body
    GET /issue/  | 200    | GIF
    GET /metrics | 200    | \nnginx_pta_issued_total\{label="issue"\} 2\n

=== in a subrequest, and compressed
--- http_config
    pta_metrics_zone m:64k;
--- config
    location = /metrics { pta_metrics; }
    location = /page { ssi on; default_type text/html; return 200 '<!--#include virtual="/metrics" -->!'; }
    location = /zip { pta_metrics json; gzip on; gzip_min_length 1; gzip_types application/json; }
--- table
    request   | > Accept-Encoding | status | Content-Encoding
    GET /page | -                 | 200    | -
    GET /zip  | gzip              | 200    | gzip
    GET /zip  | -                 | 200    | -
--- response_body_like eval
["^# HELP nginx_pta_checks_total (?s).*nginx_pta_build_info\\{.* 1\n!\$", ".", "^\\{\"nginx_pta_checks_total\":\\{\\},"]
