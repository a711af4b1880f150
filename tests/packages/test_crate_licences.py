"""scripts/lib/package/crate-licences, with a cargo that knows a few crates with odd licences."""

import json
import os
import subprocess

import pytest

from harness.project import PROJECT

SCRIPT = PROJECT / "scripts/lib/package/crate-licences"


@pytest.fixture
def licences(tmp_path):
    """Runs the script for a project with one crate of that licence, which has these files."""

    def run(licence, files, source="registry"):
        crate = tmp_path / "crate"
        crate.mkdir()
        for name, text in files.items():
            (crate / name).write_text(text, encoding="utf-8")
        entry = {"name": "odd", "version": "1.2.3", "license": licence, "source": source}
        metadata = {"packages": [{**entry, "manifest_path": f"{crate}/Cargo.toml"}]}
        (tmp_path / "metadata").write_text(json.dumps(metadata))
        programs = tmp_path / "bin"
        programs.mkdir()
        cargo = programs / "cargo"
        cargo.write_text(
            "#!/bin/sh\n[ $1 = metadata ] && exec cat "
            f"{tmp_path}/metadata\necho 'odd v1.2.3'\necho 'odd v1.2.3 (*)'\n"
        )
        cargo.chmod(0o755)
        return subprocess.run(
            [SCRIPT, "package"],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "LC_ALL": "C"},
        )

    return run


def texts(done):
    assert (done.returncode, done.stderr) == (0, "")
    return [part.split("\n\n", 1)[1].strip() for part in done.stdout.split(f"\n{'-' * 80}\n")[1:]]


@pytest.mark.parametrize(
    ("licence", "files", "expected"),
    [
        # Of several, that of MIT.
        ("MIT OR Apache-2.0", ["LICENSE-APACHE", "LICENSE-MIT"], ["LICENSE-MIT"]),
        ("Unlicense/MIT", ["COPYING", "LICENSE-MIT", "UNLICENSE"], ["LICENSE-MIT"]),
        ("Zlib OR MIT", ["license-mit.txt", "LICENSE-ZLIB.md"], ["license-mit.txt"]),
        # The only file there is.
        ("MIT", ["LICENSE", "README.md", "licensing.rs"], ["LICENSE"]),
        ("BSD-3-Clause", ["LICENCE.md"], ["LICENCE.md"]),
        # Both are needed.
        (
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            ["LICENSE-APACHE", "LICENSE-MIT", "LICENSE-UNICODE"],
            ["LICENSE-APACHE", "LICENSE-MIT", "LICENSE-UNICODE"],
        ),
        ("Apache-2.0", ["LICENSE", "NOTICE"], ["LICENSE", "NOTICE"]),
        ("MIT OR Apache-2.0", ["LICENSE-MIT", "NOTICE"], ["LICENSE-MIT", "NOTICE"]),
    ],
)
def test_which_files(licences, licence, files, expected):
    done = licences(licence, {name: f"the text of {name}\n" for name in files})
    assert texts(done) == [f"the text of {name}" for name in expected]
    assert f"\nodd 1.2.3: {licence}\n" in done.stdout


def test_names_of_people(licences):
    assert texts(licences("MIT", {"LICENSE": "Copyright Łukasz  \r\nmore\r\n"})) == [
        "Copyright Łukasz\nmore"
    ]


def test_a_crate_without_a_text_stops_the_build(licences):
    done = licences("MIT", {"README.md": "MIT"})
    assert done.returncode == 1
    assert done.stderr == "crate-licences: odd 1.2.3 has no file with its licence\n"


def test_the_own_crates_are_not_listed(licences):
    done = licences("Apache-2.0", {}, source=None)
    assert done.returncode == 0
    assert "odd" not in done.stdout
