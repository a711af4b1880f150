# pta_set_cookie and pta_playlist in one location: the cookie opens what the playlist cannot sign.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

our $ours = qr{\r\nSet-Cookie: pta=[0-9a-f]+; Path=/v/; Max-Age=[1-9][0-9]*; SameSite=Lax; HttpOnly\r\n};

# Response headers without a cookie.
sub none { return qr/\A(?!.*Set-Cookie).*\z/s }

our $token = PTA::token('/v/*');
our $list = "#EXTM3U\n1.ts\n";
our $signed = "#EXTM3U\n1.ts?pta=$token\n";

run_suite();

__DATA__

=== forward: a token in the query goes into the playlist and into the cookie
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    root $TEST_NGINX_HTML_DIR;
    location /v/ { pta_enable on; pta_set_cookie on; pta_playlist forward; }
--- user_files
>>> v/a.m3u8
#EXTM3U
1.ts
>>> v/1.ts
segment
--- request eval
["GET /v/a.m3u8?pta=$::token", "GET /v/a.m3u8", "GET /v/a.m3u8?pta=$::token", "HEAD /v/a.m3u8?pta=$::token", "GET /v/1.ts?pta=$::token", "GET /v/1.ts",
 "GET /v/none.m3u8?pta=$::token", "GET /v/a.m3u8"]
--- more_headers eval
my $cookie = "Cookie: pta=$::token";
["", $cookie, $cookie, "", "", $cookie, "", ""]
--- error_code eval
[200, 200, 200, 200, 200, 200, 404, 400]
--- raw_response_headers_like eval
[$::ours, main::none, main::none, $::ours, $::ours, main::none, main::none, main::none]
--- response_headers eval
["Cache-Control: private, no-cache", "Cache-Control: private", ("Cache-Control: private, no-cache") x 2, ("Cache-Control: private") x 2, "!Cache-Control",
 "Cache-Control: no-store"]
--- response_body_like eval
my ($signed, $list) = (qr/^\Q$::signed\E$/, qr/^\Q$::list\E$/);
[$signed, $list, $signed, "^\$", "^segment", "^segment", "404", "400"]

=== redirect: the playlist behind it is opened by the cookie, and stays as it is
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    root $TEST_NGINX_HTML_DIR;
    location /v/ { pta_enable on; pta_set_cookie redirect; pta_playlist forward; }
--- user_files
>>> v/a.m3u8
#EXTM3U
1.ts
--- request eval
["GET /v/a.m3u8?pta=$::token", "GET /v/a.m3u8", "POST /v/a.m3u8?pta=$::token"]
--- more_headers eval
["", "Cookie: pta=$::token", ""]
--- error_code eval
[303, 200, 405]
--- raw_response_headers_like eval
[$::ours, main::none, main::none]
--- response_headers eval
["Cache-Control: private, no-store", "Cache-Control: private", "!Cache-Control"]
--- response_body_like eval
["303", qr/^\Q$::list\E$/, "405"]

=== issue and the cookie: the playlist has new tokens, the cookie the one of the query
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    root $TEST_NGINX_HTML_DIR;
    location /v/ { pta_enable on; pta_set_cookie on; pta_issue /v/* 1h step=30m; pta_playlist issue; }
--- user_files
>>> v/a.m3u8
#EXTM3U
1.ts
--- request eval
["GET /v/a.m3u8?pta=$::token", "GET /v/a.m3u8"]
--- more_headers eval
["", "Cookie: pta=$::token"]
--- raw_response_headers_like eval
[qr/\r\nSet-Cookie: pta=$::token; Path=/, main::none]
--- response_headers eval
[("Cache-Control: private, no-cache") x 2]
--- response_body_like eval
[("^#EXTM3U\n1.ts\\?pta=(?!$::token)[0-9a-f]+\n\$" =~ s/#/\\#/r) x 2]

=== a playlist that cannot be signed is an error without a cookie
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    location /v/ { pta_enable on; pta_set_cookie on; pta_playlist forward; pta_playlist_max_size 10; }
    location /v/mended/ { pta_enable on; pta_set_cookie on; pta_playlist forward; pta_playlist_max_size 10; error_page 500 =200 /page; }
    location = /page { internal; return 200 "page\n"; }
--- user_files
>>> v/a.m3u8
#EXTM3U
1.ts
>>> v/mended/a.m3u8
#EXTM3U
1.ts
--- request eval
["GET /v/a.m3u8?pta=$::token", "GET /v/mended/a.m3u8?pta=$::token"]
--- error_code eval
[500, 200]
--- raw_response_headers_like eval
[main::none, $::ours]
--- response_body_like eval
["500", "^page"]

=== fallback: by a cookie, nothing goes into the playlist, and no cookie is set
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie fallback;
    root $TEST_NGINX_HTML_DIR;
    location /v/ { pta_enable on; pta_set_cookie on; pta_playlist forward; }
--- user_files
>>> v/a.m3u8
#EXTM3U
1.ts
--- request eval
"GET /v/a.m3u8?pta=" . token("/v/*", expires => 1)
--- more_headers eval
"Cookie: pta=$::token"
--- raw_response_headers_like eval
main::none
--- response_headers
Cache-Control: private
--- response_body eval
$::list
