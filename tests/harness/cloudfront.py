"""The key of a CloudFront key group, as the recipe of docs/migrate.md has it."""

import base64
import functools

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


@functools.cache
def _key():
    return rsa.generate_private_key(65537, 2048)


def _bytes(encoding, kind):
    return _key().private_bytes(encoding, kind, serialization.NoEncryption())


def private_key():
    """The file from which the reader makes the other one, as `openssl genrsa` writes it."""
    formats = serialization.PrivateFormat
    return _bytes(serialization.Encoding.PEM, formats.TraditionalOpenSSL)


def public_key():
    """In PEM."""
    return (
        _key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def signing_key(algorithm):
    """The content of keys/cloudfront.json."""
    der = _bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8)
    return {"id": "K2JCJMDEHXQW5F", "hash": algorithm, "key": base64.b64encode(der).decode()}
