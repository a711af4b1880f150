"""What a signer refuses: exit status 2 and one line on stderr, without a secret in it."""

import pytest

from signers.test_tokens import IV, KEY, LAST

WRONG = {
    "no argument": [],
    "an argument missing": [KEY, IV, "/a"],
    "an argument too many": [KEY, IV, "/a", 1, 2],
    "a short key": [KEY[2:], IV, "/a", 1],
    "a long IV": [KEY, IV + "00", "/a", 1],
    "a key with a letter beyond f": ["g" + KEY[1:], IV, "/a", 1],
    "an IV with a line feed": [KEY, IV[1:] + "\n", "/a", 1],
    "key and time exchanged": [1, IV, "/a", KEY],
    "an empty path": [KEY, IV, "", 1],
    "a path without a slash": [KEY, IV, "a", 1],
    "two wildcards": [KEY, IV, r"/*/\**", 1],
    "no time": [KEY, IV, "/a", ""],
    "text for a time": [KEY, IV, "/a", "1h"],
    "a time from now": [KEY, IV, "/a", "+3600"],
    "a time out of range": [KEY, IV, "/a", 2**63],
    "a negative time out of range": [KEY, IV, "/a", -(2**63) - 1],
}

TOO_LATE = {
    "a second of the year 10000": LAST + 1,
    "milliseconds": 1_893_427_200_000,
    "the largest number": 2**63 - 1,
}

HINT = "Unix seconds, 253402300799 at most (milliseconds?)"


def refusal(done):
    """The line on stderr."""
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, lines
    for secret in (KEY, IV):
        # Not even most of it may be shown.
        assert secret[2:].lower() not in lines[0].lower()
    return lines[0]


@pytest.mark.parametrize("what", WRONG)
def test_wrong_usage(signer, what):
    refusal(signer.sign(*WRONG[what]))


@pytest.mark.parametrize("what", TOO_LATE)
def test_an_expiry_that_is_too_late(signer, what):
    assert refusal(signer.sign(KEY, IV, "/a", TOO_LATE[what])).endswith(HINT)


# The function that an application copies. Node.js has two types for the expiry.
FUNCTIONS = [("python",), ("node",), ("node", "BigInt"), ("php",), ("go",), ("java",)]


@pytest.mark.parametrize("function", FUNCTIONS, ids="-".join)
class TestFunction:
    def test_signs(self, built, pair, function):
        language, *more = function
        arguments = [pair.key.hex(), pair.iv.hex(), "/a", LAST, *more]
        done = built(language).sign_by_function(*arguments)
        assert (done.stdout, done.returncode) == (pair.token("/a", LAST) + "\n", 0), done.stderr

    @pytest.mark.parametrize("expires", [LAST + 1, 1_893_427_200_000])
    def test_refuses(self, built, function, expires):
        language, *more = function
        done = built(language).sign_by_function(KEY, IV, "/a", expires, *more)
        assert done.returncode != 0
        assert "milliseconds?" in done.stdout + done.stderr
