"""Tests django_storage.py with real Django. Run by scripts/signers/check, or by any Python that has both packages."""

import io
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
from django.core import checks, management
from django.core.exceptions import ImproperlyConfigured
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
    INSTALLED_APPS=["django_storage"],
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
        with override_settings(PTA_KEY="0011"), self.assertRaises(ImproperlyConfigured):
            default_storage.url("a.mp4")

    def test_expiries_are_rounded_up(self):
        for step, now, expires in [
            (300, NOW, NOW + 3600),
            (300, NOW + 0.9, NOW + 3600),
            (300, NOW + 1, NOW + 3900),
            (300, NOW + 299.9, NOW + 3900),
            (300, NOW + 300, NOW + 3900),
            (300, NOW + 301, NOW + 4200),
            (7, NOW, 7 * ((NOW + 3600 + 6) // 7)),
            (1, NOW + 17, NOW + 3617),
        ]:
            with (
                self.subTest(step=step, now=now),
                override_settings(PTA_STEP=step),
                mock.patch("time.time", return_value=now),
            ):
                token = default_storage.url("a.mp4").partition("?pta=")[2]
                self.assertEqual(opened(token), (expires, "/media/a.mp4"))

    def test_links_are_stable_within_a_step(self):
        with override_settings(PTA_STEP=300):
            links = set()
            for second in range(1, 301):
                with mock.patch("time.time", return_value=NOW + second):
                    links.add(default_storage.url("a.mp4"))
        self.assertEqual(len(links), 1)

    def test_an_expiry_after_the_year_9999(self):
        with override_settings(PTA_LIFETIME=253402300799 - NOW):
            self.assertEqual(opened(default_storage.url("a").partition("?pta=")[2])[0], 253402300799)
        with override_settings(PTA_LIFETIME=253402300800 - NOW), self.assertRaisesRegex(ValueError, "milliseconds"):
            default_storage.url("a")

    def test_a_template(self):
        page = Engine().from_string('<a href="{{ storage_url }}">').render(
            Context({"storage_url": default_storage.url("a.mp4")})
        )
        self.assert_url(page[len('<a href="') : -len('">')], "/media/a.mp4", "/media/a.mp4")


class PublicNamesTest(unittest.TestCase):
    def public(self, entries, *names):
        with override_settings(PTA_PUBLIC=entries):
            for name in names:
                with self.subTest(entries=entries, name=name):
                    self.assertNotIn("?", default_storage.url(name))

    def protected(self, entries, *names):
        with override_settings(PTA_PUBLIC=entries):
            for name in names:
                with self.subTest(entries=entries, name=name):
                    self.assertIn("?pta=", default_storage.url(name))

    def test_nothing_by_default(self):
        self.assertIn("?pta=", default_storage.url("avatars/a.png"))
        self.protected([], "avatars/a.png", "a")

    def test_the_link_is_that_of_django(self):
        with override_settings(PTA_PUBLIC=["caf\u00e9/"]):
            self.assertEqual(default_storage.url("caf\u00e9/a b.png"), "/media/caf%C3%A9/a%20b.png")
            self.assertEqual(
                storages["edge"].url("caf\u00e9/a.png"), "https://edge.example.com/caf%C3%A9/caf%C3%A9/a.png"
            )

    def test_a_name(self):
        self.public(["logo.png", "a/b.png"], "logo.png", "a/b.png", "/logo.png")
        self.protected(
            ["logo.png", "a/b.png"],
            "logo.png.bak", "xlogo.png", "LOGO.png", "a/logo.png", "logo.png/x", "logoxpng", "b.png", "a/b.png/", "logo.png\n",
        )

    def test_a_folder(self):
        self.public(["avatars/"], "avatars/a.png", "avatars/deep/er/a.png", "avatars/new\nline")
        self.protected(["avatars/"], "avatars", "avatars/", "avatars2/a.png", "x/avatars/a.png", "Avatars/a.png", "avatar")

    def test_a_star_stays_in_its_folder(self):
        self.public(["thumbs/*.jpg"], "thumbs/a.jpg", "thumbs/.jpg")
        self.protected(["thumbs/*.jpg"], "thumbs/a.png", "thumbs/private/a.jpg", "thumbs/a.jpg/b", "thumbs/ajpg")
        self.public(["talks/*/poster/"], "talks/1/poster/a.jpg")
        self.protected(["talks/*/poster/"], "talks/1/2/poster/a.jpg", "talks/1/a.jpg", "talks//poster/a.jpg")
        self.public(["*"], "a")
        self.protected(["*"], "a/b", "")

    def test_other_characters_are_themselves(self):
        self.public(["a[1]?.png", "(b|c)+"], "a[1]?.png", "(b|c)+")
        self.protected(["a[1]?.png", "(b|c)+", "d%2F"], "a1x.png", "b", "d/", "d%2Fx")

    def test_the_path_that_nginx_sees_decides(self):
        self.protected(
            ["avatars/"],
            "avatars/../private/a.png", "avatars/./../private/a.png", "avatars/..", "avatars\\..\\private\\a.png",
            "avatars/deep/../../private/a.png", "../avatars/a.png", "avatars/../../avatars/a.png",
        )
        self.public(["avatars/"], "private/../avatars/a.png", "avatars//a.png")
        # Not decoded twice.
        self.public(["avatars/"], "avatars/%2e%2e/private/a.png")
        self.assertIn("%252e%252e", default_storage.url("avatars/%2e%2e/private/a.png"))

    def test_another_base_url(self):
        with override_settings(MEDIA_URL="/m%65dia/"):
            self.public(["avatars/"], "avatars/a.png")
            self.protected(["avatars/"], "../avatars/a.png", "a.png")

    def test_a_wrong_setting_is_never_public(self):
        for entries in ["avatars/", [""], ["/"], ["/avatars/"], ["a//b"], ["../"], ["a/.."], ["./a"], ["a\\b"], ["**"], [None], 5, None]:
            with self.subTest(entries=entries), override_settings(PTA_PUBLIC=entries):
                with self.assertRaises(ImproperlyConfigured):
                    default_storage.url("avatars/a.png")


class SystemCheckTest(unittest.TestCase):
    def assert_found(self, wanted, **changes):
        """With these settings changed, the check finds these ids."""
        with self.subTest(**changes), override_settings(**changes):
            found = checks.run_checks(tags=["pta"])
            self.assertEqual([message.id for message in found], wanted)
            text = "".join(str(message) for message in found)
            for secret in (KEY, IV, changes.get("PTA_KEY"), changes.get("PTA_IV")):
                if isinstance(secret, str) and secret:
                    self.assertNotIn(secret, text)

    def without(self, name):
        holder = override_settings()
        holder.enable()
        self.addCleanup(holder.disable)
        delattr(settings, name)

    def test_valid_settings(self):
        self.assert_found([])
        self.assert_found([], PTA_STEP=300, PTA_PUBLIC=["avatars/", "a/*.png"], PTA_NAME="a-b.c_d~E")
        self.assert_found([], PTA_PUBLIC=("logo.png",), PTA_KEY=KEY.upper(), PTA_STEP=3600)

    def test_missing_settings(self):
        for name in ("PTA_KEY", "PTA_IV", "PTA_LIFETIME"):
            self.without(name)
        self.assert_found(["pta.E001", "pta.E002", "pta.E003"])

    def test_wrong_settings(self):
        for wrong in (None, "", "0011", KEY + "0", "g" + KEY[1:], KEY[1:] + "\n", KEY.encode(), 5, "file:/etc/keys/1st.key"):
            self.assert_found(["pta.E001"], PTA_KEY=wrong)
            self.assert_found(["pta.E002"], PTA_IV=wrong)
        for wrong in (0, -1, 1.5, "300", True):
            self.assert_found(["pta.E003"], PTA_LIFETIME=wrong)
            self.assert_found(["pta.E004"], PTA_STEP=wrong)
        for wrong in ("avatars/", None, [""], ["/avatars/"], ["a/../b"], ["../"], ["a", "b//c"], ["a\\b"], ["a/**/b"], [b"a"]):
            self.assert_found(["pta.E005"], PTA_PUBLIC=wrong)
        for wrong in ("", "a b", "a=b", "a&b", "\u00e9", None, "pta\n"):
            self.assert_found(["pta.E006"], PTA_NAME=wrong)

    def test_doubtful_settings(self):
        self.assert_found(["pta.W001"], PTA_KEY=IV.upper())
        self.assert_found(["pta.W002"], PTA_STEP=3601)

    def test_manage_py_check(self):
        management.call_command("check", stdout=io.StringIO())
        with override_settings(PTA_KEY="0011"), self.assertRaisesRegex(management.CommandError, "pta.E001"):
            management.call_command("check", stderr=io.StringIO())


if __name__ == "__main__":
    unittest.main()
