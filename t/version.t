# The version that runs: $pta_version, and a line in the error log at each start and reload.

use strict;
use warnings;
use lib 't/lib';

use IO::Socket::INET;
use PlainNginx;
use Test::More;

my ($version) = slurp('Cargo.toml') =~ /^version = "([^"]+)"/m;
my $binary = $ENV{TEST_NGINX_BINARY} || 'nginx';
my ($nginx_version) = `$binary -v 2>&1` =~ m{/([\d.]+)};
my $line = qr/\[notice\] (\d+)#\d+: pta: \Q$version\E, built for nginx \Q$nginx_version\E$/m;

my $port = do {
    my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => 0) or die $!;
    $socket->sockport;
};

sub slurp {
    my ($name) = @_;
    open my $file, '<', $name or die "$name: $!";
    local $/;
    return scalar <$file>;
}

sub get {
    my ($path) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port", Timeout => 10) or die $!;
    print $socket "GET $path HTTP/1.0\r\n\r\n";
    local $/;
    return (split /\r\n\r\n/, <$socket>, 2)[1];
}

# The processes that wrote the line.
sub writers {
    my ($nginx) = @_;
    my @pids = $nginx->read('error.log') =~ /$line/g;
    return @pids;
}

my $server = "server { listen 127.0.0.1:$port; location = /version { return 200 \$pta_version; } }";

my $nginx = PlainNginx->new;
$nginx->write_conf($server, log_level => 'notice', main => 'worker_processes 3;');

my ($passed, $text) = $nginx->run('-t');
ok($passed, 'nginx -t succeeds') or diag($text);
unlike("$text" . $nginx->read('error.log'), qr/built for/, 'nginx -t does not write the line');

# No directive of the module is used.
$nginx->start;
is(get('/version'), $version, '$pta_version');
# Before nginx becomes a daemon, whose pid is another.
is(scalar(writers($nginx)), 1, 'a start writes the line once');

$nginx->reload;
is_deeply([(writers($nginx))[1 .. 2]], [$nginx->pid, undef], 'a reload writes it once more, in the master');
is(get('/version'), $version, '$pta_version behind the reload');

$nginx->run('-s', 'reopen');
is(scalar(writers($nginx)), 2, 'a signal does not write it');

# Workers have written all that they write.
$nginx->stop;
is(scalar(writers($nginx)), 2, 'the workers have not written it');

my $quiet = PlainNginx->new;
$quiet->write_conf($server, log_level => 'warn');
$quiet->start;
is(get('/version'), $version, '$pta_version without notices in the error log');
$quiet->stop;
is(scalar(writers($quiet)), 0, 'no line without notices in the error log');

done_testing();
