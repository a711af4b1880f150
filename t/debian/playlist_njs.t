# pta_playlist and Debian's njs module, which is loaded after ours. Its filters still run before ours.
# For Debian's nginx only.

use lib 't/lib';

BEGIN {
    my $njs = '/usr/lib/nginx/modules/ngx_http_js_module.so';
    -e $njs or die "$njs is missing (scripts/setup --test installs it)\n";
    $ENV{TEST_NGINX_LOAD_MODULES} .= " $njs";
}

use Test::Nginx::Socket 'no_plan';
use PTA;

our $token = PTA::token('/v/*');

our $files = <<'_EOC_';
>>> main.js
function unsized(r) { delete r.headersOut['Content-Length']; }
function moved(r, data, flags) {
    r.sendBuffer(data.replace('1.ts', 'https://other.example/v/1.ts').replace('2.ts', 'new/2.ts'), flags);
}
function typed(r) { r.headersOut['Content-Type'] = 'application/vnd.apple.mpegurl'; }
function open(r) { r.headersOut['Cache-Control'] = 'public'; r.headersOut['ETag'] = '"x"'; }
function encoded(r) { r.headersOut['Content-Encoding'] = 'br'; }
function whole(r) { r.headersOut['Content-Type'] = 'application/dash+xml'; r.return(200, '<MPD><BaseURL>v/</BaseURL><Location>/v/a</Location></MPD>'); }
function pieces(r) {
    r.status = 200;
    r.headersOut['Content-Type'] = 'audio/x-mpegurl';
    r.sendHeader();
    '#EXTM3U\n1.ts\n2.ts?a=1\n'.split('').forEach((piece) => r.send(piece));
    r.finish();
}
function broken(r) {
    r.status = 200;
    r.headersOut['Content-Type'] = 'audio/x-mpegurl';
    r.sendHeader();
    r.send('#EXTM3U\n1.ts\n');
    throw new Error('on purpose');
}
export default { unsized, moved, typed, open, encoded, whole, pieces, broken };
_EOC_
$files .= join '', map { ">>> v/$_\n#EXTM3U\n1.ts\n2.ts\n" } qw(body/a.m3u8 type/a cache/a.m3u8 encoded/a.m3u8);

run_suite();

__DATA__

=== the filters of njs come first: what they make of a playlist is what is signed
--- http_config
    js_path $TEST_NGINX_HTML_DIR;
    js_import main.js;
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    root $TEST_NGINX_HTML_DIR;
    location /v/body/ { pta_enable on; js_header_filter main.unsized; js_body_filter main.moved; }
    location /v/type/ { pta_enable on; js_header_filter main.typed; }
    location /v/cache/ { pta_enable on; js_header_filter main.open; }
    location /v/encoded/ { pta_enable on; js_header_filter main.encoded; }
--- user_files eval: $::files
--- request eval
[map { "GET /v/$_?pta=$::token" } qw(body/a.m3u8 type/a cache/a.m3u8 encoded/a.m3u8)]
--- error_code eval
[200, 200, 200, 500]
--- response_headers eval
[("Cache-Control: private, no-cache\r\n!ETag") x 3, ""]
--- response_body_like eval
my $signed = "1.ts\\?pta=$::token\n2.ts\\?pta=$::token\n\$";
["^\\#EXTM3U\nhttps://other.example/v/1.ts\nnew/2.ts\\?pta=$::token\n\$", $signed, $signed, "500"]

=== a playlist that njs writes is signed, in one piece and in many
--- http_config
    js_path $TEST_NGINX_HTML_DIR;
    js_import main.js;
--- config
    $TEST_NGINX_KEY_1
    pta_playlist forward;
    location /v/whole { pta_enable on; js_content main.whole; }
    location /v/pieces { pta_enable on; js_content main.pieces; }
--- user_files eval: $::files
--- request eval
["GET /v/whole?pta=$::token", "GET /v/pieces?pta=$::token"]
--- response_headers eval
[("Cache-Control: private, no-cache") x 2]
--- response_body eval
["<MPD><BaseURL>v/</BaseURL><Location>/v/a?pta=$::token</Location></MPD>", "#EXTM3U\n1.ts?pta=$::token\n2.ts?a=1&pta=$::token\n"]

=== an error of njs while the playlist is held is answered with 500
--- http_config
    js_path $TEST_NGINX_HTML_DIR;
    js_import main.js;
--- config
    $TEST_NGINX_KEY_1
    location /v/ { pta_enable on; pta_playlist forward; js_content main.broken; }
--- user_files eval: $::files
--- request eval
"GET /v/a?pta=$::token"
--- error_code: 500
--- response_body_like: 500 Internal Server Error
--- error_lines
on purpose
