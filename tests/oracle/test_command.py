"""`pta verify --batch` and the judge agree on generated and damaged tokens and paths."""

import math
import os
import random
import subprocess

import pytest

from harness.rules import verdict
from oracle.cases import Cases
from oracle.pieces import FIRST, RINGS, SECOND
from oracle.tally import Tally

# The last two are the ends of the command's calendar.
MOMENTS = [1_735_657_200, 1_735_657_201, 0, -1, 2**31, 253_402_207_200, -377_705_023_201]


def compare(command, ring, count, seed, figures):
    """Compares `count` cases, or a few more, for the server with these keys."""
    tally = Tally(f"pta verify, keys {ring}", seed)
    pairs = RINGS[ring]
    for now in MOMENTS:
        maker = Cases(random.Random(f"{seed}/{ring}/{now}"), now, pairs=pairs)
        cases = [maker.next() for _ in range(math.ceil(count / len(MOMENTS)))]
        for case, found in zip(cases, verified(command, ring, now, cases), strict=True):
            expected = verdict(pairs, case.token, now, case.path)
            tally.add(case.kind, expected, found, lambda now=now, case=case: f"now {now}, {case}")
    figures(*tally.table())
    tally.check()


def verified(command, ring, now, cases):
    """The command's verdicts."""
    environment = {name: value for name, value in os.environ.items() if name[:4] != "PTA_"}
    for pair, prefix in ((FIRST, "PTA"), (SECOND, "PTA_2ND")):
        if pair in RINGS[ring]:
            environment |= {f"{prefix}_KEY": pair.key.hex(), f"{prefix}_IV": pair.iv.hex()}
    result = subprocess.run(
        [command, "verify", "--batch", "--now", str(now)],
        input=b"".join(map(line, cases)),
        capture_output=True,
        env=environment,
        check=True,
    )
    return result.stdout.decode().splitlines()


def line(case):
    token = b"" if case.token is None else b"\t" + case.token
    # Both characters of a line end, so that a carriage return before them is part of the token.
    return case.path + token + b"\r\n"


@pytest.mark.parametrize("ring", RINGS)
def test_some_tokens(command, ring, seed, figures):
    compare(command, ring, 7_000, seed, figures)


@pytest.mark.torture
@pytest.mark.parametrize("ring", RINGS)
def test_many_tokens(command, ring, seed, figures):
    count = math.ceil(int(os.environ.get("PTA_TEST_TOKENS", "200000")) / len(RINGS))
    compare(command, ring, count, seed, figures)
