"""HTTP/3 on aioquic, without its event loop: the test decides what is sent, and when.

aioquic does not look at the header fields of a request, so that a test can send malformed ones.
"""

import dataclasses
import socket
import ssl
import time

from aioquic.h3.connection import H3_ALPN, ErrorCode, H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.connection import QuicConnection
from aioquic.quic.events import ConnectionTerminated, HandshakeCompleted, StreamReset


@dataclasses.dataclass
class Response:
    """What has come on a stream so far."""

    status: int | None = None
    headers: dict = dataclasses.field(default_factory=dict)
    # All fields in their order, as pairs of a name and a value.
    fields: list = dataclasses.field(default_factory=list)
    body: bytes = b""
    # Complete, or reset by the server.
    is_over: bool = False
    # The error code with which the server reset the stream.
    reset: int | None = None


class ConnectionClosed(Exception):
    """The server closed the connection."""


class Http3(H3Connection):
    def _check_content_length(self, stream):
        """A response to HEAD has a length and no body, which aioquic does not expect."""


class Connection:
    """One QUIC connection."""

    def __init__(self, port, host="localhost", seconds=15):
        self.host, self.seconds = host, seconds
        self.socket = socket.socket(type=socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port))
        self.address = ("127.0.0.1", port)
        configuration = QuicConfiguration(
            alpn_protocols=H3_ALPN, server_name=host, verify_mode=ssl.CERT_NONE
        )
        self.quic = QuicConnection(configuration=configuration)
        self.h3 = Http3(self.quic)
        self.responses = {}
        self.terminated = None
        self.is_connected = False
        self.quic.connect(self.address, now=time.monotonic())
        self.wait(lambda: self.is_connected, "the handshake is not complete")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Tells the server that the connection is over."""
        if not self.terminated:
            self.quic.close(ErrorCode.H3_NO_ERROR)
            self.flush()
        self.vanish()

    def vanish(self):
        """Stops without closing the connection."""
        self.socket.close()

    # ---- what is sent

    def headers(self, path, *fields, method="GET", authority=None):
        """The header fields of a well-formed request."""
        return [
            (b":method", method.encode()),
            (b":scheme", b"https"),
            (b":authority", (authority or self.host).encode()),
            (b":path", path.encode()),
            *((name.encode(), value.encode()) for name, value in fields),
        ]

    def send(self, headers, body=None, is_last=True):
        """Sends a request with these fields on a new stream, and returns the stream's number."""
        stream = self.quic.get_next_available_stream_id()
        self.responses[stream] = Response()
        self.h3.send_headers(stream, headers, end_stream=is_last and body is None)
        if body is not None:
            self.h3.send_data(stream, body, end_stream=is_last)
        self.flush()
        return stream

    def reset(self, stream):
        """Resets a request that is not complete."""
        self.quic.reset_stream(stream, ErrorCode.H3_REQUEST_CANCELLED)
        self.flush()

    def stop(self, stream):
        """Asks the server to stop sending a response."""
        self.quic.stop_stream(stream, ErrorCode.H3_REQUEST_CANCELLED)
        self.flush()

    # ---- what is received

    def receive(self, stream):
        """The response on a stream, when it is over."""
        return self.receive_all([stream])[0]

    def receive_all(self, streams):
        found = [self.responses[stream] for stream in streams]
        self.wait(lambda: all(r.is_over for r in found), "a response is missing")
        return found

    def get(self, path, *fields, **options):
        """The response to a well-formed request."""
        return self.receive(self.send(self.headers(path, *fields, **options)))

    def wait(self, condition, otherwise):
        end = time.monotonic() + self.seconds
        while not condition():
            if self.terminated:
                raise ConnectionClosed(f"{self.terminated}; {otherwise}")
            if time.monotonic() > end:
                raise TimeoutError(otherwise)
            self.step(end)

    def step(self, end):
        """Sends pending datagrams, and waits for a datagram or a timer."""
        self.flush()
        timer = min(self.quic.get_timer() or end, end)
        self.socket.settimeout(max(timer - time.monotonic(), 0.001))
        try:
            data = self.socket.recv(65536)
        except TimeoutError:
            self.quic.handle_timer(now=time.monotonic())
        else:
            self.quic.receive_datagram(data, self.address, now=time.monotonic())
        while event := self.quic.next_event():
            self.note(event)
        self.flush()

    def flush(self):
        for data, _ in self.quic.datagrams_to_send(now=time.monotonic()):
            self.socket.send(data)

    def note(self, event):
        if isinstance(event, HandshakeCompleted):
            self.is_connected = True
        if isinstance(event, ConnectionTerminated):
            self.terminated = event
        if isinstance(event, StreamReset) and event.stream_id in self.responses:
            response = self.responses[event.stream_id]
            response.is_over, response.reset = True, event.error_code
        for part in self.h3.handle_event(event):
            response = self.responses.get(getattr(part, "stream_id", None))
            if response is None:
                continue
            if isinstance(part, HeadersReceived):
                response.fields = [(name.decode(), value.decode()) for name, value in part.headers]
                response.headers = dict(response.fields)
                response.status = int(response.headers[":status"])
                response.is_over = part.stream_ended
            elif isinstance(part, DataReceived):
                response.body += part.data
                response.is_over = part.stream_ended


def get(port, path, *fields, **options):
    """The response to one request on a connection of its own."""
    with Connection(port) as connection:
        return connection.get(path, *fields, **options)
