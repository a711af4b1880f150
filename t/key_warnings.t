# nginx -t warns of weak keys, once for each place.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use NginxT;
use PTA;

use File::Temp 'tempdir';

my $folder = tempdir(CLEANUP => 1);

sub write_file {
    my ($name, @lines) = @_;
    open my $file, '>', "$folder/$name" or die "$folder/$name: $!";
    print $file map { "$_\n" } @lines;
    close $file or die;
    chmod 0600, "$folder/$name" or die;
    return "file:$folder/$name";
}

# Keys that are not published.
my ($a, $b, $c, $d) = map { '8c1f0a52d93be7466d0b91a7c2f83e1' . $_ } 1 .. 4;

sub published { my ($directive) = @_; return qq{published key in "$directive" directive, everybody can make tokens with it, use "pta keygen" in HERE} }
sub key_is_iv { my ($pair) = @_; return qq{key and IV of the $pair pair are equal, use "pta keygen" in HERE} }
my $equal_pairs = 'the 1st and the 2nd pair are equal, one of them is useless in HERE';

# README's, the quickstart's, the C module's and our tests' keys, and everything like 1111….
my @published = (
    qw(0102030405060708090a0b0c0d0e0f00 00112233445566778899aabbccddeeff ffeeddccbbaa99887766554433221100
       0123456789abcdef0123456789abcdef fedcba9876543210fedcba9876543210 000102030405060708090a0b0c0d0e0f),
    (map { $_ x 32 } 0 .. 9, 'a' .. 'f'), 'ab' x 16,
);
for my $key (map { ($_, uc) } @published) {
    for my $directive (qw(pta_1st_key pta_2nd_key)) {
        accepts("$directive $key", "$directive $key; # here", published($directive));
    }
}
for my $key ($published[0], '1' x 32) {
    for my $number (qw(1st 2nd)) {
        accepts("pta_${number}_key from a file, $key", "pta_${number}_key " . write_file('key', $key) . '; # here',
            published("pta_${number}_key"));
        accepts("pta_${number}_pair, $key", "pta_${number}_pair " . write_file('pair', $key, $a) . '; # here',
            published("pta_${number}_pair"));
    }
}

# All keys that README and the configurations of this repository show.
for my $name ('README.md', glob('nginx-config/*.conf nginx-config/recipes/*.conf t/lib/PTA.pm token/tests/vectors.json')) {
    my $text = PTA::read_file($name);
    my @keys = ($text =~ /pta_\w+_key\s+(\w{32});/g, $text =~ /"key": "(\w{32})"/g, $text =~ /^ +key +(\w{32})$/mg,
        $text =~ /=> \['(\w{32})'/g, $text =~ /\bsign\.\w+ +(\w{32}) /g);
    my %seen;
    accepts("the key $_ of $name", "pta_1st_key $_; # here", published('pta_1st_key')) for grep { !$seen{$_}++ } @keys;
}

# An IV need not be secret.
accepts('a published IV', "pta_1st_iv $published[0]; pta_2nd_iv " . '0' x 32 . ';');
accepts('keys that nobody knows', "pta_1st_key $a; pta_1st_iv $b; pta_2nd_key $c; pta_2nd_iv $d;");

# Key equal to IV, within one level, in either order.
for my $number (qw(1st 2nd)) {
    accepts("$number: key, then IV", "pta_${number}_key $a;\npta_${number}_iv " . uc($a) . '; # here', key_is_iv($number));
    accepts("$number: IV, then key", "pta_${number}_iv $a;\npta_${number}_key $a; # here", key_is_iv($number));
    accepts("$number: pair", "pta_${number}_pair " . write_file('pair', $a, $a) . '; # here', key_is_iv($number));
    my $server = "listen unix:$folder/socket;";
    accepts("$number: IV below", "pta_${number}_key $a;\nlocation / {\npta_${number}_iv $a; # here\n}",
        key_is_iv($number));
    accepts("$number: key below", \"pta_${number}_iv $a; server { $server\npta_${number}_key $a; # here\n}",
        key_is_iv($number));
    accepts("$number: once for all that inherit", \"pta_${number}_key $a;\npta_${number}_iv $a; # here
        server { $server location / { location /a { pta_enable on; } } location /b { pta_enable on; } }
        server { $server server_name b; location / { pta_name x; } }", key_is_iv($number));
    accepts("$number: once for each place", "location /a { pta_${number}_iv $a; pta_${number}_key $a; } " .
        "location /b { pta_${number}_key $b; pta_${number}_iv $b; } # here", (key_is_iv($number)) x 2);
    accepts("$number: not if a level below changes one", "pta_${number}_key $a; pta_${number}_iv $b;\n" .
        "location /a { pta_${number}_iv $c; location /a/b { pta_${number}_key $d; } }");
}
accepts('key of one pair, IV of the other', "pta_1st_key $a; pta_1st_iv $b; pta_2nd_key $b; pta_2nd_iv $a;");

# The 1st pair equal to the 2nd.
my $pair = write_file('pair', $a, $b);
accepts('both pairs', "pta_1st_pair $pair;\npta_2nd_pair $pair; # here", $equal_pairs);
accepts('both pairs, 2nd first', "pta_2nd_pair $pair;\npta_1st_pair $pair; # here", $equal_pairs);
accepts('single directives', "pta_1st_key $a; pta_1st_iv $b;\npta_2nd_key $a;\npta_2nd_iv $b; # here", $equal_pairs);
accepts('a pair and single directives', "pta_1st_key $a; pta_1st_iv $b;\npta_2nd_pair $pair; # here", $equal_pairs);
accepts('2nd pair below', "pta_1st_pair $pair;\nlocation / {\npta_2nd_pair $pair; # here\n}", $equal_pairs);
accepts('1st pair below', "pta_2nd_pair $pair;\nlocation / {\npta_1st_pair $pair; # here\n}", $equal_pairs);
accepts('half of it below', "pta_1st_pair $pair; pta_2nd_iv $b;\nlocation / {\npta_2nd_key $a; # here\nlocation /a { } }",
    $equal_pairs);
accepts('the same key with another IV', "pta_1st_key $a; pta_1st_iv $b; pta_2nd_key $a; pta_2nd_iv $c;");
accepts('half of a pair', "pta_1st_key $a; pta_2nd_key $a;");

# Everything at once: three lines about one directive.
my $bad = '1' x 32;
accepts('all warnings', "pta_1st_key $a; pta_1st_iv $b; location / { pta_1st_pair " . write_file('bad', $bad, $bad)
    . ';pta_2nd_pair ' . write_file('bad', $bad, $bad) . '; } # here', published('pta_1st_pair'), key_is_iv('1st'),
    published('pta_2nd_pair'), key_is_iv('2nd'), $equal_pairs);
