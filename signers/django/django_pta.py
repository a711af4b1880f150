"""A Django storage whose URLs carry PTA tokens.

Install the package django-pta, or put django_pta.py and pta_signer.py beside manage.py. Settings:

    INSTALLED_APPS = [..., "django_pta"]    # for its check of these settings (manage.py check)
    STORAGES = {"default": {"BACKEND": "django_pta.TokenStorage"}, ...}
    PTA_KEY, PTA_IV = ...       # the values of pta_1st_key and pta_1st_iv, from a secret store
    PTA_LIFETIME = 3600         # seconds
    PTA_STEP = 300              # rounds expiries up to a multiple of so many seconds; default 1
    PTA_PUBLIC = ["avatars/"]   # names and folders that get no token; default none
    PTA_NAME = "pta"            # the value of pta_name; default "pta"
    PTA_SEAL_KEY = ...          # the value of pta_1st_seal: links are sealed; default none
    PTA_BIND_MTIME = True       # for pta_bind $pta_file_mtime: a changed file has new links
"""

import os
import re
import stat
import time
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage

from pta_signer import sign


class TokenStorage(FileSystemStorage):
    """Files on disk. nginx serves them to whoever has a link of url() that has not expired."""

    def url(self, name):
        name = str(name or "")
        # Django makes it a "/" in the URL, so that the link would be that of another file.
        if "\\" in name:
            raise ValueError(f"a name with a backslash has no link: {name!r}")
        url = super().url(name)
        # nginx compares decoded paths, byte by byte.
        path = unquote(urlsplit(url).path, errors="surrogateescape")
        if self._is_public(path):
            return url
        step = pta_step()
        # Rounding up gives the same link for a while, so that browsers can cache the file.
        expires = -(-(int(time.time()) + pta_lifetime()) // step) * step
        sealing = {}
        if (seal_key := pta_seal_key()) is not None:
            sealing["seal_key"] = seal_key
        if pta_bind_mtime():
            sealing["bind"] = [str(self._mtime(name))]
        pattern = path.replace("*", r"\*")
        token = sign(pta_key(), pta_iv(), pattern, expires, **sealing)
        return f"{url}?{pta_name()}={token}"

    def _mtime(self, name):
        """The value of nginx's $pta_file_mtime. Without a file, there is no link to it."""
        file = self.path(name.lstrip("/"))
        status = os.stat(file)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"PTA_BIND_MTIME: {file!r} is not a regular file")
        return status.st_mtime_ns // 10**9

    def _is_public(self, path):
        """Whether PTA_PUBLIC has the file: by its path after ".." is resolved, not by its name."""
        base = unquote(urlsplit(self.base_url).path, errors="surrogateescape")
        name = path.removeprefix(base)
        if name == path or not _is_plain(name):
            return False
        return any(pattern.fullmatch(name) for pattern in pta_public())


# ---- The settings. Each function returns a valid value or raises ImproperlyConfigured.


def pta_key():
    return _hex_setting("PTA_KEY")


def pta_iv():
    return _hex_setting("PTA_IV")


def pta_seal_key():
    """None if it is left out: links are not sealed."""
    if not hasattr(settings, "PTA_SEAL_KEY"):
        return None
    value = settings.PTA_SEAL_KEY
    # None is the value of a variable that is not set.
    if not isinstance(value, str) or not re.fullmatch("[0-9A-Fa-f]{64}", value):
        raise ImproperlyConfigured("PTA_SEAL_KEY must be 64 hexadecimal digits, as pta_1st_seal")
    return value


def pta_bind_mtime():
    value = getattr(settings, "PTA_BIND_MTIME", False)
    if not isinstance(value, bool):
        raise ImproperlyConfigured("PTA_BIND_MTIME must be True or False")
    if value and not hasattr(settings, "PTA_SEAL_KEY"):
        raise ImproperlyConfigured("PTA_BIND_MTIME needs PTA_SEAL_KEY")
    return value


def pta_lifetime():
    return _seconds_setting("PTA_LIFETIME", None)


def pta_step():
    return _seconds_setting("PTA_STEP", 1)


def pta_name():
    name = getattr(settings, "PTA_NAME", "pta")
    if not isinstance(name, str) or not re.fullmatch("[A-Za-z0-9._~-]+", name):
        raise ImproperlyConfigured(
            'PTA_NAME may have letters, digits, "-", ".", "_" and "~" only, as pta_name'
        )
    return name


def pta_public():
    """The entries of PTA_PUBLIC as regular expressions for names."""
    entries = getattr(settings, "PTA_PUBLIC", ())
    # A single string would be read as a list of letters.
    if not isinstance(entries, (list, tuple, set, frozenset)):
        raise ImproperlyConfigured(
            'PTA_PUBLIC must be a list, for example ["avatars/", "logo.png"]'
        )
    return [_public_pattern(entry) for entry in entries]


def _public_pattern(entry):
    if not isinstance(entry, str) or not _is_plain(entry.removesuffix("/")):
        raise ImproperlyConfigured(
            f"PTA_PUBLIC: {entry!r} must be a name or a folder below MEDIA_ROOT, for example"
            ' "logo.png" or "avatars/", without "/" at the beginning, "//", ".", ".." and "\\"'
        )
    if "**" in entry:
        raise ImproperlyConfigured(
            f'PTA_PUBLIC: {entry!r} has "**"; a folder and all below it is written "folder/"'
        )
    pattern = "[^/]*".join(map(re.escape, entry.split("*")))
    return re.compile(pattern + (".+" if entry.endswith("/") else ""), re.DOTALL)


def _is_plain(name):
    """Whether a name has only one spelling."""
    return "\\" not in name and not any(part in ("", ".", "..") for part in name.split("/"))


def _hex_setting(name):
    value = getattr(settings, name, None)
    if not isinstance(value, str) or not re.fullmatch("[0-9A-Fa-f]{32}", value):
        # The value is a secret, even a wrong one.
        raise ImproperlyConfigured(
            f"{name} must be 32 hexadecimal digits, as pta_1st_key and pta_1st_iv"
        )
    return value


def _seconds_setting(name, default):
    value = getattr(settings, name, default)
    # True is an int for Python.
    if type(value) is not int or value < 1:
        raise ImproperlyConfigured(f"{name} must be a whole number of seconds, 1 or more")
    return value


@checks.register("pta")
def check_settings(app_configs=None, **kwargs):
    """manage.py check: reports wrong settings at start-up, not when the first link is made."""
    found = []
    readers = [
        pta_key, pta_iv, pta_lifetime, pta_step, pta_public, pta_name, pta_seal_key, pta_bind_mtime,
    ]  # fmt: skip
    for number, read in enumerate(readers, start=1):
        try:
            read()
        except ImproperlyConfigured as error:
            found.append(checks.Error(str(error), id=f"pta.E{number:03}"))
    if not found and pta_key().lower() == pta_iv().lower():
        hint = "pta keygen makes a pair"
        found.append(checks.Warning("PTA_KEY and PTA_IV are equal", hint=hint, id="pta.W001"))
    if not found and pta_step() > pta_lifetime():
        hint = f"links live for {pta_lifetime()} to {pta_lifetime() + pta_step() - 1} seconds"
        text = "PTA_STEP is longer than PTA_LIFETIME"
        found.append(checks.Warning(text, hint=hint, id="pta.W002"))
    if not found and any(
        secret().lower() in (pta_seal_key() or "").lower() for secret in (pta_key, pta_iv)
    ):
        text = "PTA_SEAL_KEY contains PTA_KEY or PTA_IV"
        found.append(checks.Warning(text, id="pta.W003"))
    return found
