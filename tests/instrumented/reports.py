"""Reports of AddressSanitizer and valgrind.

`python -m instrumented.reports FOLDER` prints the names of the reports of AddressSanitizer that
show more than what nginx itself leaks. LeakSanitizer's own suppressions know single frames only,
which would hide too much.
"""

import itertools
import pathlib
import re
import sys

# What nginx itself does not free, by the calls that lead there, the innermost first.
# The connections and events of a process: freed by the end of the process.
EVENTS = {("ngx_alloc", "ngx_event_process_init")}
# Pools that end with the process. What is in them is an indirect leak.
POOLS = {
    # That of the cycle before the configuration is read, of `nginx -s` and `nginx -t`, and of an
    # nginx that refuses its configuration.
    ("ngx_create_pool", "main"),
    # That of the cycle of `nginx -t`.
    ("ngx_create_pool", "ngx_init_cycle"),
}

# The beginning of a report that has only leaks.
LEAKS = re.compile(r"\s*=+\n==\d+==ERROR: LeakSanitizer: detected memory leaks\s*$")

# By tool: how a report names an error.
FINDINGS = {
    "address": r"ERROR: [A-Za-z]*Sanitizer: (heap[a-z-]*|detected memory leaks)",
    "valgrind": r"(?m)^==\d+== (Invalid [a-z]* of size \d+|.* definitely lost)",
}


def pairs_of_calls(leak):
    return set(itertools.pairwise(re.findall(r"^ +#\d+ 0x\w+ in (\w+) ", leak, re.M)))


def has_only_leaks_of_nginx(report):
    head, *parts = report.split("\n\n")
    leaks = [part for part in parts if re.match(r"\s*(Direct|Indirect) leak of ", part)]
    rest = [part for part in parts if part not in leaks and not part.startswith("SUMMARY: ")]
    if not LEAKS.match(head) or not leaks or rest:
        return False
    has_pool = any(pairs_of_calls(leak) & POOLS for leak in leaks)
    judged = [leak for leak in leaks if "Direct leak" in leak or not has_pool]
    return all(pairs_of_calls(leak) & (EVENTS | POOLS) for leak in judged)


def own_reports(folder):
    """The reports that show more than what nginx itself leaks, by path."""
    found = {}
    for path in sorted(pathlib.Path(folder).glob("report*")):
        report = path.read_text(errors="replace")
        if not has_only_leaks_of_nginx(report):
            found[path] = report
    return found


def findings(tool, folder):
    """The errors that the reports name."""
    texts = own_reports(folder).values()
    return [finding for text in texts for finding in re.findall(FINDINGS[tool], text)]


if __name__ == "__main__":
    for name in own_reports(sys.argv[1]):
        print(name)
