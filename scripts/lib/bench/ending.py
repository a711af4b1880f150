"""An end by a signal is an end like any other: what was started is stopped, its folders are removed."""

import signal
import sys

SIGNALS = signal.SIGTERM, signal.SIGINT


def clean_up_at_signals():
    for number in SIGNALS:
        signal.signal(number, _end)


def _end(*_):
    # Whatever else comes meanwhile.
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    sys.exit("stopped")
