"""A Django storage whose URLs carry PTA tokens; django_storage.py and sign.py lie beside manage.py.

    STORAGES = {"default": {"BACKEND": "django_storage.TokenStorage"}, ...}
    PTA_KEY, PTA_IV = ...       # the values of pta_1st_key and pta_1st_iv, from a secret store
    PTA_LIFETIME = 3600         # seconds
    PTA_NAME = "pta"            # that of pta_name; may be left out
"""

import time
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from sign import sign


class TokenStorage(FileSystemStorage):
    """Files on disk, served by nginx to who has a link of url() that is not too old."""

    def url(self, name):
        url = super().url(name)
        # nginx compares decoded paths, byte by byte; only a star has a meaning of its own.
        path = unquote(urlsplit(url).path, errors="surrogateescape").replace("*", r"\*")
        expires = int(time.time()) + settings.PTA_LIFETIME
        token = sign(settings.PTA_KEY, settings.PTA_IV, path, expires)
        return f"{url}?{getattr(settings, 'PTA_NAME', 'pta')}={token}"
