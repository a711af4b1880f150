"""What CRC-32 allows without a key, because it is linear."""

import zlib


def ending_for(text, crc):
    """Four bytes that make `crc` the CRC if they are appended to `text`."""
    zero = zlib.crc32(text + bytes(4))
    rows = [(zlib.crc32(text + (1 << n).to_bytes(4, "big")) ^ zero, 1 << n) for n in range(32)]
    wanted, answer = crc ^ zero, 0
    # Gauss's elimination: each row is a bit of the ending, and what it changes in the CRC.
    for bit in reversed(range(32)):
        pivot = next(row for row in rows if row[0] >> bit & 1)
        rows = [
            (a ^ pivot[0], b ^ pivot[1]) if a >> bit & 1 else (a, b)
            for a, b in rows
            if (a, b) != pivot
        ]
        if wanted >> bit & 1:
            wanted, answer = wanted ^ pivot[0], answer ^ pivot[1]
    return answer.to_bytes(4, "big")


def share(covered, position, length):
    """What bytes at a position contribute to the CRC of `length` bytes, if all others are zero."""
    text = bytearray(length)
    for offset, byte in enumerate(covered, start=position):
        if 0 <= offset < length:
            text[offset] = byte
    return zlib.crc32(text) ^ zlib.crc32(bytes(length))
