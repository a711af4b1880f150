"""Cases for servers with seal keys: tokens with seals that are right or wrong."""

from harness import tokens
from oracle.cases import Cases
from oracle.pieces import SEAL_KEYS, SEALED, SERVERS


def cases_of(server, random, now, margin=0):
    """Makes cases for one of the servers."""
    if server in SEALED:
        return SealedCases(SEALED[server].bind, random, now, margin)
    return Cases(random, now, margin, pairs=SERVERS[server])


class SealedCases(Cases):
    """Makes cases for a server with seal keys and this binding. Most tokens are sealed."""

    def __init__(self, bind, *more):
        super().__init__(*more)
        self.bind = bind

    def next(self):
        case = super().next()
        if case.token is None or self.random.random() < 0.2:
            return case
        return case._replace(token=self.with_any_seal(case.token, self.bind))

    def with_any_seal(self, token, bind):
        """The token with a seal: a right one, or one that is wrong in some way."""
        nonce = self.random.choice([b"", b"", b".n", b".AZ_-09", b"." + b"n" * 43])
        if self.random.random() < 0.6:
            return self.with_seal(token + nonce, self.random.choice(SEAL_KEYS), bind)
        key = self.random.choice([*SEAL_KEYS, bytes(32)])
        other = self.random.choice([(), ("a",), ("ab",), ("b", "a"), ("a", "b", ""), ("",)])
        right = self.with_seal(token + nonce, key, bind)
        at = self.random.randrange(len(right))
        return self.random.choice(
            [
                self.with_seal(token + nonce, key, other),
                self.with_seal(token, key, bind).replace(b".", nonce + b".", 1),
                right[:at] + self.random.choice([b"A", b"0", b".", b"=", b"f"]) + right[at + 1 :],
                right + self.random.choice([b"=", b"==", b"A", b".", b".A"]),
                right[:-1] + self.random.choice([b"A", b"Q", b"g", b"w", b"B", b"_"]),
                right[: -self.random.randint(1, 30)],
                right.upper(),
                right.lower(),
                right.replace(b".", b"..", 1),
                b"." + right,
                token + b"." + b"A" * 22,
                self.with_seal(token + b"." + b"n" * 44, key, bind),
                self.with_seal(token + b".n.m", key, bind),
            ]
        )

    def with_seal(self, text, key, bind):
        return text + b"." + tokens.seal(text, key, bind).encode()
