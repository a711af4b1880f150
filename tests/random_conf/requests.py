"""Random requests, and what their tokens are worth."""

import dataclasses

from random_conf.model import MISSING, PATHS


@dataclasses.dataclass(frozen=True)
class Token:
    text: str
    # The pair of keys it was made with; None if no key opens it.
    pair: int | None
    # Whether it is in time and for the path of the request.
    is_good: bool


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
        methods = (block.get("methods") or "qs").split()
        name = block.get("token_name") or "pta"
        keys = {key for key in block.realm if key is not None}
        if "qs" in methods:
            found = [token for candidate, token in self.query if candidate == name]
            if found:
                return found[0].is_good and found[0].pair in keys
        if "cookie" in methods:
            return any(
                token.is_good and token.pair in keys
                for candidate, token in self.cookies
                if candidate == name
            )
        return False


class Requests:
    """Makes requests to one server."""

    def __init__(self, random, server, pairs):
        self.random, self.pairs = random, pairs
        self.host = server.name.lower()
        blocks = list(server.blocks())
        self.names = sorted({block.get("token_name") or "pta" for block in blocks})
        self.cache = {}

    def next(self):
        path = self.random.choice(PATHS if self.random.random() < 0.9 else MISSING)
        query, cookies = self.tokens(path)
        return Request(
            self.host,
            self.random.choices(["GET", "POST", "HEAD", "TRACE", "DELETE"], [20, 2, 1, 1, 1])[0],
            path,
            self.random.choice([[], [], ["a=b"], ["z=1"]]),
            query,
            cookies,
            self.random.random() < 0.3,
        )

    def tokens(self, path):
        """What goes into the query, and what into cookies."""
        kind = self.random.choices(["none", "all", "one", "bad"], [25, 35, 25, 15])[0]
        everyone = range(len(self.pairs))
        if kind == "none":
            return [], []
        if kind == "all":
            found = [self.good(pair, path) for pair in everyone]
            cookies = [(name, token) for name in self.names for token in found]
            # A name that has a number is for the keys of that number.
            query = [(n, found[int(n[3:])]) for n in self.names if n != "pta"]
            return self.random.choice([[], query]), cookies
        if kind == "one":
            token = self.good(self.random.choice(everyone), path)
        else:
            token = self.bad(self.random.choice(everyone), path)
        found = [(name, token) for name in self.names]
        return self.random.choice([(found, []), ([], found), (found, found)])

    def good(self, pair, path):
        pattern = self.random.choice([path, "/*", path[:2] + "*"])
        return Token(self.make(pair, pattern, False), pair, True)

    def bad(self, pair, path):
        match self.random.randrange(3):
            case 0:
                return Token(self.make(pair, path, True), pair, False)
            case 1:
                return Token(self.make(pair, path + "/other", False), pair, False)
        return Token("00" * 32, None, False)

    def make(self, pair, pattern, is_expired):
        # Making one takes as long as a request.
        wanted = (pair, pattern, is_expired)
        if wanted not in self.cache:
            keys = self.pairs[pair]
            self.cache[wanted] = keys.expired(pattern) if is_expired else keys.token(pattern)
        return self.cache[wanted]
