"""Recipes in a browser: pages of other sites that play and upload, and cookies by samesite=."""

import pytest

from documents.printed import adapted, section
from harness.clients import chromium

PAGE = """
    server {
        listen 127.0.0.1:@page@;
        listen 127.0.0.1:@stranger@;
        location / { root html; }
    }
"""

FILES = {
    "page.html": "<html>a page</html>",
    "live/a": "0123456789",
    "live/b": "0123456789",
    "live/c.html": "<html>a protected page</html>",
    "favicon.ico": "",
}


@pytest.fixture(scope="module")
def one_browser():
    with chromium.Browser() as running:
        yield running


@pytest.fixture
def browser(one_browser):
    """Ports have their cookies in common."""
    one_browser.call("Network.clearBrowserCookies")
    return one_browser


TRUSTED = {"https://app.example.org": "http://localhost:@page@"}


@pytest.fixture
def serve(site, pair):
    """Starts the printed configuration. The page that it trusts is on localhost: another site."""

    def serve(text):
        return site(PAGE + adapted(text, pair, TRUSTED), files=FILES)

    return serve


@pytest.fixture
def fetch(browser):
    """What a page gets: the status, or the name of the error."""

    def fetch(running, path, options):
        url = f"http://127.0.0.1:{running.port()}{path}"
        return browser.evaluate(
            f"fetch('{url}', {options}).then(answer => answer.status, error => error.name)"
        )

    return fetch


# Without the browser's own cache.
ALONE = "{cache: 'no-store'}"
CREDENTIALS = "{cache: 'no-store', credentials: 'include'}"
# Several ranges make the browser ask by OPTIONS first.
ASKING = "{cache: 'no-store', credentials: 'include', headers: {Range: 'bytes=0-1,3-4'}}"


@pytest.mark.parametrize("number", [0, 1])
def test_a_page_on_another_site(browser, serve, fetch, pair, number):
    running = serve(section("A page on another site")[number])
    token, old = pair.token("/live/*"), pair.expired("/live/*")
    assert browser.open(f"http://localhost:{running.port('page')}/page.html")[0] == 200
    assert fetch(running, "/live/b", CREDENTIALS) == 400
    assert fetch(running, f"/live/a?pta={old}", ASKING) == 410
    assert fetch(running, f"/live/a?pta={token}", ASKING) == 206
    assert fetch(running, "/live/b", CREDENTIALS) == 200
    assert fetch(running, "/live/b", ASKING) == 206
    # The page sees the status of a refusal, but gets none of the files without credentials.
    assert fetch(running, "/live/b", ALONE) == 400
    log = running.read("access.log")
    assert '"OPTIONS /live/b ' in log
    # A page that the server does not trust gets nothing.
    assert browser.open(f"http://localhost:{running.port('stranger')}/page.html")[0] == 200
    assert fetch(running, f"/live/a?pta={token}", CREDENTIALS) == "TypeError"
    assert fetch(running, "/live/b", ASKING) == "TypeError"


def test_uploads_from_a_page_of_another_site(browser, site, fetch, pair):
    (text,) = section("Media, and uploads from a page", "docs/recipes.md")
    text = adapted(text, pair, TRUSTED, "/srv/site")
    running = site(PAGE + text, files={**FILES, "media/a": "media"})
    (running.root / "html/upload").mkdir()
    # The worker has another user.
    (running.root / "html/upload").chmod(0o777)
    slot = pair.token("/upload/s1/*")
    put = "{method: 'PUT', body: 'content', headers: {'Content-Type': 'image/png'}}"
    assert browser.open(f"http://localhost:{running.port('page')}/page.html")[0] == 200
    assert fetch(running, f"/upload/s1/a.png?token={slot}", put) == 201
    stored = running.root / "html/upload/s1/a.png"
    assert stored.read_text() == "content"
    assert stored.stat().st_mode & 0o777 == 0o640
    # The page sees why others are refused.
    assert fetch(running, "/upload/s1/b.png", put) == 400
    assert fetch(running, f"/upload/s2/b.png?token={slot}", put) == 403
    assert fetch(running, f"/upload/s1/a.png?token={slot}", "{}") == 403
    assert fetch(running, f"/media/a?token={pair.token('/media/a')}", "{}") == 200
    # A page that the server does not trust uploads nothing.
    assert browser.open(f"http://localhost:{running.port('stranger')}/page.html")[0] == 200
    assert fetch(running, f"/upload/s1/c.png?token={slot}", put) == "TypeError"
    assert [path.name for path in stored.parent.iterdir()] == ["a.png"]


SAME_SITE = """
    server {{
        listen 127.0.0.1:@port@;
        {keys}
        location /live/ {{
            pta_enable on;
            pta_auth_method qs cookie;
            pta_set_cookie {parameters};
            root html;
        }}
    }}
"""


@pytest.mark.parametrize(
    ("parameters", "status", "then"),
    [
        ("redirect", 200, 200),
        # The cookie is there, but not for the redirect.
        ("redirect samesite=strict", 400, 200),
        ("samesite=strict", 200, 200),
        ("path=/other/", 200, 400),
    ],
)
def test_a_link_on_a_page_of_another_site(browser, site, pair, parameters, status, then):
    http = PAGE + SAME_SITE.format(keys=pair.directives(), parameters=parameters)
    running = site(http, files=FILES)
    base = f"http://127.0.0.1:{running.port()}"
    browser.open(f"http://localhost:{running.port('page')}/page.html")
    browser.events.clear()
    link = f"{base}/live/c.html?pta={pair.token('/live/*')}"
    browser.evaluate(f"void (location.href = '{link}')")
    browser.wait_for(lambda event: event.get("method") == "Page.loadEventFired")
    found = [
        event["params"]["response"]["status"]
        for event in browser.events
        if event["method"] == "Network.responseReceived" and event["params"]["type"] == "Document"
    ]
    assert found == [status]
    # What the page itself asks for.
    asked = "fetch('/live/b').then(answer => answer.status)"
    assert browser.evaluate(asked) == then
