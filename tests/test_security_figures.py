"""The figures of SECURITY.md, and the two forgeries that it describes."""

import math
import random
import re

import pytest

from forgery import chosen_paths, known_tokens
from forgery.command import Owner
from harness.project import text_of

SECURITY = text_of("SECURITY.md")
# In one line and without Markdown's stars, so that line breaks do not hide a sentence.
TEXT = " ".join(SECURITY.replace("*", "").split())

EXPIRES = 1_900_000_000

REQUESTS_PER_SECOND = 10_000
SECONDS = {"days": 86_400, "years": 365.25 * 86_400, "million years": 365.25 * 86_400e6}

PADDINGS = sum(2.0 ** (-8 * size) for size in range(1, 17))

# How a row of the table begins, and the odds.
GUESSES = {
    # Three short patterns, and an expiry in the future.
    "a block that allows": 3 * 2.0**-65,
    # Padding, CRC, a slash, and an expiry in the past.
    "a block that is answered with 410": PADDINGS * 2.0**-32 * 2.0**-8 / 2,
    # The last block and its padding are intact.
    "a token at hand": 2.0**-32,
}


def is_rounded(text, value):
    """Whether the number in the text is the value, to as many digits as the text has."""
    number = text.replace(",", "")
    return float(number) == round(value, len(number.partition(".")[2]))


@pytest.mark.parametrize("guess", GUESSES)
def test_guessing(guess, figures):
    assert f"At {REQUESTS_PER_SECOND:,} requests a second" in TEXT
    odds = GUESSES[guess]
    row = re.search(rf"^\| {guess}.*\| 1 in 2\^([\d.]+) \| ([\d.,]+) ([a-z ]+) \|$", SECURITY, re.M)
    exponent, time, unit = row.groups()
    seconds = 1 / odds / REQUESTS_PER_SECOND
    figures(
        f"guessing: {guess}\t1 in 2^{-math.log2(odds):.1f}, {seconds / SECONDS[unit]:,.1f} {unit}"
    )
    assert is_rounded(exponent, -math.log2(odds))
    assert is_rounded(time, seconds / SECONDS[unit])


def test_few_letters(figures):
    """With only letters, digits and -._ in paths, useful blocks are rare."""
    blocks = (256 / 65) ** 16
    # 8 KB are about 500 blocks.
    paths = blocks / 500
    figures(f"with 65 characters: one block in\t{blocks:.1e}, {paths:,.0f} paths for each block")
    assert f"{blocks:.0e}" == "3e+09"
    assert "One known block in 3 x 10^9 can then be used" in TEXT
    assert f"some {paths / 1e6:.0f} million signed paths of 8 KB" in TEXT


def test_tokens_for_chosen_paths(command, seed, figures):
    order = random.Random(seed)
    with Owner(command, order, chosen_paths.may_sign) as owner:
        token = chosen_paths.forge(owner, EXPIRES, order)
    figures(f"chosen paths: signed for {chosen_paths.WANTED.decode()}\t{owner.signed}, seed {seed}")
    assert owner.verdict(b"/watch/film.mp4", token, EXPIRES) == "ALLOWED"
    # It is exactly that token.
    assert owner.verdict(b"/watch/", token, EXPIRES) == "ALLOWED"
    assert owner.verdict(b"/watch", token, EXPIRES) == "PATH_MISMATCH"
    assert owner.verdict(b"/watch/", token, EXPIRES + 1) == "EXPIRED"
    assert owner.signed == 2
    assert "two of them gave a token for `/watch/`, exactly, without garbage." in TEXT


def test_known_tokens(command, seed, figures):
    count = 3_000
    order = random.Random(seed)
    with Owner(command, order) as owner:
        tokens = known_tokens.collect(owner, count, EXPIRES, order)
    found = list(known_tokens.forgeries(tokens))
    figures(f"known tokens: forgeries from {count}\t{len(found)}, seed {seed}")
    verdicts = {owner.verdict(forgery.path, forgery.token, EXPIRES) for forgery in found}
    assert verdicts == {"ALLOWED"}
    assert f"{count:,} tokens for files below `/video/`, within seconds" in TEXT
    assert len(found) >= 12
    assert "a few dozen tokens" in TEXT
    assert {len(forgery.garbage) for forgery in found} == {47}
    assert "`/vid` followed by 47 bytes of garbage" in TEXT
