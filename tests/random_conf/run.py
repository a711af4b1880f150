"""Starts nginx with random servers, sends random requests, and lets the judge check responses."""

import collections
import dataclasses
import random
import re
import time

from harness.clients import http1
from harness.nginx import Site, StartError
from harness.tokens import Pair
from random_conf import judge, trace
from random_conf.generate import Generator
from random_conf.model import DIRECTORIES, FILES, Block
from random_conf.render import configuration, server_text
from random_conf.requests import Request, Requests
from random_conf.shown import content_of, is_first_location, kinds_of_limits, kinds_of_tokens

SERVERS = 6
# If so many configurations are refused and not one is accepted, something else is wrong.
MAX_REFUSED = 20
PAIRS = 4


def make_roots(folder, count=80):
    """A root for each number of a location. Every file in it has the number as its content."""
    for number in range(count):
        for directory in DIRECTORIES:
            path = folder / f"L{number}" / directory.strip("/")
            path.mkdir(parents=True, exist_ok=True)
            for file in FILES:
                # In some roots there is no index, or another file is missing.
                if (number % 4, file) not in ((1, "i.html"), (2, "y.php")):
                    (path / file).write_text(f"L{number}\n")
    return folder


@dataclasses.dataclass
class Violation:
    reason: str
    server: Block
    request: Request
    # The trace, the end of the way, the verdict, the status and the body.
    response: tuple
    # The seed of the configuration.
    seed: str = ""

    def report(self, pairs):
        trace_, at, verdict, status, body = self.response
        return (
            f"{self.reason}\nPTA_TEST_SEED={self.seed}\n{server_text(self.server, pairs)}\n"
            f"{self.request.bytes().decode()}{self.request}\n"
            f"way: {trace_} at {at}\nverdict: {verdict}, status {status}, body {body!r}\n"
        )


class Run:
    """Random configurations on one version of nginx."""

    def __init__(self, nginx, roots, seed, per_server=60):
        self.nginx, self.roots, self.seed = nginx, roots, seed
        # Requests to each server.
        self.per_server = per_server
        self.pairs = [Pair() for _ in range(PAIRS)]
        self.counts = collections.Counter()
        self.refused = collections.Counter()
        self.faults = []
        self.violations = []

    def requests(self, count, wanted):
        """Sends about so many requests. A seed that a report names is that of one configuration.

        A short run has few configurations, and perhaps not one with a kind of request that is
        wanted. So it goes on until each kind has come up often enough, up to ten times as long.
        """
        if "/" in self.seed:
            self.configuration(self.seed)
            return
        number = 0
        while self.counts["requests"] < count or (
            self.rare(wanted, count) and self.counts["requests"] < 10 * count
        ):
            self.configuration(f"{self.seed}/{number}")
            number += 1

    def rare(self, wanted, count):
        """The kinds of requests that came up too rarely for a run of so many requests. `wanted` has
        the part of them that each must be."""
        return [name for name, part in wanted.items() if self.counts[name] < count * part]

    def configuration(self, seed):
        """One nginx with its requests. The same seed makes the same ones."""
        order = random.Random(seed)
        generator = Generator(order, self.pairs)
        servers = [generator.server(number) for number in range(SERVERS)]
        with Running(self, servers) as running:
            if not running.port:
                return
            self.counts["configurations"] += 1
            for server in servers:
                maker = Requests(order, server, self.pairs)
                for _ in range(self.per_server):
                    found = running.judge(server, maker.next())
                    if found:
                        found.seed = seed
                        self.violations.append(found)


class Running:
    """nginx with some servers; without a port if it has refused the configuration."""

    def __init__(self, run, servers):
        self.run, self.port = run, None
        http = configuration(servers, run.pairs, run.roots)
        self.site = Site(run.nginx, http, error_level="error", access_log="off")
        self.site.write("users", "u:{PLAIN}p\n")

    def __enter__(self):
        try:
            self.site.start()
        except StartError as error:
            reason = re.sub(r" in \S+:\d+", "", str(error)).strip().splitlines()[-1]
            self.run.refused[reason] += 1
            if self.run.refused.total() > MAX_REFUSED and not self.run.counts["configurations"]:
                raise
            return self
        self.port = self.site.port("http")
        self.client = http1.Connection(self.port)
        return self

    def __exit__(self, *_):
        if self.port:
            self.client.close()
        self.site.stop()
        if self.port:
            self.run.faults += self.site.faults()
        self.site.remove()

    def judge(self, server, request):
        """The violation, if there is one."""
        counts = self.run.counts
        counts["requests"] += 1
        is_head = request.method == "HEAD"
        try:
            response = self.client.send(request.bytes(), is_head=is_head)
        except OSError as error:
            self.client.close()
            return Violation(f"no response: {error}", server, request, ("", "", "", 0, b""))
        noted = [response.headers.get(name, "") for name in ("trace", "at", "verdict")]
        verdict = noted[2]
        content, number = content_of(response)
        response = (*noted, response.status, response.body or content)
        counts["status", response[3]] += 1
        counts["verdict", verdict] += 1
        blocks = {block.name: block for block in server.blocks()}
        is_first = not content and is_first_location(request, blocks, number, *noted[:2])
        try:
            known = number if content or is_first else None
            arrivals = trace.read(blocks, noted[0], noted[1], known)
        except trace.TraceError as error:
            return Violation(str(error), server, request, response)
        if is_first:
            counts["refused in limit_except"] += bool(verdict)
        if judge.needless_refusal(request, server, arrivals, verdict, is_first):
            reason = "a request was refused although it has a token for every location on its way"
            return Violation(reason, server, request, response)
        if not content:
            return None
        self.count(request, arrivals, content)
        reason = judge.violation(request, server, arrivals, content == "R", verdict)
        return Violation(reason, server, request, response) if reason else None

    def count(self, request, arrivals, content):
        """Counts what the requests have covered."""
        counts = self.run.counts
        counts["served"] += 1
        entries = [entry for arrival in arrivals for entry in arrival.entries]
        if any(entry.in_force.enforces for entry in entries):
            counts["served on a way with protected locations"] += 1
        for arrival in arrivals[1:]:
            counts[f"arrivals by {arrival.cause}"] += 1
        counts["rewrites to another location"] += len(entries) - len(arrivals)
        if content == "R":
            counts["served by return"] += 1
        if request.method == "HEAD":
            counts["served to HEAD"] += 1
        counts.update(kinds_of_tokens(request, arrivals))
        last = arrivals[-1]
        if last.entries[-1].is_hidden:
            counts.update(kinds_of_limits(request, last.entries[-1].in_force, last.cause))


def minimised(run, violation, seconds=20):
    """The violation with the smallest server that still shows it."""
    end = time.monotonic() + seconds
    server, best = violation.server, violation

    def still_there():
        with Running(run, [server]) as running:
            return running.port and running.judge(server, violation.request)

    counts, refused = run.counts.copy(), run.refused.copy()
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for change, undo in cuts(server):
            if time.monotonic() > end:
                break
            change()
            found = still_there()
            if found and found.reason == violation.reason:
                best, is_smaller = found, True
            else:
                undo()
    run.counts, run.refused = counts, refused
    best.seed = violation.seed
    return best


def cuts(server):
    """Ways to make the server smaller, each with a way back."""
    for block in list(server.blocks()):
        for location in list(block.locations):
            at = block.locations.index(location)
            yield (
                lambda b=block, x=location: b.locations.remove(x),
                lambda b=block, x=location, i=at: b.locations.insert(i, x),
            )
    for block in list(server.blocks()):
        for field in dataclasses.fields(block):
            empty = [] if field.name == "rewrites" else None
            value = getattr(block, field.name)
            if field.name in ("name", "match", "parent", "locations") or value == empty:
                continue
            yield (
                lambda b=block, f=field.name, e=empty: setattr(b, f, e),
                lambda b=block, f=field.name, v=value: setattr(b, f, v),
            )
