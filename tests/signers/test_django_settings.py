"""`manage.py check` reports wrong settings of the Django storage, and never a secret."""

import io

import pytest
from django.conf import settings
from django.core import checks, management
from django.test.utils import override_settings

from signers.django_project import IV, KEY, SEAL_KEY


def found():
    """The ids that the check reports."""
    messages = checks.run_checks(tags=["pta"])
    text = "".join(map(str, messages))
    values = (getattr(settings, name, None) for name in ("PTA_KEY", "PTA_IV", "PTA_SEAL_KEY"))
    for secret in (KEY, IV, SEAL_KEY, *values):
        assert not (isinstance(secret, str) and secret and secret in text)
    return [message.id for message in messages]


VALID = [
    {},
    {"PTA_STEP": 300, "PTA_PUBLIC": ["avatars/", "a/*.png"], "PTA_NAME": "a-b.c_d~E"},
    {"PTA_PUBLIC": ("logo.png",), "PTA_KEY": KEY.upper(), "PTA_STEP": 3600},
    {"PTA_SEAL_KEY": SEAL_KEY},
    {"PTA_SEAL_KEY": SEAL_KEY.upper(), "PTA_BIND_MTIME": True},
    {"PTA_BIND_MTIME": False},
]


@pytest.mark.parametrize("changes", VALID, ids=repr)
def test_valid_settings(changes):
    with override_settings(**changes):
        assert found() == []


def test_missing_settings():
    with override_settings():
        for name in ("PTA_KEY", "PTA_IV", "PTA_LIFETIME"):
            delattr(settings, name)
        assert found() == ["pta.E001", "pta.E002", "pta.E003"]


NOT_HEXADECIMAL = [
    None, "", "0011", KEY + "0", "g" + KEY[1:], KEY[1:] + "\n", KEY.encode(), 5,
    "file:/etc/keys/1st.key",
]  # fmt: skip
NOT_SECONDS = [0, -1, 1.5, "300", True]
NOT_NAMES = [
    "avatars/", None, [""], ["/avatars/"], ["a/../b"], ["../"], ["a", "b//c"], ["a\\b"],
    ["a/**/b"], [b"a"],
]  # fmt: skip
NOT_A_SEAL_KEY = [
    # Of a variable that is not set.
    None,
    "",
    KEY,
    SEAL_KEY + "0",
    "g" + SEAL_KEY[1:],
    SEAL_KEY[1:] + "\n",
    SEAL_KEY.encode(),
    5,
]
NOT_A_NAME = ["", "a b", "a=b", "a&b", "é", None, "pta\n"]

WRONG = {
    "PTA_KEY": ("pta.E001", NOT_HEXADECIMAL),
    "PTA_IV": ("pta.E002", NOT_HEXADECIMAL),
    "PTA_LIFETIME": ("pta.E003", NOT_SECONDS),
    "PTA_STEP": ("pta.E004", NOT_SECONDS),
    "PTA_PUBLIC": ("pta.E005", NOT_NAMES),
    "PTA_NAME": ("pta.E006", NOT_A_NAME),
    "PTA_SEAL_KEY": ("pta.E007", NOT_A_SEAL_KEY),
    "PTA_BIND_MTIME": ("pta.E008", [True, 1, "yes", None]),
}


@pytest.mark.parametrize(
    ("name", "number"),
    [(name, n) for name, (_, values) in WRONG.items() for n in range(len(values))],
)
def test_wrong_settings(name, number):
    message, values = WRONG[name]
    with override_settings(**{name: values[number]}):
        assert found() == [message]


def test_doubtful_settings():
    with override_settings(PTA_KEY=IV.upper()):
        assert found() == ["pta.W001"]
    with override_settings(PTA_STEP=3601):
        assert found() == ["pta.W002"]
    for secret in (KEY, IV.upper()):
        with override_settings(PTA_SEAL_KEY="00000000" + secret + "0" * 24):
            assert found() == ["pta.W003"]


def test_manage_py_check():
    management.call_command("check", stdout=io.StringIO())
    with (
        override_settings(PTA_KEY="0011"),
        pytest.raises(management.CommandError, match=r"pta\.E001"),
    ):
        management.call_command("check", stderr=io.StringIO())
