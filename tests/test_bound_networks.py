"""The network of docs/recipes.md: nginx's map and the signer's Python make the same text."""

import ipaddress
import os
import random
import re

import pytest

from harness.clients import http1
from harness.project import text_of

SECTION = "## Bind links to a network, a session or a file"

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


def block(language, start):
    """The block of the recipe that has this language, from `start` on."""
    section = text_of("docs/recipes.md").split(SECTION)[-1].split("\n## ")[0]
    text = re.search(rf"```{language}\n(.*?)```", section, re.S)[1]
    return text[text.index(start) :]


@pytest.fixture(scope="session")
def signer():
    """The function `network` of the recipe."""
    names = {"os": os}
    exec(block("python", "import"), names)
    return names["network"]


@pytest.fixture
def found(site):
    """What $network is for an address."""
    text = block("nginx", "# The /24").partition("\n}\n")[0] + "\n}\n"
    running = site(SITE.format(map=text))

    def found(address):
        response = http1.get(running.port(), "/", f"X-Real-IP: {address}")
        return response.headers["x-network"]

    return found


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
