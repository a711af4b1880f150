# pta_once: in which locations a request claims its token, and where it is looked up.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

# Sections are evaluated in another package. Each request of a block may have a token of its own.
our $once = sub { my ($path, $nonce) = @_; return sealed(token($path), nonce => $nonce) };
our $third = sub { my ($path, $nonce) = @_; return sealed(token($path, pair => 3), pair => 3, nonce => $nonce) };

add_block_preprocessor(sub {
    my ($block) = @_;
    $block->set_value(http_config => "pta_once_zone z:64k; pta_once_zone y:64k;\n" . ($block->http_config // ''));
    $block->set_value(config => "$ENV{TEST_NGINX_KEY_1} $ENV{TEST_NGINX_SEAL_1} pta_require_seal on;\n" . $block->config);
});

run_suite();

__DATA__

=== two realms with one zone: each of the two tokens is used
--- config
    location /a/ { pta_enable on; pta_once zone=z; rewrite ^/a/(.*) /b/$1 last; }
    location /b/ { pta_enable on; pta_name other; pta_once zone=z; $TEST_NGINX_KEY_3 $TEST_NGINX_SEAL_3 proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /c/ { pta_enable on; pta_once zone=z; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my ($own, $other) = ($::once->('/*', 'n'), $::third->('/*', 'o'));
["GET /a/a?pta=$own&other=$other", "GET /c/a?pta=$own", "GET /b/a?other=$other", "GET /a/a?pta=$own&other=$other"]
--- error_code eval
[200, 403, 403, 403]

=== a realm does not look in the zones of other realms
--- config
    location /a/ { pta_enable on; pta_once zone=z; rewrite ^/a/(.*) /b/$1 last; }
    location /b/ { pta_enable on; pta_name other; pta_once zone=y; $TEST_NGINX_KEY_3 $TEST_NGINX_SEAL_3 proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /c/ { pta_enable on; pta_name other; pta_once zone=z; $TEST_NGINX_KEY_3 $TEST_NGINX_SEAL_3 proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my ($own, $other) = ($::once->('/*', 'n'), $::third->('/*', 'o'));
["GET /c/a?other=$other", "GET /a/a?pta=$own&other=$other", "GET /a/a?pta=$own&other=$other"]
--- error_code eval
[200, 200, 403]

=== after an internal redirect, the used token of another realm is refused
--- config
    location /a/ { pta_enable on; pta_once zone=z; try_files /none @b; }
    location /b/ { pta_enable on; pta_name other; pta_once zone=y; $TEST_NGINX_KEY_3 $TEST_NGINX_SEAL_3 proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location @b { pta_enable on; pta_name other; pta_once zone=y; $TEST_NGINX_KEY_3 $TEST_NGINX_SEAL_3 proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my $other = $::third->('/*', 'o');
["GET /b/a?other=$other", map { "GET /a/a?other=$other&pta=" . $::once->('/*', $_) } qw(n m)]
--- error_code eval
[200, 403, 403]

=== what pta_accel_redirect leads to claims if it needs a token of other keys
--- config
    location = /to { pta_enable on; pta_accel_redirect on; }
    location /b/ { pta_enable on; pta_name other; pta_once zone=z; $TEST_NGINX_KEY_3 $TEST_NGINX_SEAL_3 alias $TEST_NGINX_HTML_DIR/; }
    location /c/ { pta_enable on; pta_once zone=z; alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> a
--- request eval
my ($to, $c, $other) = ($::once->('/b/a', 'n'), $::once->('/c/a', 'm'), $::third->('/*', 'o'));
["GET /to?pta=$to&other=$other", "GET /to?pta=$to&other=$other", "GET /b/a?other=$other", "GET /to?pta=$c", "GET /to?pta=$c"]
--- error_code eval
# The redirect itself is exempt.
[200, 403, 403, 200, 200]

=== a location that an exempt arrival enters is not claimed after the next redirect
--- tokens_in_logs: they come from an open location
--- config
    location /app/ { pta_enable on; access_log off; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1/accel?to=/p/a; }
    location /p/ { pta_enable on; pta_once zone=z; try_files /none @named; }
    location @named { access_log off; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my $token = $::once->('/*', 'n');
["GET /app/a?pta=$token", "GET /app/a?pta=$token", "GET /p/a?pta=$token", "GET /p/a?pta=$token"]
--- error_code eval
[200, 200, 200, 403]

=== a request that has claimed nothing claims where an internal redirect leads it
--- tokens_in_logs: they come from an open location
--- config
    location /open/ { access_log off; try_files /none @up; }
    location @up { pta_enable on; pta_once zone=z; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /d/ { access_log off; alias $TEST_NGINX_HTML_DIR/d/; }
    location = /d/index.html { pta_enable on; pta_once zone=z; alias $TEST_NGINX_HTML_DIR/d/index.html; }
    location /e/ { access_log off; error_page 404 /f; alias $TEST_NGINX_HTML_DIR/none; }
    location = /f { pta_enable on; pta_once zone=z; alias $TEST_NGINX_HTML_DIR/d/index.html; }
    location /r/ { access_log off; error_page 402 @up; return 402; }
--- user_files
>>> d/index.html
index
--- request eval
my ($up, $d, $e, $r) = map { $::once->('/*', $_) } qw(n o p q);
[map { ("GET $_", "GET $_") } "/open/a?pta=$up", "/d/?pta=$d", "/e/a?pta=$e", "/r/a?pta=$r"]
--- error_code eval
# A page keeps the status of its error.
[200, 403, 200, 403, 404, 403, 402, 403]

=== a used token is looked up in all locations that the request enters
--- config
    location /a/ { pta_enable on; rewrite ^/a/(.*) /b/$1 last; }
    location /b/ { pta_enable on; pta_once zone=z; satisfy any; allow 127.0.0.1; deny all; add_header X-Pta $pta_status always; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /c/ { pta_enable on; satisfy any; allow 127.0.0.1; deny all; rewrite ^/c/(.*) /b/$1 last; }
    location /d/ { pta_enable on; pta_auth_method cookie; rewrite ^/d/(.*) /e/$1 last; }
    location /e/ { pta_enable on; pta_auth_method cookie; pta_once zone=z; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my ($a, $d) = map { $::once->('/*', $_) } qw(n o);
# Another module lets it in, as one without a token. But not if `satisfy all` comes first.
["GET /c/a?pta=$a", "GET /c/a?pta=$a", "GET /a/a?pta=$a", "GET /c/a", "GET /d/a", "GET /d/a"]
--- more_headers eval
my ($a, $d, $f) = map { $::once->('/*', $_) } qw(n o p);
["", "", "", "", "Cookie: pta=$d", "Cookie: pta=$d; pta=$f"]
--- error_code eval
[200, 200, 403, 200, 200, 200]
--- response_headers eval
["X-Pta: ALLOWED", "X-Pta: REPLAYED", "", "X-Pta: MISSING", "", ""]

=== a dry run refuses nobody for the claims in its zone
--- config
    location /dry/ { pta_enable on; pta_dry_run on; pta_once zone=y; rewrite ^/dry/(.*) /z/$1 last; }
    location /z/ { pta_enable on; pta_once zone=z; add_header X-Pta $pta_status always; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /y/ { pta_enable on; pta_once zone=y; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /last/ { pta_enable on; pta_once zone=z; rewrite ^/last/(.*) /end/$1 last; }
    location /end/ { pta_enable on; pta_dry_run on; pta_once zone=y; add_header X-Pta $pta_status always; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my ($a, $b, $c) = map { $::once->('/*', $_) } qw(n o p);
[ "GET /y/a?pta=$a", "GET /dry/a?pta=$a", "GET /dry/a?pta=$a",
  "GET /dry/a?pta=$b", "GET /y/a?pta=$b",
  "GET /y/a?pta=$c", "GET /last/a?pta=$c", "GET /last/a?pta=$c" ]
--- error_code eval
[200, 200, 403, 200, 403, 200, 200, 403]
--- response_headers eval
["", "X-Pta: ALLOWED", "X-Pta: REPLAYED", "X-Pta: ALLOWED", "", "", "X-Pta: ALLOWED", ""]
--- error_lines
pta: replayed token, dry run, requested "/dry/a", allowed "/*"

=== a dry run before an internal redirect saves no token from the location behind it
--- config
    location /dry/ { pta_enable on; pta_dry_run on; pta_once zone=y; try_files /none @z; }
    location @z { pta_enable on; pta_once zone=z; add_header X-Pta $pta_status always; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /y/ { pta_enable on; pta_once zone=y; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /z/ { pta_enable on; pta_once zone=z; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    # As it would be without the dry run: a claim before the redirect, and no more behind it.
    location /both/ { pta_enable on; pta_dry_run on; pta_once zone=y; try_files /none @dry; }
    location @dry { pta_enable on; pta_dry_run on; pta_once zone=z; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my ($a, $b, $c) = map { $::once->('/*', $_) } qw(n o p);
[ "GET /dry/a?pta=$a", "GET /dry/a?pta=$a", "GET /z/a?pta=$a", "GET /y/a?pta=$a",
  "GET /y/a?pta=$b", "GET /dry/a?pta=$b", "GET /dry/a?pta=$b",
  "GET /both/a?pta=$c", "GET /z/a?pta=$c", "GET /y/a?pta=$c" ]
--- error_code eval
[200, 403, 403, 403, 200, 200, 403, 200, 200, 403]
--- response_headers eval
["X-Pta: ALLOWED", "X-Pta: REPLAYED", "", "", "", "X-Pta: ALLOWED", "X-Pta: REPLAYED", "", "", ""]

=== a dry run that finds a used token logs it once, also if a redirect repeats the claim
--- config
    location /dry/ { pta_enable on; pta_dry_run on; pta_once zone=y; try_files /none @z; }
    location @z { pta_enable on; pta_once zone=z; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /y/ { pta_enable on; pta_once zone=y; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my $a = $::once->('/*', 'n');
["GET /y/a?pta=$a", "GET /dry/a?pta=$a"]
--- error_code eval
[200, 200]
--- error_lines eval
[qr/\A(?!(?:.*\[error\][^\n]*pta: replayed){2}).*\[error\][^\n]*pta: replayed token, dry run/s]

=== what a dry run refuses is logged once
--- config
    location /first/ { pta_enable on; pta_dry_run on; try_files /none @then; }
    location @then { pta_enable on; pta_dry_run on; pta_once zone=z; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /z/ { pta_enable on; pta_once zone=z; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my $a = $::once->('/*', 'n');
["GET /z/a?pta=$a", "GET /first/a?pta=$a"]
--- error_code eval
[200, 200]
--- error_lines eval
[qr/\A(?!(?:.*\[error\][^\n]*pta: replayed){2}).*\[error\][^\n]*pta: replayed token, dry run/s]

=== other methods and subrequests claim nothing
--- config
    location /u/ { pta_enable on; pta_once zone=z methods=PUT; mirror /m; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /m { internal; pta_enable on; pta_once zone=y; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /y/ { pta_enable on; pta_once zone=y; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /ar/ { pta_enable on; auth_request /m; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /ssi/ { pta_enable on; ssi on; ssi_types *; alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> i.html
<!--# include virtual="/m" -->
--- request eval
my $a = $::once->('/*', 'n');
["GET /u/a?pta=$a", "PUT /u/a?pta=$a\nx", "GET /u/a?pta=$a", "GET /ar/a?pta=$a", "GET /ssi/i.html?pta=$a", "PUT /u/a?pta=$a\nx", "GET /y/a?pta=$a", "GET /y/a?pta=$a"]
--- error_code eval
[200, 200, 200, 200, 200, 403, 200, 403]

=== a redirect, 304 and return
--- config
    location /d/ { pta_enable on; pta_once zone=z release=error; alias $TEST_NGINX_HTML_DIR/d/; }
    location /ret/ { access_log off; pta_enable on; pta_once zone=z; return 200 "open"; }
--- user_files
>>> d/sub/a
>>> d/b
--- request eval
my ($a, $b, $c) = map { $::once->('/*', $_) } qw(n o p);
["GET /d/sub?pta=$a", "GET /d/b?pta=$a", "GET /d/b?pta=$b", "GET /d/b?pta=$b", "GET /ret/a?pta=$c", "GET /d/b?pta=$c", "GET /d/b?pta=$c"]
--- more_headers eval
["", "", "If-None-Match: *", "", "", "", ""]
--- error_code eval
# `return` comes before all checks.
[301, 403, 304, 403, 200, 200, 403]

=== release=error: an unsatisfiable range and a failed condition give a token back
--- config
    location /d/ { pta_enable on; pta_once zone=z release=error; alias $TEST_NGINX_HTML_DIR/; }
    location /k/ { pta_enable on; pta_once zone=z; alias $TEST_NGINX_HTML_DIR/; }
--- user_files
>>> b
x
--- request eval
my ($a, $b) = map { $::once->('/*', $_) } qw(n o);
["GET /d/b?pta=$a", "GET /d/b?pta=$a", "GET /d/b?pta=$a", "GET /d/b?pta=$a", "GET /k/b?pta=$b", "GET /k/b?pta=$b"]
--- more_headers eval
["Range: bytes=100-", "If-Match: \"x\"", "", "", "Range: bytes=100-", ""]
--- error_code eval
[416, 412, 200, 403, 416, 403]

=== release=error: a playlist that is refused gives its token back
--- config
    location /p/ { pta_enable on; pta_once zone=z release=error; pta_playlist forward; pta_playlist_max_size 300; alias $TEST_NGINX_HTML_DIR/; }
--- user_files eval
">>> a.m3u8
#EXTM3U
" . "b.ts\n" x 100 . "
>>> b.m3u8
#EXTM3U
b.ts
"
--- request eval
my ($a) = map { $::once->('/*', $_) } qw(n);
["GET /p/a.m3u8?pta=$a", "GET /p/b.m3u8?pta=$a", "GET /p/b.m3u8?pta=$a"]
--- error_code eval
[500, 200, 403]

=== a token in a header, and the second method of fallback
--- config
    location /h/ { pta_enable on; pta_auth_method header; pta_once zone=z; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /f/ { pta_enable on; pta_auth_method qs cookie fallback; pta_once zone=z; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my ($a) = map { $::once->('/*', $_) } qw(n);
["GET /h/a", "GET /h/a", "GET /f/a?pta=$a", "GET /f/a?pta=$a"]
--- more_headers eval
my ($a, $b) = map { $::once->('/*', $_) } qw(n o);
["X-PTA: $a", "X-PTA: $a", "Cookie: pta=$b", "Cookie: pta=$b"]
--- error_code eval
[200, 403, 200, 403]

=== a leeway of the same keys counts for the zone
--- config
    location /a/ { pta_enable on; pta_leeway 2h; rewrite ^/a/(.*) /b/$1 last; }
    location /b/ { pta_enable on; pta_once zone=z; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my ($old, $new) = (sealed(token('/*', expires => time - 3600)), $::once->('/*', 'n'));
["GET /a/a?pta=$old", "GET /b/a?pta=$new", "GET /a/a?pta=$old"]
--- error_code eval
[200, 200, 403]

=== a rewrite to a location with pta_phase rewrite, which answers by return
--- config
    location /b/ { pta_enable on; pta_once zone=z; rewrite ^/b/(.*) /a/$1 last; }
    location /a/ { pta_enable on; pta_phase rewrite; return 200 "secret"; }
    location /c/ { pta_enable on; pta_once zone=z; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /r/ { access_log off; pta_enable on; pta_once zone=z; error_page 418 = @a; return 418; }
    location @a { access_log off; pta_enable on; pta_phase rewrite; return 200 "secret"; }
    location /u/ { pta_enable on; pta_once zone=z methods=PUT; rewrite ^/u/(.*) /a/$1 last; }
    location /dry/ { pta_enable on; pta_dry_run on; pta_once zone=z; rewrite ^/dry/(.*) /a/$1 last; }
--- request eval
my ($a, $b, $c, $d) = map { $::once->('/*', $_) } qw(n o p q);
["GET /b/a?pta=$a", "GET /b/a?pta=$a", "GET /c/a?pta=$a", "GET /c/a?pta=$b", "GET /b/a?pta=$b", "GET /r/a?pta=$c", "GET /r/a?pta=$c",
 "GET /u/a?pta=$a", "GET /dry/a?pta=$d", "GET /dry/a?pta=$d", "GET /c/a?pta=$d", "GET /a/a?pta=$d"]
--- error_code eval
[200, 403, 403, 200, 403, 200, 403, 200, 200, 200, 403, 200]

=== a used token that comes through a location with pta_phase rewrite is refused, whatever `satisfy any` allows
--- config
    location /p/ { pta_enable on; pta_phase rewrite; rewrite ^/p/(.*) /q/$1 last; }
    location /any/ { pta_enable on; pta_phase rewrite; satisfy any; allow 127.0.0.1; deny all; rewrite ^/any/(.*) /q/$1 last; }
    location /q/ { pta_enable on; pta_once zone=z; satisfy any; allow 127.0.0.1; deny all; add_header X-Pta $pta_status always; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my $a = $::once->('/*', 'n');
["GET /p/a?pta=$a", "GET /p/a?pta=$a", "GET /any/a?pta=$a", "GET /q/a?pta=$a", "GET /q/a"]
--- error_code eval
[200, 403, 403, 200, 200]
--- response_headers eval
["X-Pta: ALLOWED", "X-Pta: REPLAYED", "X-Pta: REPLAYED", "X-Pta: REPLAYED", "X-Pta: MISSING"]

=== the same with another rewrite, which leads to another zone
--- config
    location /d/ { pta_enable on; pta_once zone=z; rewrite ^/d/(.*) /e/$1 last; }
    location /e/ { pta_enable on; pta_phase rewrite; rewrite ^/e/(.*) /f/$1 last; }
    location /f/ { pta_enable on; pta_once zone=y; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /y/ { pta_enable on; pta_once zone=y; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /z/ { pta_enable on; pta_once zone=z; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    # What the other access modules refuse has used its token.
    location /g/ { pta_enable on; pta_once zone=z; rewrite ^/g/(.*) /h/$1 last; }
    location /h/ { pta_enable on; pta_phase rewrite; deny all; }
--- request eval
my ($a, $b, $c) = map { $::once->('/*', $_) } qw(n o p);
["GET /d/a?pta=$a", "GET /y/a?pta=$a", "GET /z/a?pta=$a",
 # The claim in z is taken back.
 "GET /y/a?pta=$b", "GET /d/a?pta=$b", "GET /z/a?pta=$b",
 "GET /g/a?pta=$c", "GET /z/a?pta=$c"]
--- error_code eval
[200, 403, 403, 200, 403, 200, 403, 403]

=== an `if` with pta_enable that does not match
--- config
    location /a/ { pta_enable on; rewrite ^/a/(.*) /b/$1 last; }
    location /b/ { pta_once zone=z; pta_enable off; if ($arg_x) { pta_enable on; } proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /z/ { pta_enable on; pta_once zone=z; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- request eval
my ($a, $b) = map { $::once->('/*', $_) } qw(n o);
["GET /a/a?pta=$a", "GET /a/a?pta=$a", "GET /z/a?pta=$a", "GET /a/a?pta=$a", "GET /b/a", "GET /a/a?x=1&pta=$a", "GET /b/a?x=1&pta=$a",
 "GET /a/a?x=1&pta=$b", "GET /a/a?x=1&pta=$b", "GET /a/a?pta=$b", "GET /z/a?pta=$b"]
--- error_code eval
[200, 200, 200, 200, 200, 403, 403, 200, 403, 200, 403]

=== an `if` with pta_enable that is left by a rewrite or an error page
--- tokens_in_logs: they come from an open location
--- config
    location /r/ {
        pta_once zone=z; pta_enable off;
        if ($arg_x) { pta_enable on; rewrite ^/r/(.*) /open/$1 last; }
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1;
    }
    location /open/ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    # Nobody knows whether it would match.
    location /s/ { pta_once zone=z; pta_enable off; error_page 418 = @up; if ($arg_x) { pta_enable on; } return 418; }
    location @up { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    # nginx does not evaluate it for GET.
    location /l/ {
        pta_once zone=z; pta_enable off; if ($arg_x) { pta_enable on; }
        limit_except PUT { allow all; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    }
--- request eval
my ($a, $b, $c) = map { $::once->('/*', $_) } qw(n o p);
["GET /r/a?x=1&pta=$a", "GET /r/a?x=1&pta=$a", "GET /r/a?pta=$a", "GET /s/a?pta=$b", "GET /s/a?pta=$b", "GET /s/a", "GET /l/a?pta=$c", "GET /l/a?pta=$c"]
--- error_code eval
[200, 403, 200, 200, 403, 400, 200, 403]
