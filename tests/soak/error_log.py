"""The error log of a long test: read piece by piece, so that it stays short."""

import collections
import os
import re
import signal

# The value of $pta_status, by the words of a log line.
VERDICTS = {
    "missing token": "MISSING",
    "malformed token": "MALFORMED",
    "undecryptable token": "UNDECRYPTABLE",
    "expired token": "EXPIRED",
    "path mismatch": "PATH_MISMATCH",
    "replayed token": "REPLAYED",
}
REFUSAL = re.compile(rb" pta: (" + "|".join(VERDICTS).encode() + rb")")
FAULT = re.compile(rb"\[(alert|emerg|crit)\]|panic")
# Lines that belong to the requests or to reopening the log.
KNOWN = re.compile(
    r"signal|reopening|worker process|gracefully|open\(\)|too long|using inherited|start"
)


class ErrorLog:
    def __init__(self, site):
        self.site = site
        self.refusals, self.others = collections.Counter(), collections.Counter()
        self.faults = []

    def turn(self):
        """Makes nginx write to a new file, and reads the old one."""
        log, old = self.site.root / "error.log", self.site.root / "error.log.old"
        log.rename(old)
        self.site.signal(signal.SIGUSR1)
        self.site.wait_for(log.exists, "nginx does not open its log again")
        # Each worker opens the new file in its own time, and writes to the old one until then.
        self.site.wait_for(
            lambda: not any(holds(pid, old) for pid in self.site.workers()),
            "a worker does not open its log again",
        )
        self.read(old)
        old.unlink()

    def read(self, path):
        with path.open("rb") as lines:
            for line in lines:
                if FAULT.search(line):
                    self.faults.append(line.decode("latin-1"))
                elif found := REFUSAL.search(line):
                    self.refusals[VERDICTS[found[1].decode()]] += 1
                else:
                    text = line.split(b"] ", 1)[-1].split(b",")[0]
                    self.others[re.sub(rb"\d+", b"N", text).decode("latin-1")[:60]] += 1

    def problems(self, refusals):
        """Compares the log with the predicted refusals, and returns the problems."""
        problems = self.faults[:5]
        if unknown := {text: n for text, n in self.others.items() if not KNOWN.search(text)}:
            problems.append(f"unexpected lines in the error log: {unknown}")
        if refusals != self.refusals:
            problems.append(
                f"not one line for each refusal: {dict(refusals)} predicted, "
                f"{dict(self.refusals)} in the error log"
            )
        return problems


def holds(pid, path):
    try:
        files = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    except OSError:
        return True
    return str(path) in files
