"""A running nginx whose module fails on demand."""

import os
import re
import signal
import typing

from faults.cases import CASES
from harness import processes
from harness.clients import http1
from harness.nginx import FAULTS

INJECTED = re.compile(r"panic|injected fault")
TOKEN = re.compile(r"([0-9a-f]{32,})(?:\.[\w-]+)*")
FAULT = re.compile(f"{INJECTED.pattern}|{FAULTS.pattern}")


class Response(typing.NamedTuple):
    status: int | None
    # X-Status, which has the value of a variable, and Cache-Control.
    variable: str | None
    caches: str | None


# nginx has closed the connection.
CLOSED = Response(None, None, None)


class FaultySite:
    """A site with one fault at a time: the one that the fault file names.

    The module counts the file down, and removes it when the fault has happened.
    """

    def __init__(self, site):
        self.site = site
        self.file = site.root / "fault"
        site.environment["PTA_FAULT_FILE"] = str(self.file)
        site.start()
        self.workers = site.workers()

    def arm(self, fault):
        self.site.replace(self.file.name, fault)

    def has_happened(self):
        return not self.file.exists()

    def disarm(self):
        """Whether the fault has happened."""
        happened = self.has_happened()
        self.file.unlink(missing_ok=True)
        return happened

    def faults(self):
        """The lines of the error log that report a fault, injected or not."""
        return [line for line in self.site.read().splitlines() if FAULT.search(line)]

    def clear_log(self):
        """Empties the log. An expected fault in it would fail the test when the site is closed."""
        os.truncate(self.site.root / "error.log", 0)

    def get(self, case):
        try:
            # The next fault shall not happen at the end of this request.
            response = http1.get_to_end(
                self.site.port(), case.target, *case.header_lines(), method=case.method
            )
        except http1.NoResponse:
            return CLOSED
        variable = response.joined("x-status")
        if variable is not None:
            # Every second, the same request gets another token.
            variable = TOKEN.sub(lambda found: f"{len(found[1])} digits", variable)
        return Response(response.status, variable, response.joined("cache-control"))

    def is_serving(self):
        return self.get(CASES["token"]).status == 200

    def has_same_workers(self):
        """Whether no worker has ended since the start or the last reload."""
        return self.site.workers() == self.workers

    def refuse_reload(self, fault):
        """A reload that the fault refuses. Returns when the master is idle."""
        self.arm(fault)
        self.site.signal(signal.SIGHUP)
        self.wait_for_fault(fault)
        processes.wait_until_idle(self.site.master())

    def has_all_filters(self):
        """Whether a new worker, in the place of one that is killed, has the filters."""
        usual = self._filtered()
        for worker in self.workers:
            os.kill(worker, signal.SIGKILL)
        new = "no new worker"
        self.site.wait_for(lambda: set(self.site.workers()) - set(self.workers), new)
        death = "exited on signal 9"
        self.site.wait_for(lambda: death in self.site.read(), "the log does not report the death")
        self.workers = self.site.workers()
        self.clear_log()
        return self._filtered() == usual

    def _filtered(self):
        """Responses that depend on all filters of the module."""
        # Without the first filter, nginx answers 412.
        playlist = http1.get_to_end(self.site.port(), CASES["playlist"].target, 'If-Match: "x"')
        names = "stored", "refusal", "cookie handed over", "playlist"
        return playlist.status, *(self.get(CASES[name]) for name in names)

    def recover(self):
        """Makes the site serve without a fault, whatever the previous test has left."""
        self.disarm()
        self.clear_log()
        if not (self.has_same_workers() and self.is_serving()):
            self.site.stop()
            self.site.start()
            self.workers = self.site.workers()

    def reload(self):
        self.site.reload()
        self.workers = self.site.workers()
        assert self.is_serving(), "a reload does not work any more"

    def wait_for_fault(self, fault):
        self.site.wait_for(
            lambda: self.has_happened() and self.faults(), f"{fault} has not happened"
        )
