# pta_playlist beside nginx's own filters: what comes before it is signed, and the rest changes only what is signed.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

our $plain = "#EXTM3U\n#EXTINF:6,caf\xe9\nseg1.ts\nseg2.ts\n";
our $token = PTA::token('/*');
our $signed = $plain =~ s/\.ts/.ts?pta=$token/gr;

run_suite();

__DATA__

=== sub_filter comes first: another host gets no token
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_playlist forward;
    sub_filter_types *;
    sub_filter_once off;
    location /host/ { sub_filter seg1 http://other.example/seg1; alias html/; }
    location /back/ { sub_filter seg http://$host:$server_port/back/seg; alias html/; }
    location /magic/ { sub_filter '#EXTM3U' 'nothing'; alias html/; }
    location /token/ { sub_filter '?pta=' '?stolen='; alias html/; }
--- user_files eval
[["a.m3u8" => $::plain]]
--- request eval
[map { "GET /$_/a.m3u8?pta=$::token" } qw(host back magic token)]
--- more_headers eval
("Host: localhost:$ENV{TEST_NGINX_SERVER_PORT}") x 4
--- error_code eval
[(200) x 4]
--- response_body eval
[$::signed =~ s{seg1\.ts\?pta=$::token}{http://other.example/seg1.ts}r,
 $::signed =~ s{seg}{http://localhost:$ENV{TEST_NGINX_SERVER_PORT}/back/seg}gr,
 $::plain =~ s{#EXTM3U}{nothing}r,
 $::signed]

=== add_header and expires come first: their lines about caches and content do not remain
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_playlist forward;
    add_header ETag '"x"';
    add_header X-Own own;
    location /expires/ { expires 1h; alias html/; }
    location /max/ { expires max; alias html/; }
    location /always/ {
        add_header Cache-Control public always; add_header Cache-Control "max-age=60"; add_header Last-Modified "Sat, 01 Jan 2000 00:00:00 GMT";
        add_header Accept-Ranges bytes; add_header Content-Range "bytes 0-1/2"; add_header Expires 0;
        add_header Content-MD5 x; add_header Digest x; add_header Content-Digest x; add_header Repr-Digest x; add_header etag y;
        alias html/;
    }
    location /no-store/ { add_header Cache-Control "no-store, max-age=0"; expires 1h; alias html/; }
    location /expires-off/ { expires epoch; alias html/; }
    location /own/ { alias html/; }
--- user_files eval
[["a.m3u8" => $::plain]]
--- request eval
[map { "GET /$_/a.m3u8?pta=$::token" } qw(expires max always no-store expires-off own)]
--- response_headers eval
my $none = CORE::join "\n", map { "!$_" } qw(ETag Last-Modified Accept-Ranges Content-Range Expires Content-MD5 Digest Content-Digest Repr-Digest);
my $usual = "Cache-Control: private, no-cache\n$none";
[$usual, $usual, $usual, "Cache-Control: max-age=3600, no-store, max-age=0\n$none", $usual, "$usual\nX-Own: own"]
--- response_body eval
[($::signed) x 6]

=== charset comes first, gzip last
--- http_config
    charset_map windows-1251 utf-8 { E9 D0B9; }
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_playlist forward;
    location /utf-8/ { types {} default_type audio/mpegurl; charset utf-8; source_charset windows-1251; charset_types *; alias html/; }
    location /gzip/ { gzip on; gzip_types *; gzip_min_length 1; gzip_vary on; alias html/; }
--- user_files eval
[["a.m3u8" => $::plain]]
--- request eval
[map { "GET /$_/a.m3u8?pta=$::token" } qw(utf-8 gzip gzip)]
--- more_headers eval
["", "Accept-Encoding: gzip", ""]
--- response_headers eval
["Content-Type: audio/mpegurl; charset=utf-8\nContent-Length: " . (1 + length $::signed), "Content-Encoding: gzip\n!Content-Length\nCache-Control: private, no-cache", "!Content-Encoding\nContent-Length: " . length $::signed]
--- response_body_like eval
["caf\xd0\xb9\nseg1\\.ts\\?pta=$::token\nseg2\\.ts\\?pta=$::token\n\\z", "^\x1f\x8b", "^" . quotemeta($::signed) . "\\z"]

=== one byte per chunk, one byte per write, slowly, and in pieces
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        sendfile off; output_buffers 1 1; postpone_output 0; ssi on; ssi_types *; tcp_nodelay on;
        root $TEST_NGINX_HTML_DIR;
    }
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_playlist forward;
    location / { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
    location /unbuffered/ { proxy_http_version 1.1; proxy_buffering off; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
    location /tiny/ { proxy_buffering off; proxy_buffer_size 1k; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
    location /closed/ { proxy_http_version 1.0; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
    location /slow/ { limit_rate 400; postpone_output 0; output_buffers 1 16; alias html/; }
--- user_files eval
[["a.m3u8" => $::plain]]
--- request eval
[map { "GET /$_/a.m3u8?pta=$::token" } qw(. unbuffered tiny closed slow)]
--- response_headers eval
[("Content-Length: " . length $::signed) x 5]
--- response_body eval
[($::signed) x 5]

=== pipelined requests, between good and bad ones
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_playlist forward;
    location /v/ { alias html/; }
    location /small/ { pta_playlist_max_size 9; proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/open/; }
    location /open/ { pta_enable off; access_log off; alias html/; }
    location = /empty.m3u8 { pta_phase rewrite; return 200; }
    location = /no-list.m3u8 { pta_phase rewrite; return 200 "no list\n"; }
--- user_files eval
[["a.m3u8" => $::plain]]
--- pipelined_requests eval
[map { "GET /$_?pta=$::token" } qw(v/a.m3u8 small/a.m3u8 v/a.m3u8 empty.m3u8 no-list.m3u8 v/none.m3u8 v/a.m3u8 v/a.m3u8)]
--- error_code eval
[200, 502, 200, 200, 200, 404, 200, 200]
--- response_body_like eval
my $signed = "^" . quotemeta($::signed) . "\\z";
[$signed, "^<html>", $signed, "^\\z", "^no list\n\\z", "^<html>", $signed, $signed]

=== a cache keeps the unsigned playlist, whoever comes first
--- http_config
    proxy_cache_path $TEST_NGINX_HTML_DIR/cache keys_zone=playlists:1m;
    server { listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2; access_log off; root $TEST_NGINX_HTML_DIR; }
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_auth_method qs cookie;
    pta_playlist forward;
    proxy_cache playlists; proxy_cache_valid any 1h; proxy_cache_key $uri;
    add_header X-Cache $upstream_cache_status;
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- user_files eval
[["a.m3u8" => $::plain], ["b.m3u8" => $::plain], ["c.m3u8" => $::plain]]
--- request eval
[(map { "GET /$_" } "a.m3u8?pta=$::token", "a.m3u8", "b.m3u8", "b.m3u8?pta=$::token", "a.m3u8?pta=$::token"), "HEAD /c.m3u8?pta=$::token", "GET /c.m3u8?pta=$::token", "GET /c.m3u8"]
--- more_headers eval
my $cookie = "Cookie: pta=$::token";
["", $cookie, $cookie, "", "", "", "", $cookie]
--- response_headers eval
["X-Cache: MISS", "X-Cache: HIT\nContent-Length: " . length $::plain, "X-Cache: MISS", "X-Cache: HIT", "X-Cache: HIT", "X-Cache: MISS", "X-Cache: HIT", "X-Cache: HIT"]
--- response_body eval
[$::signed, $::plain, $::plain, $::signed, $::signed, "", $::signed, $::plain]
