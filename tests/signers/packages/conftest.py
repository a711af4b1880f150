"""Fixtures: each package, installed once."""

import pytest

from signers.once import once
from signers.packages.ecosystems import ALL, SIGNERS


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """The package of an ecosystem, installed in a project."""
    return once(ALL, tmp_path_factory)


@pytest.fixture(scope="session", params=SIGNERS)
def package(request, installed):
    """The signer of each ecosystem."""
    return installed(request.param)


@pytest.fixture(scope="session")
def storage(installed):
    """The Django storage, in a Django project."""
    return installed("django")
