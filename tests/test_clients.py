"""The clients notice what a server does wrong, and agree with each other."""

import socket
import threading

import pytest

from harness.clients import http1, http2

# What a server sends before it closes the connection, and what the client makes of it.
ENDS = [
    (b"", http1.NoResponse),
    (b"HTTP/1.1 200 OK\r\nConte", http1.BrokenOff),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", http1.BrokenOff),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", http1.BrokenOff),
    (b"What?\r\n\r\n", http1.BrokenOff),
]


@pytest.mark.parametrize(("data", "error"), ENDS)
def test_http1_notices_a_connection_that_ends(data, error):
    def serve():
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(data)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        with http1.Connection(listener.getsockname()[1]) as client, pytest.raises(error):
            client.get("/")
        thread.join()
    assert not client.is_open


SERVER = """
    large_client_header_buffers 4 16k;
    server {{
        {listen}
        location /echo {{ return 200 "$request_method $request_uri $http_x_a $http_cookie"; }}
    }}
"""


@pytest.fixture
def server(site, nginx):
    http = SERVER.format(listen=nginx.listen_on_both())
    return site(http, files={"large": bytes(300_000), "small": "content"})


@pytest.mark.parametrize("huffman", [True, False])
def test_http1_and_http2_agree(server, huffman):
    target = "/echo?" + "a" * 5000
    over_http1 = http1.get(server.port("http1"), target, "X-A: é", "Cookie: b=c")
    with http2.Connection(server.port("http2"), huffman=huffman) as client:
        over_http2 = client.get(target, ("x-a", "é".encode()), ("cookie", "b=c"))
        head = client.get("/small", method="HEAD")
        refused = client.get("/small", method="POST", body=b"body")
    assert over_http1.body == over_http2.body == f"GET {target} é b=c".encode()
    assert (head.status, head.headers["content-length"], head.body) == (200, "7", b"")
    assert refused.status == 405


def test_http2_many_requests_at_once(server):
    """All responses together are longer than the first window of a connection."""
    paths = ["/large", "/small", "/none"] * 5
    with http2.Connection(server.port("http2")) as client:
        found = client.exchange([(http2.header_of(path), b"") for path in paths])
        lengths = {"/large": (200, 300_000), "/small": (200, 7), "/none": (404, None)}
        for path, response in zip(paths, found, strict=True):
            status, length = lengths[path]
            assert response.status == status
            assert length is None or len(response.body) == length


def test_http2_notices_a_server_that_closes(server):
    with http2.Connection(server.port("http2")) as client:
        assert client.get("/small").status == 200
        assert not client.is_closing
        # nginx closes idle connections when their worker shuts down.
        server.reload()
        assert client.exchange([(http2.header_of("/small"), b"")])[0] in (None, http2.NOT_TAKEN)
        assert client.is_closing
