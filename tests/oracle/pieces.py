"""What random tokens and paths are made of."""

from harness.rules import Seals
from harness.tokens import Pair, fields, pad

FIRST = Pair.from_hex("00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100")
SECOND = Pair.from_hex("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210")
# Keys that no server has.
UNKNOWN = [
    Pair(FIRST.key, SECOND.iv),
    Pair(SECOND.key, FIRST.iv),
    Pair(bytes(16), bytes(range(16))),
    Pair(FIRST.iv, FIRST.key),
]
# The keys of a server, by the name of the case.
RINGS = {"both": [FIRST, SECOND], "1st": [FIRST], "2nd": [SECOND]}
SEAL_KEYS = (bytes(range(32)), bytes(range(32, 64)))
# Servers with seal keys. Each has both pairs.
SEALED = {
    "sealed": Seals(SEAL_KEYS),
    "half": Seals((None, SEAL_KEYS[1])),
    "required": Seals(SEAL_KEYS, required=True),
    "bound": Seals(SEAL_KEYS, required=True, bind=("a", "b")),
}
SERVERS = RINGS | {name: [FIRST, SECOND] for name in SEALED}

I64_MIN, I64_MAX = -(2**63), 2**63 - 1

SEGMENTS = [
    b"a", b"b", b"video", b"1.mp4", b"live", b"seg-00001.ts", "café".encode(), "日本語".encode(),
    b"%2F", b"100%", b"a b", b"a+b", b"a?b#c", b"x;y=z", b"\\", b"a\\b", b"...", b".hidden",
    b"\x7f", b"\xff\xfe", b"\t", b"&pta=1", b"'\"<>",
]  # fmt: skip


class Pieces:
    """Makes pieces for the moment `now`.

    With `margin`, no expiry is nearer to now than that: for a clock that goes on.
    """

    def __init__(self, random, now, margin=0, pairs=(FIRST, SECOND)):
        self.random = random
        self.now = now
        self.margin = margin
        # A token that no key opens says little about the rest, so most have a known key.
        self.pairs = [*pairs] * 4 + [FIRST, SECOND]

    def pair(self):
        return self.random.choice(self.pairs)

    def sealed(self, expires, pattern, pair=None):
        """The bytes of a valid token."""
        return (pair or self.pair()).encrypt(pad(fields(expires, pattern)))

    # Paths

    def bytes(self, shortest, longest):
        return self.random.randbytes(self.random.randint(shortest, longest))

    def word(self):
        chance = self.random.random()
        if chance < 0.7:
            return self.random.choice(SEGMENTS)
        if chance < 0.8:
            return self.bytes(1, 20).replace(b"/", b"-")
        return self.random.choice([b"*", b"a*", b"**"])

    def path(self):
        """A path of a request. Its stars are literal."""
        words = b"/".join(self.word() for _ in range(self.random.randint(0, 5)))
        return b"/" + words.replace(b"\0", b"0").replace(b"\n", b"-")

    def pattern_and_path(self):
        """A token's path, and a path that it allows."""
        head, middle, tail = self.path(), b"", b""
        pattern = escaped(head)
        if self.random.random() < 0.5:
            middle = self.random.choice([b"", self.path(), plain(self.bytes(0, 9))])
            tail = self.random.choice([b"", b".ts", b"/x", b"*", b"\\", plain(self.word())])
            # A backslash before the wildcard would make it a literal star.
            head = head.rstrip(b"\\")
            pattern = escaped(head) + b"*" + escaped(tail)
        return pattern, head + middle + tail

    # Expiries

    def future(self):
        return min(self.now + self._distance(), I64_MAX)

    def past(self):
        return max(self.now - 1 - self._distance(), I64_MIN)

    def _distance(self):
        return self.random.choice([self.margin, self.margin + 1, 3600, 10**9])

    def expires(self):
        """Any expiry, often one at the edge."""
        near = [self.now - self.margin - 1, self.now + self.margin]
        if not self.margin:
            near += [self.now - 2, self.now + 1]
        far = [
            I64_MIN, I64_MIN + 1, I64_MAX, I64_MAX - 1, -1, 2**31 - 1, 2**31, 2**32, 2**53, 2**62,
            -(2**31), -(2**62),
        ]  # fmt: skip
        if self.margin <= self.now:
            far += [0, 1]
        anywhere = self.random.randint(I64_MIN, I64_MAX)
        return self.random.choice(near * 3 + far + [anywhere, self.past()])


def escaped(text):
    return text.replace(b"*", b"\\*")


def plain(text):
    """The text without what a line of the command or nginx cannot hold."""
    return text.replace(b"\n", b"-").replace(b"\0", b"")
