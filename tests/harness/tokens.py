"""Makes and opens tokens by the documented format, with the `cryptography` package and zlib.

This is the only Python file that makes tokens. It shares no code with the product.
"""

import base64
import hashlib
import hmac
import secrets
import struct
import time
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

FAR = 4_102_444_800  # the year 2100


class Pair:
    """A key and its IV."""

    def __init__(self, key=None, iv=None):
        self.key = key or secrets.token_bytes(16)
        self.iv = iv or secrets.token_bytes(16)

    @classmethod
    def from_hex(cls, key, iv):
        return cls(bytes.fromhex(key), bytes.fromhex(iv))

    def directives(self, order="1st"):
        """The lines for nginx.conf that make this the 1st or the 2nd pair."""
        return f"pta_{order}_key {self.key.hex()}; pta_{order}_iv {self.iv.hex()};"

    def token(self, path, expires=FAR):
        """The token for a path, which is text or bytes, as lower-case hexadecimal digits."""
        return self.seal(pad(fields(expires, path)))

    def expired(self, path):
        """An expired token."""
        return self.token(path, int(time.time()) - 3600)

    def damaged(self, path):
        """A token of the right length whose CRC is wrong."""
        plain = fields(FAR, path)
        return self.seal(pad(bytes([plain[0] ^ 1]) + plain[1:]))

    def seal(self, plain):
        """These bytes, padding included, encrypted: the digits of a token."""
        return self.encrypt(plain).hex()

    def encrypt(self, plain):
        """Whole blocks, encrypted as they are."""
        encryptor = self._cipher().encryptor()
        return encryptor.update(plain) + encryptor.finalize()

    def open(self, data):
        """Expiry and path in the bytes of a token, or None if padding or CRC is wrong.

        The expiry is shorter than 8 bytes if the token is too short.
        """
        decryptor = self._cipher().decryptor()
        unpadder = PKCS7(128).unpadder()
        try:
            padded = unpadder.update(decryptor.update(data) + decryptor.finalize())
            plain = padded + unpadder.finalize()
        except ValueError:
            return None
        if len(plain) < 4 or crc(plain[4:]) != plain[:4]:
            return None
        return plain[4:12], plain[12:]

    def _cipher(self):
        return Cipher(algorithms.AES(self.key), modes.CBC(self.iv))


def fields(expires, path):
    """CRC, expiry and path, without padding."""
    path = path.encode() if isinstance(path, str) else path
    covered = struct.pack(">q", expires) + path
    return crc(covered) + covered


def crc(covered):
    """The CRC of expiry and path."""
    return struct.pack(">I", zlib.crc32(covered))


def pad(plain):
    padder = PKCS7(128).padder()
    return padder.update(plain) + padder.finalize()


def sealed(token, seal_key, bind=(), nonce=None):
    """The token with a seal, and with a nonce in front of it if there is one.

    The token and the nonce may be any text, and the values of `bind` any text or bytes.
    """
    text = token if nonce is None else f"{token}.{nonce}"
    return f"{text}.{seal(text, seal_key, bind)}"


def seal(text, seal_key, bind=()):
    """The seal of what stands before the last dot of a token."""
    values = [value.encode() if isinstance(value, str) else value for value in bind]
    bound = b"".join(struct.pack(">I", len(value)) + value for value in values)
    text = text.encode() if isinstance(text, str) else text
    covered = b"pta-seal-1\0" + text + b"\0" + bound
    mac = hmac.new(seal_key, covered, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:16]).decode().rstrip("=")


def tampered(token, random):
    """The token with one digit changed, chosen by `random`."""
    at = random.randrange(len(token))
    digit = random.choice([digit for digit in "0123456789abcdef" if digit != token[at]])
    return token[:at] + digit + token[at + 1 :]
