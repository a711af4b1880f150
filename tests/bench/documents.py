"""Writes what a full run found: BENCHMARKS.md with its chart, and the table of peers in README."""

import datetime
import re

from bench import chart
from bench.callgrind import FULL
from bench.instructions import MAIN_ROW, SECURE_LINK_ROW
from bench.machine import description
from bench.report import number

INTRODUCTION = """\
# Benchmarks

Written by `scripts/bench` on {date}; do not edit. A full run takes {minutes}.

**Figures of one machine.** Times and rates are worth something only beside others of the same run;
on another machine, or with neighbours that compile, they differ by more than what is measured here.
Counted instructions are repeatable: with the same nginx, C library and compiler, two runs differ by
less than {accuracy} a request. They are no times: an instruction that waits for memory counts as
one.

{machine}

## In short

![Instructions per request: nginx's own, and what is added](benches/instructions.svg)

Counted in a real nginx, for a token of 96 characters, with `access_log off`:

{short}
## How to measure

`scripts/bench` measures all of this without preparation, and writes this page and the table in
README.md. `scripts/bench --quick` takes two minutes and writes nothing. `scripts/bench
instructions` measures one section. Lua and njs need Debian's modules, which `scripts/setup --bench`
installs. Tests fail if the module exceeds `benches/instruction-budget.txt`.

## How it was measured

- **Instructions**: callgrind counts those of a real nginx of one process, `empty_gif` as content,
  all requests over one keep-alive connection, one after the other. Start-up cancels: what is shown
  is the difference between runs of {many} and {few} requests, divided; nginx's formatting of the
  time, once a second, is left out. Valgrind shows programs a processor with AVX2 and without
  AVX-512, whatever the machine has. The token has 96 characters and a wildcard path. "Added" is the
  difference to a location without PTA, in an nginx without the module, for the same request. Where
  a request ends with 400, nginx closes the connection: so does what it is compared with. Goals are
  about `access_log off`: with a log, a masked request line is a shorter one to write, and part of
  the cost does not show.
- **Peers**: wrk on one core, one nginx process on another, on loopback; variants take turns, every
  second round backwards. Lua and njs check an HMAC-SHA-1 of path and expiry, and stand in the table
  where their modules are installed.
- **Growth**: the same counts, `access_log off`. Locations: alternating rounds of `nginx -t`, and
  the private memory of a process that has just started.
- **Memory**: breakpoints of gdb on the allocating functions of nginx and of the C library; those
  count that the module calls.
- **Tokens without nginx**: the crate in `benches/`, `cargo bench -p pta-benches` for a closer look.
"""


def benchmarks(tools, report, seconds, accuracy):
    machine = "\n".join(
        ["| | |", "| --- | --- |", *(f"| {what} | {which} |" for what, which in description(tools))]
    )
    text = INTRODUCTION.format(
        date=datetime.date.today().isoformat(),
        minutes=f"{seconds / 60:.0f} minutes",
        accuracy=accuracy,
        machine=machine,
        short=short_table(report, accuracy),
        few=number(FULL[0]),
        many=number(FULL[1]),
    )
    return "\n".join(
        [
            text,
            report.goals_table().as_markdown(),
            *(table.as_markdown() for table in report.tables),
        ]
    )


SHORT_TABLE = [
    ("a location without PTA", "bare location, the same query"),
    ("a token in the query: checked, masked, stripped", MAIN_ROW),
    ("a token in a cookie", "token in a cookie"),
    ("an expired token, refused and logged", "refused: expired"),
    ("an open location beside protected ones", "open location beside a protected one"),
    ("module loaded, not enabled", "module loaded, no location enabled"),
    ("for comparison: nginx's secure_link_md5 with `if`", SECURE_LINK_ROW),
]


def short_table(report, accuracy):
    lines = ["| request | nginx's own instructions | added |", "| --- | --: | --: |"]
    for label, row in SHORT_TABLE:
        own, added = report.figures[row]
        lines.append(
            f"| {label} | {number(own)} | {number(added) if abs(added) > accuracy else 0} |"
        )
    return "\n".join(lines) + "\n"


PEERS = re.compile(
    r"(<!-- scripts/bench peers begins -->\n).*(<!-- scripts/bench peers ends -->\n)", re.S
)


def peers_table(report):
    lines = [
        "| protected by | instructions added | instructions, times nothing "
        "| processor time, times nothing |",
        "| --- | --: | --: | --: |",
    ]
    for name, added, instructions, time in report.peers:
        lines.append(f"| {name} | {number(added)} | {instructions:.2f} | {time:.2f} |")
    return "\n".join(lines) + "\n"


def write(root, tools, report, seconds, accuracy):
    (root / "BENCHMARKS.md").write_text(
        benchmarks(tools, report, seconds, accuracy), encoding="utf-8"
    )
    (root / "benches/instructions.svg").write_text(chart.svg(report.figures), encoding="utf-8")
    readme = root / "README.md"
    text = PEERS.sub(
        lambda found: found[1] + peers_table(report) + found[2], readme.read_text(encoding="utf-8")
    )
    readme.write_text(text, encoding="utf-8")
