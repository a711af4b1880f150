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


def sign(key_hex, iv_hex, path, expires, **sealing):
    """Returns the token for path that is valid up to the second expires, in Unix time."""
    if not all(re.fullmatch("[0-9A-Fa-f]{32}", str(secret)) for secret in (key_hex, iv_hex)):
        raise ValueError("key and IV must be 32 hexadecimal digits each")
    if not isinstance(path, str) or path[:1] != "/" or path.replace(r"\*", "").count("*") > 1:
        raise ValueError('a path must begin with "/" and have one wildcard at most')
    if type(expires) is not int or not -(2**63) <= expires <= 253402300799:  # the year 9999
        raise ValueError("an expiry must be in Unix seconds, 253402300799 at most (milliseconds?)")
    rest = expires.to_bytes(8, "big", signed=True) + path.encode("utf-8", "surrogateescape")
    padder = PKCS7(128).padder()
    plain = padder.update(zlib.crc32(rest).to_bytes(4, "big") + rest) + padder.finalize()
    key, iv = bytes.fromhex(key_hex), bytes.fromhex(iv_hex)
    cipher = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    token = (cipher.update(plain) + cipher.finalize()).hex()
    return seal(token, **sealing) if sealing else token


def seal(text, seal_key="", bind=(), once=False):
    if not re.fullmatch("[0-9A-Fa-f]{64}", str(seal_key)) or type(once) is not bool:
        raise ValueError("a seal needs a seal key of 64 hexadecimal digits, and once a bool")
    is_list = isinstance(bind, (list, tuple)) and len(bind) <= 8
    if not is_list or not all(isinstance(value, (str, bytes)) and value for value in bind):
        raise ValueError("bind must be a list of 8 values at most: str or bytes, and not empty")
    text += "." + base64.urlsafe_b64encode(secrets.token_bytes(12)).decode() if once else ""
    mac = hmac.new(bytes.fromhex(seal_key), f"pta-seal-1\0{text}\0".encode(), "sha256")
    for value in (each.encode() if isinstance(each, str) else each for each in bind):
        mac.update(len(value).to_bytes(4, "big") + value)
    return f"{text}.{base64.urlsafe_b64encode(mac.digest()[:16]).decode().rstrip('=')}"


if __name__ == "__main__":
    try:
        if len(sys.argv) != 5 or not re.fullmatch("-?[0-9]+", sys.argv[4]):
            raise ValueError("usage: pta_signer.py KEY IV PATH EXPIRES (Unix seconds)")
        print(sign(*sys.argv[1:4], int(sys.argv[4])))
    except ValueError as error:
        print(f"pta_signer.py: {error}", file=sys.stderr)
        sys.exit(2)
