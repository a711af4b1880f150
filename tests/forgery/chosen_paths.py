"""A forger who may have tokens for any path below /watch/trailers/ makes one for all of /watch/."""

from forgery.command import BLOCK, plain_blocks, xor
from forgery.crc import ending_for

FOLDER = b"/watch/trailers/"
WANTED = b"/watch/*"
# CRC, expiry, and the rest of the first block.
HEAD = 12

# No control characters. Stars would be escaped, which moves the bytes after them.
LETTERS = [byte for byte in range(0x20, 256) if byte not in b"\x7f*/\\"]


def may_sign(path):
    """As in the recipe of short-lived links."""
    return path.startswith(FOLDER) and all(byte >= 0x20 and byte != 0x7F for byte in path)


def forge(owner, expires, random):
    """The blocks of a token for /watch/*."""
    target = plain_blocks(expires, WANTED)
    crc = int.from_bytes(target[0][:4], "big")
    seconds = expires.to_bytes(8, "big")

    def signed_with_crc(path):
        """The token of a path that begins like this, with the CRC that is wanted."""
        while True:
            longer = path + bytes(random.choices(LETTERS, k=4))
            longer += ending_for(seconds + longer, crc)
            if all(byte in LETTERS for byte in longer[len(path) :]):
                return owner.sign(longer, expires)

    # The same CRC, expiry and first four bytes of path make the same first block. The blocks after
    # it are outputs of the cipher for known inputs.
    start = FOLDER + bytes(random.choices(b"abcdefgh", k=4 + 400 * BLOCK))
    known = signed_with_crc(start)
    forged = [known[0]]
    for plain in target[1:]:
        # The cipher must encrypt this block. It does if a path that may be signed leads to it.
        wanted = xor(plain, forged[-1])
        at = next(
            at for at in range(2, 400) if all(b in LETTERS for b in xor(wanted, known[at - 1]))
        )
        path = start[: at * BLOCK - HEAD] + xor(wanted, known[at - 1])
        forged.append(signed_with_crc(path)[at])
    return forged
