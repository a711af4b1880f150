# satisfy any with an access module that is loaded after this one. nginx therefore runs it first.

use lib 't/lib';

use TestModule;

BEGIN { load_after('let_in') }

use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== a permission of another access module applies to its own location only
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
