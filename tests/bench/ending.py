"""Cleans up at a signal as at the end of a run: stops nginx, and removes its folder."""

import signal
import sys

SIGNALS = signal.SIGTERM, signal.SIGINT


def clean_up_at_signals():
    for number in SIGNALS:
        signal.signal(number, _end)


def _end(*_):
    # A second signal must not interrupt the cleaning up.
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    sys.exit("stopped")
