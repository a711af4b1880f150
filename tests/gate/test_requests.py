"""The requests that proxies send, byte for byte. The proxies themselves are not packaged here."""

import pytest

from harness.clients import http1

# Traefik 3: forwardAuth.
TRAEFIK = """\
GET /forward-auth HTTP/1.1
Host: gate.example.org:8080
User-Agent: curl/8.5.0
Accept: */*
X-Forwarded-For: 203.0.113.7
X-Forwarded-Host: media.example.org
X-Forwarded-Method: GET
X-Forwarded-Port: 443
X-Forwarded-Proto: https
X-Forwarded-Server: edge-1
X-Forwarded-Uri: {uri}
X-Real-Ip: 203.0.113.7
Accept-Encoding: gzip

"""

# ingress-nginx: auth-url.
INGRESS = """\
GET /ingress HTTP/1.1
Host: gate.example.org
X-Request-ID: 4ad1b7c9e2f04c5fa2d24e7ab6d3c120
X-Original-URL: https://media.example.org{uri}
X-Original-Method: GET
X-Sent-From: nginx-ingress-controller
X-Real-IP: 203.0.113.7
X-Forwarded-For: 203.0.113.7
X-Auth-Request-Redirect: {uri}
Connection: close
user-agent: curl/8.5.0
accept: */*

"""

# Envoy: ext_authz with an HTTP service. It asks with the client's method, and without a body.
ENVOY = """\
{method} /envoy{uri} HTTP/1.1
host: media.example.org
content-length: 0
x-envoy-internal: true
x-forwarded-for: 203.0.113.7
x-envoy-expected-rq-timeout-ms: 1000

"""


@pytest.fixture
def ask(gate):
    def send(text, uri, method="GET"):
        request = text.format(uri=uri, method=method).replace("\n", "\r\n")
        with http1.Connection(gate.port()) as connection:
            response = connection.send(request.encode("latin-1"), is_head=method == "HEAD")
        return response.status

    return send


@pytest.mark.parametrize(
    ("proxy", "allowed", "missing", "expired"),
    [(TRAEFIK, 204, 400, 410), (INGRESS, 204, 403, 403), (ENVOY, 200, 403, 403)],
    ids=["traefik", "ingress-nginx", "envoy"],
)
def test_verdicts(ask, pair, proxy, allowed, missing, expired):
    token = pair.token("/video/*")
    assert ask(proxy, f"/video/1.mp4?pta={token}") == allowed
    assert ask(proxy, f"/video/caf%C3%A9.mp4?b=1&pta={token}&c") == allowed
    assert ask(proxy, "/video/1.mp4") == missing
    assert ask(proxy, f"/video/1.mp4?pta={pair.expired('/video/*')}") == expired
    assert ask(proxy, f"/secret?pta={token}") == 403


AMBIGUOUS = [
    "/video/../secret", "/video/%2e%2e/secret", "/video/%252e%252e/secret", "/video//1.mp4",
    "/video%2f1.mp4", "/video%252f1.mp4", "/video%5c1.mp4", "/video\\1.mp4", "/video/./1.mp4",
]  # fmt: skip


@pytest.mark.parametrize("path", AMBIGUOUS)
@pytest.mark.parametrize("proxy", [TRAEFIK, INGRESS, ENVOY], ids=["traefik", "ingress", "envoy"])
def test_paths_that_servers_read_differently(ask, pair, proxy, path):
    assert ask(proxy, f"{path}?pta={pair.token('/*')}") == 403


@pytest.mark.parametrize(
    "method", ["POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PROPFIND", "INVENTED"]
)
def test_envoy_asks_with_the_method_of_the_client(ask, pair, method):
    assert ask(ENVOY, f"/video/1.mp4?pta={pair.token('/video/*')}", method) == 200
    assert ask(ENVOY, "/video/1.mp4", method) == 403


@pytest.mark.parametrize(
    "path", ["/..", "/../index.html", "/%2e%2e/index.html", "/a/../../index.html?x", "//..//"]
)
def test_a_path_that_leaves_the_prefix(ask, gate, pair, path):
    """Envoy does not normalise paths by default. Debian's nginx has an index.html."""
    folder = gate.root / "html"
    folder.mkdir(exist_ok=True)
    (folder / "index.html").write_text("Welcome to nginx!")
    for query in ("", f"pta={pair.token('/*')}"):
        assert ask(ENVOY, f"{path}{'&' if '?' in path else '?'}{query}") == 403


def test_envoy_copies(ask, pair):
    token = pair.token("/*")
    assert ask(ENVOY, f"/video/1.mp4?pta={token}", "COPY") == 403
    assert ask(ENVOY, f"/video/1.mp4?pta={token}", "MOVE") == 403


def test_a_host_that_is_no_authority(ask, pair):
    text = INGRESS.replace("https://media.example.org", "https://{host}")
    for host in ("a?x=", "a#", "a@b", "", "[::1", "a b"):
        assert ask(text.replace("{host}", host), f"/video/1.mp4?pta={pair.token('/*')}") == 403
    for host in ("a:443", "[::1]:443", "A-b_c.d"):
        assert ask(text.replace("{host}", host), f"/video/1.mp4?pta={pair.token('/*')}") == 204


def test_bodies_and_connections(gate, pair):
    """A gate drops the body. If that fails, what is left is not read as a request."""
    target = f"/envoy/a?pta={pair.token('/a')}"
    head = f"POST {target} HTTP/1.1\r\nHost: a\r\n"
    inner = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"
    with http1.Connection(gate.port()) as connection:
        for body in ("", "x" * 100_000, inner):
            request = f"{head}Content-Length: {len(body)}\r\n\r\n{body}"
            assert connection.send(request.encode()).status == 200
        chunks = f"{head}Transfer-Encoding: chunked\r\n\r\n{len(inner):x}\r\n{inner}\r\n0\r\n\r\n"
        assert connection.send(chunks.encode()).status == 200
        assert connection.is_open
    asked = (
        f"POST /forward-auth HTTP/1.1\r\nHost: a\r\nX-Forwarded-Uri: /a?pta={pair.token('/a')}\r\n"
    )
    with http1.Connection(gate.port()) as connection:
        connection.write(f"{asked}Transfer-Encoding: chunked\r\n\r\nzz\r\n{inner}".encode())
        received, _ = connection.read_to_end()
    assert received.startswith(b"HTTP/1.1 403 ")
    assert received.count(b"HTTP/1.1 ") == 1


def test_others_may_not_ask(start, pair):
    """The recipe without the address of the test."""
    running = start(lambda text: text.replace("allow 127.0.0.1;", ""))
    for target in ("/forward-auth", "/ingress", "/envoy/a"):
        line = f"X-Forwarded-Uri: /a?pta={pair.token('/a')}"
        assert http1.get(running.port(), target, line).status == 403
