"""What a response must be, whatever has happened on its way."""

import gzip
import re

from playlist_ways.upstream import ANSWERS, PLAYLIST
from playlist_ways.ways import LOCATIONS

# The file that takes the place of an error.
OTHER = b"#EXTM3U\n#EXTINF:6,\nother.ts\n"

# Header lines about the unsigned playlist.
GONE = {
    "etag", "last-modified", "accept-ranges", "content-range", "expires", "content-md5", "digest",
    "content-digest", "repr-digest", "cdn-cache-control", "surrogate-control", "x-accel-expires",
}  # fmt: skip


def signed(playlist, token):
    return re.sub(rb"(?m)^([^#\n]+)$", rb"\1?pta=" + token.encode(), playlist)


def allowed(location, answer, token):
    """The playlists that a client may get, None if unknown; whether it must get one."""
    way = LOCATIONS[location]
    content = "whole" if answer == "file" else ANSWERS[answer].content
    if answer == "range-other-length" and way.hides_length:
        # Only the length shows that this upstream is wrong.
        return None, False
    is_good = content == "whole" or (content == "packed" and way.unpacks)
    texts = {signed(PLAYLIST, token)} if is_good else set()
    if way.replaces and not is_good:
        texts = {signed(OTHER, token)}
    return texts, is_good and not way.may_refuse


def fault(location, answer, client, response, token):
    """What is wrong with a response, or None. `response` is None if the connection was closed."""
    texts, must = allowed(location, answer, token)
    if texts is None:
        return None
    if response is None:
        return "no response" if must else None
    if client == "HEAD":
        return header_fault(response) if response.status == 200 and texts else None
    body = response.body
    if response.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    if b"#EXTM3U" not in body and b".ts" not in body:
        return f"status {response.status} and no playlist" if must else None
    if body not in texts:
        return f"status {response.status} with a wrong playlist of {len(body)} bytes"
    if response.status != 200:
        return f"status {response.status} with a playlist"
    return header_fault(response)


def header_fault(response):
    found = GONE & response.headers.keys()
    if found:
        return f"the header still has {sorted(found)}"
    if response.joined("cache-control") != "private, no-cache":
        return f"Cache-Control: {response.joined('cache-control')}"
    return None
