"""The runs on each nginx, and the cases that it can serve."""

import pytest

from stock_modules.case import Case
from stock_modules.runs import Runs


@pytest.fixture(scope="package")
def runs(nginx):
    return Runs(nginx)


def pytest_collection_modifyitems(config, items):
    """Leaves out the cases that an nginx cannot serve. test_figures names them."""
    left_out = [item for item in items if cannot_be_served(item)]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


def cannot_be_served(item):
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    case = parameters.get("case")
    return isinstance(case, Case) and case.absent(parameters["nginx"])
