"""Makes tokens from the documented format, with the `cryptography` package and zlib."""

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

    def directives(self, order="1st"):
        """The lines for nginx.conf that make this the 1st or the 2nd pair."""
        return f"pta_{order}_key {self.key.hex()}; pta_{order}_iv {self.iv.hex()};"

    def token(self, path, expires=FAR):
        """The token for a path, which is text or bytes, as lower-case hexadecimal digits."""
        covered = struct.pack(">q", expires) + (path.encode() if isinstance(path, str) else path)
        return self.seal(pad(struct.pack(">I", zlib.crc32(covered)) + covered))

    def expired(self, path):
        """A token whose time is over."""
        return self.token(path, int(time.time()) - 3600)

    def damaged(self, path):
        """A token of the right length whose CRC is wrong."""
        covered = struct.pack(">q", FAR) + path.encode()
        return self.seal(pad(struct.pack(">I", zlib.crc32(covered) ^ 1) + covered))

    def seal(self, plain):
        """These bytes, padding included, encrypted."""
        encryptor = Cipher(algorithms.AES(self.key), modes.CBC(self.iv)).encryptor()
        return (encryptor.update(plain) + encryptor.finalize()).hex()


def pad(plain):
    padder = PKCS7(128).padder()
    return padder.update(plain) + padder.finalize()
