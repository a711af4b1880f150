package PTA;

# Shared by all suites: keys, tokens made without the module (openssl and zlib), an upstream that
# returns the request, and the checks of every test.

use strict;
use warnings;

use Compress::Raw::Zlib ();
use Digest::SHA ();
use Exporter 'import';
use File::Temp ();
use MIME::Base64 ();
use Test::More ();
use Test::Nginx::Socket ();
use Test::Nginx::Util ();

our @EXPORT = qw(token seal sealed plain cut pair keep_log logged recipe printed run_suite);

# Test::Base evaluates sections with `eval` in this package.
{
    no strict 'refs';
    *{"Test::Base::Filter::$_"} = \&{"PTA::$_"} for qw(token seal sealed plain cut pair logged recipe printed);
}

my %pairs = (
    1 => ['00112233445566778899aabbccddeeff', 'ffeeddccbbaa99887766554433221100'],
    2 => ['0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210'],
    3 => ['11111111111111111111111111111111', '22222222222222222222222222222222'],
);

# Directives: pair 1 as the 1st, pair 2 as the 2nd, pair 3 as the 1st of another realm.
$ENV{TEST_NGINX_KEY_1} = "pta_1st_key $pairs{1}[0]; pta_1st_iv $pairs{1}[1];";
$ENV{TEST_NGINX_KEY_2} = "pta_2nd_key $pairs{2}[0]; pta_2nd_iv $pairs{2}[1];";
$ENV{TEST_NGINX_KEY_3} = "pta_1st_key $pairs{3}[0]; pta_1st_iv $pairs{3}[1];";

# Their seal keys.
my %seal_keys = (
    1 => '4d1c2a9be07f5386a1d4c35b7e90f2681f3b5c7d9e0a2b4c6d8e0f1a3b5c7d9e',
    2 => '8e21b7c4f05d936a4b7e1d0c9f8a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c',
    3 => '13f7e2d8c9b4a5061728394a5b6c7d8e9fa0b1c2d3e4f506172839a4b5c6d7e8',
);
$ENV{TEST_NGINX_SEAL_1} = "pta_1st_seal $seal_keys{1};";
$ENV{TEST_NGINX_SEAL_2} = "pta_2nd_seal $seal_keys{2};";
$ENV{TEST_NGINX_SEAL_3} = "pta_1st_seal $seal_keys{3};";

# A pattern for the request line in nginx's error lines. Some builds name it "request_line".
sub logged ($) {
    my ($request_line) = @_;
    return qr/\brequest(?:_line)?: "\Q$request_line\E"/;
}

# Returns the request. It is not protected.
my $upstream = <<'_EOC_';
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
        access_log off;
        location / {
            return 200 "$request_method $request_uri cookie=$http_cookie\n";
        }
        location /status/404 {
            return 404 "upstream 404\n";
        }
        location = /accel {
            add_header X-Accel-Redirect $arg_to always;
            return 200 "accel\n";
        }
        location = /accel/404 {
            add_header X-Accel-Redirect $arg_to always;
            return 404 "accel 404\n";
        }
    }
_EOC_

my $previous;

my $kept = 0;

# Keeps a log for scripts/lib/check-logs if scripts/test set PTA_TEST_LOGS. With a reason, the log
# may have tokens.
sub keep_log ($$;$) {
    my ($file, $kind, $reason) = @_;
    my $folder = $ENV{PTA_TEST_LOGS} or return;
    (my $suite = $0) =~ s{.*/}{};
    my $name = sprintf '%s/%s.%03d%s.%s', $folder, $suite, ++$kept, defined $reason ? '.tokens-allowed' : '', $kind;
    open my $out, '>', $name or die "$name: $!";
    print $out read_file($file);
    close $out or die "$name: $!";
}

# Checks that Test::Nginx does not have. They run after each block.
sub check_previous () {
    my $block = $previous or return;
    my $root = Test::Nginx::Util::server_root();
    keep_log("$root/logs/$_.log", $_, $block->tokens_in_logs) for grep { -e "$root/logs/$_.log" } qw(access error);

    # "error_lines": lines in the error log after all requests.
    if (defined(my $expected = $block->error_lines)) {
        my $log = read_file("$root/logs/error.log");
        for my $line (patterns($expected)) {
            my $pattern = ref $line ? $line : qr/\Q$line\E/;
            Test::More::like($log, $pattern, $block->name . ' - a line in the error log');
        }
    }
    # "log_lines": the access log, line by line.
    if (defined(my $expected = $block->log_lines)) {
        Test::More::is(read_file("$root/logs/access.log"), $expected, $block->name . ' - the access log');
    }
    # "statuses": all status codes in the access log, in order.
    if (defined(my $expected = $block->statuses)) {
        my @statuses = read_file("$root/logs/access.log") =~ /^[^"]*"[^"]*" (\d+) /mg;
        Test::More::is("@statuses", CORE::join(' ', split ' ', $expected), $block->name . ' - statuses in the access log');
    }
}

# The lines or patterns of a section: an array, one pattern, or text.
sub patterns ($) {
    my ($value) = @_;
    return ref $value eq 'ARRAY' ? @$value : ref $value ? $value : grep { length } split /\n/, $value // '';
}

sub read_file ($) {
    my ($name) = @_;
    open my $file, '<', $name or die "$name: $!";
    local $/;
    return scalar <$file>;
}

# "table": requests and the expected responses, one a line. The first line names the columns:
#     request     METHOD URI, and then "HTTP/1.0" or a body
#     query       the path of the token in the query
#     cookie      the path of the token in the cookie
#     > Name      a request header
#     status      the status code
#     body        a pattern for the response's body
#     Name        a response header
# The request is the first column. "-" means no token or no header. An empty cell of a response is
# not checked.
sub read_table ($) {
    my ($block) = @_;
    my ($titles, @rows) = map { [split /\s*\|\s*/, s/^\s+|\s+$//gr, -1] } grep { /\S/ } split /\n/, $block->table;
    my (@requests, @more_headers, @codes, @bodies, @headers);
    for my $row (@rows) {
        @$row == @$titles or die 'not a row of the table: ' . CORE::join ' | ', @$row;
        my (@sent, @received);
        for my $at (0 .. $#$titles) {
            my ($title, $cell) = ($titles->[$at], $row->[$at]);
            if ($title eq 'request') { push @requests, $cell =~ s/^(\S+ \S+) (?!HTTP)/$1\n/r }
            elsif ($title eq 'query') { add_token($requests[-1], $cell) if $cell ne '-' }
            elsif ($title eq 'cookie') { push @sent, 'Cookie: pta=' . cell_token($cell) if $cell ne '-' }
            elsif ($title =~ /^> (.*)/) { push @sent, "$1: $cell" if $cell ne '-' }
            elsif ($title eq 'status') { push @codes, $cell + 0 }
            elsif ($title eq 'body') { push @bodies, $cell }
            elsif ($cell ne '') { push @received, $cell eq '-' ? "!$title" : "$title: $cell" }
        }
        push @more_headers, CORE::join "\r\n", @sent;
        push @headers, CORE::join "\r\n", @received;
    }
    $block->set_value(request => \@requests);
    $block->set_value(more_headers => \@more_headers);
    $block->set_value(error_code => \@codes);
    $block->set_value(response_body_like => \@bodies) if @bodies;
    $block->set_value(response_headers => \@headers) if grep { length } @headers;
}

# Inserts the token before the other arguments of the request.
sub add_token ($$) {
    my (undef, $cell) = @_;
    my $argument = 'pta=' . cell_token($cell);
    $_[0] =~ s/^(\S+ [^\s?]+)\?/$1?$argument&/ or $_[0] =~ s/^(\S+ \S+)/$1?$argument/;
}

# A path, optionally followed by "expired" or "pair N".
sub cell_token ($) {
    my ($path, $expired, $pair) = $_[0] =~ /^(\S+)(?: (expired)| pair (\d))?$/ or die "not a token: $_[0]";
    return token($path, $expired ? (expires => 1) : (), pair => $pair);
}

Test::Nginx::Util::add_block_preprocessor(
    sub {
        my ($block) = @_;
        check_previous();
        $previous = $block;
        read_table($block) if defined $block->table;
        $block->set_value('http_config', $upstream . ($block->http_config // ''));
        # In every test, the worker must not crash or panic.
        my @forbidden = patterns($block->no_error_log);
        for my $always ('[alert]', '[emerg]', 'panic') {
            push @forbidden, $always if !grep { $_ eq $always } @forbidden;
        }
        $block->set_value('no_error_log', \@forbidden);
        # Test::Nginx writes `http2 on;` for 1.19.9 and later. nginx knows it since 1.25.1.
        $Test::Nginx::Util::NginxVersion =
            defined $block->http2 && real_version() < 1_025_001 ? '1.019008' : canonical_version();
    }
);

# Whether this nginx was configured with an option, for example "--with-threads".
sub is_built ($) {
    my ($option) = @_;
    my $binary = $ENV{TEST_NGINX_BINARY} || 'nginx';
    return `$binary -V 2>&1` =~ /\Q$option\E\b/;
}

my $raw_version;

sub raw_version () {
    $raw_version //= do {
        my $binary = $ENV{TEST_NGINX_BINARY} || 'nginx';
        `$binary -v 2>&1` =~ m{/(\d+)\.(\d+)\.(\d+)} or die "no version from $binary -v";
        [$1, $2, $3];
    };
    return @$raw_version;
}

sub real_version () {
    my ($major, $minor, $patch) = raw_version();
    return $major * 1_000_000 + $minor * 1_000 + $patch;
}

sub canonical_version () {
    return sprintf '%d.%03d%03d', raw_version();
}

# crc32 || expires || path
sub plain ($$) {
    my ($path, $expires) = @_;
    my $covered = pack('q>', $expires) . $path;
    return pack('N', Compress::Raw::Zlib::crc32($covered)) . $covered;
}

sub padded ($) {
    my ($plain) = @_;
    my $len = 16 - length($plain) % 16;
    return $plain . chr($len) x $len;
}

sub note_token ($) {
    my ($token) = @_;
    my $folder = $ENV{PTA_TEST_LOGS} or return;
    open my $file, '>>', "$folder/tokens" or die "$folder/tokens: $!";
    print $file "$token\n";
    close $file or die "$folder/tokens: $!";
}

# check-logs expects the file even if a suite makes no token.
if (my $folder = $ENV{PTA_TEST_LOGS}) {
    open my $file, '>>', "$folder/tokens" or die "$folder/tokens: $!";
    close $file or die "$folder/tokens: $!";
}

my %sealed;

# A token of these bytes, without added padding: seal($bytes, $pair)
sub seal ($;$) {
    my ($bytes, $pair) = @_;
    my ($key, $iv) = @{ $pairs{ $pair // 1 } };
    return $sealed{"$key$bytes"} //= do {
        my $input = File::Temp->new;
        binmode $input;
        print $input $bytes;
        $input->flush;
        my $token = `openssl enc -aes-128-cbc -nopad -K $key -iv $iv -in $input | od -An -v -tx1 | tr -d ' \\n'`;
        die 'openssl failed' if $? != 0 || length $token != 2 * length $bytes;
        note_token($token);
        $token;
    };
}

# token($path), token($path, expires => 1735657200, pair => 2). By default, it expires in 2100.
sub token ($;@) {
    my ($path, %with) = @_;
    return seal(padded(plain($path, $with{expires} // 4_102_444_800)), $with{pair});
}

# A token with the seal of pair 1: sealed($token), sealed($token, pair => 2, bind => ['a', 'b'],
# nonce => 'n'). The seal is made by Perl's own HMAC.
sub sealed ($;@) {
    my ($token, %with) = @_;
    my $text = defined $with{nonce} ? "$token.$with{nonce}" : $token;
    my $bind = CORE::join '', map { pack('N', length) . $_ } @{ $with{bind} // [] };
    my $mac = Digest::SHA::hmac_sha256("pta-seal-1\0$text\0$bind", pack 'H*', $seal_keys{ $with{pair} // 1 });
    my $sealed = "$text." . MIME::Base64::encode_base64url(substr $mac, 0, 16);
    note_token($sealed);
    return $sealed;
}

# Key and IV of a pair, as hexadecimal digits.
sub pair ($) {
    return @{ $pairs{ $_[0] } };
}

# The content of the http block of a recipe, with the keys, folders and port of the test.
sub recipe ($%) {
    my ($name, %replacements) = @_;
    my $text = read_file("nginx-config/recipes/$name");
    $text =~ s/^.*?\nhttp \{\n(.*)\}\n$/$1/s or die "no http block in $name";
    return adapted($name, $text, %replacements);
}

# The same of the first nginx block that docs/streaming.md prints below a heading, or of a later one:
# printed('Heading'), printed('Heading/2').
sub printed ($%) {
    my ($name, %replacements) = @_;
    my ($heading, $number) = split m{/}, $name;
    read_file('docs/streaming.md') =~ /^## \Q$heading\E\n(.*?)(?=^## |\z)/ms or die "no heading $heading";
    my @blocks = $1 =~ /^```nginx\n(.*?)^```\n/msg;
    my $text = $blocks[ ($number // 1) - 1 ] // die "no such block: $name";
    return adapted($name, $text, '/srv/www' => '$TEST_NGINX_HTML_DIR', %replacements);
}

sub adapted ($$%) {
    my ($name, $text, %replacements) = @_;
    my ($key, $iv) = pair(1);
    $text =~ s/pta_1st_pair file:keys\/1st\.pair;/pta_1st_key $key; pta_1st_iv $iv;/g or die "no keys in $name";
    $text =~ s/listen 80;/listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_2; access_log off;/g;
    for my $from (sort keys %replacements) {
        $text =~ s/\Q$from\E/$replacements{$from}/g or die "no \"$from\" in $name";
    }
    return $text;
}

# A token without its last $n characters.
sub cut ($$) {
    my ($token, $n) = @_;
    return substr $token, 0, length($token) - $n;
}

# The number of checks of a suite. prove prints only the sum of all suites.
my $suite_pid = $$;
END {
    Test::More::diag(Test::More->builder->current_test . ' checks') if $$ == $suite_pid;
}

sub run_suite () {
    $ENV{TEST_NGINX_HTML_DIR} = Test::Nginx::Util::html_dir();
    Test::Nginx::Util::no_root_location();
    Test::Nginx::Util::no_shuffle();
    Test::Nginx::Util::run_tests();
    check_previous();
}

1;
