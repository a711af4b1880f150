"""No playlist arrives unsigned or cut, whatever upstreams, other filters and clients do."""

import collections
import itertools
import os
import random

import pytest

from harness.clients import http1
from playlist_ways import judge, ways
from playlist_ways.upstream import ANSWERS, PLAYLIST, Upstream

FILES = {"file.m3u8": PLAYLIST.decode(), "other.m3u8": judge.OTHER.decode()}


def ask(connection, location, answer, client, token):
    """The response, or None if nginx has closed the connection before it."""
    text = ways.request(location, answer, client, token)
    try:
        return connection.send(text, is_head=client == "HEAD")
    except http1.NoResponse:
        return None


def check(nginx, site, pair, figures, chosen):
    """Sends the chosen requests, and looks for tokens in caches and logs."""
    token = pair.token("/*")
    counts, faults = collections.Counter(), []
    with Upstream() as upstream:
        http = ways.configuration(nginx, pair.directives(), upstream.port)
        running = site(http, files=FILES, error_level="info", access_log="access.log")
        with http1.Connection(running.port()) as connection:
            for location, answer, client in chosen:
                for _ in range(ways.LOCATIONS[location].times):
                    response = None
                    try:
                        response = ask(connection, location, answer, client, token)
                        found = judge.fault(location, answer, client, response, token)
                    except http1.BrokenOff as error:
                        found = f"broken off: {error}"
                    counts[response.status if response else "closed"] += 1
                    if found:
                        faults.append(f"{location}, {answer}, {client}: {found}")
        running.stop()
    figures(f"{nginx}: playlists on their ways\t{counts.total()}")
    figures(f"{nginx}: status 200\t{counts[200]}")
    assert not faults, "\n".join(faults[:20])
    # Both good and refused playlists have come up.
    assert min(counts[200], counts[502], counts["closed"]) > len(chosen) / 100, counts
    for path in running.root.rglob("*"):
        if path.is_file() and path.name != "nginx.conf":
            assert token.encode() not in path.read_bytes(), path


def everything(nginx):
    locations = ways.locations(nginx)
    proxied = itertools.product(locations, ANSWERS, ways.CLIENTS)
    files = itertools.product(locations, ["file"], ways.CLIENTS)
    return [*proxied, *(way for way in files if way[0] != "store")]


def test_some_ways(nginx, site, pair, figures, seed):
    order = random.Random(seed)
    check(nginx, site, pair, figures, order.sample(everything(nginx), 1500))


@pytest.mark.torture
def test_all_ways(nginx, site, pair, figures, seed):
    """In an order that PTA_TEST_SEED repeats, because caches remember."""
    chosen = everything(nginx)
    random.Random(seed).shuffle(chosen)
    check(nginx, site, pair, figures, chosen[: int(os.environ.get("PTA_TEST_REQUESTS", "99999"))])
