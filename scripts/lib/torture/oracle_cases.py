"""Tokens and paths to be judged: good ones, nearly good ones, and all the ways in which one can be wrong."""

import zlib
from typing import NamedTuple

from oracle_rules import fields, pad, seal

FIRST = (bytes.fromhex("00112233445566778899aabbccddeeff"), bytes.fromhex("ffeeddccbbaa99887766554433221100"))
SECOND = (bytes.fromhex("0123456789abcdef0123456789abcdef"), bytes.fromhex("fedcba9876543210fedcba9876543210"))
CROSSED = (FIRST[0], SECOND[1])
FOREIGN = (bytes(16), bytes(range(16)))
RINGS = {"both": [FIRST, SECOND], "1st": [FIRST], "2nd": [SECOND]}

I64_MIN, I64_MAX = -(2**63), 2**63 - 1

SEGMENTS = [
    b"a", b"b", b"video", b"1.mp4", b"live", b"seg-00001.ts", "café".encode(), "日本語".encode(), b"%2F", b"100%",
    b"a b", b"a+b", b"a?b#c", b"x;y=z", b"\\", b"a\\b", b"...", b".hidden", b"\x7f", b"\xff\xfe", b"\t", b"&pta=1",
    b"'\"<>",
]  # fmt: skip


class Case(NamedTuple):
    kind: str
    path: bytes
    token: bytes | None


class Cases:
    """Makes cases for a moment `now`. With `margin`, no expiry is nearer to it than that: for a clock that goes on."""

    # How often each kind is made.
    WEIGHTS = {
        "good": 6, "other_path": 5, "overlap": 2, "expiry": 5, "padding": 4, "flipped": 3, "hexadecimal": 3, "cut": 3,
        "blocks": 4, "splice": 4, "wrong_keys": 2, "wrong_crc": 3, "too_short": 2, "bad_pattern": 3,
        "odd_characters": 3, "noise": 1, "missing": 2, "long": 0.02,
    }  # fmt: skip

    def __init__(self, random, now, margin=0, pairs=(FIRST, SECOND)):
        self.random = random
        self.now = now
        self.margin = margin
        # Most tokens are for keys that are known: one that nothing opens says little about the rest.
        self.pairs = [*pairs] * 4 + [FIRST, SECOND]

    def next(self):
        kind = self.random.choices(list(self.WEIGHTS), list(self.WEIGHTS.values()))[0]
        path, token = getattr(self, kind)()
        # A line of the command cannot hold it.
        return Case(kind, path.replace(b"\n", b"\r"), token)

    # Pieces

    def pair(self):
        return self.random.choice(self.pairs)

    def bytes(self, shortest, longest):
        return self.random.randbytes(self.random.randint(shortest, longest))

    def word(self):
        chance = self.random.random()
        if chance < 0.7:
            return self.random.choice(SEGMENTS)
        return self.bytes(1, 20).replace(b"/", b"-") if chance < 0.8 else self.random.choice([b"*", b"a*", b"**"])

    def segments(self):
        return b"/" + b"/".join(self.word() for _ in range(self.random.randint(0, 5)))

    def some_path(self):
        """A path that is asked for, stars and all."""
        return self.segments().replace(b"\0", b"0").replace(b"\n", b"-")

    def pattern_and_path(self):
        """A token's path, and a path that it allows."""
        head, middle, tail = self.some_path(), b"", b""
        pattern = self.escaped(head)
        if self.random.random() < 0.5:
            middle = self.random.choice([b"", self.some_path(), self.bytes(0, 9).replace(b"\n", b"-").replace(b"\0", b"")])
            tail = self.random.choice([b"", b".ts", b"/x", b"*", b"\\", self.word().replace(b"\0", b"").replace(b"\n", b"-")])
            # A backslash before the wildcard would make a star of it.
            head = head.rstrip(b"\\")
            pattern = self.escaped(head) + b"*" + self.escaped(tail)
        return pattern, head + middle + tail

    @staticmethod
    def escaped(text):
        return text.replace(b"*", b"\\*")

    def future(self):
        return min(self.now + self.random.choice([self.margin, self.margin + 1, 3600, 10**9]), I64_MAX)

    def past(self):
        return max(self.now - 1 - self.random.choice([self.margin, self.margin + 1, 3600, 10**9]), I64_MIN)

    def sealed(self, expires, pattern, pair=None):
        return seal(pair or self.pair(), pad(fields(expires, pattern)))

    # Kinds

    def good(self):
        pattern, path = self.pattern_and_path()
        return path, self.sealed(self.future(), pattern).hex().encode()

    def other_path(self):
        """Nearly the path that the token allows."""
        pattern, path = self.pattern_and_path()
        at = self.random.randrange(len(path) + 1)
        path = self.random.choice([
            path[:at] + path[at + 1:],
            path[:at] + self.random.choice([b"/", b"*", b"\\", b"a", b"."]) + path[at:],
            path[:at] + path[at:at + 1].swapcase() + path[at + 1:],
            path + b"/", path + b"x", path[:-1] or b"/", b"/" + path, self.some_path(), pattern,
        ])  # fmt: skip
        return path, self.sealed(self.future(), pattern).hex().encode()

    def overlap(self):
        """Paths that both ends of a pattern match, which leave room for both or do not."""
        head, tail = self.some_path(), self.random.choice([b"", b"z"])
        shared = self.random.choice([b"a", b"/", b"ab", b".ts", b"*"])
        pattern = self.escaped(head + shared).rstrip(b"\\") + b"*" + self.escaped(shared + tail)
        path = head + shared * self.random.randint(1, 3) + tail
        return path, self.sealed(self.future(), pattern).hex().encode()

    def expiry(self):
        pattern, path = self.pattern_and_path()
        near = [self.now + step for step in (-self.margin - 1, self.margin)]
        if not self.margin:
            near += [self.now - 2, self.now + 1]
        far = [I64_MIN, I64_MIN + 1, I64_MAX, I64_MAX - 1, -1, 2**31 - 1, 2**31, 2**32, 2**53, 2**62, -(2**31), -(2**62)]
        if self.margin <= self.now:
            far += [0, 1]
        expires = self.random.choice(near * 3 + far + [self.random.randint(I64_MIN, I64_MAX), self.past()])
        # Of an expired token the path does not count.
        return self.random.choice([path, path, self.some_path()]), self.sealed(expires, pattern).hex().encode()

    def padding(self):
        """Any last bytes behind fields with a right CRC."""
        size = self.random.randint(1, 16)
        filling = (16 - size - 13) % 16 + 16 * self.random.randint(0, 2)
        pattern = b"/" + bytes(self.random.choices(b"ab-.", k=filling))
        good = bytes([size]) * size
        at = self.random.randrange(size)
        tail = self.random.choice([
            good, good, bytes([0]) * size, bytes([17]) * size, bytes([255]) * size, bytes(size - 1) + bytes([size]),
            good[:at] + bytes([good[at] ^ 1 << self.random.randrange(8)]) + good[at + 1:],
            bytes([max(size - 1, 0)]) * size, bytes([size + 1]) * size, self.random.randbytes(size),
        ])  # fmt: skip
        plain = fields(self.future(), pattern) + tail
        return pattern, seal(self.pair(), plain).hex().encode()

    def flipped(self):
        pattern, path = self.pattern_and_path()
        data = bytearray(self.sealed(self.future(), pattern))
        for _ in range(self.random.choice([1, 1, 2, 8])):
            data[self.random.randrange(len(data))] ^= 1 << self.random.randrange(8)
        return path, data.hex().encode()

    def hexadecimal(self):
        """The same token in another case of letters, or with characters that are none of it."""
        pattern, path = self.pattern_and_path()
        token = self.sealed(self.future(), pattern).hex()
        at = self.random.randrange(len(token))
        other = self.random.choice(["g", "G", "/", ":", "@", "`", "%", "x", " ", "\0", "é", "０", "-", "."])
        return path, self.random.choice([
            token.upper(),
            "".join(self.random.choice([c.upper(), c]) for c in token),
            token[:at] + other + token[at + 1:],
            "0x" + token, "0X" + token, "0x" + token[2:], token + " ", "+" + token[1:], token + "\r",
        ]).encode()  # fmt: skip

    def cut(self):
        """Shorter or longer: by characters, by bytes, by blocks."""
        pattern, path = self.pattern_and_path()
        token = self.sealed(self.future(), pattern).hex()
        unit = self.random.choice([1, 2, 32])
        count = unit * self.random.randint(1, max(len(token) // unit, 1))
        more = self.random.randbytes(count).hex()[:count]
        return path, self.random.choice([token[:-count], token[count:], token + more, more + token]).encode()

    def blocks(self):
        """The blocks of one token in another order."""
        pattern, path = self.pattern_and_path()
        data = self.sealed(self.future(), pattern + bytes(self.random.choices(b"abc", k=self.random.choice([16, 32, 64]))))
        blocks = [data[at:at + 16] for at in range(0, len(data), 16)]
        match self.random.randrange(4):
            case 0:
                one, other = self.random.sample(range(len(blocks)), 2)
                blocks[one], blocks[other] = blocks[other], blocks[one]
            case 1:
                self.random.shuffle(blocks)
            case 2:
                blocks.insert(self.random.randrange(len(blocks)), self.random.choice(blocks))
            case _:
                del blocks[self.random.randrange(len(blocks))]
        return path, b"".join(blocks).hex().encode()

    def splice(self):
        """The beginning of one token before the end of another, of the same keys or not."""
        (one, path), (other, _) = self.pattern_and_path(), self.pattern_and_path()
        filler = b"x" * self.random.choice([0, 16, 32])
        pair = self.pair()
        head = self.sealed(self.future(), one + filler, pair)
        tail = self.sealed(self.random.choice([self.future(), self.past()]), other + filler,
                           self.random.choice([pair, pair, self.pair()]))
        at = self.random.randrange(0, len(head) + 1, self.random.choice([16, 16, 1]))
        return path, (head[:at] + tail[self.random.choice([at, 0, 16]):]).hex().encode()

    def wrong_keys(self):
        pattern, path = self.pattern_and_path()
        pair = self.random.choice([CROSSED, (SECOND[0], FIRST[1]), FOREIGN, (FIRST[1], FIRST[0])])
        return path, self.sealed(self.future(), pattern, pair).hex().encode()

    def wrong_crc(self):
        pattern, path = self.pattern_and_path()
        plain = fields(self.future(), pattern)
        crc, covered = plain[:4], plain[4:]
        value = int.from_bytes(crc, "big")
        crc = self.random.choice([
            (value ^ 1 << self.random.randrange(32)).to_bytes(4, "big"),
            crc[::-1], bytes(4), b"\xff" * 4, zlib.crc32(pattern).to_bytes(4, "big"), zlib.crc32(pad(plain)[4:]).to_bytes(4, "big"),
            (value ^ 0xFFFFFFFF).to_bytes(4, "big"), zlib.adler32(covered).to_bytes(4, "big"),
        ])  # fmt: skip
        return path, seal(self.pair(), pad(crc + covered)).hex().encode()

    def too_short(self):
        """Plain texts without room for all fields, their CRC right."""
        covered = self.bytes(0, 8)
        plain = zlib.crc32(covered).to_bytes(4, "big") + covered
        plain = self.random.choice([plain, plain, plain, plain[:self.random.randint(0, 3)]])
        return self.some_path(), seal(self.pair(), pad(plain)).hex().encode()

    def bad_pattern(self):
        pattern, path = self.pattern_and_path()
        pattern = self.random.choice([
            b"", b"*", pattern[1:], b"a" + pattern, b"*" + pattern, b"\0" + pattern, pattern + b"**", b"/*/*",
            b"/*" + pattern + b"*", b"\\*/", b"//*", b"/\\*", b"/\\\\*", b"/\\\\\\*", b"/*\\*", b"/\\**", b"/**\\", pattern + b"\0",
            pattern.replace(b"/", b"%2F"), b"\\/", b"%2Fa", b" /a",
        ])  # fmt: skip
        path = self.random.choice([path, b"/", b"/*", b"/\\", b"/\\*", b"/\\\\*", b"/a", b"//", b"/**", b"", b"a", pattern])
        return path, self.sealed(self.random.choice([self.future(), self.future(), self.past()]), pattern).hex().encode()

    def odd_characters(self):
        return self.some_path(), self.random.choice([
            b"", b"0", b"00", b"0x", b"zz", b"%00", b"null", b"-1", b"a" * self.random.randint(1, 70),
            bytes(self.random.choices(b"0123456789abcdefABCDEF", k=self.random.randint(1, 100))),
            self.bytes(1, 40).translate(None, b"\t\n"),
        ])  # fmt: skip

    def noise(self):
        """Whole blocks of anything."""
        return self.some_path(), self.random.randbytes(16 * self.random.randint(1, 6)).hex().encode()

    def missing(self):
        return self.some_path().replace(b"\t", b" "), None

    def long(self):
        size = self.random.choice([1000, 4096, 8191, 8192, 20000])
        head = b"/" + b"x" * self.random.randint(size - 20, size + 20)
        match self.random.randrange(4):
            case 0:
                pattern, path = head, head
            case 1:
                pattern, path = head + b"*", head + b"/end"
            case 2:
                pattern, path = head + b"*" + head, head + head[1:]
            case _:
                pattern, path = b"/*", head
        data = self.sealed(self.future(), pattern)
        return path, self.random.choice([data, data, data[:-16], data + data]).hex().encode()
