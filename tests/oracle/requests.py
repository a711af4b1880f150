"""The cases that HTTP can carry, as requests."""

import dataclasses
import re

from harness import rules, tokens
from oracle.cases import Cases
from oracle.pieces import SEAL_KEYS, SEALED, SERVERS

PLAIN = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/!$&'()*+,;=:@"


@dataclasses.dataclass
class Request:
    kind: str
    ring: str
    # The value of the argument, or None if there is none.
    argument: bytes | None
    # The values of cookies, as they are sent.
    cookies: list
    path: bytes
    now: int
    # Whether the server says `fallback`.
    fallback: bool
    # What it knows of seals, with the binding of this request.
    seals: rules.Seals | None
    text: bytes

    def verdict(self):
        return rules.request_verdict(
            SERVERS[self.ring],
            self.argument,
            self.cookies,
            self.now,
            self.path,
            self.fallback,
            self.seals,
        )


class Requests:
    """Makes requests for the moment `now`, each to one of the servers."""

    def __init__(self, random, now, margin):
        self.random = random
        self.now = now
        self.cases = {ring: Cases(random, now, margin, pairs=SERVERS[ring]) for ring in SERVERS}

    def next(self):
        while True:
            ring = self.random.choice(list(SERVERS))
            request = self.request(ring, self.case(ring))
            if request:
                return request

    def case(self, ring):
        """A case, whose token is often sealed if the server has seal keys."""
        case = self.cases[ring].next()
        if ring not in SEALED or case.token is None or self.random.random() < 0.2:
            return case
        return case._replace(token=self.sealed(case.token, SEALED[ring].bind))

    def sealed(self, token, bind):
        """The token with a seal: a right one, or one that is wrong in some way."""
        nonce = self.random.choice([b"", b"", b".n", b".AZ_-09", b"." + b"n" * 43])
        if self.random.random() < 0.6:
            return self.with_seal(token + nonce, self.random.choice(SEAL_KEYS), bind)
        key = self.random.choice([*SEAL_KEYS, bytes(32)])
        other = self.random.choice([(), ("a",), ("ab",), ("b", "a"), ("a", "b", ""), ("",)])
        right = self.with_seal(token + nonce, key, bind)
        at = self.random.randrange(len(right))
        return self.random.choice(
            [
                self.with_seal(token + nonce, key, other),
                self.with_seal(token, key, bind).replace(b".", nonce + b".", 1),
                right[:at] + self.random.choice([b"A", b"0", b".", b"=", b"f"]) + right[at + 1 :],
                right + self.random.choice([b"=", b"==", b"A", b".", b".A"]),
                right[:-1] + self.random.choice([b"A", b"Q", b"g", b"w", b"B", b"_"]),
                right[: -self.random.randint(1, 30)],
                right.upper(),
                right.lower(),
                right.replace(b".", b"..", 1),
                b"." + right,
                token + b"." + b"A" * 22,
                self.with_seal(token + b"." + b"n" * 44, key, bind),
                self.with_seal(token + b".n.m", key, bind),
            ]
        )

    def with_seal(self, text, key, bind):
        return text + b"." + tokens.seal(text, key, bind).encode()

    def request(self, ring, case):
        """None if no request carries the case."""
        # nginx would decode these to another path, or answer 400 by itself.
        if re.search(rb"\0|//|/\.\.?(/|\Z)|\A(?!/)", case.path):
            return None
        argument, cookies = self.placed(ring, case.token)
        if argument is not None and re.search(rb"[\0-\x20\x7f#&]", argument):
            return None
        if any(re.search(rb"[\0-\x1f\x7f;]|\A | \Z", cookie) for cookie in cookies):
            return None
        line = b"GET %s HTTP/1.1\r\n" % self.target(case.path, argument)
        fallback = self.random.random() < 0.5
        host = ring.encode() + (b"-fallback" if fallback else b"")
        seals, bound = SEALED.get(ring), b""
        if seals and seals.bind:
            # The first value comes in a header.
            value = self.random.choice(["a"] * 6 + ["", "x", "ab"])
            seals = dataclasses.replace(seals, bind=(value, *seals.bind[1:]))
            bound = b"X-Bind: %s\r\n" % value.encode()
        lines = bound + self.cookie_lines(cookies)
        text = line + b"Host: %s.test\r\n%s\r\n" % (host, lines)
        place = argument, cookies, case.path, self.now, fallback, seals
        return Request(case.kind, ring, *place, text)

    def placed(self, ring, token):
        """The argument and the cookies that hold the token and others."""
        if token is None:
            return None, []
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
        return argument, [self.random.choice([b"%s", b"%s", b'"%s"']) % one for one in cookies]

    def other_token(self, ring):
        while True:
            token = self.case(ring).token
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
