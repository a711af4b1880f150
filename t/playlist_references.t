# pta_playlist: which references get the token, in nginx. The rules themselves are tested in playlist/.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

# A pattern for lines; "+" in front of one means that it has the token.
sub lines { return "^#EXTM3U\n" . join('', map { /^\+(.*)/ ? quotemeta($1) . '\?pta=[0-9a-f]+\n' : quotemeta($_) . '\n' } @_) . '\z' }

sub playlist { return join '', map { "$_\n" } '#EXTM3U', @_ }

our @hosts = map { "$_/v/a" } qw(http://localhost http://localhost:81 http://127.0.0.1:8080 https://localhost http://[::1]:81 //localhost http://cdn.example https://cdn.example:444);

run_suite();

__DATA__

=== the host is $host, with the port of the Host line
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    location / { root $TEST_NGINX_HTML_DIR; }
    location /cdn/ { pta_playlist_hosts cdn.example cdn.example:444; alias html/; }
--- user_files eval
[["a.m3u8" => main::playlist(@::hosts)]]
--- request eval
[map { "GET $_?pta=" . token("/*") } ("/a.m3u8") x 6, "/cdn/a.m3u8"]
--- more_headers eval
[map { "Host: $_" } "localhost", "LocalHost:80", "localhost:81", "127.0.0.1:8080", "[::1]:81", "localhost:0", "localhost"]
--- error_code eval
[(200) x 7]
--- response_body_like eval
my $with = sub { my %signed = map { $_ => 1 } @_; main::lines(map { $signed{$_} ? "+$::hosts[$_]" : $::hosts[$_] } 0 .. $#::hosts) };
# https of the default port is no other host, and no downgrade.
[$with->(0, 3, 5), $with->(0, 3, 5), $with->(1), $with->(2), $with->(4), $with->(), $with->(0, 3, 5, 6, 7)]

=== without a Host line, it is the name of the server
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    server_name localhost;
    root $TEST_NGINX_HTML_DIR;
--- user_files eval
[["a.m3u8" => main::playlist("b", @::hosts)]]
--- raw_request eval
"GET /a.m3u8?pta=" . token("/*") . " HTTP/1.0\r\n\r\n"
--- response_body_like eval
main::lines("+b", map { /^(?:http:|https:)?\/\/localhost\// ? "+$_" : $_ } @::hosts)

=== references are resolved against the client's own path, and the token must allow them
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    rewrite ^/old/.* /a.m3u8;
    root $TEST_NGINX_HTML_DIR;
--- user_files eval
[["a.m3u8" => main::playlist("seg", "../seg", "/old/seg", "/seg", "%6fld", "./x/../seg")]]
--- table
    request              | query     | status
    GET /old/x/a         | /old/x/*  | 200
    GET /old/x/a         | /old/*    | 200
    GET //old//x/%61     | /old/*    | 200
    GET /old/x/a         | /old/x/a  | 200
--- response_body_like eval
[main::lines("+seg", "../seg", "/old/seg", "/seg", "+%6fld", "+./x/../seg"), main::lines("+seg", "+../seg", "+/old/seg", "/seg", "+%6fld", "+./x/../seg"),
 main::lines("+seg", "+../seg", "+/old/seg", "/seg", "+%6fld", "+./x/../seg"), main::lines("seg", "../seg", "/old/seg", "/seg", "%6fld", "./x/../seg")]
--- error_lines
pta: playlist without tokens, the token allows none of its references, only "/old/x/a"

=== the level of that line is pta_log_level
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    pta_log_level notice;
    root $TEST_NGINX_HTML_DIR;
--- user_files eval
[["a.m3u8" => main::playlist("b")], ["a.mpd" => '<MPD><BaseURL>http://x/</BaseURL><Location>a.mpd</Location><Period><BaseURL>//y/</BaseURL></Period></MPD>']]
--- request eval
["GET /a.m3u8?pta=" . token("/a.m3u8"), "GET /a.mpd?pta=" . token("/*")]
--- error_code eval
[200, 200]
--- error_lines eval
[qr/\[notice\] .*pta: playlist without tokens, the token allows none of its references, only "\/a.m3u8"/]

=== a BaseURL to another host is named in one line
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    root $TEST_NGINX_HTML_DIR;
--- user_files eval
[["a.mpd" => '<MPD><Period><BaseURL>http://other.example/</BaseURL><AdaptationSet><SegmentTemplate media="$Number$.m4s"/><Representation id="1"/></AdaptationSet></Period></MPD>']]
--- request eval
"GET /a.mpd?pta=" . token("/*")
--- error_lines
pta: references of a playlist without tokens, a BaseURL may lead to another host, name it in "pta_playlist_hosts"
--- response_body_unlike: pta=

=== pta_name, pta_playlist_skip, arguments that are there
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    pta_name st;
    location / { root $TEST_NGINX_HTML_DIR; }
    location /keys/ { pta_playlist_skip keys; alias html/; }
    location /most/ { pta_playlist_skip segments playlists; alias html/; }
--- user_files eval
[["a.m3u8" => main::playlist('#EXT-X-KEY:METHOD=X,URI="k"', '#EXT-X-STREAM-INF:BANDWIDTH=1', 'v', '#EXTINF:6,', 's?st=old&a=1')]]
--- request eval
[map { "GET $_?st=" . token("/*") } qw(/a.m3u8 /keys/a.m3u8 /most/a.m3u8)]
--- error_code eval
[200, 200, 200]
--- response_body eval
my $token = token("/*");
my $text = sub { main::playlist(qq{#EXT-X-KEY:METHOD=X,URI="$_[0]"}, '#EXT-X-STREAM-INF:BANDWIDTH=1', $_[1], '#EXTINF:6,', $_[2]) };
my ($k, $v, $s) = ("k?st=$token", "v?st=$token", "s?a=1&st=$token");
[$text->($k, $v, $s), $text->("k", $v, $s), $text->($k, "v", "s?st=old&a=1")]

=== variables of HLS come from the client's own query
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    rewrite ^/a$ /a.m3u8?v=http://evil.example;
    root $TEST_NGINX_HTML_DIR;
--- user_files eval
[["a.m3u8" => main::playlist('#EXT-X-DEFINE:QUERYPARAM="v"', '{$v}/seg')]]
--- table
    request             | query | status | body
    GET /a?v=x          | /*    | 200    | \n\{\$v\}/seg\?pta=[0-9a-f]+\n$
    GET /a?v=http://y   | /*    | 200    | \n\{\$v\}/seg\n$

=== $pta_playlist in a log
--- http_config
    log_format counts '$status $pta_playlist';
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    access_log logs/access.log counts;
    pta_enable on;
    root $TEST_NGINX_HTML_DIR;
    location /off/ { pta_playlist off; alias html/; }
    location /max/ { pta_playlist_max_size 10; alias html/; }
    location /page/ { pta_playlist_max_size 30; error_page 500 /a.m3u8; alias html/; }
--- user_files eval
[["a.m3u8" => main::playlist("seg1", "http://other/seg2", "/seg3")], ["a.txt" => "x"]]
--- table
    request          | query | status
    GET /a.m3u8      | /*    | 200
    GET /a.m3u8      | /seg* | 403
    HEAD /a.m3u8     | /*    | 200
    GET /a.txt       | /*    | 200
    GET /off/a.m3u8  | /*    | 200
    GET /max/a.m3u8  | /*    | 500
    GET /page/a.m3u8 | /*    | 500
--- log_lines
200 2/3
403 -
200 -
200 -
200 -
500 -
500 -

=== in an if block and a limit_except
--- config
    $TEST_NGINX_KEY_1
    location /if/ { pta_playlist forward; if ($arg_check) { pta_enable on; } alias html/; }
    location /limit/ { pta_enable on; pta_playlist forward; limit_except POST { allow all; } alias html/; }
    location /set/ { pta_enable on; pta_playlist forward; set $x 1; if ($x) { add_header X-If yes; } alias html/; }
--- user_files eval
[["a.m3u8" => main::playlist("seg")]]
--- table
    request                | query | status | body
    GET /if/a.m3u8?check=1 | /*    | 200    | ^#EXTM3U\nseg\?pta=[0-9a-f]+\n$
    GET /limit/a.m3u8      | /*    | 200    | ^#EXTM3U\nseg\?pta=[0-9a-f]+\n$
    GET /set/a.m3u8        | /*    | 200    | ^#EXTM3U\nseg\?pta=[0-9a-f]+\n$

=== over HTTP/2
--- http2
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    pta_enable on;
    root $TEST_NGINX_HTML_DIR;
    location /proxy/ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/; }
}
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    access_log off;
    root $TEST_NGINX_HTML_DIR;
--- user_files eval
[["a.m3u8" => main::playlist("seg")]]
--- request eval
["GET /a.m3u8?pta=" . token("/*"), "GET /proxy/a.m3u8?pta=" . token("/*"), "HEAD /a.m3u8?pta=" . token("/*"), "HEAD /proxy/a.m3u8?pta=" . token("/*")]
--- error_code eval
[200, 200, 200, 200]
--- response_body_like eval
[(main::lines("+seg")) x 2, "^\\z", "^\\z"]
--- response_headers eval
["cache-control: private, no-cache\n!etag", "cache-control: private, no-cache\n!etag", ("cache-control: private, no-cache\n!content-length\n!etag") x 2]
