# The messages of nginx -t: each says what the directive takes, in nginx's wording, with file and line.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use NginxT;
use PTA;

my ($key, $iv) = pair(1);

# Enumerations list their words.
my %words = (
    pta_enable => '"on" or "off"',
    pta_strip => '"on" or "off"',
    pta_mask => '"on" or "off"',
    pta_dry_run => '"on" or "off"',
    pta_accel_redirect => '"on" or "off"',
    pta_auth_method => '"qs", "cookie" or "qs cookie"',
    pta_cache_control => '"on", "off" or "private"',
    pta_log_level => '"info", "notice", "warn" or "error"',
    pta_phase => '"access" or "rewrite"',
);
for my $directive (sort keys %words) {
    for my $value ('x', 'qs,cookie', 'onn', 'o', '1', 'debug', 'access,rewrite', 'info|warn') {
        refuses("$directive $value", "$directive $value; # here",
            qq{invalid value "$value" in "$directive" directive, it must be $words{$directive} in HERE});
    }
    refuses("$directive with an empty value", "$directive ''; # here",
        qq{invalid value "" in "$directive" directive, it must be $words{$directive} in HERE});
}
# Words are case-insensitive, as in nginx's own enumerations.
accepts('words in either case', 'pta_strip ON; pta_auth_method QS Cookie; pta_log_level Notice; pta_phase REWRITE;');
refuses('the second word', 'pta_auth_method qs header; # here',
    'invalid value "header" in "pta_auth_method" directive, it must be "qs", "cookie" or "qs cookie" in HERE');

# The parameters of pta_refuse_status.
my $verdicts = '"missing", "malformed", "undecryptable", "expired" or "path_mismatch"';
my %problems = (
    (map { ($_ => "invalid parameter \"$_\", verdict must be $verdicts") }
        qw(bad=404 =404 Expired=410 path-mismatch=403 allowed=403 bad= bad=x)),
    (map { ($_ => "invalid parameter \"$_\", value must be between 400 and 599") }
        qw(399 600 0 99999999 expired= expired=x expired=+410 expired=200 expired=410=410 expired=99999999)),
    (map { ($_ => "invalid parameter \"$_\", it must be a status code, or \"verdict=code\" with verdict $verdicts") }
        qw(gone expired 4xx +403 -1 expired:410)),
    (map { ($_ => 'invalid parameter "403", a code for all verdicts must be the only parameter') }
        '403 expired=410', 'expired=410 403', '403 404'),
    'expired=410 expired=403' => 'duplicate parameter "expired=403"',
);
for my $value (sort keys %problems) {
    refuses("pta_refuse_status $value", "pta_refuse_status $value; # here", "$problems{$value} in HERE");
}

# If a value looks like a path, the message hints at "file:". It never contains the value, which may be most of a key.
for my $directive (qw(pta_1st_key pta_1st_iv pta_2nd_key pta_2nd_iv)) {
    my $digits = qq{invalid value in "$directive" directive, it must be 32 hexadecimal digits};
    for my $path ('/etc/nginx/keys/1st.key', 'keys/1st', '1st.key', '../x', '~x', 'FILE:key', 'File:/etc/key', 'file=key') {
        my $length = length $path;
        refuses("$directive $path", "$directive $path; # here",
            qq{$digits, not $length characters, use "file:path" for a file in HERE});
    }
    refuses("$directive with a path as long as a key", "$directive /etc/nginx/keys/pta/1st/the.key1; # here",
        qq{$digits, but contains other characters, use "file:path" for a file in HERE});
    refuses("$directive with a short key", "$directive 0011; # here", qq{$digits, not 4 characters in HERE});
    refuses("$directive with an empty key", "$directive ''; # here", qq{$digits, not 0 characters in HERE});
    refuses("$directive with a wrong character", "$directive 00112233445566778899aabbccddeefg; # here",
        qq{$digits, but contains other characters in HERE});
    refuses("$directive without a file name", "$directive file:; # here",
        qq{no file name in "$directive" directive in HERE});
}

# Files that cannot be opened or read, in nginx's form.
for my $directive (qw(pta_1st_key pta_2nd_iv pta_1st_pair)) {
    refuses("$directive with a missing file", "$directive file:/nonexistent/key; # here",
        'open() "/nonexistent/key" failed (2: No such file or directory) in HERE');
    refuses("$directive with a file for a folder", "$directive file:/dev/null/key; # here",
        'open() "/dev/null/key" failed (20: Not a directory) in HERE');
    # A regular file that opens, even for root, and cannot be read.
    refuses("$directive with a file that cannot be read", "$directive file:/proc/self/mem; # here",
        'read() "/proc/self/mem" failed (5: Input/output error) in HERE');
}

# Missing keys: the message names the directive that needs them.
my $no_pair = 'no key pair is defined (run "pta keygen", then set "pta_1st_pair", or "pta_1st_key" and "pta_1st_iv")';
refuses('pta_enable without keys', "location / {\npta_enable on; # here\n}",
    qq{$no_pair for the "pta_enable" directive in HERE});
refuses('pta_issue without keys', "location / {\npta_issue /a 1h; # here\n}",
    qq{$no_pair for the "pta_issue" directive in HERE});
refuses('pta_issue with the 2nd pair alone', "pta_2nd_key $key; pta_2nd_iv $iv;\npta_issue /a 1h; # here\n",
    qq{$no_pair for the "pta_issue" directive in HERE});
for my $needs ('pta_enable on', 'pta_issue /a 1h') {
    my ($directive) = split / /, $needs;
    for (['pta_1st_key', 'pta_1st_iv'], ['pta_1st_iv', 'pta_1st_key']) {
        my ($given, $missing) = @$_;
        refuses("$needs with $given alone", "pta_2nd_key $key; pta_2nd_iv $iv; $given $key; location / { $needs; } # here",
            qq{no "$missing" is defined for the "$given" in HERE for the "$directive" directive in HERE});
    }
}

# Duplicates, and values that nginx itself parses.
my %once = (
    pta_1st_key => $key, pta_1st_iv => $iv, pta_2nd_key => $key, pta_2nd_iv => $iv, pta_enable => 'off',
    pta_name => 'st', pta_strip => 'on', pta_mask => 'on', pta_refuse_status => '403', pta_dry_run => 'off',
    pta_log_level => 'warn', pta_leeway => '1s', pta_phase => 'access', pta_issue => '/a 1h', pta_accel_redirect => 'off',
    pta_cache_control => 'off',
);
for my $directive (sort keys %once) {
    my $line = "$directive $once{$directive};";
    refuses("$directive twice", "$line\n$line # here",
        qq{"$directive" directive is duplicate in HERE});
    refuses("$directive without a value", "$directive; # here",
        qq{invalid number of arguments in "$directive" directive in HERE});
}
for my $value (qw(soon -1 1z 99999999999999s 1.5)) {
    refuses("pta_leeway $value", "pta_leeway $value; # here", '"pta_leeway" directive invalid value in HERE');
}
for my $value ('a=b', 'a b', 'a&b', '%70ta', '', 'é') {
    refuses("pta_name '$value'", "pta_name '$value'; # here", qq{invalid value "$value" in "pta_name" directive, }
        . 'it must consist of letters, digits, "-", ".", "_" and "~" in HERE');
}

refuses('pta_issue with two wildcards', 'pta_issue /*/* 1h; # here',
    'invalid path "/*/*" in "pta_issue" directive, it has more than one wildcard "*" in HERE');
for my $value (qw(0 soon -1 0s 1z 137y)) {
    refuses("pta_issue for $value", "pta_issue /a $value; # here",
        qq{invalid lifetime "$value" in "pta_issue" directive, it must be a time from 1s to 136y in HERE});
}
