"""pta_playlist over HTTP/3. The port of the request is in :authority alone."""

import pytest

from http3.conftest import PLAYLIST

pytestmark = pytest.mark.needs("http_v3_module")


@pytest.mark.parametrize(
    ("authority", "signed"),
    [("site.test", b"ab"), ("site.test:443", b"ab"), ("site.test:8443", b"ac")],
)
def test_references_to_the_port_of_the_request(client, pair, authority, signed):
    token = pair.token("/listed/*")
    response = client.get(f"/listed/a.m3u8?pta={token}", authority=authority)
    assert response.status == 200
    wanted = PLAYLIST
    for name in signed:
        wanted = wanted.replace(b"%c.ts" % name, b"%c.ts?pta=%s" % (name, token.encode()))
    assert response.body == wanted
    assert response.headers["content-length"] == str(len(wanted))
    assert response.headers["cache-control"] == "private, no-cache"


def test_head(client, pair):
    response = client.get(f"/listed/a.m3u8?pta={pair.token('/listed/*')}", method="HEAD")
    assert (response.status, response.body) == (200, b"")
    assert "content-length" not in response.headers


@pytest.mark.parametrize("folder", ["listed", "listed/proxied"])
@pytest.mark.parametrize("value", ["bytes=0-", "bytes=0-9999"])
def test_a_range(client, pair, folder, value):
    target = f"/{folder}/a.m3u8?pta={pair.token('/listed/*')}"
    response = client.get(target, ("range", value))
    assert (response.status, response.body) == (200, client.get(target).body)
    assert b"?pta=" in response.body


def test_what_cannot_be_signed(client, pair):
    token = pair.token("/listed/*")
    response = client.get(f"/listed/small/a.m3u8?pta={token}")
    assert (response.status, b"#EXTM3U" in response.body) == (500, False)
    # The stream is reset, and the connection goes on.
    response = client.get(f"/listed/ssi/a.m3u8?pta={token}")
    assert (response.status, response.body) == (None, b"")
    assert response.reset is not None
    assert b"?pta=" in client.get(f"/listed/a.m3u8?pta={token}").body
