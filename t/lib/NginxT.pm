package NginxT;

# The output of "nginx -t" for a configuration. For tables of configurations: each takes a few milliseconds.

use strict;
use warnings;

use Exporter 'import';
use File::Temp ();
use Test::More ();

use PTA ();

our @EXPORT = qw(accepts refuses);

our $folder = File::Temp::tempdir(CLEANUP => 1);
my $binary = $ENV{TEST_NGINX_BINARY} || 'nginx';
my $modules = join '', map { "load_module $_;\n" } split ' ', $ENV{TEST_NGINX_LOAD_MODULES} // '';

# Status and log lines for a whole configuration.
sub run_nginx_t {
    my ($text) = @_;
    open my $file, '>', "$folder/nginx.conf" or die "$folder/nginx.conf: $!";
    print $file $text;
    close $file or die;
    unlink "$folder/error.log";
    system "$binary -t -p $folder -c $folder/nginx.conf -e $folder/error.log > /dev/null 2>&1";
    my $status = $?;
    open my $log, '<', "$folder/error.log" or die "$folder/error.log: $!";
    my $output = do { local $/; <$log> } // '';
    PTA::keep_log("$folder/error.log", 'error');
    return ($status, $output);
}

# $config is the content of a server block, or a reference to the content of the http block.
sub test_config {
    my ($config) = @_;
    my $http = ref $config ? $$config : "server {\nlisten unix:$folder/socket;\n$config\n}";
    my $temp = join ' ', map { "${_}_temp_path $folder/temp;" } qw(client_body proxy fastcgi uwsgi scgi);
    my $text = "${modules}pid $folder/pid;\nerror_log $folder/error.log notice;\nevents { }\nhttp {\naccess_log off;\n$temp\n$http\n}\n";
    my ($status, $output) = run_nginx_t($text);
    my @lines = split /\n/, $text;
    # A comment "# here" marks the line that messages name.
    my ($here) = grep { $lines[ $_ - 1 ] =~ /# here/ } 1 .. @lines;
    return ($status, $output, defined $here ? "$folder/nginx.conf:$here" : undef);
}

sub lines_of {
    my ($level, $output) = @_;
    return $output =~ /^\S+ \S+ \[$level\] \d+#\d+: (.*)$/mg;
}

# Whether the lines are as expected: texts, in which HERE stands for the marked file and line, or patterns.
sub compare {
    my ($name, $here, $found, @expected) = @_;
    my $matches = @$found == @expected;
    for my $at (0 .. $#expected) {
        my $line = $found->[$at] // '';
        (my $text = $expected[$at]) =~ s/\bHERE\b/$here/g;
        $matches &&= ref $expected[$at] ? $line =~ $expected[$at] : $line eq $text;
    }
    Test::More::ok($matches, $name)
        or Test::More::diag("found:\n", map({ "  $_\n" } @$found), "expected:\n", map { "  $_\n" } @expected);
}

# nginx refuses the configuration with this one error, and nothing panics. Warnings about keys are ignored.
sub refuses {
    my ($name, $config, $error) = @_;
    my ($status, $output, $here) = test_config($config);
    Test::More::isnt($status, 0, "$name - refused");
    compare("$name - the error", $here, [lines_of('(?:emerg|alert)', $output)], $error);
}

# nginx accepts the configuration with these warnings and no others.
sub accepts {
    my ($name, $config, @warnings) = @_;
    my ($status, $output, $here) = test_config($config);
    Test::More::is($status, 0, "$name - accepted") or Test::More::diag($output);
    compare("$name - the warnings", $here, [lines_of('warn', $output)], @warnings);
}

1;
