# pta_bind: what a seal must be bound to.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

# For the times of files.
$ENV{TZ} = 'UTC';

# A request for /a or the path, with a token for all paths that is bound to these values.
sub bound { 'GET /a?pta=' . sealed(token('/*'), bind => [@_]) }
sub bound_at { my $path = shift; "GET $path?pta=" . sealed(token('/*'), bind => [@_]) }

run_suite();

__DATA__

=== each value counts, with its length, in its order
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_enable on;
    root $TEST_NGINX_HTML_DIR;
    location / { pta_bind $http_x_a "$http_x_b"; }
    location /eight/ { pta_bind a b c d e f g $http_x_a; alias $TEST_NGINX_HTML_DIR/; }
    location /one/ { pta_bind "user-$http_x_a$http_x_b"; alias $TEST_NGINX_HTML_DIR/; }
    location /none/ { pta_bind off; alias $TEST_NGINX_HTML_DIR/; }
    location /inherited/ { location /inherited/a { alias $TEST_NGINX_HTML_DIR/a; } pta_bind $http_x_a; }
--- user_files
>>> a
content
--- request eval
[
    map({ main::bound(@$_) } ['ab', 'c'], ['a', 'bc'], ['abc'], [], ['c', 'ab'], ['ab', 'c', ''], ['ab', 'C'],
        ["ab\0", 'c'], ["ab\0\0\0\1c"]),
    main::bound_at('/eight/a', qw(a b c d e f g ab)), main::bound_at('/eight/a', qw(a b c d e f g ac)),
    main::bound_at('/one/a', 'user-abc'), main::bound_at('/one/a', 'user-ab', 'c'),
    main::bound_at('/none/a'), main::bound_at('/none/a', 'ab'),
    main::bound_at('/inherited/a', 'ab'), main::bound_at('/inherited/a'),
]
--- more_headers
X-A: ab
X-B: c
--- error_code eval
[200, (403) x 8, 200, 403, 200, 403, 200, 403, 200, 403]
--- error_lines
pta: undecryptable token, wrong seal or binding

=== an empty value fits nothing, not even a token that is bound to it
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_enable on;
    root $TEST_NGINX_HTML_DIR;
    location / { pta_bind $http_x_a; }
    location /second/ { pta_bind a $http_x_a; alias $TEST_NGINX_HTML_DIR/; }
--- request eval
[main::bound(''), main::bound(), main::bound('a'), main::bound_at('/second/a', 'a'), main::bound_at('/second/a', 'a', '')]
--- error_code eval
[403, 403, 403, 403, 403]
--- error_lines
pta: undecryptable token, empty binding

=== values are never logged
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    location / { pta_enable on; pta_bind $cookie_sid; root $TEST_NGINX_HTML_DIR; }
--- log_level: info
--- request eval
[main::bound('private'), main::bound('private')]
--- more_headers eval
['Cookie: sid=other-private', '']
--- error_code eval
[403, 403]
--- no_error_log
private

=== malformed and undecryptable before the binding is evaluated
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    location / { pta_enable on; pta_bind $http_x_a; root $TEST_NGINX_HTML_DIR; }
--- request eval
['GET /a?pta=' . token('/a'), 'GET /a?pta=' . sealed(cut(token('/a'), 2)), 'GET /a?pta=' . sealed('x'), 'GET /a']
--- error_code eval
[400, 403, 400, 400]
--- no_error_log
empty binding

=== evaluated in the location that asks, once for each check
--- http_config
    map $uri $again { volatile; ~^/x/ x; default other; }
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_auth_method qs cookie;
    location / { pta_enable on; pta_bind $document_root; root $TEST_NGINX_HTML_DIR; }
    # The same realm, and another root. The check runs in the location to which the rewrite leads.
    location /first/ { pta_enable on; pta_bind $document_root; root /nowhere; rewrite ^/first/(.*)$ /$1 last; }
    location /captures/ {
        location ~ ^/captures/(\w+)/ { pta_enable on; pta_bind $1; alias $TEST_NGINX_HTML_DIR/a; }
    }
    # The check runs after the rewrite, in the access phase.
    location /x/ { pta_enable on; pta_bind $again; rewrite ^/x/(.*)$ /$1 break; root $TEST_NGINX_HTML_DIR; }
    location /early/ {
        pta_enable on; pta_bind $uri; pta_phase rewrite;
        rewrite ^/early/(.*)$ /$1 break; root $TEST_NGINX_HTML_DIR;
    }
    location /set/ {
        pta_enable on; pta_bind $mine;
        set $mine $arg_mine;
        alias $TEST_NGINX_HTML_DIR/;
    }
    location /set-early/ {
        pta_enable on; pta_bind $mine; pta_phase rewrite;
        set $mine $arg_mine;
        alias $TEST_NGINX_HTML_DIR/;
    }
--- user_files
>>> a
content
--- request eval
[
    main::bound($ENV{TEST_NGINX_HTML_DIR}),
    main::bound_at('/first/a', $ENV{TEST_NGINX_HTML_DIR}), main::bound_at('/first/a', '/nowhere'),
    main::bound_at('/captures/me/x', 'me'), main::bound_at('/captures/me/x', 'you'),
    main::bound_at('/x/a', 'other'), main::bound_at('/x/a', 'x'),
    main::bound_at('/early/a', '/early/a'), main::bound_at('/early/a', '/a'),
    main::bound_at('/set/a', 'm') . '&mine=m', main::bound_at('/set-early/a', 'm') . '&mine=m',
]
--- error_code eval
[200, 200, 403, 200, 403, 200, 403, 200, 403, 200, 403]
--- tokens_in_logs: nginx warns of the unset variable while the check reads it
--- error_lines
pta: undecryptable token, empty binding

=== a variable of this module behind a map
nginx -t does not see it. It has the value of the moment of the check: empty, or that of an earlier check.
--- http_config
    map $pta_status $behind { volatile; default "<$pta_status>"; }
    map $pta_sealed$pta_path $kept { default "<$pta_sealed$pta_path>"; }
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    location / { pta_enable on; pta_bind $behind $kept; root $TEST_NGINX_HTML_DIR; }
    location /first/ { pta_enable on; try_files /none /second/a; }
    location /second/ { pta_enable on; pta_bind $behind; pta_name other; alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> a
content
--- request eval
[
    main::bound('<>', '<>'), main::bound('<ALLOWED>', '<>'),
    'GET /first/a?pta=' . sealed(token('/*')) . '&other=' . sealed(token('/*'), bind => ['<ALLOWED>']),
    'GET /first/a?pta=' . sealed(token('/*')) . '&other=' . sealed(token('/*'), bind => ['<>']),
]
--- error_code eval
[200, 403, 200, 403]

=== many candidates share one binding
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    location / { pta_enable on; pta_auth_method cookie; pta_bind $http_x_a; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
content
--- request
GET /a
--- more_headers eval
'X-A: a' . "\n" . 'Cookie: ' . CORE::join '; ', map { "pta=$_" }
    token('/a'), sealed(token('/a'), bind => ['b']), 'x', sealed(token('/a')), sealed(token('/a'), bind => ['a'])
--- error_code: 200

=== bound to the method: HEAD is not GET
--- http_config
    map $request_method $read { GET read; HEAD read; default $request_method; }
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_enable on;
    root $TEST_NGINX_HTML_DIR;
    location / { pta_bind $request_method; }
    location /read/ { pta_bind $read; alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> a
content
--- request eval
[
    main::bound('GET'), main::bound('GET') =~ s/^GET/HEAD/r, main::bound('HEAD') =~ s/^GET/HEAD/r, main::bound('PUT'),
    main::bound_at('/read/a', 'read'), main::bound_at('/read/a', 'read') =~ s/^GET/HEAD/r,
    main::bound_at('/read/a', 'read') =~ s/^GET/PUT/r,
]
--- error_code eval
[200, 403, 200, 403, 200, 200, 403]

=== bound to the address that realip has found
At the level of the server, realip runs before every check. In a location, it runs after the rewrite phase.
--- http_config
    map $remote_addr $address { ~^::ffff:(?<v4>[0-9.]+)$ $v4; default $remote_addr; }
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_enable on;
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Real-IP;
    root $TEST_NGINX_HTML_DIR;
    location / { pta_bind $remote_addr; }
    location /early/ { pta_bind $remote_addr; pta_phase rewrite; alias $TEST_NGINX_HTML_DIR/; }
    location /mapped/ { pta_bind $address; alias $TEST_NGINX_HTML_DIR/; }
    location /late/ { pta_bind $remote_addr; pta_phase rewrite; real_ip_header X-Other; alias $TEST_NGINX_HTML_DIR/; }
    location /proxy/ { pta_bind $realip_remote_addr; alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> a
content
--- request eval
[
    main::bound('192.0.2.7'), main::bound('127.0.0.1'), main::bound('192.0.2.8'),
    main::bound_at('/early/a', '192.0.2.7'), main::bound_at('/early/a', '127.0.0.1'),
    main::bound_at('/late/a', '192.0.2.9'), main::bound_at('/late/a', '127.0.0.1'),
    main::bound_at('/proxy/a', '127.0.0.1'),
    main::bound('::ffff:192.0.2.7'), main::bound('192.0.2.7'), main::bound_at('/mapped/a', '192.0.2.7'),
    main::bound('2001:db8::1'), main::bound('2001:db8:0::1'),
]
--- more_headers eval
[
    ('X-Real-IP: 192.0.2.7') x 5, ('X-Other: 192.0.2.9') x 2, 'X-Real-IP: 192.0.2.7',
    ('X-Real-IP: ::ffff:192.0.2.7') x 3, ('X-Real-IP: 2001:DB8:0:0::1') x 2,
]
--- error_code eval
[200, 403, 403, 200, 403, 403, 200, 200, 200, 403, 200, 200, 403]

=== a client on a unix socket has the address "unix:"
--- http_config
    server {
        listen unix:$TEST_NGINX_HTML_DIR/socket;
        $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
        pta_require_seal on;
        location / { pta_enable on; pta_bind $remote_addr; root $TEST_NGINX_HTML_DIR; }
    }
--- config
    access_log off;
    location / { proxy_pass http://unix:$TEST_NGINX_HTML_DIR/socket:; }
--- user_files
>>> a
content
--- request eval
[main::bound('unix:'), main::bound('127.0.0.1'), main::bound('')]
--- error_code eval
[200, 403, 403]

=== bound to the time of the file
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_enable on;
    pta_bind $pta_file_mtime;
    root $TEST_NGINX_HTML_DIR;
    location /b { pta_phase rewrite; }
    location /folder/ { alias $TEST_NGINX_HTML_DIR/; }
    location = /broken { alias $TEST_NGINX_HTML_DIR/a; rewrite ^ /a break; }
--- user_files
>>> a 202601051000.09
content
>>> b 202601051000.09
content
--- request eval
[
    main::bound(1_767_607_209), main::bound(1_767_607_208), main::bound_at('/b', 1_767_607_209),
    main::bound_at('/folder/a', 1_767_607_209), main::bound_at('/none', ''), main::bound_at('/none', 0), main::bound_at('/broken', 1_767_607_209),
]
--- error_code eval
[200, 403, 200, 200, 403, 403, 403]
--- error_lines
pta: undecryptable token, empty binding

=== the time of the file that the URI names, not of the one that is served
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_enable on;
    pta_bind $pta_file_mtime;
    root $TEST_NGINX_HTML_DIR;
    location /folder/ { }
    location = /link { pta_accel_redirect on; }
    location = /tried { try_files /a =404; }
    location = /proxied { proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/open/a; }
    location = /asked { pta_enable off; auth_request /gate; alias $TEST_NGINX_HTML_DIR/a; }
    location = /gate { internal; pta_gate; }
    location /open/ { pta_enable off; alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> a 202601051000.09
content
>>> folder/index.html 202601051000.09
content
--- request eval
[
    map({ main::bound_at($_, 1_767_607_209) } '/a', '/folder/index.html', '/folder/', '/tried', '/proxied', '/asked'),
    'GET /link?pta=' . sealed(token('/a'), bind => [1_767_607_209]),
]
--- error_code eval
[200, 200, (403) x 5]
--- error_lines eval
[(qr/pta: undecryptable token, empty binding/) x 5]

=== WebDAV and satisfy any
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    location / {
        pta_enable on; pta_bind $http_x_a;
        satisfy any; deny all;
        root $TEST_NGINX_HTML_DIR;
    }
    location /let/ { pta_enable on; pta_bind $http_x_a; satisfy any; allow all; alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> a
content
--- request eval
[main::bound('a'), main::bound('b'), main::bound(), main::bound_at('/let/a', 'b')]
--- more_headers
X-A: a
--- error_code eval
[200, 403, 403, 200]
