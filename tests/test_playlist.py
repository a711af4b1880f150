"""pta_playlist with upstreams that are slow, cut off or strange, and with slow clients."""

import contextlib
import re
import socket
import threading
import time

import pytest

from harness.clients import http1

HTTP = """
    server {{
        listen 127.0.0.1:@port@;
        {keys}
        pta_playlist forward;
        pta_enable on;
        location / {{ alias html/; }}
        location /buffered/ {{ proxy_pass http://127.0.0.1:{port}; }}
        location /unbuffered/ {{ proxy_buffering off; proxy_pass http://127.0.0.1:{port}; }}
        location /11/ {{ proxy_http_version 1.1; proxy_pass http://127.0.0.1:{port}; }}
        location /ssi/ {{ ssi on; ssi_types *; alias html/ssi/; }}
        location /late/ {{
            pta_playlist_max_size 1200; error_page 500 502 = @other; alias html/;
        }}
        location @other {{ proxy_pass http://127.0.0.1:{port}; }}
        location = /part {{ return 200 part; }}
    }}
"""
WAYS = ["buffered", "unbuffered", "11"]
LINES = 40
PLAYLIST = "#EXTM3U\n" + "".join(f"#EXTINF:6,\nseg{number}.ts\n" for number in range(LINES))
LONG = "#EXTM3U\n" + "".join(f"#EXTINF:6,\nseg{number}.ts\n" for number in range(60_000))


class Upstream:
    """Answers each request by the pieces of `answer`, and closes the connection."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.answer = []
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client, contextlib.suppress(OSError):
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                request = b""
                while b"\r\n\r\n" not in request:
                    request += client.recv(65536)
                for piece in self.answer:
                    if isinstance(piece, float):
                        time.sleep(piece)
                    else:
                        client.sendall(piece)

    def close(self):
        self.listener.close()


@pytest.fixture
def upstream():
    with contextlib.closing(Upstream()) as running:
        yield running


@pytest.fixture
def running(site, pair, upstream):
    """A site, and the target of a playlist in one of its locations."""
    http = HTTP.format(keys=pair.directives(), port=upstream.port)
    files = {
        "a.m3u8": PLAYLIST,
        "long.m3u8": LONG,
        "ssi/a.m3u8": '#EXTM3U\n<!--# include virtual="/part" -->\nseg.ts\n',
    }
    return site(http, files=files)


def signed(playlist, token):
    return re.sub(r"(?m)^seg.*", rf"\g<0>?pta={token}", playlist).encode()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: audio/x-mpegurl\r\nConnection: close\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def chunks(data, size):
    return [chunk(data[at : at + size]) for at in range(0, len(data), size)]


BODY = PLAYLIST.encode()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "answer",
    [
        [CHUNKED, *chunks(BODY, 1), END],
        [CHUNKED, *chunks(BODY, 7), END],
        [
            CHUNKED,
            0.2,
            chunk(BODY[:20]),
            0.2,
            chunk(BODY[20:500]),
            0.2,
            chunk(BODY[500:]),
            0.2,
            END,
        ],
        [HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY), 0.2, BODY[:300], 0.2, BODY[300:]],
        [HEAD + b"\r\n", BODY[:300], 0.2, BODY[300:]],
        [HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY],
    ],
    ids=["a byte", "some bytes", "over time", "with a length", "by the end", "at once"],
)
def test_an_answer_in_pieces(running, upstream, pair, way, answer):
    upstream.answer = answer
    token = pair.token("/*")
    response = http1.get(running.port(), f"/{way}/a.m3u8?pta={token}")
    assert response.status == 200
    assert response.body == signed(PLAYLIST, token)
    assert response.headers["content-length"] == str(len(response.body))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "answer",
    [
        [CHUNKED, chunk(BODY)],
        [CHUNKED, chunk(BODY[:100]), 0.1, b"x"],
        [HEAD + b"Content-Length: %d\r\n\r\n" % (len(BODY) + 1) + BODY],
        [HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY), 0.1, BODY[:100], 0.1],
        [HEAD + b"Content-Length: 9\r\n\r\n"],
    ],
    ids=["no last chunk", "no chunk", "a byte is missing", "the rest is missing", "no body"],
)
def test_an_answer_that_is_cut(running, upstream, pair, way, answer):
    """Nothing goes out: a client would take the beginning for a whole playlist."""
    upstream.answer = answer
    with pytest.raises(http1.NoResponse):
        http1.get(running.port(), f"/{way}/a.m3u8?pta={pair.token('/*')}")


def test_a_body_of_subrequests(running, pair):
    with pytest.raises(http1.NoResponse):
        http1.get(running.port(), f"/ssi/a.m3u8?pta={pair.token('/*')}")
    assert "pta: playlist not sent, SSI" in running.read()


@pytest.mark.parametrize("answer", [[HEAD + b"Content-Length: 4\r\n\r\npage"]])
def test_a_late_refusal_with_an_error_page_of_an_upstream(running, upstream, pair, answer):
    """Once the body has come, nginx does not wait for another upstream. Nothing wrong goes out."""
    upstream.answer = answer
    with pytest.raises(http1.NoResponse):
        http1.get(running.port(), f"/late/a.m3u8?pta={pair.token('/*')}")
    assert "with its tokens, it would be longer than 1200 bytes" in running.read()


def test_several_requests_at_once(running, pair):
    """Pipelining: each response has its own token."""
    tokens = [pair.token("/*"), pair.token("/a*"), pair.token("/*.m3u8"), pair.token("/*")]
    request = "".join(f"GET /a.m3u8?pta={token} HTTP/1.1\r\nHost: a\r\n\r\n" for token in tokens)
    with http1.Connection(running.port()) as connection:
        connection.write(request.encode())
        bodies = [connection.receive().body for _ in tokens]
    assert bodies[0] == bodies[3] == signed(PLAYLIST, tokens[0])
    # These tokens do not allow the segments.
    assert bodies[1] == bodies[2] == PLAYLIST.encode()


def test_a_slow_reader(running, pair):
    """The sockets take only a part of the response, and nginx sends the rest from memory."""
    token = pair.token("/*")
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", running.port()))
        lines = f"GET /long.m3u8?pta={token} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        client.sendall(lines.encode())
        parts = []
        for number in range(10_000):
            if number < 20:
                time.sleep(0.02)
            part = client.recv(65536)
            if not part:
                break
            parts.append(part)
    head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    assert b"200 OK" in head
    assert body == signed(LONG, token)


def test_a_client_that_goes_away(running, upstream, pair):
    """The worker goes on."""
    upstream.answer = [CHUNKED, chunk(BODY[:50]), 0.3, chunk(BODY[50:]), END]
    workers = running.workers()
    for way in WAYS:
        with socket.create_connection(("127.0.0.1", running.port())) as client:
            client.sendall(
                f"GET /{way}/a?pta={pair.token('/*')} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
            )
            time.sleep(0.1)
    time.sleep(0.5)
    assert http1.get(running.port(), f"/a.m3u8?pta={pair.token('/*')}").status == 200
    assert running.workers() == workers
