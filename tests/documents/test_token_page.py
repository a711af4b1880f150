"""The tables of docs/token.md: the command says the same, and so does the judge of the tests."""

import re
import subprocess

import pytest

from documents.pages import page
from harness import rules
from harness.tokens import Pair, fields, pad

PAGE = page("docs/token.md")
CODE = re.compile(r"`([^`]*)`")


def rows(heading):
    """The cells of the table with this heading. Fails if there is none."""
    table = re.search(rf"(?m)^{re.escape(heading)}\n.*\n((?:\|.*\n)+)", PAGE.text)
    return [re.split(r"\s*(?<!\\)\|\s*", line)[1:-1] for line in table[1].splitlines()]


VECTORS = rows("| key, IV | expires | path | plain text with padding | token |")
CHECKS = rows("| token | what it is | verdict |")
PATTERNS = rows("| pattern | allows | does not allow |")

PAIR = Pair.from_hex("0102030405060708090a0b0c0d0e0f00", "00" * 16)
NOW = 1735657200


def words(command, pair, lines):
    """What `pta verify --batch` answers to lines of path and token."""
    given = "".join(f"{path}\t{token}\n" for path, token in lines)
    environment = {"PTA_KEY": pair.key.hex(), "PTA_IV": pair.iv.hex()}
    done = subprocess.run(
        [command, "verify", "--batch", "--now", str(NOW)],
        input=given, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.split()


def test_vectors():
    pair = None
    for keys, expires, path, plain, token in VECTORS:
        if keys != "the same":
            pair = Pair.from_hex(*CODE.findall(keys))
        path, token = CODE.search(path)[1], token.strip("`")
        assert pair.token(path, int(expires)) == token
        assert pad(fields(int(expires), path)) == bytes.fromhex(plain.strip("`"))
    assert len(VECTORS) == 6


def verdict(word):
    return word.upper().replace(" ", "_")


def test_what_a_checker_says(command):
    tokens = [(CODE.findall(token) or [""])[0] for token, *_ in CHECKS]
    wanted = [verdict(word) for *_, word in CHECKS]
    assert len(CHECKS) == 19
    assert words(command, PAIR, [("/a*b", token) for token in tokens]) == wanted
    judged = [rules.verdict([PAIR], token.encode(), NOW, b"/a*b") for token in tokens]
    assert judged == wanted


@pytest.mark.parametrize(("patterns", "allowed", "refused"), PATTERNS)
def test_what_a_pattern_allows(command, patterns, allowed, refused):
    is_invalid = "invalid" in allowed
    paths = [(path, "ALLOWED") for path in CODE.findall(allowed)]
    paths += [(path, "PATH_MISMATCH") for path in CODE.findall(refused)]
    for pattern in CODE.findall(patterns):
        lines = [(path, PAIR.token(pattern)) for path, _ in paths or [("/a", "")]]
        wanted = ["UNDECRYPTABLE"] if is_invalid else [word for _, word in paths]
        assert words(command, PAIR, lines) == wanted


def test_the_number_of_digits():
    """The formula below the layout."""
    for length in range(1, 100):
        token = PAIR.token("/" * length)
        assert len(token) == 32 * ((12 + length) // 16 + 1)
