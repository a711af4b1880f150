"""The requests of a player, from the access log, and what is wrong with them."""

import dataclasses
import re

LOG_FORMAT = (
    "log_format players '$server_name $request_method $uri $status $pta_status $pta_source "
    '"$http_range"\';'
)


@dataclasses.dataclass(frozen=True)
class Request:
    """A line of the access log."""

    server: str
    method: str
    path: str
    status: int
    verdict: str
    source: str
    range: str

    @classmethod
    def of(cls, line):
        server, method, path, status, verdict, source, part = line.split(" ", 6)
        return cls(server, method, path, int(status), verdict, source, part.strip('"'))

    def has(self, piece):
        """Whether it asks for this piece, among others."""
        if self.path != piece.path or self.status not in (200, 206):
            return False
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", self.range)
        if piece.start is None or not found:
            return True
        return int(found[1]) <= piece.start <= int(found[2] or piece.start)


def wrong_requests(stream, requests, mode):
    """Requests that must not be, line by line."""
    kinds = stream.kinds
    seen = set()
    if requests and requests[0].path != stream.entry:
        yield f"begins with {requests[0]}"
    for request in requests:
        kind = kinds.get(request.path)
        allowed = mode.allowed(kind) if kind else ()
        found = (request.status, request.verdict, request.source)
        if request.method != "GET" or found not in allowed:
            yield f"{kind}: {request}"
        if not parents(stream, request.path) & seen and kind != "master":
            yield f"nothing seen so far refers to it: {request}"
        seen.add(request.path)


def parents(stream, path):
    """What refers to it."""
    return {
        stream.entry if path == variant.playlist else variant.playlist
        for variant in stream.variants
        if path
        in {variant.playlist, *(p.path for p in [*variant.before.values(), *variant.segments])}
    }


def missing_requests(stream, requests):
    """Pieces without which nothing can have been played."""

    def has(piece):
        return any(request.has(piece) for request in requests)

    for group in sorted({variant.group for variant in stream.variants}):
        variants = [variant for variant in stream.variants if variant.group == group]
        # hls.js measures its bandwidth by a segment of a variant that it does not play.
        playable = [v for v in variants if all(map(has, v.before.values()))]
        if not playable:
            yield f"no variant of {group} has all that a player needs before the first segment"
        for number, pieces in enumerate(zip(*(v.segments for v in playable), strict=True)):
            if not any(map(has, pieces)):
                yield f"no request for segment {number} of {group}"
