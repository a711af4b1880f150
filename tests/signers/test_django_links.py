"""Links of the Django storage, and the tokens in them."""

import os
import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage, storages
from django.template import Context, Engine
from django.test.utils import override_settings

from harness.tokens import sealed
from signers.django_project import PAIR, SEAL_KEY

NOW = 1_893_423_600
# The last second of the year 9999.
LAST = 253_402_300_799


@pytest.fixture
def set_clock(monkeypatch):
    return lambda now: monkeypatch.setattr("time.time", lambda: now)


@pytest.fixture(autouse=True)
def _clock(set_clock):
    set_clock(NOW + 0.9)


def token_of(url):
    return url.partition("?pta=")[2]


def opened(token):
    """Expiry and path."""
    expires, path = PAIR.open(bytes.fromhex(token))
    return int.from_bytes(expires, "big", signed=True), path.decode()


def check(url, clean, path):
    """The link is `clean` followed by one argument: a token for `path`, valid for an hour."""
    start, _, token = url.partition("?pta=")
    assert start == clean
    assert re.fullmatch("(?:[0-9a-f]{32})+", token)
    assert opened(token) == (NOW + 3600, path)


def test_a_saved_file(tmp_path):
    with override_settings(MEDIA_ROOT=tmp_path):
        name = default_storage.save("talks/first.mp4", ContentFile(b"film"))
        assert (tmp_path / "talks/first.mp4").read_bytes() == b"film"
        check(default_storage.url(name), "/media/talks/first.mp4", "/media/talks/first.mp4")


def test_the_token_is_the_one_of_the_command():
    # pta issue --key KEY --iv IV --path /media/a.mp4 --expires 1893427200
    token = "ea6dd71346553fc16075fa069eb8c44064d0646792d7e2442f4449fdb270bb4a"
    assert default_storage.url("a.mp4") == f"/media/a.mp4?pta={token}"


# Names, their paths in the URL and in the token, both below /media/.
PATHS = [
    # The token has the decoded path.
    ("a b.mp4", "a%20b.mp4", "a b.mp4"),
    ("café.mp4", "caf%C3%A9.mp4", "café.mp4"),
    ("日本/🎬.mp4", "%E6%97%A5%E6%9C%AC/%F0%9F%8E%AC.mp4", "日本/🎬.mp4"),
    ("100%.txt", "100%25.txt", "100%.txt"),
    ("%2F.txt", "%252F.txt", "%2F.txt"),
    ("a?b#c&d=e+f;g.txt", "a%3Fb%23c%26d%3De%2Bf%3Bg.txt", "a?b#c&d=e+f;g.txt"),
    ("a:b.txt", "a%3Ab.txt", "a:b.txt"),
    # Only a star is escaped.
    ("*.txt", "*.txt", r"\*.txt"),
    ("a*b*c", "a*b*c", r"a\*b\*c"),
    ("(~!')[]{}$^|", "(~!')%5B%5D%7B%7D%24%5E%7C", "(~!')[]{}$^|"),
    # The path is the one that nginx sees.
    ("/a.txt", "a.txt", "a.txt"),
    ("a//b.txt", "a/b.txt", "a/b.txt"),
    ("a/./b/../c.txt", "a/c.txt", "a/c.txt"),
]


@pytest.mark.parametrize(("name", "in_url", "in_token"), PATHS)
def test_the_path(name, in_url, in_token):
    check(default_storage.url(name), "/media/" + in_url, "/media/" + in_token)


def test_a_path_object():
    check(default_storage.url(PurePosixPath("a b.mp4")), "/media/a%20b.mp4", "/media/a b.mp4")


def test_a_backslash_is_not_escaped():
    with override_settings(MEDIA_URL="/back%5Cslash/"):
        check(default_storage.url("a*"), "/back%5Cslash/a*", r"/back\slash/a\*")


@pytest.mark.parametrize("changes", [{}, {"PTA_PUBLIC": ["a/", "*"]}], ids=str)
@pytest.mark.parametrize("name", ["a\\b.txt", "\\a.txt", "a/b\\"])
def test_a_name_with_a_backslash(tmp_path, name, changes):
    """Django's URL of it is that of another file."""
    assert FileSystemStorage(base_url="/").url(name) == "/" + name.replace("\\", "/").lstrip("/")
    (tmp_path / name.rpartition("/")[2]).touch()
    with override_settings(MEDIA_ROOT=tmp_path, **changes):
        with pytest.raises(ValueError, match="backslash"):
            default_storage.url(name)
        with pytest.raises(ValueError, match="backslash"):
            default_storage.url(PurePosixPath(name))


def test_another_host():
    url = storages["edge"].url("a.mp4")
    check(url, "https://edge.example.com/caf%C3%A9/a.mp4", "/café/a.mp4")


def test_settings():
    with override_settings(PTA_NAME="ticket", PTA_LIFETIME=60):
        query = urlsplit(default_storage.url("a.mp4")).query
    name, _, token = query.partition("=")
    assert name == "ticket"
    assert opened(token) == (NOW + 60, "/media/a.mp4")


def test_a_wrong_key():
    with override_settings(PTA_KEY="0011"), pytest.raises(ImproperlyConfigured):
        default_storage.url("a.mp4")


# PTA_STEP, the time, and the expiry.
STEPS = [
    (300, NOW, NOW + 3600),
    (300, NOW + 0.9, NOW + 3600),
    (300, NOW + 1, NOW + 3900),
    (300, NOW + 299.9, NOW + 3900),
    (300, NOW + 300, NOW + 3900),
    (300, NOW + 301, NOW + 4200),
    (7, NOW, 7 * ((NOW + 3600 + 6) // 7)),
    (1, NOW + 17, NOW + 3617),
]


@pytest.mark.parametrize(("step", "now", "expires"), STEPS)
def test_expiries_are_rounded_up(set_clock, step, now, expires):
    set_clock(now)
    with override_settings(PTA_STEP=step):
        assert opened(token_of(default_storage.url("a.mp4"))) == (expires, "/media/a.mp4")


def test_links_are_stable_within_a_step(set_clock):
    links = set()
    with override_settings(PTA_STEP=300):
        for second in range(1, 301):
            set_clock(NOW + second)
            links.add(default_storage.url("a.mp4"))
    assert len(links) == 1


def test_an_expiry_after_the_year_9999():
    with override_settings(PTA_LIFETIME=LAST - NOW):
        assert opened(token_of(default_storage.url("a")))[0] == LAST
    with (
        override_settings(PTA_LIFETIME=LAST - NOW + 1),
        pytest.raises(ValueError, match="milliseconds"),
    ):
        default_storage.url("a")


def test_a_template():
    template = Engine().from_string('<a href="{{ storage_url }}">')
    page = template.render(Context({"storage_url": default_storage.url("a.mp4")}))
    check(page[len('<a href="') : -len('">')], "/media/a.mp4", "/media/a.mp4")


# ---- Sealed links


def seal_of(token, *values):
    """Fails if the seal of the token is not that of its text and these values."""
    text = token.rpartition(".")[0]
    assert token == sealed(text, bytes.fromhex(SEAL_KEY), values)
    return opened(text)


def test_a_sealed_link():
    with override_settings(PTA_SEAL_KEY=SEAL_KEY):
        token = token_of(default_storage.url("gone.mp4"))
        assert seal_of(token) == (NOW + 3600, "/media/gone.mp4")


MTIMES = [
    (1_700_000_000_999_999_999, "1700000000"),
    (1_700_000_001_000_000_000, "1700000001"),
    (0, "0"),
    # Rounded down, not towards zero.
    (-1, "-1"),
    (-1_500_000_000, "-2"),
]


@pytest.mark.parametrize(("nanoseconds", "value"), MTIMES)
def test_a_link_that_is_bound_to_the_time_of_the_file(tmp_path, nanoseconds, value):
    changes = {"MEDIA_ROOT": tmp_path, "PTA_SEAL_KEY": SEAL_KEY, "PTA_BIND_MTIME": True}
    with override_settings(**changes):
        name = default_storage.save("talks/a*b.mp4", ContentFile(b"film"))
        os.utime(tmp_path / name, ns=(0, nanoseconds))
        for spelled in (name, "/" + name, f"talks/../{name}", PurePosixPath(name)):
            token = token_of(default_storage.url(spelled))
            assert seal_of(token, value) == (NOW + 3600, r"/media/talks/a\*b.mp4")


def test_a_changed_file_has_another_link(tmp_path):
    changes = {"MEDIA_ROOT": tmp_path, "PTA_SEAL_KEY": SEAL_KEY, "PTA_BIND_MTIME": True}
    with override_settings(**changes):
        name = default_storage.save("a.mp4", ContentFile(b"film"))
        os.utime(tmp_path / name, (1000, 1000))
        first = default_storage.url(name)
        assert default_storage.url(name) == first
        os.utime(tmp_path / name, (1000, 1001))
        assert default_storage.url(name) != first


def test_no_link_to_what_is_not_a_file(tmp_path):
    """nginx has no time for it, and an empty binding never fits."""
    (tmp_path / "folder").mkdir()
    changes = {"MEDIA_ROOT": tmp_path, "PTA_SEAL_KEY": SEAL_KEY, "PTA_BIND_MTIME": True}
    with override_settings(**changes):
        with pytest.raises(FileNotFoundError):
            default_storage.url("gone.mp4")
        with pytest.raises(ValueError, match="not a regular file"):
            default_storage.url("folder")
        with override_settings(PTA_PUBLIC=["gone.mp4"]):
            assert default_storage.url("gone.mp4") == "/media/gone.mp4"


# None is what os.environ.get returns for a variable that is not set.
UNSEALED = [
    {"PTA_BIND_MTIME": True},
    {"PTA_BIND_MTIME": True, "PTA_SEAL_KEY": None},
    {"PTA_SEAL_KEY": None},
    {"PTA_SEAL_KEY": ""},
    {"PTA_SEAL_KEY": [SEAL_KEY]},
    {"PTA_SEAL_KEY": SEAL_KEY, "PTA_BIND_MTIME": None},
]


@pytest.mark.parametrize("changes", UNSEALED, ids=str)
def test_links_are_never_unsealed_by_mistake(changes):
    with override_settings(**changes), pytest.raises(ImproperlyConfigured):
        default_storage.url("a.mp4")
