package TestModule;

# Compiles small nginx modules of the suites (t/lib/*.c) and has Test::Nginx load them.

use strict;
use warnings;

use Exporter 'import';
use File::Temp ();

our @EXPORT = qw(load_behind load_before);

# A module that is loaded after ours runs before it: nginx runs phase handlers in reverse order of registration.
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
    my $file = "$folder/$name.so";
    system(qw(cc -shared -fPIC -o), $file, (map { "-D$_" } @defines), includes($source, $build), "t/lib/$name.c") == 0
        or die "$name.c does not compile";
    return $file;
}

# The include folders as nginx's own build has them: a list of our own would lack those of a fork, or of a library that was
# built along with nginx. Relative ones count from the source.
sub includes {
    my ($source, $build) = @_;
    open my $file, '<', "$build/Makefile" or die "$build/Makefile: $!";
    my $makefile = do { local $/; <$file> };
    my ($folders) = $makefile =~ /^ALL_INCS = ((?:.*\\\n)*.*)$/m or die "$build/Makefile has no ALL_INCS";
    return map { m{^/} ? "-I$_" : "-I$source/$_" } $folders =~ /-I\s*(\S+)/g;
}

1;
