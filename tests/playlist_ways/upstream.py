"""An upstream that answers byte for byte what a test wants, and breaks off where it wants."""

import contextlib
import dataclasses
import gzip
import socket
import struct
import threading
import time

PLAYLIST = (
    b"#EXTM3U\n"
    + b"".join(b"#EXTINF:6,\nseg%05d.ts\n" % number for number in range(300))
    + b"#EXT-X-ENDLIST\n"
)
PACKED = gzip.compress(PLAYLIST)

TYPE = "Content-Type: application/vnd.apple.mpegurl"
# What must not remain of the header of the unsigned playlist.
VALIDATORS = [
    'ETag: "abc"',
    "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT",
    "Accept-Ranges: bytes",
    "Cache-Control: public, max-age=60",
    "Expires: Thu, 01 Jan 2037 00:00:00 GMT",
]
CHUNKED = "Transfer-Encoding: chunked"
WHOLE = f"Content-Range: bytes 0-{len(PLAYLIST) - 1}/{len(PLAYLIST)}"
PIECE = f"Content-Range: bytes 0-99/{len(PLAYLIST)}"

# Bytes after which the upstream waits for a moment, so that nginx reads them alone.
MOMENT = 0.002


@dataclasses.dataclass(frozen=True)
class Answer:
    """What the upstream sends, in pieces."""

    pieces: list
    # whole: the playlist. packed: the same by gzip. none: everything else.
    content: str = "whole"
    # Whether the connection is reset at the end.
    resets: bool = False


def head(*lines, status="200 OK", type_line=TYPE, length=None):
    lines = [type_line, *VALIDATORS, *lines]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()


def chunks(data, end=b"0\r\n\r\n"):
    parts = [data[at : at + 1000] for at in range(0, len(data), 1000)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + end


def whole(*lines, **options):
    """The playlist with its length."""
    return Answer([head(*lines, length=len(PLAYLIST), **options) + PLAYLIST])


def packed(*lines):
    return Answer([head(*lines, length=len(PACKED)) + PACKED], "packed")


def none(*pieces, resets=False):
    return Answer(list(pieces), "none", resets)


HALF = PLAYLIST[: len(PLAYLIST) // 2]
PARTIAL = "206 Partial Content"

ANSWERS = {
    "length": whole(),
    "length-pieces": Answer([head(length=len(PLAYLIST)), HALF, PLAYLIST[len(HALF) :]]),
    "chunks": Answer([head(CHUNKED), chunks(PLAYLIST)]),
    "close": Answer([head() + PLAYLIST]),
    "unbuffered": Answer([head("X-Accel-Buffering: no", CHUNKED), chunks(HALF, b""),
                          chunks(PLAYLIST[len(HALF):])]),
    "trailer": Answer([head(CHUNKED, "Trailer: Content-Digest"),
                       chunks(PLAYLIST, b"0\r\nContent-Digest: x\r\n\r\n")]),
    "range-whole": whole(WHOLE, status=PARTIAL),
    "range-of-200": whole(PIECE),
    "identity": whole("Content-Encoding: identity"),
    "digests": whole("Content-MD5: a", "Digest: b", "Repr-Digest: c", "Content-Digest: d"),
    "for-caches": whole("CDN-Cache-Control: max-age=60", "Surrogate-Control: max-age=60",
                        "X-Accel-Expires: 60"),
    "type-in-capitals": whole(type_line="Content-Type: Application/X-MpegURL ; charset=utf-8"),
    "other-type": whole(type_line="Content-Type: text/plain"),
    "surplus": Answer([head(length=len(PLAYLIST)) + PLAYLIST + b"seg99999.ts\n"]),
    "gzip": packed("Content-Encoding: gzip"),
    "gzip-in-capitals": packed("Content-Encoding: GZIP"),
    "x-gzip": none(head("Content-Encoding: x-gzip", length=len(PACKED)) + PACKED),
    "gzip-identity": none(head("Content-Encoding: gzip, identity", length=len(PACKED)) + PACKED),
    "identity-and-gzip": packed("Content-Encoding: identity", "Content-Encoding: gzip"),
    "gzip-cut": none(head("Content-Encoding: gzip", CHUNKED), chunks(PACKED[: len(PACKED) // 2])),
    "br": none(head("Content-Encoding: br", length=len(PLAYLIST)) + PLAYLIST),
    "length-cut": none(head(length=len(PLAYLIST)) + HALF),
    "length-nothing": none(head(length=len(PLAYLIST))),
    "length-reset": none(head(length=len(PLAYLIST)) + HALF, resets=True),
    "chunks-cut": none(head(CHUNKED), chunks(HALF, b"")),
    "chunks-without-end": none(head(CHUNKED), chunks(PLAYLIST, b"")),
    "chunks-wrong": none(head(CHUNKED), chunks(HALF, b"zz\r\n")),
    "chunks-reset": none(head(CHUNKED), chunks(HALF, b""), resets=True),
    "close-reset": none(head() + HALF, resets=True),
    "range-piece": none(head(PIECE, status=PARTIAL, length=100) + PLAYLIST[:100]),
    "range-unknown": none(head(status=PARTIAL, length=100) + PLAYLIST[:100]),
    "range-contradicts": none(head(WHOLE, PIECE, status=PARTIAL, length=100) + PLAYLIST[:100]),
    "range-other-length": none(head(WHOLE, status=PARTIAL, length=100) + PLAYLIST[:100]),
    "range-whole-and-piece": none(head(WHOLE, PIECE, status=PARTIAL, length=len(PLAYLIST))
                                  + PLAYLIST),
    "404": none(head(status="404 Not Found", length=5) + b"sorry"),
    "416": none(head(status="416 Range Not Satisfiable", length=5) + b"sorry"),
    "304": none(head(status="304 Not Modified")),
}  # fmt: skip


class Upstream:
    """Gives the answer that the last part of the path names, without its extension."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        # nginx may close the connection at any time.
        with connection, contextlib.suppress(OSError):
            request = b""
            while b"\r\n\r\n" not in request:
                got = connection.recv(65536)
                if not got:
                    return
                request += got
            method, target = request.split(b" ", 2)[:2]
            name = target.partition(b"?")[0].rpartition(b"/")[2].partition(b".")[0].decode()
            answer = ANSWERS[name]
            for number, piece in enumerate(answer.pieces):
                if number:
                    time.sleep(MOMENT)
                if method == b"HEAD":
                    connection.sendall(piece.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
                    return
                connection.sendall(piece)
            if answer.resets:
                time.sleep(MOMENT)
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
