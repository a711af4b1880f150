"""The fixtures `figures`, what a test has measured, and `seed`, that of its random cases.

Figures are shown at the end of the run. If PTA_TEST_FIGURES names a file, they are added to it
instead: that is how scripts/torture gets them. PTA_TEST_SEED makes the same cases again.
"""

import os
import pathlib
import random

import pytest

LINES = pytest.StashKey[list]()
SEED = pytest.StashKey[str]()


def pytest_configure(config):
    config.stash[LINES] = []
    config.stash[SEED] = os.environ.get("PTA_TEST_SEED") or str(random.randrange(2**32))


def pytest_report_header(config):
    return f"PTA_TEST_SEED={config.stash[SEED]}"


@pytest.fixture(scope="session")
def seed(pytestconfig):
    return pytestconfig.stash[SEED]


@pytest.fixture(scope="session")
def figures(pytestconfig):
    """A function that takes lines of figures: NAME, a tab and VALUE, or a table."""

    def add(*lines):
        if "PTA_TEST_FIGURES" not in os.environ:
            pytestconfig.stash[LINES] += lines
            return
        with pathlib.Path(os.environ["PTA_TEST_FIGURES"]).open("a") as file:
            file.writelines(f"{line}\n" for line in lines)

    return add


def pytest_terminal_summary(terminalreporter, config):
    if lines := config.stash[LINES]:
        terminalreporter.section("figures")
        terminalreporter.write_line("\n".join(lines))
