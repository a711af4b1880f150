"""A Django project with the storage of signers/django/. Import it before anything of Django's."""

import sys

import django
from django.conf import settings

from harness.project import PROJECT
from harness.tokens import Pair

# Both files are beside manage.py, in a real project.
sys.path[:0] = [str(PROJECT / "signers/django"), str(PROJECT / "signers/python")]

PAIR = Pair.from_hex("00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100")
KEY, IV = PAIR.key.hex(), PAIR.iv.hex()
SEAL_KEY = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

settings.configure(
    INSTALLED_APPS=["django_pta"],
    STORAGES={
        "default": {"BACKEND": "django_pta.TokenStorage"},
        "edge": {
            "BACKEND": "django_pta.TokenStorage",
            "OPTIONS": {"base_url": "https://edge.example.com/caf%C3%A9/"},
        },
    },
    MEDIA_URL="/media/",
    PTA_KEY=KEY,
    PTA_IV=IV,
    PTA_LIFETIME=3600,
)
django.setup()
