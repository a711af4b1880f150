"""Prints the names of AddressSanitizer's reports that have more than nginx's own leaks.

usage: leaks_of_nginx.py REPORT ...

LeakSanitizer's own suppressions know single frames only, which would hide too much.
"""

import itertools
import re
import sys

# What nginx itself does not free, by the calls that lead there, the innermost first.
KNOWN = [
    # The connections and events of a process: freed by the end of the process.
    ("ngx_alloc", "ngx_event_process_init"),
    # The pool of the cycle before the configuration is read: it stays if that is refused.
    ("ngx_create_pool", "main"),
]


def is_known(leak):
    calls = re.findall(r"^ +#\d+ 0x\w+ in (\w+) ", leak, re.M)
    return any(pair in KNOWN for pair in itertools.pairwise(calls))


def main():
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8", errors="replace") as report:
            text = report.read()
        parts = text.split("\n\n")
        leaks = [part for part in parts if re.match(r"\s*(Direct|Indirect) leak of ", part)]
        head = re.match(r"\s*=+\n==\d+==ERROR: LeakSanitizer: detected memory leaks\s*$", parts[0])
        # Whatever else is in the report is no known leak.
        rest = [
            part for part in parts[1:] if part not in leaks and not part.startswith("SUMMARY: ")
        ]
        if not head or rest or not leaks or not all(map(is_known, leaks)):
            print(name)


main()
