"""Counts the instructions of a request in a real nginx, by callgrind.

Two runs have different numbers of requests: start-up and shutdown cancel in the difference.
Valgrind emulates a processor of its own (AVX2, no AVX-512), so that counts agree between machines
that have AVX2.
"""

import collections
import dataclasses

from bench.site import request, site
from harness import processes
from harness.clients import http1

# nginx formats the time once a second. How often that is in one run depends on the machine.
CLOCK = "ngx_time_update"

# Numbers of requests of the two runs.
FULL = 1000, 3000
QUICK = 200, 600
# Enough for the instructions of the module alone, which are the same for each request.
FEW = 20, 60


@dataclasses.dataclass(frozen=True)
class Count:
    """Instructions of one request."""

    total: float
    in_module: float

    def __sub__(self, other):
        return Count(self.total - other.total, self.in_module - other.in_module)


def count(tools, case, access_log, requests=None):
    """Instructions of one request of the case, by runs with so many requests."""
    few, many = requests or tools.choose(FULL, QUICK)
    difference = _run(tools, case, access_log, many) - _run(tools, case, access_log, few)
    return Count(difference.total / (many - few), difference.in_module / (many - few))


def _run(tools, case, access_log, requests):
    with site(tools.nginx, case, access_log) as running:
        profile = running.root / "callgrind.out"
        running.wrapper = "valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={profile}"
        running.start()
        with http1.Connection(running.port(), timeout=60) as connection:
            for number in range(requests):
                request(connection, case, number)
        # How nginx closes the last connection is counted, too.
        processes.wait_until_idle(running.master())
        running.stop()
        by_object = instructions_by_object(profile)
    in_module = sum(cost for name, cost in by_object.items() if name.endswith(tools.module.name))
    return Count(sum(by_object.values()), in_module)


def instructions_by_object(profile):
    """The own instructions of each program and library of a profile, without the clock."""
    objects, functions, costs, total = {}, {}, collections.Counter(), None
    current = called = None
    of_call = False
    with profile.open(encoding="latin-1") as lines:
        for line in lines:
            key, _, value = line.partition("=")
            if key in ("ob", "cob"):
                # "cob" is where a called function lives.
                name = _name(objects, value)
                current = name if key == "ob" else current
            elif key in ("fn", "cfn"):
                called = _name(functions, value)
            elif key == "calls":
                # The next line has the cost of what is called, with all that it calls.
                of_call = True
            elif line[0] in "0123456789+-*":
                cost = int(line.split()[1])
                if not of_call:
                    costs[current] += cost
                elif called == CLOCK:
                    costs[CLOCK] -= cost
                of_call = False
            elif line.startswith("totals:"):
                total = int(line.split()[1])
    if sum(costs.values()) - costs[CLOCK] != total:
        raise RuntimeError(f"{profile}: costs of the objects do not add up to the total")
    return costs


def _name(names, value):
    """The name that a number stands for: it is spelled once, "(3) name", and later "(3)" alone."""
    number, _, name = value.strip().partition(" ")
    return names.setdefault(number, name)
