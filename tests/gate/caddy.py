"""Caddy, as a process that a test starts. Debian's package `caddy`."""

import shutil
import subprocess
import tempfile
import time

from harness.clients import http1
from harness.ports import free_port

GLOBAL = "{\n    admin off\n    auto_https off\n}\n"


class Caddy:
    """Serves a Caddyfile, in which PORT is its port and ROOT a folder with these files."""

    def __init__(self, caddyfile, files):
        self.caddyfile, self.files = caddyfile, files

    def __enter__(self):
        program = shutil.which("caddy")
        assert program, "caddy is missing: run scripts/setup --test"
        self.folder = tempfile.TemporaryDirectory(prefix="pta-caddy-")
        for name, content in self.files.items():
            with open(f"{self.folder.name}/{name}", "w", encoding="utf-8") as file:
                file.write(content)
        self.port = free_port()
        text = self.caddyfile.replace("PORT", str(self.port)).replace("ROOT", self.folder.name)
        with open(f"{self.folder.name}/Caddyfile", "w", encoding="utf-8") as file:
            file.write(GLOBAL + text)
        self.process = subprocess.Popen(
            [program, "run", "--adapter", "caddyfile", "--config", f"{self.folder.name}/Caddyfile"],
            env={"HOME": self.folder.name, "PATH": "/usr/bin:/bin"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _wait(self):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(self.process.stderr.read().decode())
            try:
                http1.get(self.port, "/none")
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("caddy does not answer")

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        self.folder.cleanup()
