# Keys are rotated without a refused request: two nginx instances behind a third that balances the load, clients
# that never stop, keys changed in files, and each instance reloaded in turn.

use strict;
use warnings;
use lib 't/lib';

use File::Temp 'tempdir';
use IO::Socket::INET;
use POSIX ();
use PTA;
use Test::More;
use Time::HiRes qw(sleep time);

use constant CLIENTS => 3;
use constant STEP_SECONDS => 1;

my $nginx = $ENV{TEST_NGINX_BINARY} || 'nginx';
my $module = $ENV{TEST_NGINX_LOAD_MODULES} or die 'TEST_NGINX_LOAD_MODULES is not set';
my $dir = tempdir(CLEANUP => 1);
chmod 0755, $dir;
my $main_pid = $$;
my @started;

END {
    # Only the test itself stops what it started, not its clients.
    if ($$ == $main_pid) {
        my $status = $?;
        for my $instance (@started) {
            my $pid = pid_of($instance) or next;
            kill QUIT => $pid;
        }
        $? = $status;
    }
}

sub write_file {
    my ($name, $content) = @_;
    open my $file, '>', "$name.new" or die "$name: $!";
    print $file $content;
    close $file or die "$name: $!";
    rename "$name.new", $name or die "$name: $!";
}

sub read_file {
    my ($name) = @_;
    open my $file, '<', $name or return '';
    local $/;
    return scalar(<$file>) // '';
}

sub free_port {
    my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => 0) or die $!;
    return $socket->sockport;
}

sub pid_of {
    my ($instance) = @_;
    return read_file("$dir/$instance/nginx.pid") =~ /(\d+)/ ? $1 : undef;
}

sub start {
    my ($instance, $http) = @_;
    mkdir "$dir/$instance" or die $!;
    mkdir "$dir/$instance/tmp" or die $!;
    my $temp = join '', map { "${_}_temp_path tmp/$_;\n" } qw(client_body proxy fastcgi uwsgi scgi);
    write_file("$dir/$instance/nginx.conf", <<"_EOC_");
load_module $module;
worker_processes 1;
pid nginx.pid;
error_log error.log;
events {}
http {
    access_log off;
    $temp
    $http
}
_EOC_
    system($nginx, '-p', "$dir/$instance", '-e', 'error.log', '-c', 'nginx.conf') == 0 or die "$instance did not start";
    push @started, $instance;
}

# The 1st and the 2nd pair of an instance.
sub write_keys {
    my ($instance, $first, $second) = @_;
    mkdir "$dir/$instance.keys";
    for ([1 => $first], [2 => $second]) {
        my ($place, $pair) = @$_;
        my ($key, $iv) = pair($pair);
        write_file("$dir/$instance.keys/$place.key", "$key\n");
        write_file("$dir/$instance.keys/$place.iv", "$iv\n");
        chmod 0600, "$dir/$instance.keys/$place.key", "$dir/$instance.keys/$place.iv";
    }
}

sub reload {
    my ($instance) = @_;
    my $before = () = read_file("$dir/$instance/error.log") =~ /signal process started|reconfiguring/g;
    my @old = workers($instance);
    kill HUP => pid_of($instance);
    # Until every worker of the old configuration is gone.
    for (1 .. 100) {
        my %now = map { $_ => 1 } workers($instance);
        return if %now && !grep { $now{$_} } @old;
        sleep 0.05;
    }
    die "$instance was not reloaded";
}

sub workers {
    my ($instance) = @_;
    my $master = pid_of($instance);
    return split ' ', read_file("/proc/$master/task/$master/children");
}

# What the clients ask for now: a label for the step, and the tokens that must be good.
sub clients_use {
    my ($label, @pairs) = @_;
    write_file("$dir/work", join ' ', $label, map { token('/*', pair => $_) } @pairs);
}

sub client {
    my ($number, $port) = @_;
    my (%good, %bad, $socket);
    my $turn = 0;
    until (-e "$dir/stop") {
        my ($label, @tokens) = split ' ', read_file("$dir/work");
        # Every fourth request has a token that nobody may accept.
        my $valid = ++$turn % 4;
        my $token = $valid ? $tokens[$turn % @tokens] : token('/*', pair => 3);
        $socket //= IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 5);
        my $status = 'no connection';
        if ($socket) {
            print $socket "GET /file?pta=$token HTTP/1.1\r\nHost: x\r\n\r\n";
            ($status, my $keep) = read_answer($socket);
            undef $socket unless $keep;
        }
        my $expected = $valid ? 200 : 403;
        $status eq $expected ? $good{$label}++ : $bad{"$label: $status instead of $expected"}++;
        sleep 0.002;
    }
    write_file("$dir/result.$number", join "\n", (map { "good $_ $good{$_}" } keys %good), (map { "bad $bad{$_} x $_" } keys %bad));
}

sub read_answer {
    my ($socket) = @_;
    my $line = <$socket> // return ('connection closed', 0);
    my ($status) = $line =~ m{^HTTP/1\.1 (\d+)} or return ("odd answer", 0);
    my ($length, $keep) = (0, 1);
    while (defined($line = <$socket>)) {
        last if $line eq "\r\n";
        $length = $1 if $line =~ /^Content-Length: (\d+)/i;
        $keep = 0 if $line =~ /^Connection: close/i;
    }
    my $read = $length ? read($socket, my $body, $length) : 0;
    return ($read == $length ? $status : 'short body', $keep);
}

# ---- two instances and the one in front

my %port = map { $_ => free_port() } qw(a b front);
mkdir "$dir/html" or die $!;
write_file("$dir/html/file", "content\n");

for my $instance (qw(a b)) {
    write_keys($instance, 1, 1);
    my $keys = "$dir/$instance.keys";
    start($instance, <<"_EOC_");
    server {
        listen 127.0.0.1:$port{$instance};
        root $dir/html;
        pta_1st_key file:$keys/1.key;
        pta_1st_iv  file:$keys/1.iv;
        pta_2nd_key file:$keys/2.key;
        pta_2nd_iv  file:$keys/2.iv;
        location / { pta_enable on; }
    }
_EOC_
}
# Nothing is tried twice: a request that one instance loses is lost.
start('front', <<"_EOC_");
    upstream instances {
        server 127.0.0.1:$port{a} max_fails=0;
        server 127.0.0.1:$port{b} max_fails=0;
    }
    server {
        listen 127.0.0.1:$port{front};
        # nginx >= 1.29.7 keeps connections to an upstream by default. One that the instance closes for a reload, while a request is
        # on its way, would be a 502.
        location / { proxy_pass http://instances; proxy_next_upstream off; proxy_http_version 1.0; }
    }
_EOC_

# ---- clients that never stop

clients_use(before => 1);
token('/*', pair => $_) for 1 .. 3; # made once, before the clients inherit them
my @clients;
for my $number (1 .. CLIENTS) {
    my $pid = fork // die $!;
    if (!$pid) {
        client($number, $port{front});
        POSIX::_exit(0);
    }
    push @clients, $pid;
}
sleep STEP_SECONDS;

# ---- the rotation, as README tells it

sub rotate {
    my ($first, $second) = @_;
    for my $instance (qw(a b)) {
        write_keys($instance, $first, $second);
        reload($instance);
        sleep STEP_SECONDS / 2;
    }
}

# 1. The new key becomes the 2nd everywhere; links are still made with the old one.
rotate(1, 2);
# 2. From now on links are made with the new key; the old ones are still out. The new key becomes the 1st.
clients_use(both => 1, 2);
rotate(2, 1);
sleep STEP_SECONDS;
# 3. The last old link has expired: the old key goes.
clients_use(after => 2);
sleep STEP_SECONDS / 2;
rotate(2, 2);
sleep STEP_SECONDS;

write_file("$dir/stop", '');
for my $pid (@clients) {
    waitpid $pid, 0;
    is($?, 0, 'a client came to its end');
}

# ---- what the clients saw

my (%good, @bad);
for my $number (1 .. CLIENTS) {
    for (split /\n/, read_file("$dir/result.$number")) {
        if (/^good (\w+) (\d+)$/) { $good{$1} += $2 }
        else { push @bad, $_ }
    }
}
is("@bad", '', 'every valid token was accepted, every other one refused, no request was lost');
for my $step (qw(before both after)) {
    cmp_ok($good{$step} // 0, '>', 100, "requests in step \"$step\"");
    diag("step \"$step\": $good{$step} requests answered as they must be");
}

# The old key is really gone.
for my $instance (qw(a b)) {
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port{$instance}) or die $!;
    print $socket "GET /file?pta=" . token('/*', pair => 1) . " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    is((read_answer($socket))[0], 403, "instance $instance refuses a token of the old key");
}
for my $instance (qw(a b front)) {
    keep_log("$dir/$instance/error.log", 'error');
    unlike(read_file("$dir/$instance/error.log"), qr/\[(?:alert|emerg|crit)\]|panic/, "no fault in the log of $instance");
}

done_testing();
