"""Ends at a signal as at the end of the run: nginx is stopped, and its folder is removed."""

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
