"""scripts/lib/versions.sh: the version of the project, and the files that repeat it."""

import json
import pathlib
import re
import shutil
import subprocess
import tomllib
from xml.etree import ElementTree

import pytest

from harness import project
from harness.project import PROJECT

NEW = "9.87.6-rc.5"

FILES = {
    "Cargo.toml",
    "cli/tests/cmd/command.trycmd",
    "docs/signers.md",
    "packaging/alpine/APKBUILD",
    "packaging/pkg-oss/Makefile.module-pta",
    "signers/django/pyproject.toml",
    "signers/java/pom.xml",
    "signers/node/package.json",
    "signers/php/composer.json",
    "signers/python/pyproject.toml",
}


def versions(root, call):
    """Runs a function of the script."""
    script = 'source "$1/scripts/lib/common.sh"; source "$1/scripts/lib/versions.sh"; root=$2; '
    command = ["bash", "-euc", script + call, "versions", PROJECT, root]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def shown(root):
    done = versions(root, "show_versions")
    assert done.returncode == 0, done.stderr
    return dict(line.split() for line in done.stdout.splitlines())


def read(root):
    """The version as the reader of each file finds it."""
    toml = tomllib.loads((root / "Cargo.toml").read_text())
    found = {"Cargo.toml": toml["workspace"]["package"]["version"]}
    for name in ("signers/python/pyproject.toml", "signers/django/pyproject.toml"):
        found[name] = tomllib.loads((root / name).read_text())["project"]["version"]
    for name in ("signers/node/package.json", "signers/php/composer.json"):
        found[name] = json.loads((root / name).read_text())["version"]
    pom = ElementTree.parse(root / "signers/java/pom.xml")
    found["signers/java/pom.xml"] = pom.findtext("{http://maven.apache.org/POM/4.0.0}version")
    page = (root / "docs/signers.md").read_text()
    (found["docs/signers.md"],) = re.findall("<version>(.*)</version>", page)
    for name, line in (
        ("cli/tests/cmd/command.trycmd", r"pta (\d.*)"),
        ("packaging/alpine/APKBUILD", "pkgver=(.*)"),
        ("packaging/pkg-oss/Makefile.module-pta", "MODULE_VERSION_pta= (.*)"),
    ):
        (found[name],) = re.findall(f"^{line}$", (root / name).read_text(), re.M)
    return found


@pytest.fixture
def copy(tmp_path):
    """A folder with copies of these files."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, tmp_path / name)
    return tmp_path


def test_all_files_have_the_same_version():
    same = dict.fromkeys(FILES, project.version())
    assert shown(PROJECT) == same
    assert read(PROJECT) == same


def test_no_other_file_of_a_signer_has_it():
    """Otherwise a release would leave it behind."""
    names = [name for name in project.files() if name.startswith("signers/")]
    found = {name for name in names if project.version() in project.text_of(name)}
    assert found == {name for name in FILES if name.startswith("signers/")}


def test_it_can_be_set(copy):
    before = {name: (copy / name).read_text() for name in FILES}
    done = versions(copy, f"set_versions {NEW}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert shown(copy) == read(copy) == dict.fromkeys(FILES, NEW)
    # One line of each file has changed.
    for name in FILES:
        lines = zip(before[name].splitlines(), (copy / name).read_text().splitlines(), strict=True)
        assert [new for old, new in lines if old != new] == [
            new for new in (copy / name).read_text().splitlines() if NEW in new
        ]
    assert {p.relative_to(copy).as_posix() for p in copy.rglob("*") if p.is_file()} == FILES
    # And set again, to one without a suffix.
    assert versions(copy, "set_versions 10.0.0").returncode == 0
    assert set(read(copy).values()) == {"10.0.0"}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("lines", [0, 2])
def test_a_file_without_its_line(copy, name, lines):
    """Nothing is written then."""
    file = copy / name
    text = file.read_text()
    (line,) = (
        line
        for line in text.splitlines(keepends=True)
        if project.version() in line and "built for" not in line
    )
    file.write_text(text.replace(line, line * lines))
    before = {each: (copy / each).read_bytes() for each in FILES}
    for call in ("show_versions", f"set_versions {NEW}"):
        done = versions(copy, call)
        assert done.returncode == 1
        assert f"{name}: expected one line like: " in done.stderr
    assert {each: (copy / each).read_bytes() for each in FILES} == before


@pytest.mark.parametrize("version", ["", "1.2", "v1.2.3", "1.2.3-", "1.2.3 ", "1.2.3|e", "1.2.3\n"])
def test_what_is_no_version(copy, version):
    before = {each: (copy / each).read_bytes() for each in FILES}
    done = versions(copy, f"set_versions $'{version}'".replace("\n", "\\n"))
    assert done.returncode == 2
    assert "is no version such as 1.2.0" in done.stderr
    assert {each: (copy / each).read_bytes() for each in FILES} == before


def test_the_list_is_that_of_the_script():
    done = versions(PROJECT, "version_files")
    assert {line.split()[0] for line in done.stdout.splitlines()} == FILES
    assert all(pathlib.Path(PROJECT, name).is_file() for name in FILES)
