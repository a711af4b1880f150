"""The stages of scripts/torture refuse arguments that they do not know, before they build."""

import subprocess

import pytest

from harness.project import PROJECT

STAGES = [
    line.split()[0]
    for line in subprocess.run(
        [PROJECT / "scripts/torture", "--list"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
]


def run(stage, *arguments):
    return subprocess.run(
        [f"scripts/lib/torture/{stage}", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        # A build would take longer.
        timeout=30,
    )


@pytest.mark.parametrize("stage", STAGES)
def test_help(stage):
    done = run(stage, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: scripts/")


@pytest.mark.parametrize("argument", ["--fast", "no-such-test", "t/no-such-suite.t"])
@pytest.mark.parametrize("stage", STAGES)
def test_an_argument_that_is_not_known(stage, argument):
    done = run(stage, argument)
    assert (done.returncode, done.stdout) == (2, "")
    assert argument in done.stderr
    assert len(done.stderr.splitlines()) == 1
