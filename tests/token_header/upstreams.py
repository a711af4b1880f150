"""Upstreams of five protocols. They note the headers that they get, and answer nothing."""

import contextlib
import socket
import struct
import threading

from hpack import Decoder


class Incomplete(Exception):
    """More bytes must come."""


class Upstream:
    """Notes the headers of one request after the other: lists of pairs, names in lower case.

    `read` gets the bytes of a request, and returns its headers. It raises Incomplete if some are
    missing.
    """

    def __init__(self, read):
        self.read = read
        self.seen = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        # Wakes accept().
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                self._note(connection)

    def _note(self, connection):
        connection.settimeout(5)
        data = b""
        while part := connection.recv(65536):
            data += part
            with contextlib.suppress(Incomplete):
                self.seen.append(self.read(data))
                return


def part(data, start, length):
    if len(data) < start + length:
        raise Incomplete
    return data[start : start + length]


def number(data, start, form):
    return struct.unpack(form, part(data, start, struct.calcsize(form)))[0]


def http1(data):
    head, end, _ = data.partition(b"\r\n\r\n")
    if not end:
        raise Incomplete
    lines = [line.partition(b":") for line in head.split(b"\r\n")[1:]]
    return [(text(name), text(value.strip())) for name, _, value in lines]


def fastcgi(data):
    parameters, at = b"", 0
    while True:
        kind, length, padding = data_of(data, at, ">xBxxHBx")
        if kind == 5:
            return cgi(fastcgi_pairs(parameters))
        if kind == 4:
            parameters += part(data, at + 8, length)
        at += 8 + length + padding


def data_of(data, at, form):
    return struct.unpack(form, part(data, at, struct.calcsize(form)))


def fastcgi_pairs(data):
    at = 0

    def length():
        nonlocal at
        if data[at] < 128:
            at += 1
            return data[at - 1]
        at += 4
        return number(data, at - 4, ">I") & 0x7FFFFFFF

    while at < len(data):
        name, value = length(), length()
        yield data[at : at + name], data[at + name : at + name + value]
        at += name + value


def uwsgi(data):
    length = number(data, 1, "<H")
    content, at, texts = part(data, 4, length), 0, []
    while at < length:
        size = number(content, at, "<H")
        texts.append(part(content, at + 2, size))
        at += 2 + size
    return cgi(zip(texts[::2], texts[1::2], strict=True))


def scgi(data):
    length, _, rest = data.partition(b":")
    texts = part(rest, 0, int(length)).split(b"\0")[:-1]
    return cgi(zip(texts[::2], texts[1::2], strict=True))


def grpc(data):
    at, block = len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), b""
    while True:
        length = int.from_bytes(part(data, at, 3), "big")
        kind, flags = part(data, at, 9)[3:5]
        if kind in (1, 9):
            block += part(data, at + 9, length)
            if flags & 4:
                return [
                    (text(name), text(value)) for name, value in Decoder().decode(block, raw=True)
                ]
        at += 9 + length


def cgi(pairs):
    names = {name: value for name, value in pairs if name.startswith(b"HTTP_")}
    return [(text(name[5:]).replace("_", "-"), text(value)) for name, value in names.items()]


def text(data):
    return data.decode("latin-1").lower()


PROTOCOLS = {
    "proxy": (http1, "proxy_pass http://127.0.0.1:{port}"),
    "fastcgi": (fastcgi, "fastcgi_pass 127.0.0.1:{port}"),
    "uwsgi": (uwsgi, "uwsgi_pass 127.0.0.1:{port}"),
    "scgi": (scgi, "scgi_pass 127.0.0.1:{port}"),
    "grpc": (grpc, "grpc_pass 127.0.0.1:{port}"),
}
