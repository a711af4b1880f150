"""Section 4: what a request takes from its pool and from the heap.

gdb has breakpoints on the functions that allocate.
"""

import dataclasses
import pathlib
import time

from bench import cases
from bench.report import Table, number
from bench.site import request, site
from harness.clients import http1
from harness.progress import Progress

ALLOCATIONS_GOAL = 4
BYTES_BEYOND_TWO_LINES = 256
PROBE = pathlib.Path(__file__).with_name("memory_probe.py")
GDB = "gdb", "-q", "-nx", "-batch", "-x", str(PROBE), "--args"
# What a process makes at its first request is no cost of a request.
WARM_UP = 3
# The probe writes to a file in the site's folder.
OUTPUT = "allocations"


def allocations_of(tools, case):
    """Kind and size of each allocation of one request."""
    with site(tools.nginx, case, wrapper=GDB) as traced:
        traced.environment = {
            "PTA_PROBE_MODULE": tools.module.name,
            "PTA_PROBE_OUTPUT": str(traced.root / OUTPUT),
        }
        traced.start()
        with http1.Connection(traced.port(), timeout=60) as connection:
            for _ in range(WARM_UP):
                request(connection, case)
            before = written(traced)
            request(connection, case)
            lines = written(traced)[len(before) :]
    return [(kind, int(size)) for kind, size in map(str.split, lines)]


def written(traced):
    """The probe's lines so far. The log phase allocates after the response."""
    time.sleep(0.1)
    return traced.read(OUTPUT).splitlines()


def run(tools, report):
    kinds = {
        "allowed, token in the query": cases.allowed(),
        "allowed, token in a cookie": cases.in_cookies(1),
        "allowed, token of 4,096 characters": cases.allowed_long(4096),
        "refused: missing": cases.missing(),
        "refused: malformed": cases.malformed(),
        "refused: undecryptable": cases.undecryptable(),
        "refused: expired": cases.expired(),
        "refused: path mismatch": cases.path_mismatch(),
    }
    progress = Progress("memory", 2 * len(kinds))
    table = Table(
        "Memory per request: allocations that the module makes",
        [
            "request",
            "request line",
            "from the pool",
            "bytes",
            "from the heap",
            "with mask and strip off",
            "bytes",
            "from the heap",
        ],
        "Sizes as asked for, after the first requests of a process. From the pool counts what "
        "functions of nginx take when the module calls them, too.",
    )
    most, worst_excess, heap = 0, -(10**9), 0
    for name, case in kinds.items():
        line = len(f"GET {case.target} HTTP/1.1")
        cells = []
        plain = dataclasses.replace(
            case,
            server=case.server.replace(
                "pta_enable on;", "pta_enable on; pta_mask off; pta_strip off;"
            ),
        )
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
    report.goal(
        "memory: allocations from the pool, with defaults, the most",
        f"<= {ALLOCATIONS_GOAL}",
        most,
        most <= ALLOCATIONS_GOAL,
    )
    report.goal(
        "memory: bytes beyond twice the request line, with defaults, the most",
        f"<= {BYTES_BEYOND_TWO_LINES}",
        number(worst_excess),
        worst_excess <= BYTES_BEYOND_TWO_LINES,
    )
    report.goal("memory: allocations from the heap", "0", heap, heap == 0)
