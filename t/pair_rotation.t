# `pta rotate` loses no link: two nginx instances that read the same pair files, applications that never stop making links with
# 1st.pair, and rotations that are killed at their steps and then taken up, with a reload of every instance in between.

use strict;
use warnings;
use lib 't/lib';

use File::Temp 'tempdir';
use IO::Socket::INET;
use POSIX ();
use PTA;
use PlainNginx;
use Test::More;
use Time::HiRes qw(sleep time);

use constant CLIENTS => 2;
use constant MOST_STEPS => 100;

my $pta = $ENV{PTA_COMMAND} or die "PTA_COMMAND is not set: scripts/test builds the command and sets it\n";
-x $pta or die "PTA_COMMAND: \"$pta\" cannot be run\n";
my $dir = tempdir(CLEANUP => 1);
chmod 0755, $dir;
my $keys = "$dir/keys";

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

# Runs the command: its exit status, or "killed", and what it printed.
sub pta {
    my @arguments = @_;
    my $output = File::Temp->new;
    my $pid = fork // die $!;
    if (!$pid) {
        open STDOUT, '>', $output->filename or die;
        open STDERR, '>&', \*STDOUT or die;
        exec $pta, @arguments or POSIX::_exit(127);
    }
    waitpid $pid, 0;
    return ($? & 127 ? 'killed' : $? >> 8, read_file($output->filename));
}

# A rotation that must come to its end with this exit status.
sub rotate {
    my ($name, $expected, @options) = @_;
    my ($status, $output) = pta('rotate', '--files', $keys, @options);
    is($status, $expected, $name) or diag($output);
    return $output;
}

# ---- two instances

my ($status, $directives) = pta('keygen', '--files', $keys);
is($status, 0, 'keys are made') or BAIL_OUT($directives);
mkdir "$dir/html" or die $!;
write_file("$dir/html/file", "content\n");

my @instances = map { { nginx => PlainNginx->new, port => free_port() } } 1 .. 2;
for my $instance (@instances) {
    $instance->{nginx}->write_conf(<<"_EOC_");
    server {
        listen 127.0.0.1:$instance->{port};
        root $dir/html;
        $directives
        location / { pta_enable on; }
    }
_EOC_
    $instance->{nginx}->start;
}

sub reload_all {
    PlainNginx::reload(map { $_->{nginx} } @instances);
}

sub ask {
    my ($port, $token) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 5) or return 'no connection';
    print $socket "GET /file?pta=$token HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    my $line = <$socket> // return 'connection closed';
    return $line =~ m{^HTTP/1\.1 (\d+)} ? $1 : 'odd answer';
}

# ---- applications that never stop: each makes a link, and tries it and an older one on both instances

sub client {
    my ($number) = @_;
    my (%bad, @links);
    my ($good, $forgotten) = (0, 0);
    until (-e "$dir/stop") {
        # Links that were made before this time have expired.
        my $forget = read_file("$dir/forget") || 0;
        if ($forget != $forgotten) {
            @links = grep { $_->{made} > $forget } @links;
            $forgotten = $forget;
            write_file("$dir/forgotten.$number", $forget);
        }
        my $made = time;
        my ($status, $token) = pta('issue', '--pair-file', "$keys/1st.pair", '--path', '/*', '--expires', 4_102_444_800 + int rand 1e6);
        chomp $token;
        if ($status ne '0') {
            $bad{"not made: $token"}++;
            next;
        }
        PTA::note_token($token);
        push @links, { made => $made, token => $token };
        for my $link ($links[-1], $links[ rand @links ]) {
            for my $instance (@instances) {
                my $answer = ask($instance->{port}, $link->{token});
                $answer eq 200 ? $good++ : $bad{"$answer for a link that is " . ($link == $links[-1] ? 'new' : 'out')}++;
            }
        }
    }
    write_file("$dir/result.$number", join '', "$good\n", map { "$bad{$_} x $_\n" } sort keys %bad);
}

token('/*', pair => 3);
my @clients;
for my $number (1 .. CLIENTS) {
    my $pid = fork // die $!;
    if (!$pid) {
        eval { client($number) };
        write_file("$dir/result.$number", "0\n$@") if $@;
        POSIX::_exit(0);
    }
    push @clients, $pid;
}

# All links that were made until now expire, and the applications know it.
sub expire_links {
    my $now = time;
    write_file("$dir/forget", $now);
    for my $number (1 .. CLIENTS) {
        for (1 .. 500) {
            last if read_file("$dir/forgotten.$number") eq "$now";
            sleep 0.02;
        }
        read_file("$dir/forgotten.$number") eq "$now" or die "application $number does not answer";
    }
}

# ---- rotations that stop at a step, with a reload of each instance there

my $library = tempdir(CLEANUP => 1) . '/die_at.so';
system('cc', qw(-shared -fPIC -o), $library, 't/lib/die_at.c') == 0 or die 'die_at.c does not compile';

# What a rotation does from where it stopped to its end; returns whether it had to be taken back.
sub go_on {
    my ($step) = @_;
    my ($status, $output) = pta('rotate', '--files', $keys);
    my $taken_back = $status eq '1' && $output =~ /was taken back/;
    if ($taken_back) {
        reload_all();
        rotate("step $step: rotated after it was taken back", 0);
    }
    elsif ($status eq '2' && $output =~ /not finished/) {
        # It stopped when all was done but the answer.
    }
    else {
        is($status, 0, "step $step: rotated") or diag($output);
    }
    return $taken_back;
}

sub rotate_killed_at_its_steps {
    my ($how) = @_;
    my ($reached, $taken_back) = (0, 0);
    # Every other one: cli/tests/rotate.rs has them all, without nginx.
    for (my $step = 1; $step < MOST_STEPS; $step += 2) {
        my ($old, $new) = map { read_file("$keys/$_.pair") } qw(1st 2nd);
        my ($status, $output) = do {
            local @ENV{qw(LD_PRELOAD DIE_AT)} = ($library, $step);
            pta('rotate', '--files', $keys);
        };
        if ($status eq 'killed') {
            reload_all();
            $taken_back += go_on("$how, $step");
        }
        else {
            is($status, 0, "$how: a rotation that was not killed") or diag($output);
        }
        is(read_file("$keys/1st.pair"), $new, "$how, $step: the new pair is in use");
        is(read_file("$keys/2nd.pair"), $old, "$how, $step: the old one is accepted");
        reload_all();
        expire_links();
        rotate("$how, $step: finished", 0, '--finish');
        reload_all();
        return ($step - 1, $taken_back) if $status ne 'killed';
    }
    return (MOST_STEPS, $taken_back);
}

my $first_token = (pta(qw(issue --path /* --expires +1h --pair-file), "$keys/1st.pair"))[1];
chomp $first_token;
PTA::note_token($first_token);
is(ask($instances[0]{port}, $first_token), 200, 'the first pair is accepted');

my ($steps, $taken_back) = rotate_killed_at_its_steps('at once');
cmp_ok($steps, '>', 8, 'the files exchanged at once: steps');
is($taken_back, 0, 'the files exchanged at once: there is nothing in between');

# With different modes, the files cannot be exchanged at once.
chmod 0640, "$keys/1st.pair" or die $!;
($steps, $taken_back) = rotate_killed_at_its_steps('by renames');
cmp_ok($steps, '>', 20, 'two renames: steps');
cmp_ok($taken_back, '>', 0, 'two renames: it stopped in between');
is(join(' ', map { sprintf '%o', (stat "$keys/$_.pair")[2] & 07777 } qw(1st 2nd)), '640 600', 'the modes of the files stay');

# ---- what the applications saw

write_file("$dir/stop", '');
waitpid $_, 0 for @clients;
my $good = 0;
for my $number (1 .. CLIENTS) {
    my ($count, @bad) = split /\n/, read_file("$dir/result.$number");
    $good += $count // 0;
    is("@bad", '', "application $number: every link was accepted");
}
cmp_ok($good, '>', 200, 'links that were tried');
diag("$good links were accepted");

for my $instance (@instances) {
    is(ask($instance->{port}, $first_token), 403, 'a pair that was rotated out is refused');
    keep_log("$instance->{nginx}{dir}/error.log", 'error');
    unlike($instance->{nginx}->read('error.log'), qr/\[(?:alert|emerg|crit)\]|panic/, 'no fault in the log');
}

done_testing();
