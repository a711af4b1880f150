"""The second opinion: what a token is worth, written from the description of the format and the verdicts, with OpenSSL for AES
and PKCS#7, zlib for the CRC, and regular expressions for paths. No line of it comes from the module."""

import re
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

STATUS = {
    "ALLOWED": 200,
    "MISSING": 400,
    "MALFORMED": 400,
    "UNDECRYPTABLE": 403,
    "EXPIRED": 410,
    "PATH_MISMATCH": 403,
}


def seal(pair, plain):
    """CBC of whole blocks, without padding."""
    key, iv = pair
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(plain) + encryptor.finalize()


def pad(plain):
    padder = PKCS7(128).padder()
    return padder.update(plain) + padder.finalize()


def fields(expires, path):
    """CRC, expiry and path, without padding."""
    covered = expires.to_bytes(8, "big", signed=True) + path
    return zlib.crc32(covered).to_bytes(4, "big") + covered


def unseal(pair, data):
    """Expiry and path, or nothing where padding or CRC are wrong."""
    key, iv = pair
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    unpadder = PKCS7(128).unpadder()
    try:
        plain = unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize()
    except ValueError:
        return None
    if len(plain) < 4 or zlib.crc32(plain[4:]) != int.from_bytes(plain[:4], "big"):
        return None
    return plain[4:12], plain[12:]


def path_expression(pattern):
    """The regular expression that a token's path stands for, or nothing for a path that makes it useless."""
    pieces = re.split(rb"(\\\*|\*)", pattern)
    if not pattern.startswith(b"/") or pieces.count(b"*") > 1:
        return None
    meaning = {b"*": b".*", rb"\*": rb"\*"}
    expression = b"".join(meaning.get(piece, re.escape(piece)) for piece in pieces)
    return re.compile(expression, re.DOTALL)


def verdict(ring, token, now, path):
    """The word of $pta_status. No token is None."""
    if token is None:
        return "MISSING"
    if not re.fullmatch(rb"(?:[0-9A-Fa-f]{2})+", token):
        return "MALFORMED"
    data = bytes.fromhex(token.decode())
    opened = None
    if len(data) % 16 == 0:
        opened = next(filter(None, (unseal(pair, data) for pair in ring)), None)
    if opened is None:
        return "UNDECRYPTABLE"
    expires, pattern = opened
    expression = path_expression(pattern)
    if len(expires) < 8 or expression is None:
        return "UNDECRYPTABLE"
    if now > int.from_bytes(expires, "big", signed=True):
        return "EXPIRED"
    return "ALLOWED" if expression.fullmatch(path) else "PATH_MISMATCH"


def request_verdict(ring, argument, cookies, now, path):
    """The verdict on a request: its argument decides alone if it is there, then any cookie may allow, else the last one
    answers."""
    if argument is not None:
        return verdict(ring, argument, now, path)
    verdicts = [verdict(ring, unquoted(cookie), now, path) for cookie in cookies]
    if "ALLOWED" in verdicts:
        return "ALLOWED"
    return verdicts[-1] if verdicts else "MISSING"


def unquoted(cookie):
    """A cookie's value without one pair of double quotes around it."""
    return cookie[1:-1] if len(cookie) > 1 and cookie[:1] == cookie[-1:] == b'"' else cookie
