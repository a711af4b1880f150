"""The caching headers of responses."""

import pytest

pytestmark = pytest.mark.needs("http_v3_module")


def test_a_refusal_is_not_stored(client, pair):
    response = client.get(f"/video/a?pta={pair.expired('/*')}")
    assert (response.status, response.headers["cache-control"]) == (410, "no-store")


def test_what_a_cookie_opens_is_private(client, pair):
    cookie = ("cookie", f"pta={pair.token('/*')}")
    for path in ("/cookie/a", "/upstream/a"):
        response = client.get(path, cookie)
        assert (response.status, response.headers["cache-control"]) == (200, "private")


def test_what_the_query_opens_is_not_marked(client, pair):
    response = client.get(f"/video/a?pta={pair.token('/*')}")
    assert response.status == 200
    assert "cache-control" not in response.headers
    assert "cache-control" not in client.get("/open/a").headers
