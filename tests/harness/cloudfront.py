"""The key of a CloudFront key group, as the recipe of docs/migrate.md has it."""

import base64
import functools

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


@functools.cache
def signing_key(algorithm="SHA-256"):
    """The content of keys/cloudfront.json, and the public key in PEM."""
    private = rsa.generate_private_key(65537, 2048)
    der = private.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    key = base64.b64encode(der).decode()
    return {"id": "K2JCJMDEHXQW5F", "hash": algorithm, "key": key}, public
