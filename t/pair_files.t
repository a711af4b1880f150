# pta_1st_pair and pta_2nd_pair: key and IV in one file.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use NginxT;
use PTA;

# Test::Nginx makes its folders anew for each block: the key files live beside them.
use File::Temp 'tempdir';
use POSIX 'mkfifo';

my $keys = $ENV{TEST_NGINX_KEY_DIR} = tempdir(CLEANUP => 1);
chmod 0755, $keys;

sub write_file {
    my ($name, $content, $mode) = @_;
    open my $file, '>', "$keys/$name" or die "$keys/$name: $!";
    print $file $content;
    close $file or die;
    chmod $mode // 0600, "$keys/$name" or die;
    return "$keys/$name";
}

my ($key, $iv) = pair(1);
my ($other_key, $other_iv) = pair(3);
# Keys without a warning of their own.
my ($quiet_key, $quiet_iv) = ('8c1f0a52d93be7466d0b91a7c2f83e15', '1f52ab0c6d7e88f3094b5c6de3a1727f');
write_file('1', "$key\n$iv\n");
write_file('1.crlf', uc($key) . "\r\n" . uc($iv) . "\r\n");
write_file('1.unfinished', "$key\n$iv");
write_file('2', join("\n", pair(2), ''));
write_file('3', "$other_key\n$other_iv\n");
write_file('1.key', "$key\n");
write_file('1.iv', "$iv\n");
write_file('3.key', "$other_key\n");
write_file('3.iv', "$other_iv\n");

# A file that is no pair. Neither key nor IV may be in the message: it is compared as a whole.
sub refuses_file {
    my ($name, $file, $reason) = @_;
    for my $directive ('pta_1st_pair', 'pta_2nd_pair') {
        refuses("$directive: $name", "$directive file:$file; # here",
            qq{invalid pair file "$file" in "$directive" directive, $reason in HERE});
    }
}

my $count = 'it must have 2 lines, key and IV, not';
my $digits = 'must be 32 hexadecimal digits';
refuses_file('an empty file', write_file('empty', ''), 'it is empty');
refuses_file('one line', "$keys/1.key", "$count 1");
refuses_file('a third line', write_file('three', "$key\n$iv\n$key\n"), "$count 3");
refuses_file('an empty line at the end', write_file('end', "$key\n$iv\n\n"), "$count 3");
refuses_file('an empty line between', write_file('between', "$key\n\n$iv\n"), "$count 3");
refuses_file('an empty line in front', write_file('front', "\n$key\n$iv\n"), "$count 3");
refuses_file('one line with both', write_file('both', "$key $iv\n"), "$count 1");
refuses_file('a carriage return alone', write_file('cr', "$key\r$iv\r"), "$count 1");
refuses_file('only line ends', write_file('ends', "\n\n"), "the key in its 1st line $digits, not 0 characters");
refuses_file('a short key', write_file('short', "00\n$iv\n"), "the key in its 1st line $digits, not 2 characters");
refuses_file('a long IV', write_file('long', "$key\n${iv}0\n"), "the IV in its 2nd line $digits, not 33 characters");
refuses_file('a blank', write_file('blank', "$key\n$iv \n"), "the IV in its 2nd line $digits, not 33 characters");
refuses_file('no digit', write_file('digit', 'g' x 32 . "\n$iv\n"), "the key in its 1st line $digits, but contains other characters");
refuses_file('directives', write_file('directives', "pta_1st_key $key;\npta_1st_iv $iv;\n"),
    "the key in its 1st line $digits, not 45 characters");
refuses_file('more than 256 bytes', write_file('257', 'x' x 257), 'it is longer than 256 bytes');
refuses_file('much more', write_file('huge', 'x' x 1_000_000), 'it is longer than 256 bytes');
refuses_file('256 bytes', write_file('256', 'x' x 256), "$count 1");
mkdir "$keys/folder" or die;
mkfifo("$keys/fifo", 0600) or die "mkfifo: $!";
refuses_file('a folder', "$keys/folder", 'it is not a regular file');
refuses_file('a FIFO, which hangs nothing', "$keys/fifo", 'it is not a regular file');
refuses_file('a device', '/dev/zero', 'it is not a regular file');

for my $directive ('pta_1st_pair', 'pta_2nd_pair') {
    refuses("$directive: a missing file", "$directive file:$keys/missing; # here",
        qq{open() "$keys/missing" failed (2: No such file or directory) in HERE});
    refuses("$directive: no name", "$directive file:; # here", qq{no file name in "$directive" directive in HERE});
    # The value may be a key: it is not repeated.
    for my $value ($key, "$keys/1", 'keys/1', "FILE:$keys/1", "file=$keys/1", 'off', '""') {
        refuses("$directive: $value", "$directive $value; # here",
            qq{invalid value in "$directive" directive, it must be "file:path", a file with key and IV in HERE});
    }
    refuses("$directive: two values", "$directive $key $iv; # here",
        qq{invalid number of arguments in "$directive" directive in HERE});
    refuses("$directive: in an if", "location / { if (\$arg_a) { $directive file:$keys/1; } # here\n}",
        qq{"$directive" directive is not allowed here in HERE});
    accepts("$directive: a file that others may read",
        "$directive file:" . write_file('public', "$quiet_key\n$quiet_iv\n", 0644) . '; # here',
        qq{pair file "$keys/public" is readable by others in HERE});
}

# Directives of the same number that set the same value exclude each other in one block.
my %value = map { my $n = $_; map { ("pta_${n}_$_" => "pta_${n}_$_ " . ($_ eq 'pair' ? "file:$keys/1;" : "$key;")) }
    qw(key iv pair) } qw(1st 2nd);
for my $first (sort keys %value) {
    for my $second (sort keys %value) {
        my $config = "$value{$first}\n$value{$second} # here";
        my ($number, $gives) = $second =~ /_(.*)_(.*)/;
        my $clashes = $first eq $second || ($first =~ /$number/ && "$first$second" =~ /pair/);
        if (!$clashes) {
            # The same keys everywhere: that is warned about, and t/key_warnings.t has the cases.
            my ($status) = NginxT::test_config($config);
            is($status, 0, "$first and $second - accepted");
            next;
        }
        refuses("$first and $second", $config,
            $first eq $second
            ? qq{"$second" directive is duplicate in HERE}
            : qq{"$second" directive is incompatible with "$first" in HERE});
    }
}
refuses('behind both halves, the first of them is named',
    "$value{'pta_1st_key'} $value{'pta_1st_iv'}\n$value{'pta_1st_pair'} # here",
    '"pta_1st_pair" directive is incompatible with "pta_1st_key" in HERE');
write_file('quiet', "$quiet_key\n$quiet_iv\n");
write_file('quiet.key', $quiet_key);
accepts('each level for itself', \qq{
    pta_1st_pair file:$keys/quiet;
    server {
        pta_1st_key file:$keys/quiet.key;
        location / { pta_1st_pair file:$keys/quiet; pta_2nd_key file:$keys/quiet.key; }
    }
});
refuses('a pair does not make up for half of the other', qq{
    pta_1st_pair file:$keys/quiet;
    location / {
        pta_enable on; # here
        pta_2nd_key file:$keys/quiet.key;
    }
}, qr{^no "pta_2nd_iv" is defined for the "pta_2nd_key" in .*:14 for the "pta_enable" directive in .*:13$});
refuses('key file: a pair', "pta_1st_key file:$keys/1; # here",
    qq{invalid key file "$keys/1" in "pta_1st_key" directive, it is longer than 64 bytes, }
    . 'a file with key and IV is for "pta_1st_pair" or "pta_2nd_pair" in HERE');

# In blocks with a section "replace_pair_and_reload", the pair is another one behind the first answer.
Test::Nginx::Socket::add_response_body_check(sub {
    my ($block, undef, $index) = @_;
    return unless defined $block->replace_pair_and_reload && $index == 0;
    open my $file, '>', html_dir() . '/pair.new' or die;
    print $file $block->replace_pair_and_reload;
    close $file or die;
    rename html_dir() . '/pair.new', html_dir() . '/pair' or die;
    open my $pid, '<', server_root() . '/logs/nginx.pid' or die;
    kill HUP => <$pid> + 0;
    select undef, undef, undef, 0.5;
});

# Without a master, a reload cuts connections.
master_on();
run_suite();

__DATA__

=== both pairs from files, with every kind of line end
--- config
    location /1/ { pta_1st_pair file:$TEST_NGINX_KEY_DIR/1; pta_2nd_pair file:$TEST_NGINX_KEY_DIR/2; pta_enable on; }
    location /2/ { pta_1st_pair file:$TEST_NGINX_KEY_DIR/1.crlf; pta_enable on; }
    location /3/ { pta_1st_pair file:$TEST_NGINX_KEY_DIR/1.unfinished; pta_enable on; }
    location /4/ { pta_2nd_pair file:$TEST_NGINX_KEY_DIR/1; pta_enable on; }
    root $TEST_NGINX_HTML_DIR;
    add_header X-Key "<$pta_key>" always;
--- user_files eval
[map { ["$_/a" => "a\n"] } 1 .. 4]
--- request eval
["GET /1/a?pta=" . token("/*"), "GET /1/a?pta=" . token("/*", pair => 2), "GET /1/a?pta=" . token("/*", pair => 3),
 "GET /2/a?pta=" . token("/*"), "GET /3/a?pta=" . token("/*"), "GET /4/a?pta=" . token("/*")]
--- error_code eval
[200, 200, 403, 200, 200, 200]
--- response_headers eval
["X-Key: <1st>", "X-Key: <2nd>", "X-Key: <>", "X-Key: <1st>", "X-Key: <1st>", "X-Key: <2nd>"]

=== relative paths count from the folder of nginx.conf
--- config
    pta_1st_pair file:../html/pair;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files eval
[["a" => "a\n"], ["pair" => CORE::join "\n", pair(1)]]
--- request eval
"GET /a?pta=" . token("/a")

=== a pair is inherited, and replaced as a whole by another one
--- http_config
    pta_1st_pair file:$TEST_NGINX_KEY_DIR/1;
--- config
    pta_2nd_pair file:$TEST_NGINX_KEY_DIR/2;
    root $TEST_NGINX_HTML_DIR;
    location /a { pta_enable on; location /a/b/ { pta_1st_pair file:$TEST_NGINX_KEY_DIR/3; } }
--- user_files
>>> a/a
a
>>> a/b/a
a
--- request eval
[map { my $path = $_; map { "GET $path?pta=" . token($path, pair => $_) } 1 .. 3 } "/a/a", "/a/b/a"]
--- error_code eval
[200, 200, 403, 403, 200, 200]

=== a single directive below replaces its half
--- http_config
    pta_1st_pair file:$TEST_NGINX_KEY_DIR/1;
--- config
    root $TEST_NGINX_HTML_DIR;
    location /both/ { pta_1st_key file:$TEST_NGINX_KEY_DIR/3.key; pta_1st_iv file:$TEST_NGINX_KEY_DIR/3.iv; pta_enable on; }
    location /key/ {
        pta_1st_key file:$TEST_NGINX_KEY_DIR/3.key;
        pta_enable on;
        # The key of the pair 3 and the IV of the pair 1: back to the pair 3.
        location /key/iv/ { pta_1st_iv file:$TEST_NGINX_KEY_DIR/3.iv; }
    }
    location /iv/ { pta_1st_iv file:$TEST_NGINX_KEY_DIR/3.iv; pta_enable on; }
--- user_files
>>> both/a
a
>>> key/a
a
>>> key/iv/a
a
>>> iv/a
a
--- request eval
[map { my $path = $_; map { "GET $path?pta=" . token($path, pair => $_) } 1, 3 } "/both/a", "/key/a", "/key/iv/a", "/iv/a"]
--- error_code eval
[403, 200, 403, 403, 403, 200, 403, 403]

=== a pair below single directives replaces both halves
--- http_config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/3.key;
    pta_1st_iv file:$TEST_NGINX_KEY_DIR/3.iv;
--- config
    root $TEST_NGINX_HTML_DIR;
    location / { pta_1st_pair file:$TEST_NGINX_KEY_DIR/1; pta_enable on; }
--- user_files
>>> a
a
--- request eval
["GET /a?pta=" . token("/a"), "GET /a?pta=" . token("/a", pair => 3)]
--- error_code eval
[200, 403]

=== the same keys by a pair and by single directives are one realm
--- config
    pta_1st_pair file:$TEST_NGINX_KEY_DIR/1;
    root $TEST_NGINX_HTML_DIR;
    location /a/ { pta_enable on; index /b/index; }
    location /b/ { pta_1st_key file:$TEST_NGINX_KEY_DIR/1.key; pta_1st_iv file:$TEST_NGINX_KEY_DIR/1.iv; pta_enable on; }
--- user_files
>>> a/keep
a
>>> b/index
b
--- request eval
"GET /a/?pta=" . token("/a/")
--- response_body
b

=== pta_issue uses the pair of the file
--- config
    pta_1st_pair file:$TEST_NGINX_KEY_DIR/1;
    location /front { pta_issue /edge/* 60s; proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/edge/?pta=$pta_token; }
    location /edge/ { $TEST_NGINX_KEY_1 pta_enable on; pta_phase rewrite; return 200 "$pta_status\n"; }
--- request
GET /front
--- response_body
ALLOWED

=== one rename and a reload replace key and IV
--- config
    pta_1st_pair file:../html/pair;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files eval
[["a" => "a\n"], ["pair" => CORE::join "\n", pair(1)]]
--- replace_pair_and_reload eval
CORE::join "\n", pair(3)
--- request eval
["GET /a?pta=" . token("/a"), "GET /a?pta=" . token("/a"), "GET /a?pta=" . token("/a", pair => 3)]
--- error_code eval
[200, 403, 200]

=== an invalid pair file: the reload fails and the old configuration stays
--- config
    pta_1st_pair file:../html/pair;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files eval
[["a" => "a\n"], ["pair" => CORE::join "\n", pair(1)]]
--- replace_pair_and_reload
spoilt
--- request eval
["GET /a?pta=" . token("/a"), "GET /a?pta=" . token("/a")]
--- no_error_log
[alert]
panic
--- error_lines eval
qr{\[emerg\] .*invalid pair file ".*/html/pair" in "pta_1st_pair" directive, it must have 2 lines, key and IV, not 1 in .*nginx\.conf:\d+}
