package TestModule;

# Compiles small nginx modules of the suites (t/lib/*.c) and has Test::Nginx load them.

use strict;
use warnings;

use Exporter 'import';
use File::Temp ();

our @EXPORT = qw(load_behind load_before);

# A module that is loaded behind ours is asked before it: nginx runs phase handlers last registered first.
sub load_behind ($;@) {
    my $file = compile(@_);
    $ENV{TEST_NGINX_LOAD_MODULES} .= " $file";
}

sub load_before ($;@) {
    my $file = compile(@_);
    $ENV{TEST_NGINX_LOAD_MODULES} = "$file $ENV{TEST_NGINX_LOAD_MODULES}";
}

# TEST_NGINX_HEADERS: the configured source of the nginx that is tested, and its build folder, separated by a colon.
sub compile ($;@) {
    my ($name, @defines) = @_;
    my ($source, $build) = split /:/, $ENV{TEST_NGINX_HEADERS} // '';
    $source or die "TEST_NGINX_HEADERS does not say where nginx's headers are (scripts/test sets it)\n";
    $build //= "$source/objs";
    my $folder = File::Temp::tempdir(CLEANUP => 1);
    chmod 0755, $folder;
    my @folders = map { "-I$source/src/$_" }
        qw(core event event/modules event/quic os/unix http http/modules http/v2 http/v3);
    my $file = "$folder/$name.so";
    system(qw(cc -shared -fPIC -o), $file, (map { "-D$_" } @defines), @folders, "-I$build", "t/lib/$name.c") == 0
        or die "$name.c does not compile";
    return $file;
}

1;
