"""The versions of nginx that the tests run on.

PTA_TEST_NGINX names them, one a line: the path of nginx, a colon, the path of the module that was
built for it. `scripts/test tests` sets it.
"""

import dataclasses
import functools
import os
import pathlib
import re
import subprocess


@dataclasses.dataclass(frozen=True)
class Nginx:
    """A binary, and the module that was built for it."""

    binary: str
    module: str

    @functools.cached_property
    def build(self):
        """What `nginx -V` prints."""
        command = [self.binary, "-V"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stderr

    @functools.cached_property
    def version(self):
        """For example (1, 28, 3)."""
        return tuple(map(int, re.search(r"nginx/(\d+)\.(\d+)\.(\d+)", self.build).groups()))

    def __str__(self):
        return "nginx-" + ".".join(map(str, self.version))

    def has(self, module):
        """Whether it is configured --with-MODULE."""
        return f"--with-{module} " in self.build.replace("\n", " ") + " "

    def lacks(self, module):
        """Whether it is configured --without-MODULE."""
        return f"--without-{module} " in self.build.replace("\n", " ") + " "

    def dynamic_modules(self, *names):
        """The files of modules that were packaged for this nginx. Empty if one is missing."""
        folder = re.search(r"--modules-path=(\S+)", self.build)
        files = [pathlib.Path(folder[1], f"{name}.so") for name in names] if folder else []
        return files if all(file.exists() for file in files) else []

    def listen(self, address, *, http2=False):
        """The directives of a server that listens there."""
        if not http2:
            return f"listen {address};"
        # Since 1.25.1, HTTP/2 is a directive of its own.
        if self.version >= (1, 25, 1):
            return f"listen {address}; http2 on;"
        return f"listen {address} http2;"

    def listen_on_both(self):
        """Those of a server with a port for HTTP/1.1, @http1@, and one for HTTP/2, @http2@."""
        http2 = self.listen("127.0.0.1:@http2@", http2=True)
        return f"{self.listen('127.0.0.1:@http1@')} {http2}"


def installations(variable="PTA_TEST_NGINX"):
    """The versions that an environment variable names."""
    lines = os.environ.get(variable, "").splitlines()
    return [Nginx(*line.split(":")) for line in lines]
