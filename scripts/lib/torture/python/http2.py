"""A small HTTP/2 client over clear text: many requests at once, and the status and body of each."""

import socket
import struct

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
REFUSED = 7
END_STREAM, ACK, END_HEADERS = 1, 1, 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
# Statuses that the static table of HPACK has.
INDEXED = {0x88: 200, 0x89: 204, 0x8A: 206, 0x8B: 304, 0x8C: 400, 0x8D: 404, 0x8E: 500}


def frame(kind, flags, stream, payload):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def integer(value, prefix, first=0):
    """HPACK's number in the last bits of a byte, and in more bytes where it does not fit."""
    limit = (1 << prefix) - 1
    if value < limit:
        return bytes([first | value])
    out = bytearray([first | limit])
    value -= limit
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def literal(index, value):
    """A field with a name of the static table, not put into the dynamic one."""
    return integer(index, 4) + integer(len(value), 7) + value


def header_block(path, cookies=(), method=b"GET"):
    method_field = {b"GET": b"\x82", b"POST": b"\x83"}.get(method) or literal(2, method)
    return method_field + b"\x86" + literal(4, path) + literal(1, b"localhost") + b"".join(literal(32, c) for c in cookies)


def status_of(block):
    while block and block[0] & 0xE0 == 0x20:  # a change of the table's size
        skip = 1
        if block[0] & 0x1F == 0x1F:
            while block[skip] & 128:
                skip += 1
            skip += 1
        block = block[skip:]
    if block[0] in INDEXED:
        return INDEXED[block[0]]
    if block[:2] == b"\x48\x03":
        return int(block[2:5])
    raise ValueError(f"no :status at the beginning of {block[:16].hex()}")


class Connection:
    """Requests are sent in rounds. `going` is set once the server takes no more; `last_taken` is the last stream that it took,
    if it said so (GOAWAY): those behind it may be asked for again elsewhere."""

    def __init__(self, port, timeout=15.0):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        window = frame(8, 0, 0, struct.pack(">I", 0x7FFF0000 - 65535))
        self.outgoing = PREFACE + frame(SETTINGS, 0, 0, b"") + window
        self.next_stream = 1
        self.going = False
        self.last_taken = None
        self.buffer = b""

    def close(self):
        self.socket.close()

    def round(self, blocks):
        """Sends a request for each header block. The answers, (status, body); None where none came; False where the server has
        said that it did not take the request."""
        first = self.next_stream
        self.next_stream += 2 * len(blocks)
        out = [self.outgoing]
        self.outgoing = b""
        for number, block in enumerate(blocks):
            out.append(frame(HEADERS, END_STREAM | END_HEADERS, first + 2 * number, block))
        answers = [None] * len(blocks)
        statuses, bodies, left = {}, {}, len(blocks)
        try:
            self.socket.sendall(b"".join(out))
        except OSError:
            self.going = True
        while left:
            try:
                received = self.socket.recv(262_144)
            except ConnectionError:
                received = b""
            if not received:
                self.going = True
                break
            data = self.buffer + received
            place, end = 0, len(data)
            while end - place >= 9:
                length = int.from_bytes(data[place : place + 3], "big")
                if end - place - 9 < length:
                    break
                kind, flags = data[place + 3], data[place + 4]
                stream = int.from_bytes(data[place + 5 : place + 9], "big")
                payload = data[place + 9 : place + 9 + length]
                place += 9 + length
                if kind == HEADERS:
                    statuses[stream] = status_of(payload)
                elif kind == DATA:
                    bodies[stream] = bodies.get(stream, b"") + payload
                elif kind == SETTINGS and not flags & ACK:
                    self.outgoing += frame(SETTINGS, ACK, 0, b"")
                elif kind == PING and not flags & ACK:
                    self.outgoing += frame(PING, ACK, 0, payload)
                elif kind == GOAWAY:
                    self.going = True
                    last = self.last_taken = int.from_bytes(payload[:4], "big") & 0x7FFFFFFF
                    error = int.from_bytes(payload[4:8], "big")
                    if error:
                        raise ValueError(f"GOAWAY with error {error}")
                    for number in range(len(blocks)):
                        if first + 2 * number > last and answers[number] is None:
                            answers[number] = False
                            left -= 1
                elif kind == RST_STREAM:
                    # NO_ERROR comes behind a whole answer.
                    if (error := int.from_bytes(payload, "big")) == REFUSED:
                        answers[(stream - first) // 2] = False
                        left -= 1
                    elif error:
                        raise ValueError(f"RST_STREAM with error {error}")
                if kind in (HEADERS, DATA) and flags & END_STREAM and stream in statuses:
                    answers[(stream - first) // 2] = (statuses.pop(stream), bodies.pop(stream, b""))
                    left -= 1
            self.buffer = data[place:]
        return answers
