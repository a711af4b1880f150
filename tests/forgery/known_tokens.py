"""A forger who has tokens for files below /video/, did not choose them, and needs no server."""

import collections
import functools
import zlib
from typing import NamedTuple

from forgery.command import BLOCK, plain_blocks, xor
from forgery.crc import share

# A forged token has a head, two middle blocks, and the two last blocks of a token as its tail.
BLOCKS = 5
STAR = ord("*")
# These could not be part of a request's path, or of a line of the command.
UNUSABLE = {0, 9, 10, STAR}


class Known:
    """A token whose plain text is known."""

    def __init__(self, plain, sealed):
        self.plain, self.sealed = plain, sealed
        # What the cipher decrypts the blocks after the first one to. It follows from the plain text
        # and the block before.
        self.decrypted = [None, *map(xor, plain[1:], sealed)]


class Forgery(NamedTuple):
    token: list
    garbage: bytes
    # A path that the token allows.
    path: bytes


def collect(owner, count, expires, random):
    """`count` tokens, each for another path and another second."""
    tokens = []
    for when in range(expires, expires + count):
        path = b"/video/%08x/title-%08x.mp4" % (random.getrandbits(32), random.getrandbits(32))
        tokens.append(Known(plain_blocks(when, path), owner.sign(path, when)))
    return tokens


def forgeries(tokens):
    """Tokens for /vid* followed by garbage.

    The CRC of the whole is the sum of what each part contributes, whichever token the part is from.
    So the sums of the two parts on the left are stored, and the sums on the right are looked up.
    """
    padding = tokens[0].plain[-1][-1]
    length = BLOCKS * BLOCK - 4 - padding

    @functools.cache
    def contribution(number, block):
        return share(block, number * BLOCK - 4, length)

    left = {}
    starts = collections.defaultdict(list)
    for token in tokens:
        total = contribution(1, token.decrypted[1]) ^ contribution(2, token.sealed[1])
        starts[token.decrypted[1][0]].append((total, token))
    for head in tokens:
        crc = int.from_bytes(head.plain[0][:4], "big") ^ zlib.crc32(bytes(length))
        begin = crc ^ contribution(0, head.plain[0]) ^ contribution(1, head.sealed[0])
        # Its path is /vid and, with the next block, a wildcard.
        for total, middle in starts[head.sealed[0][0] ^ STAR]:
            left[begin ^ total] = head, middle

    tails = [(contribution(3, t.decrypted[-2]) ^ contribution(4, t.plain[-1]), t) for t in tokens]
    for second in tokens:
        total = contribution(2, second.decrypted[1]) ^ contribution(3, second.sealed[1])
        for end, tail in tails:
            if parts := left.get(total ^ end):
                forgery = joined(*parts, second, tail, padding)
                if not UNUSABLE & set(forgery.garbage):
                    yield forgery


def joined(head, middle, second, tail, padding):
    garbage = xor(middle.decrypted[1], head.sealed[0])[1:]
    garbage += xor(second.decrypted[1], middle.sealed[1])
    garbage += xor(tail.decrypted[-2], second.sealed[1])
    return Forgery(
        [head.sealed[0], middle.sealed[1], second.sealed[1], *tail.sealed[-2:]],
        garbage,
        b"/video/never-paid-for.mp4;" + garbage + tail.plain[-1][:-padding],
    )
