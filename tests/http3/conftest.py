"""A site with HTTP/3: hosts with their own keys, and an upstream that echoes its request."""

import pytest

from harness.certificate import self_signed
from harness.clients import http3

CONTENT = b"the content"
OTHER_CONTENT = b"the content of other.test"
OPEN_CONTENT = b"open"
PLAYLIST = b"""#EXTM3U
a.ts
https://site.test/listed/b.ts
https://site.test:8443/listed/c.ts
http://site.test/listed/d.ts
"""

CONFIGURATION = """
    ssl_certificate certificate.pem;
    ssl_certificate_key certificate.key;
    large_client_header_buffers 4 64k;
    add_header Verdict $pta_status always;
    log_format test '<$request> <$pta_request_uri> <$pta_status>';

    server {{
        listen 127.0.0.1:@quic@ quic;
        server_name site.test;
        root html;
        {keys}
        {second_keys}

        location /open/ {{ }}
        location /video/ {{ pta_enable on; }}
        location /cookie/ {{ pta_enable on; pta_auth_method cookie; }}
        location /either/ {{ pta_enable on; pta_auth_method qs cookie; }}
        location /handed/ {{ pta_enable on; pta_auth_method qs cookie; pta_set_cookie on; }}
        location /redirected/ {{
            pta_enable on;
            pta_auth_method qs cookie;
            pta_set_cookie redirect;
        }}
        location /listed/ {{ pta_enable on; pta_playlist forward; }}
        location /listed/small/ {{ pta_enable on; pta_playlist forward; pta_playlist_max_size 9; }}
        location /listed/ssi/ {{ pta_enable on; pta_playlist forward; ssi on; ssi_types *; }}
        location /listed/proxied/ {{
            pta_enable on;
            pta_playlist forward;
            proxy_pass http://127.0.0.1:@upstream@/lists/;
        }}
        location /proxied/ {{
            pta_enable on;
            pta_auth_method qs cookie;
            pta_set_cookie on;
            proxy_pass http://127.0.0.1:@upstream@;
        }}
        location /upstream/ {{
            pta_enable on;
            pta_auth_method qs cookie;
            proxy_pass http://127.0.0.1:@upstream@;
        }}
        location /slow/ {{ pta_enable on; limit_rate 20k; }}
        location /put/ {{
            pta_enable on;
            client_max_body_size 1m;
            proxy_pass http://127.0.0.1:@upstream@;
        }}
    }}
    server {{
        listen 127.0.0.1:@quic@ quic;
        server_name other.test;
        root other;
        {other_keys}

        location /video/ {{ pta_enable on; }}
    }}
    # Whatever a request lacks, its error page is protected.
    server {{
        listen 127.0.0.1:@pages@ quic;
        server_name pages.test;
        root html;
        {keys}
        error_page 400 404 405 414 421 =200 /video/a;

        location /video/ {{ pta_enable on; }}
    }}
    server {{
        listen 127.0.0.1:@upstream@;
        access_log off;
        add_header Set-Cookie own=1;
        location /lists/ {{ alias html/listed/; }}
        location / {{ return 200 "$request_method $request_uri cookie=$http_cookie"; }}
    }}
"""


@pytest.fixture(scope="package")
def server(package_site, pair, second_pair, other_pair):
    """The running site."""
    http = CONFIGURATION.format(
        keys=pair.directives(),
        second_keys=second_pair.directives("2nd"),
        other_keys=other_pair.directives(),
    )
    folders = ("open", "video", "cookie", "either", "slow", "handed", "redirected")
    files = {f"{folder}/a": CONTENT for folder in folders}
    files |= {"open/a": OPEN_CONTENT, "slow/big": CONTENT * 100_000, "listed/a.m3u8": PLAYLIST}
    files |= {"listed/small/a.m3u8": PLAYLIST}
    files |= {"listed/ssi/a.m3u8": '#EXTM3U\n<!--#include virtual="/open/a" -->'}
    site = package_site.make(http, files=files, access_log="access.log test")
    certificate, key = self_signed("site.test", "other.test", "pages.test")
    site.write("certificate.pem", certificate)
    site.write("certificate.key", key)
    site.write("other/video/a", OTHER_CONTENT)
    return site.start()


@pytest.fixture
def client(server):
    """A connection to the site, on which nothing has been sent."""
    with http3.Connection(server.port("quic"), "site.test") as connection:
        yield connection
