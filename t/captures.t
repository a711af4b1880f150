# What this module evaluates leaves the captures of the location as they were: $1 to $9.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

# For the times of files.
$ENV{TZ} = 'UTC';

# Sections are evaluated in another package.
our $bound = sub { my $path = shift; return sealed(token($path), bind => [@_]) };

# Variables whose evaluation replaces the captures.
add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value(http_config => <<'_EOC_' . ($block->http_config // ''));
    map $cookie_session $who { volatile; "~^v1:([^:]+):(.+)$" $2; }
    map $remote_addr $network { volatile; "~^(\d+\.\d+)" $1; }
    map $remote_addr $matched { volatile; "~^1" yes; }
    map $remote_addr $eleven { volatile; "~^(1)(2)(7)(\.)(0)(\.)(0)(\.)(.)(?<empty>)(?<tail>)$" yes; }
    map $remote_addr $folder { volatile; "~^(1)(2)" html; }
    map $uri $asked { volatile; "~^/ask(/.*)$" $1; }
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        location / { return 200 $uri; }
    }
_EOC_
});

run_suite();

__DATA__

=== pta_bind: the path in the token is the one that is served
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_enable on;
    location ~ ^/alias/(.*)$ { pta_bind $network; alias $TEST_NGINX_HTML_DIR/$1; }
    location ~ ^/proxy/(\w+)$ { pta_bind $who; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/files/$1; }
    location ~ ^/early/(\w+)$ { pta_bind $who; pta_phase rewrite; return 200 "/files/$1"; }
    location ~ ^/matched/(\w+)$ { pta_bind $matched; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/files/$1; }
    location ~ "^/many/(.)(.)(.)(.)(.)(.)(.)(.)(.)(?<named>.)$" { pta_bind $eleven; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/$9$8$7$6$5$4$3$2$1; }
    # It has no captures.
    location /prefix/ { pta_bind $who; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/files/-$1$2-; }
    location ~ ^/any/(\w+)$ { pta_bind $who; satisfy any; allow all; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/files/$1; }
--- user_files
>>> a
content
--- more_headers
Cookie: session=v1:of-bob:alice
--- request eval
[
    'GET /alias/a?pta=' . $::bound->('/alias/a', '127.0'),
    'GET /proxy/mine?pta=' . $::bound->('/proxy/mine', 'alice'),
    'GET /early/mine?pta=' . $::bound->('/early/mine', 'alice'),
    'GET /matched/mine?pta=' . $::bound->('/matched/mine', 'yes'),
    'GET /many/abcdefghij?pta=' . $::bound->('/many/*', 'yes'),
    'GET /prefix/x?pta=' . $::bound->('/prefix/x', 'alice'),
    'GET /any/mine?pta=' . $::bound->('/any/mine', 'nobody'),
]
--- error_code eval
[(200) x 7]
--- response_body eval
["content\n", ('/files/mine') x 3, '/ihgfedcba', '/files/--', '/files/mine']

=== pta_bind: each value has the captures of the location
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_enable on;
    location ~ ^/two/(\w+)/ { pta_bind $network $1 $who "$1-"; alias $TEST_NGINX_HTML_DIR/a; }
    location ~ ^/file/(.*)$ { pta_bind $network $pta_file_mtime $1; alias $TEST_NGINX_HTML_DIR/$1; }
    location ~ ^/root/(.*)$ { pta_bind $pta_file_mtime $1; root $TEST_NGINX_SERVER_ROOT/$folder; rewrite ^/root(.*) $1 break; }
--- user_files
>>> a 202601051000.09
content
--- more_headers
Cookie: session=v1:of-bob:alice
--- request eval
my $token = $::bound->('/two/*', '127.0', 'alice', 'alice', 'alice-');
[
    "GET /two/alice/x?pta=$token", "GET /two/bob/x?pta=$token",
    'GET /two/bob/x?pta=' . $::bound->('/two/*', '127.0', '127.0', 'alice', 'of-bob-'),
    'GET /file/a?pta=' . $::bound->('/file/a', '127.0', 1_767_607_209, 'a'),
    'GET /root/a?pta=' . $::bound->('/root/a', 1_767_607_209, '/a'),
]
--- error_code eval
[200, 403, 403, 200, 200]

=== $pta_token and $pta_file_mtime, read by other directives
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    access_log off;
    location ~ ^/issue/(\w+)$ { pta_issue /$network/*/$who 1h bind=$who bind=$1; return 200 "$pta_token $1"; }
    location ~ ^/mtime/(.*)$ { root $TEST_NGINX_SERVER_ROOT/$folder; return 200 "[$pta_file_mtime] $1"; }
--- more_headers
Cookie: session=v1:of-bob:alice
--- request eval
['GET /issue/mine', 'GET /mtime/a']
--- response_body_like eval
['^[0-9a-f]+\.[\w-]{22} mine$', '^\[\] a$']

=== uri= of pta_gate
--- config
    location ~ ^/ask/(\w+)$ { $TEST_NGINX_KEY_1 pta_gate uri=$asked?$args; add_header X-First $1; }
--- request eval
['GET /ask/a?pta=' . token('/a')]
--- error_code: 204
--- response_headers
X-First: a
