"""The page for people, in Chromium."""

import base64
import hashlib
import re
import time

import pytest

from harness.clients import chromium, http1
from harness.tokens import Pair

pytestmark = pytest.mark.plain("it tests what Chromium does")

PAIR = Pair()

HTTP = f"""
    pta_metrics_zone m:64k;
    server {{
        listen 127.0.0.1:@port@;
        {PAIR.directives()}
        location = /page {{ pta_metrics html; }}
        location = /metrics {{ pta_metrics; }}
        location = /protected {{ pta_enable on; pta_metrics html; }}
        location = /login {{
            auth_basic here; auth_basic_user_file html/users; pta_metrics html;
        }}
        location = /evil {{ add_header Access-Control-Allow-Origin *; return 200 "alert(1)"; }}
        location = /frame {{
            default_type text/html;
            return 200 '<iframe src="/page" onload="window.loaded = true"></iframe>';
        }}
        location /films/ {{ pta_enable on; pta_metrics_label films; empty_gif; }}
        location /live/ {{
            pta_enable on; pta_playlist forward; pta_metrics_label live; alias html/;
        }}
        location /try.out:1/ {{
            pta_enable on; pta_dry_run on; pta_metrics_label try.out:1; empty_gif;
        }}
        location /links/ {{
            pta_issue /films/* 1h; pta_metrics_label links; add_header X-Token $pta_token;
            empty_gif;
        }}
    }}
    server {{
        listen 127.0.0.1:@other@;
        location / {{ add_header Access-Control-Allow-Origin *; return 200 "{{}}"; }}
    }}
"""


@pytest.fixture(scope="module")
def browser():
    with chromium.Browser() as started:
        started.call("Log.enable")
        started.call("Runtime.enable")
        yield started


@pytest.fixture
def running(site):
    files = {
        "users": "somebody:{PLAIN}secret\n",
        "a.m3u8": "#EXTM3U\na.ts\n",
        "b.mpd": "<MPD><Period></MPD>",
    }
    return site(HTTP, access_log="off", files=files)


def send(running, *requests):
    with http1.Connection(running.port()) as connection:
        for target, times in requests:
            for _ in range(times):
                connection.get(target)


def wait_for(browser, expression, wanted):
    end = time.monotonic() + 30
    while (found := browser.evaluate(expression)) != wanted:
        assert time.monotonic() < end, f"{expression}: {found}"
        time.sleep(0.1)


def reported(browser):
    """What the browser has complained about."""
    return [
        event["params"]
        for event in browser.events
        if event["method"] in ("Log.entryAdded", "Runtime.exceptionThrown")
    ]


def rows(browser, label):
    """The numbers of a label's bars."""
    return browser.evaluate(f"""
        Object.fromEntries([...document.querySelectorAll(
            'section[data-label="{label}"] .bars tr')].map(row =>
            [row.className, [row.querySelector(".number").textContent,
                             row.querySelector(".bar").style.width]]))
    """)


def section(browser, label):
    return browser.evaluate(f"""document.querySelector('[data-label="{label}"]').innerText""")


def test_it_shows_what_is_counted(running, browser):
    good, recent = PAIR.token("/*"), PAIR.token("/*", int(time.time()) - 5)
    send(
        running,
        (f"/films/x?pta={good}", 40),
        ("/films/x", 10),
        (f"/films/x?pta={recent}", 1),
        ("/try.out:1/x", 3),
        ("/links/", 2),
        (f"/live/a.m3u8?pta={good}", 2),
        (f"/live/b.mpd?pta={good}", 1),
    )
    base = f"http://127.0.0.1:{running.port()}"
    assert browser.open(f"{base}/page") == (200, False)
    wait_for(browser, "document.querySelectorAll('section').length", 4)
    assert rows(browser, "films") == {
        "allowed": ["40", "100%"],
        "missing": ["10", "25%"],
        "malformed": ["0", "0%"],
        "undecryptable": ["0", "0%"],
        "expired": ["1", "2.5%"],
        "path_mismatch": ["0", "0%"],
        "replayed": ["0", "0%"],
        "unavailable": ["0", "0%"],
    }
    films = section(browser, "films")
    assert re.search(r"1st\s+\d+ s ago", films)
    assert re.search(r"missing\s+\d+ s ago", films)
    assert not re.search(r"path mismatch\s+(never|\d+ s ago)", films)
    assert "had expired less than a minute before: 1. Is a clock wrong?" in films
    assert "Made in a dry run: 3" in section(browser, "try.out:1")
    assert "Playlists: signed 2, not signed 1" in section(browser, "live")
    assert "Tokens issued: 2" in section(browser, "links")
    assert re.search(r"Last refused\s+never", section(browser, "links"))
    assert "no keys here" in section(browser, "links")
    state = browser.evaluate("document.getElementById('state').textContent")
    version = http1.get(running.port(), "/metrics").body.decode().rpartition('version="')[2]
    assert state.startswith(f"PTA {version.partition(chr(34))[0]}, nginx 1.")

    # The page polls, and draws a line from what it has polled.
    send(running, (f"/films/x?pta={good}", 25))
    wait_for(
        browser,
        """document.querySelector('[data-label="films"] .allowed .number').textContent""",
        "65",
    )
    line = """document.querySelector('[data-label="films"] polyline.allowed')"""
    # Each of three points is the rate of an interval. Not all intervals had as many requests.
    wait_for(browser, f"/ .* /.test({line}.getAttribute('points'))", True)
    assert re.search(r"at most [\d.,]+", section(browser, "films"))
    assert browser.evaluate(f"{line}.getBBox().height") > 0

    # Style and script are in effect, and the browser has nothing to complain about.
    color = """getComputedStyle(document.querySelector(".allowed .bar")).backgroundColor"""
    assert browser.evaluate(color) == "rgb(42, 143, 91)"
    assert [entry for entry in reported(browser) if "favicon" not in str(entry)] == []
    # Nothing is loaded from elsewhere.
    urls = {
        event["params"]["request"]["url"]
        for event in browser.events
        if event["method"] == "Network.requestWillBeSent"
    }
    assert urls - {f"{base}/favicon.ico"} == {f"{base}/page", f"{base}/page?format=json"}


@pytest.mark.parametrize("label", ["constructor", "__proto__", "1"])
def test_a_label_that_older_samples_lack(site, browser, label):
    """As after a reload. JavaScript has properties of such names in every object."""
    running = site(
        f"""
        pta_metrics_zone m:64k;
        server {{
            listen 127.0.0.1:@port@;
            pta_metrics_label {label};
            location = /page {{ pta_metrics html; }}
        }}
        """
    )
    browser.open(f"http://127.0.0.1:{running.port()}/page")
    wait_for(browser, "document.querySelectorAll('section').length", 1)
    older = "{ nginx_pta_checks_total: {}, nginx_pta_dry_run_total: {} }"
    browser.evaluate(f"samples.unshift({{ time: Date.now() - 5000, numbers: {older} }}), show()")
    lines = browser.evaluate(
        "[...document.querySelectorAll('polyline')].map(line => line.getAttribute('points'))"
    )
    assert lines
    assert "NaN" not in "".join(lines)
    assert "now 0 allowed and 0 refused" in section(browser, label)
    assert "no keys here" in section(browser, label)


def test_it_reports_that_nginx_does_not_answer(running, browser):
    browser.open(f"http://127.0.0.1:{running.port()}/page")
    wait_for(browser, "document.querySelectorAll('section').length", 4)
    running.stop()
    wait_for(browser, "document.getElementById('state').className", "lost")
    assert browser.evaluate("document.getElementById('state').textContent").startswith("No numbers")
    # The last numbers stay.
    assert browser.evaluate("document.querySelectorAll('section').length") == 4


def test_the_policy(running, browser):
    response = http1.get(running.port(), "/page")
    policy = response.headers["content-security-policy"]
    hashes = []
    for element in ("style", "script"):
        [text] = re.findall(f"<{element}>(.*?)</{element}>", response.body.decode(), re.S)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        hashes.append(f"'sha256-{digest}'")
    style, script = hashes
    assert policy == (
        f"default-src 'none'; style-src {style}; script-src {script}; "
        "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    ), "src/metrics/page.rs has other hashes"


def test_the_browser_enforces_the_policy(running, browser):
    browser.open(f"http://127.0.0.1:{running.port()}/page")
    wait_for(browser, "document.querySelectorAll('section').length", 4)
    blocked = browser.evaluate(
        """new Promise(resolve => {
        const blocked = [];
        addEventListener("securitypolicyviolation", event => {
            // Some browsers ask for the icon of the site, at any time.
            if (event.blockedURI.endsWith("/favicon.ico")) return;
            blocked.push(event.effectiveDirective);
            if (blocked.length === 3) resolve(blocked.sort());
        });
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        const image = new Image();
        image.src = "/evil";
        document.body.append(script, image);
        fetch("http://127.0.0.1:OTHER/").catch(() => {});
    })""".replace("OTHER", str(running.port("other")))
    )
    assert blocked == ["connect-src", "img-src", "script-src-elem"]
    assert browser.evaluate("window.ran") is None


def test_it_cannot_be_framed(running, browser):
    browser.open(f"http://127.0.0.1:{running.port()}/frame")
    wait_for(browser, "window.loaded", True)
    # A frame that is blocked shows an error page, which belongs to another origin.
    assert browser.evaluate("document.querySelector('iframe').contentDocument") is None


@pytest.mark.parametrize(
    ("target", "polled"),
    [
        ("/page?format=html", "/page?format=json&format=html"),
        ("/metrics?a=%20b&format=html", "/metrics?format=json&a=%20b&format=html"),
        ("/protected?pta=TOKEN", "/protected?format=json&pta=TOKEN"),
    ],
)
def test_it_polls_with_its_own_query(running, browser, target, polled):
    """A page that needs a token polls with it."""
    made = PAIR.token("/protected")
    base = f"http://127.0.0.1:{running.port()}"
    assert browser.open(base + target.replace("TOKEN", made))[0] == 200
    wait_for(browser, "document.querySelectorAll('section').length", 4)
    urls = {
        event["params"]["request"]["url"]
        for event in browser.events
        if event["method"] == "Network.requestWillBeSent"
    }
    assert base + polled.replace("TOKEN", made) in urls


def test_a_password_in_the_url(running, browser):
    """fetch refuses URLs with a password, also if it comes from the page."""
    browser.leave()
    browser.call("Page.navigate", url=f"http://somebody:secret@127.0.0.1:{running.port()}/login")
    wait_for(browser, "document.querySelectorAll('section').length", 4)
    assert browser.evaluate("document.getElementById('state').className") == ""
