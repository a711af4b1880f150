# nginx-config/recipes/media-and-uploads.conf.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== media need a token, except in the public folder
--- http_config eval
recipe('media-and-uploads.conf', '/srv/site' => '$TEST_NGINX_HTML_DIR')
--- config
    location / { proxy_set_header Host www.example.org; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- tokens_in_logs: the server in front is open
--- user_files
>>> media/report.pdf
report
>>> media/public/logo.png
logo
--- request eval
["GET /media/report.pdf", "GET /media/report.pdf?token=" . token("/media/report.pdf"), "GET /media/report.pdf?pta=" . token("/media/report.pdf"),
 "GET /media/public/logo.png", "GET /media/report.pdf?token=" . token("/media/*", expires => 1), "GET /media/public/../report.pdf"]
--- error_code eval
[400, 200, 400, 200, 410, 400]

=== a token for an upload slot allows PUT to its own folder until it expires
--- http_config eval
recipe('media-and-uploads.conf', '/srv/site' => '$TEST_NGINX_HTML_DIR')
--- config
    location / { proxy_set_header Host www.example.org; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location /stored/ { alias $TEST_NGINX_HTML_DIR/upload/; }
--- tokens_in_logs: the server in front is open
--- request eval
my $slot = token("/upload/s1/*");
["PUT /upload/s1/photo.jpg\nno token", "PUT /upload/s1/photo.jpg?token=$slot\nthe photo", "PUT /upload/s1/deep/er.jpg?token=$slot\ndeeper",
 "PUT /upload/s2/photo.jpg?token=$slot\nother slot", "PUT /upload/s1/late.jpg?token=" . token("/upload/s1/*", expires => 1) . "\nlate",
 "GET /upload/s1/photo.jpg?token=$slot", "DELETE /upload/s1/photo.jpg?token=$slot", "GET /stored/s1/photo.jpg", "GET /stored/s2/photo.jpg", "GET /stored/s1/late.jpg"]
--- error_code eval
[400, 201, 201, 403, 410, 403, 403, 200, 404, 404]
--- response_body_like eval
["400", "", "", "403", "410", "403", "403", "^the photo", "404", "404"]

=== a refused upload gets its status before the body is read
--- http_config eval
recipe('media-and-uploads.conf', '/srv/site' => '$TEST_NGINX_HTML_DIR', 'listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;' => 'listen 127.0.0.1:$TEST_NGINX_RAND_PORT_3;')
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    pta_name token;
    lingering_timeout 100ms;
    location /upload/ { pta_enable on; dav_methods PUT; create_full_put_path on; }
--- raw_request eval
"PUT /upload/s1/big HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n"
--- error_code: 400

=== an allowed upload gets status 100
--- config
    root $TEST_NGINX_HTML_DIR;
    $TEST_NGINX_KEY_1
    pta_name token;
    location /upload/ { pta_enable on; dav_methods PUT; create_full_put_path on; }
--- raw_request eval
"PUT /upload/s1/big?token=" . token("/upload/s1/*") . " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\nExpect: 100-continue\r\n\r\nbody"
--- error_code: 100
