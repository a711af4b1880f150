"""Counts the instructions of a request in a real nginx, by callgrind.

Two runs with different numbers of requests: start-up and shutdown cancel in the difference. Valgrind shows programs a
processor of its own (AVX2, no AVX-512), so that counts agree between machines that have AVX2.
"""

import collections
import dataclasses
import re

from client import Client, request_bytes
from nginx_site import Site


@dataclasses.dataclass(frozen=True)
class Count:
    """Instructions of one request."""

    total: float
    in_module: float

    def __sub__(self, other):
        return Count(self.total - other.total, self.in_module - other.in_module)


def count(tools, case, access_log):
    """Instructions of one request of the case."""
    few, many = tools.choose((1000, 3000), (200, 600))
    difference = _run(tools, case, access_log, many) - _run(tools, case, access_log, few)
    return Count(difference.total / (many - few), difference.in_module / (many - few))


def _run(tools, case, access_log, requests):
    request = request_bytes(case.target, case.headers)
    with Site(tools, case.server, with_module=case.with_module, access_log=access_log) as site:
        profile = site.folder / "callgrind.out"
        site.start("valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={profile}")
        with Client(site.port) as client:
            for _ in range(requests):
                client.get(request, case.status)
        site.stop()
        by_object = instructions_by_object(profile)
    in_module = sum(cost for name, cost in by_object.items() if name.endswith(tools.module.name))
    return Count(sum(by_object.values()), in_module)


def instructions_by_object(profile):
    """Instructions in each program and library of a profile, without those that they call."""
    names, costs, current, skip = {}, collections.Counter(), "", False
    with open(profile, encoding="latin-1") as lines:
        for line in lines:
            if line.startswith(("ob=", "cob=")):
                # A name stands once, behind its number; later the number alone.
                number, name = re.match(r"c?ob=(\(\d+\))(?: (.*))?", line).groups()
                name = names.setdefault(number, name)
                # "cob" is where a called function lives.
                current = name if line[0] == "o" else current
            elif line.startswith("calls="):
                skip = True  # the next line has the cost of what is called
            elif line[0] in "0123456789+-*":
                if not skip:
                    costs[current] += int(line.split()[1])
                skip = False
            elif line.startswith("totals:"):
                total = int(line.split()[1])
    if sum(costs.values()) != total:
        raise RuntimeError(f"{profile}: costs of the objects do not add up to the total")
    return costs
