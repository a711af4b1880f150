"""Tokens and paths to judge: valid, nearly valid, and wrong in many ways."""

import zlib
from typing import NamedTuple

from harness.tokens import crc, fields, pad
from oracle.pieces import UNKNOWN, Pieces, escaped

BLOCK = 16


# How often each kind is made.
WEIGHTS = {
    "valid": 6, "other_path": 5, "overlap": 2, "expiry": 5, "padding": 4, "flipped": 3,
    "hexadecimal": 3, "cut": 3, "blocks": 4, "splice": 4, "wrong_keys": 2, "wrong_crc": 3,
    "too_short": 2, "bad_pattern": 3, "odd_characters": 3, "noise": 1, "missing": 2, "long": 0.02,
}  # fmt: skip


class Case(NamedTuple):
    kind: str
    path: bytes
    # None: there is no token.
    token: bytes | None


class Cases(Pieces):
    """Makes cases. Each kind is a method that returns a path and the bytes or digits of a token."""

    def next(self):
        kind = self.random.choices(list(WEIGHTS), WEIGHTS.values())[0]
        path, token = getattr(self, kind)()
        # A line of the command cannot hold a line feed.
        return Case(kind, path.replace(b"\n", b"\r"), token)

    def valid(self):
        pattern, path = self.pattern_and_path()
        return path, digits(self.sealed(self.future(), pattern))

    def other_path(self):
        """Nearly the path that the token allows."""
        pattern, path = self.pattern_and_path()
        at = self.random.randrange(len(path) + 1)
        before, here, behind = path[:at], path[at : at + 1], path[at + 1 :]
        path = self.random.choice(
            [
                before + behind,
                before + self.random.choice([b"/", b"*", b"\\", b"a", b"."]) + here + behind,
                before + here.swapcase() + behind,
                path + b"/",
                path + b"x",
                path[:-1] or b"/",
                b"/" + path,
                self.path(),
                pattern,
            ]
        )
        return path, digits(self.sealed(self.future(), pattern))

    def overlap(self):
        """Paths that both ends of a pattern match, with room for both or not."""
        head, tail = self.path(), self.random.choice([b"", b"z"])
        shared = self.random.choice([b"a", b"/", b"ab", b".ts", b"*"])
        pattern = escaped(head + shared).rstrip(b"\\") + b"*" + escaped(shared + tail)
        path = head + shared * self.random.randint(1, 3) + tail
        return path, digits(self.sealed(self.future(), pattern))

    def expiry(self):
        pattern, path = self.pattern_and_path()
        expires = self.expires()
        # The path of an expired token does not matter.
        path = self.random.choice([path, path, self.path()])
        return path, digits(self.sealed(expires, pattern))

    def padding(self):
        """Any last bytes, after fields with a correct CRC."""
        size = self.random.randint(1, BLOCK)
        filling = (BLOCK - size - 13) % BLOCK + BLOCK * self.random.randint(0, 2)
        pattern = b"/" + bytes(self.random.choices(b"ab-.", k=filling))
        right = bytes([size]) * size
        at = self.random.randrange(size)
        tail = self.random.choice(
            [
                right,
                right,
                bytes([0]) * size,
                bytes([17]) * size,
                bytes([255]) * size,
                bytes(size - 1) + bytes([size]),
                self.with_another_bit(right, at),
                bytes([max(size - 1, 0)]) * size,
                bytes([size + 1]) * size,
                self.random.randbytes(size),
            ]
        )
        plain = fields(self.future(), pattern) + tail
        return pattern, digits(self.pair().encrypt(plain))

    def flipped(self):
        pattern, path = self.pattern_and_path()
        data = self.sealed(self.future(), pattern)
        for _ in range(self.random.choice([1, 1, 2, 8])):
            data = self.with_another_bit(data, self.random.randrange(len(data)))
        return path, digits(data)

    def hexadecimal(self):
        """The same token in another case of letters, or with characters that are no digits."""
        pattern, path = self.pattern_and_path()
        token = self.sealed(self.future(), pattern).hex()
        at = self.random.randrange(len(token))
        other = self.random.choice(
            ["g", "G", "/", ":", "@", "`", "%", "x", " ", "\0", "é", "\uff10", "-", "."]
        )
        token = self.random.choice(
            [
                token.upper(),
                "".join(self.random.choice([c.upper(), c]) for c in token),
                token[:at] + other + token[at + 1 :],
                "0x" + token,
                "0X" + token,
                "0x" + token[2:],
                token + " ",
                "+" + token[1:],
                token + "\r",
            ]
        )
        return path, token.encode()

    def cut(self):
        """Shorter or longer: by digits, by bytes, by blocks."""
        pattern, path = self.pattern_and_path()
        token = self.sealed(self.future(), pattern).hex()
        unit = self.random.choice([1, 2, 2 * BLOCK])
        count = unit * self.random.randint(1, max(len(token) // unit, 1))
        more = self.random.randbytes(count).hex()[:count]
        token = self.random.choice([token[:-count], token[count:], token + more, more + token])
        return path, token.encode()

    def blocks(self):
        """The blocks of one token in another order."""
        pattern, path = self.pattern_and_path()
        expires = self.future()
        filling = bytes(self.random.choices(b"abc", k=self.random.choice([16, 32, 64])))
        data = self.sealed(expires, pattern + filling)
        blocks = [data[at : at + BLOCK] for at in range(0, len(data), BLOCK)]
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
        return path, digits(b"".join(blocks))

    def splice(self):
        """The beginning of one token before the end of another, of the same keys or not."""
        (one, path), (other, _) = self.pattern_and_path(), self.pattern_and_path()
        filler = b"x" * self.random.choice([0, 16, 32])
        pair = self.pair()
        head = self.sealed(self.future(), one + filler, pair)
        expires = self.random.choice([self.future(), self.past()])
        tail = self.sealed(expires, other + filler, self.random.choice([pair, pair, self.pair()]))
        at = self.random.randrange(0, len(head) + 1, self.random.choice([16, 16, 1]))
        return path, digits(head[:at] + tail[self.random.choice([at, 0, 16]) :])

    def wrong_keys(self):
        pattern, path = self.pattern_and_path()
        pair = self.random.choice(UNKNOWN)
        return path, digits(self.sealed(self.future(), pattern, pair))

    def wrong_crc(self):
        pattern, path = self.pattern_and_path()
        plain = fields(self.future(), pattern)
        right, covered = plain[:4], plain[4:]
        bit = 1 << self.random.randrange(32)
        wrong = self.random.choice(
            [
                xor(right, bit.to_bytes(4, "big")),
                right[::-1],
                bytes(4),
                b"\xff" * 4,
                crc(pattern),
                crc(pad(plain)[4:]),
                xor(right, b"\xff" * 4),
                zlib.adler32(covered).to_bytes(4, "big"),
            ]
        )
        return path, digits(self.pair().encrypt(pad(wrong + covered)))

    def too_short(self):
        """Plain texts without room for all fields. Their CRC is correct."""
        covered = self.bytes(0, 8)
        plain = crc(covered) + covered
        plain = self.random.choice([plain, plain, plain, plain[: self.random.randint(0, 3)]])
        return self.path(), digits(self.pair().encrypt(pad(plain)))

    def bad_pattern(self):
        pattern, path = self.pattern_and_path()
        odd = self.random.choice(
            [
                b"", b"*", pattern[1:], b"a" + pattern, b"*" + pattern, b"\0" + pattern,
                pattern + b"**", b"/*/*", b"/*" + pattern + b"*", b"\\*/", b"//*", b"/\\*",
                b"/\\\\*", b"/\\\\\\*", b"/*\\*", b"/\\**", b"/**\\", pattern + b"\0",
                pattern.replace(b"/", b"%2F"), b"\\/", b"%2Fa", b" /a",
            ]
        )  # fmt: skip
        path = self.random.choice(
            [path, b"/", b"/*", b"/\\", b"/\\*", b"/\\\\*", b"/a", b"//", b"/**", b"", b"a", odd]
        )
        expires = self.random.choice([self.future(), self.future(), self.past()])
        return path, digits(self.sealed(expires, odd))

    def odd_characters(self):
        path = self.path()
        letters = b"a" * self.random.randint(1, 70)
        count = self.random.randint(1, 100)
        token = self.random.choice(
            [
                b"", b"0", b"00", b"0x", b"zz", b"%00", b"null", b"-1", letters,
                bytes(self.random.choices(b"0123456789abcdefABCDEF", k=count)),
                self.bytes(1, 40).translate(None, b"\t\n"),
            ]
        )  # fmt: skip
        return path, token

    def noise(self):
        """Whole blocks of anything."""
        return self.path(), digits(self.random.randbytes(BLOCK * self.random.randint(1, 6)))

    def missing(self):
        return self.path().replace(b"\t", b" "), None

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
        return path, digits(self.random.choice([data, data, data[:-BLOCK], data + data]))

    def with_another_bit(self, data, at):
        bit = 1 << self.random.randrange(8)
        return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]


def digits(data):
    """The bytes of a token as it is sent."""
    return data.hex().encode()


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
