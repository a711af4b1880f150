# pta_playlist: responses that nginx puts together, unpacks or cannot complete.

use lib 't/lib';
use Compress::Zlib ();
use Test::Nginx::Socket 'no_plan';
use PTA;

# 24 bytes, and 98 with tokens.
our $plain = "#EXTM3U\nseg1.ts\nseg2.ts\n";
our $token = PTA::token('/*');
our $signed = $plain =~ s/\.ts/.ts?pta=$token/gr;

our $files = [
    (map { ["$_/a.m3u8" => $plain] } qw(v chunked identity br twice)),
    ['v/a.m3u8.gz' => Compress::Zlib::memGzip($plain)],
    ['long/a.m3u8' => "#EXTM3U\n" . "seg.ts\n" x 200],
];

# How many bytes were sent, and not what.
our $bare = 'log_format bare "$status $body_bytes_sent $pta_playlist";';

our $upstream = <<'_EOC_';
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        root $TEST_NGINX_HTML_DIR;
        location /chunked/ { ssi on; ssi_types *; }
        location /identity/ { add_header Content-Encoding identity; }
        location /br/ { add_header Content-Encoding br; }
        location /twice/ { add_header Content-Encoding identity; add_header Content-Encoding br; }
        location /gzip/ { gzip_static always; alias html/v/; }
        location = /piece.m3u8 { max_ranges 0; add_header Content-Range "bytes 0-15/24"; return 206 "#EXTM3U\nseg1.ts\n"; }
        location = /whole.m3u8 { max_ranges 0; add_header Content-Range "bytes 0-15/16"; return 206 "#EXTM3U\nseg1.ts\n"; }
        location = /404.m3u8 { return 404 "#EXTM3U\nseg1.ts\n"; }
        location = /201.m3u8 { return 201 "#EXTM3U\nseg1.ts\n"; }
    }
_EOC_

run_suite();

__DATA__

=== slices are refused, whether there is one or many
--- http_config eval
"proxy_cache_path \$TEST_NGINX_HTML_DIR/cache keys_zone=slices:1m;$::upstream"
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_playlist forward;
    location / {
        slice 1k; proxy_set_header Range $slice_range; proxy_cache slices; proxy_cache_key $uri$slice_range; proxy_cache_valid 200 206 1h;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
    location /off/ {
        slice 0; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/long/;
    }
--- user_files eval: $::files
--- table
    request           | query | > Range    | status | body
    GET /long/a.m3u8  | /*    | -          | 502    | ^<html>
    GET /long/a.m3u8  | /*    | -          | 502    | ^<html>
    GET /long/a.m3u8  | /*    | bytes=0-   | 502    | ^<html>
    HEAD /long/a.m3u8 | /*    | -          | 502    | ^\z
    GET /v/a.m3u8     | /*    | -          | 502    | ^<html>
    GET /off/a.m3u8   | /*    | -          | 200    | ^#EXTM3U\n(seg.ts\?pta=[0-9a-f]{32}\n){200}\z
--- error_lines
pta: playlist not sent, "slice" splits it, use "slice 0" for playlists

=== a body that consists of subrequests: the connection is closed
--- http_config eval: $::bare
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_playlist forward;
    access_log logs/access.log bare;
    location = /part { pta_enable off; access_log off; return 200 "seg2.ts\n"; }
    location /ssi/ { ssi on; ssi_types *; alias html/ssi/; }
    location /before/ { add_before_body /part; addition_types *; alias html/add/; }
    location /after/ { add_after_body /part; addition_types *; alias html/add/; }
--- user_files
>>> ssi/a.m3u8
#EXTM3U
<!--# include virtual="/part" -->seg1.ts
>>> ssi/last.m3u8
#EXTM3U
seg1.ts
<!--# include virtual="/part" -->
>>> ssi/first.m3u8
<!--# include virtual="/part" -->#EXTM3U
>>> ssi/wait.m3u8
#EXTM3U
<!--# include virtual="/part" wait="yes" -->
seg1.ts
>>> add/a.m3u8
#EXTM3U
seg1.ts
--- request eval
[map { "GET /$_.m3u8?pta=$::token" } qw(ssi/a ssi/last ssi/first ssi/wait before/a after/a)]
--- ignore_response
--- log_lines
200 0 -
200 0 -
200 0 -
200 0 -
200 0 -
200 0 -
--- error_lines eval
[qr/\[error\] .*pta: playlist not sent, SSI or "add_before_body" puts it together, use neither for playlists/]

=== subrequests that are no part of the response do no harm
--- http_config eval: $::upstream
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    location = /auth { pta_enable off; internal; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/v/a.m3u8; }
    location = /mirror { pta_enable off; internal; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/v/a.m3u8; }
    location /auth/ { pta_enable on; auth_request /auth; alias html/v/; }
    location /mirrored/ { pta_enable on; mirror /mirror; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/v/; }
    location /ssi/ { pta_enable on; ssi on; ssi_types *; alias html/ssi/; }
    location /v/ { pta_enable on; alias html/v/; }
--- user_files eval
[@$::files, ["ssi/a.m3u8" => "#EXTM3U\n<!--#set var=\"x\" value=\"g\" -->se<!--#echo var=\"x\" -->1.ts\nseg2.ts\n"], ["ssi/a.txt" => "<!--#include virtual=\"/v/a.m3u8\" -->"]]
--- table
    request              | query | status | Cache-Control     | body
    GET /auth/a.m3u8     | /*    | 200    | private, no-cache | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]{32}\nseg2.ts\?pta=[0-9a-f]{32}\n\z
    GET /mirrored/a.m3u8 | /*    | 200    | private, no-cache | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]{32}\nseg2.ts\?pta=[0-9a-f]{32}\n\z
    GET /ssi/a.m3u8      | /*    | 200    | private, no-cache | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]{32}\nseg2.ts\?pta=[0-9a-f]{32}\n\z
    GET /ssi/a.txt       | /*    | 200    | -                 | ^#EXTM3U\nseg1.ts\nseg2.ts\n\z

=== an upstream that ends too early: the connection is closed
--- http_config eval: $::bare
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_playlist forward;
    access_log logs/access.log bare;
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- tcp_listen: $TEST_NGINX_RAND_PORT_2
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nContent-Type: audio/mpegurl\r\nContent-Length: 100\r\nConnection: close\r\n\r\n$::plain"
--- request eval
"GET /a?pta=$::token"
--- ignore_response
--- log_lines
200 0 -
--- error_lines
upstream prematurely closed connection
=== Content-Encoding: refused, unpacked by gunzip, or identity
--- http_config eval: $::upstream
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_playlist forward;
    location /always/ { gzip_static always; alias html/v/; }
    location /static/ { gzip_static on; gzip_vary on; alias html/v/; }
    location /static-gunzip/ { gzip_static always; gunzip on; alias html/v/; }
    location / { proxy_set_header Accept-Encoding ""; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location /gunzip/ { gunzip on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/gzip/; }
    location /gunzip-unbuffered/ { gunzip on; gunzip_buffers 1 8; proxy_buffering off; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/gzip/; }
    location /gunzip-gzip/ { gunzip on; gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/gzip/; }
    location /gunzip-br/ { gunzip on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/br/; }
    location /gunzip-off/ { gunzip off; gzip on; gzip_types *; gzip_proxied any; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/gzip/; }
--- user_files eval: $::files
--- table
    request                        | query | > Accept-Encoding | status | Content-Encoding | ETag | body
    GET /always/a.m3u8             | /*    | -                 | 500    | -                | -    | ^<html>
    GET /always/a.m3u8             | /*    | gzip              | 500    | -                | -    | ^<html>
    HEAD /always/a.m3u8            | /*    | gzip              | 500    | -                | -    | ^\z
    GET /static/a.m3u8             | /*    | -                 | 200    | -                | -    | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]{32}\nseg2.ts\?pta=[0-9a-f]{32}\n\z
    GET /static/a.m3u8             | /*    | gzip              | 500    | -                | -    | ^<html>
    GET /static-gunzip/a.m3u8      | /*    | -                 | 200    | -                | -    | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]{32}\nseg2.ts\?pta=[0-9a-f]{32}\n\z
    GET /static-gunzip/a.m3u8      | /*    | gzip              | 200    | -                | -    | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]{32}\nseg2.ts\?pta=[0-9a-f]{32}\n\z
    HEAD /static-gunzip/a.m3u8     | /*    | gzip              | 200    | -                | -    | ^\z
    GET /gzip/a.m3u8               | /*    | -                 | 502    | -                | -    | ^<html>
    GET /gunzip/a.m3u8             | /*    | -                 | 200    | -                | -    | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]{32}\nseg2.ts\?pta=[0-9a-f]{32}\n\z
    GET /gunzip/a.m3u8             | /*    | gzip              | 200    | -                | -    | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]{32}\nseg2.ts\?pta=[0-9a-f]{32}\n\z
    GET /gunzip-unbuffered/a.m3u8  | /*    | gzip              | 200    | -                | -    | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]{32}\nseg2.ts\?pta=[0-9a-f]{32}\n\z
    GET /gunzip-gzip/a.m3u8        | /*    | gzip              | 200    | -                | -    | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]{32}\nseg2.ts\?pta=[0-9a-f]{32}\n\z
    GET /identity/a.m3u8           | /*    | -                 | 200    | identity         | -    | ^#EXTM3U\nseg1.ts\?pta=[0-9a-f]{32}\nseg2.ts\?pta=[0-9a-f]{32}\n\z
    GET /br/a.m3u8                 | /*    | br                | 502    | -                | -    | ^<html>
    GET /twice/a.m3u8              | /*    | br                | 502    | -                | -    | ^<html>
    GET /gunzip-br/a.m3u8          | /*    | br                | 502    | -                | -    | ^<html>
    GET /gunzip-off/a.m3u8         | /*    | gzip              | 502    |                  | -    | 
--- error_lines
pta: playlist not sent, it is compressed, use "gunzip on" or "proxy_set_header Accept-Encoding """

=== short references may grow beyond any measure
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_playlist forward;
    pta_playlist_max_size 40k;
    root $TEST_NGINX_HTML_DIR;
--- user_files eval
[["a.m3u8" => "#EXTM3U\n" . "a\n" x 2000], ["b.m3u8" => "#EXTM3U\n" . "a\n" x 1000]]
--- table
    request     | query | status | body
    GET /a.m3u8 | /*    | 500    | ^<html>
    GET /b.m3u8 | /*    | 200    | ^#EXTM3U\n(a\?pta=[0-9a-f]{32}\n){1000}\z
--- error_lines
with its tokens, it would be longer than 40960 bytes
