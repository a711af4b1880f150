# file:path as the value of a key or an IV.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

# Test::Nginx makes its folders anew for each block: the key files live beside them.
use File::Temp 'tempdir';
use POSIX 'mkfifo';

my $keys = $ENV{TEST_NGINX_KEY_DIR} = tempdir(CLEANUP => 1);
chmod 0755, $keys;

sub key_file {
    my ($name, $content, $mode) = @_;
    open my $file, '>', "$keys/$name" or die "$keys/$name: $!";
    print $file $content;
    close $file or die;
    chmod $mode // 0600, "$keys/$name" or die;
}

my ($key, $iv) = ('00112233445566778899aabbccddeeff', 'ffeeddccbbaa99887766554433221100');
key_file('key', "$key\n");
key_file('iv', $iv);
key_file('key.crlf', uc($key) . "\r\n");
key_file('key.public', "$key\n", 0644);
key_file('key.group', "$key\n", 0640);
key_file('empty', '');
key_file('short', substr($key, 2) . "\n");
key_file('two', "$key\n$key\n");
key_file('blank', " $key\n");
key_file('not.hex', 'secret' x 5 . "zz\n");
key_file('long', $key x 3);
key_file('huge', 'x' x 1_000_000);
mkdir "$keys/folder" or die;
mkfifo("$keys/fifo", 0600) or die "mkfifo: $!";
symlink "$keys/key", "$keys/link" or die;

# In blocks with a section "spoil_key_and_reload", the key becomes garbage behind the first answer.
Test::Nginx::Socket::add_response_body_check(sub {
    my ($block, undef, $index) = @_;
    return unless defined $block->spoil_key_and_reload && $index == 0;
    open my $file, '>', html_dir() . '/key' or die;
    print $file "spoilt";
    close $file or die;
    open my $pid, '<', server_root() . '/logs/nginx.pid' or die;
    kill HUP => <$pid> + 0;
});

# In blocks with a section "reload_and_count_files", nginx must have as many open files behind a reload as before.
Test::Nginx::Socket::add_response_body_check(sub {
    my ($block) = @_;
    return unless defined $block->reload_and_count_files;
    my $read = sub { open my $file, '<', server_root() . "/logs/$_[0]" or die; local $/; return scalar <$file> };
    my $pid = $read->('nginx.pid') + 0;
    my $files = sub { my @files = glob "/proc/$pid/fd/*"; return scalar @files };
    my $before = $files->();
    kill HUP => $pid;
    my $tries = 100;
    select undef, undef, undef, 0.05 until $read->('error.log') =~ /reconfiguring/ || !--$tries;
    # The line comes before the configuration is read.
    select undef, undef, undef, 0.3;
    is($files->(), $before, $block->name . ' - as many open files as before');
});

run_suite();

__DATA__

=== a key and an IV from files, with and without a newline at the end
--- config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/key;
    pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv;
    pta_2nd_key file:$TEST_NGINX_KEY_DIR/key.crlf;
    pta_2nd_iv ffeeddccbbaa99887766554433221100;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
["GET /a?pta=" . token("/a"), "GET /a"]
--- error_code eval
[200, 400]
--- no_error_log
readable by others

=== a link to a regular file; group-readable is no warning
--- config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/link;
    pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv;
    pta_2nd_key file:$TEST_NGINX_KEY_DIR/key.group;
    pta_2nd_iv file:$TEST_NGINX_KEY_DIR/iv;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
"GET /a?pta=" . token("/a")
--- no_error_log
readable by others

=== relative paths count from the folder of nginx.conf
--- config
    pta_1st_key file:../html/key;
    pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files eval
[["a" => "a\n"], ["key" => "00112233445566778899aabbccddeeff\n"]]
--- request eval
"GET /a?pta=" . token("/a")
--- error_code: 200

=== a file that others may read is a warning
--- config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/key.public;
    pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
"GET /a?pta=" . token("/a")
--- error_log eval
qr{\[warn\] .*key file ".*/key\.public" is readable by others in .*nginx\.conf:\d+}

=== a missing file
--- config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/missing;
    location / { pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv; pta_enable on; }
--- must_die
--- error_log eval
qr{\[emerg\] .*open\(\) ".*/missing" failed \(2: No such file or directory\) in .*nginx\.conf:\d+}
--- no_error_log
001122334455
secretsecret
panic

=== an empty file
--- config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/empty;
    location / { pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv; pta_enable on; }
--- must_die
--- error_log eval
qr{\[emerg\] .*invalid key file ".*/empty" in "pta_1st_key" directive, it is empty in .*nginx\.conf:\d+}
--- no_error_log
001122334455
secretsecret
panic

=== too few digits
--- config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/short;
    location / { pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv; pta_enable on; }
--- must_die
--- error_log eval
qr{\[emerg\] .*invalid key file ".*/short" in "pta_1st_key" directive, it must be 32 hexadecimal digits, not 30 characters in .*nginx\.conf:\d+}
--- no_error_log
001122334455
secretsecret
panic

=== a second line
--- config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/two;
    location / { pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv; pta_enable on; }
--- must_die
--- error_log eval
qr{\[emerg\] .*invalid key file ".*/two" in "pta_1st_key" directive, it is longer than 64 bytes, .* in .*nginx\.conf:\d+}
--- no_error_log
001122334455
secretsecret
panic

=== blanks
--- config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/blank;
    location / { pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv; pta_enable on; }
--- must_die
--- error_log eval
qr{\[emerg\] .*invalid key file ".*/blank" in "pta_1st_key" directive, it must be 32 hexadecimal digits, not 33 characters in .*nginx\.conf:\d+}
--- no_error_log
001122334455
secretsecret
panic

=== no hexadecimal digits
--- config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/not.hex;
    location / { pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv; pta_enable on; }
--- must_die
--- error_log eval
qr{\[emerg\] .*invalid key file ".*/not.hex" in "pta_1st_key" directive, it must be 32 hexadecimal digits, but contains other characters in .*nginx\.conf:\d+}
--- no_error_log
001122334455
secretsecret
panic

=== longer than a key can be
--- config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/long;
    location / { pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv; pta_enable on; }
--- must_die
--- error_log eval
qr{\[emerg\] .*invalid key file ".*/long" in "pta_1st_key" directive, it is longer than 64 bytes, .* in .*nginx\.conf:\d+}
--- no_error_log
001122334455
secretsecret
panic

=== much longer
--- config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/huge;
    location / { pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv; pta_enable on; }
--- must_die
--- error_log eval
qr{\[emerg\] .*invalid key file ".*/huge" in "pta_1st_key" directive, it is longer than 64 bytes, .* in .*nginx\.conf:\d+}
--- no_error_log
001122334455
secretsecret
panic

=== a folder
--- config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/folder;
    location / { pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv; pta_enable on; }
--- must_die
--- error_log eval
qr{\[emerg\] .*invalid key file ".*/folder" in "pta_1st_key" directive, it is not a regular file in .*nginx\.conf:\d+}
--- no_error_log
001122334455
secretsecret
panic

=== a FIFO hangs nothing
--- config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/fifo;
    location / { pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv; pta_enable on; }
--- must_die
--- error_log eval
qr{\[emerg\] .*invalid key file ".*/fifo" in "pta_1st_key" directive, it is not a regular file in .*nginx\.conf:\d+}
--- no_error_log
001122334455
secretsecret
panic

=== a device
--- config
    pta_1st_key file:/dev/zero;
    location / { pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv; pta_enable on; }
--- must_die
--- error_log eval
qr{\[emerg\] .*invalid key file "/dev/zero" in "pta_1st_key" directive, it is not a regular file in .*nginx\.conf:\d+}
--- no_error_log
001122334455
secretsecret
panic

=== no name
--- config
    pta_1st_key file:;
    location / { pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv; pta_enable on; }
--- must_die
--- error_log eval
qr{\[emerg\] .*no file name in "pta_1st_key" directive in .*nginx\.conf:\d+}
--- no_error_log
001122334455
secretsecret
panic

=== a key file that went bad: the reload is refused and the old configuration stays
--- config
    pta_1st_key file:../html/key;
    pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files eval
[["a" => "a\n"], ["key" => "00112233445566778899aabbccddeeff\n"]]
--- spoil_key_and_reload
--- request eval
["GET /a?pta=" . token("/a"), "GET /a?pta=" . token("/a")]
--- wait: 0.5
--- error_lines eval
qr{\[emerg\] .*invalid key file ".*/html/key" in "pta_1st_key" directive, it must be 32 hexadecimal digits, not 6 characters}
--- no_error_log
panic

=== a reload leaves no key file open
--- config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/key;
    pta_1st_iv file:$TEST_NGINX_KEY_DIR/iv;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- log_level: notice
--- reload_and_count_files
--- request eval
"GET /a?pta=" . token("/a")
--- error_code: 200
--- error_log
reconfiguring
