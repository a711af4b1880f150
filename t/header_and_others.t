# A token in a header, beside what else of nginx reads headers.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

# An upstream that returns what it gets of the token.
our $shows = <<'_EOC_';
    proxy_cache_path $TEST_NGINX_HTML_DIR/cache keys_zone=one:1m;
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        underscores_in_headers on;
        location / { add_header Vary X-PTA; return 200 "[$http_x_pta][$http_authorization]"; }
    }
_EOC_

{
    no strict 'refs';
    *{'Test::Base::Filter::shows'} = \$shows;
}

run_suite();

__DATA__

=== auth_basic and a token share Authorization
--- http_config eval: $shows
--- config
    $TEST_NGINX_KEY_1
    pta_header Authorization;
    auth_basic realm;
    auth_basic_user_file $TEST_NGINX_HTML_DIR/users;
    location /all/ { pta_enable on; pta_auth_method qs header; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location /any/ { satisfy any; pta_enable on; pta_auth_method header; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location /set/ {
        auth_basic off;
        pta_enable on;
        pta_auth_method header;
        proxy_set_header Authorization "Basic dXBzdHJlYW0=";
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
--- user_files
>>> users
me:{PLAIN}secret
--- request eval
my $t = token("/*");
["GET /all/a?pta=$t", "GET /all/a?pta=$t", "GET /all/a", "GET /any/a", "GET /any/a", "GET /any/a", "GET /any/a", "GET /set/a"]
--- more_headers eval
my ($basic, $bearer) = ("Authorization: Basic bWU6c2VjcmV0", "Authorization: Bearer " . token("/*"));
[$basic, $bearer, $bearer, $bearer, $basic, "Authorization: Bearer zz", "Authorization: Basic eA==", $bearer]
--- error_code eval
[200, 401, 401, 200, 200, 401, 401, 200]
--- response_body_like eval
['^\[\]\[Basic bWU6c2VjcmV0\]$', ('401') x 2, '^\[\]\[\]$', '^\[\]\[Basic bWU6c2VjcmV0\]$', ('401') x 2, '^\[\]\[Basic dXBzdHJlYW0=\]$']

=== tokens share an entry of a cache, unless pta_strip is off
--- http_config eval: $shows
--- config
    $TEST_NGINX_KEY_1
    pta_enable on;
    pta_auth_method header;
    proxy_cache one;
    proxy_cache_valid 1m;
    add_header X-Cache $upstream_cache_status;
    location /a/ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location /key/ { proxy_cache_key $uri$http_x_pta; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
    location /off/ { pta_strip off; proxy_cache_key $uri$http_x_pta; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- request eval
[map { ("GET /$_/x") x 4 } "a", "key", "off"]
--- more_headers eval
my ($t, $u) = (token("/*"), token("/*", expires => 4_000_000_000));
[("X-PTA: $t", "X-PTA: $u", "", "X-PTA: zz") x 3]
--- error_code eval
[(200, 200, 400, 400) x 3]
--- response_headers eval
my $no = "!X-Cache\nCache-Control: no-store";
my ($miss, $hit) = map { "X-Cache: $_\nCache-Control: private" } "MISS", "HIT";
[($miss, $hit, $no, $no) x 2, $miss, $miss, $no, $no]
--- response_body_like eval
[('^\[\]\[\]$', '^\[\]\[\]$', '.', '.') x 2, '^\[' . token("/*"), '^\[' . token("/*", expires => 4_000_000_000), '.', '.']

=== a name with an underscore is another name
--- http_config eval: $shows
--- config
    $TEST_NGINX_KEY_1
    underscores_in_headers on;
    location / { pta_enable on; pta_auth_method header; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- request eval
["GET /a", "GET /a", "GET /a"]
--- more_headers eval
my $t = token("/a");
["X_PTA: $t", "X-PTA: $t\r\nX_PTA: other", "X_PTA: other\r\nX-PTA: $t"]
--- error_code eval
[400, 200, 200]
--- response_body_like eval
['.', '^\[other\]', '^\[other\]']

=== compression does not depend on where the header is
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method header;
        gzip on;
        gzip_proxied any;
        gzip_min_length 0;
        gzip_types text/plain;
        gzip_vary on;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
--- request eval
[("GET /a") x 4]
--- more_headers eval
my $t = token("/a");
["X-PTA: $t\r\nAccept-Encoding: gzip", "Accept-Encoding: gzip\r\nX-PTA: $t\r\nVia: 1.1 x", "Via: 1.1 x\r\nAccept-Encoding: gzip\r\nX-PTA: $t", "X-PTA: $t"]
--- error_code eval
[(200) x 4]
--- response_headers eval
[("Content-Encoding: gzip\nVary: Accept-Encoding\nCache-Control: private") x 3, "!Content-Encoding\nCache-Control: private"]
