# The complete configurations that README.md shows pass nginx -t without a warning, with keys that openssl makes.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use NginxT;
use PTA;

my $readme = PTA::read_file('README.md');
my $module = $ENV{TEST_NGINX_LOAD_MODULES};

mkdir "$NginxT::folder/$_" or die for qw(keys html);
for my $name (qw(1st.pair 2nd.pair)) {
    open my $file, '>', "$NginxT::folder/keys/$name" or die;
    print $file map { scalar `openssl rand -hex 16` } 1, 2;
    close $file or die;
    chmod 0600, "$NginxT::folder/keys/$name" or die;
}
open my $types, '>', "$NginxT::folder/mime.types" or die;
print $types "types { text/html html; }\n";
close $types or die;

my @configurations = $readme =~ /^(load_module modules.*?^\}\n(?:http \{\n.*?^\}\n|\nhttp \{\n.*?^\}\n))/msg;
is(scalar @configurations, 2, 'the first configuration and that of the walk-through');
for my $at (0 .. $#configurations) {
    my $text = $configurations[$at];
    my $place = "listen unix:$NginxT::folder/socket;";
    is($text =~ s/^load_module .*;\n/join '', map { "load_module $_;\n" } split ' ', $module/me, 1, 'loads the module');
    is($text =~ s/listen [\d.:]+;/$place/, 1, 'listens');
    $text =~ s{/srv/site/}{$NginxT::folder/}g;
    $text =~ s{/etc/nginx/}{$NginxT::folder/}g;
    # Where nginx was built to write belongs to root.
    my $temp = CORE::join ' ', map { "${_}_temp_path $NginxT::folder/temp;" } qw(client_body proxy fastcgi uwsgi scgi);
    my $http = $text =~ /temp_path/ ? '' : "access_log off; $temp";
    $text =~ s/^http \{/http { $http/m;
    $text = "pid $NginxT::folder/pid; error_log $NginxT::folder/error.log;\n$text" if $text !~ /^pid /m;
    my ($status, $output) = NginxT::run_nginx_t($text);
    is($status, 0, "configuration $at passes");
    is(CORE::join('', grep { !/\[notice\]/ } split /^/, $output), '', "configuration $at - no warnings");
}
