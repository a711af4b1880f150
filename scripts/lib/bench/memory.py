"""Section 4: what a request takes from its pool and from the heap, by gdb's breakpoints on the allocating functions."""

import contextlib
import dataclasses
import os
import pathlib
import signal
import subprocess
import time

import cases
from client import Client, request_bytes
from nginx_site import Site
from progress import Progress
from report import Table, number

ALLOCATIONS_GOAL = 4
BYTES_BEYOND_TWO_LINES = 256
PROBE = pathlib.Path(__file__).with_name("memory_probe.py")
# What is made once, at the first request of a process, is no cost of a request.
WARM_UP = 3


@contextlib.contextmanager
def traced(tools, case):
    """nginx in gdb; gives a function that returns the allocations since it was last called."""
    with Site(tools, case.server) as site:
        output = site.folder / "allocations"
        os.environ["PTA_PROBE_MODULE"] = tools.module.name
        os.environ["PTA_PROBE_OUTPUT"] = str(output)
        site.start("gdb", "-q", "-nx", "-batch", "-x", str(PROBE), "--args")
        pid_file = site.folder / "nginx.pid"
        seen = 0

        def since():
            nonlocal seen
            lines = output.read_text().splitlines()
            new, seen = lines[seen:], len(lines)
            return [(kind, int(size)) for kind, size in (line.split() for line in new)]

        try:
            yield site, since
        finally:
            # gdb ends by itself when its nginx has ended.
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid_file.read_text()), signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                site.process.wait(10)


def allocations_of(tools, case):
    request = request_bytes(case.target, case.headers)
    with traced(tools, case) as (site, since), Client(site.port) as client:
        for _ in range(WARM_UP):
            client.get(request, case.status)
        time.sleep(0.1)
        since()
        client.get(request, case.status)
        # The log phase comes after the answer.
        time.sleep(0.1)
        return since()


def run(tools, report):
    kinds = {
        "allowed, token in the query": cases.allowed(tools),
        "allowed, token in a cookie": cases.in_cookies(tools, 1),
        "allowed, token of 4,096 characters": cases.allowed_long(tools, 4096),
        "refused: missing": cases.missing(tools),
        "refused: malformed": cases.malformed(tools),
        "refused: undecryptable": cases.undecryptable(tools),
        "refused: expired": cases.expired(tools),
        "refused: path mismatch": cases.path_mismatch(tools),
    }
    progress = Progress("memory", 2 * len(kinds))
    table = Table("Memory per request: allocations that the module makes",
                  ["request", "request line", "from the pool", "bytes", "from the heap",
                   "with mask and strip off", "bytes", "from the heap"],
                  "Sizes as asked for, after the first requests of a process. From the pool counts what functions of nginx "
                  "take when the module calls them, too.")
    most, worst_excess, heap = 0, -10**9, 0
    for name, case in kinds.items():
        line = len(f"GET {case.target} HTTP/1.1")
        cells = []
        plain = dataclasses.replace(case, server=case.server.replace("pta_enable on;",
                                                                     "pta_enable on; pta_mask off; pta_strip off;"))
        for variant in (case, plain):
            found = allocations_of(tools, variant)
            pool = [size for kind, size in found if kind == "pool"]
            from_heap = len(found) - len(pool)
            cells += [len(pool), number(sum(pool)), from_heap]
            heap = max(heap, from_heap)
            if variant is case:
                most = max(most, len(pool))
                worst_excess = max(worst_excess, sum(pool) - 2 * line)
            progress.step(name)
        table.add(name, line, *cells)
    progress.close()
    report.add(table)
    report.goal("memory: allocations from the pool, with defaults, the most", f"<= {ALLOCATIONS_GOAL}", most,
                most <= ALLOCATIONS_GOAL)
    report.goal("memory: bytes beyond twice the request line, with defaults, the most",
                f"<= {BYTES_BEYOND_TWO_LINES}", number(worst_excess), worst_excess <= BYTES_BEYOND_TWO_LINES)
    report.goal("memory: allocations from the heap", "0", heap, heap == 0)
