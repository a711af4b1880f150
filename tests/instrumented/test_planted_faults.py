"""The tools find the memory errors that scripts/lib/torture/planted_faults.rs plants.

The stages sanitizers and valgrind build nginx and the module, and set these variables:

PTA_TEST_TOOL      address or valgrind
PTA_TEST_WRAPPER   the command that runs nginx, with blanks between its words
PTA_TEST_REPORTS   the folder in which the tool writes reports
"""

import contextlib
import os
import pathlib
import shlex

import pytest

from harness.nginx import Site, StartError
from harness.progress import say
from instrumented.reports import findings

FAULTS = ["pool_overrun", "heap_overflow", "use_after_free", "pool_use_after_destroy", "leak"]

pytestmark = pytest.mark.instrumented


def test_planted_faults(nginx, figures):
    found = {fault: findings_of(nginx, fault) for fault in ["none", *FAULTS]}
    assert found.pop("none") == [], "a report without a planted fault"
    assert all(found.values()), found
    figures(f"planted faults found\t{len(found)} of {len(FAULTS)}")


def findings_of(nginx, fault):
    """What the tool reports if nginx loads the module with this fault, and ends normally."""
    tool, folder = os.environ["PTA_TEST_TOOL"], pathlib.Path(os.environ["PTA_TEST_REPORTS"])
    # Not nginx -t, which does not free what it has read.
    site = Site(
        nginx,
        None,
        main="events {}",
        single_process=True,
        wrapper=shlex.split(os.environ["PTA_TEST_WRAPPER"]),
        environment={"PTA_PLANTED": fault},
    )
    # After most of these faults, AddressSanitizer ends nginx.
    with contextlib.suppress(StartError), site:
        site.start()
    found = findings(tool, folder)
    say(f'planted fault "{fault}": {found[0] if found else "no report"}')
    for report in folder.glob("report*"):
        report.unlink()
    return found
