"""Random requests, and what their tokens allow."""

import dataclasses
from typing import NamedTuple

from harness import rules, tokens
from random_conf.model import MISSING, PATHS, SEAL_KEYS


class Seal(NamedTuple):
    # The number of the seal key; None if no server has it.
    key: int | None
    # The values that it is bound to.
    values: tuple = ()


@dataclasses.dataclass(frozen=True)
class Token:
    text: str
    # The pair of keys it was made with; None if no key opens it.
    pair: int | None
    pattern: str = "/*"
    is_in_time: bool = True
    seal: Seal | None = None

    def is_for(self, path):
        return bool(rules.path_expression(self.pattern.encode()).fullmatch(path.encode()))

    def opens(self, block, path, arguments=""):
        """Whether it has a key of the block and allows the path. With pta_accel_redirect, it must
        name the target of a redirect instead. `arguments`: those that the request has now."""
        is_for = "*" not in self.pattern if block.get("redirects") else self.is_for(path)
        return self.is_in_time and is_for and self.has_keys(block, arguments)

    def has_keys(self, block, arguments):
        pairs = [pair for pair in block.pairs if pair and pair[0] == self.pair]
        if self.seal is None:
            return bool(pairs) and not block.requires_seal
        values = block.bound_values(arguments)
        # An empty value fits no seal.
        if self.seal.key is None or self.seal.values != values or "" in values:
            return False
        return (self.pair, self.seal.key) in pairs


# A header with two lines.
SEVERAL = Token("", None)


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
    # Name and token. A name may be there twice.
    headers: list = dataclasses.field(default_factory=list)

    @property
    def client_arguments(self):
        """All that stands behind the question mark."""
        return "&".join(self.arguments + [f"{name}={token.text}" for name, token in self.query])

    def bytes(self):
        arguments = self.client_arguments
        target = self.path + (f"?{arguments}" if arguments else "")
        lines = [f"{self.method} {target} HTTP/1.1", f"Host: {self.server}.test"]
        if self.cookies:
            crumbs = "; ".join(f"{name}={token.text}" for name, token in self.cookies)
            lines.append(f"Cookie: {crumbs}")
        if self.has_password:
            lines.append("Authorization: Basic dTpw")
        for name, token in self.headers:
            scheme = "Bearer " if name == "Authorization" else ""
            lines.append(f"{name}: {scheme}{token.text}")
        if self.method == "POST":
            lines.append("Content-Length: 0")
        return "\r\n".join([*lines, "", ""]).encode()

    def is_allowed_by(self, block, arguments=None):
        """Whether a token opens this block, by its keys, methods and name. `arguments`: those that
        the request has now, if they are not those of the client."""
        return self.token_for(block, arguments) is not None

    def token_for(self, block, arguments=None):
        """The token that opens this block, if there is one."""
        if arguments is None:
            arguments = self.client_arguments
        methods = (block.get("methods") or "qs").split()
        name = block.get("token_name") or "pta"
        header_name = block.get("header_name") or "X-PTA"
        # The first argument of that name.
        argument = next(iter(of_name(name, self.query, "qs" in methods)), None)
        lines = of_name(header_name, self.headers, "header" in methods)
        header = SEVERAL if len(lines) > 1 else next(iter(lines), None)
        cookies = first_sealed(of_name(name, self.cookies, "cookie" in methods))
        candidates = rules.candidates(argument, cookies, "fallback" in methods, header)
        return next((t for t in candidates if t.opens(block, self.path, arguments)), None)


def of_name(name, found, is_method):
    return [token for other, token in found if is_method and other == name]


def first_sealed(cookies):
    """Without the sealed ones that are ignored because there are too many."""
    sealed = [cookie for cookie in cookies if cookie.seal]
    ignored = sealed[rules.MOST_SEALED_COOKIES :]
    return [cookie for cookie in cookies if not any(cookie is one for one in ignored)]


class Requests:
    """Makes requests to one server."""

    def __init__(self, random, server, pairs):
        self.random, self.pairs = random, pairs
        self.host = server.name.lower()
        self.blocks = list(server.blocks())
        self.names = sorted({block.get("token_name") or "pta" for block in self.blocks})
        with_header = [b for b in self.blocks if "header" in (b.get("methods") or "")]
        self.header_names = sorted({block.get("header_name") or "X-PTA" for block in with_header})
        self.redirects = any(block.get("redirects") for block in self.blocks)
        self.protected = [block for block in self.blocks if block.is_protected]
        self.has_seals = any(block.get("first_seal") is not None for block in self.blocks)
        self.cache = {}

    def next(self):
        path = self.random.choice(PATHS if self.random.random() < 0.9 else MISSING)
        arguments = self.random.choice([[], [], ["a=b"], ["z=1"]])
        if self.has_seals:
            arguments = arguments + self.random.choice([[], ["u=5"], ["u=5"], ["u=6"], ["u="]])
        query, headers, cookies = self.tokens(path, "&".join(arguments))
        has_password = self.random.random() < 0.3
        if any(name == "Authorization" for name, _ in headers):
            # nginx may refuse two lines of it by itself.
            has_password = False
        return Request(
            self.host,
            # Without those of WebDAV, which have rules of their own.
            self.random.choices(["GET", "POST", "HEAD", "TRACE", "OPTIONS"], [20, 4, 2, 1, 1])[0],
            path,
            arguments,
            query,
            cookies,
            has_password,
            headers,
        )

    def locks(self, arguments):
        """What tokens need that open locations of this server: a pair, and perhaps a seal. Beside
        them, tokens of all pairs without a seal."""
        locks = [(pair, None) for pair in range(len(self.pairs))]
        for block in self.protected:
            values = block.bound_values(arguments)
            for pair in block.pairs:
                if pair and pair[1] is not None and "" not in values:
                    locks.append((pair[0], Seal(pair[1], values)))
        return list(dict.fromkeys(locks))

    def tokens(self, path, arguments):
        """What goes into the query, into headers and into cookies."""
        kind = self.random.choices(["none", "all", "one", "invalid"], [25, 35, 25, 15])[0]
        # The target of a redirect.
        target = self.redirects and self.random.random() < 0.5 and self.random.choice(PATHS)
        locks = self.locks(arguments)
        if kind == "none":
            return [], [], []
        if kind == "all":
            chosen = self.random.sample(locks, min(len(locks), 14))
            found = [self.valid(lock, path, target) for lock in chosen]
            return self.all_places(found)
        # Most of them for a protected location.
        needed = [lock for block in self.protected for lock in locks if opens_pair(lock, block)]
        lock = self.random.choice(needed or locks)
        valid = self.valid(lock, path, target)
        token = valid if kind == "one" else self.invalid(lock, path)
        return self.some_places(token, self.invalid(self.random.choice(locks), path))

    def all_places(self, found):
        cookies = [(name, token) for name in self.names for token in found]
        # A name with a number belongs to the pair of that number.
        query = []
        for name in self.names:
            of_pair = [token for token in found if name == f"pta{token.pair}"]
            if of_pair:
                query.append((name, self.random.choice(of_pair)))
        headers = [(name, self.random.choice(found)) for name in self.header_names]
        query, headers = self.random.choice([[], query]), self.random.choice([[], headers])
        return query, headers, cookies

    def some_places(self, token, other):
        found, others = ([(name, one) for name in self.names] for one in (token, other))
        choices = [(found, [], []), ([], [], found), (found, [], found), (others, [], found)]
        if self.header_names:
            lines, wrong = ([(name, one) for name in self.header_names] for one in (token, other))
            choices += [
                ([], lines, []), (others, lines, []), (found, wrong, []), ([], wrong, found),
                (found, lines, found), (others, wrong, found), ([], lines, others),
                ([], self.doubled(lines), []), ([], self.doubled(lines), found),
            ]  # fmt: skip
        return self.random.choice(choices)

    def doubled(self, lines):
        """Two lines of each header but Authorization, which nginx refuses by itself."""
        return [line for line in lines for _ in range(1 if line[0] == "Authorization" else 2)]

    def valid(self, lock, path, target):
        return self.token(*lock, target or self.random.choice([path, "/*", path[:2] + "*"]))

    def invalid(self, lock, path):
        pair, seal = lock
        kinds = ["expired", "other path", "digits", *(["seal"] * 3 if seal else [])]
        match self.random.choice(kinds):
            case "expired":
                return self.token(pair, seal, path, is_in_time=False)
            case "other path":
                return self.token(pair, seal, path + "/other")
            case "seal":
                return self.token(pair, self.wrong(seal), path)
        return Token("00" * 32, None)

    def wrong(self, seal):
        """No seal, one of another key, or one that is bound to something else."""
        keys = [None, *range(len(SEAL_KEYS))]
        values = [(), ("a",), ("abc",), ("a", "bc"), ("ab", "c"), ("5",), ("6",), ("a", "6")]
        return self.random.choice(
            [
                None,
                seal._replace(key=self.random.choice(keys)),
                seal._replace(values=self.random.choice(values)),
            ]
        )

    def token(self, pair, seal, pattern, is_in_time=True):
        # To make one takes as long as a request.
        wanted = (pair, pattern, is_in_time, seal)
        if wanted not in self.cache:
            make = self.pairs[pair].token if is_in_time else self.pairs[pair].expired
            text = make(pattern)
            if seal:
                key = bytes(32) if seal.key is None else SEAL_KEYS[seal.key]
                text = tokens.sealed(text, key, seal.values)
            self.cache[wanted] = Token(text, *wanted)
        return self.cache[wanted]


def opens_pair(lock, block):
    """Whether the block has the pair, and takes tokens with such a seal or without one."""
    pair, seal = lock
    if seal is None:
        return not block.requires_seal and any(one and one[0] == pair for one in block.pairs)
    return (pair, seal.key) in block.pairs
