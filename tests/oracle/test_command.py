"""`pta verify --batch` and the judge agree on generated and damaged tokens and paths."""

import math
import os
import random
import subprocess

import pytest

from harness.rules import Seals, verdict
from oracle.pieces import FIRST, SEALED, SECOND, SERVERS
from oracle.sealed_cases import cases_of
from oracle.tally import Tally

# The last two are the ends of the command's calendar.
MOMENTS = [1_735_657_200, 1_735_657_201, 0, -1, 2**31, 253_402_207_200, -377_705_023_201]


class Command:
    """`pta verify` with the keys of a server."""

    def __init__(self, command, server, folder):
        self.server = server
        self.words = [command, "verify", "--batch"]
        self.environment = {name: text for name, text in os.environ.items() if name[:4] != "PTA_"}
        seals = SEALED.get(server, Seals((None, None)))
        keys = dict(zip((FIRST, SECOND), seals.keys, strict=True))
        for pair, prefix in ((FIRST, "PTA"), (SECOND, "PTA_2ND")):
            if pair in SERVERS[server]:
                self.environment |= {
                    f"{prefix}_KEY": pair.key.hex(),
                    f"{prefix}_IV": pair.iv.hex(),
                }
            if keys[pair]:
                self.environment[f"{prefix}_SEAL_KEY"] = keys[pair].hex()
        if seals.bind:
            # They say by themselves that a token must have a seal.
            self.words += [word for value in seals.bind for word in ("--bind", value)]
        elif seals.required:
            self.words += ["--config", self.configuration(folder / "nginx.conf", seals)]

    def configuration(self, file, seals):
        orders = zip(("1st", "2nd"), (FIRST, SECOND), seals.keys, strict=True)
        lines = [
            f"{pair.directives(order)} pta_{order}_seal {key.hex()};" for order, pair, key in orders
        ]
        file.write_text(f"http {{ server {{ {' '.join(lines)} pta_require_seal on; }} }}")
        return file

    def verdicts(self, now, cases):
        result = subprocess.run(
            [*self.words, "--now", str(now)],
            input=b"".join(map(line, cases)),
            capture_output=True,
            env=self.environment,
            check=True,
        )
        return result.stdout.decode().splitlines()


def compare(command, count, seed, figures):
    """Compares `count` cases, or a few more, for the server with these keys."""
    server = command.server
    tally = Tally(f"pta verify, keys {server}", seed)
    for now in MOMENTS:
        maker = cases_of(server, random.Random(f"{seed}/{server}/{now}"), now)
        cases = [maker.next() for _ in range(math.ceil(count / len(MOMENTS)))]
        for case, found in zip(cases, command.verdicts(now, cases), strict=True):
            expected = verdict(SERVERS[server], case.token, now, case.path, SEALED.get(server))
            tally.add(case.kind, expected, found, lambda now=now, case=case: f"now {now}, {case}")
    figures(*tally.table())
    tally.check()


def line(case):
    token = b"" if case.token is None else b"\t" + case.token
    # Both characters of a line end, so that a carriage return before them is part of the token.
    return case.path + token + b"\r\n"


@pytest.fixture(params=SERVERS)
def of_server(command, request, tmp_path):
    return Command(command, request.param, tmp_path)


def test_some_tokens(of_server, seed, figures):
    compare(of_server, 7_000, seed, figures)


@pytest.mark.torture
def test_many_tokens(of_server, seed, figures):
    count = math.ceil(int(os.environ.get("PTA_TEST_TOKENS", "200000")) / len(SERVERS))
    compare(of_server, count, seed, figures)
