# The byte after a masked request line. Lua's ngx.req.raw_header() reads it.

use lib 't/lib';

use TestModule;

BEGIN { load_after('line_end') }

use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__

=== a masked request line is followed by a NUL
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        add_header X-Seen "$line_end $request" always;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
my $t = token("/a");
["GET /a?pta=$t", "GET /a?pta=$t&b=1", "GET /a?pta=$t&pta=$t", "GET /a?b;pta=$t&pta=$t", "GET /a&pta=$t", map { "GET /a?pta=$t&b=" . ("c" x $_) } 1 .. 16]
--- error_code eval
[(200) x 4, 400, (200) x 16]
--- response_headers eval
["X-Seen: 0 GET /a?pta=*** HTTP/1.1", "X-Seen: 0 GET /a?pta=***&b=1 HTTP/1.1", "X-Seen: 0 GET /a?pta=***&pta=*** HTTP/1.1",
 "X-Seen: 0 GET /a?b;pta=***&pta=*** HTTP/1.1", "X-Seen: 0 GET /a&pta=*** HTTP/1.1",
 map { "X-Seen: 0 GET /a?pta=***&b=" . ("c" x $_) . " HTTP/1.1" } 1 .. 16]

=== a request line without a token is left unchanged
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        pta_auth_method cookie;
        add_header X-Seen "$line_end $request" always;
        root $TEST_NGINX_HTML_DIR;
    }
--- request
GET /a
--- error_code: 400
--- response_headers
X-Seen: 13 GET /a HTTP/1.1
