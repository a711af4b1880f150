"""Tokens that can be used once. Several processes use the same one at about the same time."""

import dataclasses
import time

from harness.parallel import fork
from harness.tokens import FAR, sealed

# How often a token is handed out. Clients use it again later as well.
TIMES = 3
# Every second token expires so many seconds after it is made. Its claim is cleared away later.
SECONDS = 10
PLACES = ["once", "back"]


@dataclasses.dataclass(frozen=True)
class Token:
    number: int
    generation: int
    expires: int

    @property
    def place(self):
        """The location, and its label in the metrics."""
        return PLACES[self.number // 2 % 2]


class OnceTokens:
    def __init__(self, keys):
        self.keys = keys
        # Number, times, generation and expiry.
        self.latest = fork.Array("q", [0, TIMES, 0, 0])

    def take(self, generation):
        """A token of this generation, which others get as well."""
        with self.latest.get_lock():
            number, times, made_for, expires = self.latest[:]
            if times == TIMES or made_for != generation:
                number, times = number + 1, 0
                expires = FAR if number % 2 else int(time.time()) + SECONDS
            self.latest[:] = [number, times + 1, generation, expires]
        return Token(number, generation, expires)

    def text(self, token):
        pair, seal_key = self.keys.pairs[token.generation], self.keys.seals[token.generation]
        text = pair.token(f"/{token.place}/*", token.expires)
        return sealed(text, seal_key, nonce=f"n{token.number}")
