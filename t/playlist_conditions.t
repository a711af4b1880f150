# pta_playlist: Range and conditional headers have no effect on a playlist that gets tokens.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

our $plain = "#EXTM3U\nseg1.ts\nseg2.ts\n";
our $token = PTA::token('/*');
our $signed = $plain =~ s/\.ts/.ts?pta=$token/gr;

# Without pta_playlist, nginx answers these with 206, 304, 412 or 416.
our @conditions = (
    'Range: bytes=0-', 'Range: bytes=0-39', 'Range: bytes=5-9', 'Range: bytes=-5', 'Range: bytes=0-1,3-4', 'Range: bytes=9999-',
    'If-None-Match: *', 'If-None-Match: "other"', 'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT',
    'If-Match: "other"', 'If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT',
    "If-Range: Fri, 01 Jan 2100 00:00:00 GMT\r\nRange: bytes=0-3", "If-Range: \"other\"\r\nRange: bytes=0-3",
    "If-None-Match: *\r\nIf-Match: \"other\"\r\nRange: bytes=0-3\r\nIf-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT",
);
our $upstream = <<'_EOC_';
    proxy_cache_path $TEST_NGINX_HTML_DIR/cache keys_zone=playlists:1m;
    server { listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2; access_log off; root $TEST_NGINX_HTML_DIR; }
_EOC_

my $whole = "Cache-Control: private, no-cache\n!ETag\n!Last-Modified\n!Accept-Ranges\n!Content-Range\n!Expires\nContent-Length: " . length $signed;
my @locations = qw(v cached return.m3u8 forced stripped);
sub each_request { my ($make) = @_; return [map { my $location = $_; map { $make->($location, $_) } @main::conditions } @locations] }
our $requests = each_request(sub { my $path = $_[0] =~ /\./ ? $_[0] : "$_[0]/a.m3u8"; "GET /$path?pta=$token" });
our $heads = each_request(sub { my $path = $_[0] =~ /\./ ? $_[0] : "$_[0]/a.m3u8"; "HEAD /$path?pta=$token" });
our $more = each_request(sub { $_[1] });
our $bodies = each_request(sub { $_[0] =~ /\./ ? $signed : $signed });
our $codes = each_request(sub { 200 });
our $headers = each_request(sub { $whole });
our $head_headers = each_request(sub { $whole =~ s/Content-Length.*/!Content-Length/r });

our $locations = <<'_EOC_';
    if_modified_since before;
    location /v/ { alias html/; }
    location /cached/ { proxy_cache playlists; proxy_cache_valid any 1h; proxy_cache_key $uri; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
    location = /return.m3u8 { pta_phase rewrite; return 200 "#EXTM3U\nseg1.ts\nseg2.ts\n"; }
    location /forced/ { proxy_force_ranges on; proxy_cache playlists; proxy_cache_valid any 1h; proxy_cache_key $uri; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
    location /stripped/ {
        proxy_set_header Range ""; proxy_set_header If-Range "";
        proxy_set_header If-Match ""; proxy_set_header If-None-Match "";
        proxy_set_header If-Modified-Since ""; proxy_set_header If-Unmodified-Since "";
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/;
    }
_EOC_

run_suite();

__DATA__

=== a file, a cache, return and an upstream that does not see them
--- http_config eval: $::upstream
--- config eval
"$ENV{TEST_NGINX_KEY_1} pta_enable on; pta_playlist forward; $::locations"
--- user_files eval
[["a.m3u8" => $::plain]]
--- request eval: $::requests
--- more_headers eval: $::more
--- error_code eval: $::codes
--- response_headers eval: $::headers
--- response_body eval: $::bodies

=== HEAD: the same header, without a length
--- http_config eval: $::upstream
--- config eval
"$ENV{TEST_NGINX_KEY_1} pta_enable on; pta_playlist forward; $::locations"
--- user_files eval
[["a.m3u8" => $::plain]]
--- request eval: $::heads
--- more_headers eval: $::more
--- error_code eval: $::codes
--- response_headers eval: $::head_headers

=== what gets no tokens is answered as nginx does
--- http_config eval: $::upstream
--- config eval
"$ENV{TEST_NGINX_KEY_1} pta_enable on; pta_playlist forward; pta_auth_method qs cookie; $::locations"
--- user_files eval
[["a.m3u8" => $::plain]]
--- table
    request            | query | cookie | > Range     | > If-None-Match | > If-Match | status | Content-Range | ETag
    GET /v/a.m3u8      | -     | /*     | bytes=0-5   | -               | -          | 206    | bytes 0-5/24  |
    GET /v/a.m3u8      | -     | /*     | bytes=99-   | -               | -          | 416    | bytes */24    |
    GET /v/a.m3u8      | -     | /*     | -           | *               | -          | 304    | -             |
    GET /v/a.m3u8      | -     | /*     | -           | -               | "x"        | 412    | -             |
    GET /cached/a.m3u8 | -     | /*     | bytes=0-5   | -               | -          | 206    | bytes 0-5/24  |
    GET /cached/a.m3u8 | -     | /*     | -           | *               | -          | 304    | -             |
    GET /v/a.m3u8      | /*    | -      | bytes=0-5   | *               | "x"        | 200    | -             | -
    GET /cached/a.m3u8 | /*    | -      | bytes=0-5   | *               | "x"        | 200    | -             | -
    GET /v/a.ts        | /*    | -      | bytes=0-5   | -               | -          | 404    | -             | -

=== an upstream's own 304 and 412 pass: the client's validators are those of the upstream
--- http_config eval: $::upstream
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_playlist forward;
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- user_files eval
[["a.m3u8" => $::plain]]
--- table
    request     | query | > If-None-Match | > If-Match | status
    GET /a.m3u8 | /*    | *               | -          | 304
    GET /a.m3u8 | /*    | -               | "x"        | 412
    GET /a.m3u8 | /*    | "x"             | -          | 200
