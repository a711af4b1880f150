"""A request, and the response that the documentation promises."""

from typing import NamedTuple

FILES = 50
# A built-in page of nginx, with any content.
ANY_PAGE = b""

# Each verdict has a status of its own.
STATUS = {
    "MISSING": 401,
    "MALFORMED": 422,
    "UNDECRYPTABLE": 403,
    "EXPIRED": 410,
    "PATH_MISMATCH": 409,
}


class Expected(NamedTuple):
    """A response. Equal ones have the same bytes but the date."""

    status: int
    # Verdict, source and key, as far as there are any. Empty if no check ran.
    verdict: str
    body: bytes
    head_only: bool = False
    closes: bool = False

    @property
    def refusal(self):
        """The verdict that must be in the error log, if the request is refused."""
        verdict = self.verdict.split("/")[0]
        return verdict if verdict in STATUS else None

    @property
    def shown_body(self):
        return b"" if self.head_only else self.body


class Request(NamedTuple):
    """What a client sends, in one version of HTTP or the other."""

    kind: str
    target: bytes
    expected: Expected
    cookies: tuple = ()
    method: bytes = b"GET"
    # Other header lines: pairs of a name and a value.
    headers: tuple = ()

    def http1(self):
        """All bytes over HTTP/1.1."""
        lines = [self.method + b" " + self.target + b" HTTP/1.1\r\nHost: localhost\r\n"]
        lines += [b"Cookie: " + cookie + b"\r\n" for cookie in self.cookies]
        lines += [name + b": " + value + b"\r\n" for name, value in self.headers]
        if self.method == b"POST":
            lines.append(b"Content-Length: 5\r\n\r\nhello")
        else:
            lines.append(b"\r\n")
        return b"".join(lines)


def body_of(number):
    return b"file %02d\n" % number


def allowed(number, verdict, **more):
    return Expected(200, f"ALLOWED/{verdict}", body_of(number), **more)


def refused(verdict, source="", key="", statuses=STATUS):
    status = statuses[verdict]
    # nginx closes the connection after a 400 and keeps it after the others.
    return Expected(
        status, "/".join(filter(None, (verdict, source, key))), b"", closes=status == 400
    )
