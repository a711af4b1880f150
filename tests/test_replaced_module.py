"""A replaced .so: a reload keeps the old code, and a new binary brings the new one.

docs/operations.md says so.
"""

import dataclasses
import pathlib
import re

import pytest

from harness import project
from harness.clients import http1

FILE = "modules/ngx_http_pta_module.so"

HTTP = """
    server { listen 127.0.0.1:@port@; location / { return 200 $pta_version; } }
"""


@pytest.fixture(scope="session")
def version():
    return project.version()


@pytest.fixture(scope="session")
def older(version):
    """Another version of the same length, so that it can be written into the file."""
    assert re.fullmatch(r"[0-9.]+", version)
    assert set(version) != {"9", "."}
    return re.sub("[0-9]", "9", version)


class Replaceable:
    """A site with a copy of the module, and the code that it runs."""

    def __init__(self, sites, nginx):
        self.built = pathlib.Path(nginx.module).read_bytes()
        self.site = sites.make(HTTP, error_level="notice", daemon=True, access_log="off")
        self.site.nginx = dataclasses.replace(nginx, module=FILE)

    def answer(self):
        return http1.get(self.site.port(), "/").body.decode()

    def logged(self):
        """The versions in the lines that the module writes at each start and reload."""
        return re.findall(r"pta: (.*), built for nginx ", self.site.read())


def test_a_reload_keeps_the_old_code_and_a_new_binary_brings_the_new(site, nginx, version, older):
    running = Replaceable(site, nginx)
    assert version.encode() in running.built
    running.site.replace(FILE, running.built.replace(version.encode(), older.encode()))
    running.site.start()
    assert (running.answer(), running.logged()) == (older, [older])
    running.site.replace(FILE, running.built)
    running.site.reload()
    assert (running.answer(), running.logged()) == (older, [older, older])
    running.site.upgrade()
    assert (running.answer(), running.logged()) == (version, [older, older, version])
