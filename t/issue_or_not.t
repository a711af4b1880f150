# No token: pta_issue off, paths that can never be signed, and $pta_token without pta_issue.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use NginxT;
use PTA;

# Keys without a warning of their own.
my $keys = 'pta_1st_key 8c1f0a52d93be7466d0b91a7c2f83e15; pta_1st_iv 1f52ab0c6d7e88f3094b5c6de3a1727f;';

# A path that does not begin with a variable must begin with "/".
for my $path ('x', 'video/$uri', '*', '*.mp4', '\*x', ' /x', '?x', 'https://example.org/x', 'é') {
    refuses("the path '$path'", "$keys\npta_issue '$path' 1h; # here",
        qq{invalid path "$path" in "pta_issue" directive, it must begin with "/" in HERE});
}
refuses('an empty path', "$keys\npta_issue '' 1h; # here",
    'invalid path "" in "pta_issue" directive, it must begin with "/" in HERE');
accepts("the path $_", "$keys\npta_issue $_ 1h; # here") for qw(/ /* /x /$uri $uri $uri* ${uri}/x /\*);
accepts("the lifetime $_", "$keys\npta_issue /x $_; # here") for qw(1s 136y);

# "off" is the only valid single argument, and takes no second one.
accepts("pta_issue $_", "pta_issue $_;") for qw(off OFF);
for my $value (qw(on none /x 1h $uri)) {
    refuses("pta_issue $value", "$keys\npta_issue $value; # here",
        qq{invalid value "$value" in "pta_issue" directive, it must be "off", or a path and a lifetime in HERE});
}
for my $off (qw(off Off)) {
    refuses("pta_issue $off with a lifetime", "pta_issue $off 60s; # here",
        'invalid parameter "60s" in "pta_issue" directive, "off" takes no lifetime in HERE');
}
for (['off', '/x 1h'], ['/x 1h', 'off'], ['off', 'off']) {
    my ($first, $second) = @$_;
    refuses("pta_issue $first, then $second", "$keys\npta_issue $first;\npta_issue $second; # here",
        '"pta_issue" directive is duplicate in HERE');
}
refuses("pta_issue with $_", "$keys\npta_issue $_; # here", 'invalid number of arguments in "pta_issue" directive in HERE')
    for '', '/x 1h off';

# "off" needs no keys.
accepts('no keys are needed where it is off', "location / { $keys pta_issue /x 1h; location /a { pta_issue off; } }
    location /b { pta_issue off; pta_1st_key 8c1f0a52d93be7466d0b91a7c2f83e15; }");
refuses('and they are where it is on again', "location / { pta_issue off; location /a {\npta_issue /x 1h; # here\n} }",
    qr/^no key pair is defined .* for the "pta_issue" directive in .*:11$/);

run_suite();

__DATA__

=== off cancels the inherited pta_issue, for all locations below
--- config
    $TEST_NGINX_KEY_1
    pta_issue /x 60s;
    location /on { return 200 "[$pta_token]"; }
    location /off {
        pta_issue off;
        return 200 "[$pta_token][$pta_token_expires]";
        location /off/off { return 200 "[$pta_token][$pta_token_expires]"; }
        location /off/on { pta_issue /y 60s; return 200 "[$pta_token]"; }
    }
--- request eval
["GET /on", "GET /off", "GET /off/off", "GET /off/on"]
--- response_body_like eval
["^\\[[0-9a-f]{32}\\]\$", "^\\[\\]\\[\\]\$", "^\\[\\]\\[\\]\$", "^\\[[0-9a-f]{32}\\]\$"]

=== off at the top, on below
--- http_config
    pta_issue OFF;
--- config
    $TEST_NGINX_KEY_1
    location /off { return 200 "[$pta_token]"; }
    location /on { pta_issue /y 60s; return 200 "[$pta_token]"; }
--- request eval
["GET /off", "GET /on"]
--- response_body_like eval
["^\\[\\]\$", "^\\[[0-9a-f]{32}\\]\$"]

=== $pta_token without pta_issue: empty, and one line for each location
--- config
    $TEST_NGINX_KEY_1
    location /a { return 200 "[$pta_token]"; }
    location /b { return 200 "[$pta_token_expires][$pta_token]"; }
    location /c { pta_issue /c 60s; return 200 "[$pta_token]"; }
    location /d { return 200 "d"; }
--- request eval
[map { "GET /$_" } qw(a a b c a b d c)]
--- response_body_like eval
my ($none, $token) = ("^\\[\\]\$", "^\\[[0-9a-f]{32}\\]\$");
[$none, $none, "^\\[\\]\\[\\]\$", $token, $none, "^\\[\\]\\[\\]\$", "d", $token]
--- error_lines eval
my $other = qr/(?:(?!no "pta_issue" applies).)*/s;
my $line = 'pta: $pta_token or $pta_token_expires is empty, no "pta_issue" applies in location';
[qr/\A$other\Q$line "\/a"\E$other\Q$line "\/b"\E$other\z/s, qr/\[error\] [^\n]*\Q$line "\/a", client: \E/]

=== in an if block, a named location and a subrequest as well
--- config
    $TEST_NGINX_KEY_1
    location /if { if ($arg_x) { return 200 "[$pta_token]"; } return 200 "no"; }
    location /named { error_page 418 = @named; return 418; }
    location @named { return 200 "[$pta_token]"; }
--- request eval
["GET /if?x=1", "GET /if?x=1", "GET /named", "GET /named"]
--- response_body_like eval
["^\\[\\]\$", "^\\[\\]\$", "^\\[\\]\$", "^\\[\\]\$"]
--- error_lines eval
my $other = qr/(?:(?!no "pta_issue" applies).)*/s;
qr/\A$other no "pta_issue" applies in location "\/if"$other no "pta_issue" applies in location "\@named"$other\z/s

=== the line does not show the client's token
--- config
    $TEST_NGINX_KEY_1
    location / { return 200 "[$pta_token]"; }
--- request eval
"GET /a?pta=" . token("/a")
--- response_body chomp
[]
--- error_lines
no "pta_issue" applies in location "/", client: 127.0.0.1, server: localhost, request: "GET /a?pta=*** HTTP/1.1"

=== with pta_mask off, the line shows the request as it was sent
--- config
    $TEST_NGINX_KEY_1
    location / { pta_mask off; return 200 "[$pta_token]"; }
--- request eval
"GET /a?pta=1" . token("/a")
--- response_body chomp
[]
--- tokens_in_logs: pta_mask off
--- error_lines eval
"request: \"GET /a?pta=1" . token("/a")

=== the check that comes later sees the token all the same
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; set $token $pta_token; add_header X-Token "[$token]"; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
"GET /a?b=1&pta=" . token("/a")
--- response_body
a
--- response_headers
X-Token: []
