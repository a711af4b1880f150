"""A server with a configuration of nginx's own modules, and the requests that it gets."""

import base64
import dataclasses
import hashlib
import re

# Modules that nginx has only if it was configured with them.
OPTIONAL = {
    "http_addition_module",
    "http_auth_request_module",
    "http_dav_module",
    "http_gunzip_module",
    "http_gzip_static_module",
    "http_random_index_module",
    "http_realip_module",
    "http_secure_link_module",
    "http_slice_module",
    "http_stub_status_module",
    "http_sub_module",
    "http_v2_module",
}

# The time of all files, so that the condition is false.
SAME_TIME = "If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT"


class Request:
    """`held` is sent while this request waits for the rest of its body. `raw` is sent as it is."""

    def __init__(
        self, target, *headers, method="GET", body=b"", version="1.1", held=None, raw=None
    ):
        self.target, self.headers, self.method, self.body = target, headers, method, body
        self.version, self.held, self.raw = version, held, raw

    def bytes(self, host):
        """All bytes over HTTP/1.1."""
        if self.raw:
            return self.raw.replace(b"@HOST@", host.encode())
        lines = [
            f"{self.method} {self.target} HTTP/{self.version}",
            f"Host: {host}",
            "Connection: close",
            *self.headers,
        ]
        if self.body or self.held:
            lines.append(f"Content-Length: {len(self.body) or len(HELD_BODY)}")
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + self.body


# What a request with `held` waits for.
HELD_BODY = b"held"


@dataclasses.dataclass
class Case:
    name: str
    # The modules that it needs, between blanks.
    modules: str
    # What is in the server block and in the http block.
    server: str
    requests: list
    http: str = ""
    http2: bool = False

    def __post_init__(self):
        self.modules = self.modules.split()
        self.requests = [Request(r) if isinstance(r, str) else r for r in self.requests]
        self.host = re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-") + ".test"

    def absent(self, nginx):
        """The modules that this nginx does not have."""
        return [
            name
            for name in self.modules
            if (not nginx.has(name) if name in OPTIONAL else nginx.lacks(name))
        ]


def basic(user):
    """The header line for a user with a password."""
    return "Authorization: Basic " + base64.b64encode(user.encode()).decode()


def secure_link(path, expires, secret="secret"):
    digest = hashlib.md5(f"{expires}{path} {secret}".encode()).digest()
    text = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return f"{path}?md5={text}&expires={expires}"
