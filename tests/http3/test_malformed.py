"""Requests that no browser sends. They get no content without a token, and end no worker."""

import pytest

from harness.clients import http3

pytestmark = pytest.mark.needs("http_v3_module")

CONTENT = b"the content"

METHOD, SCHEME = (b":method", b"GET"), (b":scheme", b"https")
AUTHORITY = (b":authority", b"site.test")
PATH, OPEN_PATH = (b":path", b"/video/a?pta=TOKEN"), (b":path", b"/open/a")
BARE_PATH = (b":path", b"/video/a")

# Refused by nginx itself, token or not.
BROKEN = {
    "no :path": [METHOD, SCHEME, AUTHORITY],
    "no :method": [SCHEME, AUTHORITY, PATH],
    "no :scheme": [METHOD, AUTHORITY, PATH],
    "only fields": [(b"host", b"site.test"), (b"cookie", b"pta=TOKEN")],
    "two :path": [METHOD, SCHEME, AUTHORITY, OPEN_PATH, PATH],
    "two equal :path": [METHOD, SCHEME, AUTHORITY, PATH, PATH],
    ":path after a field": [METHOD, SCHEME, AUTHORITY, (b"a", b"b"), PATH],
    "a second :path after a field": [METHOD, SCHEME, AUTHORITY, OPEN_PATH, (b"a", b"b"), PATH],
    "two :method": [METHOD, METHOD, SCHEME, AUTHORITY, PATH],
    "two :scheme": [METHOD, SCHEME, SCHEME, AUTHORITY, PATH],
    "two :authority": [METHOD, SCHEME, AUTHORITY, (b":authority", b"other.test"), PATH],
    "unknown pseudo-header": [METHOD, SCHEME, AUTHORITY, PATH, (b":pta", b"TOKEN")],
    ":status": [METHOD, SCHEME, AUTHORITY, PATH, (b":status", b"200")],
    "empty :method": [(b":method", b""), SCHEME, AUTHORITY, PATH],
    "odd :method": [(b":method", b"GET /video/a"), SCHEME, AUTHORITY, PATH],
    "empty :path": [METHOD, SCHEME, AUTHORITY, (b":path", b"")],
    "empty :scheme": [METHOD, (b":scheme", b""), AUTHORITY, PATH],
    "NUL in a cookie": [METHOD, SCHEME, AUTHORITY, BARE_PATH, (b"cookie", b"pta=TOKEN\0")],
    "line end in a cookie": [METHOD, SCHEME, AUTHORITY, BARE_PATH, (b"cookie", b"a\r\npta=TOKEN")],
}

BROKEN_PATHS = [
    b"video/a?pta=TOKEN",
    b"*",
    b"?pta=TOKEN",
    b"#",
    b"https://site.test/video/a?pta=TOKEN",
    b"/video/a?pta=TOKEN b",
    b"/video/a?pta=TOKEN\x7f",
    b"/video/a\0?pta=TOKEN",
    b"/video/a\t?pta=TOKEN",
    b"/video/a%00?pta=TOKEN",
    b"/video/a%?pta=TOKEN",
    b"/video/%2",
    b"/../video/a?pta=TOKEN",
    b"/open/../../video/a?pta=TOKEN",
]

# The path, and the verdict on it. The token is for /video/a.
ODD_PATHS = {
    b"/video/a?pta=TOKEN#": "ALLOWED",
    b"/video/a?pta=TOKEN#?pta=x": "ALLOWED",
    b"/video/a?#?pta=TOKEN": "MISSING",
    b"/video/a#?pta=TOKEN": "MISSING",
    b"/video/a#pta=TOKEN": "MISSING",
    b"/video/a#a?b&pta=TOKEN": "MISSING",
    b"/video/a?x?pta=TOKEN": "MISSING",
    b"/video/a??pta=TOKEN": "MISSING",
    b"/video/a?x&pta=TOKEN": "ALLOWED",
    b"/video/a?&&pta=TOKEN&": "ALLOWED",
    b"/video/a?p%74a=TOKEN": "MISSING",
    b"/video/a?pta=TOKEN?": "MALFORMED",
    b"/video/a?pta=&pta=TOKEN": "MALFORMED",
    b"/video/a?pta=TOKEN&pta=": "ALLOWED",
    b"//video///a?pta=TOKEN": "ALLOWED",
    b"/open/../video/a?pta=TOKEN": "ALLOWED",
    b"/open/%2e%2e/video/a": "MISSING",
    b"/open/..%2fvideo/a": "MISSING",
    b"/%76ideo/%61?pta=TOKEN": "ALLOWED",
    b"/video/./a?pta=TOKEN": "ALLOWED",
    b"/video/a/?pta=TOKEN": "PATH_MISMATCH",
    b"/video/a%3Fpta=TOKEN": "MISSING",
    b"/video/a;pta=TOKEN": "MISSING",
    b"/video/A?pta=TOKEN": "PATH_MISMATCH",
}


@pytest.fixture
def exchange(client, pair):
    """Sends a request with these fields, TOKEN replaced by the token, and returns the response."""

    def exchange(fields, connection=client, token=None):
        token = token or pair.token("/video/a")
        filled = [(name, value.replace(b"TOKEN", token.encode())) for name, value in fields]
        return connection.receive(connection.send(filled))

    return exchange


def with_path(path):
    return [METHOD, SCHEME, AUTHORITY, (b":path", path)]


@pytest.fixture(autouse=True)
def alive(client, server, pair):
    """Afterwards, the same worker answers on the same connection."""
    before = server.workers()
    yield
    assert client.get(f"/video/a?pta={pair.token('/video/a')}").body == CONTENT
    assert server.workers() == before


@pytest.mark.parametrize("name", BROKEN)
def test_broken_requests(exchange, name):
    response = exchange(BROKEN[name])
    assert response.status == 400
    assert CONTENT not in response.body


def test_no_field_at_all(exchange):
    # nginx resets the stream.
    response = exchange([])
    assert (response.status, response.body) == (None, b"")
    assert response.reset is not None


@pytest.mark.parametrize("path", BROKEN_PATHS)
def test_broken_paths(exchange, path):
    response = exchange(with_path(path))
    assert response.status == 400
    assert CONTENT not in response.body


@pytest.mark.parametrize("path", ODD_PATHS)
def test_odd_paths(exchange, path):
    response = exchange(with_path(path))
    assert response.headers.get("verdict") == ODD_PATHS[path]
    assert (response.body == CONTENT) == (ODD_PATHS[path] == "ALLOWED")


@pytest.mark.parametrize("name", [b"Cookie", b"COOKIE", b"cookie ", b"cooki\xc3\xa9"])
def test_names_that_are_not_cookie(exchange, name):
    fields = [METHOD, SCHEME, AUTHORITY, (b":path", b"/cookie/a"), (name, b"pta=TOKEN")]
    response = exchange(fields)
    assert response.headers.get("verdict") in ("MISSING", None)
    assert response.status == 400


@pytest.mark.parametrize("name", [b":Path", b":PATH", b":path "])
def test_names_that_are_not_path(exchange, name):
    assert exchange([METHOD, SCHEME, AUTHORITY, (name, PATH[1])]).status == 400
    # Beside the real :path, such a field does not bring a token either.
    response = exchange([METHOD, SCHEME, AUTHORITY, BARE_PATH, (name, PATH[1])])
    assert response.status == 400
    assert CONTENT not in response.body


@pytest.mark.parametrize("method", [b"CONNECT", b"TRACE"])
def test_methods_that_nginx_refuses(exchange, method):
    response = exchange([(b":method", method), SCHEME, AUTHORITY, PATH])
    assert response.status == 405
    assert CONTENT not in response.body


@pytest.mark.parametrize("name", BROKEN)
def test_an_error_page_in_a_protected_location(exchange, server, name):
    with http3.Connection(server.port("pages"), "pages.test") as connection:
        response = exchange(BROKEN[name], connection, "00" * 32)
    # For a request that it cannot parse, nginx sends its built-in error page.
    assert CONTENT not in response.body
    assert response.status >= 400


@pytest.mark.parametrize("method", [b"CONNECT", b"TRACE"])
def test_an_error_page_for_a_method_that_nginx_refuses(exchange, server, method):
    fields = [(b":method", method), SCHEME, AUTHORITY, (b":path", b"/video/a?pta=TOKEN")]
    with http3.Connection(server.port("pages"), "pages.test") as connection:
        refused = exchange(fields, connection, "00" * 32)
    assert CONTENT not in refused.body
    assert refused.status >= 400
