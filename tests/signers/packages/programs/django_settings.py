# ruff: noqa: F821
# It stands below the settings that Django has made.

import os

INSTALLED_APPS += ["django_pta"]
STORAGES = {
    "default": {"BACKEND": "django_pta.TokenStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = BASE_DIR / "media"
MEDIA_URL = "/media/"
PTA_KEY = os.environ["PTA_KEY"]
PTA_IV = os.environ["PTA_IV"]
PTA_LIFETIME = 3600
