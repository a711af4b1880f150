"""Bound links of docs/recipes.md: its nginx and its Python make the same texts."""

import contextlib
import io
import ipaddress
import random
import sys

import pytest

from documents.configurations import Configuration
from documents.pages import page
from harness.clients import http1
from harness.project import PROJECT

SITE = """
    {map}
    server {{
        listen 127.0.0.1:@port@;
        set_real_ip_from 127.0.0.1;
        real_ip_header X-Real-IP;
        location / {{ add_header X-Network $network; return 204; }}
    }}
"""

KNOWN = {
    "198.51.100.7": "198.51.100.0/24",
    "::ffff:198.51.100.7": "198.51.100.0/24",
    "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
    "2001:db8:1:2::6": "2001:db8:1:2::/64",
    "2001:db8:1::6": "2001:db8:1:0::/64",
    "2001:db8::6": "2001:db8:0:0::/64",
    "2001::6": "2001:0:0:0::/64",
    "2001::5:6:7:8:9": "2001:0:0:5::/64",
    "2001:0:0:5:6:7:8:9": "2001:0:0:5::/64",
    "2001:db8:0:5:6:7:8:9": "2001:db8:0:5::/64",
    "2001:db8:1:0:5::": "2001:db8:1:0::/64",
}


def block(language, text):
    """The block of the page that has this text."""
    [block] = [block for block in page("docs/recipes.md").of(language) if text in block.text]
    return block


@pytest.fixture
def running(site):
    """The recipe's nginx."""
    made = site.make(None)
    printed = block("nginx", "pta_bind $network")
    Configuration(printed, page(printed.page)).write(made, "127.0.0.1:@port@")
    return made.start()


@pytest.fixture
def printed(running, monkeypatch):
    """What the recipe's Python defines and prints, beside nginx.conf."""
    (running.root / "srv/www/version").mkdir(parents=True)
    for name in ("network", "version"):
        running.write(f"srv/www/{name}/a.txt", "content")
    monkeypatch.chdir(running.root)
    monkeypatch.setattr(sys, "path", [str(PROJECT / "signers/python"), *sys.path])
    names, output = {}, io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(block("python", "def network").text.replace("/srv/", f"{running.root}/srv/"), names)
    return names, output.getvalue().split()


@pytest.fixture
def signer(printed):
    """The function `network` of the recipe."""
    return printed[0]["network"]


@pytest.fixture
def found(site):
    """What $network is for an address."""
    text = block("nginx", "# The /24").text.partition("\n}\n")[0] + "\n}\n"
    running = site(SITE.format(map=text))

    def found(address):
        response = http1.get(running.port(), "/", f"X-Real-IP: {address}")
        return response.headers["x-network"]

    return found


def test_the_links_of_the_signer(running, printed):
    names, links = printed
    assert len(links) == 2
    for link in links:
        response = http1.get(running.port(), link)
        assert (response.status, response.body) == (200, b"content")
        assert http1.get(running.port(), link.replace("a.txt", "b.txt")).status == 403
    elsewhere = names["network_link"]("/network/a.txt", "192.0.2.7")
    assert http1.get(running.port(), elsewhere).status == 403
    # Until the file changes.
    file = running.root / "srv/www/version/a.txt"
    names["os"].utime(file, (0, 0))
    assert http1.get(running.port(), links[1]).status == 403
    again = names["version_link"]("/version/a.txt", file)
    assert http1.get(running.port(), again).status == 200


def test_known_addresses(found, signer):
    for address, network in KNOWN.items():
        assert signer(address) == network
        assert found(address) == network, address


def test_random_addresses(found, signer, seed):
    order = random.Random(seed)
    for _ in range(400):
        # Most groups are zeros, so that they are shortened in all ways.
        groups = [
            order.choice([0, 0, 0, order.getrandbits(order.choice([4, 16]))]) for _ in "7" * 7
        ]
        numbers = [0x2000 + order.getrandbits(12), *groups]
        address = str(ipaddress.IPv6Address(b"".join(number.to_bytes(2) for number in numbers)))
        assert found(address) == signer(address), address
        address = str(ipaddress.IPv4Address(order.getrandbits(32)))
        assert found(address) == signer(address), address
