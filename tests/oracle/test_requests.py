"""The module and the judge agree on requests with generated and damaged tokens."""

import collections
import os
import random
import time

import pytest

from harness.clients import http1
from harness.rules import STATUS
from oracle.pieces import FIRST, SEALED, SECOND, SERVERS
from oracle.requests import METHODS, Requests
from oracle.tally import Tally

CONFIGURATION = """
    large_client_header_buffers 8 256k;
    client_header_buffer_size 4k;
    keepalive_requests 1000000;
    pta_enable on;
    add_header Verdict $pta_status always;
"""

SERVER = """
    server {{
        listen 127.0.0.1:@port@;
        server_name {ring}{suffix}.test;
        pta_auth_method {methods};
        {header}
        {keys}
        location / {{ try_files /ok =404; }}
    }}
"""

# Seconds that one run may take at most: no expiry is nearer to now.
MARGIN = 10_000


def seal_directives(seals):
    orders = zip(("1st", "2nd"), seals.keys, strict=True)
    lines = [f"pta_{order}_seal {key.hex()};" for order, key in orders if key]
    lines.append(f"pta_require_seal {'on' if seals.required else 'off'};")
    return [*lines, f"pta_bind $http_x_bind {seals.bind[1]};"] if seals.bind else lines


def configuration():
    text = CONFIGURATION
    for ring, pairs in SERVERS.items():
        orders = {"1st": FIRST, "2nd": SECOND}
        keys = [pair.directives(order) for order, pair in orders.items() if pair in pairs]
        keys += seal_directives(SEALED[ring]) if ring in SEALED else []
        for suffix, (methods, header) in METHODS.items():
            text += SERVER.format(
                ring=ring,
                suffix=suffix,
                methods=methods,
                header=f"pta_header {header};" if header else "",
                keys="\n        ".join(keys),
            )
    return text


def compare(nginx, site, count, seed, figures):
    """Compares `count` requests to a site with a server for each key ring, with and without seal
    keys, and for each choice of methods. Goes on until a token was in each place, up to ten times
    as long."""
    tally = Tally(str(nginx), seed)
    running = site(configuration(), files={"ok": "ok\n"}, error_level="crit", access_log="off")
    maker = Requests(random.Random(f"{seed}/http"), int(time.time()), MARGIN)
    # By where the token is, and whether the request is allowed.
    places = collections.Counter()
    with http1.Connection(running.port()) as client:
        while (done := places.total()) < count or (missing_in(places) and done < 10 * count):
            request = maker.next()
            expected = request.verdict()
            found = answer(client, request, expected)
            tally.add(request.kind, expected, found, lambda text=request.text: repr(text))
            places[request.place, expected == "ALLOWED"] += 1
    assert time.time() < maker.now + MARGIN
    figures(*tally.table(), *lines_about(places))
    tally.check()
    assert not missing_in(places), places


# Each of them comes up, with requests that are allowed and with others.
PLACES = [
    "argument", "header", "cookies", "argument header", "argument cookies", "header cookies",
    "argument header cookies",
]  # fmt: skip


def missing_in(places):
    return [(p, allowed) for p in PLACES for allowed in (True, False) if not places[p, allowed]]


def lines_about(places):
    return [
        f"{place or 'nothing'}: {places[place, True]} allowed, {places[place, False]} refused"
        for place in sorted({place for place, _ in places})
    ]


def answer(client, request, expected):
    """The module's verdict, or the response if it does not fit the verdict that is expected."""
    try:
        response = client.send(request.text)
    except OSError as error:
        client.close()
        return repr(error)
    # nginx closes the connection after 400, and only then.
    closes = response.headers.get("connection") == "close"
    if response.status != STATUS[expected] or closes != (response.status == 400):
        return repr(response)
    return response.headers.get("verdict", "no verdict")


def test_some_requests(nginx, site, seed, figures):
    compare(nginx, site, 500, seed, figures)


@pytest.mark.torture
def test_many_requests(nginx, site, seed, figures):
    compare(nginx, site, int(os.environ.get("PTA_TEST_REQUESTS", "5000")), seed, figures)
