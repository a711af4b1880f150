# WebDAV: COPY and MOVE write to a second path, and a request for a folder changes everything in it.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

my ($previous, $previous_name);

# "after": the files after all requests:
#     file: content, or "-" if the file must not exist
Test::Nginx::Util::add_block_preprocessor(
    sub {
        my ($block) = @_;
        check_files();
        ($previous, $previous_name) = (scalar $block->after, $block->name);
    }
);

sub check_files {
    defined $previous or return;
    for my $line (grep { /\S/ } split /\n/, $previous) {
        my ($file, $expected) = $line =~ /^\s*(\S+): (.*)$/ or die "not a file: $line";
        my $path = Test::Nginx::Util::html_dir() . "/$file";
        my $content = '-';
        if (-e $path) {
            open my $in, '<', $path or die "$path: $!";
            local $/;
            $content = <$in> =~ s/\n\z//r;
        }
        Test::More::is($content, $expected, "$previous_name - file $file");
    }
}

run_suite();
check_files();

__DATA__

=== the token must allow the destination as well
--- config
    server_name example.org;
    location /d/ { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; dav_methods PUT DELETE MKCOL COPY MOVE; }
--- user_files
>>> d/A/x
x
>>> d/B/y
y
>>> d/A/old
old
>>> e/z
z
--- table
    request          | query      | > Destination                  | status
    MOVE /d/A/x      | /d/A/*     | /d/B/y                         | 403
    COPY /d/A/x      | /d/A/*     | /d/B/y                         | 403
    COPY /d/A/x      | /d/A/x     | /d/A/c1                        | 403
    COPY /d/A/x      | /d/B/*     | /d/B/y                         | 403
    COPY /d/A/x      | -          | /d/A/c1                        | 400
    COPY /d/A/x      | /d/A/*     | /d/A/c1                        | 204
    COPY /d/A/x      | /*         | /d/B/c2                        | 204
    COPY /d/A/x      | /*         | /e/z                           | 403
    COPY /d/A/x      | /*         | /d                             | 403
    COPY /d/A/x      | /d/A/*     | /d/A/%63%33                    | 204
    COPY /d/A/x      | /d/A/*     | /d/%41/c4                      | 204
    COPY /d/A/x      | /d/A/*     | /d/A/../B/y                    | 403
    COPY /d/A/x      | /d/A/*     | /d/A/%2e%2e/B/y                | 403
    COPY /d/A/x      | /d/A/*     | /d/A/..%2fB/y                  | 403
    COPY /d/A/x      | /d/A/*     | /d/A/%00                       | 403
    COPY /d/A/x      | /d/A/*     | /d//A/c5                       | 403
    COPY /d/A/x      | /d/A/*     | /d/A//c5                       | 204
    COPY /d/A/x      | /d/A/*     | /d/./A/c6                      | 403
    COPY /d/A/x      | /d/A/*     | //d/A/c7                       | 403
    COPY /d/A/x      | /d/*/x     | /d/x                           | 403
    COPY /d/A/x      | /d/*/x     | /d//x                          | 403
    COPY /d/A/x      | /d/*/x     | /d/.//x                        | 403
    COPY /d/A/x      | /d/*/x     | /d/B/x                         | 204
    COPY /d/A/x      | /d/A/*     | /d/A/c8?pta=whatever           | 204
    COPY /d/A/x      | /d/A/*     | /d/A/c9#/y                     | 403
    COPY /d/A/x      | /d/A/*     | http://localhost/d/A/c10       | 204
    COPY /d/A/x      | /d/A/*     | http://localhost:1/d/A/c11     | 204
    COPY /d/A/x      | /d/A/*     | http://localhost/d/B/y         | 403
    COPY /d/A/x      | /d/A/*     | https://localhost/d/A/c12      | 403
    COPY /d/A/x      | /d/A/*     | HTTP://localhost/d/A/c12       | 403
    COPY /d/A/x      | /d/A/*     | http://elsewhere/d/A/c12       | 403
    COPY /d/A/x      | /d/A/*     | http://localhostile/d/A/c12    | 403
    COPY /d/A/x      | /d/A/*     | http://localhost@elsewhere/d/A/c12 | 403
    COPY /d/A/x      | /d/A/*     | http://localhost               | 403
    COPY /d/A/x      | /d/A/*     | d/A/c12                        | 403
    COPY /d/A/x      | /d/A/*     |                                | 403
    COPY /d/A/x      | /d/A/*     | -                              | 400
    MOVE /d/A/x      | /d/A/*     | -                              | 400
    COPY /d/A/x      | /d/A/*     | /d/A/folder/                   | 403
    DELETE /d/A/old  | /d/A/old   | /d/B/y                         | 204
    MOVE /d/A/c1     | /d/A/*     | /d/A/moved                     | 204
    MKCOL /d/A/made/ | /d/A/made/ | -                              | 201
--- after
    d/A/x: x
    d/B/y: y
    d/A/c1: -
    d/A/moved: x
    d/B/c2: x
    e/z: z
    d/A/c3: x
    d/A/c4: x
    d/A/c5: x
    d/A/c6: -
    d/A/c7: -
    d/x: -
    d/B/x: x
    d/A/c8: x
    d/A/c9: -
    d/A/c10: x
    d/A/c11: x
    d/A/c12: -
    d/A/old: -

=== a folder needs a token for everything in it
--- config
    location / { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; dav_methods DELETE COPY MOVE; }
--- user_files
>>> tree/a
a
>>> tree/deep/b
b
>>> other/c
c
>>> gone1/a
a
>>> gone2/a
a
>>> gone3/a
a
--- table
    request          | query    | > Destination | status
    DELETE /tree/    | /tree/   | -             | 403
    DELETE /tree/    | /tree/*/ | -             | 403
    DELETE /tree/    | /*/      | -             | 403
    DELETE /tree/    | /tree/a* | -             | 403
    DELETE /tree     | /tree    | -             | 409
    COPY /tree/      | /tree/   | /tree/        | 403
    COPY /tree/      | /*/      | /copy/        | 403
    COPY /tree/      | /tree/*  | /copy/        | 403
    COPY /tree/      | /tree/*  | /tree/x/      | 403
    COPY /tree/      | /*       | /tree/x/      | 403
    COPY /tree/      | /*       | /tree/        | 403
    COPY /tree/      | /*       | /tree?/       | 403
    COPY /tree/      | /*       | /./tree/x/    | 403
    COPY /tree/      | /*       | /%2ftree/x/   | 403
    MOVE /tree/      | /*       | /tree//x/     | 403
    MOVE /tree/      | /tree/   | /tree/deep/   | 403
    MOVE /           | /*       | /copy/        | 403
    COPY /tree/      | /*       | /copy         | 403
    COPY /tree/      | /*/      | /copy?/       | 403
    COPY /tree/a     | /*       | /copy/        | 403
    COPY /tree/a     | /*a      | /copy/?a      | 403
    COPY /tree/      | /t*      | /trees/       | 201
    COPY /tree/      | /*       | /copy2/       | 201
    COPY /tree/deep/ | /tree/*  | /tree/copy/   | 201
    MOVE /trees/     | /tree*   | /tree3/       | 201
    DELETE /gone1/   | /gone1/* | -             | 204
    DELETE /gone2/   | /gone*   | -             | 204
    DELETE /gone3/   | /*       | -             | 204
    COPY /other/c    | /o*      | /o            | 204
--- after
    tree/a: a
    tree/deep/b: b
    tree/x/a: -
    tree/copy/b: b
    copy/a: -
    copy2/a: a
    trees/a: -
    tree3/a: a
    gone1/a: -
    gone2/a: -
    gone3/a: -
    other/c: c

=== COPY and MOVE are refused in locations without a prefix
--- config
    root $TEST_NGINX_HTML_DIR;
    dav_methods DELETE COPY MOVE;
    $TEST_NGINX_KEY_1
    location ~ ^/re/ { pta_enable on; }
    location = /exact { pta_enable on; }
    location /n/ { error_page 418 = @named; return 418; }
    location @named { pta_enable on; }
    location /nested/ { location ~ /x { pta_enable on; } }
    location ~ ^/if/ { if ($arg_x = "") { pta_enable on; } }
    location ~ ^/limit/ { pta_enable on; limit_except GET { allow all; } }
--- user_files
>>> re/x
x
>>> re/gone
x
>>> exact
x
>>> n/x
x
>>> nested/x
x
>>> if/x
x
>>> limit/x
x
--- table
    request         | query    | > Destination | status
    COPY /re/x      | /*       | /re/y         | 403
    MOVE /re/x      | /*       | /re/y         | 403
    MOVE /re/x      | /*       | -             | 403
    COPY /exact     | /*       | /exact        | 403
    COPY /exact     | /*       | /other        | 403
    COPY /n/x       | /*       | /n/y          | 403
    COPY /nested/x  | /*       | /nested/xy    | 403
    COPY /if/x      | /*       | /if/y         | 403
    COPY /limit/x   | /*       | /limit/y      | 403
    DELETE /re/gone | /re/gone | -             | 204
--- error_lines
pta: path mismatch, requested "/re/x", allowed "/*", COPY and MOVE are refused in location "^/re/", they need a location of their own
--- after
    re/x: x
    re/y: -
    re/gone: -
    exact: x
    other: -
    n/y: -
    nested/xy: -
    if/y: -
    limit/y: -

=== COPY, MOVE and DELETE of a folder are refused if a location below belongs to another realm
--- config
    root $TEST_NGINX_HTML_DIR;
    dav_methods DELETE COPY MOVE;
    $TEST_NGINX_KEY_1
    location /open/ { pta_enable on; location /open/below/ { pta_enable off; } }
    location /keys/ { pta_enable on; }
    location /keys/below/ { pta_enable on; $TEST_NGINX_KEY_3 }
    location /exact/ { pta_enable on; }
    location = /exact/x.html { }
    location /deep/ { pta_enable on; location /deep/a/ { location /deep/a/b/ { pta_enable off; } } }
    location /redirect/ { pta_enable on; }
    location = /redirect/dl { pta_enable on; pta_accel_redirect on; }
    location /same/ { pta_enable on; location /same/below/ { expires 1h; } location = /same/exact { } }
    location /same/more/ { pta_enable on; pta_dry_run on; }
    location /sa { }
    location /if/ { pta_enable on; location /if/below/ { pta_enable off; if ($arg_x) { pta_enable on; } } }
    location /block/ { if ($request_method = COPY) { pta_enable on; } }
--- user_files
>>> open/x
x
>>> keys/x
x
>>> exact/x
x
>>> deep/x
x
>>> redirect/x
x
>>> same/x
x
>>> if/x
x
>>> block/x
x
>>> keys/below/secret
secret
>>> open/tree/a
a
>>> keys/tree/a
a
--- table
    request            | query | > Destination      | status
    COPY /open/x       | /*    | /open/below/y      | 403
    COPY /open/x       | /*    | /open/y            | 403
    MOVE /open/x       | /*    | -                  | 403
    COPY /keys/x       | /*    | /keys/below/secret | 403
    MOVE /keys/x       | /*    | /keys/y            | 403
    COPY /exact/x      | /*    | /exact/y           | 403
    COPY /deep/x       | /*    | /deep/y            | 403
    COPY /redirect/x   | /*    | /redirect/y        | 403
    COPY /if/x         | /*    | /if/y              | 403
    COPY /block/x      | /*    | /block/y           | 204
    COPY /same/x       | /*    | /same/y            | 204
    COPY /same/x       | /*    | /sa                | 403
    DELETE /keys/      | /*    | -                  | 403
    DELETE /keys/tree/ | /*    | -                  | 204
    DELETE /open/tree/ | /*    | -                  | 204
--- error_lines
pta: path mismatch, requested "/open/x", allowed "/*", COPY and MOVE are refused in location "/open/", they need a location of their own: location "/open/below/" takes requests from it and is not protected by the same keys
pta: path mismatch, requested "/keys/", allowed "/*", location "/keys/below/" takes requests from folder "/keys/" and is not protected by the same keys
--- after
    open/y: -
    open/below/y: -
    keys/y: -
    keys/below/secret: secret
    keys/tree/a: -
    open/tree/a: -
    exact/y: -
    deep/y: -
    redirect/y: -
    if/y: -
    block/y: x
    same/y: x

=== an exact location for a folder does not cover the folder's content
--- config
    root $TEST_NGINX_HTML_DIR;
    dav_methods DELETE;
    $TEST_NGINX_KEY_1
    location = /open/ { pta_enable on; }
    location = /same/ { pta_enable on; }
    location /sa { pta_enable on; }
    location ~ ^/re/ { pta_enable on; }
--- user_files
>>> open/a
a
>>> same/a
a
>>> re/tree/a
a
--- table
    request          | query     | > Destination | status
    DELETE /open/    | /*        | -             | 403
    DELETE /same/    | /*        | -             | 204
    DELETE /re/tree/ | /re/tree/ | -             | 403
    DELETE /re/tree/ | /re/*     | -             | 204
--- after
    open/a: a
    same/a: -
    re/tree/a: -

=== COPY is refused if nginx tries an unprotected regex location
--- config
    root $TEST_NGINX_HTML_DIR;
    dav_methods DELETE COPY MOVE;
    $TEST_NGINX_KEY_1
    location /plain/ { pta_enable on; }
    location ^~ /first/ { pta_enable on; }
    location ^~ /first/below/ { pta_enable on; }
    location ^~ /undone/ { pta_enable on; }
    location /undone/below/ { pta_enable on; }
    location ^~ /inner/ { pta_enable on; location ~ \.html$ { pta_enable off; } }
    location ^~ /outer/ { location /outer/d/ { pta_enable on; } }
    location /weak/ { location ^~ /weak/d/ { pta_enable on; } }
    location ~ \.jpg$ { }
--- user_files
>>> plain/x
x
>>> first/x
x
>>> undone/x
x
>>> inner/x
x
>>> outer/d/x
x
>>> weak/d/x
x
--- table
    request         | query | > Destination | status
    COPY /plain/x   | /*    | /plain/y      | 403
    COPY /plain/x   | /*    | /plain/y.jpg  | 403
    COPY /first/x   | /*    | /first/y.jpg  | 204
    COPY /undone/x  | /*    | /undone/y     | 403
    COPY /inner/x   | /*    | /inner/y      | 403
    COPY /outer/d/x | /*    | /outer/d/y    | 204
    COPY /weak/d/x  | /*    | /weak/d/y     | 403
--- error_lines
they need a location of their own: location "\\.jpg$" takes requests from it
--- after
    plain/y: -
    plain/y.jpg: -
    first/y.jpg: x
    undone/y: -
    inner/y: -
    outer/d/y: x
    weak/d/y: -

=== a regex location of the same realm is accepted
--- config
    root $TEST_NGINX_HTML_DIR;
    dav_methods DELETE COPY MOVE;
    $TEST_NGINX_KEY_1
    pta_enable on;
    location /d/ { }
    location ~ \.jpg$ { expires 1h; }
--- user_files
>>> d/x
x
>>> top
top
--- table
    request   | query | > Destination | status
    COPY /d/x | /d/*  | /d/y.jpg      | 204
    COPY /top | /*    | /copy         | 204
    COPY /top | /to*  | /copy2        | 403
--- after
    d/y.jpg: x
    copy: top
    copy2: -

=== several Destination lines are refused, and the name is case-insensitive
--- config
    location /d/ { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; dav_methods COPY MOVE; }
--- user_files
>>> d/A/x
x
>>> d/B/y
y
--- request eval
my $t = token("/d/A/*");
[("COPY /d/A/x?pta=$t") x 5]
--- more_headers eval
["Destination: /d/A/z\nDestination: /d/B/y", "Destination: /d/B/y\nDestination: /d/A/z", "Destination: /d/A/z\ndestination: /d/A/z",
 "dEsTiNaTiOn: /d/B/y", "dEsTiNaTiOn: /d/A/w"]
--- error_code eval
[403, 403, 403, 403, 204]
--- after
    d/B/y: y
    d/A/z: -
    d/A/w: x

=== headers that a proxied server might obey are checked
--- config
    location /d/ { $TEST_NGINX_KEY_1 pta_enable on; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /r/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/r/(.*)$ /$1 break; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- table
    request        | query  | > Destination           | status
    MOVE /d/A/x    | /d/A/* | /d/A/y                  | 200
    MOVE /d/A/x    | /d/A/* | http://localhost/d/A/y  | 200
    MOVE /d/A/x    | /d/A/* | -                       | 200
    MOVE /d/A/x    | /d/A/* | /d/B/y                  | 403
    MOVE /d/A/x    | /d/A/* | http://elsewhere/d/A/y  | 403
    MOVE /d/A/x    | /d/A/* | https://localhost/d/A/y | 403
    MOVE /d/A/x    | /d/A/* | //elsewhere/d/A/y       | 403
    MOVE /d/A/     | /d/*   | /d/B/                   | 200
    MOVE /d/A/     | /d/A/  | /d/A/                   | 403
    DELETE /d/A/   | /d/A/  | -                       | 403
    DELETE /d/A/   | /d/A/* | -                       | 200
    DELETE /d/A    | /d/A   | -                       | 200
    MOVE /r/A/x    | /r/A/* | /r/A/y                  | 200
    MOVE /r/A/x    | /*     | /A/y                    | 403
    PUT /d/A/      | /d/A/  | /d/B/                   | 200
    PROPFIND /d/A/ | /d/A/  | /d/B/                   | 200

=== each cookie is checked on its own
--- config
    location /d/ { $TEST_NGINX_KEY_1 pta_enable on; pta_auth_method cookie; root $TEST_NGINX_HTML_DIR; dav_methods COPY DELETE; }
--- user_files
>>> d/A/x
x
>>> d/B/y
y
--- request eval
[("COPY /d/A/x") x 3, ("DELETE /d/B/") x 2]
--- more_headers eval
my ($a, $b, $d) = (token("/d/A/*"), token("/d/B/*"), token("/d/B/"));
["Destination: /d/B/z\nCookie: pta=$a; pta=$b", "Destination: /d/B/z\nCookie: pta=" . token("/d/*"), "Destination: /d/A/z\nCookie: pta=$b; pta=$a",
 "Cookie: pta=$a; pta=$d", "Cookie: pta=$d; pta=$b; pta=$a"]
--- error_code eval
[403, 204, 204, 403, 204]
--- after
    d/A/z: x
    d/B/y: -

=== the destination is checked in a location with alias
--- config
    $TEST_NGINX_KEY_1
    location /long/name/ { pta_enable on; alias $TEST_NGINX_HTML_DIR/d/; dav_methods DELETE COPY MOVE; location /long/name/in/ { } }
--- user_files
>>> d/x
x
>>> d/in/x
inner
--- table
    request              | query   | > Destination     | status
    COPY /long/name/x    | /long/* | /long/name/y      | 204
    COPY /long/name/x    | /*      | /elsewhere/than/z | 403
    COPY /long/name/x    | /*      | /short            | 403
    COPY /long/name/in/x | /*      | /long/name/in/y   | 204
--- after
    d/y: x
    d/z: -
    d/in/y: inner

=== the destination must be in the location that the request is rewritten to
--- config
    $TEST_NGINX_KEY_1
    location /p/ { pta_enable on; rewrite ^/p/(.*)$ /files/$1 last; }
    location /files/ { internal; alias $TEST_NGINX_HTML_DIR/d/; dav_methods DELETE COPY MOVE; }
    location /q/ { pta_enable on; rewrite ^/q/(.*)$ /root/$1 last; }
    location /root/ { internal; root $TEST_NGINX_HTML_DIR; dav_methods DELETE COPY MOVE; }
--- user_files
>>> d/A/x
x
>>> root/A/x
x
>>> q/A/keep
keep
--- table
    request     | query  | > Destination  | status
    COPY /p/A/x | /p/A/* | /p/A/b/secret  | 403
    COPY /p/A/x | /p/A/* | /p/A/yy/secret | 403
    COPY /p/A/x | /*     | /files/y       | 403
    COPY /q/A/x | /q/A/* | /q/A/y         | 204
    COPY /q/A/x | /q/A/* | /q/B/y         | 403
    COPY /q/A/x | /*     | /root/A/y      | 403
--- error_lines
pta: path mismatch, requested "/p/A/x", rewritten to "/files/A/x", destination "/p/A/b/secret" is outside location "/files/"
--- after
    d/secret: -
    d/ecret: -
    d/y: -
    root/A/y: -
    q/A/y: x

=== a token for a file does not cover a folder after a rewrite, nor the reverse
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    dav_methods DELETE COPY MOVE;
    location /try/ { pta_enable on; try_files /nonexistent /open$uri/; }
    location /try2/ { pta_enable on; try_files $uri $uri/ =404; }
    location /break/ { pta_enable on; rewrite ^(/break/tree)$ $1/ break; }
    location /last/ { pta_enable on; rewrite ^/last/(.*[^/])$ /open/$1/ last; }
    location /open/ { }
    location /file/ { pta_enable on; rewrite ^(.+)/$ $1 break; }
    location /error/ { pta_enable on; dav_methods off; error_page 405 = @dav; }
    location @dav { rewrite ^(.+)$ $1/ break; }
    location /phase/ { pta_enable on; pta_phase rewrite; rewrite ^(/phase/tree)$ $1/ break; }
    location /foreign/ { pta_enable on; rewrite ^/foreign/(.*)$ /target/$1/ last; }
    location /phase2/ { pta_enable on; pta_phase rewrite; rewrite ^(/phase2/tree)$ $1/ break; location ~ /x { pta_enable off; } }
    location /target/ { }
    location /target/tree/below/ { $TEST_NGINX_KEY_3 pta_enable on; }
    location = /sent { pta_enable on; pta_accel_redirect on; }
    location /hidden/ { internal; try_files /nonexistent /open$uri/; }
--- user_files
>>> open/try/tree/a
a
>>> try2/tree/a
a
>>> break/tree/a
a
>>> open/tree/a
a
>>> file/a
a
>>> error/tree/a
a
>>> phase/tree/a
a
>>> target/tree/a
a
>>> phase2/tree/a
a
>>> open/hidden/tree/a
a
--- table
    request              | query         | > Destination  | status
    DELETE /try/tree     | /try/tree     | -              | 403
    DELETE /try2/tree    | /try2/tree    | -              | 409
    DELETE /break/tree   | /break/tree   | -              | 403
    COPY /break/tree     | /break/tree*  | /break/tree/x/ | 403
    DELETE /last/tree    | /last/tree    | -              | 403
    DELETE /file/a/      | /file/a/      | -              | 403
    DELETE /error/tree   | /error/tree   | -              | 403
    DELETE /phase/tree   | /phase/tree   | -              | 403
    DELETE /foreign/tree | /foreign/*    | -              | 403
    DELETE /phase2/tree  | /*            | -              | 403
    DELETE /sent         | /hidden/tree  | -              | 403
    DELETE /sent         | /hidden/tree/ | -              | 403
--- after
    open/try/tree/a: a
    try2/tree/a: a
    break/tree/a: a
    break/tree/x/a: -
    open/tree/a: a
    file/a: a
    error/tree/a: a
    phase/tree/a: a
    target/tree/a: a
    phase2/tree/a: a
    open/hidden/tree/a: a

=== a token for the whole folder covers the folder after a rewrite
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    dav_methods DELETE COPY MOVE;
    location /try/ { pta_enable on; try_files /nonexistent /open$uri/; }
    location /break/ { pta_enable on; rewrite ^(/break/tree)$ $1/ break; }
    location /last/ { pta_enable on; rewrite ^/last/(.*[^/])$ /open/$1/ last; }
    location /open/ { }
    location /phase/ { pta_enable on; pta_phase rewrite; rewrite ^(/phase/tree)$ $1/ break; }
--- user_files
>>> open/try/tree/a
a
>>> break/tree/a
a
>>> open/tree/a
a
>>> phase/tree/a
a
--- table
    request            | query        | > Destination | status
    DELETE /try/tree   | /try/tree*   | -             | 204
    DELETE /break/tree | /break/*     | -             | 204
    DELETE /last/tree  | /last/*      | -             | 204
    DELETE /phase/tree | /phase/tree* | -             | 204
--- after
    open/try/tree/a: -
    break/tree/a: -
    open/tree/a: -
    phase/tree/a: -

=== two realms: each must allow the destination
--- config
    location /a/ { $TEST_NGINX_KEY_1 pta_enable on; rewrite ^/a/(.*)$ /b/$1 last; }
    location /b/ { $TEST_NGINX_KEY_3 pta_enable on; pta_name second; root $TEST_NGINX_HTML_DIR; dav_methods COPY DELETE; }
    location / { root $TEST_NGINX_HTML_DIR; }
--- user_files
>>> b/x
x
>>> b/tree/x
x
--- request eval
my ($one, $other, $narrow) = (token("/*"), token("/*", pair => 3), token("/a/tree/", pair => 3));
["COPY /a/x?pta=$one&second=$other", "COPY /a/x?pta=$one&second=$other", "COPY /b/x?second=$other", "DELETE /a/tree/?pta=$one&second=$narrow"]
--- more_headers eval
["Destination: /a/y", "Destination: /b/y", "Destination: /b/z", ""]
--- error_code eval
[403, 403, 204, 403]
--- after
    a/y: -
    b/y: -
    b/z: x
    b/tree/x: x

=== the destination is checked with satisfy any, if, limit_except, pta_phase rewrite and dry run
--- config
    $TEST_NGINX_KEY_1
    root $TEST_NGINX_HTML_DIR;
    dav_methods DELETE COPY MOVE;
    location /any/ { satisfy any; deny all; pta_enable on; }
    location /let/ { satisfy any; allow all; pta_enable on; }
    location /if/ { pta_enable on; if ($request_method = COPY) { set $x 1; } }
    location /limit/ { pta_enable on; limit_except GET { allow all; } }
    location /phase/ { pta_enable on; pta_phase rewrite; }
    location /dry/ { pta_enable on; pta_dry_run on; }
    location /status/ { pta_enable on; pta_refuse_status path_mismatch=404; }
--- user_files
>>> any/x
x
>>> let/x
x
>>> if/x
x
>>> limit/x
x
>>> phase/x
x
>>> dry/x
x
>>> dry/tree/x
x
>>> status/x
x
--- table
    request           | query      | > Destination | status
    COPY /any/x       | /any/x     | /any/y        | 403
    COPY /any/x       | /any/*     | /any/z        | 204
    COPY /let/x       | /let/x     | /let/y        | 204
    COPY /if/x        | /if/x      | /if/y         | 403
    COPY /if/x        | /if/*      | /if/z         | 204
    COPY /limit/x     | /limit/x   | /limit/y      | 403
    COPY /limit/x     | /limit/*   | /limit/z      | 204
    COPY /phase/x     | /phase/x   | /phase/y      | 403
    COPY /phase/x     | /phase/*   | /phase/z      | 204
    COPY /dry/x       | /dry/x     | /dry/y        | 204
    DELETE /dry/tree/ | /dry/tree/ | -             | 204
    COPY /status/x    | /status/x  | /status/y     | 404
--- error_lines
pta: path mismatch, dry run, requested "/dry/x", allowed "/dry/x", destination "/dry/y"
--- after
    any/y: -
    any/z: x
    let/y: x
    if/y: -
    if/z: x
    limit/y: -
    limit/z: x
    phase/y: -
    phase/z: x
    dry/y: x
    dry/tree/x: -
    status/y: -

=== log lines name the reason
--- config
    location /d/ { $TEST_NGINX_KEY_1 pta_enable on; root $TEST_NGINX_HTML_DIR; dav_methods COPY DELETE; }
--- user_files
>>> d/x
x
--- table
    request    | query | > Destination | status
    COPY /d/x  | /d/x  | /d/%22%0a     | 403
    COPY /d/x  | /*    | /e            | 403
    COPY /d/x  | /*    | nowhere       | 403
    COPY /d/   | /*    | /d/e/         | 403
    DELETE /d/ | /d/   | -             | 403
    COPY /d/y  | /d/x  | /d/x          | 403
--- error_lines
pta: path mismatch, requested "/d/x", allowed "/d/x", destination "/d/\"\n"
pta: path mismatch, requested "/d/x", allowed "/*", destination "/e" is outside location "/d/"
pta: path mismatch, requested "/d/x", allowed "/*", invalid "Destination" header
pta: path mismatch, requested "/d/", allowed "/*", destination "/d/e/" is inside the requested folder
pta: path mismatch, requested "/d/", allowed "/d/", a folder needs a token for all of it
pta: path mismatch, requested "/d/y", allowed "/d/x", client
