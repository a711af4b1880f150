# pta_set_cookie and Debian's njs module, which is loaded after ours. For Debian's nginx only.

use lib 't/lib';

BEGIN {
    my $njs = '/usr/lib/nginx/modules/ngx_http_js_module.so';
    -e $njs or die "$njs is missing (scripts/setup --test installs it)\n";
    $ENV{TEST_NGINX_LOAD_MODULES} .= " $njs";
}

use Test::Nginx::Socket 'no_plan';
use PTA;

our $ours = qr{pta=[0-9a-f]+; Path=/v/; Max-Age=[1-9][0-9]*; SameSite=Lax; HttpOnly};

# The response's header lines with these values of Set-Cookie, in this order, and with no other.
sub cookies {
    my $values = join '', map { '(?:(?!Set-Cookie:)[^\n]*\n)*?Set-Cookie: ' . (ref $_ ? $_ : quotemeta) . '\r\n' } @_;
    return qr/\A$values(?!.*\nSet-Cookie:).*\z/s;
}

our $script = <<'_EOC_';
>>> main.js
function more(r) { r.headersOut['Set-Cookie'] = ['x=y', 'z=1; Secure']; }
function none(r) { delete r.headersOut['Set-Cookie']; delete r.headersOut['Cache-Control']; }
function open(r) { r.headersOut['Cache-Control'] = 'public'; r.headersOut['CDN-Cache-Control'] = 'max-age=60'; }
function upper(r, data, flags) { r.sendBuffer(data.toUpperCase(), flags); }
function unsized(r) { delete r.headersOut['Content-Length']; }
function say(r) { r.return(200, r.variables.request_uri); }
function away(r) { r.return(302, '/v/other'); }
function fail(r) { r.return(404); }
function exec(r) { r.internalRedirect('/target'); }
async function part(r) {
    let reply = await r.subrequest('/v/part');
    r.return(200, `${reply.responseText}: ${(reply.headersOut['Set-Cookie'] || []).length} cookies`);
}
export default { more, none, open, upper, unsized, say, away, fail, exec, part };
>>> v/more/a
a
>>> v/none/a
a
>>> v/open/a
a
>>> v/upper/a
abc
_EOC_

run_suite();

__DATA__

=== js_header_filter: its cookies stay, and it cannot remove ours or make it public
--- http_config
    js_path $TEST_NGINX_HTML_DIR;
    js_import main.js;
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    root $TEST_NGINX_HTML_DIR;
    pta_set_cookie on;
    location /v/more/ { pta_enable on; js_header_filter main.more; }
    location /v/none/ { pta_enable on; js_header_filter main.none; }
    location /v/open/ { pta_enable on; js_header_filter main.open; }
    location /v/upper/ { pta_enable on; js_header_filter main.unsized; js_body_filter main.upper; }
--- user_files eval: $::script
--- table
    request        | query | cookie | status | Cache-Control | CDN-Cache-Control | body
    GET /v/more/a  | /v/*  | -      | 200    | private       | -                 | ^a$
    GET /v/more/a  | -     | /v/*   | 200    | private       | -                 | ^a$
    GET /v/none/a  | /v/*  | -      | 200    | private       | -                 | ^a$
    GET /v/open/a  | /v/*  | -      | 200    | private       | -                 | ^a$
    GET /v/open/a  | -     | /v/*   | 200    | public        | max-age=60        | ^a$
    GET /v/upper/a | /v/*  | -      | 200    | private       | -                 | ^ABC$
    GET /v/more/a  | -     | -      | 400    | no-store      | -                 | 400
--- raw_response_headers_like eval
my @js = ("x=y", "z=1; Secure");
[main::cookies(@js, $::ours), main::cookies(@js), main::cookies($::ours), main::cookies($::ours), main::cookies(), main::cookies($::ours), main::cookies(@js)]

=== js_content: its status decides
--- http_config
    js_path $TEST_NGINX_HTML_DIR;
    js_import main.js;
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    pta_set_cookie on;
    location /v/say/ { pta_enable on; js_content main.say; }
    location /v/fail/ { pta_enable on; js_content main.fail; }
    location /v/away/ { pta_enable on; js_content main.away; }
    location /v/exec/ { pta_enable on; js_content main.exec; }
    location /v/parts/ { pta_enable on; js_content main.part; }
    location /v/redirect/ { pta_enable on; pta_set_cookie redirect; js_content main.say; }
    location = /v/part { pta_enable on; pta_set_cookie path=/part; return 200 part; }
    location = /target { internal; return 200 "target\n"; }
--- user_files eval: $::script
--- table
    request           | query | cookie | status | Cache-Control     | body
    GET /v/say/a      | /v/*  | -      | 200    | private           | ^/v/say/a$
    GET /v/fail/a     | /v/*  | -      | 404    | -                 | 404
    GET /v/away/a     | /v/*  | -      | 302    | private           | 302
    GET /v/exec/a     | /v/*  | -      | 200    | private           | ^target
    GET /v/parts/a    | /v/*  | -      | 200    | private           | ^part: 0 cookies$
    GET /v/redirect/a | /v/*  | -      | 303    | private, no-store | 303
    GET /v/redirect/a | -     | /v/*   | 200    | private           | ^/v/redirect/a$
--- raw_response_headers_like eval
my $one = main::cookies($::ours);
[$one, main::cookies(), $one, $one, $one, $one, main::cookies()]
