"""One nginx for all faults of a version, and the number of faults that have happened."""

import collections

import pytest

pytest.register_assert_rewrite("faults.expected", "faults.site")

from faults.cases import BESIDE, HTTP  # noqa: E402 (assertions are rewritten first)
from faults.site import FaultySite  # noqa: E402


@pytest.fixture(scope="package")
def shared(package_site):
    files = {"a": "content\n", "a.m3u8": f"#EXTM3U\n{'segment.ts' * 10}\n"}
    return FaultySite(package_site.make(HTTP, files=files, beside=BESIDE, access_log="off"))


@pytest.fixture
def faulty(shared):
    """A site whose module was built with the feature fault-injection."""
    yield shared
    left = shared.faults()
    shared.recover()
    assert not left, left


@pytest.fixture(scope="package")
def happened(nginx, figures):
    """Counts the faults that have happened, for the summary."""
    counts = collections.Counter()
    yield counts
    figures(*(f"{nginx}: faults: {name}\t{count}" for name, count in counts.items()))
