"""Prints the link of the installed storage to a file: NAME."""

import os
import sys

import django
from django.core.files.storage import default_storage

os.environ["DJANGO_SETTINGS_MODULE"] = "website.settings"
django.setup()

print(default_storage.url(sys.argv[1]))
