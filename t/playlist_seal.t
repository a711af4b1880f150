# pta_playlist with sealed tokens.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

our $plain = "#EXTM3U\n#EXT-X-MAP:URI=\"init.mp4\"\nseg1.ts\n";

sub signed { my ($token) = @_; return $main::plain =~ s/^seg1\.ts/seg1.ts?pta=$token/mr =~ s/init\.mp4/init.mp4?pta=$token/r }

run_suite();

__DATA__

=== forward: the whole token goes on, with nonce and seal
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_enable on;
    pta_playlist forward;
    location / { pta_require_seal on; root $TEST_NGINX_HTML_DIR; }
    location /bound/ { pta_require_seal on; pta_bind $http_x_a; alias html/; }
--- user_files eval
[["a.m3u8" => $::plain]]
--- request eval
["GET /a.m3u8?pta=" . sealed(token("/*")), "GET /a.m3u8?pta=" . sealed(token("/*"), nonce => "AZ_-09"), "GET /bound/a.m3u8?pta=" . sealed(token("/*"), bind => ["a"]), "GET /a.m3u8?pta=" . token("/*")]
--- more_headers
X-A: a
--- error_code eval
[200, 200, 200, 400]
--- response_body_like eval
my @signed = map { "^" . quotemeta(main::signed($_)) . '\z' } sealed(token("/*")), sealed(token("/*"), nonce => "AZ_-09"), sealed(token("/*"), bind => ["a"]);
[@signed, "400 Bad Request"]

=== issue: a sealed token
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_playlist issue;
    location /v/ { access_log off; pta_issue /v/* 1h step=10m; alias html/; }
    location /bound/ { access_log off; pta_issue /bound/* 1h step=10m bind=$http_x_a; alias html/; }
--- user_files eval
[["a.m3u8" => $::plain]]
--- request eval
["GET /v/a.m3u8", "GET /bound/a.m3u8"]
--- more_headers
X-A: a
--- error_code eval
[200, 200]
--- response_body_like eval
my $token = '([0-9a-f]+\.[\w-]{22})';
[('^#EXTM3U\n#EXT-X-MAP:URI="init\.mp4\?pta=' . $token . '"\nseg1\.ts\?pta=\1\n\z') x 2]

=== issue: a binding without a value, no playlist
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    location / { access_log off; pta_playlist issue; pta_issue /* 1h step=10m bind=$http_x_a; root $TEST_NGINX_HTML_DIR; }
--- user_files eval
[["a.m3u8" => $::plain]]
--- request
GET /a.m3u8
--- error_code: 500
--- error_lines
pta: playlist not sent, no token could be issued
