"""Where Chromium stores the cookie of pta_set_cookie, and where it sends it."""

import json

import pytest

from harness.certificate import self_signed
from harness.clients import chromium

MEDIA, BESIDE, PAGE, OTHER = "media.example", "www.media.example", "page.example", "other.example"

# The parameters are those of a folder. Each page may ask with credentials.
HTTP = """
    access_log off;
    ssl_certificate html/cert.pem;
    ssl_certificate_key html/cert.key;
    server {{
        listen 127.0.0.1:@http@;
        listen 127.0.0.1:@https@ ssl;
        {keys}
        pta_auth_method qs cookie;
        add_header Access-Control-Allow-Origin $http_origin always;
        add_header Access-Control-Allow-Credentials true always;
        location / {{ root html; }}
        location /media/ {{ pta_enable on; pta_set_cookie {parameters}; root html; }}
    }}
"""
SWITCHES = ["--host-resolver-rules=MAP *.example 127.0.0.1", "--ignore-certificate-errors"]


@pytest.fixture(scope="module")
def one_browser():
    with chromium.Browser(*SWITCHES) as running:
        yield running


class Visitor:
    """A browser without cookies, and a site."""

    def __init__(self, browser, running, token):
        self.browser, self.running, self.token = browser, running, token

    def url(self, scheme, host, path):
        return f"{scheme}://{host}:{self.running.port(scheme)}{path}"

    def open_page(self, host, scheme="https"):
        assert self.browser.open(self.url(scheme, host, "/page.html"))[0] == 200

    def fetch(self, path, host=MEDIA, scheme="https"):
        options = {"credentials": "include", "cache": "no-store"}
        url = self.url(scheme, host, path)
        asked = f"fetch({json.dumps(url)}, {json.dumps(options)})"
        return self.browser.evaluate(f"{asked}.then(answer => answer.status)")

    def enter(self, scheme="https"):
        """The request with the token in the query, from the page that is open."""
        assert self.fetch(f"/media/a?pta={self.token}", scheme=scheme) == 200


@pytest.fixture
def visit(site, pair, one_browser):
    def visit(parameters):
        certificate, key = self_signed(MEDIA, BESIDE, PAGE, OTHER)
        running = site(
            HTTP.format(keys=pair.directives(), parameters=parameters),
            files={
                "page.html": "a page",
                "favicon.ico": "",
                "media/a": "content",
                "media/b": "content",
                "media/page.html": "a page",
                "cert.pem": certificate,
                "cert.key": key,
            },
        )
        one_browser.forget()
        return Visitor(one_browser, running, pair.token("/media/*"))

    return visit


# Parameters, and the status of what a page of the same site and one of another get.
FROM_PAGES = [
    ("on", 200, 400),
    ("samesite=lax", 200, 400),
    ("samesite=strict", 200, 400),
    # Chromium 156 drops it, because it is not partitioned.
    ("samesite=none secure", 200, 400),
    ("samesite=none secure partitioned", 200, 200),
    ("off", 400, 400),
]


@pytest.mark.parametrize(("parameters", "same", "another"), FROM_PAGES)
def test_a_page(visit, parameters, same, another):
    visitor = visit(parameters)
    for host, status in ((PAGE, another), (BESIDE, same)):
        visitor.open_page(host)
        assert visitor.fetch("/media/b") == 400
        visitor.enter()
        assert visitor.fetch("/media/b") == status, host
        visitor.browser.forget()


def test_a_partitioned_cookie_is_for_one_site_of_the_page(visit):
    visitor = visit("samesite=none secure partitioned")
    visitor.open_page(PAGE)
    visitor.enter()
    visitor.open_page(OTHER)
    assert visitor.fetch("/media/b") == 400
    visitor.open_page(MEDIA)
    assert visitor.fetch("/media/b") == 400
    visitor.open_page(PAGE)
    assert visitor.fetch("/media/b") == 200


# Parameters, the scheme of the first request, and what HTTPS and HTTP get then.
SCHEMES = [
    ("on", "https", 200, 400),
    ("on", "http", 200, 200),
    ("secure", "https", 200, 400),
    ("secure", "http", 400, 400),
    ("nosecure", "https", 200, 200),
]


@pytest.mark.parametrize(("parameters", "scheme", "https", "http"), SCHEMES)
def test_a_scheme(visit, parameters, scheme, https, http):
    visitor = visit(parameters)
    visitor.open_page(MEDIA, scheme)
    visitor.enter(scheme)
    for again, status in (("https", https), ("http", http)):
        visitor.open_page(MEDIA, again)
        assert visitor.fetch("/media/b", scheme=again) == status, again


@pytest.mark.parametrize(
    ("parameters", "here", "beside"),
    [
        ("on", 200, 400),
        (f"domain={MEDIA}", 200, 200),
        # The browser does not accept it from this host.
        (f"domain={BESIDE}", 400, 400),
        (f"domain={OTHER}", 400, 400),
    ],
)
def test_a_domain(visit, parameters, here, beside):
    visitor = visit(parameters)
    visitor.open_page(MEDIA)
    visitor.enter()
    assert visitor.fetch("/media/b") == here
    visitor.open_page(BESIDE)
    assert visitor.fetch("/media/b", BESIDE) == beside


@pytest.mark.parametrize(
    ("parameters", "seen"), [("on", False), ("httponly", False), ("nohttponly", True)]
)
def test_what_scripts_see(visit, parameters, seen):
    visitor = visit(parameters)
    url = visitor.url("https", MEDIA, "/media/page.html")
    assert visitor.browser.open(f"{url}?pta={visitor.token}")[0] == 200
    assert visitor.browser.evaluate("document.cookie") == (f"pta={visitor.token}" if seen else "")
    assert visitor.fetch("/media/b") == 200
