# pta_playlist forward: the token of the request goes on to what its playlist refers to.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

our $plain = "#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE,URI=\"key?id=1\"\n#EXTINF:6,\nseg1.ts\n#EXTINF:6,\nhttps://other.example/seg2.ts\n";

# The playlist with the token for this path.
sub signed { my ($path) = @_; my $token = token($path); return $main::plain =~ s/\bid=1/id=1&pta=$token/r =~ s/^seg1\.ts/seg1.ts?pta=$token/mr }

run_suite();

__DATA__

=== a file: read in any way, it is signed whole
--- config eval
my $aio = PTA::is_built("--with-threads") ? "aio threads" : "aio off";
"$ENV{TEST_NGINX_KEY_1}" . <<"_EOC_";
    pta_enable on;
    pta_playlist forward;
    location /v/ { alias html/; }
    location /sendfile/ { sendfile on; tcp_nopush on; alias html/; }
    location /copied/ { sendfile off; alias html/; }
    location /threads/ { $aio; sendfile on; alias html/; }
    location /read/ { $aio; sendfile off; alias html/; }
    location /direct/ { directio 1; directio_alignment 512; alias html/; }
    location /small/ { sendfile off; output_buffers 2 16; alias html/; }
    location /one/ { sendfile off; output_buffers 1 1; alias html/; }
    location /chunks/ { sendfile on; sendfile_max_chunk 10; alias html/; }
_EOC_
--- user_files eval
[["a.m3u8" => $::plain]]
--- request eval
[map { "GET /$_/a.m3u8?pta=" . token("/$_/*") } qw(v sendfile copied threads read direct small one chunks)]
--- error_code eval
[(200) x 9]
--- response_body eval
[map { main::signed("/$_/*") } qw(v sendfile copied threads read direct small one chunks)]
--- response_headers eval
[map { "Cache-Control: private, no-cache\n!ETag\n!Last-Modified\n!Accept-Ranges\nContent-Length: " . length main::signed("/$_/*") } qw(v sendfile copied threads read direct small one chunks)]

=== only a token that came in the query goes on
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    pta_playlist forward;
    root $TEST_NGINX_HTML_DIR;
    location /v/ { pta_enable on; }
    location /v/dry/ { pta_enable on; pta_dry_run on; }
    location /v/open/ { access_log off; }
    location /v/any/ { pta_enable on; satisfy any; allow all; }
    location /v/off/ { pta_enable on; pta_playlist off; }
--- user_files eval
[map { ["$_/a.m3u8" => $::plain] } qw(v v/dry v/open v/any v/off)]
--- table
    request             | query | cookie | status | ETag | Cache-Control | Accept-Ranges
    GET /v/a.m3u8       | -     | /v/*   | 200    |      | private       | bytes
    GET /v/dry/a.m3u8   | /v/*  | -      | 200    |      | -             | bytes
    GET /v/open/a.m3u8  | /v/*  | -      | 200    |      | -             | bytes
    GET /v/any/a.m3u8   | /w/*  | -      | 200    |      | -             | bytes
    GET /v/off/a.m3u8   | /v/*  | -      | 200    |      | -             | bytes
    GET /v/any/a.m3u8   | /v/*  | -      | 200    | -    | private, no-cache | -
    GET /v/a.m3u8       | /w/*  | -      | 403    |      | no-store      | -
    GET /v/a.m3u8       | -     | -      | 400    |      | no-store      | -
--- response_body_like eval
my ($plain, $signed) = map { quotemeta } $::plain, main::signed("/v/*");
[("^$plain\\z") x 5, "^$signed\\z", "403 Forbidden", "400 Bad Request"]

=== a response is known for a playlist by its type, or by its path
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    location / { default_type text/plain; root $TEST_NGINX_HTML_DIR; }
    location /type/ { types {} default_type application/vnd.apple.mpegurl; alias html/; }
    location /x-mpegurl/ { types {} default_type application/x-mpegURL; alias html/; }
    location /audio/ { types {} default_type Audio/MPEGURL; alias html/; }
    location /audio-x/ { types {} default_type "audio/x-mpegurl; charset=utf-8"; charset utf-8; alias html/; }
    location /mpd/ { types {} default_type application/dash+xml; alias html/; }
    location /other/ { types {} default_type application/json; alias html/; }
--- user_files eval
[map { [$_ => $::plain] } qw(a.m3u8 a.M3U a.mpd a a.txt)]
--- table
    request             | query | status | Accept-Ranges
    GET /a.m3u8         | /*    | 200    | -
    GET /a.M3U          | /*    | 200    | -
    GET /a.mpd          | /*    | 200    | -
    GET /a              | /*    | 200    | bytes
    GET /a.txt          | /*    | 200    | bytes
    GET /type/a         | /*    | 200    | -
    GET /x-mpegurl/a    | /*    | 200    | -
    GET /audio/a        | /*    | 200    | -
    GET /audio-x/a      | /*    | 200    | -
    GET /mpd/a          | /*    | 200    | -
    GET /other/a        | /*    | 200    | bytes
--- response_body eval
my $signed = main::signed("/*");
[($signed) x 3, ($::plain) x 2, ($signed) x 5, $::plain]

=== what is no playlist goes out as it is, with its header
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    root $TEST_NGINX_HTML_DIR;
--- user_files
>>> a.m3u8
hello seg1.ts
>>> empty.m3u8
>>> a.mpd
<html>seg1.ts</html>
>>> bad.mpd
<MPD><Location>a</MPD>
--- table
    request         | query | > Range   | status | Accept-Ranges | Cache-Control | body
    GET /a.m3u8     | /*    | -         | 200    | -             | -             | ^hello seg1.ts\n$
    GET /a.m3u8     | /*    | bytes=0-4 | 200    | -             | -             | ^hello seg1.ts\n$
    GET /empty.m3u8 | /*    | -         | 200    | -             | -             | ^$
    GET /a.mpd      | /*    | -         | 200    | -             | -             | ^<html>seg1.ts</html>\n$
    GET /bad.mpd    | /*    | -         | 200    | -             | -             | ^<MPD><Location>a</MPD>\n$
--- error_lines eval
[qr/\[error\] .*pta: playlist not signed, its XML is not valid: .* at byte \d+/]

=== an upstream: buffered or not, by HTTP/1.0, from a cache
--- http_config
    proxy_cache_path $TEST_NGINX_HTML_DIR/cache keys_zone=playlists:1m;
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        root $TEST_NGINX_HTML_DIR;
        location /chunked/ { add_header X-From chunked; ssi on; ssi_types *; }
        location /headers/ {
            add_header Digest "sha-256=x"; add_header Content-Digest "x"; add_header Repr-Digest "x";
            add_header Content-MD5 "x"; expires 1h;
        }
    }
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; proxy_set_header Connection ""; proxy_http_version 1.1; }
    location /unbuffered/ { proxy_buffering off; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
    location /small/ { proxy_buffer_size 1k; proxy_buffers 4 1k; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
    location /10/ { proxy_http_version 1.0; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
    location /11/ { proxy_http_version 1.1; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/chunked/; }
    location /cached/ { proxy_cache playlists; proxy_cache_valid any 1h; proxy_cache_key $uri; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; add_header X-Cache $upstream_cache_status; }
    location /headers/ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- user_files eval
[["a.m3u8" => $::plain], ["chunked/a.m3u8" => $::plain], ["headers/a.m3u8" => $::plain]]
--- request eval
[(map { "GET /$_?pta=" . token("/*") } qw(a.m3u8 unbuffered/a.m3u8 small/a.m3u8 10/a.m3u8 11/a.m3u8 cached/a.m3u8 cached/a.m3u8 headers/a.m3u8)),
 (map { "GET /$_?pta=" . token("/*") . " HTTP/1.0" } qw(a.m3u8 11/a.m3u8))]
--- error_code eval
[(200) x 10]
--- response_body eval
[(main::signed("/*")) x 10]
--- response_headers eval
my $usual = "Cache-Control: private, no-cache\n!ETag\n!Last-Modified\n!Accept-Ranges\nContent-Length: " . length main::signed("/*");
[($usual) x 5, "$usual\nX-Cache: MISS", "$usual\nX-Cache: HIT", "$usual\n!Expires\n!Digest\n!Content-Digest\n!Repr-Digest\n!Content-MD5", ($usual) x 2]

=== return, X-Accel-Redirect, a rewrite and an error page with status 200
--- config eval
$ENV{TEST_NGINX_KEY_1} . <<'_EOC_';
    location = /return.m3u8 { pta_enable on; pta_phase rewrite; pta_playlist forward; return 200 "#EXTM3U\nseg1.ts\n"; }
    location /accel/ { pta_enable on; pta_playlist forward; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel?to=/hidden/a.m3u8; }
    location /accel-off/ { pta_enable on; pta_playlist forward; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel?to=/off/a.m3u8; }
    location /accel-there/ { pta_enable on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel?to=/forward/a.m3u8; }
    location /hidden/ { internal; alias html/; }
    location /off/ { internal; pta_playlist off; alias html/; }
    location /forward/ { internal; pta_playlist forward; alias html/; }
    location /page/ { pta_enable on; pta_playlist forward; alias html/; error_page 404 =200 /hidden/a.m3u8; }
    location /page404/ { pta_enable on; pta_playlist forward; alias html/; error_page 404 /hidden/a.m3u8; }
    location /rewritten/ { pta_enable on; pta_playlist forward; rewrite ^ /a.m3u8 break; root $TEST_NGINX_HTML_DIR; }
    location /refused/ { pta_enable on; pta_playlist forward; error_page 403 =200 /hidden/a.m3u8; }
_EOC_
--- user_files eval
[["a.m3u8" => "#EXTM3U\nseg1.ts\n"]]
--- table
    request                 | query   | status | body
    GET /return.m3u8        | /*      | 200    | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]+\n$
    GET /accel/             | /*      | 200    | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]+\n$
    GET /accel-off/         | /*      | 200    | ^#EXTM3U\nseg1.ts\n$
    GET /accel-there/       | /*      | 200    | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]+\n$
    GET /page/none          | /page/* | 200    | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]+\n$
    GET /page404/none       | /*      | 404    | ^#EXTM3U\nseg1.ts\n$
    GET /rewritten/x/y      | /rewritten/x/* | 200 | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]+\n$
    GET /rewritten/x/y      | /rewritten/x/y | 200 | ^#EXTM3U\nseg1.ts\n$
    GET /refused/x          | /w/*    | 200    | ^#EXTM3U\nseg1.ts\n$

=== HEAD: the same header, without a length
--- http_config
    proxy_cache_path $TEST_NGINX_HTML_DIR/cache keys_zone=playlists:1m;
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    location / { root $TEST_NGINX_HTML_DIR; }
    location /proxy/ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
    location /cached/ { proxy_cache playlists; proxy_cache_valid any 1h; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
    location = /return.m3u8 { pta_phase rewrite; return 200 "#EXTM3U\nseg1.ts\n"; }
    server_tokens off;
}
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    access_log off;
    root $TEST_NGINX_HTML_DIR;
--- user_files eval
[["a.m3u8" => $::plain]]
--- table
    request             | query | status | Content-Length | ETag | Accept-Ranges | Cache-Control
    HEAD /a.m3u8        | /*    | 200    | -              | -    | -             | private, no-cache
    HEAD /proxy/a.m3u8  | /*    | 200    | -              | -    | -             | private, no-cache
    HEAD /cached/a.m3u8 | /*    | 200    | -              | -    | -             | private, no-cache
    HEAD /cached/a.m3u8 | /*    | 200    | -              | -    | -             | private, no-cache
    HEAD /return.m3u8   | /*    | 200    | -              | -    | -             | private, no-cache
