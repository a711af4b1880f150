"""HTTP/2 over clear text on the package h2: many requests at once on one connection.

The header fields of a request are sent as they are, so that a test can send malformed ones.
"""

import dataclasses
import socket
from typing import ClassVar

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import ConnectionTerminated, DataReceived, ResponseReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError
from hpack import Encoder, NeverIndexedHeaderTuple

# Instead of a response: the server said that it did not take the request (GOAWAY, REFUSED_STREAM).
NOT_TAKEN = "not taken"

WINDOW = 2**31 - 1
DEFAULT_WINDOW = 2**16 - 1


@dataclasses.dataclass
class Response:
    status: int
    # Names and values in their order, without the status.
    fields: list
    body: bytes = b""

    @property
    def headers(self):
        """Of several fields with one name, the last."""
        return dict(self.fields)

    def joined(self, name):
        """The values of all fields with this name, with commas between them. None without one."""
        values = [value for found, value in self.fields if found == name]
        return ", ".join(values) if values else None


class ServerError(Exception):
    """The server violated the protocol, or reported an error by GOAWAY or RST_STREAM."""


class Http2(H2Connection):
    def _receive_goaway_frame(self, frame):
        """h2 accepts no frame after a GOAWAY. nginx still answers the requests that it took."""
        event = ConnectionTerminated()
        event.error_code, event.last_stream_id = frame.error_code, frame.last_stream_id
        return [], [event]


class PlainEncoder(Encoder):
    """Sends texts as they are."""

    def encode(self, headers, huffman=False):
        return super().encode(headers, huffman)


class Connection:
    """One connection. `is_closing` is set once the server accepts no more requests on it.

    `huffman`: the client compresses texts. Without it, long ones take a third of the time.
    """

    CONFIGURATION: ClassVar = H2Configuration(
        client_side=True,
        header_encoding=None,
        validate_outbound_headers=False,
        normalize_outbound_headers=False,
    )

    def __init__(self, port, timeout=15, huffman=True):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.h2 = Http2(config=self.CONFIGURATION)
        if not huffman:
            self.h2.encoder = PlainEncoder()
        self.h2.initiate_connection()
        self.h2.increment_flow_control_window(WINDOW - DEFAULT_WINDOW)
        self.is_closing = False
        # By stream: the response so far.
        self.responses = {}
        # Streams that have no complete response yet.
        self.open = set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def get(self, target, *fields, method="GET", body=b"", authority="localhost"):
        """The response to one request. `fields` are pairs that are added to it."""
        header = header_of(target, *fields, method=method, authority=authority)
        return self.exchange([(header, body)])[0]

    def exchange(self, requests):
        """Sends header fields with a body each, all at once.

        Returns for each request its response, NOT_TAKEN, or None if no complete response came.
        """
        streams = [self._send(header, body) for header, body in requests]
        self.open = set(streams)
        try:
            self._flush()
            while self.open and self._receive():
                self._flush()
        except ConnectionError:
            self.is_closing = True
        found = [None if s in self.open else self.responses[s] for s in streams]
        self.responses.clear()
        return found

    def _send(self, header, body):
        stream = self.h2.get_next_available_stream_id()
        self.h2.send_headers(stream, header, end_stream=not body)
        if body:
            self.h2.send_data(stream, body, end_stream=True)
        return stream

    def _flush(self):
        if data := self.h2.data_to_send():
            self.socket.sendall(data)

    def _receive(self):
        """Whether the connection is still open."""
        data = self.socket.recv(2**18)
        if not data:
            self.is_closing = True
            return False
        try:
            events = self.h2.receive_data(data)
        except ProtocolError as error:
            raise ServerError(repr(error)) from error
        for event in events:
            self._note(event)
        return True

    def _note(self, event):
        if isinstance(event, ResponseReceived):
            (_, status), *fields = event.headers
            texts = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in fields]
            self.responses[event.stream_id] = Response(int(status), texts)
        elif isinstance(event, DataReceived):
            self.responses[event.stream_id].body += event.data
            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamEnded):
            self.open.discard(event.stream_id)
        elif isinstance(event, StreamReset):
            self._note_reset(event)
        elif isinstance(event, ConnectionTerminated):
            self.is_closing = True
            if event.error_code != ErrorCodes.NO_ERROR:
                raise ServerError(f"GOAWAY with {event.error_code!r}")
            for stream in [stream for stream in self.open if stream > event.last_stream_id]:
                self._not_taken(stream)

    def _note_reset(self, event):
        if event.error_code == ErrorCodes.REFUSED_STREAM:
            self._not_taken(event.stream_id)
        # NO_ERROR comes after a complete response.
        elif event.error_code != ErrorCodes.NO_ERROR:
            raise ServerError(f"RST_STREAM with {event.error_code!r}")

    def _not_taken(self, stream):
        self.responses[stream] = NOT_TAKEN
        self.open.discard(stream)


def header_of(target, *fields, method="GET", authority="localhost"):
    """The header fields of a request. Those that may have a token are never indexed."""
    return [
        (b":method", as_bytes(method)),
        (b":scheme", b"http"),
        NeverIndexedHeaderTuple(b":path", as_bytes(target)),
        (b":authority", as_bytes(authority)),
        *(NeverIndexedHeaderTuple(as_bytes(n), as_bytes(v)) for n, v in fields),
    ]


def as_bytes(value):
    return value.encode("latin-1") if isinstance(value, str) else value
