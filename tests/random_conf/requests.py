"""Random requests, and what their tokens allow."""

import dataclasses

from harness import rules
from random_conf.model import MISSING, PATHS


@dataclasses.dataclass(frozen=True)
class Token:
    text: str
    # The pair of keys it was made with; None if no key opens it.
    pair: int | None
    pattern: str = "/*"
    is_in_time: bool = True

    def is_for(self, path):
        return bool(rules.path_expression(self.pattern.encode()).fullmatch(path.encode()))

    def opens(self, block, path):
        """Whether it has a key of the block and allows the path. With pta_accel_redirect, it must
        name the target of a redirect instead."""
        is_for = "*" not in self.pattern if block.get("redirects") else self.is_for(path)
        return self.is_in_time and is_for and self.pair is not None and self.pair in block.keys


@dataclasses.dataclass
class Request:
    server: str
    method: str
    path: str
    arguments: list
    # Name and token.
    query: list
    cookies: list
    has_password: bool

    def bytes(self):
        arguments = self.arguments + [f"{name}={token.text}" for name, token in self.query]
        target = self.path + ("?" + "&".join(arguments) if arguments else "")
        lines = [f"{self.method} {target} HTTP/1.1", f"Host: {self.server}.test"]
        if self.cookies:
            crumbs = "; ".join(f"{name}={token.text}" for name, token in self.cookies)
            lines.append(f"Cookie: {crumbs}")
        if self.has_password:
            lines.append("Authorization: Basic dTpw")
        if self.method == "POST":
            lines.append("Content-Length: 0")
        return "\r\n".join([*lines, "", ""]).encode()

    def is_allowed_by(self, block):
        """Whether a token opens this block, by its keys, methods and name."""
        return self.token_for(block) is not None

    def token_for(self, block):
        """The token that opens this block, if there is one."""
        methods = (block.get("methods") or "qs").split()
        name = block.get("token_name") or "pta"
        arguments, cookies = (
            [token for other, token in tokens if other == name] if method in methods else []
            for tokens, method in ((self.query, "qs"), (self.cookies, "cookie"))
        )
        # The first argument of that name.
        argument = next(iter(arguments), None)
        candidates = rules.candidates(argument, cookies, "fallback" in methods)
        return next((token for token in candidates if token.opens(block, self.path)), None)


class Requests:
    """Makes requests to one server."""

    def __init__(self, random, server, pairs):
        self.random, self.pairs = random, pairs
        self.host = server.name.lower()
        blocks = list(server.blocks())
        self.names = sorted({block.get("token_name") or "pta" for block in blocks})
        self.redirects = any(block.get("redirects") for block in blocks)
        self.cache = {}

    def next(self):
        path = self.random.choice(PATHS if self.random.random() < 0.9 else MISSING)
        query, cookies = self.tokens(path)
        return Request(
            self.host,
            # Without those of WebDAV, which have rules of their own.
            self.random.choices(["GET", "POST", "HEAD", "TRACE", "OPTIONS"], [20, 2, 1, 1, 1])[0],
            path,
            self.random.choice([[], [], ["a=b"], ["z=1"]]),
            query,
            cookies,
            self.random.random() < 0.3,
        )

    def tokens(self, path):
        """What goes into the query, and what into cookies."""
        kind = self.random.choices(["none", "all", "one", "invalid"], [25, 35, 25, 15])[0]
        # The target of a redirect.
        target = self.redirects and self.random.random() < 0.5 and self.random.choice(PATHS)
        everyone = range(len(self.pairs))
        if kind == "none":
            return [], []
        if kind == "all":
            found = [self.valid(pair, path, target) for pair in everyone]
            cookies = [(name, token) for name in self.names for token in found]
            # A name with a number belongs to the pair of that number.
            query = [(n, found[int(n[3:])]) for n in self.names if n != "pta"]
            return self.random.choice([[], query]), cookies
        if kind == "one":
            token = self.valid(self.random.choice(everyone), path, target)
        else:
            token = self.invalid(self.random.choice(everyone), path)
        found = [(name, token) for name in self.names]
        other = self.invalid(self.random.choice(everyone), path)
        others = [(name, other) for name in self.names]
        return self.random.choice([(found, []), ([], found), (found, found), (others, found)])

    def valid(self, pair, path, target):
        return self.token(pair, target or self.random.choice([path, "/*", path[:2] + "*"]))

    def invalid(self, pair, path):
        match self.random.randrange(3):
            case 0:
                return self.token(pair, path, is_in_time=False)
            case 1:
                return self.token(pair, path + "/other")
        return Token("00" * 32, None)

    def token(self, pair, pattern, is_in_time=True):
        # To make one takes as long as a request.
        wanted = (pair, pattern, is_in_time)
        if wanted not in self.cache:
            make = self.pairs[pair].token if is_in_time else self.pairs[pair].expired
            self.cache[wanted] = Token(make(pattern), *wanted)
        return self.cache[wanted]
