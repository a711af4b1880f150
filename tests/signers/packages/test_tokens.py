"""A program that uses an installed package makes the tokens of the format, and nginx takes them."""

import json
import time
from urllib.parse import parse_qs, unquote, urlsplit

from harness.clients import http1
from harness.project import PROJECT
from harness.tokens import Pair
from signers.conftest import NAME
from signers.test_served import PATH, get
from signers.test_tokens import IV, KEY, LAST

VECTORS = json.loads((PROJECT / "token/tests/vectors.json").read_bytes())["vectors"]


def test_the_vectors(package):
    for vector in VECTORS:
        done = package.sign(vector["key"], vector["iv"], vector["path"], vector["expires"])
        assert (done.stdout, done.stderr) == (vector["token"] + "\n", "")


def test_a_refusal(package):
    done = package.sign(KEY, IV, "/a", LAST + 1)
    assert done.returncode != 0
    assert "milliseconds?" in done.stdout + done.stderr


def test_nginx_serves_the_file(package, server, pair):
    escaped = PATH.replace("*", r"\*")
    done = package.sign(pair.key.hex(), pair.iv.hex(), escaped, int(time.time()) + 600)
    response = get(server, done.stdout.strip())
    assert (response.status, response.body) == (200, b"content")


# ---- The Django storage


def test_the_system_check_of_the_storage(storage, pair):
    done = storage.manage("check", pair)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    # It is the storage's own: a pair with an equal key and IV is reported.
    done = storage.manage("check", Pair(pair.key, pair.key))
    assert "pta.W001" in done.stderr


def test_the_link_of_the_storage(storage, pair):
    before = int(time.time())
    url = urlsplit(storage.link(NAME, pair))
    (token,) = parse_qs(url.query)["pta"]
    assert unquote(url.path) == PATH
    expires, _ = pair.open(bytes.fromhex(token))
    expires = int.from_bytes(expires, "big")
    assert before <= expires - 3600 <= int(time.time())
    assert token == pair.token(PATH.replace("*", r"\*"), expires)


def test_nginx_serves_the_file_to_the_link(storage, server, pair):
    url = urlsplit(storage.link(NAME, pair))
    response = http1.get(server.port(), f"{url.path}?{url.query}")
    assert (response.status, response.body) == (200, b"content")
