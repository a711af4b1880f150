"""Caddy asks the gate by forward_auth, as docs/recipes.md says."""

import pytest

from gate.caddy import Caddy
from gate.conftest import block
from harness.clients import http1


@pytest.fixture
def caddy(gate):
    text = block("text")
    for old, new in (
        ("media.example.org {", "http://:PORT {"),
        ("gate.example.org:8080", f"127.0.0.1:{gate.port()}"),
        ("/srv/media", "ROOT"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    with Caddy(text, {"a.txt": "content"}) as running:
        yield running


def test_tokens(caddy, pair):
    def status(target, *lines):
        return http1.get(caddy.port, target, *lines).status

    token = pair.token("/*")
    assert http1.get(caddy.port, f"/a.txt?pta={token}").body == b"content"
    assert http1.get(caddy.port, "/a.txt", f"Cookie: pta={token}").body == b"content"
    assert http1.get(caddy.port, "/a.txt", f"X-PTA: {token}").body == b"content"
    assert status("/a.txt") == 400
    assert status("/a.txt?pta=zz") == 400
    assert status(f"/a.txt?pta={pair.expired('/*')}") == 410
    assert status(f"/a.txt?pta={pair.token('/b')}") == 403
    assert status(f"/none?pta={token}") == 404


def test_a_client_cannot_choose_what_is_asked(caddy, pair):
    token = pair.token("/b")
    for name in ("X-Forwarded-Uri", "X-Original-URL"):
        response = http1.get(caddy.port, "/a.txt", f"{name}: /b?pta={token}")
        assert response.status == 400


def test_ambiguous_paths(caddy, pair):
    token = pair.token("/*")
    for path in (
        *("/x/%2e%2e/a.txt", "/x/%252e%252e/a.txt", "/x%2f..%2fa.txt", "/.%2fa.txt"),
        *("//a.txt", "/x//a.txt", "/x/../a.txt", "/./a.txt", "/%5ca.txt", "/x\\a.txt", "/a.txt%00"),
        *("/..;/a.txt", "/x/..%3b/a.txt", "/%2e/a.txt"),
    ):
        assert http1.get(caddy.port, f"{path}?pta={token}").status in (400, 403)
