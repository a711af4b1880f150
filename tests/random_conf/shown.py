"""What a response shows of its way, and the kinds of ways that are counted."""

import dataclasses
import re

from random_conf import trace
from random_conf.model import BOUND_ARGUMENT

CONTENT = re.compile(rb"([LR])(\d+)\n")
ROOT = re.compile(r"/L(\d+)$")


def content_of(response):
    """What a response shows: "L" for a location's own content, "R" for that of its `return`, or "";
    and the number of the location."""
    root = ROOT.search(response.headers.get("root", ""))
    number = int(root[1]) if root else None
    found = CONTENT.fullmatch(response.body)
    if found:
        return found[1].decode(), int(found[2])
    # A response to HEAD has only the length of the content. nginx's own pages are longer.
    length = str(len(f"L{number}\n"))
    if root and not response.body and response.headers.get("content-length") == length:
        return ("L" if {"etag", "upstream"} & set(response.headers) else "R"), number
    return "", number


def is_first_location(request, blocks, number, trace_, at):
    """Whether the request was answered in the first location that it has entered, and limit_except
    was in force there."""
    block = blocks.get(f"L{number}")
    if not block or trace_ or block.match.startswith("@"):
        return False
    uri, _, arguments = at.partition(";")
    is_there = uri == request.path and not trace.markers_in(arguments)
    return is_there and block.limits_now(request.method)


def kinds_of_tokens(request, arrivals):
    """The kinds of tokens that have opened protected locations."""
    for arrival in arrivals:
        for entry in arrival.entries:
            block = entry.in_force
            if not block.enforces:
                continue
            token = request.token_for(block, entry.arguments)
            if not token:
                continue
            if token.seal:
                yield "opened by a sealed token"
                if token.seal.values:
                    yield "opened by a bound token"
                if BOUND_ARGUMENT in (block.get("bind") or ()):
                    yield "opened by a token that is bound to an argument"
            without = dataclasses.replace(request, headers=[])
            if not without.is_allowed_by(block, entry.arguments):
                yield "opened by a token that is in a header"


def kinds_of_limits(request, block, cause):
    """The kinds of limit_except in which content was served."""
    if block.enable is True:
        yield "served in limit_except with pta_enable on"
    if block.enable is False and any(
        one.is_protected for one in (block.parent, *block.parent.inner)
    ):
        yield "served in limit_except with pta_enable off, protected otherwise"
    if request.method == "HEAD":
        yield "served to HEAD in limit_except"
    if cause == trace.ERROR_PAGE and request.method not in ("GET", "HEAD"):
        yield "served as an error page in limit_except"
