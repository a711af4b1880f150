"""The judge: the verdict on a token and on a request, by the description of the format.

OpenSSL and zlib open tokens, Python's HMAC makes seals (see tokens.py), and regular expressions
match paths. Nothing here is taken from the module or the command.
"""

import dataclasses
import functools
import re

from harness.tokens import seal

# The status of each verdict, without pta_refuse_status.
STATUS = {
    "ALLOWED": 200,
    "MISSING": 400,
    "MALFORMED": 400,
    "UNDECRYPTABLE": 403,
    "EXPIRED": 410,
    "PATH_MISMATCH": 403,
}

WORDS = list(STATUS)


SEALED = re.compile(
    rb"((?P<token>(?:[0-9A-Fa-f]{2})+)(?:\.[A-Za-z0-9_-]{1,43})?)\.([A-Za-z0-9_-]{21}[AQgw])"
)


@dataclasses.dataclass(frozen=True)
class Seals:
    """The seal key of each pair, or None for a pair without one; whether a token must have a seal;
    and the values that it must be bound to."""

    keys: tuple
    required: bool = False
    bind: tuple = ()

    def pairs_of(self, pairs, text, found):
        """The pairs whose seal this is."""
        if "" in self.bind:
            return []
        keys = zip(pairs, self.keys, strict=True)
        return [pair for pair, key in keys if key and seal(text, key, self.bind) == found]


def verdict(pairs, token, now, path, seals=None):
    """The value of $pta_status for a token, which is None if there is none."""
    if token is None:
        return "MISSING"
    seals = seals or Seals((None,) * len(pairs))
    if b"." in token:
        parts = SEALED.fullmatch(token)
        if not parts:
            return "MALFORMED"
        pairs = seals.pairs_of(pairs, parts[1].decode(), parts[3].decode())
        token = parts["token"]
    elif seals.required:
        return "MALFORMED"
    if not re.fullmatch(rb"(?:[0-9A-Fa-f]{2})+", token):
        return "MALFORMED"
    data = bytes.fromhex(token.decode())
    opened = None
    if len(data) % 16 == 0:
        opened = next(filter(None, (pair.open(data) for pair in pairs)), None)
    if opened is None:
        return "UNDECRYPTABLE"
    expires, pattern = opened
    expression = path_expression(pattern)
    if len(expires) < 8 or expression is None:
        return "UNDECRYPTABLE"
    if now > int.from_bytes(expires, "big", signed=True):
        return "EXPIRED"
    return "ALLOWED" if expression.fullmatch(path) else "PATH_MISMATCH"


@functools.lru_cache(1000)
def path_expression(pattern):
    """The regular expression for a token's path, or None if the path makes the token useless."""
    pieces = re.split(rb"(\\\*|\*)", pattern)
    if not pattern.startswith(b"/") or pieces.count(b"*") > 1:
        return None
    meaning = {b"*": b".*", rb"\*": rb"\*"}
    expression = b"".join(meaning.get(piece, re.escape(piece)) for piece in pieces)
    return re.compile(expression, re.DOTALL)


# Of several sealed cookies, so many are opened.
MOST_SEALED_COOKIES = 8


def candidates(argument, cookies, fallback=False, header=None):
    """The tokens of a request that count: its argument alone if there is one, else its header alone
    if there is one, else all cookies. With `fallback`, all of them count, in this order."""
    found = [token for token in (argument, header) if token is not None]
    if fallback:
        return found + cookies
    return found[:1] or cookies


def header_token(lines, is_authorization=False):
    """The token in the header with these lines, or None without a line. Of two lines, nobody knows
    which one is meant, so they are an empty token."""
    lines = [line.strip(b" \t") for line in lines]
    if is_authorization:
        # Another scheme counts as no line.
        found = [re.fullmatch(rb"(?is:bearer(?:[ \t]+(.*))?)", line) for line in lines]
        lines = [scheme[1] or b"" for scheme in found if scheme]
    return b"" if len(lines) > 1 else next(iter(lines), None)


def request_verdict(pairs, argument, cookies, now, path, fallback=False, seals=None, header=None):
    """The verdict on a request: one allowed candidate is enough, else the argument decides, or the
    header if there is none, or the last cookie."""
    found = candidates(argument, [unquoted(cookie) for cookie in cookies], fallback, header)
    verdicts = [verdict(pairs, token, now, path, seals) for token in found]
    if "ALLOWED" in verdicts:
        return "ALLOWED"
    if not verdicts:
        return "MISSING"
    return verdicts[-1 if argument is None and header is None else 0]


def unquoted(cookie):
    """A cookie's value without one pair of double quotes around it."""
    return cookie[1:-1] if len(cookie) > 1 and cookie[:1] == cookie[-1:] == b'"' else cookie
