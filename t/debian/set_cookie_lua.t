# pta_set_cookie and Debian's Lua module, whose header filter runs before ours. For Debian's nginx
# only.

use lib 't/lib';

BEGIN {
    my @lua = map { "/usr/lib/nginx/modules/$_.so" } qw(ndk_http_module ngx_http_lua_module);
    -e $_ or die "$_ is missing (scripts/setup --test installs it)\n" for @lua;
    # Loaded before this module, so nginx runs its access handler after ours.
    $ENV{TEST_NGINX_LOAD_MODULES} = "@lua $ENV{TEST_NGINX_LOAD_MODULES}";
}

use Test::Nginx::Socket 'no_plan';
use PTA;

our $ours = qr{pta=[0-9a-f]+; Path=/v/; Max-Age=[1-9][0-9]*; SameSite=Lax; HttpOnly};

# The response's header lines with these values of Set-Cookie, in this order, and with no other.
sub cookies {
    my $values = join '', map { '(?:(?!Set-Cookie:)[^\n]*\n)*?Set-Cookie: ' . (ref $_ ? $_ : quotemeta) . '\r\n' } @_;
    return qr/\A$values(?!.*\nSet-Cookie:).*\z/s;
}

run_suite();

__DATA__

=== header_filter_by_lua: its cookies stay, and it cannot remove ours or make it public
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    root $TEST_NGINX_HTML_DIR;
    pta_set_cookie on;
    location /v/more/ { pta_enable on; header_filter_by_lua_block { ngx.header["Set-Cookie"] = {"x=y", "z=1; Secure"} } }
    location /v/none/ { pta_enable on; header_filter_by_lua_block { ngx.header["Set-Cookie"] = nil; ngx.header["Cache-Control"] = nil } }
    location /v/public/ {
        pta_enable on;
        header_filter_by_lua_block { ngx.header["Cache-Control"] = {"public", "max-age=60"}; ngx.header["CDN-Cache-Control"] = "max-age=60" }
    }
    location /v/status/ { pta_enable on; header_filter_by_lua_block { ngx.status = 404 } }
    location /v/mended/ { pta_enable on; header_filter_by_lua_block { ngx.status = 200 } }
--- user_files
>>> v/more/a
a
>>> v/none/a
a
>>> v/public/a
a
>>> v/status/a
a
--- table
    request         | query | cookie | status | Cache-Control      | CDN-Cache-Control
    GET /v/more/a   | /v/*  | -      | 200    | private            | -
    GET /v/more/a   | -     | /v/*   | 200    | private            | -
    GET /v/none/a   | /v/*  | -      | 200    | private            | -
    GET /v/public/a | /v/*  | -      | 200    | private            | -
    GET /v/public/a | -     | /v/*   | 200    | public, max-age=60 | max-age=60
    GET /v/status/a | /v/*  | -      | 404    | -                  | -
    GET /v/mended/a | /v/*  | -      | 200    | private            | -
    GET /v/mended/a | /w/*  | -      | 200    | no-store           | -
    GET /v/more/a   | -     | -      | 400    | no-store           | -
--- raw_response_headers_like eval
my @lua = ("x=y", "z=1; Secure");
[main::cookies(@lua, $::ours), main::cookies(@lua), main::cookies($::ours), main::cookies($::ours), main::cookies(), main::cookies(),
 main::cookies($::ours), main::cookies(), main::cookies(@lua)]

=== content_by_lua: its status decides, and log_by_lua sees the cookie
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    pta_set_cookie on;
    location /v/say/ {
        pta_enable on;
        content_by_lua_block { ngx.say(ngx.var.request_uri) }
        log_by_lua_block { ngx.log(ngx.WARN, "cookies: ", ngx.var.sent_http_set_cookie and "one" or "none") }
    }
    location /v/exit/ { pta_enable on; content_by_lua_block { ngx.exit(404) } }
    location /v/away/ { pta_enable on; content_by_lua_block { ngx.redirect("/v/other", 302) } }
    location /v/exec/ { pta_enable on; content_by_lua_block { ngx.exec("/target") } }
    location /v/capture/ { pta_enable on; content_by_lua_block { ngx.print(ngx.location.capture("/v/part").body) } }
    location /v/only-part { content_by_lua_block { local r = ngx.location.capture("/v/part"); ngx.say(r.header["Set-Cookie"] or "none") } }
    location = /v/part { pta_enable on; pta_set_cookie path=/part; return 200 part; }
    location = /target { internal; return 200 "target\n"; }
--- tokens_in_logs: a location is open
--- table
    request          | query | status | Cache-Control | body
    GET /v/say/a     | /v/*  | 200    | private       | ^/v/say/a$
    GET /v/exit/a    | /v/*  | 404    | -             | 404
    GET /v/away/a    | /v/*  | 302    | private       | 302
    GET /v/exec/a    | /v/*  | 200    | private       | ^target
    GET /v/capture/a | /v/*  | 200    | private       | ^part$
    GET /v/only-part | /v/*  | 200    | -             | ^none
--- raw_response_headers_like eval
my $one = main::cookies($::ours);
[$one, main::cookies(), $one, $one, $one, main::cookies()]
--- error_lines
cookies: one

=== redirect: access_by_lua goes first, content_by_lua does not run
--- config
    $TEST_NGINX_KEY_1
    pta_auth_method qs cookie;
    absolute_redirect off;
    pta_set_cookie redirect;
    location /v/ { pta_enable on; content_by_lua_block { ngx.log(ngx.WARN, "content ", ngx.var.http_x_name); ngx.say("content") } }
    location /v/denied/ { pta_enable on; access_by_lua_block { ngx.exit(403) } }
    location /v/let/ { pta_enable on; access_by_lua_block { return } content_by_lua_block { ngx.say("let") } }
    location /v/early/ { pta_enable on; access_log off; rewrite_by_lua_block { ngx.redirect("/early") } }
    location /v/jump/ { pta_enable on; rewrite_by_lua_block { ngx.req.set_uri("/v/target", true) } }
    location /v/args/ { pta_enable on; rewrite_by_lua_block { ngx.req.set_uri_args("x=1") } content_by_lua_block { ngx.say(ngx.var.args) } }
--- table
    request           | query | cookie | > X-Name | status | Location        | Cache-Control     | body
    GET /v/a?b        | /v/*  | -      | first    | 303    | /v/a?b          | private, no-store | 303
    GET /v/a?b        | -     | /v/*   | second   | 200    | -               | private           | ^content
    GET /v/denied/a   | /v/*  | -      | -        | 403    | -               | -                 | 403
    GET /v/let/a      | /v/*  | -      | -        | 303    | /v/let/a        | private, no-store | 303
    GET /v/early/a    | /v/*  | -      | -        | 302    | /early          | -                 | 302
    GET /v/jump/a?b   | /v/*  | -      | -        | 303    | /v/jump/a?b     | private, no-store | 303
    GET /v/args/a?b   | /v/*  | -      | -        | 303    | /v/args/a?b     | private, no-store | 303
    GET /v/args/a?b   | -     | /v/*   | -        | 200    | -               | private           | ^x=1$
    GET /v/a          | /w/*  | -      | -        | 403    | -               | no-store          | 403
--- raw_response_headers_like eval
my $one = main::cookies($::ours);
[$one, main::cookies(), main::cookies(), $one, main::cookies(), $one, $one, main::cookies(), main::cookies()]
--- error_lines
content second
--- no_error_log
content first

=== body_filter_by_lua changes the body, and the cookie stays
--- config
    $TEST_NGINX_KEY_1
    pta_set_cookie on;
    location /v/ {
        pta_enable on; root $TEST_NGINX_HTML_DIR;
        header_filter_by_lua_block { ngx.header.content_length = nil }
        body_filter_by_lua_block { if ngx.arg[1] ~= "" then ngx.arg[1] = string.upper(ngx.arg[1]) end }
    }
--- user_files
>>> v/a
abc
--- request eval
"GET /v/a?pta=" . token("/v/*")
--- raw_response_headers_like eval
main::cookies($::ours)
--- response_body
ABC
