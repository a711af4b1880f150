"""Fixtures: the streams, one browser, and the site on each version of nginx."""

import pytest

from harness.clients import chromium
from players import streams
from players.site import PlayerSite
from players.table import Table

SWITCHES = [
    "--autoplay-policy=no-user-gesture-required",
    "--host-resolver-rules=MAP *.example 127.0.0.1",
    "--ignore-certificate-errors",
]


@pytest.fixture(scope="session")
def browser():
    streams.make()
    with chromium.Browser(*SWITCHES) as running:
        yield running


@pytest.fixture(scope="package")
def player_site(package_site, pair, browser):
    return PlayerSite(package_site, pair, browser)


@pytest.fixture(scope="session")
def table(figures):
    """The table of what was played."""
    found = Table()
    yield found
    figures(*found.lines())
