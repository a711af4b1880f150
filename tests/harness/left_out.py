"""Shows which tests a run with -m "not plain" leaves out, and why, as their markers say."""

import collections

import pytest

LEFT_OUT = pytest.StashKey[collections.Counter]()


def pytest_deselected(items):
    for item in items:
        mark = item.get_closest_marker("plain")
        if mark and "not plain" in item.config.option.markexpr:
            left_out = item.config.stash.setdefault(LEFT_OUT, collections.Counter())
            left_out[item.path.relative_to(item.config.rootpath), mark.args[0]] += 1


def pytest_terminal_summary(terminalreporter, config):
    for (path, reason), number in sorted(config.stash.get(LEFT_OUT, {}).items()):
        terminalreporter.write_line(f"LEFT OUT [{number}] {path}: {reason}")
