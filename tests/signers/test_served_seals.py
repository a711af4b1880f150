"""nginx requires seals, and takes those of every signer, bound to what only the request has."""

import os
import time
from urllib.parse import quote, urlsplit

import pytest
from django.core.files.storage import default_storage
from django.test.utils import override_settings

from harness.clients import http1
from signers.conftest import NAME
from signers.test_seals import SEAL_KEY

CONFIGURATION = """
    server {{
        listen 127.0.0.1:@port@;
        {keys}
        pta_1st_seal {seal_key};
        pta_require_seal on;
        location /media/ {{ pta_enable on; pta_bind $remote_addr $http_x_user; }}
        location /files/ {{ pta_enable on; pta_bind $pta_file_mtime; alias html/media/; }}
    }}
"""

PATH = f"/media/{NAME}"


@pytest.fixture(scope="module")
def sealing(package_site, pair):
    """A running nginx. Below /media/, seals are bound to the address and to a header."""
    text = CONFIGURATION.format(keys=pair.directives(), seal_key=SEAL_KEY)
    return package_site(text, files={f"media/{NAME}": "content", "media/a.txt": "first"})


def signed(signer, pair, *seal):
    """A token of the signer: sealed, if `seal` has a key, a word and the values."""
    escaped = PATH.replace("*", r"\*")
    arguments = [pair.key.hex(), pair.iv.hex(), escaped, int(time.time()) + 600, *seal]
    return signer.sign_by_function(*arguments).stdout.strip()


def status(server, token, user="alice"):
    target = f"{quote(PATH)}?pta={token}"
    return http1.get(server.port(), target, f"X-User: {user}").status


@pytest.mark.parametrize("once", ["once", "again"])
def test_a_signer(signer, sealing, pair, once):
    token = signed(signer, pair, SEAL_KEY, once, "127.0.0.1", "alice")
    assert status(sealing, token) == 200
    assert status(sealing, token, "bob") == 403
    assert status(sealing, token, "") == 403
    # The token without its seal.
    assert status(sealing, token.rpartition(".")[0]) == 400
    assert status(sealing, token.partition(".")[0]) == 400


@pytest.mark.parametrize("values", [[], ["127.0.0.1"], ["alice", "127.0.0.1"], ["127.0.0.1alice"]])
def test_another_binding(signer, sealing, pair, values):
    assert status(sealing, signed(signer, pair, SEAL_KEY, "again", *values)) == 403


def test_without_a_seal(signer, sealing, pair):
    assert status(sealing, signed(signer, pair)) == 400


def test_the_time_of_a_file(sealing, pair):
    """A link of the Django storage ends when the file changes."""
    folder = sealing.root / "html/media"
    changes = {
        "MEDIA_ROOT": folder,
        "MEDIA_URL": f"http://127.0.0.1:{sealing.port()}/files/",
        "PTA_KEY": pair.key.hex(),
        "PTA_IV": pair.iv.hex(),
        "PTA_SEAL_KEY": SEAL_KEY,
        "PTA_BIND_MTIME": True,
    }

    def answer(link):
        url = urlsplit(link)
        return http1.get(sealing.port(), f"{url.path}?{url.query}").status

    with override_settings(**changes):
        # Also one that rounds up to the next second, and one before 1970.
        for nanoseconds in (1_700_000_000_999_999_999, 1_700_000_001_000_000_000, -500_000_000):
            os.utime(folder / "a.txt", ns=(0, nanoseconds))
            assert answer(default_storage.url("a.txt")) == 200
        before = default_storage.url("a.txt")
        os.utime(folder / "a.txt", (1_800_000_000, 1_800_000_000))
        assert answer(before) == 403
        assert answer(default_storage.url("a.txt")) == 200
