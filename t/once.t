# pta_once: a token allows one request.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

# Sections are evaluated in another package. Each request of a block may have a token of its own.
our $once = sub { my ($path, $nonce) = @_; return sealed(token($path), nonce => $nonce) };
our $other_end = sub { my ($token) = @_; (my $last = chop $token) =~ tr/AQgw/QgwA/; return "$token$last" };
our $no_seal_bits = sub { my ($token) = @_; chop $token; return "${token}B" };
our $lower = token('/u/a');

add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value(http_config => "pta_once_zone z:64k; pta_once_zone y:64k;\n" . ($block->http_config // ''));
});

run_suite();

__DATA__

=== a sealed token allows one request
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_once zone=z;
    location / { pta_enable on; add_header X-Pta $pta_status always; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
[ "HEAD /u/a?pta=" . $::once->('/u/a', 'n'), "OPTIONS /u/a?pta=" . $::once->('/u/a', 'n'),
  "PUT /u/a?pta=" . $::once->('/u/a', 'n') . "\nx", "PUT /u/a?pta=" . $::once->('/u/a', 'n') . "\nx",
  "GET /u/a?pta=" . $::once->('/u/a', 'n'),
  "HEAD /u/a?pta=" . $::once->('/u/a', 'n'), "OPTIONS /u/a?pta=" . $::once->('/u/a', 'n'),
  "REPORT /u/a?pta=" . $::once->('/u/a', 'n'), "REPORT /u/a?pta=" . $::once->('/u/a', 'o'),
  "GET /u/a?pta=" . $::once->('/u/a', 'o'),
  "GET /u/a?pta=" . sealed(token('/u/a')), "GET /u/a?pta=" . sealed(token('/u/a')) ]
--- error_code eval
[200, 200, 200, 403, 403, 200, 200, 403, 200, 403, 200, 403]
--- response_headers eval
[map { "X-Pta: $_" } qw(ALLOWED ALLOWED ALLOWED REPLAYED REPLAYED ALLOWED ALLOWED REPLAYED ALLOWED REPLAYED ALLOWED REPLAYED)]
--- error_lines
[error]
pta: replayed token, requested "/u/a", allowed "/u/a"

=== the same token in other letters is no use
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_once zone=z;
    location / { pta_enable on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my $token = $::once->('/u/a', 'n');
[ map { "PUT /u/a?pta=$_\nx" } (
    $token =~ s/^([^.]*)/uc $1/er, $::other_end->($token), $::no_seal_bits->($token), "$token=", $token,
    $token =~ s/^([^.]*)/uc $1/er, $token ) ]
--- error_code eval
[403, 403, 400, 400, 200, 403, 403]

=== an unsealed token is one token in both cases
--- config
    $TEST_NGINX_KEY_1
    pta_once zone=z;
    location / { pta_enable on; add_header X-Pta $pta_status always; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
[ "PUT /u/a?pta=" . uc($::lower) . "\nx", "PUT /u/a?pta=$::lower\nx", "PUT /u/a?pta=" . uc($::lower) . "\nx",
  "PUT /u/b?pta=" . token('/u/b') . "\nx", "PUT /u/a?pta=" . token('/u/a', expires => 4102444801) . "\nx" ]
--- error_code eval
[200, 403, 403, 200, 200]

=== what other modules refuse uses no token
--- tokens_in_logs: nginx answers 413 before it asks modules
--- user_files
>>> users
u:{PLAIN}right
--- http_config
    client_body_buffer_size 1k;
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_once zone=z;
    location / { pta_enable on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /u/basic { pta_enable on; auth_basic r; auth_basic_user_file $TEST_NGINX_HTML_DIR/users; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /u/page { pta_enable on; deny all; error_page 403 /page; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location = /page { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /u/named { pta_enable on; deny all; error_page 403 @page; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location @page { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /u/deny { pta_enable on; deny all; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /u/request { pta_enable on; auth_request /no; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location = /no { internal; return 403; }
    location /u/size { pta_enable on; client_max_body_size 3; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my $token = $::once->('/u/*', 'n');
[ "PUT /u/basic?pta=$token\nx", "PUT /u/deny?pta=$token\nx", "PUT /u/request?pta=$token\nx", "PUT /u/size?pta=$token\n0123",
  "PUT /u/page?pta=$token\nx", "PUT /u/named?pta=$token\nx",
  "PUT /v?pta=$token\nx", "PUT /u/basic?pta=$token\nx", "PUT /u/basic?pta=$token\nx" ]
--- more_headers eval
["Authorization: Basic dTp3cm9uZw==", "", "", "", "", "", "", "Authorization: Basic dTpyaWdodA==", "Authorization: Basic dTpyaWdodA=="]
--- error_code eval
[401, 403, 403, 413, 403, 403, 403, 200, 403]

=== only the listed methods use a token
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_once zone=z methods=PUT,post;
    location / { pta_enable on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my $token = $::once->('/u/a', 'n');
["GET /u/a?pta=$token", "GET /u/a?pta=$token", "POST /u/a?pta=$token\nx", "GET /u/a?pta=$token", "PUT /u/a?pta=$token\nx", "PATCH /u/a?pta=$token\nx"]
--- error_code eval
[200, 200, 200, 200, 403, 200]

=== release=error gives a token back if the request fails
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    location /u/ { pta_enable on; pta_once zone=z release=error; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/status/$arg_s; }
    location /k/ { pta_enable on; pta_once zone=z; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/status/$arg_s; }
    location /e/ {
        pta_enable on; pta_once zone=z release=error; proxy_intercept_errors on; error_page 404 =200 /page;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/status/$arg_s;
    }
    location = /page { return 200 "page\n"; }
--- request eval
my ($u, $k, $e) = ($::once->('/u/a', 'n'), $::once->('/k/a', 'n'), $::once->('/e/a', 'n'));
[ "PUT /u/a?s=404&pta=$u\nx", "PUT /u/a?s=404&pta=$u\nx", "PUT /u/a?s=200&pta=$u\nx", "PUT /u/a?s=404&pta=$u\nx", "PUT /u/a?s=200&pta=$u\nx",
  "PUT /k/a?s=404&pta=$k\nx", "PUT /k/a?s=200&pta=$k\nx",
  "PUT /e/a?s=404&pta=$e\nx", "PUT /e/a?s=200&pta=$e\nx" ]
--- error_code eval
[404, 404, 200, 403, 403, 404, 403, 200, 403]

=== a token is claimed in each zone of the locations that a request enters, before it is redirected
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_auth_method qs cookie;
    location /in/ { pta_enable on; pta_once zone=z; rewrite ^/in/(.*) /open/$1 last; }
    location /through/ { pta_enable on; pta_once zone=y; rewrite ^/through/(.*) /into/$1 last; }
    location /into/ { pta_enable on; pta_once zone=z; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /y/ { pta_enable on; pta_once zone=y; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /try/ { pta_enable on; pta_once zone=z; try_files /none @named; }
    location @named { pta_enable on; pta_once zone=y; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /open/ { access_log off; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my ($in, $through, $try) = map { $::once->('/*', $_) } qw(n o p);
[ "GET /in/a?pta=$in", "GET /in/a?pta=$in", "GET /into/a?pta=$in", "GET /through/a?pta=$in", "GET /y/a?pta=$in",
  "GET /through/a?pta=$through", "GET /into/a?pta=$through", "GET /y/a?pta=$through",
  "GET /try/a?pta=$try", "GET /y/a?pta=$try", "GET /try/a?pta=$try" ]
--- error_code eval
# The claim in zone y is given back if zone z has one.
[200, 403, 403, 403, 200, 200, 403, 403, 200, 200, 403]

=== a request is not refused by its own claim
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_once zone=z;
    location /d/ { pta_enable on; alias $TEST_NGINX_HTML_DIR/d/; }
    location /dry/ { pta_enable on; pta_dry_run on; add_header X-Pta $pta_status; alias $TEST_NGINX_HTML_DIR/d/; }
    location = /d/err { pta_enable on; error_page 404 /d/page; alias $TEST_NGINX_HTML_DIR/none; }
--- user_files
>>> d/index.html
index
>>> d/page
page
--- request eval
my ($a, $b, $c) = map { $::once->('/*', $_) } qw(n o p);
["GET /d/?pta=$a", "GET /d/?pta=$a", "GET /dry/?pta=$b", "GET /dry/?pta=$b", "GET /d/?pta=$b", "GET /d/err?pta=$c", "GET /d/err?pta=$c"]
--- error_code eval
[200, 403, 200, 200, 403, 404, 403]
--- response_headers eval
["", "", "X-Pta: ALLOWED", "X-Pta: REPLAYED_DRY_RUN", "", "", ""]

=== exempt arrivals claim nothing
--- tokens_in_logs: they come from an open location
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    location = /app { access_log off; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel?to=/p/a; }
    location /p/ { pta_enable on; pta_once zone=z; alias $TEST_NGINX_HTML_DIR/; }
    location = /to { pta_enable on; pta_accel_redirect on; pta_once zone=y; }
--- user_files
>>> a
--- request eval
my ($p, $to) = ($::once->('/p/a', 'n'), $::once->('/p/a', 'o'));
["GET /app?pta=$p", "GET /app?pta=$p", "GET /p/a?pta=$p", "GET /p/a?pta=$p", "GET /to?pta=$to", "GET /to?pta=$to", "GET /p/a?pta=$to", "GET /p/a?pta=$to"]
--- error_code eval
[200, 200, 200, 403, 200, 403, 200, 403]

=== a used cookie does not hide an unused one
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_once zone=z;
    location / { pta_enable on; pta_auth_method cookie; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- more_headers eval
my ($a, $b) = map { $::once->('/*', $_) } qw(n o);
["Cookie: pta=$a", "Cookie: pta=$a; pta=$b", "Cookie: pta=$a; pta=$b"]
--- request eval
["PUT /a\nx", "PUT /a\nx", "PUT /a\nx"]
--- error_code eval
[200, 200, 403]

=== the verdict replayed has a status, and under satisfy any another module may let the request in
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_once zone=z;
    location /r { pta_enable on; pta_refuse_status replayed=409; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /any { pta_enable on; satisfy any; allow 127.0.0.1; deny all; add_header X-Pta $pta_status always; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /none { pta_enable on; satisfy any; deny all; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /off { pta_enable on; pta_once off; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my ($r, $any, $none) = map { $::once->('/*', $_) } qw(n o p);
["PUT /r?pta=$r\nx", "PUT /r?pta=$r\nx", "PUT /any?pta=$any\nx", "PUT /any?pta=$any\nx", "PUT /none?pta=$none\nx", "PUT /none?pta=$none\nx", "PUT /off?pta=$none\nx"]
--- error_code eval
[200, 409, 200, 200, 200, 403, 200]
--- response_headers eval
["", "Cache-Control: no-store", "X-Pta: ALLOWED", "X-Pta: REPLAYED", "", "", ""]

=== if blocks and limit_except
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_once zone=z;
    location /if { if ($arg_on) { pta_enable on; } access_log off; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /limit { limit_except GET { pta_enable on; } access_log off; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /no { pta_enable on; if ($arg_off) { pta_enable off; } access_log off; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my ($if, $limit, $no) = map { $::once->('/*', $_) } qw(n o p);
[ "GET /if?pta=$if", "GET /if?on=1&pta=$if", "GET /if?on=1&pta=$if", "GET /limit?pta=$limit", "PUT /limit?pta=$limit\nx", "PUT /limit?pta=$limit\nx",
  "GET /no?off=1&pta=$no", "GET /no?pta=$no", "GET /no?pta=$no" ]
--- error_code eval
[200, 200, 403, 200, 200, 403, 200, 200, 403]

=== release=error beside other capabilities
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    pta_auth_method qs cookie;
    location /u/ { pta_enable on; pta_once zone=z release=error; alias $TEST_NGINX_HTML_DIR/; }
    location /c/ { pta_enable on; pta_set_cookie on; alias $TEST_NGINX_HTML_DIR/; }
    location /p/ { pta_enable on; pta_playlist forward; alias $TEST_NGINX_HTML_DIR/; }
    location /r/ { pta_enable on; pta_once zone=z; pta_set_cookie redirect; alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> a
>>> a.m3u8
#EXTM3U
b.ts
--- request eval
my ($a, $r) = ($::once->('/*', 'n'), $::once->('/*', 'o'));
["GET /u/none?pta=$a", "GET /c/a?pta=$a", "GET /p/a.m3u8?pta=$a", "GET /u/a?pta=$a", "GET /u/a?pta=$a", "GET /r/a?pta=$r", "GET /r/a", "GET /r/a"]
--- more_headers eval
my $r = $::once->('/*', 'o');
["", "", "", "", "", "", "Cookie: pta=$r", "Cookie: pta=$r"]
--- error_code eval
[404, 200, 200, 200, 403, 303, 200, 403]
--- response_headers eval
["", "Cache-Control: private", "", "", "", "", "", ""]
--- response_body_like eval
["", "^\$", "b.ts\\?pta=", "", "", "", "", ""]

=== a claim that was just made is taken back if the next zone has one
--- config
    $TEST_NGINX_KEY_1 $TEST_NGINX_SEAL_1
    pta_require_seal on;
    location /z/ { pta_enable on; pta_once zone=z; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /y/ { pta_enable on; pta_once zone=y; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /yz/ { pta_enable on; pta_once zone=y; rewrite ^/yz/(.*) /z/$1 last; }
    location /zy/ { pta_enable on; pta_once zone=z; rewrite ^/zy/(.*) /y/$1 last; }
--- request eval
my ($a, $b) = map { $::once->('/*', $_) } qw(n o);
["GET /z/a?pta=$a", "GET /yz/a?pta=$a", "GET /zy/a?pta=$a", "GET /y/a?pta=$a", "GET /zy/a?pta=$b", "GET /z/a?pta=$b", "GET /y/a?pta=$b"]
--- error_code eval
[200, 403, 403, 200, 200, 403, 403]
