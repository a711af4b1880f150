"""Signs PTA tokens for nginx; needs the package cryptography (Debian: python3-cryptography).

    from pta_signer import sign
    token = sign(key_hex, iv_hex, "/video/*", int(time.time()) + 3600)

The path is decoded text that begins with "/": one * matches anything, \\* is a literal star.
"""

import re
import sys
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7


def sign(key_hex, iv_hex, path, expires):
    """Returns the token for path that is valid up to the second expires, in Unix time."""
    if not all(re.fullmatch("[0-9A-Fa-f]{32}", secret) for secret in (key_hex, iv_hex)):
        raise ValueError("key and IV must be 32 hexadecimal digits each")
    if not path.startswith("/") or path.replace(r"\*", "").count("*") > 1:
        raise ValueError('a path must begin with "/" and have one wildcard at most')
    if expires > 253402300799:  # the last second of the year 9999
        raise ValueError("an expiry must be in Unix seconds, 253402300799 at most (milliseconds?)")
    rest = expires.to_bytes(8, "big", signed=True) + path.encode("utf-8", "surrogateescape")
    padder = PKCS7(128).padder()
    plain = padder.update(zlib.crc32(rest).to_bytes(4, "big") + rest) + padder.finalize()
    key, iv = bytes.fromhex(key_hex), bytes.fromhex(iv_hex)
    cipher = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return (cipher.update(plain) + cipher.finalize()).hex()


if __name__ == "__main__":
    try:
        if len(sys.argv) != 5 or not re.fullmatch("-?[0-9]+", sys.argv[4]):
            raise ValueError("usage: pta_signer.py KEY IV PATH EXPIRES (Unix seconds)")
        print(sign(*sys.argv[1:4], int(sys.argv[4])))
    except (ValueError, OverflowError) as error:
        print(f"pta_signer.py: {error}", file=sys.stderr)
        sys.exit(2)
