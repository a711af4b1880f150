"""A browser caches a 410 permanently, unless a header forbids it."""

import pytest

from harness.clients import chromium, http1

SITE = """
    server {{
        listen 127.0.0.1:@port@;
        {keys}
        location /video/ {{ pta_enable on; pta_auth_method qs cookie; {location} }}
        location = /login {{ add_header Set-Cookie "pta=$arg_token; Path=/"; }}
        location = /denied.html {{ expires 1h; add_header Cache-Control "max-age=600" always; }}
    }}
"""

FILES = {
    "login": "logged in",
    "denied.html": "denied",
    "video/a.html": "a video",
    "video/b.html": "b",
}


@pytest.fixture(scope="module")
def browser():
    with chromium.Browser() as running:
        yield running


class Visit:
    """A visitor of a site of its own."""

    def __init__(self, browser, running):
        self.browser, self.running = browser, running
        self.base = f"http://127.0.0.1:{running.port()}"

    def log_in(self, token):
        assert self.browser.open(f"{self.base}/login?token={token}")[0] == 200

    def open(self, path):
        return self.browser.open(self.base + path)

    def fetch(self, path):
        return self.browser.evaluate(f"fetch('{path}').then(response => response.status)")

    def requests(self, path):
        """How many requests for this path have reached nginx."""
        # The one worker has written the log line of a request before it answers the next one.
        with http1.Connection(self.running.port()) as connection:
            assert connection.get("/login").status == 200
        return self.running.read("access.log").count(f'"GET {path} ')


@pytest.fixture
def visit(site, pair, browser):
    def start(location=""):
        running = site(SITE.format(keys=pair.directives(), location=location), files=FILES)
        return Visit(browser, running)

    return start


PAGES = ["", "error_page 410 /denied.html;"]


@pytest.mark.parametrize("page", PAGES)
def test_a_new_cookie_opens_what_an_expired_one_did_not(visit, pair, page):
    visitor = visit(page)
    visitor.log_in(pair.expired("/video/*"))
    assert visitor.open("/video/a.html") == (410, False)
    assert visitor.fetch("/video/b.html") == 410
    visitor.log_in(pair.token("/video/*"))
    assert visitor.open("/video/a.html") == (200, False)
    assert visitor.fetch("/video/b.html") == 200
    assert visitor.requests("/video/a.html") == 2
    assert visitor.requests("/video/b.html") == 2


@pytest.mark.parametrize("page", PAGES)
def test_without_the_header_no_request_leaves_the_browser(visit, pair, page):
    visitor = visit(f"pta_cache_control off; {page}")
    visitor.log_in(pair.expired("/video/*"))
    assert visitor.open("/video/a.html") == (410, False)
    assert visitor.fetch("/video/b.html") == 410
    visitor.log_in(pair.token("/video/*"))
    assert visitor.open("/video/a.html") == (410, True)
    assert visitor.fetch("/video/b.html") == 410
    assert visitor.requests("/video/a.html") == 1
    assert visitor.requests("/video/b.html") == 1


def test_a_browser_caches_a_private_response(visit, pair):
    visitor = visit("expires 1h;")
    visitor.log_in(pair.token("/video/*"))
    assert visitor.open("/video/a.html") == (200, False)
    visitor.log_in(pair.token("/video/*"))
    assert visitor.open("/video/a.html") == (200, True)
