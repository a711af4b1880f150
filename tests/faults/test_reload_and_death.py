"""A worker is killed inside a change to a zone while nginx's master reads a new configuration.

The master has blocked the signal that reports the death, so it does not free the mutex of the zone.
Neither the master nor another worker waits for the dead one.
"""

import contextlib
import itertools
import os

import pytest

from faults.site import FaultySite
from once.site import http, put, slots, token

pytestmark = [pytest.mark.builds("PTA_TEST_FAULTS"), pytest.mark.needs("http_dav_module")]

USUAL = http()
# Reading it, the master waits until a test opens a file.
SLOW = "include first; include second;"


class SlowReload:
    """A reload that has begun, and does not end before the block does."""

    def __init__(self, site):
        self.site = site

    def __enter__(self):
        for name in ("first", "second"):
            os.mkfifo(self.site.root / name)
        self.site.http = SLOW + USUAL
        self.old = self.site.workers()
        self.site.reload(wait=False)
        # Now the master reads the configuration, and comes to the second file next.
        self.let_pass("first")
        return self

    def __exit__(self, *_):
        self.let_pass("second")
        self.site.http = USUAL
        for name in ("first", "second"):
            (self.site.root / name).unlink()

    def let_pass(self, name):
        """Returns when the master has opened the file. It is empty."""
        self.site.wait_for(lambda: self.has_opened(name), f"nginx does not read {name}")

    def has_opened(self, name):
        try:
            os.close(os.open(self.site.root / name, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:  # Nobody reads it.
            return False
        return True


@pytest.mark.parametrize("workers", [1, 2])
def test_nobody_waits_for_the_dead_worker(site, happened, workers):
    faulty = FaultySite(site.make(USUAL, main=f"worker_processes {workers};", files={"u/x": ""}))
    port, used = faulty.site.port(), []
    for number in itertools.count(1):
        with SlowReload(faulty.site) as reload:
            faulty.arm(f"kill {number}")
            with contextlib.suppress(ConnectionError):
                assert put(port, token()).status == 201
            was_killed = faulty.disarm()
            if workers > 1:
                # The other one, before the master knows of the death.
                used.append(token())
                assert put(port, used[-1]).status == 201
        what = "the reload does not end"
        faulty.site.wait_for(lambda: not set(reload.old) & set(faulty.site.workers()), what)
        faulty.site.wait_for(faulty.site.workers, what)
        used.append(token())
        assert put(port, used[-1]).status == 201
        assert {put(port, value).status for value in used} == {403}
        if not was_killed:
            break
        check_log(faulty)
        happened["kills while nginx reads a configuration"] += 1
    assert number > 7
    # The killed workers have made claims, or not.
    assert len(used) <= slots(port)[0] <= len(used) + number


def check_log(faulty):
    """The log explains one death."""
    death = "exited on signal 9"
    faulty.site.wait_for(lambda: death in faulty.site.read(), "the log does not report the death")
    lines = faulty.faults()
    expected = "have been put in order", 'zone "z" was locked by'
    other = [line for line in lines if not any(text in line for text in expected)]
    assert len(other) == 1, lines
    assert death in other[0], lines
    assert len(lines) <= 3, lines
    faulty.clear_log()
