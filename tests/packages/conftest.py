"""Fixtures: the Debian packages, built once and unpacked."""

import pathlib

import pytest

from packages.debian import Unpacked, package


@pytest.fixture(scope="session")
def output(tmp_path_factory):
    """The folder for packages, with the Debian packages in it."""
    folder = tmp_path_factory.mktemp("dist")
    done = package("--output", folder, "deb")
    assert done.returncode == 0, done.stderr
    debs = {pathlib.Path(line) for line in done.stdout.splitlines()}
    assert debs == set(folder.glob("*.deb"))
    assert len(debs) == 2
    return folder


def unpack(output, name, folder):
    (deb,) = output.glob(f"{name}_*.deb")
    return Unpacked.of(deb, folder)


@pytest.fixture(scope="session")
def module_package(output, tmp_path_factory):
    return unpack(output, "libnginx-mod-http-pta", tmp_path_factory.mktemp("module"))


@pytest.fixture(scope="session")
def tools_package(output, tmp_path_factory):
    return unpack(output, "pta-tools", tmp_path_factory.mktemp("tools"))
