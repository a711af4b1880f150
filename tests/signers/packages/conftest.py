"""Fixtures: each package, installed once."""

import pytest

from signers.languages import Missing
from signers.packages.ecosystems import ALL, SIGNERS


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """The package of an ecosystem, installed in a project."""
    projects = {}

    def install(name):
        if name not in projects:
            try:
                projects[name] = ALL[name](tmp_path_factory.mktemp(name))
            except Missing as missing:
                projects[name] = missing
        if isinstance(projects[name], Missing):
            pytest.skip(str(projects[name]))
        return projects[name]

    return install


@pytest.fixture(scope="session", params=SIGNERS)
def package(request, installed):
    """The signer of each ecosystem."""
    return installed(request.param)


@pytest.fixture(scope="session")
def storage(installed):
    """The Django storage, in a Django project."""
    return installed("django")
