# A token's header is removed from nginx's list of header lines, wherever it stands there.

use lib 't/lib';

use TestModule;

BEGIN { load_after('header_lines') }

use Test::Nginx::Socket 'no_plan';
use PTA;

# Lines before and after that of the token. Test::Nginx sends Host and Connection first.
sub around ($$$) {
    my ($before, $token, $after) = @_;
    return CORE::join "\r\n", (map { "B$_: $_" } 1 .. $before), (ref $token ? @$token : $token), map { "A$_: $_" } 1 .. $after;
}

# What is left of them.
sub left ($$;$) {
    my ($before, $after, $added) = @_;
    my $lines = CORE::join ' ', 'Host=localhost', 'Connection=close', (map { "B$_=$_" } 1 .. $before), (map { "A$_=$_" } 1 .. $after),
        ('Added=x') x ($added // 0);
    return "X-Lines: $lines";
}

# Numbers of lines before and after. A part of the list has 20 lines.
our @cases = ([0, 0], [0, 3], [3, 0], [2, 2], [16, 5], [17, 0], [17, 5], [18, 0], [18, 1], [18, 30], [19, 0], [19, 25], [20, 3], [37, 0],
    [37, 1], [38, 0], [38, 1], [38, 40], [39, 2]);

sub sends ($) {
    my ($header) = @_;
    return [map { around($_->[0], $header, $_->[1]) } @cases];
}

{
    no strict 'refs';
    *{"Test::Base::Filter::$_"} = \&{"main::$_"} for qw(around left sends);
    *{'Test::Base::Filter::cases'} = \@cases;
}

run_suite();

__DATA__

=== the line is removed from every place
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method header;
        add_header X-Lines $header_lines;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
[("GET /a") x @cases]
--- more_headers eval
sends("X-PTA: " . token("/a"))
--- error_code eval
[(200) x @cases]
--- response_headers eval
[map { left($_->[0], $_->[1]) } @cases]

=== a module adds 45 lines after it
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method header;
        add_header X-Lines $header_lines;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
[("GET /a?add=45") x @cases]
--- more_headers eval
sends("X-PTA: " . token("/a"))
--- error_code eval
[(200) x @cases]
--- response_headers eval
[map { left($_->[0], $_->[1], 45) } @cases]

=== several lines are removed if the query allows the request
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method qs header;
        add_header X-Lines $header_lines;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
my $t = token("/a");
[map { ("GET /a?pta=$t&add=$_") x @cases } 0, 25]
--- more_headers eval
[map { my $n = $_; map { around($_->[0], ["X-PTA: 1", ("x-pta: 2") x $n, "X-Pta:"], $_->[1]) } @cases } 0, 40]
--- error_code eval
[(200) x (2 * @cases)]
--- response_headers eval
[map { my $added = $_; map { left($_->[0], $_->[1], $added) } @cases } 0, 25]

=== lines of two realms are removed, every second one
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method qs header;
        pta_header X-First;
        rewrite ^ /b/a last;
    }
    location /b/ {
        $TEST_NGINX_KEY_3
        pta_enable on;
        pta_auth_method qs header;
        pta_name second;
        pta_header X-Second;
        add_header X-Lines $header_lines;
        alias $TEST_NGINX_HTML_DIR/;
    }
--- user_files
>>> a
a
--- request eval
my ($t, $u) = (token("/*"), token("/*", pair => 3));
[map { "GET /a?pta=$t&second=$u&add=$_" } 0, 1, 19, 20, 21, 60]
--- more_headers eval
[map { CORE::join "\r\n", map { ("X-First: $_", "K$_: $_", "X-Second: $_") } 1 .. 25 } 1 .. 6]
--- error_code eval
[(200) x 6]
--- response_headers eval
[map { CORE::join ' ', 'X-Lines: Host=localhost', 'Connection=close', (map { "K$_=$_" } 1 .. 25), ('Added=x') x $_ } 0, 1, 19, 20, 21, 60]

=== the first line
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method header;
        add_header X-Lines $header_lines;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- raw_request eval
"GET /a?add=21 HTTP/1.1\r\nX-PTA: " . token("/a") . "\r\nHost: localhost\r\nUser-Agent: me\r\nConnection: close\r\n\r\n"
--- response_headers eval
"X-Lines: Host=localhost User-Agent=me Connection=close" . " Added=x" x 21

=== the only line
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method header;
        add_header X-Lines "[$header_lines]";
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- raw_request eval
"GET /a HTTP/1.0\r\nX-PTA: " . token("/a") . "\r\n\r\n"
--- response_headers
X-Lines: []

=== the only lines of a full part, and lines that a module adds
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method qs header;
        add_header X-Lines "[$header_lines]";
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- raw_request eval
"GET /a?add=22&pta=" . token("/a") . " HTTP/1.0\r\n" . "X-PTA: 1\r\n" x 20 . "\r\n"
--- response_headers eval
"X-Lines: [" . CORE::join(" ", ("Added=x") x 22) . "]"

=== Bearer is removed from Authorization, and nginx's pointer to it is cleared
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method header;
        pta_header authorization;
        add_header X-Lines "$header_lines";
        add_header X-User "[$remote_user][$http_authorization]";
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
[("GET /a?add=30") x 3]
--- more_headers eval
my $bearer = "Authorization: Bearer " . token("/a");
[around(0, $bearer, 0), around(1, $bearer, 1), around(18, $bearer, 1)]
--- error_code eval
[(200) x 3]
--- response_headers eval
[map { left($_->[0], $_->[1], 30) . "\nX-User: [][]" } [0, 0], [1, 1], [18, 1]]

=== over HTTP/2
--- http2
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method header;
        add_header X-Lines "$header_lines";
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request
GET /a?add=45
--- more_headers eval
around(19, "X-PTA: " . token("/a"), 25) =~ s/\r//gr
--- response_headers_like eval
"X-Lines: .*" . CORE::join(" ", (map { "b$_=$_" } 1 .. 19), map { "a$_=$_" } 1 .. 25) . "( host=localhost)?" . " Added=x" x 45 . "\$"
