"""Redirects to URLs of CloudFront, in place of flask-cloudfront: OpenSSL accepts the signature."""

import base64
import json
import re
import subprocess
import time
from urllib.parse import parse_qsl, urlsplit

import pytest

from harness.clients.http1 import get
from harness.cloudfront import public_key, signing_key

pytestmark = pytest.mark.packaged("ngx_http_js_module")

PORT = "port0"
ALICE, BOB = "Cookie: session=alice-session", "Cookie: session=bob-session"
URL = "https://d111111abcdef8.cloudfront.net/watch/film.mp4"
DIGESTS = {"SHA-1": "-sha1", "SHA-256": "-sha256"}


@pytest.fixture
def server(recipe, recipes, application):
    """Starts nginx with this content of keys/cloudfront.json, or the one that the page makes."""
    behind = application(recipes / "short-lived-links-app.py")

    def start(content=None):
        def write(site):
            if content is None:
                return
            # nginx reads it as root, whatever the user of its workers is.
            site.write("keys/cloudfront.json", json.dumps(content)).chmod(0o600)

        return recipe("js_import cloudfront.js", behind.port, write)[0]

    return start


def policy(url, expires):
    """CloudFront's canned policy."""
    return (
        f'{{"Statement":[{{"Resource":"{url}","Condition":'
        f'{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}}}]}}'
    )


def accepts(folder, public, signature, text, digest):
    """Whether OpenSSL accepts the signature of a text."""
    for name, content in (("public.pem", public), ("signature", signature)):
        (folder / name).write_bytes(content)
    command = ["openssl", "dgst", digest, "-verify", folder / "public.pem",
               "-signature", folder / "signature"]  # fmt: skip
    done = subprocess.run(command, input=text.encode(), capture_output=True)
    assert (b"Verified OK" in done.stdout) == (done.returncode == 0)
    return done.returncode == 0


@pytest.mark.parametrize("algorithm", DIGESTS)
def test_the_signature(server, tmp_path, algorithm):
    content, public = signing_key(algorithm), public_key()
    # The page makes the file for SHA-256.
    site = server(content if algorithm == "SHA-1" else None)
    before = int(time.time())
    # More than one, so that each character of base64 that is replaced occurs.
    for number in range(4):
        response = get(site.port(PORT), f"/watch/film.mp4?number={number}", ALICE)
        assert response.status == 303
        assert response.joined("cache-control") == "no-store"
        url, _, query = response.headers["location"].partition("?")
        assert url == URL
        assert re.fullmatch(r"[\w=&~-]+", query)
        fields = dict(parse_qsl(query, strict_parsing=True))
        named = ["Expires", "Signature", "Key-Pair-Id"]
        assert list(fields) == named + ["Hash-Algorithm"] * (algorithm == "SHA-256")
        assert fields["Key-Pair-Id"] == content["id"]
        assert fields.get("Hash-Algorithm", "SHA256") == "SHA256"
        expires = int(fields["Expires"])
        assert before + 60 <= expires <= time.time() + 60
        signature = fields["Signature"].translate(str.maketrans("-_~", "+=/"))
        signature = base64.b64decode(signature, validate=True)
        digest = DIGESTS[algorithm]
        assert accepts(tmp_path, public, signature, policy(url, expires), digest)
        # The signature is not valid for anything else.
        [other] = set(DIGESTS.values()) - {digest}
        assert not accepts(tmp_path, public, signature, policy(url, expires), other)
        assert not accepts(tmp_path, public, signature, policy(url, expires + 1), digest)
        assert not accepts(tmp_path, public, signature, policy(url + "x", expires), digest)


REFUSED = {
    "nobody": ("/watch/film.mp4", "X-A: b", 401),
    "a wrong session": ("/watch/film.mp4", "Cookie: session=x", 401),
    "another user": ("/watch/film.mp4", BOB, 403),
    "a file that is not there": ("/watch/other.mp4", ALICE, 403),
    "by way of an allowed folder": ("/watch/trailers/%2e%2e/film.mp4", BOB, 403),
    "slashes": ("/watch/trailers/..%2ffilm.mp4", BOB, 403),
    "a quotation mark": ("/watch/a%22b", ALICE, 404),
    "a backslash": ("/watch/a%5cb", ALICE, 404),
    "a line end": ("/watch/film.mp4%0d%0aX-Evil:1", ALICE, 404),
    "a line end at the end": ("/watch/film.mp4%0a", ALICE, 404),
    "a wildcard": ("/watch/*", ALICE, 404),
    "the application's own": ("/authorise", ALICE, 404),
}


def test_a_refused_user_gets_nothing(server):
    site = server()
    for name, (target, header, status) in REFUSED.items():
        response = get(site.port(PORT), target, header)
        assert response.status == status, name
        everything = (response.head + response.body).lower()
        for part in (b"signature", b"expires=", b"cloudfront", b"location:"):
            assert part not in everything, name
    assert get(site.port(PORT), "/watch/trailers/a.mp4", BOB).status == 303


def test_the_path_is_the_one_that_was_authorised(server):
    site = server()
    response = get(site.port(PORT), "/watch/x/%2e%2e//%66ilm.mp4?y=z", ALICE)
    assert response.headers["location"].startswith(f"{URL}?Expires=")
    assert urlsplit(response.headers["location"]).query.count("y=z") == 0


@pytest.mark.parametrize("broken", [{"key": "AAAA"}, {"hash": "MD5"}])
def test_without_a_signature_there_is_no_redirect(server, broken):
    site = server({**signing_key("SHA-256"), **broken})
    response = get(site.port(PORT), "/watch/film.mp4", ALICE)
    assert response.status == 500
    assert "location" not in response.headers


def test_a_missing_key_is_an_error_at_the_start(recipe):
    def remove(site):
        (site.root / "keys/cloudfront.json").unlink()
        # njs 0.7 does not write why.
        assert "test failed" in site.refusal()
        site.write("keys/cloudfront.json", "{}")

    recipe("js_import cloudfront.js", before=remove)
