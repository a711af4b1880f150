"""Requests that have one right status each, whichever worker answers."""

import dataclasses

from harness.tokens import Pair, tampered

LONG_AGO = 1_735_657_200  # 2024


@dataclasses.dataclass
class Tokens:
    """The tokens of one pair."""

    pair: dataclasses.InitVar[Pair]

    def __post_init__(self, pair):
        self.exact = pair.token("/file")
        self.wildcard = pair.token("/*")
        self.expired = pair.token("/file", LONG_AGO)
        self.elsewhere = pair.token("/files")


def question(tokens, generation, changing, random):
    """A target, and the status of its response. `tokens` ends with those of unknown keys."""
    stranger, ours = tokens[-1], tokens[generation]
    choice = random.random()
    if choice < 0.5:
        return with_token(random.choice([ours.exact, ours.wildcard])), 200
    if choice < 0.6 and not changing and generation:
        return with_token(tokens[generation - 1].exact), 200
    if choice < 0.7:
        # Keys of neither the old configuration nor the new one.
        past = tokens[generation - 2] if generation >= 2 else stranger
        return with_token(random.choice([past, tokens[generation + 2]]).wildcard), 403
    if choice < 0.75:
        return with_token(stranger.wildcard), 403
    if choice < 0.8:
        return with_token(tampered(ours.exact, random)), 403
    if choice < 0.85:
        return with_token(ours.expired), 410
    if choice < 0.9:
        return with_token(ours.elsewhere), 403
    return random.choice(["/file", with_token("zz")]), 400


def with_token(token):
    return f"/file?pta={token}"
