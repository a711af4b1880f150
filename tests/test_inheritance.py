"""Which value of a directive applies in a block.

A block in which none of a module's directives is written shares the configuration of the block
around it. For each directive, a location writes one value, its child another one and the grandchild
a third one, perhaps `off`. Blocks that write nothing are beside and in them.
"""

import json
import secrets

import pytest

from harness.clients import http1
from harness.tokens import FAR, Pair

PAIRS = {name: Pair() for name in "abc"}
ANY = PAIRS["a"].token("/*")

# By kind: a block that writes nothing of ours, in a location of its own. `{0}` is the path around.
UNWRITTEN = {
    "": "",
    "none/": "location {0}none/ {{ }}",
    "if/": "location {0}if/ {{ if ($arg_if) {{ set $unused 1; }} }}",
    "limited/": "location {0}limited/ {{ limit_except POST {{ allow all; }} }}",
    "on/": "location {0}on/ {{ pta_enable off; if ($arg_if) {{ pta_enable on; }} }}",
    "on-for-get/": """
        location {0}on-for-get/ {{ pta_enable off; limit_except POST {{ pta_enable on; }} }}
    """,
}
LEVELS = ["/a/", "/a/b/", "/a/b/c/"]

HTTP = """
    pta_metrics_zone m:64k;
    pta_once_zone a:64k;
    pta_once_zone b:64k;
    {http}
    server {{
        listen 127.0.0.1:@port@;
        {pair}
        {server}
        pta_enable on;
        add_header X-Issued "[$pta_token]";
        location = /numbers {{ pta_enable off; pta_metrics json; }}
        location /zone-a/ {{ pta_once zone=a; root html; }}
        location /zone-b/ {{ pta_once zone=b; root html; }}
        location /a/ {{
            root html;
            {0}
            {blocks[0]}
            location /a/b/ {{
                {1}
                {blocks[1]}
                location /a/b/c/ {{ {2} {blocks[2]} }}
            }}
        }}
    }}
"""
FILE = "x.m3u8"
PLAYLIST = "#EXTM3U\n#EXTINF:4,\npart.ts\n"
PATHS = [level + kind for level in LEVELS for kind in UNWRITTEN] + ["/zone-a/", "/zone-b/"]
FILES = {path.lstrip("/") + FILE: PLAYLIST for path in PATHS}


class Probe:
    """Finds out which value applies under a path."""

    def __init__(self, running):
        self.port = running.port()

    def get(self, path, *headers, query=f"pta={ANY}"):
        return http1.get(self.port, f"{path}{FILE}?if=1&{query}", *headers)

    def is_allowed(self, path, *headers, query=""):
        return self.get(path, *headers, query=query).status == 200

    def name(self, path):
        return [name for name in ("a", "b", "c") if self.is_allowed(path, query=f"{name}={ANY}")]

    def pair(self, path):
        return [
            name
            for name, pair in PAIRS.items()
            if self.is_allowed(path, query=f"pta={pair.token('/*')}")
        ]

    def method(self, path):
        found = {
            "qs": self.is_allowed(path, query=f"pta={ANY}"),
            "cookie": self.is_allowed(path, f"Cookie: pta={ANY}"),
            "header": self.is_allowed(path, f"X-PTA: {ANY}"),
        }
        return [method for method, is_allowed in found.items() if is_allowed]

    def status(self, path):
        return [self.get(path, query="").status]

    def cookie(self, path):
        line = self.get(path).joined("set-cookie")
        return [line and line.rpartition("Path=")[2].partition(";")[0]]

    def issued(self, path):
        """The length of an issued token. It grows with the path in it."""
        return [len(self.get(path).joined("x-issued").strip("[]"))]

    def playlist(self, path):
        return ["part.ts?pta=" in self.get(path).body.decode()]

    def label(self, path):
        before = self.counts()
        assert self.get(path).status == 200
        return [label for label, count in self.counts().items() if count != before.get(label, 0)]

    def counts(self):
        numbers = json.loads(http1.get(self.port, "/numbers").body)
        checks = numbers.get("nginx_pta_checks_total", {})
        return {label: verdicts.get("allowed", 0) for label, verdicts in checks.items()}

    def zone(self, path):
        """Where a token is used up."""
        query = f"pta={PAIRS['a'].token('/*', FAR + secrets.randbelow(2**31))}"
        assert self.is_allowed(path, query=query)
        return [zone for zone in "ab" if not self.is_allowed(f"/zone-{zone}/", query=query)]


# The probe, then for each level the directives and what the probe finds.
CASES = {
    "pta_name": (
        Probe.name,
        [("pta_name a;", ["a"]), ("pta_name b;", ["b"]), ("pta_name c;", ["c"])],
    ),
    "keys": (
        Probe.pair,
        [(f"{pair.directives()}", [name]) for name, pair in PAIRS.items()],
    ),
    "pta_auth_method": (
        Probe.method,
        [
            ("pta_auth_method qs cookie;", ["qs", "cookie"]),
            ("pta_auth_method header;", ["header"]),
            ("pta_auth_method qs;", ["qs"]),
        ],
    ),
    "pta_refuse_status": (
        Probe.status,
        [(f"pta_refuse_status {status};", [status]) for status in (451, 452, 453)],
    ),
    "pta_dry_run": (
        Probe.status,
        [("pta_dry_run on;", [200]), ("pta_dry_run off;", [400]), ("pta_dry_run on;", [200])],
    ),
    "pta_set_cookie": (
        Probe.cookie,
        [
            ("pta_set_cookie path=/a/;", ["/a/"]),
            ("pta_set_cookie path=/a/b/;", ["/a/b/"]),
            ("pta_set_cookie off;", [None]),
        ],
    ),
    "pta_issue": (
        Probe.issued,
        [
            ("pta_issue /a 1h;", [32]),
            (f"pta_issue /{'b' * 40} 1h;", [128]),
            ("pta_issue off;", [0]),
        ],
    ),
    "pta_playlist": (
        Probe.playlist,
        [
            ("pta_playlist forward;", [True]),
            ("pta_playlist off;", [False]),
            ("pta_playlist forward;", [True]),
        ],
    ),
    "pta_metrics_label": (
        Probe.label,
        [
            ("pta_metrics_label a;", ["a"]),
            ("pta_metrics_label b;", ["b"]),
            ("pta_metrics_label off;", []),
        ],
    ),
    "pta_once": (
        Probe.zone,
        [("pta_once zone=a;", ["a"]), ("pta_once zone=b;", ["b"]), ("pta_once off;", [])],
    ),
}


# Where the outermost value is written.
@pytest.mark.parametrize("outermost", ["http", "server", "location"])
@pytest.mark.parametrize("directive", CASES)
def test_the_nearest_value_applies(site, directive, outermost):
    probe, levels = CASES[directive]
    directives = [written for written, _ in levels]
    if outermost != "location":
        directives[0] = ""
    outside = {place: levels[0][0] if place == outermost else "" for place in ("http", "server")}
    blocks = ["\n".join(UNWRITTEN.values()).format(level) for level in LEVELS]
    pair = "" if directive == "keys" and outermost != "location" else PAIRS["a"].directives()
    running = site(HTTP.format(*directives, blocks=blocks, pair=pair, **outside), files=FILES)
    expected = {
        level + kind: found
        for level, (_, found) in zip(LEVELS, levels, strict=True)
        for kind in UNWRITTEN
    }
    found = Probe(running)
    assert {path: probe(found, path) for path in expected} == expected
