"""Counts the instructions that the module adds to a request, and compares them with the budget.

The budget is benches/instruction-budget.txt. callgrind counts on the processor that valgrind
emulates, and only what is added to nginx's own instructions is compared. So neither the machine's
C library nor its processor matters much. The counts are printed and not compared

* on a processor without AVX2, because valgrind cannot emulate it;
* with another nginx than that of the budget.
"""

import argparse
import itertools
import pathlib
import platform
import re
import sys

from bench import cases
from bench.callgrind import FEW, count
from bench.ending import clean_up_at_signals
from bench.parallel import on_all_cores
from bench.report import number
from bench.tools import Tools
from harness.installations import Nginx
from harness.project import PROJECT

BUDGET = PROJECT / "benches/instruction-budget.txt"
TOLERANCE = 0.05
UPDATE = "scripts/bench --update-budget"
# What counting may add to a decision.
COUNTING = 30
LOGS = {"off": "access_log off", "access.log": "default access log"}
HEADING = f"""\
# Instructions that the module adds to a request: with access_log off, and with nginx's default
# access log. All directives have their defaults, and the token has 96 characters.
#     allowed: the token is in the query
#     cookie: the token is in a cookie, which adds a header to the response
#     refused: the token is in the query and has expired
#     counted: as allowed, and pta_metrics_label counts it
# Counting adds at most 30 instructions to a decision. It adds none if another location has a label.
# scripts/test fails if the module needs 5 % more. To change the numbers on purpose, look at
# scripts/bench instructions, then run
#     {UPDATE}
"""


def added(tools):
    """Instructions added, by the name of the budget and the access log."""
    wanted = {
        "allowed": cases.allowed(),
        "cookie": cases.in_cookies(1),
        "refused": cases.expired(),
        "counted": cases.counted(),
    }
    pairs = {name: (case, case.without_module()) for name, case in wanted.items()}
    runs = [(case, log) for pair in pairs.values() for case in pair for log in LOGS]
    counted = on_all_cores(lambda run: count(tools, *run).total, runs)
    return {
        name: {log: round(counted[case, log] - counted[bare, log]) for log in LOGS}
        for name, (case, bare) in pairs.items()
    }


def counting(tools):
    """Instructions of the module that counting adds, by the kind of decision: when another location
    has a label, and when this one has.
    """
    wanted = {
        "allowed": cases.allowed(),
        "sealed": cases.sealed(),
        "allowed in a dry run": cases.in_dry_run(cases.allowed()),
        "expired": cases.expired(),
        "expired in a dry run": cases.in_dry_run(cases.expired()),
        "issued": cases.issued(),
    }
    variants = {
        name: (case, cases.counted_elsewhere(case), cases.counted(case))
        for name, case in wanted.items()
    }
    counted = on_all_cores(
        lambda case: count(tools, case, "off", FEW).in_module,
        itertools.chain(*variants.values()),
    )
    return {
        name: [round(counted[case] - counted[without]) for case in others]
        for name, (without, *others) in variants.items()
    }


def write_budget(version, counted):
    lines = [f"nginx {version}"]
    lines += [f"{name} {' '.join(map(str, values.values()))}" for name, values in counted.items()]
    BUDGET.write_text(HEADING + "\n".join(lines) + "\n")


def read_budget():
    """By name: the values. The version is the only value of "nginx"."""
    lines = BUDGET.read_text().splitlines()
    words = (line.split() for line in lines if line and not line.startswith("#"))
    return {name: values for name, *values in words}


def is_like_the_budget(machine, cpuinfo):
    """Whether valgrind emulates the processor of the budget."""
    return machine == "x86_64" and bool(re.search(r"^flags\s*:.*\bavx2\b", cpuinfo, re.M))


def why_not_comparable(version, budget):
    """Why the counts cannot be compared with the budget. None if they can."""
    if not is_like_the_budget(platform.machine(), pathlib.Path("/proc/cpuinfo").read_text()):
        return "this processor is not like the one of the budget (x86-64 with AVX2)"
    if [version] != budget["nginx"]:
        return f"the budget is for nginx {budget['nginx'][0]}, this is {version}"
    return None


def judge(value, limit):
    """Whether the value is within the budget, and a remark."""
    if value > limit * (1 + TOLERANCE):
        return False, f": TOO MANY, {TOLERANCE:.0%} are allowed"
    return True, ": the budget is stale, lower it" if value < limit * (1 - TOLERANCE) else ""


def compare(counted, version):
    """Prints each count beside the budget. Whether all are within it."""
    budget = read_budget()
    reason = why_not_comparable(version, budget)
    all_within = True
    for name, values in counted.items():
        for (log, value), limit in zip(values.items(), map(int, budget[name]), strict=True):
            is_within, remark = judge(value, limit)
            if reason:
                is_within, remark = True, f"; not compared: {reason}"
            all_within = all_within and is_within
            print(
                f"{name}, {LOGS[log]}: {number(value)} instructions added, "
                f"the budget is {number(limit)} ({value / limit - 1:+.1%}){remark}"
            )
    return all_within


def counting_is_cheap(found):
    """Prints what counting adds to each decision. Whether it is within its limits.

    Both counts are of the same nginx and processor, so this is always compared.
    """
    all_within = True
    for name, (elsewhere, here) in found.items():
        is_within = elsewhere <= 0 and here <= COUNTING
        all_within = all_within and is_within
        print(
            f"counting, {name}: {here} instructions, {COUNTING} are allowed; "
            f"without a label {elsewhere}, 0 are allowed{'' if is_within else ': TOO MANY'}"
        )
    return all_within


def main():
    parser = argparse.ArgumentParser(prog="scripts/lib/instruction-budget")
    parser.add_argument("--update", action="store_true", help="make what is counted the budget")
    parser.add_argument("nginx")
    parser.add_argument("module")
    # Earlier versions made their tokens with the pta command.
    parser.add_argument("command", nargs="?", help=argparse.SUPPRESS)
    given = parser.parse_args()

    clean_up_at_signals()
    nginx = Nginx(given.nginx, str(pathlib.Path(given.module).resolve()))
    version = ".".join(map(str, nginx.version))
    tools = Tools(nginx, quick=True)
    counted = added(tools)
    if given.update:
        write_budget(version, counted)
    is_within = compare(counted, version)
    if not counting_is_cheap(counting(tools)) or not is_within:
        print(
            f"To see where they are: scripts/bench instructions. If it is on purpose: {UPDATE}",
            file=sys.stderr,
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
