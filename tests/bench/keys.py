"""Keys that are the same in every run: what is counted must not depend on chance."""

from harness.tokens import Pair

FIRST = Pair.from_hex("00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100")
SECOND = Pair.from_hex("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210")
# Keys that no location has.
FOREIGN = Pair.from_hex("11111111111111111111111111111111", "22222222222222222222222222222222")

PAST = 1_735_657_200  # 2024-12-31T15:00:00Z

# CRC and expiry before the path, at least one byte of padding after it.
FIXED_BYTES = 12
BLOCK = 16


def path_for(characters, start):
    """A path that begins with `start` and ends with a wildcard, whose token has that length."""
    length = characters // 2 - FIXED_BYTES - 1
    assert characters % (2 * BLOCK) == 0
    assert length > len(start)
    return start + "x" * (length - len(start) - 1) + "*"
