"""HTTP/1.1 on a plain socket: sends what it is given, byte for byte."""

import dataclasses
import socket


def _request(method, target, header_lines):
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", *header_lines, "", ""]
    return "\r\n".join(lines).encode()


class NoResponse(ConnectionError):
    """nginx closed the connection before the first byte of a response."""


class BrokenOff(ConnectionError):
    """nginx closed the connection inside a response."""


@dataclasses.dataclass
class Response:
    status: int
    # Names in lower case; of several lines with one name, the last.
    headers: dict
    body: bytes
    # All header lines in their order, as pairs of a name in lower case and a value.
    lines: list
    # The status line and the header lines, as they came.
    head: bytes

    def joined(self, name):
        """The values of all lines with this name, with commas between them. None without one."""
        values = [value for found, value in self.lines if found == name]
        return ", ".join(values) if values else None


class Connection:
    """A connection that is opened when it is needed, and again after nginx has closed it."""

    def __init__(self, port, timeout=15, host="127.0.0.1"):
        self.port, self.timeout, self.host = port, timeout, host
        self.socket = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.socket:
            self.stream.close()
            self.socket.close()
            self.socket = None

    def get(self, target, *header_lines, method="GET"):
        """The response to a request; `header_lines` are added to it."""
        return self.send(_request(method, target, header_lines), is_head=method == "HEAD")

    def send(self, request, is_head=False):
        """The response to these bytes."""
        try:
            self.write(request)
        except (BrokenPipeError, ConnectionResetError) as error:
            self.close()
            raise NoResponse(str(error)) from error
        try:
            response = self.receive(is_head)
        except OSError:
            # What else comes is not the response to the next request.
            self.close()
            raise
        if response.headers.get("connection") == "close":
            self.close()
        return response

    @property
    def is_open(self):
        return self.socket is not None

    def write(self, data):
        """Sends these bytes, and does not wait for a response."""
        if not self.socket:
            address = (self.host, self.port)
            self.socket = socket.create_connection(address, timeout=self.timeout)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.stream = self.socket.makefile("rb")
        self.socket.sendall(data)

    def read(self, length):
        """So many bytes, or what comes until nginx closes the connection."""
        return self.stream.read(length)

    def read_to_end(self):
        """What comes until nginx closes the connection, and whether nginx resets it."""
        parts = []
        try:
            while part := self.stream.read1(65536):
                parts.append(part)
        except ConnectionResetError:
            return b"".join(parts), True
        return b"".join(parts), False

    def receive(self, is_head=False):
        try:
            line = self.stream.readline()
        except ConnectionError as error:
            raise NoResponse(str(error)) from error
        if not line:
            raise NoResponse("no response: the connection was closed")
        try:
            return self._receive(line, is_head)
        except ConnectionError as error:
            raise BrokenOff(str(error)) from error

    def _receive(self, line, is_head):
        if not line.startswith(b"HTTP/1.1 "):
            raise ConnectionError(f"no response: {line!r}")
        head, lines = [line], []
        while (line := self.stream.readline()) != b"\r\n":
            if not line.endswith(b"\n"):
                raise ConnectionError(f"the head ends with {line!r}")
            name, _, value = line.decode("latin-1").partition(":")
            lines.append((name.lower(), value.strip()))
            head.append(line)
        headers = dict(lines)
        body = b"" if is_head else self._body(headers)
        return Response(int(head[0][9:12]), headers, body, lines, b"".join(head))

    def _body(self, headers):
        if headers.get("transfer-encoding") == "chunked":
            parts = []
            while size := self._chunk_size():
                parts.append(self._exactly(size))
                self.stream.readline()
            # Trailers, and an empty line.
            while self.stream.readline().strip():
                pass
            return b"".join(parts)
        if "content-length" in headers:
            return self._exactly(int(headers["content-length"]))
        return b"" if headers.get("connection") != "close" else self.stream.read()

    def _chunk_size(self):
        line = self.stream.readline()
        if not line.endswith(b"\n"):
            raise ConnectionError(f"a chunk begins with {line!r}")
        return int(line, 16)

    def _exactly(self, length):
        found = self.stream.read(length)
        if len(found) < length:
            raise ConnectionError(f"{len(found)} of {length} bytes")
        return found


def get(port, target, *header_lines, method="GET"):
    """The response to one request on a connection of its own."""
    with Connection(port) as connection:
        return connection.get(target, *header_lines, method=method)


def get_to_end(port, target, *header_lines, method="GET", host="127.0.0.1"):
    """The response to one request that is in the access log, and whose memory is dropped.

    nginx does both when the client may have the response already, before it closes the connection.
    """
    with Connection(port, host=host) as connection:
        connection.write(_request(method, target, ["Connection: close", *header_lines]))
        response = connection.receive(is_head=method == "HEAD")
        connection.read_to_end()
        return response
