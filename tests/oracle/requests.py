"""The cases that HTTP can carry, as requests."""

import dataclasses
import re

from harness import rules
from oracle.pieces import SEALED, SERVERS
from oracle.sealed_cases import cases_of

PLAIN = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/!$&'()*+,;=:@"


# A server's methods, and the header that it looks for, by the end of its name.
METHODS = {
    "": ("qs cookie", None),
    "-fallback": ("qs cookie fallback", None),
    "-header": ("cookie header qs", "X-PTA"),
    "-header-fallback": ("qs header cookie fallback", "X-PTA"),
    "-bearer": ("qs header cookie", "Authorization"),
    "-bearer-fallback": ("header qs fallback cookie", "Authorization"),
}


@dataclasses.dataclass
class Request:
    kind: str
    ring: str
    # The end of the server's name.
    methods: str
    # The value of the argument, or None if there is none.
    argument: bytes | None
    # The values of the header's lines, as they are sent.
    lines: list
    # The values of cookies, as they are sent.
    cookies: list
    path: bytes
    now: int
    # What it knows of seals, with the binding of this request.
    seals: rules.Seals | None
    text: bytes

    @property
    def header(self):
        """The token in the header, or None if there is none."""
        name = METHODS[self.methods][1]
        return rules.header_token(self.lines, name == "Authorization") if name else None

    @property
    def place(self):
        """The places in which the server looks for a token and finds one, in their order."""
        found = {"argument": self.argument, "header": self.header, "cookies": self.cookies or None}
        return " ".join(name for name, token in found.items() if token is not None)

    def verdict(self):
        return rules.request_verdict(
            SERVERS[self.ring],
            self.argument,
            self.cookies,
            self.now,
            self.path,
            "fallback" in METHODS[self.methods][0],
            self.seals,
            self.header,
        )


class Requests:
    """Makes requests for the moment `now`, each to one of the servers."""

    def __init__(self, random, now, margin):
        self.random = random
        self.now = now
        self.cases = {ring: cases_of(ring, random, now, margin) for ring in SERVERS}

    def next(self):
        while True:
            ring = self.random.choice(list(SERVERS))
            request = self.request(ring, self.cases[ring].next())
            if request:
                return request

    def request(self, ring, case):
        """None if no request carries the case."""
        # nginx would decode these to another path, or answer 400 by itself.
        if re.search(rb"\0|//|/\.\.?(/|\Z)|\A(?!/)", case.path):
            return None
        methods = self.random.choice(list(METHODS))
        header = METHODS[methods][1]
        argument, tokens_in_header, cookies = self.placed(ring, case.token, bool(header))
        if argument is not None and re.search(rb"[\0-\x20\x7f#&]", argument):
            return None
        if any(re.search(rb"[\0-\x1f\x7f]", token) for token in tokens_in_header):
            return None
        if any(re.search(rb"[\0-\x1f\x7f;]|\A | \Z", cookie) for cookie in cookies):
            return None
        line = b"GET %s HTTP/1.1\r\n" % self.target(case.path, argument)
        host = ring.encode() + methods.encode()
        seals, bound = SEALED.get(ring), b""
        if seals and seals.bind:
            # The first value comes in a header.
            value = self.random.choice(["a"] * 6 + ["", "x", "ab"])
            seals = dataclasses.replace(seals, bind=(value, *seals.bind[1:]))
            bound = b"X-Bind: %s\r\n" % value.encode()
        values = self.header_values(header, tokens_in_header)
        lines = bound + self.header_lines(header, values) + self.cookie_lines(cookies)
        text = line + b"Host: %s.test\r\n%s\r\n" % (host, lines)
        place = argument, values, cookies, case.path, self.now, seals
        return Request(case.kind, ring, methods, *place, text)

    def placed(self, ring, token, with_header):
        """The argument, the lines of the header and the cookies that hold the token and others."""
        if token is None:
            return None, [], []
        if with_header and self.random.random() < 0.6:
            return self.placed_in_header(ring, token)
        argument, cookies = None, []
        place = self.random.choice(["argument", "cookie", "both", "behind", "cookies"])
        if place in ("argument", "both"):
            argument = token
        if place == "behind":
            argument = self.other_token(ring)
        if place in ("cookie", "behind"):
            cookies = [token]
        if place == "both":
            cookies = [self.other_token(ring)]
        if place == "cookies":
            cookies = [self.other_token(ring), token, self.other_token(ring)]
            cookies = cookies[self.random.randint(0, 1) :]
            self.random.shuffle(cookies)
        return argument, [], self.quoted(cookies)

    def placed_in_header(self, ring, token):
        other = self.other_token(ring)
        argument, lines, cookies = self.random.choice(
            [
                (None, [token], []),
                (None, [token], []),
                (None, [token], [other]),
                (None, [other], [token]),
                (token, [other], []),
                (other, [token], []),
                (other, [other], [token]),
                (None, [token, other], []),
                (None, [token, token], [other]),
                (None, [other, other], [token]),
                (token, [other, token], []),
            ]
        )
        return argument, lines, self.quoted(cookies)

    def quoted(self, cookies):
        return [self.random.choice([b"%s", b"%s", b'"%s"']) % one for one in cookies]

    def header_values(self, header, found):
        """The values of the header's lines."""
        blank = self.random.choice([b"", b"", b"", b" ", b"  "])
        if header != "Authorization":
            return [token + blank for token in found]
        # nginx may refuse two lines of it by itself.
        found = found[:1] or self.random.choice([[], [None]])
        scheme = self.random.choice([b"Bearer "] * 6 + [b"bearer ", b"BEARER  ", b"Bearer\t"])
        others = [
            b"Basic bWU6c2VjcmV0",
            b"",
            b"Digest a=b",
            b"Bearerx",
            b"Bearer",
            b"Basic Bearer x",
        ]
        if self.random.random() < 0.1:
            # Without its scheme, or with another one.
            scheme = self.random.choice([b"", b"Basic ", b"Bearer=", b"Bearer"])
        return [
            self.random.choice(others) if token is None else scheme + token + blank
            for token in found
        ]

    def header_lines(self, header, values):
        # Another header is there in vain.
        lines = [(self.random.choice([b"X-PTAX", b"XX-PTA"]), b"zz")]
        lines = lines if self.random.random() < 0.2 else []
        for value in values:
            name = header.encode()
            lines.append((self.random.choice([name, name.lower(), name.upper()]), value))
        self.random.shuffle(lines)
        return b"".join(b"%s:%s%s\r\n" % (n, self.blank(), value) for n, value in lines)

    def blank(self):
        return self.random.choice([b" ", b" ", b"", b"  "])

    def other_token(self, ring):
        while True:
            token = self.cases[ring].next().token
            if token is not None and len(token) < 1000:
                return token

    def target(self, path, argument):
        """The path in one of its spellings, and a query."""
        target = b"".join(self.spelled(byte) for byte in path[1:])
        before = self.random.choice([b"", b"", b"/", b"/.", b"/x/..", b"/./x/%2e%2E"])
        arguments = self.random.choice([[], [], [b"a=b"], [b"", b"pta", b"xpta=1", b"%70ta=2"]])
        if argument is not None:
            arguments = [*arguments, self.name() + b"=" + argument]
            # The first one decides.
            arguments += self.random.choice([[], [], [b"pta=00"], [b"c"]])
        query = b"&".join(arguments)
        fragment = self.random.choice([b"", b"", b"", b"#pta=11"])
        return before + b"/" + target + (b"?" + query if query else b"") + fragment

    def spelled(self, byte):
        if byte in PLAIN and self.random.random() < 0.95:
            return bytes([byte])
        return self.random.choice([b"%%%02x", b"%%%02X"]) % byte

    def name(self):
        return self.random.choice([b"pta", b"pta", b"PTA", b"pTa"])

    def cookie_lines(self, cookies):
        if not cookies:
            return self.random.choice([b"", b"Cookie: a=b; pta; xpta=1\r\n"])
        pieces = [self.name() + b"=" + cookie for cookie in cookies]
        at = self.random.randrange(len(pieces))
        lines = [line for line in (pieces[:at], pieces[at:]) if line]
        lines = [self.random.choice([b"; ", b";"]).join(line) for line in lines]
        return b"".join(b"Cookie: %s\r\n" % line for line in lines)
