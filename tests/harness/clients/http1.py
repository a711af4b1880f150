"""HTTP/1.1 on a plain socket: sends what it is given, byte for byte."""

import dataclasses
import socket


class NoResponse(ConnectionError):
    """nginx has closed the connection instead of answering."""


@dataclasses.dataclass
class Response:
    status: int
    # Names in lower case; of several lines with one name, the last.
    headers: dict
    body: bytes
    # All header lines in their order, as pairs of a name in lower case and a value.
    lines: list

    def joined(self, name):
        """The values of all lines with this name, with commas between them. None without one."""
        values = [value for found, value in self.lines if found == name]
        return ", ".join(values) if values else None


class Connection:
    """A connection that is opened when it is needed, and again after nginx has closed it."""

    def __init__(self, port, timeout=15):
        self.port, self.timeout = port, timeout
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
        lines = [f"{method} {target} HTTP/1.1", "Host: localhost", *header_lines, "", ""]
        return self.send("\r\n".join(lines).encode(), is_head=method == "HEAD")

    def send(self, request, is_head=False):
        """The response to these bytes."""
        if not self.socket:
            address = ("127.0.0.1", self.port)
            self.socket = socket.create_connection(address, timeout=self.timeout)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.stream = self.socket.makefile("rb")
        self.socket.sendall(request)
        response = self.receive(is_head)
        if response.headers.get("connection") == "close":
            self.close()
        return response

    def receive(self, is_head=False):
        line = self.stream.readline()
        if not line:
            raise NoResponse("no response: the connection was closed")
        if not line.startswith(b"HTTP/1.1 "):
            raise ConnectionError(f"no response: {line!r}")
        lines = []
        while (header := self.stream.readline().decode("latin-1").rstrip("\r\n")) != "":
            name, _, value = header.partition(":")
            lines.append((name.lower(), value.strip()))
        headers = dict(lines)
        body = b"" if is_head else self._body(headers)
        return Response(int(line[9:12]), headers, body, lines)

    def _body(self, headers):
        if headers.get("transfer-encoding") == "chunked":
            parts = []
            while size := int(self.stream.readline(), 16):
                parts.append(self.stream.read(size))
                self.stream.readline()
            self.stream.readline()
            return b"".join(parts)
        if "content-length" in headers:
            return self.stream.read(int(headers["content-length"]))
        return b"" if headers.get("connection") != "close" else self.stream.read()


def get(port, target, *header_lines, method="GET"):
    """The response to one request on a connection of its own."""
    with Connection(port) as connection:
        return connection.get(target, *header_lines, method=method)
