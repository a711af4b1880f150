"""A Django project with the storage of django-titofisto: python django_project.py PORT.

The variable SETTINGS has settings as JSON. The URLs are those of django-titofisto, and for tests:

    /link/STORAGE/NAME   the link of a storage
    /save/STORAGE/NAME   saves what is sent, and answers with its name
    /titofisto-slot/     an upload slot of django-titofisto
    /pta-slot/           one of slots.py, which docs/migrate.md prints
    /file-slot/          one of those for a file that nginx stores
"""

import json
import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIServer, make_server

import django
from django.conf import settings
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.urls import include, path

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["www.example.org"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    MEDIA_URL="/media/",
    TITOFISTO_ENABLE_UPLOAD=True,
    USE_TZ=True,
    **json.loads(os.environ["SETTINGS"]),
)
django.setup()

import slots  # noqa: E402
from django.core.files.storage import storages  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from titofisto.views import TitofistoUploadView  # noqa: E402


def link(request, storage, name):
    return HttpResponse(storages[storage].url(name))


def save(request, storage, name):
    return HttpResponse(storages[storage].save(name, ContentFile(request.body)))


def titofisto_slot(request):
    return HttpResponse(TitofistoUploadView.get_upload_slot(f"{__name__}.received", ("a",)))


def pta_slot(request):
    return HttpResponse(slots.get_upload_slot(f"{__name__}.received", ("a",)))


def file_slot(request):
    return HttpResponse(slots.get_upload_slot(f"{__name__}.stored", ("a",), file="a.txt"))


def stored(request, argument):
    """The callback of a slot whose file nginx has stored."""
    line = f"stored {argument} {request.method} {request.path} {request.body}\n"
    # In one piece: the server's threads write their log to the same file.
    os.write(1, line.encode())


def received(request, argument):
    """The callback of the slot."""
    content = request.FILES["file"].read().decode()
    return HttpResponse(f"{argument} {request.FILES['file'].name} {content}", status=201)


urlpatterns = [
    path("media/", include("titofisto.urls")),
    path("link/<storage>/<path:name>", link),
    path("save/<storage>/<path:name>", save),
    path("titofisto-slot/", titofisto_slot),
    path("pta-slot/", pta_slot),
    path("file-slot/", file_slot),
    path("slot/<slot>/", slots.upload),
    path("slot-file/<slot>/<file>", slots.upload),
]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


if __name__ == "__main__":
    call_command("check", "--fail-level", "WARNING")
    make_server("127.0.0.1", int(sys.argv[1]), get_wsgi_application(), Server).serve_forever()
