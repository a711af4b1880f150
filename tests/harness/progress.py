"""What a long test says while it runs: pytest shows it at once with --capture=no."""

import sys


def say(text):
    print(text, file=sys.stderr, flush=True)
