# Expiry: inclusive, signed, checked before the path.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

# With a section "clock", responses have nginx's time. The verdict must be right for that time.
Test::Nginx::Socket::add_response_body_check(sub {
    my ($block, $body, $index) = @_;
    return unless defined $block->clock;
    my ($expires) = $block->request->[$index] =~ /e=(\d+)/;
    my ($answer, $now) = $body =~ /^(valid|expired) (\d+)/;
    is($answer, $now <= $expires ? 'valid' : 'expired', $block->name . " - at $now, with a token until $expires");
});

run_suite();

__DATA__

=== a token is valid until its expiry, and then refused with 410
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
    }
--- user_files
>>> a
a
--- request eval
my $now = time;
[map { "GET /a?pta=" . token("/a", expires => $_) } $now + 60, $now - 60, 1, 0, -1, -9223372036854775807 - 1,
    9223372036854775807, 4294967296]
--- error_code eval
[200, 410, 410, 410, 410, 410, 200, 200]

=== expiry is checked before the path
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
    }
--- request eval
"GET /a?pta=" . token("/b", expires => 1735657200)
--- error_code: 410
--- error_log
pta: expired token, valid until 2024-12-31T15:00:00Z, requested "/a", allowed "/b"

=== a time that is not a date is logged as a number
--- config
    location / {
        $TEST_NGINX_KEY_1
        pta_enable on;
        root $TEST_NGINX_HTML_DIR;
    }
--- request eval
"GET /a?pta=" . token("/a", expires => -9223372036854775807 - 1)
--- error_code: 410
--- error_log
pta: expired token, valid until -9223372036854775808, requested

=== a token is valid in the second of its expiry, but not in the next one
--- config
    location = /a {
        $TEST_NGINX_KEY_1
        pta_enable on;
        try_files /nonexistent =404;
        error_page 404 = /valid;
        error_page 410 = /expired;
    }
    location = /valid { return 200 "valid $msec"; }
    location = /expired { return 200 "expired $msec"; }
--- request eval
my $now = time;
[map { "GET /a?e=$_&pta=" . token("/a", expires => $_) } ($now .. $now + 2) x 4]
--- wait: 0.3
--- clock
