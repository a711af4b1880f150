"""A page of another origin sends the token in a header, with the recipe of docs/recipes.md."""

import os
import re
import time

import pytest

from harness import project
from harness.clients import chromium, http1

pytestmark = pytest.mark.plain("it tests what Chromium does")

PAGE = "server { listen 127.0.0.1:@page@; location / { return 200; } }"


@pytest.fixture(scope="module")
def browser():
    with chromium.Browser() as running:
        yield running


def section(language):
    """The first block of the recipe in this language."""
    text = project.text_of("docs/recipes.md").partition("\n## A token in a header\n")[2]
    return re.search(rf"```{language}\n(.*?)```", text, re.S)[1]


def recipe(pair):
    """The http block of the recipe. Its page is on another port, which is another origin."""
    text = section("nginx")
    for old, new in (
        ("https://app.example.org", "http://127.0.0.1:@page@"),
        ("listen 80;", "listen 127.0.0.1:@port@;"),
        ("pta_1st_pair file:keys/1st.pair;", pair.directives()),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text + PAGE


class Visit:
    def __init__(self, browser, site, http):
        self.running = site(http, files={"data/a.json": "content"})
        # Changed tomorrow: of a file that has not changed for long, the browser would keep a copy,
        # and show it without asking.
        tomorrow = time.time() + 86400
        os.utime(self.running.root / "html/data/a.json", (tomorrow, tomorrow))
        self.browser = browser
        browser.open(f"http://127.0.0.1:{self.running.port('page')}/")

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.running.port()}"

    def fetch(self, headers, path="/data/a.json"):
        """The text of a response, its status if that is an error, or "blocked"."""
        url = self.origin + path
        return self.browser.evaluate(
            f"fetch('{url}', {{ headers: {headers} }})"
            ".then(response => response.ok ? response.text() : response.status,"
            ' () => "blocked")'
        )

    def methods(self):
        # The one worker has written the log line of a request before it answers the next one.
        http1.get(self.running.port(), "/none")
        return re.findall(r'"(\w+) /data/', self.running.read("access.log"))


def test_the_recipe_lets_the_page_send_its_token(browser, site, pair):
    visit = Visit(browser, site, recipe(pair))
    assert visit.fetch({"X-PTA": pair.token("/data/*")}) == "content"
    assert visit.fetch({"X-PTA": pair.expired("/data/*")}) == 410
    assert visit.fetch({}) == 400
    # The browser has asked once, for ten minutes.
    assert visit.methods() == ["OPTIONS", "GET", "GET", "GET"]


def test_the_script_of_the_recipe(browser, site, pair):
    visit = Visit(browser, site, recipe(pair))
    text = section("js").replace("https://api.example.org", visit.origin)
    assert visit.origin in text
    script = f"const token = '{pair.token('/data/*')}'; {text} return await response.text();"
    assert browser.evaluate(f"(async () => {{ {script} }})()") == "content"


def test_without_the_name_the_browser_sends_no_request(browser, site, pair):
    text = recipe(pair)
    line = "add_header Access-Control-Allow-Headers X-PTA always;"
    assert text.count(line) == 1
    visit = Visit(browser, site, text.replace(line, ""))
    assert visit.fetch({"X-PTA": pair.token("/data/*")}) == "blocked"
    assert visit.methods() == ["OPTIONS"]


def test_a_checked_preflight_blocks_the_request(browser, site, pair):
    text = recipe(pair)
    open_preflight = re.search(r"limit_except OPTIONS \{\s*(pta_enable on;)\s*\}", text)
    text = text.replace(open_preflight[0], "pta_enable on; pta_phase rewrite;")
    visit = Visit(browser, site, text)
    assert visit.fetch({"X-PTA": pair.token("/data/*")}) == "blocked"
    assert visit.methods() == ["OPTIONS"]
