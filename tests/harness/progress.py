"""The progress of long runs, on stderr. pytest shows it immediately with --capture=no."""

import sys
import time


def say(text):
    print(text, file=sys.stderr, flush=True)


class Progress:
    """The steps of a section of scripts/bench: one line, or one a step if stderr is no terminal."""

    def __init__(self, section, steps):
        self.section, self.steps, self.done = section, steps, 0
        self.started = time.monotonic()
        self.live = sys.stderr.isatty()
        self._show("")

    def step(self, what):
        self.done += 1
        self._show(what)

    def close(self):
        seconds = time.monotonic() - self.started
        print(
            f"{self._start()}bench: {self.section}: done in {seconds:.0f} s",
            file=sys.stderr,
            flush=True,
        )

    def _start(self):
        return "\r\033[K" if self.live else ""

    def _show(self, what):
        end = "" if self.live else "\n"
        line = f"bench: {self.section}: {self.done}/{self.steps} {what}"
        print(f"{self._start()}{line}", end=end, file=sys.stderr, flush=True)
