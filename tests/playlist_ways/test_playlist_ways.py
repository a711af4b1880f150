"""No playlist arrives unsigned or cut, whatever upstreams, other filters and clients do."""

import collections
import contextlib
import itertools
import os
import random
import time

import pytest

from harness.clients import http1, http2
from playlist_ways import judge, ways
from playlist_ways.upstream import ANSWERS, PLAYLIST, Upstream

FILES = {"file.m3u8": PLAYLIST.decode(), "other.m3u8": judge.OTHER.decode()}


class Http1:
    """A connection for all requests, as long as nginx keeps it open."""

    def __init__(self, site):
        self.connection = http1.Connection(site.port("http1"))

    def ask(self, location, answer, client, token):
        """The response, or None if nginx has closed the connection before it."""
        text = ways.request(location, answer, client, token)
        try:
            return self.connection.send(text, is_head=client == "HEAD")
        except http1.NoResponse:
            return None

    def close(self):
        self.connection.close()


class Http2:
    """A connection for each request, because nginx resets streams."""

    def __init__(self, site):
        self.port = site.port("http2")

    def ask(self, location, answer, client, token):
        method, target = ways.method_and_target(location, answer, client, token)
        fields = [line.lower().split(": ", 1) for line in ways.CLIENTS[client]]
        with http2.Connection(self.port) as connection:
            try:
                return connection.get(target, *fields, method=method)
            except http2.ServerError:
                if connection.responses:
                    raise
                return None

    def close(self):
        pass


def check(nginx, site, pair, figures, mode, protocol, chosen):
    """Sends the chosen requests, and looks for tokens in caches and logs."""
    # `issue` makes the same one.
    token = pair.token("/*", ways.expiry(int(time.time())))
    counts, faults = collections.Counter(), []
    with Upstream() as upstream:
        http = ways.configuration(nginx, pair.directives(), mode, upstream.port)
        running = site(http, files=FILES, error_level="info", access_log="access.log")
        with contextlib.closing(protocol(running)) as connection:
            for location, answer, client in chosen:
                for _ in range(ways.LOCATIONS[location].times):
                    response = None
                    try:
                        response = connection.ask(location, answer, client, token)
                        found = judge.fault(location, answer, client, response, token)
                    except (http1.BrokenOff, http2.ServerError) as error:
                        found = f"broken off: {error}"
                    counts[response.status if response else "closed"] += 1
                    if found:
                        faults.append(f"{location}, {answer}, {client}: {found}")
        running.stop()
    name = f"{nginx}: playlists by {mode}, {protocol.__name__.lower()}"
    figures(f"{name}\t{counts.total()}")
    figures(f"{name}, status 200\t{counts[200]}")
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


@pytest.mark.parametrize("protocol", [Http1, Http2])
@pytest.mark.parametrize("mode", ways.MODES)
def test_some_ways(nginx, site, pair, figures, seed, mode, protocol):
    order = random.Random(seed)
    check(nginx, site, pair, figures, mode, protocol, order.sample(everything(nginx), 700))


@pytest.mark.torture
@pytest.mark.parametrize("protocol", [Http1, Http2])
@pytest.mark.parametrize("mode", ways.MODES)
def test_all_ways(nginx, site, pair, figures, seed, mode, protocol):
    """In an order that PTA_TEST_SEED repeats, because caches remember."""
    chosen = everything(nginx)
    random.Random(seed).shuffle(chosen)
    count = int(os.environ.get("PTA_TEST_REQUESTS", len(chosen)))
    check(nginx, site, pair, figures, mode, protocol, chosen[:count])
