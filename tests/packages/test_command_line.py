"""scripts/package: its command line, and what it leaves behind if it fails."""

import os

import pytest

from packages.debian import package


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "package: say what to make (see scripts/package --help)"),
        (["msi"], 'package: unknown package "msi" (see scripts/package --help)'),
        (["check"], 'package: unknown package "check" (see scripts/package --help)'),
        (["inside"], 'package: unknown package "inside" (see scripts/package --help)'),
        (["../deb"], 'package: unknown package "../deb" (see scripts/package --help)'),
        (["common.sh"], 'package: unknown package "common.sh" (see scripts/package --help)'),
        (["--fast"], 'package: unknown option "--fast" (see scripts/package --help)'),
        (["--output"], "package: --output needs a folder (see scripts/package --help)"),
        (
            ["deb", "--fast"],
            'package deb: unexpected argument "--fast" (see scripts/package deb --help)',
        ),
        (
            ["deb", "--version"],
            "package deb: --version needs a value (see scripts/package deb --help)",
        ),
        (["deb", "--in"], "package deb: --in needs a suite (see scripts/package deb --help)"),
        (
            ["deb", "--in", "bookworm"],
            'package deb: cannot build in "bookworm": its cargo is too old, or it is no suite',
        ),
        (["deb", "--version", "1.x"], 'package deb: "1.x" is not a version such as 1.2.0'),
        (
            ["deb", "--build-folder", "/a b"],
            'package deb: the folder "/a b" has a blank in its name',
        ),
        (
            ["apt", "--fast"],
            'package apt: unknown option "--fast" (see scripts/package apt --help)',
        ),
        (["apt", "/etc/hosts"], 'package apt: "/etc/hosts" is not a Debian package'),
    ],
)
def test_what_is_wrong_is_said(arguments, message):
    done = package(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{message}\n")


@pytest.mark.parametrize("arguments", [[], ["deb"], ["apt"], ["--check"]])
def test_help(arguments):
    done = package(*arguments, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: scripts/package ")


def test_the_help_lists_what_can_be_made():
    lines = package("--help").stdout.splitlines()
    assert any(line.startswith("  deb ") for line in lines)
    assert any(line.startswith("  apt ") for line in lines)
    assert not any(line.startswith("  common") for line in lines)


def test_a_date_that_is_not_one():
    done = package("deb", env={**os.environ, "SOURCE_DATE_EPOCH": "today"})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "package deb: SOURCE_DATE_EPOCH is not a number of seconds\n"


def test_a_failure_leaves_nothing(tmp_path):
    folders = ["--output", tmp_path / "dist", "deb", "--build-folder", tmp_path / "build"]
    done = package(*folders, env={**os.environ, "RUSTFLAGS": "--no-such-option"})
    assert (done.returncode, done.stdout) == (2, "")
    # What the build has printed is shown.
    assert "Unrecognized option: 'no-such-option'" in done.stderr
    assert "\npackage deb: failed: building " in done.stderr
    assert list((tmp_path / "dist").iterdir()) == []
