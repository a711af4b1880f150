"""Section 6: the format's code without nginx, by the crate in benches/."""

import subprocess

from bench.report import Table, number
from harness.progress import Progress

GOAL = 1.25
CRATES_FLOOR = "floor: aes, cbc, crc32fast"
BLOCKS_FLOOR = "floor: aes by blocks, crc32fast kept"
ALLOWED = ["wildcard", "exact path"]


def run(tools, report):
    progress = Progress("token", 2)
    quick = ["--quick"] if tools.quick else []
    found = measure([tools.token_bench, *quick])
    progress.step("measured")
    without = measure([tools.soft_sha_bench, "--seals", *quick])["seal"]
    progress.step("measured without SHA instructions")
    progress.close()

    report.add(
        in_columns(
            "Checking a token, without nginx: nanoseconds",
            "characters",
            found["token"],
            "Medians of rounds in which everything takes its turn. The floors decrypt the same "
            "bytes and compute their CRC, nothing else: by the crates' own CBC, by all blocks at "
            "once, by OpenSSL. The 2nd pair, and a wrong CRC, decrypt twice.",
        )
    )
    report.add(in_columns("CRC-32 by well-kept crates: nanoseconds", "bytes", found["crc"]))

    note = (
        "Syntax, seal, decryption, expiry and path of a token that has this length without its "
        "seal. A wrong seal or binding is refused before decryption, after a hash for each pair."
    )
    for title, times in (("", found["seal"]), (", without SHA instructions", without)):
        heading = f"Checking a sealed token, without nginx{title}: nanoseconds"
        report.add(in_columns(heading, "characters", times, note if not title else ""))

    table = Table(
        "Checking a token: times the floor",
        [
            "characters",
            *(
                f"{name} : {floor}"
                for floor in ("crates' floor", "lower floor")
                for name in ALLOWED
            ),
        ],
    )
    worst = {}
    for size, times in found["token"].items():
        ratios = []
        for floor in CRATES_FLOOR, BLOCKS_FLOOR:
            of_floor = [times[name] / times[floor] for name in ALLOWED]
            worst[floor] = max(worst.get(floor, 0), *of_floor)
            ratios += of_floor
        table.add(number(size), *(f"{ratio:.2f}" for ratio in ratios))
    report.add(table)
    report.goal(
        "decode and judge against aes, cbc and crc32fast, the worst length",
        f"<= {GOAL}",
        f"{worst[CRATES_FLOOR]:.2f}",
        worst[CRATES_FLOOR] <= GOAL,
    )


def measure(command):
    """Nanoseconds, by section, size and name."""
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = {"token": {}, "crc": {}, "seal": {}}
    for line in output.splitlines():
        section, size, name, nanoseconds = line.split("\t")
        found[section].setdefault(int(size), {})[name] = float(nanoseconds)
    return found


def in_columns(title, unit, by_size, note=""):
    names = list(next(iter(by_size.values())))
    table = Table(title, [unit, *names], note)
    for size, times in by_size.items():
        table.add(
            number(size),
            *(
                f"{times[name]:,.0f}" if times[name] >= 100 else f"{times[name]:.1f}"
                for name in names
            ),
        )
    return table
