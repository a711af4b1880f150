# The recipes of docs/streaming.md, as they are printed.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

# The application behind auth_request: it knows one session.
our $application = <<'_EOC_';
    map $http_cookie $known { default 401; "~session=ada" 200; "~session=eve" 403; }
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_3;
        access_log off;
        location / {
            if ($known = 401) { return 401; }
            if ($known = 403) { return 403; }
            return 200;
        }
    }
_EOC_

# The response's header lines with this cookie, with these attributes behind Max-Age; or without one.
sub cookie { my ($path, $rest) = @_; return qr/\r\nSet-Cookie: pta=[0-9a-f]+; Path=\Q$path\E; Max-Age=[1-9][0-9]*\Q$rest\E\r\n/ }
sub none { return qr/\A(?!.*Set-Cookie).*\z/s }

our $strict = "; HttpOnly; Secure; SameSite=Lax";

run_suite();

__DATA__

=== a cookie by add_header: for a token in the query alone, and only if time is left
--- http_config eval
printed('A cookie by add_header', 'pta_enable on;' => 'pta_enable on; pta_leeway 1h;')
--- config
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- tokens_in_logs: the server in front is open
--- user_files
>>> live/a
a
--- request eval
["GET /live/a?pta=" . token("/live/*"), "GET /live/a", "GET /live/a?pta=" . token("/live/*", expires => time - 60),
 "GET /live/a?pta=" . token("/other/*"), "GET /live/none?pta=" . token("/live/*"), "GET /live/a"]
--- more_headers eval
["", "Cookie: pta=" . token("/live/*"), "", "", "", ""]
--- error_code eval
[200, 200, 200, 403, 404, 400]
--- raw_response_headers_like eval
[main::cookie("/live/", $::strict), (main::none) x 5]

=== entry by 303: the cookie, and the client's own path without the token
--- http_config eval
"absolute_redirect off;\n" . printed('Entry by 303')
--- config
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- tokens_in_logs: the server in front is open
--- user_files
>>> live/a
a
>>> live/x+y/a
a
--- table
    request             | query          | cookie  | status | Location         | Cache-Control
    GET /live/a         | /live/*        | -       | 303    | /live/a          | private, no-store
    HEAD /live/a        | /live/*        | -       | 303    | /live/a          | private, no-store
    GET /live/a?b=1&c   | /live/*        | -       | 303    | /live/a?b=1&c    | private, no-store
    GET /live/x%2By/a   | /live/*        | -       | 303    | /live/x%2By/a    | private, no-store
    GET /live/x%0d%0aA: | /live/*        | -       | 303    | /live/x%0d%0aA:  | private, no-store
    GET /live/a         | -              | /live/* | 200    | -                | private, no-store
    GET /live/a         | /live/*        | /live/* | 303    | /live/a          | private, no-store
    POST /live/a x      | /live/*        | -       | 405    | -                |
    GET //live/a        | /live/*        | -       | 200    | -                | private, no-store
    GET //evil/../live/a | /live/*       | -       | 200    | -                | private, no-store
    GET /live/a         | /live/* expired | -      | 410    | -                | no-store
    GET /live/a         | /other/*       | -       | 403    | -                | no-store
    GET /live/a         | -              | -       | 400    | -                | no-store
--- raw_response_headers_like eval
my $live = main::cookie("/live/", $::strict);
[($live) x 5, main::none, $live, main::none, $live, $live, (main::none) x 3]

=== each playlist renews the cookie as long as the session lasts
--- http_config eval
printed('A cookie that each playlist renews', '127.0.0.1:8000' => '127.0.0.1:$TEST_NGINX_RAND_PORT_3') . $::application
--- config
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- tokens_in_logs: the server in front is open
--- user_files
>>> live/one/master.m3u8
#EXTM3U
1.ts
>>> live/one/1.ts
segment
--- request eval
my @playlists = ("GET /live/one/master.m3u8") x 4;
[@playlists, "GET /live/one/none.m3u8", "GET /live/One/master.m3u8", "GET /live/one/1.ts", "GET /live/one/1.ts",
 "GET /live/one/1.ts?pta=" . token("/live/*"), "GET /live/one/master.m3u8?pta=" . token("/live/one/*")]
--- more_headers eval
["Cookie: session=ada", "", "Cookie: session=eve", "Cookie: session=ada; pta=" . token("/live/one/*", expires => 1), ("Cookie: session=ada") x 3,
 "Cookie: pta=" . token("/live/one/*"), "", ""]
--- error_code eval
[200, 401, 403, 200, 404, 400, 400, 200, 400, 401]
--- raw_response_headers_like eval
my $new = main::cookie("/live/one/", $::strict);
[$new, main::none, main::none, $new, (main::none) x 6]

=== the cookie of a playlist opens the segments of its channel, for ten minutes
The server in front turns the cookie of the playlist into the one of its next request.
--- http_config eval
my $second = <<'_EOC_';
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_4;
        access_log off;
        location / { proxy_set_header Cookie "session=ada"; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    }
_EOC_
printed('A cookie that each playlist renews', '127.0.0.1:8000' => '127.0.0.1:$TEST_NGINX_RAND_PORT_3',
    'pta_auth_method cookie;' => 'pta_auth_method cookie; add_header X-Token "$pta_path for $pta_remaining";') . $::application . $second
--- config
    location ~ ^/first(/live/[a-z]+/)(.*)$ {
        set $folder $1;
        set $segment $2;
        auth_request /playlist;
        auth_request_set $cookie $upstream_http_set_cookie;
        proxy_set_header Cookie $cookie;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/live/one/$segment;
    }
    location = /playlist { internal; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_4${folder}master.m3u8; }
--- user_files
>>> live/one/master.m3u8
#EXTM3U
1.ts
>>> live/two/master.m3u8
#EXTM3U
1.ts
>>> live/one/1.ts
segment
--- request eval
["GET /first/live/one/1.ts", "GET /first/live/two/1.ts"]
--- error_code eval
[200, 403]
--- raw_response_headers_like eval
[qr{\r\nX-Token: /live/one/\* for (?:600|59\d)\r\n}, qr/403/]

=== a page on another site: exact origins, credentials, and the question before the request
--- http_config eval
printed('A page on another site')
--- config
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- tokens_in_logs: the server in front is open
--- user_files
>>> live/a
a
--- table
    request         | query   | cookie  | > Origin                      | status | Access-Control-Allow-Origin | Access-Control-Allow-Credentials | Vary
    OPTIONS /live/a | -       | -       | https://app.example.org       | 204    | https://app.example.org     | true                             | Origin
    OPTIONS /live/a | /live/* | -       | https://app.example.org       | 204    | https://app.example.org     | true                             | Origin
    OPTIONS /live/a | -       | -       | https://evil.example          | 204    | -                           | -                                | Origin
    GET /live/a     | /live/* | -       | https://app.example.org       | 200    | https://app.example.org     | true                             | Origin
    GET /live/a     | -       | /live/* | https://app.example.org       | 200    | https://app.example.org     | true                             | Origin
    GET /live/a     | -       | /live/* | http://app.example.org        | 200    | -                           | -                                | Origin
    GET /live/a     | -       | /live/* | https://app.example.org.evil  | 200    | -                           | -                                | Origin
    GET /live/a     | -       | /live/* | null                          | 200    | -                           | -                                | Origin
    GET /live/a     | -       | /live/* | -                             | 200    | -                           | -                                | Origin
    GET /live/a     | -       | -       | https://app.example.org       | 400    | https://app.example.org     | true                             | Origin
    GET /live/a     | -       | /other/* | https://app.example.org      | 403    | https://app.example.org     | true                             | Origin
    GET /live/a     | /live/* expired | - | https://app.example.org     | 410    | https://app.example.org     | true                             | Origin
    PUT /live/a x   | /live/* | -       | https://app.example.org       | 405    | https://app.example.org     | true                             | Origin
--- raw_response_headers_like eval
[(main::none) x 3, main::cookie("/live/", "; SameSite=None; HttpOnly; Secure; Partitioned"), (main::none) x 9]

=== a page on another site, with pta_phase rewrite
--- http_config eval
printed('A page on another site/2')
--- config
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- tokens_in_logs: the server in front is open
--- user_files
>>> live/a
a
--- table
    request         | query           | cookie   | > Origin                | status | Access-Control-Allow-Origin | Access-Control-Allow-Credentials | Cache-Control
    OPTIONS /live/a | -               | -        | https://app.example.org | 204    | https://app.example.org     | true | no-store
    OPTIONS /live/a | /live/*         | -        | https://app.example.org | 204    | https://app.example.org     | true |
    OPTIONS /live/a | /live/* expired | -        | https://app.example.org | 204    | https://app.example.org     | true | no-store
    OPTIONS /live/a | /other/*        | -        | https://app.example.org | 204    | https://app.example.org     | true | no-store
    OPTIONS /live/a | -               | -        | https://evil.example    | 204    | -                           | -    | no-store
    GET /live/a     | /live/*         | -        | https://app.example.org | 200    | https://app.example.org     | true | private
    GET /live/a     | -               | /live/*  | https://app.example.org | 200    | https://app.example.org     | true | private
    GET /live/a     | -               | -        | https://app.example.org | 400    | https://app.example.org     | true | no-store
    GET /live/a     | -               | /other/* | https://app.example.org | 403    | https://app.example.org     | true | no-store
    GET /live/a     | /live/* expired | -        | https://app.example.org | 410    | https://app.example.org     | true | no-store
--- raw_response_headers_like eval
my $cookie = main::cookie("/live/", "; SameSite=None; HttpOnly; Secure; Partitioned");
[main::none, $cookie, (main::none) x 3, $cookie, (main::none) x 4]

=== the token in the path reaches the inner server, which masks and strips it
--- http_config eval
printed('The token in the path', '127.0.0.1:8081' => '127.0.0.1:$TEST_NGINX_RAND_PORT_3',
    'location /live/ {' => 'location /live/ { add_header X-Seen "$request_uri";')
--- config
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    access_log off;
--- tokens_in_logs: the servers in front are open
--- user_files
>>> live/a
0123456789
>>> live/x+y/a
a
>>> other/a
a
--- request eval
my ($live, $old) = (token("/live/*"), token("/live/*", expires => 1));
["GET /t/$live/live/a", "GET /t/$live/live/a?b=1", "GET /t/$live/live/x%2By/a", "HEAD /t/$live/live/a", "GET /t/$live/live/a?pta=$old",
 "GET /t/$old/live/a?pta=$live", "GET /t/$old/live/a", "GET /t/" . token("/other/*") . "/live/a", "GET /t/xyz/live/a", "GET /t/$live/other/a",
 "GET /t/$live/live/../other/a", "GET /t/$live&b=/live/a", "GET /t/$live%20HTTP/1.1%0d%0aA:/live/a", "GET /t/$live/live/a%0d%0aHost:%20x", "GET /t/live/a",
 "GET /t/$live/live/a"]
--- more_headers eval
[("") x 15, "Range: bytes=0-1"]
--- error_code eval
[200, 200, 200, 200, 200, 410, 410, 403, 400, 404, 404, 404, 404, 404, 404, 206]
--- raw_response_headers_like eval
["X-Seen: /live/a\r\n", "X-Seen: /live/a\\?b=1\r\n", "X-Seen: /live/x\\+y/a\r\n", "X-Seen: /live/a\r\n", "X-Seen: /live/a\r\n", ("") x 10, "X-Seen: /live/a\r\n"]

=== a live stream that outlives its link: a new cookie keeps it alive
--- http_config eval
printed('A live stream that outlives its link', '127.0.0.1:8000' => '127.0.0.1:$TEST_NGINX_RAND_PORT_3') . $::application
--- config
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- tokens_in_logs: the server in front is open
--- user_files
>>> live/one/a
a
--- request eval
my ($live, $old) = (token("/live/one/*"), token("/live/one/*", expires => 1));
["GET /live/one/a?pta=$live", ("GET /live/one/a?pta=$old") x 4, "GET /live/one/a?pta=xyz", ("GET /renew/one") x 3, "GET /renew/one?pta=$live", "GET /renew/One"]
--- more_headers eval
my ($live, $old) = (token("/live/one/*"), token("/live/one/*", expires => 1));
["", "", "Cookie: pta=$live", "Cookie: pta=$old", "Cookie: pta=" . token("/live/two/*"), "Cookie: pta=$live", "Cookie: session=ada",
 "Cookie: session=eve", "", "Cookie: pta=$live", "Cookie: session=ada"]
--- error_code eval
[200, 410, 200, 410, 410, 200, 200, 403, 401, 401, 404]
--- raw_response_headers_like eval
[main::cookie("/live/one/", "; SameSite=Lax; HttpOnly"), (main::none) x 5, main::cookie("/live/one/", $::strict), (main::none) x 4]

=== films: the link's own token goes into the playlist, where it allows the reference
--- http_config eval
printed('Films: the token in the playlist')
--- config
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- tokens_in_logs: the server in front is open
--- user_files
>>> vod/film/master.m3u8
#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=1
low.m3u8?a=1
>>> vod/film/low.m3u8
#EXTM3U
#EXT-X-KEY:METHOD=AES-128,URI="key"
1.ts
../other/2.ts
https://evil.example/vod/film/3.ts
>>> vod/film/stream.mpd
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet><SegmentTemplate media="$Number$.m4s" initialization="init.mp4"/></AdaptationSet></Period></MPD>
>>> vod/film/1.ts
segment
--- request eval
my $t = token("/vod/film/*");
["GET /vod/film/master.m3u8?pta=$t", "GET /vod/film/low.m3u8?a=1&pta=$t", "GET /vod/film/stream.mpd?pta=$t", "GET /vod/film/1.ts?pta=$t",
 "GET /vod/film/1.ts", "GET /vod/film/master.m3u8?pta=" . token("/vod/film/*", expires => 1), "GET /vod/film/master.m3u8?pta=" . token("/vod/other/*"),
 "GET /vod/film/low.m3u8?pta=" . token("/vod/film/low.m3u8")]
--- error_code eval
[200, 200, 200, 200, 400, 410, 403, 200]
--- response_headers eval
[("Cache-Control: private, no-cache") x 3, "!Cache-Control", ("Cache-Control: no-store") x 3, "Cache-Control: private, no-cache"]
--- response_body_like eval
my $t = token("/vod/film/*");
["^\\#EXTM3U\n\\#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\\?a=1&pta=$t\n\$",
 "^\\#EXTM3U\n\\#EXT-X-KEY:METHOD=AES-128,URI=\"key\\?pta=$t\"\n1.ts\\?pta=$t\n../other/2.ts\nhttps://evil.example/vod/film/3.ts\n\$",
 "media=\"\\\$Number\\\$.m4s\\?pta=$t\" initialization=\"init.mp4\\?pta=$t\"", "segment", "400", "410", "403",
 "^\\#EXTM3U\n\\#EXT-X-KEY:METHOD=AES-128,URI=\"key\"\n1.ts\n../other/2.ts\nhttps://evil.example/vod/film/3.ts\n\$"]

=== live behind a login: fresh tokens for those who have a session, and for nobody else
--- http_config eval
printed('Live behind a login', '127.0.0.1:8000' => '127.0.0.1:$TEST_NGINX_RAND_PORT_3') . $::application
--- config
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- tokens_in_logs: the server in front is open
--- user_files
>>> live/one/master.m3u8
#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a",URI="audio.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1
video.m3u8
>>> live/one/video.m3u8
#EXTM3U
#EXT-X-MAP:URI="init.mp4"
1.m4s
/live/two/2.m4s
>>> live/one/1.m4s
segment
--- request eval
[("GET /live/one/master.m3u8", "GET /live/one/video.m3u8") x 3, "GET /live/one/1.m4s", "GET /live/one/1.m4s?pta=" . token("/live/one/*"),
 "GET /live/one/master.m3u8?pta=" . token("/live/*")]
--- more_headers eval
["Cookie: session=ada", "Cookie: session=ada", "Cookie: session=eve", "Cookie: session=eve", "", "", "Cookie: session=ada", "", ""]
--- error_code eval
[200, 200, 403, 403, 401, 401, 400, 200, 401]
--- response_body_like eval
my $new = "[0-9a-f]{64,}";
["^\\#EXTM3U\n\\#EXT-X-MEDIA:[^\n]*,URI=\"audio.m3u8\"\n\\#EXT-X-STREAM-INF:BANDWIDTH=1\nvideo.m3u8\n\$",
 "^\\#EXTM3U\n\\#EXT-X-MAP:URI=\"init.mp4\\?pta=$new\"\n1.m4s\\?pta=$new\n/live/two/2.m4s\n\$", "403", "403", "401", "401", "400", "segment", "401"]
