# satisfy any beside an access module that nginx asks before this one, as it does all that are loaded behind it.

use lib 't/lib';

# TEST_NGINX_HEADERS: the configured source of the nginx that is tested, and its build folder, separated by a colon.
BEGIN {
    my ($source, $build) = split /:/, $ENV{TEST_NGINX_HEADERS} // '';
    $source or die "TEST_NGINX_HEADERS does not say where nginx's headers are (scripts/test sets it)\n";
    $build //= "$source/objs";
    require File::Temp;
    my $folder = File::Temp::tempdir(CLEANUP => 1);
    chmod 0755, $folder;
    my @folders = map { "-I$source/src/$_" }
        qw(core event event/modules event/quic os/unix http http/modules http/v2 http/v3);
    system(qw(cc -shared -fPIC -o), "$folder/let_in.so", @folders, "-I$build", 't/lib/let_in.c') == 0
        or die 'let_in.c does not compile';
    $ENV{TEST_NGINX_LOAD_MODULES} .= " $folder/let_in.so";
}

use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== who is let in by a module that is asked before this one has not passed a location with other rules
--- config
    root $TEST_NGINX_HTML_DIR;
    location /p/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/p/(.*)$ /any/$1 last; }
    location /any/ { satisfy any; deny all; error_page 400 /page; }
    location /here/ { $TEST_NGINX_KEY_1 pta_enable on; satisfy any; deny all; }
    location /q/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/q/(.*)$ /r/$1 last; }
    location /r/ { $TEST_NGINX_KEY_3 pta_enable on; rewrite ^/r/(.*)$ /any/$1 last; }
    location = /page { }
--- user_files
>>> any/a
a
>>> here/a
a
>>> page
page
--- request eval
my $t = token("/p/a");
["GET /p/a?friend=1", "GET /p/a?friend=1&pta=" . token("/x"), "GET /p/a?friend=1&pta=$t", "GET /any/a", "GET /any/a?friend=1",
 "GET /here/a?friend=1", "GET /here/a", "GET /q/a?friend=1"]
--- error_code eval
[400, 403, 200, 403, 200, 200, 403, 400]
--- response_body_like eval
["^page", "403", "^a", "403", "^a", "^a", "403", "^page"]
