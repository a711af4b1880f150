"""Reads the way of a request through nginx from the trace in its response."""

import dataclasses
import re

ENTRY = re.compile(r"([LI]\d+)\(([^;()]*);([^()]*)\),")
MARKER = re.compile(r"[ETXRSB]\d+")

# What an arrival comes from.
CLIENT, ERROR_PAGE, ACCEL, REDIRECT = "client", "error page", "X-Accel-Redirect", "redirect"


@dataclasses.dataclass
class Entry:
    """A location that was entered: the first of an arrival, or by a rewrite from the one before."""

    block: object
    uri: str
    arguments: str = ""
    # The `if` block of the location that took its place.
    if_block: object = None
    # Whether the trace does not show it: its limit_except has taken its place.
    is_hidden: bool = False

    @property
    def in_force(self):
        limited = self.block.limit_except if self.is_hidden else None
        return limited or self.if_block or self.block

    def ends_by_return(self):
        """Whether `return` ends the rewrite phase. limit_except makes nginx skip it."""
        return not self.is_hidden and self.block.ends_by_return(self.uri, bool(self.if_block))


@dataclasses.dataclass
class Arrival:
    """One run through the phases. Each internal redirect begins one."""

    cause: str
    entries: list


class TraceError(Exception):
    """The trace contradicts itself: an error of the test."""


def read(blocks, trace, at, number):
    """The arrivals. `blocks` are those of the server by name, `at` is the end of the way, `number`
    that of the location which served the response, or None."""
    found = ENTRY.findall(trace)
    if "".join(f"{name}({uri};{arguments})," for name, uri, arguments in found) != trace:
        raise TraceError(f"cannot read {trace!r}")
    # limit_except keeps `set` from noting the location.
    hides_last = number is not None and is_hidden(found, at, number)
    if hides_last:
        found.append((f"L{number}", *at.split(";", 1)))
    arrivals = []
    before, uri_before = [], None
    for name, uri, arguments in found:
        block = blocks[name]
        if name[0] == "I":
            arrivals[-1].entries[-1].if_block = block
            continue
        markers = markers_in(arguments)
        cause = cause_of(block, markers, before, uri != uri_before, bool(arrivals))
        if cause is None:
            arrivals[-1].entries.append(Entry(block, uri, arguments))
        else:
            arrivals.append(Arrival(cause, [Entry(block, uri, arguments)]))
        before, uri_before = markers, uri
    if hides_last:
        arrivals[-1].entries[-1].is_hidden = True
    return arrivals


def is_hidden(found, at, number):
    """Whether the location that served the response is not the last one of the trace."""
    if not found or int(found[-1][0][1:]) != number:
        return True
    # The same location, but by another redirect.
    last, end = markers_in(found[-1][2]), markers_in(at.split(";", 1)[1])
    return end != last and not (end and end[0][0] == "B" and end[1:] == last)


def markers_in(arguments):
    return [part for part in arguments.split("&") if MARKER.fullmatch(part)]


def cause_of(block, markers, before, is_elsewhere, has_begun):
    """What led to an entry; None for a rewrite from the entry before, in the same arrival."""
    if block.match.startswith("@"):
        return {"e": ERROR_PAGE, "t": REDIRECT, "x": ACCEL}[block.match[1]]
    if markers and markers[0][0] == "R" and markers[1:] == before and has_begun:
        return None
    while markers and markers[0][0] == "S":
        markers = markers[1:]
    # `index` leaves the arguments alone; error pages, try_files and X-Accel-Redirect replace them.
    unchanged = markers == before or (markers[1:] == before and markers[0][0] == "B")
    if unchanged and (is_elsewhere or not markers):
        return REDIRECT if has_begun else CLIENT
    kind = markers[-1][0] if len(markers) == 1 else ""
    return {"E": ERROR_PAGE, "X": ACCEL}.get(kind, REDIRECT if has_begun else CLIENT)
