# Sealed tokens: which are accepted, and what the log says of the others.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

# Sections are evaluated in another package.
our $token = token('/a');
our $sealed = sealed($token);
our ($seal) = $sealed =~ /\.(.*)/;
our $last = substr $seal, -1;
# The 4 unused bits of the last character are 0 in AQgw only.
our ($unused) = grep { $_ ne $last } $last =~ /[AQgw]/ ? map { chr(ord($last) + 1) } 1 : 'B';
our @malformed = (
    "$token.", ".$seal", ".", "..", "$token..$seal", "$token.n.", "$token.n..$seal", ".n.$seal",
    "$token.a.b.$seal", "$sealed.", ".$sealed", "$sealed=", "$sealed==", "$token." . cut($seal, 1),
    "$token.${seal}A", "$token." . cut($seal, 1) . $unused, "$token." . ($seal =~ s/./+/r),
    "$token." . ($seal =~ s/./\//r), "$token." . ($seal =~ s/./%41/r), "$token.n+.$seal", "$token.n=.$seal",
    "$token." . ('n' x 44) . ".$seal", "0x$token.$seal", "g$token.$seal", "${token}0.$seal",
    "$token%2E$seal", "$token,$seal",
);
our $good = sealed(token('/a'));
our $wrong = sealed(token('/a'), bind => ['x']);
our $all = sealed(token('/*'));
our $cookies = sub { join '; ', map { "pta=$_" } @_ };

run_suite();

__DATA__

=== a seal is checked wherever a seal key is
--- http_config
    map $pta_sealed $sealed { "" ""; default " $pta_sealed $pta_key"; }
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal off;
    location / {
        pta_enable on;
        add_header X-Pta "$pta_status$sealed" always;
        alias $TEST_NGINX_HTML_DIR/;
    }
--- user_files
>>> a
content
--- request eval
map { "GET /a?pta=$_" }
    token('/a'),
    sealed(token('/a')),
    sealed(token('/a'), nonce => 'AZ_-09'),
    sealed(uc token('/a')),
    sealed(token('/*')),
    sealed(token('/a', expires => 1)),
    sealed(token('/b')),
    sealed(token('/a'), pair => 2),
    sealed(token('/a', pair => 2)),
    sealed(token('/a'), bind => ['a']),
    uc(token('/a')) . (sealed(token('/a')) =~ s/^[^.]*//r),
    sealed(cut(token('/a'), 2)),
    sealed(cut(token('/a'), 1)),
    sealed('')
--- error_code eval
[200, 200, 200, 200, 200, 410, 403, 403, 403, 403, 403, 403, 400, 400]
--- response_headers eval
[
    'X-Pta: ALLOWED 0 1st',
    ('X-Pta: ALLOWED 1 1st') x 4,
    'X-Pta: EXPIRED 1 1st',
    'X-Pta: PATH_MISMATCH 1 1st',
    ('X-Pta: UNDECRYPTABLE') x 5,
    ('X-Pta: MALFORMED') x 2,
]

=== what is no sealed token is malformed, and never checked without its seal
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal off;
    location / { pta_enable on; pta_auth_method qs cookie; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
content
--- request eval
[map({ "GET /a?pta=$_" } @main::malformed), map({ 'GET /a' } @main::malformed)]
--- more_headers eval
[map({ '' } @main::malformed), map({ "Cookie: pta=$_" } @main::malformed)]
--- error_code eval
[map { 400 } @main::malformed, @main::malformed]

=== pta_require_seal on: a token without seal is malformed
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    location / {
        pta_enable on;
        pta_auth_method qs cookie;
        add_header X-Pta "$pta_status $pta_sealed" always;
        root $TEST_NGINX_HTML_DIR;
    }
    location /off/ { pta_enable on; pta_require_seal off; alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> a
content
--- request eval
[
    'GET /a?pta=' . token('/a'), 'GET /a?pta=' . sealed(token('/a')), 'GET /a?pta=' . token('/a', expires => 1),
    'GET /a?pta=00', 'GET /a?pta=', 'GET /off/a?pta=' . token('/*'), 'GET /a', 'GET /a',
]
--- more_headers eval
[('') x 6, 'Cookie: pta=' . token('/a'), 'Cookie: pta=' . token('/a') . '; pta="' . sealed(token('/a')) . '"']
--- error_code eval
[400, 200, 400, 400, 400, 200, 400, 200]
--- error_lines
pta: malformed token, no seal
pta: malformed token, client

=== every pair has its own seal key
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_KEY_2 $TEST_NGINX_SEAL_2
    pta_require_seal off;
    location / { pta_enable on; add_header X-Pta "$pta_status $pta_sealed $pta_key" always; root $TEST_NGINX_HTML_DIR; }
    location /both/ { pta_enable on; $TEST_NGINX_SEAL_1 alias $TEST_NGINX_HTML_DIR/; }
    location /none/ { pta_enable on; $TEST_NGINX_KEY_3 alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> a
content
--- request eval
[
    map { "GET $_->[0]?pta=" . sealed(token('/*', pair => $_->[1]), pair => $_->[2]) }
        ['/a', 2, 2], ['/a', 1, 1], ['/a', 1, 2], ['/a', 2, 1],
        ['/both/a', 2, 2], ['/both/a', 1, 1], ['/both/a', 1, 2], ['/both/a', 2, 1]
]
--- error_code eval
[200, 403, 403, 403, 200, 200, 403, 403]
--- error_lines
pta: undecryptable token, wrong seal or binding

=== without seal keys, no sealed token is opened
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- request eval
["GET /a?pta=" . sealed(token('/a')), "GET /a?pta=" . sealed(cut(token('/a'), 1))]
--- error_code eval
[403, 400]
--- error_lines
pta: undecryptable token, no seal key
pta: malformed token

=== at most 8 sealed cookies of a request are opened
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal off;
    location / { pta_enable on; pta_auth_method cookie; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
content
--- request eval
['GET /a', 'GET /a', 'GET /a', 'GET /a', 'GET /a', 'GET /a']
--- more_headers eval
[
    'Cookie: ' . $main::cookies->(($main::wrong) x 7, $main::good),
    'Cookie: ' . $main::cookies->(($main::wrong) x 8, $main::good, $main::good),
    # Others are not counted.
    'Cookie: ' . $main::cookies->(('00', 'x', '00.x', token('/b')) x 3, ($main::wrong) x 7, $main::good),
    'Cookie: ' . $main::cookies->(($main::wrong) x 12, token('/a')),
    # The verdict of the last one that was not ignored.
    'Cookie: ' . $main::cookies->(($main::wrong) x 7, sealed(token('/a', expires => 1)), $main::wrong),
    'Cookie: ' . $main::cookies->(($main::wrong) x 9, 'x'),
]
--- error_code eval
[200, 403, 200, 200, 410, 400]
--- error_lines eval
# One for each request that had more.
[qr/\A(?!.*(?:more than 8 sealed.*){5}).*(?:more than 8 sealed cookies, the others are ignored.*){4}/s]

=== an argument and a header are not among the 8, and the line about ignored cookies shows neither
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    location / { pta_enable on; pta_auth_method qs header cookie fallback; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
content
--- request eval
["GET /a?pta=$main::wrong", "GET /a?pta=$main::wrong"]
--- more_headers eval
[
    "X-PTA: $main::wrong\nCookie: " . $main::cookies->(($main::wrong) x 7, $main::good),
    "X-PTA: $main::wrong\nCookie: " . $main::cookies->(($main::wrong) x 8, $main::good),
]
--- error_code eval
[200, 403]
--- error_lines
pta: more than 8 sealed cookies, the others are ignored, client: 127.0.0.1, server: localhost, request: "GET /a?pta=*** HTTP/1.1"

=== one line for each request and realm, also if the realm is checked again
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_auth_method cookie;
    location /dry/ { pta_enable on; pta_dry_run on; try_files /none /again/a; }
    location /again/ { pta_enable on; pta_dry_run on; try_files /none /real/a; }
    location /real/ { pta_enable on; alias $TEST_NGINX_HTML_DIR/; }
    location /other/ { pta_enable on; pta_dry_run on; pta_bind a; try_files /none /dry/a; }
--- user_files
>>> a
content
--- request eval
['GET /dry/a', 'GET /dry/a', 'GET /other/a']
--- more_headers eval
[
    'Cookie: ' . $main::cookies->(($main::wrong) x 8, $main::all, $main::all),
    'Cookie: ' . $main::cookies->(($main::wrong) x 7, $main::all, $main::all),
    'Cookie: ' . $main::cookies->(($main::wrong) x 9),
]
--- error_code eval
[403, 200, 403]
--- error_lines eval
# The first request has one realm, and the last one has two.
[qr/\A(?!.*(?:more than 8 sealed.*){4}).*(?:more than 8 sealed cookies, the others are ignored.*){3}/s]

=== masked and stripped with all dots
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    location / {
        pta_enable on;
        add_header X-Masked $pta_request_uri;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
    location /shown/ {
        pta_enable on;
        add_header X-Masked $request;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request eval
[
    'GET /a?pta=' . sealed(token('/*')),
    'GET /a?b=1.2&pta=' . sealed(token('/*'), nonce => 'a-b_c') . '&c=3',
    'GET /a?pta=' . sealed(token('/*'), nonce => 'n') . '&pta=' . sealed(token('/*'), nonce => 'm') . '&d',
    'GET /shown/a?pta=' . sealed(token('/*'), nonce => 'n') . '&c',
    'GET /shown/a?b;pta=' . sealed(token('/*')) . '&pta=' . sealed(token('/*')) . '#x',
]
--- response_body eval
[
    "GET /a cookie=\n", "GET /a?b=1.2&c=3 cookie=\n", "GET /a?d cookie=\n", "GET /shown/a?c cookie=\n",
    qr{^GET /shown/a\?b;pta=[0-9a-f]{32,}\.[\w-]{22}#x cookie=\n},
]
--- response_headers eval
[
    'X-Masked: /a?pta=***', 'X-Masked: /a?b=1.2&pta=***&c=3', 'X-Masked: /a?pta=***&pta=***&d',
    'X-Masked: GET /shown/a?pta=***&c HTTP/1.1', 'X-Masked: GET /shown/a?b;pta=***&pta=***#x HTTP/1.1',
]

=== realms differ if seal keys or pta_require_seal differ
Each location is entered by a rewrite. The token allows the first, and the second checks anew.
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal off;
    location / { pta_enable on; alias $TEST_NGINX_HTML_DIR/; }
    location /same/ { pta_enable on; rewrite ^/same/(.*)$ /$1 last; }
    location /to-required/ { pta_enable on; rewrite ^/to-required/(.*)$ /required/$1 last; }
    location /required/ { pta_enable on; pta_require_seal on; pta_name other; alias $TEST_NGINX_HTML_DIR/; }
    location /to-keys/ { pta_enable on; rewrite ^/to-keys/(.*)$ /keys/$1 last; }
    location /keys/ { pta_enable on; $TEST_NGINX_SEAL_3 pta_name other; alias $TEST_NGINX_HTML_DIR/; }
    location /to-bound/ { pta_enable on; pta_require_seal on; rewrite ^/to-bound/(.*)$ /bound/$1 last; }
    location /bound/ { pta_enable on; pta_require_seal on; pta_bind a; pta_name other; alias $TEST_NGINX_HTML_DIR/; }
    location /to-same-bound/ { pta_enable on; pta_require_seal on; pta_bind a; rewrite ^/to-same-bound/(.*)$ /bound/$1 last; }
    location /to-other-bound/ { pta_enable on; pta_require_seal on; pta_bind "b" a; rewrite ^/to-other-bound/(.*)$ /bound/$1 last; }
--- user_files
>>> a
content
--- request eval
[
    'GET /same/a?pta=' . token('/*'),
    'GET /to-required/a?pta=' . sealed(token('/*')),
    'GET /to-required/a?pta=' . sealed(token('/*')) . '&other=' . sealed(token('/*')),
    'GET /to-keys/a?pta=' . sealed(token('/*')) . '&other=' . sealed(token('/*')),
    'GET /to-keys/a?pta=' . sealed(token('/*')) . '&other=' . sealed(token('/*'), pair => 3),
    'GET /to-bound/a?pta=' . sealed(token('/*')),
    'GET /to-bound/a?pta=' . sealed(token('/*')) . '&other=' . sealed(token('/*'), bind => ['a']),
    'GET /to-same-bound/a?pta=' . sealed(token('/*'), bind => ['a']),
    'GET /to-other-bound/a?pta=' . sealed(token('/*'), bind => ['b', 'a']),
    'GET /to-other-bound/a?pta=' . sealed(token('/*'), bind => ['b', 'a']) . '&other=' . sealed(token('/*'), bind => ['a']),
]
--- error_code eval
[200, 400, 200, 403, 200, 400, 200, 200, 400, 200]

=== pta_set_cookie, pta_accel_redirect and dry runs take sealed tokens
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_auth_method qs cookie;
    location / { pta_enable on; pta_set_cookie on; root $TEST_NGINX_HTML_DIR; }
    location = /play { pta_enable on; pta_accel_redirect on; }
    location /hidden/ { internal; alias $TEST_NGINX_HTML_DIR/; }
    location /dry/ { pta_enable on; pta_dry_run on; add_header X-Pta "$pta_status $pta_sealed"; alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> a
content
--- request eval
[
    'GET /a?pta=' . sealed(token('/*'), nonce => 'n'),
    'GET /play?pta=' . sealed(token('/hidden/a')),
    'GET /dry/a?pta=' . sealed(token('/*'), bind => ['x']),
    'GET /dry/a?pta=' . token('/*'),
]
--- error_code eval
[200, 200, 200, 200]
--- response_headers_like eval
[
    'Set-Cookie: pta=[0-9a-f]{32,}\.n\.[\w-]{22}; Path=/;.*', '', 'X-Pta: UNDECRYPTABLE_DRY_RUN ?', 'X-Pta: MALFORMED_DRY_RUN ?',
]
--- error_lines
pta: undecryptable token, dry run, wrong seal or binding
pta: malformed token, dry run, no seal
