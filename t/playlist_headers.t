# pta_playlist: the header of a signed playlist, ranges, conditional requests, compression.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use Compress::Zlib ();
use PTA;

our $plain = "#EXTM3U\n#EXTINF:6,\nseg1.ts\n";
our $zipped = Compress::Zlib::memGzip($plain);

sub signed { my ($path) = @_; my $token = token($path); return $main::plain =~ s/^seg1\.ts/seg1.ts?pta=$token/mr }

# Files, the same by an upstream, and by an upstream with a cache.
our $upstream = <<'_EOC_';
    proxy_cache_path $TEST_NGINX_HTML_DIR/cache keys_zone=playlists:1m;
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        root $TEST_NGINX_HTML_DIR;
        location /zipped/ { alias html/; gzip on; gzip_types *; gzip_min_length 1; gzip_http_version 1.0; gzip_proxied any; }
        location /identity/ { alias html/; add_header Content-Encoding Identity; }
        location /br/ { alias html/; add_header Content-Encoding br; }
    }
_EOC_
our $locations = <<'_EOC_';
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    location / { root $TEST_NGINX_HTML_DIR; }
    location /proxy/ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
    location /cached/ { proxy_cache playlists; proxy_cache_valid any 1h; proxy_cache_key $uri; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
_EOC_

run_suite();

__DATA__

=== Range and conditions have no effect
--- http_config eval: $::upstream
--- config eval: $::locations
--- user_files eval
[["a.m3u8" => $::plain, "202611300900.00"]]
--- table
    request            | query | > Range     | > If-None-Match | > If-Modified-Since           | > If-Match | > If-Unmodified-Since         | > If-Range | status | Content-Range | Accept-Ranges | ETag
    GET /a.m3u8        | /*    | bytes=0-    | -               | -                             | -          | -                             | -          | 200    | -             | -             | -
    GET /a.m3u8        | /*    | bytes=0-9   | -               | -                             | -          | -                             | -          | 200    | -             | -             | -
    GET /a.m3u8        | /*    | bytes=999-  | -               | -                             | -          | -                             | -          | 200    | -             | -             | -
    GET /a.m3u8        | /*    | bytes=0-1,3-4 | -             | -                             | -          | -                             | -          | 200    | -             | -             | -
    GET /a.m3u8        | /*    | bytes=0-9   | -               | -                             | -          | -                             | "x"        | 200    | -             | -             | -
    GET /a.m3u8        | /*    | -           | *               | -                             | -          | -                             | -          | 200    | -             | -             | -
    GET /a.m3u8        | /*    | -           | -               | Mon, 30 Nov 2099 09:00:00 GMT | -          | -                             | -          | 200    | -             | -             | -
    GET /a.m3u8        | /*    | -           | -               | -                             | "x"        | -                             | -          | 200    | -             | -             | -
    GET /a.m3u8        | /*    | -           | -               | -                             | -          | Mon, 30 Nov 1999 09:00:00 GMT | -          | 200    | -             | -             | -
    HEAD /a.m3u8       | /*    | bytes=0-9   | *               | -                             | "x"        | -                             | -          | 200    | -             | -             | -
    GET /proxy/a.m3u8  | /*    | bytes=0-    | -               | -                             | -          | -                             | -          | 200    | -             | -             | -
    GET /cached/a.m3u8 | /*    | bytes=0-9   | -               | -                             | -          | -                             | -          | 200    | -             | -             | -
    GET /cached/a.m3u8 | /*    | bytes=0-    | -               | -                             | -          | -                             | -          | 200    | -             | -             | -
    GET /cached/a.m3u8 | /*    | bytes=99-   | *               | -                             | "x"        | -                             | -          | 200    | -             | -             | -
--- response_body eval
[(main::signed("/*")) x 9, "", (main::signed("/*")) x 4]

=== an upstream's own 304 and 416 are no playlists
--- http_config eval: $::upstream
--- config eval: $::locations
--- user_files eval
[["a.m3u8" => $::plain]]
--- table
    request           | query | > Range    | > If-None-Match | status | body
    GET /proxy/a.m3u8 | /*    | -          | *               | 304    | ^$
    GET /proxy/a.m3u8 | /*    | bytes=999- | -               | 416    | <center>nginx

=== the cache keeps a playlist without a token
--- http_config eval: $::upstream
--- config eval
$::locations . 'location = /stored { access_log off; pta_enable off; pta_playlist off; proxy_cache playlists; proxy_cache_valid any 1h; proxy_cache_key /cached/a.m3u8; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/none; add_header X-Cache $upstream_cache_status; }'
--- user_files eval
[["a.m3u8" => $::plain]]
--- request eval
["GET /cached/a.m3u8?pta=" . token("/*"), "GET /cached/a.m3u8?pta=" . token("/cached/*"), "GET /stored"]
--- error_code eval
[200, 200, 200]
--- response_body eval
[main::signed("/*"), main::signed("/cached/*"), $::plain]
--- response_headers eval
["!X-Cache", "!X-Cache", "X-Cache: HIT"]

=== Cache-Control and Expires of add_header, expires and upstreams are replaced
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        root $TEST_NGINX_HTML_DIR;
        expires 1h;
        add_header Cache-Control "public, s-maxage=60";
        add_header Surrogate-Control max-age=60;
    }
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    location /expires/ { expires 1h; alias html/; }
    location /public/ { add_header Cache-Control "public, max-age=60"; add_header cache-control immutable; alias html/; }
    location /no-store/ { add_header Cache-Control "no-store, max-age=0"; expires -1; alias html/; }
    location /private/ { pta_cache_control private; alias html/; }
    location /cookie/ { pta_set_cookie on; alias html/; }
    location /off/ { pta_cache_control off; alias html/; }
    location /proxy/ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
--- user_files eval
[["a.m3u8" => $::plain]]
--- table
    request              | query | status | Cache-Control     | Expires | Surrogate-Control
    GET /expires/a.m3u8  | /*    | 200    | private, no-cache | -       | -
    GET /public/a.m3u8   | /*    | 200    | private, no-cache | -       | -
    GET /private/a.m3u8  | /*    | 200    | private, no-cache | -       | -
    GET /cookie/a.m3u8   | /*    | 200    | private, no-cache | -       | -
    GET /off/a.m3u8      | /*    | 200    | private, no-cache | -       | -
    GET /proxy/a.m3u8    | /*    | 200    | private, no-cache | -       | -
    HEAD /proxy/a.m3u8   | /*    | 200    | private, no-cache | -       | -
    GET /no-store/a.m3u8 | /*    | 200    |                   | -       | -
--- raw_response_headers_like eval
[("Cache-Control: private, no-cache\r\n") x 7, "Cache-Control: no-store, max-age=0\r\n"]

=== gzip compresses the signed playlist
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    gzip on; gzip_types *; gzip_min_length 1;
    root $TEST_NGINX_HTML_DIR;
--- user_files eval
[["a.m3u8" => $::plain]]
--- request eval
["GET /a.m3u8?pta=" . token("/*")]
--- more_headers
Accept-Encoding: gzip
--- response_headers
Content-Encoding: gzip
Cache-Control: private, no-cache
!Content-Length
!ETag
--- response_body_filters eval
\&Compress::Zlib::memGunzip
--- response_body eval
main::signed("/*")

=== a compressed upstream: unpacked by gunzip, with and without Accept-Encoding
--- http_config eval: $::upstream
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    gunzip on;
    gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any;
    proxy_set_header Accept-Encoding gzip;
    location /zipped/ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location /cached/ { proxy_cache playlists; proxy_cache_valid any 1h; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/zipped/; }
    location /cookie/ { pta_auth_method cookie; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/zipped/; }
--- user_files eval
[["a.m3u8" => $::plain]]
--- table
    request             | query | cookie | > Accept-Encoding | status | Content-Encoding
    GET /zipped/a.m3u8  | /*    | -      | -                 | 200    | -
    GET /zipped/a.m3u8  | /*    | -      | gzip              | 200    | -
    GET /cached/a.m3u8  | /*    | -      | gzip              | 200    | -
    GET /cached/a.m3u8  | /*    | -      | -                 | 200    | -
    HEAD /zipped/a.m3u8 | /*    | -      | gzip              | 200    | -
    GET /cookie/a.m3u8  | -     | /*     | gzip              | 200    | gzip
    GET /cookie/a.m3u8  | -     | /*     | -                 | 200    | -
--- response_body_like eval
my $signed = quotemeta main::signed("/*");
[("^$signed\\z") x 4, "^\\z", "^\x1f\x8b", "^\Q$::plain\E\\z"]

=== gzip_static: unpacked by gunzip, refused without it
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    gzip_static always;
    location /gunzip/ { gunzip on; alias html/; }
    location /none/ { alias html/; }
    location /plain/ { gzip_static on; alias html/; }
--- user_files eval
[["a.m3u8.gz" => $::zipped], ["a.m3u8" => $::plain]]
--- table
    request            | query | > Accept-Encoding | status | Content-Encoding | Cache-Control
    GET /gunzip/a.m3u8 | /*    | gzip              | 200    | -                | private, no-cache
    GET /gunzip/a.m3u8 | /*    | -                 | 200    | -                | private, no-cache
    GET /none/a.m3u8   | /*    | gzip              | 500    | -                | -
    GET /plain/a.m3u8  | /*    | -                 | 200    | -                | private, no-cache
    GET /plain/a.m3u8  | /*    | gzip              | 500    | -                | -
--- response_body_like eval
my $signed = quotemeta main::signed("/*");
["^$signed\\z", "^$signed\\z", "500 Internal", "^$signed\\z", "500 Internal"]
--- error_lines
pta: playlist not sent, it is compressed, use "gunzip on" or "proxy_set_header Accept-Encoding """

=== Content-Encoding of an upstream: identity is none, br is refused
--- http_config eval: $::upstream
--- config eval: $::locations . 'gunzip on;'
--- user_files eval
[["a.m3u8" => $::plain]]
--- table
    request                    | query | status | Cache-Control
    GET /proxy/identity/a.m3u8 | /*    | 200    | private, no-cache
    GET /proxy/br/a.m3u8       | /*    | 502    | -
    HEAD /proxy/br/a.m3u8      | /*    | 502    | -
    GET /cached/br/a.m3u8      | /*    | 502    | -
--- error_lines
pta: playlist not sent, it is compressed
