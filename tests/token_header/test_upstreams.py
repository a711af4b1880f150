"""An upstream gets all headers of an allowed request but the token's, wherever that stands."""

import contextlib
import random

import pytest

from harness.clients import http1, http2
from harness.tokens import Pair
from token_header.upstreams import PROTOCOLS, Upstream

# How many headers stand before the token's and after it. nginx stores 20 in one array.
PLACES = [(0, 0), (0, 1), (1, 0), (0, 30), (18, 0), (18, 1), (19, 0), (19, 1), (19, 20), (20, 0),
          (20, 1), (38, 0), (39, 0), (39, 5), (40, 0), (40, 1), (40, 45)]  # fmt: skip


@pytest.fixture(params=PROTOCOLS)
def upstream(request):
    read, directive = PROTOCOLS[request.param]
    with Upstream(read) as running:
        running.directive = directive.format(port=running.port)
        yield running


def fields(before, token, after):
    lines = [(f"x-b{number}", f"b{number}") for number in range(before)]
    return [*lines, token, *((f"x-a{number}", f"a{number}") for number in range(after))]


@pytest.mark.parametrize(("name", "prefix"), [("X-PTA", ""), ("Authorization", "Bearer ")])
@pytest.mark.parametrize("protocol", ["HTTP/1.0", "HTTP/2"])
def test_all_headers_but_that_of_the_token(site, nginx, pair, upstream, name, prefix, protocol):
    running = site(
        f"""
        server {{
            {nginx.listen_on_both()}
            {pair.directives()}
            pta_auth_method header;
            pta_header {name};
            location / {{ pta_enable on; {upstream.directive}; }}
        }}
        """
    )
    token = (name.lower(), prefix + pair.token("/a"))
    expected = []
    for before, after in PLACES:
        sent = fields(before, token, after)
        send(running, protocol, sent)
        expected.append([field for field in sent if field != token])
    # A 502 comes after the upstream has closed the connection.
    assert [own(headers) for headers in upstream.seen] == expected
    assert token[1] not in str(upstream.seen)


@pytest.mark.parametrize("protocol", ["HTTP/1.0", "HTTP/2"])
def test_lines_of_two_realms_anywhere(site, nginx, pair, protocol):
    """The query allows the requests, and their headers are in any order."""
    read, directive = PROTOCOLS["proxy"]
    other = Pair()
    target = f"/a?pta={pair.token('/a')}&other={other.token('/a')}"
    chosen = random.Random(16)
    expected = []
    with Upstream(read) as upstream:
        running = site(
            f"""
            server {{
                {nginx.listen_on_both()}
                pta_auth_method qs header;
                location / {{ {pair.directives()} pta_enable on; try_files /none @other; }}
                location @other {{
                    {other.directives()}
                    pta_enable on; pta_name other; pta_header X-Other;
                    {directive.format(port=upstream.port)};
                }}
            }}
            """
        )
        for _ in range(100):
            tokens = chosen.choices([("x-pta", "a"), ("x-other", "b")], k=chosen.randrange(7))
            others = [(f"x-a{number}", "c") for number in range(chosen.choice([0, 1, 17, 19, 40]))]
            sent = chosen.sample(tokens + others, len(tokens + others))
            send(running, protocol, sent, target)
            expected.append([field for field in sent if field not in tokens])
    assert [own(headers) for headers in upstream.seen] == expected


def test_a_mirror_gets_the_same(site, pair):
    read, directive = PROTOCOLS["proxy"]
    with Upstream(read) as upstream:
        running = site(
            f"""
            server {{
                listen 127.0.0.1:@port@;
                {pair.directives()}
                pta_auth_method header;
                location / {{ pta_enable on; mirror /mirror; root html; }}
                location = /mirror {{ internal; {directive.format(port=upstream.port)}; }}
            }}
            """,
            files={"a": "content"},
        )
        token = ("x-pta", pair.token("/a"))
        for before, after in PLACES:
            lines = [f"{name}: {value}" for name, value in fields(before, token, after)]
            assert http1.get(running.port(), "/a", *lines).body == b"content"
        running.wait_for(lambda: len(upstream.seen) == len(PLACES), "requests are missing")
    # Mirrors may overtake each other.
    sent = [fields(before, token, after) for before, after in PLACES]
    expected = [[field for field in sent_once if field != token] for sent_once in sent]
    assert sorted(own(headers) for headers in upstream.seen) == sorted(expected)


def send(running, protocol, sent, target="/a"):
    if protocol == "HTTP/2":
        with http2.Connection(running.port("http2")) as connection:
            assert connection.get(target, *sent).status == 502
        return
    # Without Host, the token's header may be the only one.
    lines = [f"GET {target} HTTP/1.0", *(f"{name}: {value}" for name, value in sent), "", ""]
    with (
        http1.Connection(running.port("http1")) as connection,
        contextlib.suppress(ConnectionError),
    ):
        assert connection.send("\r\n".join(lines).encode()).status == 502


def own(headers):
    """The headers that the client has sent."""
    mine = ("x-b", "x-a", "x-pta", "x-other")
    return [(name, value) for name, value in headers if name.startswith(mine)]
