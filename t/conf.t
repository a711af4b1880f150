# What nginx -t refuses, where it says the fault is, and what it takes.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== pta_1st_key: too short
--- config
    pta_1st_key 00112233445566778899aabbccddeef;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid value in "pta_1st_key" directive, it must be 32 hexadecimal digits, not 31 characters in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_1st_key: a character that is not hexadecimal
--- config
    pta_1st_key 00112233445566778899aabbccddeefg;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid value in "pta_1st_key" directive, it must be 32 hexadecimal digits, but contains other characters in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_1st_key: twice
--- config
    pta_1st_key 00112233445566778899aabbccddeeff;
    pta_1st_key 00112233445566778899aabbccddeeff;
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_1st_key" directive is duplicate in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_1st_key: no argument
--- config
    pta_1st_key;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid number of arguments in "pta_1st_key" directive in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_1st_key: not in an if block
--- config
    location / { if ($arg_a) { pta_1st_key 00112233445566778899aabbccddeeff; } }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_1st_key" directive is not allowed here in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_1st_iv: too short
--- config
    pta_1st_iv 00112233445566778899aabbccddeef;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid value in "pta_1st_iv" directive, it must be 32 hexadecimal digits, not 31 characters in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_1st_iv: a character that is not hexadecimal
--- config
    pta_1st_iv 00112233445566778899aabbccddeefg;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid value in "pta_1st_iv" directive, it must be 32 hexadecimal digits, but contains other characters in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_1st_iv: twice
--- config
    pta_1st_iv 00112233445566778899aabbccddeeff;
    pta_1st_iv 00112233445566778899aabbccddeeff;
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_1st_iv" directive is duplicate in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_1st_iv: no argument
--- config
    pta_1st_iv;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid number of arguments in "pta_1st_iv" directive in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_1st_iv: not in an if block
--- config
    location / { if ($arg_a) { pta_1st_iv 00112233445566778899aabbccddeeff; } }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_1st_iv" directive is not allowed here in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_2nd_key: too short
--- config
    pta_2nd_key 00112233445566778899aabbccddeef;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid value in "pta_2nd_key" directive, it must be 32 hexadecimal digits, not 31 characters in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_2nd_key: a character that is not hexadecimal
--- config
    pta_2nd_key 00112233445566778899aabbccddeefg;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid value in "pta_2nd_key" directive, it must be 32 hexadecimal digits, but contains other characters in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_2nd_key: twice
--- config
    pta_2nd_key 00112233445566778899aabbccddeeff;
    pta_2nd_key 00112233445566778899aabbccddeeff;
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_2nd_key" directive is duplicate in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_2nd_key: no argument
--- config
    pta_2nd_key;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid number of arguments in "pta_2nd_key" directive in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_2nd_key: not in an if block
--- config
    location / { if ($arg_a) { pta_2nd_key 00112233445566778899aabbccddeeff; } }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_2nd_key" directive is not allowed here in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_2nd_iv: too short
--- config
    pta_2nd_iv 00112233445566778899aabbccddeef;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid value in "pta_2nd_iv" directive, it must be 32 hexadecimal digits, not 31 characters in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_2nd_iv: a character that is not hexadecimal
--- config
    pta_2nd_iv 00112233445566778899aabbccddeefg;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid value in "pta_2nd_iv" directive, it must be 32 hexadecimal digits, but contains other characters in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_2nd_iv: twice
--- config
    pta_2nd_iv 00112233445566778899aabbccddeeff;
    pta_2nd_iv 00112233445566778899aabbccddeeff;
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_2nd_iv" directive is duplicate in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_2nd_iv: no argument
--- config
    pta_2nd_iv;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid number of arguments in "pta_2nd_iv" directive in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_2nd_iv: not in an if block
--- config
    location / { if ($arg_a) { pta_2nd_iv 00112233445566778899aabbccddeeff; } }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_2nd_iv" directive is not allowed here in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== keys with a 0x prefix
--- config
    pta_1st_key 0x112233445566778899aabbccddeeff;
--- must_die
--- error_log eval
qr/\[emerg\] .*it must be 32 hexadecimal digits, but contains other characters in/
--- no_error_log
00112233445566778899
panic

=== pta_enable: neither on nor off
--- config
    pta_enable yes;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid value "yes" in "pta_enable" directive, it must be "on" or "off" in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_enable: twice
--- config
    pta_enable off; pta_enable on;
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_enable" directive is duplicate in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_enable: not in limit_except
--- config
    location / { limit_except GET { pta_enable on; } }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_enable" directive is not allowed here in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_auth_method: an unknown word
--- config
    pta_auth_method qs header;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid value "header" in "pta_auth_method" directive, it must be "qs", "cookie" or "qs cookie" in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_auth_method: no word
--- config
    pta_auth_method;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid number of arguments in "pta_auth_method" directive in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_auth_method: not in an if block
--- config
    location / { if ($arg_a) { pta_auth_method qs; } }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_auth_method" directive is not allowed here in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_enable on without any pair: the place of pta_enable is named
--- config
    location / {
        pta_enable on;
    }
--- must_die
--- conf_line: pta_enable on;
--- error_log eval
qr/\[emerg\] .*no key pair is defined \(run "pta keygen", then set "pta_1st_pair", or "pta_1st_key" and "pta_1st_iv"\) for the "pta_enable" directive in .*nginx\.conf:\d+$/

=== a key without its IV: both places are named
--- config
    pta_1st_key 00112233445566778899aabbccddeeff;
    location / {
        pta_enable on;
    }
--- must_die
--- conf_line: pta_enable on;
--- error_log eval
qr/\[emerg\] .*no "pta_1st_iv" is defined for the "pta_1st_key" in .*nginx\.conf:\d+ for the "pta_enable" directive in .*nginx\.conf:\d+$/

=== an IV without its key
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_2nd_iv 00112233445566778899aabbccddeeff;
        pta_enable on;
    }
--- must_die
--- conf_line: pta_enable on;
--- error_log eval
qr/\[emerg\] .*no "pta_2nd_key" is defined for the "pta_2nd_iv" in .*nginx\.conf:\d+ for the "pta_enable" directive in .*nginx\.conf:\d+$/

=== the 1st key with the 2nd IV alone
--- config
    location / {
        pta_1st_key 00112233445566778899aabbccddeeff;
        pta_2nd_iv 00112233445566778899aabbccddeeff;
        pta_enable on;
    }
--- must_die
--- conf_line: pta_enable on;
--- error_log eval
qr/\[emerg\] .*no "pta_1st_iv" is defined for the "pta_1st_key"/

=== a server-level pta_enable on needs its keys at the server or above
--- config
    pta_enable on;
    location / {
        $TEST_NGINX_KEY_1
    }
--- must_die
--- conf_line: pta_enable on;
--- error_log eval
qr/\[emerg\] .*no key pair is defined .* for the "pta_enable" directive in .*nginx\.conf:\d+$/

=== an inherited pta_enable on is named where it stands
--- http_config
    pta_enable on;
--- config
    location / { }
--- must_die
--- conf_line: pta_enable on;
--- error_log eval
qr/\[emerg\] .*no key pair is defined .* for the "pta_enable" directive in .*nginx\.conf:\d+$/

=== pta_enable on in an if block needs keys as well
--- config
    location / {
        if ($arg_a) { pta_enable on; }
    }
--- must_die
--- error_log eval
qr/\[emerg\] .*no key pair is defined .* for the "pta_enable" directive in .*nginx\.conf:\d+$/

=== half a pair is no fault where PTA is not enabled, and keys may follow pta_enable
--- config
    pta_1st_key 00112233445566778899aabbccddeeff;
    location /off/ { pta_enable off; root $TEST_NGINX_HTML_DIR; }
    location / {
        pta_enable on;
        pta_1st_iv ffeeddccbbaa99887766554433221100;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
"GET /a?pta=" . token("/a")

=== ON and OFF in either case, as nginx's own flags
--- config
    $TEST_NGINX_KEY_1
    location / { pta_enable ON; root $TEST_NGINX_HTML_DIR; }
    location /off/ { pta_enable Off; root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
>>> off/a
a
--- request eval
["GET /a", "GET /off/a"]
--- error_code eval
[400, 200]

=== a module that is loaded and not used changes nothing
--- config
    location / { root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> a
a
--- request
GET /a?pta=zz

=== pta_strip: neither on nor off
--- config
    pta_strip maybe;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid value "maybe" in "pta_strip" directive, it must be "on" or "off" in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_mask: neither on nor off
--- config
    pta_mask maybe;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid value "maybe" in "pta_mask" directive, it must be "on" or "off" in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_dry_run: neither on nor off
--- config
    pta_dry_run maybe;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid value "maybe" in "pta_dry_run" directive, it must be "on" or "off" in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_strip: twice
--- config
    pta_strip on; pta_strip on;
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_strip" directive is duplicate in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_strip: not in an if block
--- config
    location / { if ($arg_a) { pta_strip on; } }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_strip" directive is not allowed here in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_strip: no argument
--- config
    pta_strip;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid number of arguments in "pta_strip" directive in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_mask: twice
--- config
    pta_mask off; pta_mask off;
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_mask" directive is duplicate in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_mask: not in an if block
--- config
    location / { if ($arg_a) { pta_mask off; } }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_mask" directive is not allowed here in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_mask: no argument
--- config
    pta_mask;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid number of arguments in "pta_mask" directive in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_dry_run: twice
--- config
    pta_dry_run on; pta_dry_run on;
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_dry_run" directive is duplicate in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_dry_run: not in an if block
--- config
    location / { if ($arg_a) { pta_dry_run on; } }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_dry_run" directive is not allowed here in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_dry_run: no argument
--- config
    pta_dry_run;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid number of arguments in "pta_dry_run" directive in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_name: twice
--- config
    pta_name st; pta_name st;
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_name" directive is duplicate in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_name: not in an if block
--- config
    location / { if ($arg_a) { pta_name st; } }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_name" directive is not allowed here in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_name: no argument
--- config
    pta_name;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid number of arguments in "pta_name" directive in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_refuse_status: twice
--- config
    pta_refuse_status 403; pta_refuse_status 403;
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_refuse_status" directive is duplicate in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_refuse_status: not in an if block
--- config
    location / { if ($arg_a) { pta_refuse_status 403; } }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_refuse_status" directive is not allowed here in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_refuse_status: no argument
--- config
    pta_refuse_status;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid number of arguments in "pta_refuse_status" directive in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_log_level: twice
--- config
    pta_log_level warn; pta_log_level warn;
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_log_level" directive is duplicate in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_log_level: not in an if block
--- config
    location / { if ($arg_a) { pta_log_level warn; } }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_log_level" directive is not allowed here in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_log_level: no argument
--- config
    pta_log_level;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid number of arguments in "pta_log_level" directive in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_leeway: twice
--- config
    pta_leeway 5s; pta_leeway 5s;
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_leeway" directive is duplicate in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_leeway: not in an if block
--- config
    location / { if ($arg_a) { pta_leeway 5s; } }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_leeway" directive is not allowed here in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_leeway: no argument
--- config
    pta_leeway;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid number of arguments in "pta_leeway" directive in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_phase: twice
--- config
    pta_phase rewrite; pta_phase rewrite;
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_phase" directive is duplicate in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_phase: not in an if block
--- config
    location / { if ($arg_a) { pta_phase rewrite; } }
--- must_die
--- error_log eval
qr/\[emerg\] .*"pta_phase" directive is not allowed here in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic

=== pta_phase: no argument
--- config
    pta_phase;
--- must_die
--- error_log eval
qr/\[emerg\] .*invalid number of arguments in "pta_phase" directive in .*nginx\.conf:\d+/
--- no_error_log
00112233445566778899
panic
