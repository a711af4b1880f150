"""PTA_PUBLIC of the Django storage: which names get no token."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage, storages
from django.test.utils import override_settings

# PTA_PUBLIC, public names, protected names.
ENTRIES = {
    "none": ([], [], ["avatars/a.png", "a"]),
    "names": (
        ["logo.png", "a/b.png"],
        ["logo.png", "a/b.png", "/logo.png"],
        [
            "logo.png.bak", "xlogo.png", "LOGO.png", "a/logo.png", "logo.png/x", "logoxpng",
            "b.png", "a/b.png/", "logo.png\n",
        ],
    ),
    "a folder": (
        ["avatars/"],
        ["avatars/a.png", "avatars/deep/er/a.png", "avatars/new\nline"],
        ["avatars", "avatars/", "avatars2/a.png", "x/avatars/a.png", "Avatars/a.png", "avatar"],
    ),
    "a star stays in its folder": (
        ["thumbs/*.jpg"],
        ["thumbs/a.jpg", "thumbs/.jpg"],
        ["thumbs/a.png", "thumbs/private/a.jpg", "thumbs/a.jpg/b", "thumbs/ajpg"],
    ),
    "a star for a folder": (
        ["talks/*/poster/"],
        ["talks/1/poster/a.jpg"],
        ["talks/1/2/poster/a.jpg", "talks/1/a.jpg", "talks//poster/a.jpg"],
    ),
    "a star alone": (["*"], ["a"], ["a/b", ""]),
    "other characters are themselves": (
        ["a[1]?.png", "(b|c)+", "d%2F"],
        ["a[1]?.png", "(b|c)+"],
        ["a1x.png", "b", "d/", "d%2Fx"],
    ),
    "the path that nginx sees decides": (
        ["avatars/"],
        # The last one is not decoded twice.
        ["private/../avatars/a.png", "avatars//a.png", "avatars/%2e%2e/private/a.png"],
        [
            "avatars/../private/a.png", "avatars/./../private/a.png", "avatars/..",
            "avatars/deep/../../private/a.png", "../avatars/a.png",
            "avatars/../../avatars/a.png",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ENTRIES)
def test_entries(what):
    entries, public, protected = ENTRIES[what]
    with override_settings(PTA_PUBLIC=entries):
        assert [name for name in public if "?" in default_storage.url(name)] == []
        assert [name for name in protected if "?pta=" not in default_storage.url(name)] == []


def test_nothing_by_default():
    assert "?pta=" in default_storage.url("avatars/a.png")


def test_the_link_is_that_of_django():
    with override_settings(PTA_PUBLIC=["café/"]):
        assert default_storage.url("café/a b.png") == "/media/caf%C3%A9/a%20b.png"
        edge = storages["edge"].url("café/a.png")
        assert edge == "https://edge.example.com/caf%C3%A9/caf%C3%A9/a.png"


def test_a_name_is_not_decoded():
    assert "%252e%252e" in default_storage.url("avatars/%2e%2e/private/a.png")


def test_another_base_url():
    with override_settings(MEDIA_URL="/m%65dia/", PTA_PUBLIC=["avatars/"]):
        assert "?" not in default_storage.url("avatars/a.png")
        assert "?pta=" in default_storage.url("../avatars/a.png")
        assert "?pta=" in default_storage.url("a.png")


WRONG = [
    "avatars/", [""], ["/"], ["/avatars/"], ["a//b"], ["../"], ["a/.."], ["./a"], ["a\\b"], ["**"],
    [None], 5, None,
]  # fmt: skip


@pytest.mark.parametrize("entries", WRONG, ids=repr)
def test_a_wrong_setting_is_never_public(entries):
    with override_settings(PTA_PUBLIC=entries), pytest.raises(ImproperlyConfigured):
        default_storage.url("avatars/a.png")
