"""Each of millions of mixed requests is answered as predicted; memory and open files stay the same.

What the error log must have follows from the predictions as well: one line for each refusal.
"""

import collections
import os
import time

import pytest

from harness.installations import installations
from harness.nginx import StartError
from harness.parallel import fork, running
from harness.processes import memory, open_files
from harness.progress import say
from harness.tokens import Pair
from soak import site as soak_site
from soak.clients import CLIENTS, Shared, client_process
from soak.error_log import ErrorLog
from soak.maker import Maker

# Of a process, in KiB. Pools that grow by a page are no leak.
GROWTH = 1024

pytestmark = pytest.mark.torture


def requests_on(nginx):
    """PTA_TEST_REQUESTS has a number for each version; the last one is for all others."""
    numbers = os.environ.get("PTA_TEST_REQUESTS", "5000000 1000000").split()
    return int(numbers[min(installations().index(nginx), len(numbers) - 1)])


def test_soak(nginx, site, seed, figures):
    wanted = requests_on(nginx)
    pairs = [Pair(), Pair(), Pair()]
    soak = Soak(soak_site.make(site, nginx, *pairs[:2]), wanted)
    share = -(-wanted // len(CLIENTS))
    processes = [
        fork.Process(
            target=client_process,
            args=(kind, soak.site.port(kind.PORT), pairs, f"{seed}/{number}", soak.shared, share),
        )
        for number, kind in enumerate(CLIENTS)
    ]
    with running(processes):
        results = soak.watch(processes)
    failures = [result for result in results if isinstance(result, str)]
    assert not failures, "\n".join(failures)

    def figure(name, value):
        figures(f"{nginx}: {name}\t{value}")

    problems = soak.problems(results, figure)
    assert not problems, "\n".join(problems)


class Soak:
    """The site with its log, and what was measured."""

    def __init__(self, site, wanted):
        self.site, self.wanted = site, wanted
        self.shared, self.log = Shared(), ErrorLog(site)
        # A worker opens its files a moment after its start.
        time.sleep(1)
        self.idle = self.open_files()
        # Memory by process id, after a tenth of the requests.
        self.warm = None
        self.seconds = 0

    def pids(self):
        return [self.site.master(), *self.site.workers()]

    def open_files(self):
        return {pid: open_files(pid) for pid in self.pids()}

    def memory(self):
        return {pid: memory(pid) for pid in self.pids()}

    def watch(self, processes):
        """Waits until all clients are done, and returns what they have put."""
        results, begin, last = [], time.monotonic(), 0.0
        while len(results) < len(processes):
            time.sleep(0.2)
            while not self.shared.results.empty():
                results.append(self.shared.results.get())
            done, now = self.shared.done.value, time.monotonic()
            if self.warm is None and done >= self.wanted // 10:
                self.warm = self.memory()
            if now - last >= 5:
                last = now
                self.log.turn()
                say(f"soak: {done} of {self.wanted}, {done / (now - begin):.0f}/s")
            assert all(process.exitcode in (None, 0) for process in processes), "a client died"
        self.seconds = time.monotonic() - begin
        return results

    def problems(self, results, figure):
        """Reports the figures, and returns the problems."""
        end = self.memory()
        self.log.turn()
        self.log.read(self.site.root / "error.log")
        refusals = summed(result.refusals for result in results)
        print_counts(results, self.seconds, figure)
        figure(
            "refusals predicted, lines about them in the error log",
            f"{refusals.total()}, {self.log.refusals.total()}",
        )
        return [
            *self.log.problems(refusals),
            *problems_of_kinds(results),
            *self.problems_of_memory(end, figure),
            *self.problems_of_files(figure),
        ]

    def problems_of_memory(self, end, figure):
        if set(self.warm) != set(end):
            yield f"processes changed: {sorted(self.warm)}, then {sorted(end)}"
        for number, pid in enumerate(sorted(set(self.warm) & set(end))):
            name = "master" if pid == self.site.master() else f"worker {number}"
            sizes = [{k: m[pid][k] // 1024 for k in ("Rss", "Pss")} for m in (self.warm, end)]
            shown = ", ".join(f"{size['Rss']}/{size['Pss']}" for size in sizes)
            figure(f"{name} RSS/PSS KiB after a tenth, at the end", shown)
            growth = sizes[1]["Rss"] - sizes[0]["Rss"]
            if growth > GROWTH:
                yield f"{name} grew by {growth} KiB"

    def problems_of_files(self, figure):
        try:
            what = "other open files than before"
            self.site.wait_for(lambda: self.open_files() == self.idle, what, 10)
        except StartError as error:
            yield f"{error}: {self.idle}, then {self.open_files()}"
        before, after = sorted(self.idle.values()), sorted(self.open_files().values())
        figure("open files of each process before, after", f"{before}, {after}")


def problems_of_kinds(results):
    """Each kind has come up."""
    found = summed(result.kinds for result in results)
    wanted = sum(name.startswith(("kind_", "last_")) for name in dir(Maker))
    if len(found) != wanted:
        yield f"{len(found)} kinds of requests came up, not {wanted}: {sorted(found)}"


def print_counts(results, seconds, figure):
    total = sum(result.done for result in results)
    kinds = summed(result.kinds for result in results)
    statuses = summed(result.statuses for result in results)
    figure("requests, each answered as predicted", total)
    figure("of them over HTTP/2", sum(result.done for result in results if result.is_http2))
    figure("made for this, the others sent again", sum(result.made for result in results))
    figure("kinds of requests", len(kinds))
    figure("requests a second", round(total / seconds))
    figure("statuses", " ".join(f"{status}={n}" for status, n in sorted(statuses.items())))
    for kind, count in sorted(kinds.items()):
        say(f"soak: {count:9d} {kind}")


def summed(counters):
    return sum(counters, collections.Counter())
