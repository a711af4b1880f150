# nginx-config/recipes/short-lived-links.conf with its application.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

# The application, on a port of its own.
use IO::Socket::INET;
my $port = do { IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1', LocalPort => 0)->sockport };
my $test = $$;
my $application = fork // die $!;
if (!$application) {
    exec 'python3', 'nginx-config/recipes/short-lived-links-app.py', $port or die $!;
}
END { kill TERM => $application if $$ == $test && $application }
for (1 .. 100) {
    last if IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port);
    select undef, undef, undef, 0.1;
}

sub Test::Base::Filter::site {
    return recipe('short-lived-links.conf', '127.0.0.1:8000' => "127.0.0.1:$port", '/srv/media' => '$TEST_NGINX_HTML_DIR',
        'https://edge.example.org' => 'http://edge.example.org');
}

run_suite();

__DATA__

=== authorised users are redirected to the edge, others get no token
--- http_config eval
site()
--- config
    location / { proxy_set_header Host www.example.org; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }
--- request eval
["GET /watch/film.mp4", "GET /watch/film.mp4?x=1", "GET /watch/film.mp4", "GET /watch/trailers/a.mp4", "GET /watch/trailers/b.mp4", "GET /authorise",
 "GET /watch/a%0d%0aX-Evil:1.mp4", "GET /watch/a%0a", "GET /watch/trailers/%2e%2e/film.mp4", "GET /watch/trailers/x%2f%2e%2e/%2e%2e/film.mp4", "GET /watch/trailers/..%2Ffilm.mp4", "GET /watch/trailers/../film.mp4",
 "GET /watch/trailers/%c3%a9", "GET /watch/trailers/" . "a" x 100]
--- more_headers eval
["", "Cookie: session=alice-session", "Cookie: session=bob-session", "Cookie: session=bob-session", "Cookie: session=bob-session", "Cookie: session=alice-session",
 "Cookie: session=alice-session", "Cookie: session=alice-session", ("Cookie: session=bob-session") x 6]
--- error_code eval
[401, 303, 403, 303, 403, 404, 404, 404, 403, 403, 403, 403, 404, 404]
--- raw_response_headers_like eval
["^(?!.*pta=)", "Location: http://edge\\.example\\.org/watch/film\\.mp4\\?pta=[0-9a-f]{64}\r\n.*Cache-Control: no-store", "^(?!.*pta=)",
 "Location: http://edge\\.example\\.org/watch/trailers/a\\.mp4\\?pta=[0-9a-f]{96}\r\n", ("^(?!.*pta=)") x 10]

=== the token is valid on the edge, for its path only and for a minute
The server in front follows the redirect, as a browser would.
--- http_config eval
site()
--- config
    location /watch/ {
        proxy_set_header Host www.example.org;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        proxy_intercept_errors on;
        error_page 303 = @follow;
    }
    location @follow {
        set $link $upstream_http_location;
        if ($link ~ "^http://edge\.example\.org(?<target>/.*)$") { set $edge $target; }
        proxy_set_header Host edge.example.org;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2$edge;
    }
    location /edge/ {
        proxy_set_header Host edge.example.org;
        proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/;
    }
--- tokens_in_logs: the server in front is open
--- user_files eval
[["watch/film.mp4" => "film\n"]]
--- table
    request                  | query            | > Cookie              | status
    GET /watch/film.mp4      | -                | session=alice-session | 200
    GET /edge/watch/film.mp4 | -                | session=alice-session | 400
    GET /edge/watch/film.mp4 | /watch/other.mp4 | session=alice-session | 403
--- response_body_like eval
["^film\n\$", "400 Bad", "403 Forb"]
