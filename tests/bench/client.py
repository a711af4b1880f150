"""A client that does the same in every run: it reads each response before the next request."""

import re
import socket


def request_bytes(target, headers=()):
    """The bytes of a request. The port is not in it, so that its length is always the same."""
    lines = [f"GET {target} HTTP/1.1", "Host: localhost", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


class Client:
    """Keeps its connection as long as nginx does."""

    def __init__(self, port):
        self.port = port
        self.connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._close()

    def get(self, request, expected_status):
        """Sends the request; the body of the answer, whose status must be the expected one."""
        if self.connection is None:
            self.connection = socket.create_connection(("127.0.0.1", self.port), 60)
        self.connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._receive()
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(re.search(rb"(?i)\r\ncontent-length: (\d+)", head).group(1))
        while len(body) < length:
            body += self._receive()
        status = int(head.split(b" ", 2)[1])
        if status != expected_status:
            raise RuntimeError(f"status {status} instead of {expected_status} for {request!r}")
        if b"\r\nconnection: close" in head.lower():
            self._close()
        return body

    def _receive(self):
        data = self.connection.recv(65536)
        if not data:
            raise RuntimeError("nginx closed the connection in the middle of an answer")
        return data

    def _close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None
