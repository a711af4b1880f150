package TestModule;

# Compiles small nginx modules for the suites (t/lib/*.c) and adds them to the modules to load.

use strict;
use warnings;

use Exporter 'import';
use File::Temp ();

our @EXPORT = qw(load_after load_before);

# nginx runs phase handlers in reverse order of registration, so a module that is loaded after ours
# runs before it.
sub load_after ($;@) {
    my $file = compile(@_);
    $ENV{TEST_NGINX_LOAD_MODULES} .= " $file";
}

sub load_before ($;@) {
    my $file = compile(@_);
    $ENV{TEST_NGINX_LOAD_MODULES} = "$file $ENV{TEST_NGINX_LOAD_MODULES}";
}

# TEST_NGINX_HEADERS: the configured source of the tested nginx, and, after a colon, its build
# folder.
sub compile ($;@) {
    my ($name, @defines) = @_;
    my ($source, $build) = split /:/, $ENV{TEST_NGINX_HEADERS} // '';
    $source or die "TEST_NGINX_HEADERS has no folder with nginx's headers (scripts/test sets it)\n";
    $build //= "$source/objs";
    my $folder = File::Temp::tempdir(CLEANUP => 1);
    chmod 0755, $folder;
    my $file = "$folder/$name.so";
    system(qw(cc -shared -fPIC -o), $file, (map { "-D$_" } @defines), includes($source, $build), "t/lib/$name.c") == 0
        or die "$name.c does not compile";
    return $file;
}

# The include folders from nginx's own Makefile. They may include those of a fork, or of a library
# that was built with nginx. Relative ones start from the source.
sub includes {
    my ($source, $build) = @_;
    open my $file, '<', "$build/Makefile" or die "$build/Makefile: $!";
    my $makefile = do { local $/; <$file> };
    my ($folders) = $makefile =~ /^ALL_INCS = ((?:.*\\\n)*.*)$/m or die "$build/Makefile has no ALL_INCS";
    return map { m{^/} ? "-I$_" : "-I$source/$_" } $folders =~ /-I\s*(\S+)/g;
}

1;
