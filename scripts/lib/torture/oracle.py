#!/usr/bin/env python3
"""Compares the project's verdicts with those of a second, independent judge.

usage: oracle.py --command PTA [--nginx NGINX MODULE ...] [--cases N] [--requests M] [--seed SEED]

N cases go through `pta verify --batch`, M as requests through each nginx with its module. Any disagreement fails, and the first
ones are shown with all that is needed to see them again.
"""

import argparse
import collections
import os
import random
import subprocess
import sys
import time

import oracle_http
from oracle_cases import FIRST, RINGS, SECOND, Cases
from oracle_rules import verdict

WORDS = ["ALLOWED", "MISSING", "MALFORMED", "UNDECRYPTABLE", "EXPIRED", "PATH_MISMATCH"]

# From the calendar's first to its last second that the command knows.
MOMENTS = [1_735_657_200, 1_735_657_200, 0, -1, 2**31, 253_402_207_200, -377_705_023_201]

SHOWN = 10


class Tally:
    """Counts verdicts by the kind of case, and keeps disagreements."""

    def __init__(self):
        self.counts = collections.Counter()
        self.disagreements = []

    def add(self, kind, expected, found, details):
        self.counts[kind, expected] += 1
        if found != expected:
            self.disagreements.append(f"{kind}: expected {expected}, found {found}\n    {details()}")

    def report(self, title):
        """Prints the table; tells whether all is well."""
        kinds = sorted({kind for kind, _ in self.counts})
        print(f"{title:<18}" + "".join(f"{word:>15}" for word in WORDS))
        for kind in kinds:
            print(f"{kind:<18}" + "".join(f"{self.counts[kind, word] or '.':>15}" for word in WORDS))
        totals = [sum(self.counts[kind, word] for kind in kinds) for word in WORDS]
        print(f"{'all':<18}" + "".join(f"{total:>15}" for total in totals))
        for disagreement in self.disagreements[:SHOWN]:
            print(disagreement, file=sys.stderr)
        # A verdict that never came up was not compared.
        missing = [word for word, total in zip(WORDS, totals) if not total]
        for word in missing:
            print(f"no case of {word}", file=sys.stderr)
        print(f"{title}: {sum(totals)} compared, {len(self.disagreements)} disagreements\n")
        return not self.disagreements and not missing


def compare_batches(command, cases, seed):
    tally = Tally()
    jobs = [(ring, moment) for ring in RINGS for moment in MOMENTS]
    for number, (ring, moment) in enumerate(jobs):
        maker = Cases(random.Random(f"{seed}/{ring}/{number}"), moment, pairs=RINGS[ring])
        share = cases * (number + 1) // len(jobs) - cases * number // len(jobs)
        batch = [maker.next() for _ in range(share)]
        for case, found in zip(batch, run_batch(command, ring, moment, batch), strict=True):
            expected = verdict(RINGS[ring], case.token, moment, case.path)
            tally.add(case.kind, expected, found, lambda: f"keys {ring}, now {moment}, {shown(case)}")
    return tally.report("pta verify")


def run_batch(command, ring, moment, batch):
    # The line end of both kinds, so that a carriage return at the end of a token is part of it.
    lines = [case.path + (b"" if case.token is None else b"\t" + case.token) + b"\r\n" for case in batch]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PTA_")}
    for pair, prefix in ((FIRST, "PTA"), (SECOND, "PTA_2ND")):
        if pair in RINGS[ring]:
            environment |= {f"{prefix}_KEY": pair[0].hex(), f"{prefix}_IV": pair[1].hex()}
    result = subprocess.run([command, "verify", "--batch", "--now", str(moment)], input=b"".join(lines),
                            capture_output=True, env=environment, check=True)  # fmt: skip
    return result.stdout.decode().splitlines()


def compare_requests(nginx, module, requests, seed):
    tally = Tally()
    with oracle_http.Site(nginx, module) as site:
        # Nothing is nearer to now than this check can take.
        maker = oracle_http.Requests(random.Random(f"{seed}/http"), int(time.time()), margin=10_000)
        for _ in range(requests):
            request = maker.next()
            expected = request.verdict()
            found = site.ask(request, expected)
            tally.add(request.kind, expected, found, lambda: repr(request.head))
    version = subprocess.run([nginx, "-v"], capture_output=True, text=True, check=True).stderr
    return tally.report(version.strip().rpartition(" ")[2])


def shown(case):
    token = "none" if case.token is None else repr(case.token)[1:]
    return f"path {repr(case.path)[1:]}, token {token}"


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--command", required=True)
    parser.add_argument("--nginx", nargs=2, action="append", default=[])
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--requests", type=int, default=5_000)
    parser.add_argument("--seed", default=str(random.SystemRandom().randrange(2**32)))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}\n")
    agreed = [compare_batches(arguments.command, arguments.cases, arguments.seed)]
    for nginx, module in arguments.nginx:
        agreed.append(compare_requests(nginx, module, arguments.requests, arguments.seed))
    sys.exit(0 if all(agreed) else 1)


if __name__ == "__main__":
    main()
