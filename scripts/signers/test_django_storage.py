"""Tests django_storage.py with real Django. Run by scripts/signers/check, or by any Python that has both packages."""

import os
import tempfile
import unittest
import zlib
from unittest import mock
from urllib.parse import urlsplit

import django
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.template import Context, Engine
from django.test.utils import override_settings

KEY = "00112233445566778899aabbccddeeff"
IV = "ffeeddccbbaa99887766554433221100"
NOW = 1_893_423_600
MEDIA = tempfile.TemporaryDirectory()
unittest.addModuleCleanup(MEDIA.cleanup)

settings.configure(
    STORAGES={
        "default": {"BACKEND": "django_storage.TokenStorage"},
        "edge": {
            "BACKEND": "django_storage.TokenStorage",
            "OPTIONS": {"base_url": "https://edge.example.com/caf%C3%A9/"},
        },
    },
    MEDIA_ROOT=MEDIA.name,
    MEDIA_URL="/media/",
    PTA_KEY=KEY,
    PTA_IV=IV,
    PTA_LIFETIME=3600,
)
django.setup()


def opened(token):
    """The expiry and the path in a token, by the format's description and not by sign.py."""
    cipher = Cipher(algorithms.AES(bytes.fromhex(KEY)), modes.CBC(bytes.fromhex(IV))).decryptor()
    padded = cipher.update(bytes.fromhex(token)) + cipher.finalize()
    unpadder = PKCS7(128).unpadder()
    plain = unpadder.update(padded) + unpadder.finalize()
    assert int.from_bytes(plain[:4], "big") == zlib.crc32(plain[4:])
    return int.from_bytes(plain[4:12], "big", signed=True), plain[12:].decode()


class TokenStorageTest(unittest.TestCase):
    def setUp(self):
        clock = mock.patch("time.time", return_value=NOW + 0.9)
        clock.start()
        self.addCleanup(clock.stop)

    def assert_url(self, url, clean, path):
        """url is clean with one argument behind it: a token for path, good for an hour."""
        start, _, token = url.partition("?pta=")
        self.assertEqual(start, clean)
        self.assertRegex(token, r"\A(?:[0-9a-f]{32})+\Z")
        self.assertEqual(opened(token), (NOW + 3600, path))

    def test_a_saved_file(self):
        name = default_storage.save("talks/first.mp4", ContentFile(b"film"))
        self.addCleanup(default_storage.delete, name)
        with open(os.path.join(MEDIA.name, "talks", "first.mp4"), "rb") as file:
            self.assertEqual(file.read(), b"film")
        self.assert_url(default_storage.url(name), "/media/talks/first.mp4", "/media/talks/first.mp4")

    def test_the_token_is_the_one_of_the_command(self):
        # pta issue --key KEY --iv IV --path /media/a.mp4 --expires 1893427200
        token = "ea6dd71346553fc16075fa069eb8c44064d0646792d7e2442f4449fdb270bb4a"
        self.assertEqual(default_storage.url("a.mp4"), f"/media/a.mp4?pta={token}")

    def test_the_token_has_the_decoded_path(self):
        for name, wire in [
            ("a b.mp4", "a%20b.mp4"),
            ("café.mp4", "caf%C3%A9.mp4"),
            ("日本/🎬.mp4", "%E6%97%A5%E6%9C%AC/%F0%9F%8E%AC.mp4"),
            ("100%.txt", "100%25.txt"),
            ("%2F.txt", "%252F.txt"),
            ("a?b#c&d=e+f;g.txt", "a%3Fb%23c%26d%3De%2Bf%3Bg.txt"),
            ("a:b.txt", "a%3Ab.txt"),
        ]:
            with self.subTest(name=name):
                self.assert_url(default_storage.url(name), "/media/" + wire, "/media/" + name)

    def test_only_a_star_is_escaped(self):
        self.assert_url(default_storage.url("*.txt"), "/media/*.txt", r"/media/\*.txt")
        self.assert_url(default_storage.url("a*b*c"), "/media/a*b*c", r"/media/a\*b\*c")
        others = default_storage.url("(~!')[]{}$^|")
        self.assert_url(others, "/media/(~!')%5B%5D%7B%7D%24%5E%7C", "/media/(~!')[]{}$^|")
        with override_settings(MEDIA_URL="/back%5Cslash/"):
            self.assert_url(default_storage.url("a*"), "/back%5Cslash/a*", r"/back\slash/a\*")

    def test_the_path_is_the_one_nginx_sees(self):
        self.assert_url(default_storage.url("/a.txt"), "/media/a.txt", "/media/a.txt")
        self.assert_url(default_storage.url("a//b.txt"), "/media/a/b.txt", "/media/a/b.txt")
        self.assert_url(default_storage.url("a/./b/../c.txt"), "/media/a/c.txt", "/media/a/c.txt")

    def test_another_host(self):
        url = storages["edge"].url("a.mp4")
        self.assert_url(url, "https://edge.example.com/caf%C3%A9/a.mp4", "/café/a.mp4")

    def test_settings(self):
        with override_settings(PTA_NAME="ticket", PTA_LIFETIME=60):
            query = urlsplit(default_storage.url("a.mp4")).query
        name, _, token = query.partition("=")
        self.assertEqual(name, "ticket")
        self.assertEqual(opened(token), (NOW + 60, "/media/a.mp4"))
        with override_settings(PTA_KEY="0011"), self.assertRaises(ValueError):
            default_storage.url("a.mp4")

    def test_a_template(self):
        page = Engine().from_string('<a href="{{ storage_url }}">').render(
            Context({"storage_url": default_storage.url("a.mp4")})
        )
        self.assert_url(page[len('<a href="') : -len('">')], "/media/a.mp4", "/media/a.mp4")


if __name__ == "__main__":
    unittest.main()
