"""Fixtures of all tests: the versions of nginx, sites on them, and the pta command.

`scripts/test tests` runs the tests, `scripts/test tests/rotation` or
`scripts/test tests/test_harness.py::test_a_token_opens_a_file` some of them, and
`scripts/torture STAGE` the long ones. Markers are in pyproject.toml. The __init__.py of a folder
says what the folder is for.

Variables that scripts/test and scripts/torture set:

PTA_COMMAND                    the path of the pta command
PTA_TEST_NGINX                 the versions of nginx, one a line: NGINX:MODULE
PTA_TEST_FAULTS                the same, with modules that have the feature fault-injection
PTA_TEST_OTHER_CONFIGURATION   the same, with a module for another configuration of nginx
PTA_TEST_FIGURES               a file for the figures, which pytest shows otherwise
PTA_TEST_QUIT                  nginx gets the time to end by itself, for a tool that looks for leaks
PTA_TEST_TOOL, PTA_TEST_WRAPPER, PTA_TEST_REPORTS   see instrumented/test_planted_faults.py

Variables for a run by hand:

PTA_TEST_SEED      the seed that a run has printed, to repeat its random cases
PTA_TEST_REQUESTS  how many requests a long test sends
PTA_TEST_TOKENS    how many tokens oracle/test_command.py compares
PTA_TEST_QUICK     a short run of storms/
CI=true            a skipped test fails
"""

import os
import re
import signal
import sys

import pytest

from harness.installations import installations
from harness.nginx import Site
from harness.project import PROJECT
from harness.tokens import Pair

pytest_plugins = ["harness.figures", "harness.left_out", "harness.no_skips", "pytester"]

KEPT = PROJECT / "target/tests/failed"

HAS_FAILED = pytest.StashKey[bool]()


def pytest_configure():
    # So that fixtures are torn down, and every nginx is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def pytest_generate_tests(metafunc):
    """A test that uses the fixture `nginx` runs on each version that has what the test needs."""
    if "nginx" not in metafunc.fixturenames:
        return
    definition = metafunc.definition
    needed = {module for mark in definition.iter_markers("needs") for module in mark.args}
    builds = definition.get_closest_marker("builds")
    present = installations(builds.args[0] if builds else "PTA_TEST_NGINX")
    if not present and not builds:
        raise pytest.UsageError("PTA_TEST_NGINX is not set: run `scripts/test tests`")
    packaged = {name for mark in definition.iter_markers("packaged") for name in mark.args}
    fitting = [
        nginx
        for nginx in present
        if all(map(nginx.has, needed)) and all(map(nginx.dynamic_modules, packaged))
    ]
    if not present:
        skip = pytest.mark.skip(reason=f"{builds.args[0]} is not set")
        fitting = [pytest.param(None, marks=skip)]
    metafunc.parametrize("nginx", fitting, ids=str, indirect=True, scope="session")


@pytest.fixture(scope="session")
def nginx(request):
    """The version of nginx that the test runs on."""
    return request.param


@pytest.fixture(scope="session")
def command():
    """The path of the pta command."""
    if not os.environ.get("PTA_COMMAND"):
        raise pytest.UsageError("PTA_COMMAND is not set: run `scripts/test tests`")
    return os.environ["PTA_COMMAND"]


@pytest.fixture(scope="session")
def pair():
    """A pair of keys."""
    return Pair()


@pytest.fixture(scope="session")
def second_pair():
    """The 2nd pair of the same realm."""
    return Pair()


@pytest.fixture(scope="session")
def other_pair():
    """Keys of another realm."""
    return Pair()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        for node in item.listchain():
            node.stash[HAS_FAILED] = True
    return report


class Sites:
    """Starts sites, and stops them when the tests that use them are over."""

    def __init__(self, nginx, node):
        self.nginx, self.node = nginx, node
        self.sites = []

    def __call__(self, http, **options):
        """A running site: see harness.nginx.Site."""
        return self.make(http, **options).start()

    def make(self, http, **options):
        """A site that was not started."""
        self.sites.append(Site(self.nginx, http, **options))
        return self.sites[-1]

    def close(self):
        for site in self.sites:
            site.stop()
        # After the end of nginx, which reports connections that were left open.
        faults = [fault for site in self.sites for fault in site.faults()]
        has_failed = faults or self.node.stash.get(HAS_FAILED, False)
        for number, site in enumerate(self.sites):
            name = re.sub(r"[^\w.-]+", "-", f"{self.node.nodeid}-{self.nginx}-{number}")
            kept = KEPT / name if has_failed else None
            site.remove(keep_in=kept)
            if kept:
                print(f"kept: {kept}", file=sys.stderr)
        assert not faults, "\n".join(faults)


@pytest.fixture
def site(nginx, request):
    """Starts sites for one test."""
    sites = Sites(nginx, request.node)
    yield sites
    sites.close()


@pytest.fixture(scope="package")
def package_site(nginx, request):
    """Starts sites that all tests of a folder share."""
    sites = Sites(nginx, request.node)
    yield sites
    sites.close()
