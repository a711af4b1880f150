"""The configurations and requests that are measured."""

import base64
import dataclasses
import hashlib

from bench.keys import FIRST, FOREIGN, PAST, SECOND, path_for
from harness import tokens
from harness.tokens import FAR

PATH = "/media/films/2026/season-1/part-17.ts"
# Of 28 characters: a token of 96.
PATTERN = "/media/films/2026/season-1/*"
OTHER_PATTERN = "/media/films/2025/season-9/*"
# What pta_accel_redirect leads to, of 31 characters: a token of 96 as well.
TARGET = "/files/2026/season-1/part-17.ts"

FIRST_PAIR = FIRST.directives("1st")


@dataclasses.dataclass(frozen=True)
class Case:
    """A configuration and the request to it."""

    server: str
    target: str = PATH
    headers: tuple = ()
    status: int = 200
    with_module: bool = True
    # Beside the server.
    http: str = ""
    # Files of other modules to load, and pairs of a name and a text in the folder of nginx.conf.
    modules: tuple = ()
    files: tuple = ()
    # If no two requests may be equal: the targets of the requests, in order.
    targets: tuple = ()

    def without_module(self, directives=""):
        """The same requests without the module in nginx."""
        return Case(
            media(directives), self.target, self.headers, with_module=False, targets=self.targets
        )


def media(directives="", server=""):
    """A server with the location of the request, which answers with nginx's own small picture."""
    return f"{server} location /media/ {{ empty_gif; {directives} }}"


def protected(directives="", server=FIRST_PAIR):
    return media(f"pta_enable on; {directives}", server)


def with_query(value, name="pta"):
    return f"{PATH}?{name}={value}"


def bare(target=PATH, headers=(), directives="", status=200):
    """The same request without the module in nginx."""
    return Case(media(directives), target, headers, status, with_module=False)


def allowed():
    """The main case: all defaults, a token of 96 characters with a wildcard, of the 1st pair."""
    return Case(protected(), with_query(FIRST.token(PATTERN)))


def sealed(bind=""):
    """The main case with a seal, which may be bound to the client's address."""
    values = ["127.0.0.1"] if bind else []
    key = bytes(range(32))
    server = f"{FIRST_PAIR} pta_1st_seal {key.hex()}; pta_require_seal on;"
    made = tokens.sealed(FIRST.token(PATTERN), key, values)
    return Case(protected(bind, server), with_query(made))


def in_header():
    """The token in a header line."""
    line = f"X-PTA: {FIRST.token(PATTERN)}"
    return Case(protected("pta_auth_method header;"), headers=(line,))


# The most requests of one run: see FULL in bench/callgrind.py.
REQUESTS = 3000


def once():
    """Each token is used once. It is noted in the zone."""
    targets = tuple(with_query(FIRST.token(PATTERN, FAR + number)) for number in range(REQUESTS))
    return Case(
        protected("pta_once zone=z;"), targets[0], http="pta_once_zone z:1m;", targets=targets
    )


def playlist():
    """Playlists are signed here, but the response is none."""
    return Case(protected("pta_playlist forward;"), with_query(FIRST.token(PATTERN)))


def issued():
    """A new token in the response."""
    return Case(f"{FIRST_PAIR} location /media/ {{ pta_issue $uri 1h; return 200 $pta_token; }}")


def constant():
    """What is compared with `issued`: the response has as many characters."""
    return Case(f"location /media/ {{ return 200 {'0' * 128}; }}", with_module=False)


def in_dry_run(case):
    """The case in a dry run, which lets every request through."""
    server = case.server.replace("pta_enable on;", "pta_enable on; pta_dry_run on;")
    return dataclasses.replace(case, server=server, status=200)


def counted(case=None):
    """The main case, or another one, in a location whose decisions are counted."""
    case = case or allowed()
    server = case.server.replace("location /media/ {", "location /media/ { pta_metrics_label m;")
    assert server != case.server
    return dataclasses.replace(case, server=server, http=f"{case.http} pta_metrics_zone m:64k;")


def counted_elsewhere(case):
    """The case beside a location whose decisions are counted."""
    return dataclasses.replace(
        case,
        server=f"{case.server} location /other/ {{ pta_metrics_label m; }}",
        http=f"{case.http} pta_metrics_zone m:64k;",
    )


def allowed_long(characters):
    """A token of that length, for a path that is long enough."""
    pattern = path_for(characters, "/media/")
    return Case(protected(), f"{pattern[:-1]}?pta={FIRST.token(pattern)}")


def allowed_second_pair():
    made = SECOND.token(PATTERN)
    return Case(protected(server=FIRST_PAIR + SECOND.directives("2nd")), with_query(made))


def undecryptable():
    made = FOREIGN.token(PATTERN)
    return Case(protected(), with_query(made), status=403)


def expired():
    return Case(protected(), with_query(FIRST.token(PATTERN, PAST)), status=410)


def path_mismatch():
    return Case(protected(), with_query(FIRST.token(OTHER_PATTERN)), status=403)


def malformed():
    return Case(protected(), with_query(FIRST.token(PATTERN)[:-1] + "g"), status=400)


def missing():
    return Case(protected(), status=400)


def cookies(values):
    """One Cookie header of names and values."""
    return ("Cookie: " + "; ".join(f"{name}={value}" for name, value in values),)


def in_cookies(number):
    """The token in the last of several cookies. The others belong to the site."""
    others = [(f"site{index}", "0123456789abcdef" * 2) for index in range(1, number)]
    headers = cookies([*others, ("pta", FIRST.token(PATTERN))])
    return Case(protected("pta_auth_method qs cookie;"), headers=headers)


def secure_link():
    """nginx's own module for links that expire, as its documentation uses it."""
    digest = hashlib.md5(f"{FAR}{PATH} secret".encode()).digest()
    md5 = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    directives = (
        "secure_link $arg_md5,$arg_expires; "
        'secure_link_md5 "$secure_link_expires$uri secret"; '
        'if ($secure_link = "") { return 403; } '
        'if ($secure_link = "0") { return 410; }'
    )
    target = f"{PATH}?md5={md5}&expires={FAR}"
    return Case(media(directives), target, with_module=False)
