# Keys from files: file:path as a key or an IV, and pta_1st_pair and pta_2nd_pair.
# tests/configuration/test_key_files.py tests errors, tests/rotation tests reloads.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

# Test::Nginx recreates its folders for each block, so the key files need a folder of their own.
use File::Temp 'tempdir';

my $keys = $ENV{TEST_NGINX_KEY_DIR} = tempdir(CLEANUP => 1);
chmod 0755, $keys;

sub write_file {
    my ($name, $content, $mode) = @_;
    open my $file, '>', "$keys/$name" or die "$keys/$name: $!";
    print $file $content;
    close $file or die;
    chmod $mode // 0600, "$keys/$name" or die;
}

for my $number (1 .. 3) {
    my ($key, $iv) = pair($number);
    write_file($number, "$key\n$iv\n");
    write_file("$number.key", "$key\n");
    write_file("$number.iv", "$iv\n");
}
my ($key, $iv) = pair(1);
write_file('1.crlf', uc($key) . "\r\n" . uc($iv) . "\r\n");
write_file('1.unfinished', "$key\n$iv");
write_file('1.key.crlf', uc($key) . "\r\n");
write_file('1.key.public', "$key\n", 0644);
write_file('1.key.group', "$key\n", 0640);
write_file('1.iv.unfinished', $iv);
symlink "$keys/1.key", "$keys/link" or die;

run_suite();

__DATA__

=== a key and an IV are read from files, with or without a newline at the end
--- config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/1.key;
    pta_1st_iv file:$TEST_NGINX_KEY_DIR/1.iv.unfinished;
    pta_2nd_key file:$TEST_NGINX_KEY_DIR/1.key.crlf;
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

=== a link to a regular file is accepted, and a group-readable file causes no warning
--- config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/link;
    pta_1st_iv file:$TEST_NGINX_KEY_DIR/1.iv;
    pta_2nd_key file:$TEST_NGINX_KEY_DIR/1.key.group;
    pta_2nd_iv file:$TEST_NGINX_KEY_DIR/1.iv;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
"GET /a?pta=" . token("/a")
--- no_error_log
readable by others

=== relative paths of keys start from the folder of nginx.conf
--- config
    pta_1st_key file:../html/key;
    pta_1st_iv file:$TEST_NGINX_KEY_DIR/1.iv;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files eval
[["a" => "a\n"], ["key" => "00112233445566778899aabbccddeeff\n"]]
--- request eval
"GET /a?pta=" . token("/a")
--- error_code: 200

=== a file that others can read causes a warning
--- config
    pta_1st_key file:$TEST_NGINX_KEY_DIR/1.key.public;
    pta_1st_iv file:$TEST_NGINX_KEY_DIR/1.iv;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request eval
"GET /a?pta=" . token("/a")
--- error_log eval
qr{\[warn\] .*key file ".*/1\.key\.public" is readable by others in .*nginx\.conf:\d+}

=== both pairs are read from files, with every kind of line end
--- config
    location /1/ { pta_1st_pair file:$TEST_NGINX_KEY_DIR/1; pta_2nd_pair file:$TEST_NGINX_KEY_DIR/2; pta_enable on; }
    location /2/ { pta_1st_pair file:$TEST_NGINX_KEY_DIR/1.crlf; pta_enable on; }
    location /3/ { pta_1st_pair file:$TEST_NGINX_KEY_DIR/1.unfinished; pta_enable on; }
    location /4/ { pta_2nd_pair file:$TEST_NGINX_KEY_DIR/1; pta_enable on; }
    root $TEST_NGINX_HTML_DIR;
    add_header X-Key "<$pta_key>" always;
--- user_files eval
[map { ["$_/a" => "a\n"] } 1 .. 4]
--- table
    request  | query     | status | X-Key
    GET /1/a | /*        | 200    | <1st>
    GET /1/a | /* pair 2 | 200    | <2nd>
    GET /1/a | /* pair 3 | 403    | <>
    GET /2/a | /*        | 200    | <1st>
    GET /3/a | /*        | 200    | <1st>
    GET /4/a | /*        | 200    | <2nd>

=== relative paths of pairs start from the folder of nginx.conf
--- config
    pta_1st_pair file:../html/pair;
    location / { pta_enable on; root $TEST_NGINX_HTML_DIR; }
--- user_files eval
[["a" => "a\n"], ["pair" => CORE::join "\n", pair(1)]]
--- request eval
"GET /a?pta=" . token("/a")

=== a pair is inherited, and another pair replaces both halves
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
--- table
    request    | query         | status
    GET /a/a   | /a/a          | 200
    GET /a/a   | /a/a pair 2   | 200
    GET /a/a   | /a/a pair 3   | 403
    GET /a/b/a | /a/b/a        | 403
    GET /a/b/a | /a/b/a pair 2 | 200
    GET /a/b/a | /a/b/a pair 3 | 200

=== a single directive below replaces its half
--- http_config
    pta_1st_pair file:$TEST_NGINX_KEY_DIR/1;
--- config
    root $TEST_NGINX_HTML_DIR;
    location /both/ { pta_1st_key file:$TEST_NGINX_KEY_DIR/3.key; pta_1st_iv file:$TEST_NGINX_KEY_DIR/3.iv; pta_enable on; }
    location /key/ {
        pta_1st_key file:$TEST_NGINX_KEY_DIR/3.key;
        pta_enable on;
        # /key/ has the key of pair 3 and the IV of pair 1. This completes pair 3.
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
--- table
    request       | query            | status
    GET /both/a   | /both/a          | 403
    GET /both/a   | /both/a pair 3   | 200
    GET /key/a    | /key/a           | 403
    GET /key/a    | /key/a pair 3    | 403
    GET /key/iv/a | /key/iv/a        | 403
    GET /key/iv/a | /key/iv/a pair 3 | 200
    GET /iv/a     | /iv/a            | 403
    GET /iv/a     | /iv/a pair 3     | 403

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
