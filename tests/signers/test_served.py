"""nginx answers 200 to the token of every signer."""

import time
from urllib.parse import quote, urlsplit

from django.core.files.storage import default_storage
from django.test.utils import override_settings

from harness.clients import http1
from signers.conftest import NAME

PATH = f"/media/{NAME}"


def get(server, token=None):
    query = f"?pta={token}" if token else ""
    return http1.get(server.port(), quote(PATH) + query)


def test_a_request_without_a_token(server):
    assert get(server).status == 400


def test_the_token_of_a_signer(signer, server, pair):
    escaped = PATH.replace("*", r"\*")
    done = signer.sign(pair.key.hex(), pair.iv.hex(), escaped, int(time.time()) + 600)
    response = get(server, done.stdout.strip())
    assert (response.status, response.body) == (200, b"content")


def test_the_link_of_the_django_storage(server, pair):
    changes = {
        "MEDIA_URL": f"http://127.0.0.1:{server.port()}/media/",
        "PTA_KEY": pair.key.hex(),
        "PTA_IV": pair.iv.hex(),
    }
    with override_settings(**changes):
        url = urlsplit(default_storage.url(NAME))
    assert url.netloc == f"127.0.0.1:{server.port()}"
    response = http1.get(server.port(), f"{url.path}?{url.query}")
    assert (response.status, response.body) == (200, b"content")
