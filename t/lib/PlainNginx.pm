package PlainNginx;

# An nginx in a folder of its own, for tests of what nginx says about its configuration: a block of Test::Nginx can
# neither run `nginx -t` alone nor see what is written at a reload.

use strict;
use warnings;

use File::Temp 'tempdir';
use Time::HiRes 'sleep';

my $binary = $ENV{TEST_NGINX_BINARY} || 'nginx';
my $module = $ENV{TEST_NGINX_LOAD_MODULES} or die 'TEST_NGINX_LOAD_MODULES is not set';
my $test_pid = $$;

sub new {
    my ($class) = @_;
    my $self = bless { dir => tempdir(CLEANUP => 1) }, $class;
    mkdir "$self->{dir}/$_" or die "$self->{dir}/$_: $!" for qw(conf tmp);
    return $self;
}

# Writes conf/nginx.conf: the http block, and what stands before it.
sub write_conf {
    my ($self, $http, %with) = @_;
    my $level = $with{log_level} // 'error';
    my $temp = join '', map { "    ${_}_temp_path tmp/$_;\n" } qw(client_body proxy fastcgi uwsgi scgi);
    my $main = $with{main} // '';
    $self->write('conf/nginx.conf', <<"_EOC_");
load_module $module;
pid nginx.pid;
error_log error.log $level;
$main
events {}
http {
    access_log off;
$temp
$http
}
_EOC_
}

sub write {
    my ($self, $name, $content) = @_;
    open my $file, '>', "$self->{dir}/$name" or die "$name: $!";
    print $file $content;
    close $file or die "$name: $!";
}

sub read {
    my ($self, $name) = @_;
    open my $file, '<', "$self->{dir}/$name" or return '';
    local $/;
    return scalar(<$file>) // '';
}

# Runs nginx with these arguments: whether it succeeded, and what it wrote to the terminal.
sub run {
    my ($self, @arguments) = @_;
    my $pid = open(my $output, '-|') // die "fork: $!";
    if (!$pid) {
        open STDERR, '>&', \*STDOUT or die;
        exec $binary, '-p', $self->{dir}, '-e', 'error.log', '-c', 'conf/nginx.conf', @arguments or die "$binary: $!";
    }
    local $/;
    my $text = <$output> // '';
    close $output;
    return ($? == 0, $text);
}

sub start {
    my ($self) = @_;
    my ($started, $text) = $self->run;
    die "nginx did not start: $text" unless $started;
    $self->{started} = 1;
}

sub pid {
    my ($self) = @_;
    return $self->read('nginx.pid') =~ /(\d+)/ ? $1 : undef;
}

sub workers {
    my ($self) = @_;
    my $master = $self->pid;
    open my $file, '<', "/proc/$master/task/$master/children" or return;
    return split ' ', <$file> // '';
}

# Reloads, and waits until all workers are new.
sub reload {
    my (@instances) = @_;
    my @old = map { +{ map { $_ => 1 } $_->workers } } @instances;
    kill HUP => $_->pid for @instances;
    for my $instance (@instances) {
        my $old = shift @old;
        await_workers($instance, $old);
    }
}

sub await_workers {
    my ($self, $old) = @_;
    for (1 .. 200) {
        my @now = $self->workers;
        return if @now && !grep { $old->{$_} } @now;
        sleep 0.05;
    }
    die 'nginx was not reloaded';
}

sub stop {
    my ($self) = @_;
    return unless delete $self->{started};
    my $pid = $self->pid // return;
    kill TERM => $pid;
    for (1 .. 200) {
        return unless kill 0 => $pid;
        sleep 0.05;
    }
}

sub DESTROY {
    my ($self) = @_;
    local ($?, $!, $@);
    $self->stop if $$ == $test_pid;
}

1;
