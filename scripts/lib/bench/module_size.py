"""Section 5: the size of the module's file."""

import pathlib
import subprocess
import tempfile

from report import Table, number

GOAL = 350


def run(tools, report):
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / "stripped.so"
        subprocess.run(["strip", "--strip-all", "-o", stripped, tools.module], check=True)
        sizes = {"as built": tools.module.stat().st_size, "stripped": stripped.stat().st_size}
    table = Table("Size of the module's file", ["file", "KiB"])
    for name, size in sizes.items():
        table.add(name, number(size / 1024))
    report.add(table)
    kib = sizes["stripped"] / 1024
    report.goal("size of the stripped module", f"<= {GOAL} KiB", f"{kib:.0f} KiB", kib <= GOAL)
