"""The contexts and defaults in docs/reference.md are those of the module."""

import re
import time

import pytest

from configuration.test_every_directive import VALUES
from documents.names import defaults, entries
from documents.pages import page
from harness import project
from harness.clients.http1 import Connection
from harness.tokens import sealed

ENTRIES = {name: entry for name, entry in entries(page("docs/reference.md")).items() if entry}
DEFAULTS = defaults(page("docs/reference.md"))

# A configuration for each context, those in which no directive of the module may stand included.
SERVER = "server {\nlisten unix:ROOT/socket;\n%s\n}"
BLOCKS = {
    "http": "%s",
    "server": SERVER,
    "location": SERVER % "location / {\n%s\n}",
    "if in location": SERVER % "location / {\nif ($arg_a) {\n%s\n}\n}",
    "limit_except": SERVER % "location / {\nlimit_except GET {\n%s\n}\n}",
    "if in server": SERVER % "if ($arg_a) {\n%s\n}",
    "upstream": "upstream a {\nserver unix:ROOT/socket;\n%s\n}",
}


def test_every_directive_has_an_entry():
    assert sorted(ENTRIES) == project.directives()


@pytest.mark.parametrize("context", BLOCKS)
def test_the_contexts(site, nginx, context):
    """nginx takes a directive in the contexts of its entry, and in no other."""
    made = site.make("")
    documented, taken = set(), set()
    for name, entry in ENTRIES.items():
        line = f"{name} {VALUES[name]};"
        made.http = (BLOCKS[context] % line).replace("ROOT", str(made.root))
        if f'"{name}" directive is not allowed here' not in made.test().output:
            taken.add(name)
        if context in entry["context"].split(", "):
            documented.add(name)
        made.write("error.log", "")
    assert taken == documented


# ---- defaults

SEAL_KEY = bytes(range(1, 33))

# What a location of the test has, unless it is about this directive.
LINES = {
    "pta_enable": "pta_enable on;",
    "pta_auth_method": "pta_auth_method qs header cookie;",
}
# What it has besides.
BESIDE = {
    "pta_enable": "",
    "pta_playlist_max_size": "pta_playlist forward;",
    "pta_refuse_status": "pta_once zone=z;",
    "pta_require_seal": f"pta_1st_seal {SEAL_KEY.hex()};",
}
# Another value, which makes a difference for the requests below.
OTHERS = {
    "pta_accel_redirect": "on",
    "pta_auth_method": "cookie",
    "pta_cache_control": "off",
    "pta_dry_run": "on",
    "pta_enable": "on",
    "pta_header": "X-Token",
    "pta_leeway": "1h",
    "pta_log_level": "warn",
    "pta_mask": "off",
    "pta_metrics_label": "a",
    "pta_name": "token",
    "pta_once": "zone=z",
    "pta_phase": "rewrite",
    "pta_playlist": "forward",
    "pta_playlist_max_size": "16777215",
    "pta_refuse_status": "404",
    "pta_require_seal": "on",
    "pta_set_cookie": "on",
    "pta_strip": "off",
}

# Headers that are about time, or about the connection.
VARYING = ("date", "last-modified", "etag", "connection")

HTTP = """
log_format a '$request $pta_status';
pta_metrics_zone m:64k;
pta_once_zone z:64k;

server {{
    listen 127.0.0.1:@port@;
    access_log access.log a;
    root html;
    {keys}
    location = /metrics {{
        access_log off;
        pta_metrics;
    }}
    location /inside/ {{
        internal;
    }}
    location /none/ {{
        {none}
    }}
    location /same/ {{
        {same}
    }}
    location /else/ {{
        {else}
    }}
}}
server {{
    listen 127.0.0.1:@application@;
    access_log off;
    location / {{
        return 200 "$request_uri $http_x_pta";
    }}
}}
"""
LOCATION = """
        {lines}
        set $seen $pta_status;
        add_header X-Seen $seen always;
        location ~ a$ {{
            proxy_pass http://127.0.0.1:@application@;
        }}
"""


def block(directive, value):
    """The lines of a location with the directive, or without if the value is None."""
    lines = [line for name, line in LINES.items() if name != directive]
    lines.append(BESIDE.get(directive, ""))
    if value is not None:
        lines.append(f"{directive} {value};")
    return LOCATION.format(lines="\n        ".join(lines))


def playlist(token, length):
    """A playlist that has this length when its reference has the token."""
    head, reference = "#EXTM3U\n", "1.ts\n"
    rest = length - len(head) - len(reference) - len(f"?pta={token}")
    return f"{head}#{'a' * (rest - 2)}\n{reference}"


def observed(made, pair, location, length):
    """What clients and logs see of requests to the location, without its name."""
    path = f"/{location}/a"
    token, folder = pair.token(path), pair.token(f"/{location}/*")
    requests = [
        (path,),
        (f"{path}?pta={token}",),
        (f"{path}?pta={sealed(token, SEAL_KEY)}",),
        (f"{path}?pta={folder}",),
        (f"{path}?token={token}",),
        (path, f"X-PTA: {token}"),
        (path, f"X-Token: {token}"),
        (path, f"Cookie: pta={token}"),
        (f"{path}?pta={pair.token(path, int(time.time()) - 2)}",),
        (f"{path}?pta={pair.token('/inside/a')}",),
        (f"{path}?pta=x",),
        (f"/{location}/0.m3u8?pta={folder}",),
        (f"/{location}/1.m3u8?pta={folder}",),
    ]
    for more in range(2):
        made.write(f"html/{location}/{more}.m3u8", playlist(folder, length + more))
    counted, errors, requested = checks(made), made.read(), made.read("access.log")
    answers = []
    with Connection(made.port()) as connection:
        for request in requests:
            answer = connection.get(*request)
            headers = [line for line in answer.lines if line[0] not in VARYING]
            answers.append((answer.status, headers, answer.body))
    # Each line is written when its request ends, so the last one comes a little later.
    made.wait_for(lambda: made.read("access.log").count(f"/{location}/") >= len(requests), "no log")
    logged = re.findall(r"(\[\w+\]) .*?(pta: .*?), client.*?(request: \"[^\"]*\")",
                        made.read().removeprefix(errors))  # fmt: skip
    requested = made.read("access.log").removeprefix(requested)
    seen = (answers, logged, requested, checks(made) - counted)
    digits = re.compile(r"Max-Age=\d+|valid until [^,]*|[0-9a-f]{64,}(?:\.[\w-]+)?")
    return digits.sub("N", repr(seen).replace(location, "L"))


def checks(made):
    """How many decisions were counted, under any label."""
    with Connection(made.port()) as connection:
        text = connection.get("/metrics").body.decode()
    return sum(map(int, re.findall(r"(?m)^nginx_pta_checks_total\S* (\d+)$", text)))


def test_every_default_is_compared():
    assert sorted(OTHERS) == sorted(DEFAULTS)


@pytest.mark.parametrize("directive", OTHERS)
def test_a_default(site, nginx, pair, directive):
    """Without the directive, requests are answered as with its default, and not as with another."""
    values = {"none": None, "same": DEFAULTS[directive], "else": OTHERS[directive]}
    made = site(
        HTTP.format(keys=pair.directives(), **{name: block(directive, value)
                                               for name, value in values.items()}),
        files={"inside/a": "inside", "none/a": "", "same/a": "", "else/a": ""},
    )  # fmt: skip
    length = 16 << 20 if directive == "pta_playlist_max_size" else 1000
    seen = {name: observed(made, pair, name, length) for name in values}
    assert seen["none"] == seen["same"]
    assert seen["none"] != seen["else"]
