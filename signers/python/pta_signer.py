"""Signs PTA tokens for nginx; needs the package cryptography (Debian: python3-cryptography).

    from pta_signer import sign
    token = sign(key_hex, iv_hex, "/video/*", int(time.time()) + 3600)
    sealed = sign(..., seal_key=seal_key_hex, bind=[address], once=True)

With seal_key, it is sealed: bind has the values of pta_bind, once makes it differ from others.
The path is decoded text that begins with "/": one * matches anything, \\* is a literal star.
"""

import base64
import hmac
import re
import secrets
import sys
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7


def sign(key_hex, iv_hex, path, expires, *, seal_key=None, bind=(), once=False):
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
    token = (cipher.update(plain) + cipher.finalize()).hex()
    return seal(token, seal_key, bind, once) if seal_key is not None or bind or once else token


def seal(text, seal_key, bind, once):
    if not re.fullmatch("[0-9A-Fa-f]{64}", seal_key or ""):
        raise ValueError("a seal needs a seal key of 64 hexadecimal digits")
    if isinstance(bind, (str, bytes)) or not all(bind := list(bind)):
        raise ValueError("bind must be a list of values, and no value may be empty")
    text += "." + base64.urlsafe_b64encode(secrets.token_bytes(12)).decode() if once else ""
    values = [value if isinstance(value, bytes) else value.encode() for value in bind]
    bound = b"".join(len(value).to_bytes(4, "big") + value for value in values)
    covered = b"pta-seal-1\0" + text.encode() + b"\0" + bound
    mac = hmac.digest(bytes.fromhex(seal_key), covered, "sha256")
    return f"{text}.{base64.urlsafe_b64encode(mac[:16]).decode().rstrip('=')}"


if __name__ == "__main__":
    try:
        if len(sys.argv) != 5 or not re.fullmatch("-?[0-9]+", sys.argv[4]):
            raise ValueError("usage: pta_signer.py KEY IV PATH EXPIRES (Unix seconds)")
        print(sign(*sys.argv[1:4], int(sys.argv[4])))
    except (ValueError, OverflowError) as error:
        print(f"pta_signer.py: {error}", file=sys.stderr)
        sys.exit(2)
