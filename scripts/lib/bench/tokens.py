"""Keys and tokens that are the same in every run: what is counted must not depend on chance."""

import functools
import os
import subprocess

KEY_1, IV_1 = "00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100"
KEY_2, IV_2 = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
FOREIGN_KEY, FOREIGN_IV = "11111111111111111111111111111111", "22222222222222222222222222222222"

FAR = 4_102_444_800  # 2100-01-01
PAST = 1_735_657_200  # 2024-12-31T15:00:00Z

FIRST_PAIR = f"pta_1st_key {KEY_1}; pta_1st_iv {IV_1};"
SECOND_PAIR = f"pta_2nd_key {KEY_2}; pta_2nd_iv {IV_2};"

# CRC and expiry before the path, at least one byte of padding behind it.
FIXED_BYTES = 12
BLOCK = 16


@functools.lru_cache(maxsize=None)
def token(command, path, expires=FAR, key=KEY_1, iv=IV_1):
    """A token for path, in which * is the wildcard, made by the pta command."""
    made = subprocess.run(
        [command, "issue", "--path", path, "--expires", str(expires)],
        env={**os.environ, "PTA_KEY": key, "PTA_IV": iv},
        check=True, capture_output=True, text=True,
    )
    return made.stdout.strip()


def path_for(characters, start):
    """A path with a wildcard at its end, `start` at its beginning, whose token has so many characters."""
    length = characters // 2 - FIXED_BYTES - 1
    assert characters % (2 * BLOCK) == 0 and length > len(start)
    return start + "x" * (length - len(start) - 1) + "*"
