# nginx -t warns of locations with a regular expression that take requests from protected locations.

use strict;
use warnings;
use lib 't/lib';

use PlainNginx;
use Test::More;

my $keys = 'pta_1st_key 00112233445566778899aabbccddeeff; pta_1st_iv ffeeddccbbaa99887766554433221100;';
my $nginx = PlainNginx->new;

# In the table below, ON and OFF stand for pta_enable.
sub test_conf {
    my ($http) = @_;
    $http =~ s/\bON\b/pta_enable on;/g;
    $http =~ s/\bOFF\b/pta_enable off;/g;
    $nginx->write_conf("$keys\n$http");
    my ($passed, $text) = $nginx->run('-t');
    ok($passed, 'nginx -t succeeds') or diag($text);
    return $text;
}

# The warnings: regular expression < location, and how many more.
sub warnings_of {
    my ($text) = @_;
    my @warnings;
    for (grep { /\[warn\] .*pta: / } split /\n/, $text) {
        if (/pta: location "(.*)" in \S+:\d+ is not protected, but takes requests from location "(.*)" in \S+:\d+, which is(?: \((\d+) more such\))?: write "pta_enable on;" into it, or "pta_enable off;" if it is meant to be open$/) {
            push @warnings, "$1 < $2" . (defined $3 ? " +$3" : '');
        } else {
            push @warnings, $_;
        }
    }
    return join "\n", sort @warnings;
}

# title, configuration of a server, warnings
my @cases = (
    # What nginx tries beside a prefix.
    ['a regex beside a prefix', 'location /v/ { ON } location ~ \.jpg$ { }', '\.jpg$ < /v/'],
    ['without regard to case', 'location /v/ { ON } location ~* \.jpg$ { }', '\.jpg$ < /v/'],
    ['modifier and regex in one word', 'location /v/ { ON } location ~*\.jpg$ { }', '\.jpg$ < /v/'],
    ['before the prefix', 'location ~ \.jpg$ { } location /v/ { ON }', '\.jpg$ < /v/'],
    ['the prefix /', 'location / { ON } location ~ \.jpg$ { }', '\.jpg$ < /'],
    ['several prefixes', "location /v/ { ON }\nlocation /a/ { ON }\nlocation /w/ { ON }" . ' location ~ \.jpg$ { }',
        '\.jpg$ < /v/ +2'],
    ['several regexes', 'location /v/ { ON } location ~ \.jpg$ { } location ~ \.png$ { }',
        "\\.jpg\$ < /v/\n\\.png\$ < /v/"],
    ['one that only answers', 'location /v/ { ON } location ~ /\.ht { deny all; } location ~ \.x$ { return 404; }',
        "/\\.ht < /v/\n\\.x\$ < /v/"],
    ['a dry run', 'location /v/ { ON pta_dry_run on; } location ~ \.jpg$ { }', '\.jpg$ < /v/'],

    # What it does not take requests from.
    ['^~', 'location ^~ /v/ { ON } location ~ \.jpg$ { }', ''],
    ['an exact location', 'location = /v { ON } location ~ \.jpg$ { }', ''],
    ['exact and prefix of one name', 'location = /v/ { ON } location /v/ { } location ~ \.jpg$ { }', ''],
    ['prefix and exact of one name', 'location = /v/ { } location /v/ { ON } location ~ \.jpg$ { }', '\.jpg$ < /v/'],
    ['a named location', 'location @v { ON } location ~ \.jpg$ { }', ''],
    ['no protected location', 'location /v/ { } location ~ \.jpg$ { }', ''],
    ['no regex', 'location /v/ { ON } location /w/ { }', ''],
    ['a nested regex, which inherits', 'location /v/ { ON location ~ \.jpg$ { } }', ''],

    # What is no reason to warn.
    ['protected', 'location /v/ { ON } location ~ \.jpg$ { ON }', ''],
    ['protected by the server', 'ON location /v/ { } location ~ \.jpg$ { }', ''],
    ['meant to be open', 'location /v/ { ON } location ~ \.jpg$ { OFF }', ''],
    ['meant to be open, nested', 'location /v/ { ON location ~ \.jpg$ { OFF } }', ''],
    ['off in the server is not off in the location', 'OFF location /v/ { ON } location ~ \.jpg$ { }', '\.jpg$ < /v/'],
    ['internal', 'location /v/ { ON } location ~ \.jpg$ { internal; }', ''],
    ['an if that protects the regex', 'location /v/ { ON } location ~ \.jpg$ { if ($arg_a) { ON } }', ''],
    ['an if with off in the regex', 'location /v/ { ON } location ~ \.jpg$ { if ($arg_a) { OFF } }', '\.jpg$ < /v/'],
    ['an if that protects the prefix', 'location /v/ { if ($arg_a) { ON } } location ~ \.jpg$ { }', '\.jpg$ < /v/'],
    ['an if is not inherited', 'location /v/ { if ($arg_a) { ON } location ~ \.jpg$ { } }', '\.jpg$ < /v/'],
    ['limit_except in both', 'location /v/ { ON limit_except GET { deny all; } }
        location ~ \.jpg$ { limit_except GET { deny all; } }', '\.jpg$ < /v/'],

    # Text behind ^.
    ['^ and text elsewhere', 'location /v/ { ON } location ~ ^/img/.*\.jpg$ { }', ''],
    ['^ and text around', 'location /v/a/ { ON } location ~ ^/v/ { }', '^/v/ < /v/a/'],
    ['^ and text within', 'location /v/ { ON } location ~ ^/v/pub/ { }', '^/v/pub/ < /v/'],
    ['^ and half a name', 'location /video/ { ON } location ~ ^/vid { }', '^/vid < /video/'],
    ['^ and another location in between', 'location /v/ { ON } location /v/pub/ { OFF } location ~ ^/v/pub/.*\.jpg$ { }', ''],
    ['^ and a protected location in between', 'location /v/ { } location /v/in/ { ON } location ~ ^/v/in/x { }', '^/v/in/x < /v/in/'],
    ['^ and a nested location in between', 'location /v/ { ON location /v/pub/ { OFF } } location ~ ^/v/pub/.*\.jpg$ { }', ''],
    ['escapes', 'location /a.b/ { ON } location ~ ^/a\.b/ { }', '^/a\.b/ < /a.b/'],
    ['escapes elsewhere', 'location /axb/ { ON } location ~ ^/a\.b/ { }', ''],
    ['any character', 'location /axb/ { ON } location ~ ^/a.b/ { }', '^/a.b/ < /axb/'],
    ['a class', 'location /axb/ { ON } location ~ ^/a[xy]b/ { }', '^/a[xy]b/ < /axb/'],
    ['other case', 'location /V/ { ON } location ~ ^/v/ { }', ''],
    ['without regard to case elsewhere', 'location /v/ { ON } location ~* ^/img/ { }', ''],
    ['without regard to case, in other letters', 'location /V/ { ON } location ~* ^/v/ { }', '^/v/ < /V/'],
    ['without regard to case, within', 'location /V/ { ON } location ~* ^/v/pub/ { }', '^/v/pub/ < /V/'],
    ['without regard to case, past a longer prefix', 'location /v/ { ON } location /v/pub/ { OFF } location ~* ^/v/pub/ { }',
        '^/v/pub/ < /v/'],
    ['case by an option in front', 'location /V/ { ON } location /w/ { ON } location ~ (?i)^/v/ { }', '(?i)^/v/ < /V/'],
    ['case by an option in the regex', 'location /V/ { ON } location ~ ^(?i)/v/ { }', '^(?i)/v/ < /V/'],
    ['one alternative without ^', 'location /v/ { ON } location ~ ^/a|b { }', '^/a|b < /v/'],
    ['alternatives elsewhere', 'location /v/ { ON } location ~ ^/(img|css|js)/ { }', ''],
    ['one alternative here', 'location /v/ { ON } location ~ ^/(img|v)/ { }', '^/(img|v)/ < /v/'],
    ['alternatives with ^ each', 'location /v/ { ON } location ~ ^/img/|^/css/ { }', ''],
    ['an optional part', 'location /v/ { ON } location ~ "^/x?v/" { }', '^/x?v/ < /v/'],
    ['a repeated part', 'location /v/ { ON } location ~ "^/x{0,2}v/" { }', '^/x{0,2}v/ < /v/'],
    ['one path', 'location /v/ { ON } location ~ ^/$ { }', ''],
    ['one path here', 'location /v/ { ON } location ~ ^/v/index\.html$ { }', '^/v/index\.html$ < /v/'],
    ['one path that is an exact location', 'location / { ON } location = /a { } location ~ ^/a$ { }', ''],
    ['beginnings of a name', 'location /v/ { ON } location ~ ^/video { }', ''],

    # Nested levels.
    ['a nested prefix, a regex outside', 'location /a/ { location /a/v/ { ON } } location ~ \.jpg$ { }', '\.jpg$ < /a/v/'],
    ['^~ on the nested one does not help', 'location /a/ { location ^~ /a/v/ { ON } } location ~ \.jpg$ { }', '\.jpg$ < /a/v/'],
    ['^~ on the outer one does', 'location ^~ /a/ { location /a/v/ { ON } } location ~ \.jpg$ { }', ''],
    ['^~ outside, a regex beside', 'location ^~ /a/ { location /a/v/ { ON } location ~ \.jpg$ { } }', '\.jpg$ < /a/v/'],
    ['^~ inside, a regex beside', 'location /a/ { location ^~ /a/v/ { ON } location ~ \.jpg$ { } }', ''],
    ['three levels, ^~ in the middle', 'location /a/ { location ^~ /a/b/ { location /a/b/v/ { ON } } location ~ \.png$ { } }
        location ~ \.jpg$ { }', '\.jpg$ < /a/b/v/'],
    ['three levels, a regex on each', 'location /a/ { location /a/b/ { location /a/b/v/ { ON } location ~ \.gif$ { } }
        location ~ \.png$ { } } location ~ \.jpg$ { }', "\\.gif\$ < /a/b/v/\n\\.jpg\$ < /a/b/v/\n\\.png\$ < /a/b/v/"],
    ['the outer is protected, the nested inherits', 'location /v/ { ON location /v/a/ { } } location ~ \.jpg$ { }', '\.jpg$ < /v/ +1'],
    ['a regex in an open corner', 'location /v/ { ON location /v/pub/ { OFF location ~ \.jpg$ { } } }', ''],
    ['a protected place in an open corner', 'location /v/ { ON location /v/pub/ { OFF location /v/pub/x/ { ON } location ~ \.jpg$ { } } }',
        '\.jpg$ < /v/pub/x/'],
    ['a regex in another prefix', 'location /v/ { ON } location /img/ { location ~ \.jpg$ { } }', ''],
    ['a nested regex wins over outer ones', 'location /v/ { location ~ \.jpg$ { ON } } location ~ \.jpg$ { }', ''],
    ['in a regex', 'location ~ ^/a { location ~ \.jpg$ { } location ~ ^/a/v/ { ON } }', '\.jpg$ < ^/a/v/'],
    # nginx takes it, and never finds it.
    ['a prefix in a regex', 'location ~ /a { location /a/v/ { ON } location ~ \.jpg$ { } }', ''],

    # The order of regexes.
    ['before a protected regex', 'location ~ \.jpg$ { } location ~ ^/v/ { ON }', '\.jpg$ < ^/v/'],
    ['behind a protected regex', 'location ~ ^/v/ { ON } location ~ \.jpg$ { }', ''],
    ['other endings', 'location ~ \.jpg$ { } location ~ \.mp4$ { ON }', ''],
    ['the same endings', 'location ~ \.(jpg|mp4)$ { } location ~ \.mp4$ { ON }', '\.(jpg|mp4)$ < \.mp4$'],
    ['other endings in part', 'location ~ \.(jpg|mp4)$ { } location ~ "\.mp[34]$" { ON }', '\.(jpg|mp4)$ < \.mp[34]$'],
    ['other beginnings', 'location ~ ^/img/ { } location ~ ^/v/ { ON }', ''],
    ['a regex that takes all of the prefix first', 'location /v/ { ON } location ~ ^/v/ { ON } location ~ \.jpg$ { }', ''],
    ['a regex that takes a part of the prefix first', 'location /v/ { ON } location ~ ^/v/a/ { ON } location ~ \.jpg$ { }', '\.jpg$ < /v/'],
    ['a regex that takes a part of the prefix first, in one case', 'location / { ON } location ~ ^/v/ { OFF } location ~* ^/v/x { }', '^/v/x < /'],
    ['a regex that takes a part of the prefix first, in any case', 'location / { ON } location ~* ^/v/ { OFF } location ~* ^/v/x { }', ''],
    ['a nested regex that takes all', 'location /v/ { ON location ~ ^/v/ { } } location ~ \.jpg$ { }', ''],
    ['before a regex around a protected one', 'location ~ \.jpg$ { } location ~ ^/v/ { location ~ \.jpg$ { ON } }', '\.jpg$ < \.jpg$'],
    ['before a regex around a protected one, elsewhere', 'location ~ \.jpg$ { } location ~ ^/v/ { location ~ \.mp4$ { ON } }', ''],
    ['a regex around a protected one elsewhere', 'location ~ ^/img/ { } location ~ ^/v/ { location ~ \.jpg$ { ON } }', ''],
    ['prefixes and regexes together', 'location /v/ { ON } location ~ \.jpg$ { } location ~ ^/w/ { ON }', '\.jpg$ < /v/ +1'],
);

for my $case (@cases) {
    my ($title, $server, $expected) = @$case;
    my $text = test_conf("server { listen 127.0.0.1:1; $server }");
    is(warnings_of($text), $expected, $title);
}

is(warnings_of(test_conf('server { listen 127.0.0.1:1; server_name a; location /v/ { ON } }
    server { listen 127.0.0.1:1; server_name b; location ~ \.jpg$ { } }')), '', 'another server');
is(warnings_of(test_conf('server { listen 127.0.0.1:1; server_name a; location /v/ { ON } location ~ \.a$ { } }
    server { listen 127.0.0.1:1; server_name b; location /w/ { ON } location ~ \.b$ { } }')),
    "\\.a\$ < /v/\n\\.b\$ < /w/", 'each of two servers');
is(warnings_of(test_conf('ON server { listen 127.0.0.1:1; OFF location /v/ { ON } location ~ \.a$ { } }')),
    '\.a$ < /v/', 'on for http, off for a server');
is(warnings_of(test_conf('ON')), '', 'no server');

# The line itself, with places in two files.
$nginx->write('conf/gate.conf', "# gate\nlocation /video/ {\n    pta_enable on;\n}\n");
$nginx->write_conf("$keys server { listen 127.0.0.1:1; include gate.conf;\nlocation ~ \\.(jpg|png)\$\n{ } }");
my (undef, $text) = $nginx->run('-t');
my @conf = split /\n/, $nginx->read('conf/nginx.conf');
my ($line) = grep { $conf[$_ - 1] =~ /^\{ \} \}$/ } 1 .. @conf;
my $dir = $nginx->{dir};
like($text, qr{^nginx: \[warn\] pta: location "\\\.\(jpg\|png\)\$" in \Q$dir\E/conf/nginx\.conf:$line is not protected, but takes requests from location "/video/" in \Q$dir\E/conf/gate\.conf:2, which is: write "pta_enable on;" into it, or "pta_enable off;" if it is meant to be open$}m,
    'the whole line');
# Not counted: that these keys are published.
is(() = $text =~ /\[warn\] pta: location/g, 1, 'one warning');

# The recipes cause no warning.
$nginx->write('conf/pair', '0f' x 16 . "\n" . '1e' x 16 . "\n");
for my $recipe ('nginx-config/quickstart.conf', glob 'nginx-config/recipes/*.conf') {
    open my $file, '<', $recipe or die "$recipe: $!";
    my $conf = do { local $/; <$file> };
    $conf =~ s/^.*?\nhttp \{\n(.*)\}\n$/$1/s or die "no http block in $recipe";
    $conf =~ s/file:keys\/\w+\.pair/file:pair/g or die "no pair files in $recipe";
    $conf =~ s/^\s*(access_log|\w+_temp_path) .*;$//mg;
    $conf =~ s/listen [^;]+;/listen 127.0.0.1:1;/g;
    $nginx->write_conf($conf);
    my ($accepted, $warnings) = $nginx->run('-t');
    ok($accepted, "$recipe: accepted");
    is(warnings_of($warnings), '', "$recipe: no warning") or diag($warnings);
}

done_testing();
