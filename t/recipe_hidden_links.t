# nginx-config/recipes/hidden-links.conf.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== the link serves the file, and the file's own path is not found
--- http_config eval
recipe('hidden-links.conf', '/srv/private' => '$TEST_NGINX_HTML_DIR')
--- config
    location / { proxy_set_header Host www.example.org; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- tokens_in_logs: the server in front is open
--- user_files
>>> files/2026/report-0815.pdf
the report
--- table
    request                         | query                       | status | Content-Disposition
    GET /dl?name=report.pdf         | /files/2026/report-0815.pdf | 200    | attachment; filename="report.pdf"
    GET /dl                         | /files/2026/report-0815.pdf | 200    | attachment
    GET /dl?name=a%22b              | /files/2026/report-0815.pdf | 200    | attachment
    GET /dl?name=a;b                | /files/2026/report-0815.pdf | 200    | attachment
    GET /files/2026/report-0815.pdf | -                           | 404    | -
    GET /files/2026/report-0815.pdf | /files/2026/report-0815.pdf | 404    | -
    GET /dl                         | -                           | 400    | -
--- response_body_like eval
[("^the report\n\$") x 4, ("404 Not Found") x 2, "400 Bad Request"]

=== wildcards, other paths and expired links are refused
--- http_config eval
recipe('hidden-links.conf', '/srv/private' => '$TEST_NGINX_HTML_DIR')
--- config
    location / { proxy_set_header Host www.example.org; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- tokens_in_logs: the server in front is open
--- user_files
>>> files/a
a
--- request eval
["GET /dl?pta=" . token("/files/*"), "GET /dl?pta=" . token("/files/../secret"), "GET /dl?pta=" . token("/files/a", expires => 1),
 "GET /dl?pta=" . token("/files/none"), "GET /dl?pta=" . token("/files/a", pair => 2)]
--- error_code eval
[403, 403, 410, 404, 403]
