# pta_playlist issue: the very token of the location, for the references that it allows, by kind and by host.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

our $plain = "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"key?pta=old&id=1\"\nseg1.ts?PTA=x\n/w/seg2.ts\nseg3.ts\n";
# So long that no test sees the end of a step.
our $step = 1000 * 86400;
our $expires = (int((time + $step - 1) / $step) + 1) * $step;

sub issued { my ($path, %with) = @_; return PTA::token($path, expires => $expires, %with) }

# With a token for /v/*.
sub signed {
    my ($token, $name) = @_;
    $name //= 'pta';
    return $plain =~ s/pta=old&id=1/id=1&$name=$token/r =~ s/PTA=x/$name=$token/r =~ s/^seg3\.ts/seg3.ts?$name=$token/mr;
}

our $bare = 'log_format bare "$status $pta_playlist $pta_token_expires";';

run_suite();

__DATA__

=== without a check, by a cookie, in the place of the token in the query, and after another module
--- http_config eval: $::bare
--- config eval
"$ENV{TEST_NGINX_KEY_1} root $ENV{TEST_NGINX_HTML_DIR}; pta_playlist issue; pta_issue /v/* $::step step=$::step; add_header X-Token \$pta_token; access_log logs/access.log bare;" . <<'_EOC_';
    location /v/ { }
    location /v/cookie/ { pta_enable on; pta_auth_method cookie; alias html/v/; }
    location /v/query/ { pta_enable on; alias html/v/; }
    location /v/session/ { auth_request /session; alias html/v/; }
    location /v/dry/ { pta_enable on; pta_dry_run on; alias html/v/; }
    location /v/refused/ { pta_enable on; error_page 400 =200 /v/a.m3u8; }
    location = /session { internal; return 204; }
_EOC_
--- user_files eval
[["v/a.m3u8" => $::plain]]
--- request eval
["GET /v/a.m3u8", "GET /v/cookie/a.m3u8", "GET /v/query/a.m3u8?pta=" . token("/v/query/*"), "GET /v/session/a.m3u8", "GET /v/dry/a.m3u8", "GET /v/refused/a.m3u8", "HEAD /v/a.m3u8", "GET /v/a.m3u8?pta=nonsense"]
--- more_headers eval
["", "Cookie: pta=" . token("/v/cookie/*"), ("") x 6]
--- error_code eval
[(200) x 8]
--- response_body eval
my $signed = main::signed(main::issued("/v/*"));
[($signed) x 5, $::plain, "", $signed]
--- response_headers eval
my $token = "X-Token: " . main::issued("/v/*");
[("$token\nCache-Control: private, no-cache") x 5, $token, "$token\nCache-Control: private, no-cache\n!Content-Length", $token]
--- log_lines eval
("200 3/4 $::expires\n" x 5) . "200 - $::expires\n" . "200 - $::expires\n" . "200 3/4 $::expires\n"

=== the name, the 2nd pair and the path of the location
--- config eval
"$ENV{TEST_NGINX_KEY_1} $ENV{TEST_NGINX_KEY_2} pta_playlist issue; pta_issue /v/* $::step step=$::step;" . <<"_EOC_";
    location /v/ { alias html/v/; }
    location /v/name/ { pta_name Tok_en; alias html/v/; }
    location ~ ^/(?<folder>v)/regex/ { pta_issue /\$folder/* $::step step=$::step; rewrite ^ /v/a.m3u8 break; root $ENV{TEST_NGINX_HTML_DIR}; }
    location /v/exact/ { pta_issue /v/exact/seg3.ts $::step step=$::step; alias html/v/; }
    location /v/other/ { pta_issue /other/* $::step step=$::step; alias html/v/; }
    location /v/off/ { pta_playlist off; alias html/v/; }
_EOC_
--- user_files eval
[["v/a.m3u8" => $::plain]]
--- request eval
[map { "GET /v/${_}a.m3u8" } "", "name/", "regex/", "exact/", "other/", "off/"]
--- response_body eval
my $token = main::issued("/v/*");
my $exact = main::issued("/v/exact/seg3.ts");
[main::signed($token), $::plain =~ s/id=1/id=1&Tok_en=$token/r =~ s/PTA=x/PTA=x&Tok_en=$token/r =~ s/^seg3\.ts/seg3.ts?Tok_en=$token/mr,
 main::signed($token), $::plain =~ s/^seg3\.ts/seg3.ts?pta=$exact/mr, $::plain, $::plain]
--- error_lines eval
[qr/pta: playlist without tokens, the token allows none of its references, only "\/other\/\*"/]

=== each playlist has one token, also without step
--- config
    $TEST_NGINX_KEY_1
    pta_playlist issue; pta_issue /v/* 1h;
    root $TEST_NGINX_HTML_DIR;
    location / { }
--- user_files eval
[["v/a.m3u8" => "#EXTM3U\n" . "seg.ts\n" x 500]]
--- request
GET /v/a.m3u8
--- response_body_like eval
qr/^#EXTM3U\n(seg\.ts\?pta=[0-9a-f]+\n)\1{499}\z/

=== kinds that are skipped, and other hosts
--- config eval
"$ENV{TEST_NGINX_KEY_1} pta_playlist issue; pta_issue /v/* $::step step=$::step; pta_playlist_hosts cdn.example cdn.example:8080 [2001:db8::1]:81;" . <<"_EOC_";
    location /v/all/ { alias html/v/; }
    location /v/keys/ { pta_playlist_skip keys; alias html/v/; }
    location /v/segments/ { pta_playlist_skip segments; alias html/v/; }
    location /v/playlists/ { pta_playlist_skip playlists; alias html/v/; }
    location /v/none/ { pta_playlist_skip keys segments playlists; alias html/v/; }
    location /v/hosts/ { pta_playlist_hosts other.example; alias html/v/; }
_EOC_
--- user_files
>>> v/a.m3u8
#EXTM3U
#EXT-X-SESSION-KEY:METHOD=AES-128,URI="key1"
#EXT-X-KEY:METHOD=AES-128,URI="key2"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",URI="list1"
#EXT-X-STREAM-INF:BANDWIDTH=1

# a comment
list2
#EXT-X-I-FRAME-STREAM-INF:URI="list3"
#EXT-X-IMAGE-STREAM-INF:URI="list4"
#EXT-X-RENDITION-REPORT:URI="list5"
#EXT-X-MAP:URI="part1"
#EXT-X-PART:DURATION=1,URI="part2"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part3"
#EXTINF:6,URI="title"
part4
#EXT-X-SESSION-DATA:DATA-ID="a",URI="rest1"
#EXT-X-CONTENT-STEERING:SERVER-URI="rest2",PATHWAY-ID="a"
#EXT-X-DATERANGE:ID="a",X-ASSET-URI="rest3",X-ASSET-LIST="rest4",X-OTHER-URI="none"
#EXT-X-STREAM-INF:BANDWIDTH=2
http://cdn.example/v/list6
http://CDN.example:80/v/part5
//cdn.example:8080/v/part6
https://cdn.example/v/part7
http://[2001:DB8::1]:81/v/part8
http://[2001:db8::1]/v/none
http://cdn.example:81/v/none
http://me@cdn.example/v/none
http://other.example/v/other1
ftp://cdn.example/v/none
skd://cdn.example/v/none
/w/none
../../w/none
..%2f..%2fw/none
\v\none
#none
?rest5
--- request eval
[map { "GET /v/$_/a.m3u8" } qw(all keys segments playlists none hosts)]
--- response_body_filters eval
# The names of the references with the token.
my $token = main::issued("/v/*");
sub { CORE::join " ", sort $_[0] =~ m/([\w]+)\?(?=pta=$token\b)/g, $_[0] =~ m/(\?rest5)&pta=$token/g }
--- response_body eval
my %names = (keys => [qw(key1 key2)], playlists => [map { "list$_" } 1 .. 6], segments => ["?rest5", map { "part$_" } 1 .. 8], rest => [map { "rest$_" } 1 .. 4]);
my $but = sub { my %without = map { $_ => 1 } @_; CORE::join " ", sort map { @{ $names{$_} } } grep { !$without{$_} } keys %names };
my $hosts = CORE::join " ", sort "other1", grep { !/part[5-8]|list6/ } split / /, $but->();
[$but->(), map({ $but->($_) } qw(keys segments playlists)), $but->(qw(keys segments playlists)), $hosts]
