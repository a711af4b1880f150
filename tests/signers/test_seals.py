"""Every signer makes exactly the seals of the format, and refuses what cannot be sealed."""

import json
import re
import subprocess

import pytest

from harness.project import PROJECT
from harness.tokens import Pair, sealed
from signers.test_tokens import IV, KEY, LAST

# Upper case is valid as well.
SEAL_KEY = "000102030405060708090A0B0C0D0E0F101112131415161718191a1b1c1d1e1f"
PATH = "/café/a.mp4"
TOKEN = Pair.from_hex(KEY, IV).token(PATH, LAST)

BINDINGS = {
    "none": [],
    "an address": ["192.0.2.1"],
    "two values": ["192.0.2.1", "alice"],
    "the same bytes": ["192.0.2.1alic", "e"],
    "eight values": list("abcdefgh"),
    "not ASCII": ["café", "日本", "🎬"],
    "longer than a block of the hash": ["x" * 300, "y" * 70_000],
}


def right(values, nonce=None):
    return sealed(TOKEN, bytes.fromhex(SEAL_KEY), values, nonce)


def seal(signer, *values, once="again", key=SEAL_KEY):
    return signer.sign_by_function(KEY, IV, PATH, LAST, key, once, *values)


@pytest.mark.parametrize("what", BINDINGS)
def test_a_signer(signer, what):
    done = seal(signer, *BINDINGS[what])
    assert (done.stdout, done.stderr, done.returncode) == (right(BINDINGS[what]) + "\n", "", 0)


def test_once(signer):
    """Each token has another nonce of 12 bytes, which the seal covers."""
    made = [seal(signer, "alice", once="once").stdout.strip() for _ in range(3)]
    nonces = [token.split(".")[1] for token in made]
    assert len(set(nonces)) == 3
    assert all(re.fullmatch("[A-Za-z0-9_-]{16}", nonce) for nonce in nonces)
    assert made == [right(["alice"], nonce) for nonce in nonces]


# The values, and the seal key if it is another one.
WRONG = {
    "an empty value": ([""],),
    "an empty value behind another": (["alice", ""],),
    "no seal key": (["alice"], ""),
    "a short seal key": ([], SEAL_KEY[2:]),
    "a long seal key": ([], SEAL_KEY + "00"),
    "a seal key with a letter beyond f": ([], "g" + SEAL_KEY[1:]),
    "a seal key with a line feed": ([], SEAL_KEY[1:] + "\n"),
    "the key of the pair": ([], KEY),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_refusal(signer, what):
    values, key = (*WRONG[what], SEAL_KEY)[:2]
    done = seal(signer, *values, key=key)
    assert done.returncode != 0
    shown = done.stdout + done.stderr
    assert TOKEN not in shown
    assert SEAL_KEY[2:40].lower() not in shown.lower()


# ---- The command


@pytest.mark.parametrize("what", BINDINGS)
def test_the_command(command, what):
    bind = [word for value in BINDINGS[what] for word in ("--bind", value)]
    done = subprocess.run(
        [command, "issue", "--path", PATH, "--expires", str(LAST), *bind],
        env={"PTA_KEY": KEY, "PTA_IV": IV, "PTA_SEAL_KEY": SEAL_KEY},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.returncode) == (right(BINDINGS[what]) + "\n", 0), done.stderr


# ---- The vectors of the format, by code that shares nothing with the project's


def vectors():
    for file in sorted((PROJECT / "token/vectors/seal").iterdir()):
        yield pytest.param(json.loads(file.read_bytes()), id=file.stem)


def verdict(vector):
    """The verdict by docs/token.md."""
    values = [bytes.fromhex(value) for value in vector["bind"]]
    parts = vector["token"].split(".")
    if len(parts) == 1 and vector["require_seal"]:
        return "malformed"
    digits, *nonce, seal_text = parts if len(parts) > 1 else (*parts, None)
    right_syntax = (
        len(nonce) <= 1
        and re.fullmatch("(?:[0-9A-Fa-f]{2})+", digits)
        and all(re.fullmatch("[A-Za-z0-9_-]{1,43}", each) for each in nonce)
        and (seal_text is None or re.fullmatch("[A-Za-z0-9_-]{21}[AQgw]", seal_text))
    )
    if not right_syntax:
        return "malformed"
    if len(digits) % 32 or b"" in values:
        return "undecryptable"
    for pair in (vector.get("first"), vector.get("second")):
        if not pair or (seal_text and not pair.get("seal_key")):
            continue
        text = vector["token"].rpartition(".")[0]
        if seal_text and vector["token"] != sealed(text, bytes.fromhex(pair["seal_key"]), values):
            continue
        found = Pair.from_hex(pair["key"], pair["iv"]).open(bytes.fromhex(digits))
        if found and found[1].startswith(b"/") and found[1].count(b"*") < 2:
            expires = int.from_bytes(found[0], "big", signed=True)
            assert (expires, found[1].decode()) == (vector.get("expires"), vector.get("path"))
            return "opened"
    return "undecryptable"


@pytest.mark.parametrize("vector", list(vectors()))
def test_a_vector(vector):
    assert verdict(vector) == vector["expect"]
