"""Pipelined HTTP/1.1: a batch of requests in one write, and all bytes of all answers compared with what is expected."""

import re
import socket

# As long as a real one, so that answers keep their length.
MASKED_DATE = b"Date: ***, ** *** **** **:**:** GMT"
DATE = re.compile(rb"Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT")


def masked(data):
    """The answers without the time of day."""
    found = DATE.search(data)
    if found:
        # Nearly always all of them are of the same second.
        data = data.replace(found[0], MASKED_DATE)
    return data if data.count(b"Date: ") == data.count(MASKED_DATE) else DATE.sub(MASKED_DATE, data)


def connect(port, timeout=15.0):
    connection = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def receive(connection, length):
    """This many bytes, or what came until the other side closed."""
    parts = []
    while length > 0:
        part = connection.recv(min(length, 1 << 20))
        if not part:
            break
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def receive_one(connection):
    """One whole answer: status, head and body; None if the connection was closed before its first byte."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            if data:
                raise ValueError(f"closed inside a head: {data!r}")
            return None
        data += part
    head, body = data.split(b"\r\n\r\n", 1)
    length = re.search(rb"\r\ncontent-length: (\d+)", head, re.I)
    wanted = int(length[1]) if length else 0
    body += receive(connection, wanted - len(body))
    if len(body) != wanted:
        raise ValueError(f"body of {len(body)} bytes instead of {wanted}: {head!r}")
    return int(head[9:12]), head, body
