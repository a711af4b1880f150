# What docs/streaming.md says is not signed by pta_playlist.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

our $token = PTA::token('/v/*');

run_suite();

__DATA__

=== JSON, text and other formats go out as they are
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    types { application/json json; text/vtt vtt; application/vnd.ms-sstr+xml ismc; application/f4m+xml f4m; application/dash-patch+xml mpp; }
    location /v/ { pta_enable on; pta_playlist forward; }
--- user_files
>>> v/steering.json
{"VERSION":1,"RELOAD-URI":"/v/steering.json","PATHWAY-PRIORITY":["a"]}
>>> v/assets.json
{"ASSETS":[{"URI":"/v/ad.m3u8","DURATION":15}]}
>>> v/thumbnails.vtt
WEBVTT

00:00.000 --> 00:05.000
/v/sprite.jpg#xywh=0,0,160,90
>>> v/film.ismc
<SmoothStreamingMedia><StreamIndex Url="/v/{bitrate}/{start time}"/></SmoothStreamingMedia>
>>> v/film.f4m
<manifest><media url="/v/a"/></manifest>
>>> v/patch.mpp
<Patch xmlns="urn:mpeg:dash:schema:mpd-patch:2020"><add sel="/MPD/Period"><BaseURL>/v/a.mp4</BaseURL></add></Patch>
--- request eval
[map { "GET /v/$_?pta=$::token" } qw(steering.json assets.json thumbnails.vtt film.ismc film.f4m patch.mpp)]
--- response_headers eval
[("!Cache-Control") x 6]
--- response_body_unlike eval
[($::token) x 6]

=== XML with another root element goes out as it is, whatever its type
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    default_type application/dash+xml;
    location /v/ { pta_enable on; pta_playlist forward; }
--- user_files
>>> v/patch
<Patch xmlns="urn:mpeg:dash:schema:mpd-patch:2020"><add sel="/MPD/Period"><BaseURL>/v/a.mp4</BaseURL></add></Patch>
>>> v/period
<Period xmlns="urn:mpeg:dash:schema:mpd:2011"><AdaptationSet><SegmentTemplate media="/v/$Number$.m4s"/></AdaptationSet></Period>
>>> v/mpd
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:x="http://www.w3.org/1999/xlink"><PatchLocation>/v/patch</PatchLocation><Period x:href="/v/period"/></MPD>
--- request eval
[map { "GET /v/$_?pta=$::token" } qw(patch period mpd)]
--- response_body_like eval
["<BaseURL>/v/a.mp4</BaseURL>", "media=\"/v/\\\$Number\\\$.m4s\"",
 "<PatchLocation>/v/patch\\?pta=$::token</PatchLocation><Period x:href=\"/v/period\\?pta=$::token\"/>"]

=== what steers to other documents is signed itself
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    location /v/ { pta_enable on; pta_playlist forward; }
--- user_files
>>> v/a.m3u8
#EXTM3U
#EXT-X-CONTENT-STEERING:SERVER-URI="/v/steering.json",PATHWAY-ID="a"
#EXT-X-DATERANGE:ID="a",START-DATE="2026-01-01T00:00:00Z",X-ASSET-LIST="assets.json"
--- request eval
"GET /v/a.m3u8?pta=$::token"
--- response_body eval
qq{#EXTM3U
#EXT-X-CONTENT-STEERING:SERVER-URI="/v/steering.json?pta=$::token",PATHWAY-ID="a"
#EXT-X-DATERANGE:ID="a",START-DATE="2026-01-01T00:00:00Z",X-ASSET-LIST="assets.json?pta=$::token"
}

=== an MPD for several hosts needs all of them in pta_playlist_hosts
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    location /v/one/ { pta_enable on; pta_playlist forward; pta_playlist_hosts a.example; }
    location /v/both/ { pta_enable on; pta_playlist forward; pta_playlist_hosts a.example b.example; }
--- user_files
>>> v/one/a.mpd
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>http://a.example/v/</BaseURL><BaseURL>http://b.example/v/</BaseURL><Period><AdaptationSet><SegmentTemplate media="$Number$.m4s"/></AdaptationSet></Period></MPD>
>>> v/both/a.mpd
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>http://a.example/v/</BaseURL><BaseURL>http://b.example/v/</BaseURL><Period><AdaptationSet><SegmentTemplate media="$Number$.m4s"/></AdaptationSet></Period></MPD>
--- request eval
["GET /v/one/a.mpd?pta=$::token", "GET /v/both/a.mpd?pta=$::token"]
--- response_body_like eval
["media=\"\\\$Number\\\$.m4s\"", "media=\"\\\$Number\\\$.m4s\\?pta=$::token\""]
