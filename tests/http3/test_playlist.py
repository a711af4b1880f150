"""pta_playlist over HTTP/3. The port of the request is in :authority alone."""

import pytest

from http3.conftest import PLAYLIST

pytestmark = pytest.mark.needs("http_v3_module")


@pytest.mark.parametrize(
    ("authority", "signed"), [("site.test", b"ab"), ("site.test:443", b"ab"), ("site.test:8443", b"ac")]
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
