"""Runs the sections, and prints and writes what they found: scripts/bench --help."""

import argparse
import importlib
import pathlib
import sys
import time

from bench import documents
from bench.ending import clean_up_at_signals
from bench.instructions import ACCURACY
from bench.report import Report
from bench.tools import Tools
from harness.installations import Nginx

# The name on the command line, and the file here, in the order of the tables.
SECTIONS = {
    "instructions": "instructions",
    "peers": "peers",
    "growth": "growth",
    "memory": "memory",
    "size": "module_size",
    "token": "token_code",
    "playlist": "playlists",
}


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--nginx", required=True)
    parser.add_argument("--module", required=True)
    parser.add_argument("--token-bench", type=pathlib.Path, required=True)
    parser.add_argument("--soft-sha-bench", type=pathlib.Path, required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("sections", nargs="*", metavar="SECTION", choices=[[], *SECTIONS])
    given = parser.parse_args()

    clean_up_at_signals()
    tools = Tools(
        Nginx(given.nginx, given.module), given.token_bench, given.soft_sha_bench, given.quick
    )
    report, started = Report(), time.monotonic()
    for name in given.sections or SECTIONS:
        importlib.import_module(f"bench.{SECTIONS[name]}").run(tools, report)
    seconds = time.monotonic() - started

    for table in (*report.tables, report.goals_table()):
        print(f"\n{table.as_text()}")
    missed = [what for what, _, _, met in report.goals if not met]
    print(
        f"{len(report.goals) - len(missed)} of {len(report.goals)} goals are met."
        + "".join(f"\nMISSED: {what}" for what in missed)
    )
    if given.quick or given.sections:
        print(
            "BENCHMARKS.md, the table in README.md and the chart are written by a full run only.",
            file=sys.stderr,
        )
    else:
        documents.write(given.root, tools, report, seconds, ACCURACY)
        print(
            "Written: BENCHMARKS.md, benches/instructions.svg, the table in README.md.",
            file=sys.stderr,
        )


main()
