"""scripts/package apt: apt takes the repository, and refuses a changed one."""

import os
import shutil
import subprocess

import pytest

from packages.debian import field, package


class Apt:
    """apt with one repository and with folders of its own. It takes nothing from this machine."""

    def __init__(self, folder, repository):
        self.folder = folder
        for name in ("lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True)
        (folder / "status").touch()
        key = repository / "pta.gpg"
        (folder / "sources.list").write_text(f"deb [signed-by={key}] file:{repository} ./\n")

    def run(self, command, *arguments):
        settings = {
            "Dir::Etc::SourceList": self.folder / "sources.list",
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::State::Lists": self.folder / "lists",
            "Dir::State::status": self.folder / "status",
            "Dir::Cache": self.folder / "cache",
            "APT::Sandbox::User": "root",
        }
        options = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
        return subprocess.run(
            [command, *options, *arguments],
            capture_output=True,
            text=True,
            env={"LC_ALL": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        )


@pytest.fixture(scope="module")
def repository(output):
    done = package("--output", output, "apt")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{output}/apt\n"
    return output / "apt"


@pytest.fixture
def apt(repository, tmp_path):
    """An apt with a copy of the repository, and the copy."""
    copy = tmp_path / "repository"
    shutil.copytree(repository, copy)
    return Apt(tmp_path / "apt", copy), copy


def test_apt_finds_the_packages(apt, output):
    apt, _ = apt
    done = apt.run("apt-get", "update")
    assert done.returncode == 0, done.stderr
    assert "W:" not in done.stderr
    for deb in output.glob("*.deb"):
        policy = apt.run("apt-cache", "policy", field(deb, "Package")).stdout
        assert f"Candidate: {field(deb, 'Version')}\n" in policy


@pytest.mark.parametrize("name", ["Release", "Packages"])
def test_apt_refuses_a_changed_list(apt, name):
    apt, copy = apt
    # apt takes InRelease if it is there, and Release with Release.gpg otherwise.
    (copy / "InRelease").unlink()
    for file in copy.glob(f"{name}*"):
        if file.suffix == "":
            file.write_text(file.read_text().replace("pta-tools", "pta-toolz", 1) + "\n")
        elif file.suffix == ".gz":
            file.unlink()
    done = apt.run("apt-get", "update")
    assert done.returncode != 0
    assert ("BADSIG" if name == "Release" else "Hash Sum mismatch") in done.stderr + done.stdout


def test_apt_refuses_another_key(apt, repository, tmp_path):
    apt, copy = apt
    done = package("--output", tmp_path / "dist", "apt", *repository.glob("*.deb"))
    assert done.returncode == 0, done.stderr
    shutil.copy(tmp_path / "dist/apt/pta.gpg", copy / "pta.gpg")
    done = apt.run("apt-get", "update")
    assert done.returncode != 0
    assert "NO_PUBKEY" in done.stderr


def test_a_key_that_is_not_there(output, tmp_path):
    (tmp_path / "gnupg").mkdir(mode=0o700)
    environment = {**os.environ, "GNUPGHOME": str(tmp_path / "gnupg")}
    done = package("--output", output, "apt", "--key", "nobody", env=environment)
    assert done.returncode == 2
    assert done.stderr.endswith('gpg has no secret key "nobody"\n')
