"""What a cache in front, another nginx server, does with the module's responses."""

import pytest

from harness.clients import http1

# The cache stores every response for ten minutes, refusals too, unless a header forbids it.
FRONT = """
    proxy_cache_path cache keys_zone=front:1m;
    server {{
        listen 127.0.0.1:@front@;
        location / {{
            proxy_cache front;
            proxy_cache_key $request_uri;
            proxy_cache_valid any 10m;
            proxy_pass http://127.0.0.1:@port@;
            add_header X-Cache $upstream_cache_status always;
        }}
    }}
    server {{
        listen 127.0.0.1:@port@;
        {keys}
        pta_auth_method qs cookie;
        {directives}
        location / {{ pta_enable on; {location} }}
        location /hidden/ {{ internal; }}
        location = /play {{ pta_enable on; pta_accel_redirect on; }}
        location = /denied.html {{ expires 1h; add_header X-Accel-Expires 600 always; }}
    }}
"""

FILES = {"a": "content", "hidden/a": "hidden", "denied.html": "denied"}


@pytest.fixture
def front(site, pair):
    """Starts a site, and returns a function that sends requests to its cache."""

    def start(directives="", location=""):
        http = FRONT.format(keys=pair.directives(), directives=directives, location=location)
        running = site(http, files=FILES)

        def fetch(target, cookie=None, method="GET"):
            lines = [f"Cookie: pta={cookie}"] if cookie else []
            response = http1.get(running.port("front"), target, *lines, method=method)
            return response.status, response.headers["x-cache"]

        return fetch

    return start


def test_what_a_cookie_opens_is_not_served_to_others(front, pair):
    fetch = front()
    assert fetch("/a", pair.token("/a")) == (200, "MISS")
    assert fetch("/a") == (400, "MISS")
    assert fetch("/a", pair.token("/a")) == (200, "MISS")


def test_without_the_header_it_is_served_to_others(front, pair):
    fetch = front("pta_cache_control off;")
    assert fetch("/a", pair.token("/a")) == (200, "MISS")
    assert fetch("/a") == (200, "HIT")


def test_a_hidden_link_by_a_cookie_is_not_served_to_others(front, pair):
    fetch = front()
    assert fetch("/play", pair.token("/hidden/a")) == (200, "MISS")
    assert fetch("/play") == (400, "MISS")


@pytest.mark.parametrize(
    "location", ["", "error_page 410 /denied.html;", "error_page 410 =200 /denied.html;"]
)
def test_a_refusal_is_not_served_to_the_next_visitor(front, pair, location):
    fetch = front(location=location)
    refused = 200 if "200" in location else 410
    assert fetch("/a", pair.expired("/a")) == (refused, "MISS")
    assert fetch("/a", pair.expired("/a")) == (refused, "MISS")
    assert fetch("/a", pair.token("/a")) == (200, "MISS")


def test_without_the_header_a_refusal_is_served_to_others(front, pair):
    fetch = front("pta_cache_control off;")
    assert fetch("/a", pair.expired("/a")) == (410, "MISS")
    assert fetch("/a", pair.token("/a")) == (410, "HIT")


def test_expires_does_not_share_what_a_cookie_opens(front, pair):
    fetch = front(location="expires 1h;")
    assert fetch("/a", pair.token("/a")) == (200, "MISS")
    assert fetch("/a") == (400, "MISS")


def test_cache_control_public_allows_sharing(front, pair):
    fetch = front(location="add_header Cache-Control public;")
    assert fetch("/a", pair.token("/a")) == (200, "MISS")
    assert fetch("/a") == (200, "HIT")


def test_a_url_with_a_token_is_cached_by_its_url(front, pair):
    fetch = front()
    target = f"/a?pta={pair.token('/a')}"
    assert fetch(target) == (200, "MISS")
    assert fetch(target) == (200, "HIT")
    assert fetch(target, method="HEAD") == (200, "HIT")
    assert fetch("/a") == (400, "MISS")


def test_a_url_with_a_token_is_not_cached_if_it_is_private(front, pair):
    fetch = front("pta_cache_control private;")
    target = f"/a?pta={pair.token('/a')}"
    assert fetch(target) == (200, "MISS")
    assert fetch(target) == (200, "MISS")
