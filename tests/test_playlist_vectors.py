"""The vectors of playlist/, served by nginx in buffers of one byte."""

import json
import socket
import ssl
import urllib.parse

import pytest

from harness.certificate import self_signed
from harness.clients import http1
from harness.project import PROJECT

FOLDER = PROJECT / "playlist/vectors"
INDEX = json.loads((FOLDER / "index.json").read_text())
OWN = json.loads((FOLDER / "own.json").read_text())
VECTORS = {vector["name"]: vector for vector in INDEX["vectors"] + OWN["vectors"]}

SERVER = """
    server {{
        listen 127.0.0.1:@port@;
        listen 127.0.0.1:@tls@ ssl;
        ssl_certificate certificate.pem;
        ssl_certificate_key key.pem;
        {keys}
        sendfile off;
        output_buffers 1 1;
        {playlist}
        # The token is checked for the client's own path.
        rewrite ^ /vector/$http_x_vector last;
        {locations}
    }}
"""
LOCATION = """
        location = /vector/{name} {{ {directives} alias html/{name}.{kind}; }}"""


def text(vector, part):
    """What nginx reads ("in"), or what it sends ("out")."""
    if "in" in vector:
        return "\n".join(vector.get(part, vector["in"])).encode()
    return (FOLDER / f"{vector['name']}.{part}.{vector['kind']}").read_bytes()


def allows(pattern, path):
    before, star, after = pattern.partition("*")
    if not star:
        return path == pattern
    return path.startswith(before) and path.endswith(after)


def settings(vector):
    words = [f"pta_name {vector.get('argname', 'pta')};"]
    for directive in ("hosts", "skip"):
        if vector.get(directive):
            words.append(f"pta_playlist_{directive} {' '.join(vector[directive])};")
    if not is_forwarded(vector):
        words.append(f"pta_playlist issue; pta_issue {vector['token_path']} 1h step=1h;")
        words.append("add_header X-Token $pta_token;")
    else:
        words.append("pta_playlist forward; pta_enable on;")
    return " ".join(words)


def url(vector):
    default = "https://media.example.com/live/ch1/master.m3u8"
    return urllib.parse.urlsplit(vector.get("request", default))


def is_forwarded(vector):
    """Whether the token of the vector allows the request itself. If not, a new one is issued."""
    return allows(vector.get("token_path", "/live/*"), urllib.parse.unquote(url(vector).path))


class Connection(http1.Connection):
    """A connection with TLS, if it is to the port for it."""

    def __init__(self, port, is_encrypted):
        super().__init__(port)
        self.is_encrypted = is_encrypted

    def write(self, data):
        if not self.socket:
            plain = socket.create_connection((self.host, self.port), timeout=self.timeout)
            self.socket = plain
            if self.is_encrypted:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                self.socket = context.wrap_socket(plain)
            self.stream = self.socket.makefile("rb")
        self.socket.sendall(data)


@pytest.fixture(scope="module")
def served(nginx, package_site, pair):
    certificate, key = self_signed("media.example.com")
    locations = "".join(
        LOCATION.format(name=name, kind=vector["kind"], directives=settings(vector))
        for name, vector in VECTORS.items()
    )
    files = {f"{name}.{vector['kind']}": text(vector, "in") for name, vector in VECTORS.items()}
    site = package_site.make(
        SERVER.format(keys=pair.directives(), playlist="", locations=locations),
        files=files,
        access_log="off",
    )
    site.write("certificate.pem", certificate)
    site.write("key.pem", key)
    site.start()
    return site


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector(served, pair, name):
    vector = VECTORS[name]
    request = url(vector)
    token = pair.token(vector.get("token_path", "/live/*"))
    arguments = [request.query] if request.query else []
    if is_forwarded(vector):
        arguments.insert(0, f"{vector.get('argname', 'pta')}={token}")
    is_encrypted = request.scheme == "https"
    lines = [
        f"GET {request.path}{'?' if arguments else ''}{'&'.join(arguments)} HTTP/1.1",
        f"Host: {request.netloc}",
        f"X-Vector: {name}",
    ]
    port = served.port("tls" if is_encrypted else "port")
    with Connection(port, is_encrypted) as connection:
        response = connection.send("\r\n".join([*lines, "", ""]).encode())
    assert response.status == 200
    # A body without a change may have no token at all.
    token = response.headers.get("x-token", token)
    expected = text(vector, "out").replace(INDEX["token"].encode(), b"TOKEN")
    assert response.body == expected.replace(b"TOKEN", token.encode())
