# pta_playlist: a playlist is never sent without its tokens, or cut, by mistake.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

our $plain = "#EXTM3U\n#EXTINF:6,\nseg1.ts\n";

run_suite();

__DATA__

=== longer than pta_playlist_max_size, before and after signing
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        root $TEST_NGINX_HTML_DIR;
        # Without Content-Length.
        location /chunked/ { alias html/; ssi on; ssi_types *; }
    }
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    pta_playlist_max_size 100;
    location / { root $TEST_NGINX_HTML_DIR; }
    location /proxy/ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
    location /unbuffered/ { proxy_buffering off; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
    location /chunked/ { proxy_http_version 1.1; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/chunked/; }
    location /small/ { sendfile off; output_buffers 2 16; alias html/; }
    location /enough/ { pta_playlist_max_size 1k; alias html/; }
--- user_files eval
[["long.m3u8" => "#EXTM3U\n#" . "x" x 92 . "\n"], ["full.m3u8" => "#EXTM3U\n#" . "x" x 90 . "\n"], ["grows.m3u8" => "#EXTM3U\n" . "a\n" x 4],
 ["text.m3u8" => "x" x 101]]
--- table
    request                   | query | status | Cache-Control
    GET /long.m3u8            | /*    | 500    | -
    GET /full.m3u8            | /*    | 200    | private, no-cache
    GET /grows.m3u8           | /*    | 500    | -
    GET /text.m3u8            | /*    | 500    | -
    HEAD /long.m3u8           | /*    | 500    | -
    GET /small/grows.m3u8     | /*    | 500    | -
    GET /proxy/long.m3u8      | /*    | 502    | -
    GET /proxy/grows.m3u8     | /*    | 502    | -
    GET /unbuffered/long.m3u8 | /*    | 502    | -
    GET /chunked/long.m3u8    | /*    | 502    | -
    GET /chunked/full.m3u8    | /*    | 200    | private, no-cache
    GET /enough/grows.m3u8    | /*    | 200    | private, no-cache
--- error_lines
[error]
pta: playlist not sent, it is longer than 100 bytes, increase "pta_playlist_max_size"
pta: playlist not sent, with its tokens, it would be longer than 100 bytes, increase "pta_playlist_max_size"

=== one error line for one refusal
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    pta_playlist_max_size 10;
    root $TEST_NGINX_HTML_DIR;
--- user_files eval
[["a.m3u8" => $::plain]]
--- request eval
"GET /a.m3u8?pta=" . token("/*")
--- error_code: 500
--- grep_error_log eval: qr/pta: [^,]*, [^,]*/
--- grep_error_log_out
pta: playlist not sent, it is longer than 10 bytes

=== a piece of a playlist is refused, the whole is signed
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        root $TEST_NGINX_HTML_DIR;
    }
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location /plain/ { proxy_set_header Range ""; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
--- user_files eval
[["a.m3u8" => $::plain]]
--- table
    request            | query | > Range       | status | Content-Range
    GET /a.m3u8        | /*    | bytes=0-      | 200    | -
    GET /a.m3u8        | /*    | bytes=0-26    | 200    | -
    GET /a.m3u8        | /*    | bytes=0-25    | 502    | -
    GET /a.m3u8        | /*    | bytes=1-      | 502    | -
    GET /a.m3u8        | /*    | bytes=0-1,3-4 | 502    | -
    HEAD /a.m3u8       | /*    | bytes=1-      | 502    | -
    GET /plain/a.m3u8  | /*    | bytes=1-      | 200    | -
--- error_lines
pta: playlist not sent, it is only a part of the playlist, use "proxy_set_header Range """

=== error_page applies, also one that asks another upstream
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        add_header Content-Encoding br;
        add_header X-Of-Playlist yes always;
        root $TEST_NGINX_HTML_DIR;
    }
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    location /a/ { error_page 502 /page; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
    location /b/ { error_page 502 =200 /page; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
    location /c/ { error_page 502 = @other; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
    location /d/ { error_page 500 =200 /short.m3u8; pta_playlist_max_size 10; alias html/; }
    location /e/ { error_page 500 =200 /short.m3u8; pta_playlist_max_size 30; alias html/; }
    location = /page { return 200 "page\n"; }
    location = /short.m3u8 { root $TEST_NGINX_HTML_DIR; }
    location @other { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- user_files eval
[["a.m3u8" => $::plain], ["short.m3u8" => "#EXTM3U\nx\n"]]
--- table
    request       | query | status | X-Of-Playlist | body
    GET /a/a.m3u8 | /*    | 502    | -             | ^page\n$
    GET /b/a.m3u8 | /*    | 200    | -             | ^page\n$
    GET /c/a.m3u8 | /*    | 200    | -             | ^GET /c/a.m3u8 cookie=\n$
    GET /d/a.m3u8 | /*    | 200    | -             | ^#EXTM3U\nx\?pta=[0-9a-f]+\n$
    GET /e/a.m3u8 | /*    | 200    | -             | ^#EXTM3U\nx\?pta=[0-9a-f]+\n$

=== a refusal is not cached: others may get the response
--- http_config
    proxy_cache_path $TEST_NGINX_HTML_DIR/cache keys_zone=playlists:1m;
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        root $TEST_NGINX_HTML_DIR;
        location /br/ { alias html/; add_header Content-Encoding br; }
    }
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    pta_auth_method qs cookie;
    proxy_cache playlists; proxy_cache_valid any 1h; proxy_cache_key $uri;
    location /br/ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; add_header X-Cache $upstream_cache_status; }
    location /max/ { pta_playlist_max_size 30; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; add_header X-Cache $upstream_cache_status; }
--- user_files eval
[["a.m3u8" => $::plain]]
--- table
    request         | query | cookie | status | X-Cache
    GET /br/a.m3u8  | /*    | -      | 502    | -
    GET /br/a.m3u8  | -     | /*     | 200    | MISS
    GET /br/a.m3u8  | /*    | -      | 502    | -
    GET /br/a.m3u8  | -     | /*     | 200    | HIT
    GET /max/a.m3u8 | /*    | -      | 502    | -
    GET /max/a.m3u8 | -     | /*     | 200    | HIT

=== error pages are not signed, and other statuses neither
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        location / { types {} default_type application/x-mpegurl; return 404 "#EXTM3U\nseg1.ts\n"; }
        location /201/ { types {} default_type application/x-mpegurl; return 201 "#EXTM3U\nseg1.ts\n"; }
        location /502/ { types {} default_type application/x-mpegurl; return 502 "#EXTM3U\nseg1.ts\n"; }
    }
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location /down/ { proxy_pass http://127.0.0.1:1; }
--- table
    request           | query | status | body
    GET /a.m3u8       | /*    | 404    | ^#EXTM3U\nseg1.ts\n$
    GET /201/a.m3u8   | /*    | 201    | ^#EXTM3U\nseg1.ts\n$
    GET /502/a.m3u8   | /*    | 502    | ^#EXTM3U\nseg1.ts\n$
    GET /down/a.m3u8  | /*    | 502    | <h1>502 Bad Gateway</h1>

=== slice is refused
--- http_config
    proxy_cache_path $TEST_NGINX_HTML_DIR/cache keys_zone=playlists:1m;
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        root $TEST_NGINX_HTML_DIR;
    }
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    location / {
        slice 10; proxy_set_header Range $slice_range; proxy_cache playlists; proxy_cache_key $uri$slice_range;
        proxy_cache_valid 200 206 1h; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
--- user_files eval
[["a.m3u8" => $::plain]]
--- table
    request     | query | > Range   | status
    GET /a.m3u8 | /*    | -         | 502
    GET /a.m3u8 | /*    | bytes=0-4 | 502
--- error_lines
pta: playlist not sent, "slice" splits it, use "slice 0" for playlists

=== a body made of subrequests: the connection is closed
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    root $TEST_NGINX_HTML_DIR;
    location /ssi/ { ssi on; ssi_types *; }
    location /before/ { add_before_body /part; addition_types *; }
    location /after/ { add_after_body /part; addition_types *; }
    location /proxied/ { add_before_body /part; addition_types *; alias html/before/; }
    location = /part { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- user_files eval
[["ssi/a.m3u8" => "#EXTM3U\n<!--# include virtual=\"/part\" -->seg1.ts\n"], ["before/a.m3u8" => $::plain], ["after/a.m3u8" => $::plain]]
--- request eval
[map { "GET /$_/a.m3u8?pta=" . token("/*") } qw(ssi before after proxied)]
--- ignore_response
--- error_lines
pta: playlist not sent, SSI or "add_before_body" puts it together, use neither for playlists

=== SSI without subrequests, and charset, change the playlist before it is signed
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    root $TEST_NGINX_HTML_DIR;
    location /ssi/ { ssi on; ssi_types *; }
    location /sub/ { sub_filter seg1 seg2; sub_filter_types *; }
    location /host/ { sub_filter seg1 http://other.example/seg1; sub_filter_types *; }
--- user_files eval
[["ssi/a.m3u8" => "#EXTM3U\n<!--# echo var=\"arg_x\" -->.ts\n"], ["sub/a.m3u8" => $::plain], ["host/a.m3u8" => $::plain]]
--- table
    request           | query | status | body
    GET /ssi/a.m3u8?x=y | /*  | 200    | ^#EXTM3U\ny.ts\?pta=[0-9a-f]+\n$
    GET /sub/a.m3u8   | /*    | 200    | \nseg2.ts\?pta=[0-9a-f]+\n$
    GET /host/a.m3u8  | /*    | 200    | \nhttp://other.example/seg1.ts\n$
