"""Tokens and the verdicts on them, made from the documented format alone: nothing here is shared with the module."""

import secrets
import struct
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

FAR = 4_102_444_800  # 2100


class Pair:
    """A key and its IV."""

    def __init__(self, key=None, iv=None):
        self.key = key or secrets.token_bytes(16)
        self.iv = iv or secrets.token_bytes(16)

    def token(self, path, expires=FAR):
        """The token for a path (bytes) in lower-case hexadecimal digits, as bytes."""
        covered = struct.pack(">q", expires) + path
        return self.seal(pad(struct.pack(">I", zlib.crc32(covered)) + covered))

    def seal(self, plain):
        """These very bytes encrypted, padding included."""
        encryptor = Cipher(algorithms.AES(self.key), modes.CBC(self.iv)).encryptor()
        return (encryptor.update(plain) + encryptor.finalize()).hex().encode()


def pad(plain):
    length = 16 - len(plain) % 16
    return plain + bytes([length]) * length


def tampered(token, random):
    """The token with one digit changed."""
    place = random.randrange(len(token))
    digit = random.choice([d for d in b"0123456789abcdef" if d != token[place]])
    return token[:place] + bytes([digit]) + token[place + 1 :]
