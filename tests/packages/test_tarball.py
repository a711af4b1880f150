"""scripts/package tarball: the source archive, and that cargo needs nothing else.

scripts/torture reproducible builds it twice.
"""

import os
import pathlib
import shutil
import subprocess
import tarfile

import pytest

from harness import project
from harness.project import PROJECT

SECONDS = 1200


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, **options)
    assert done.returncode == 0, done.stderr
    return done


def make(package, folder):
    """The archive."""
    return pathlib.Path(run(package, "--output", folder, "tarball").stdout.strip())


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return make(PROJECT / "scripts/package", tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def members(archive):
    with tarfile.open(archive) as tar:
        return tar.getmembers()


@pytest.fixture(scope="module")
def unpacked(archive, tmp_path_factory):
    """The folder of the unpacked archive."""
    folder = tmp_path_factory.mktemp("unpacked")
    run("tar", "--extract", "--directory", folder, "--file", archive)
    (found,) = folder.iterdir()
    return found


@pytest.fixture
def offline(tmp_path):
    """An environment in which cargo has no crates."""
    headers = os.environ.get("NGINX_SOURCE_DIR", str(PROJECT / ".nginx/debian"))
    return {
        **{name: value for name, value in os.environ.items() if name != "RUSTFLAGS"},
        "CARGO_HOME": str(tmp_path),
        "CARGO_TARGET_DIR": str(PROJECT / "target/package/tarball"),
        "NGINX_SOURCE_DIR": headers,
    }


def test_its_name(archive, members):
    name = f"pta-for-nginx-{project.version()}"
    assert archive.name == f"{name}.tar.xz"
    assert {member.name.partition("/")[0] for member in members} == {name}
    assert (archive.parent / "SHA256SUMS").read_text().endswith(f"  {archive.name}\n")


def test_nothing_of_this_machine_is_in_it(members):
    assert {(member.uid, member.gid, member.uname, member.gname) for member in members} == {
        (0, 0, "", "")
    }
    assert {member.mode for member in members} == {0o644, 0o755}
    assert len({member.mtime for member in members}) == 1
    assert all(member.isfile() or member.isdir() for member in members)


def test_it_has_the_files_of_the_project_and_no_others(unpacked):
    found = {path.relative_to(unpacked) for path in unpacked.rglob("*") if path.is_file()}
    # project.files() has none of hidden folders, and what tests leave behind.
    own = {
        path.as_posix()
        for path in found
        if path.parts[0] != "vendor" and not any(part[0] == "." for part in path.parts[:-1])
    }
    expected = {name for name in project.files() if name != ".git" and "__pycache__" not in name}
    assert own == expected
    assert (unpacked / ".ci/run").exists()


def test_another_run_makes_the_same_bytes_also_in_the_unpacked_archive(archive, unpacked, tmp_path):
    # A copy, because the run must not find its own output in the next test.
    copy = tmp_path / "another/folder"
    shutil.copytree(unpacked, copy)
    assert make(copy / "scripts/package", tmp_path / "dist").read_bytes() == archive.read_bytes()


@pytest.mark.parametrize("workspace", ["Cargo.toml", "fuzz/Cargo.toml"])
def test_no_crate_is_missing(unpacked, offline, workspace):
    run(
        *("cargo", "tree", "--offline", "--locked", "--workspace", "--manifest-path", workspace),
        cwd=unpacked,
        env=offline,
    )


def test_cargo_needs_no_network(unpacked, offline):
    ours = ("ngx-http-pta-module", "pta-cli", "pta-http", "pta-token")
    # Their files always have the date of the archive, so cargo would take them for compiled.
    clean = [word for name in ours for word in ("--package", name)]
    run("cargo", "clean", "--offline", "--locked", *clean, cwd=unpacked, env=offline)
    run(
        *("cargo", "check", "--offline", "--locked", "--quiet"),
        *("--package", "ngx-http-pta-module", "--package", "pta-cli"),
        cwd=unpacked,
        env=offline,
    )


def test_bad_arguments_are_refused():
    done = subprocess.run(
        [PROJECT / "scripts/package", "tarball", "x"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr == (
        'package tarball: unexpected argument "x" (see scripts/package tarball --help)\n'
    )
