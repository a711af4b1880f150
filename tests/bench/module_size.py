"""Section 5: the size of the module's file, and how much of its code is our own."""

import pathlib
import re
import subprocess
import tempfile

from bench.report import Table, number

# Of the rest, most is what the standard library prints a panic's stack with.
OWN_CODE_GOAL = 72
# In the names of functions, also of those of other crates that were made for our types.
OWN_CRATES = re.compile("ngx_http_pta_|pta_token")


def run(tools, report):
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / "stripped.so"
        subprocess.run(["strip", "--strip-all", "-o", stripped, tools.module], check=True)
        sizes = {
            "the file as built": tools.module.stat().st_size,
            "the file, stripped": stripped.stat().st_size,
        }
    functions = code_by_function(tools.module)
    own = sum(size for name, size in functions if OWN_CRATES.search(name))
    sizes["code of all functions"] = sum(size for _, size in functions)
    sizes["code of our own crates"] = own
    table = Table("Size of the module", ["what", "KiB"])
    for name, size in sizes.items():
        table.add(name, number(size / 1024))
    report.add(table)
    report.goal(
        "size of our own code",
        f"<= {OWN_CODE_GOAL} KiB",
        f"{own / 1024:.0f} KiB",
        own <= OWN_CODE_GOAL * 1024,
    )


def code_by_function(module):
    """Name and size of each function in the module's table of symbols."""
    listed = subprocess.run(
        ["nm", "--print-size", "--defined-only", module], check=True, capture_output=True, text=True
    )
    lines = (line.split() for line in listed.stdout.splitlines())
    functions = [
        (line[3], int(line[1], 16)) for line in lines if len(line) == 4 and line[2] in "tTwW"
    ]
    if not any(OWN_CRATES.search(name) for name, _ in functions):
        raise RuntimeError(f"{module}: no symbols of our own crates, was it stripped?")
    return functions
