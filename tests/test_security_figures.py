"""The figures of SECURITY.md, and the two forgeries that it describes, also against seals."""

import math
import random
import re

import pytest

from forgery import chosen_paths, known_tokens
from forgery.command import Owner, blocks_of
from harness.clients import http1
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


# ---- the same forgeries against seals

SERVERS = """
    server {{
        listen 127.0.0.1:@{required}@;
        merge_slashes off;
        {keys}
        pta_require_seal {required};
        location / {{ pta_enable on; try_files /ok =404; }}
    }}
"""


class Target:
    """A site with the owner's keys. One server demands seals, the other one does not."""

    def __init__(self, site, owner):
        keys = f"{owner.pair.directives()} pta_1st_seal {owner.seal_key.hex()};"
        http = "".join(SERVERS.format(keys=keys, required=word) for word in ("on", "off"))
        self.running = site(http, files={"ok": "ok"}, error_level="crit", access_log="off")

    def statuses(self, required, path, tokens):
        """The answers to a path with each of these tokens."""
        target = "".join(f"%{byte:02x}" for byte in path[1:])
        with http1.Connection(self.running.port(required)) as connection:
            return [connection.get(f"/{target}?pta={token}").status for token in tokens]


def with_seals(token, seals):
    """What a forger may send: the forged token as it is, and with the seals of other tokens."""
    digits = b"".join(token).hex()
    others = [*seals, "A" * 22]
    return [digits, *(f"{digits}.{seal}" for seal in others), f"{digits}.nonce.{others[0]}"]


def test_tokens_for_chosen_paths_against_seals(site, command, seed, figures):
    order = random.Random(seed)
    with Owner(command, order, chosen_paths.may_sign) as owner:
        token = chosen_paths.forge(owner, EXPIRES, order)
        target = Target(site, owner)
    sent = with_seals(token, owner.seals)
    # The forgery is one: without pta_require_seal, it is accepted as it is, and nothing else.
    found = target.statuses("off", b"/watch/film.mp4", sent)
    assert found == [200] + [403] * (len(sent) - 1)
    accepted = target.statuses("on", b"/watch/film.mp4", sent).count(200)
    figures(f"chosen paths against pta_require_seal on\t{accepted} of {len(sent)} accepted")
    assert accepted == 0
    assert "0 are accepted" in TEXT


def test_known_tokens_against_seals(site, command, seed, figures):
    order = random.Random(seed)
    with Owner(command, order) as owner:
        tokens = known_tokens.collect(owner, 3_000, EXPIRES, order)
        target = Target(site, owner)
    seals = dict(zip((b"".join(known.sealed) for known in tokens), owner.seals, strict=True))
    unsealed = accepted = count = 0
    for forgery in known_tokens.forgeries(tokens):
        # The seals of the tokens whose blocks it has.
        blocks = set(forgery.token)
        material = [seals[data] for data in seals if not blocks.isdisjoint(blocks_of(data))]
        sent = with_seals(forgery.token, material)
        assert len(material) >= 2
        unsealed += target.statuses("off", forgery.path, sent[:1]) == [200]
        accepted += target.statuses("on", forgery.path, sent).count(200)
        count += len(sent)
    figures(f"known tokens against pta_require_seal on\t{accepted} of {count} accepted")
    assert unsealed >= 12
    assert accepted == 0
