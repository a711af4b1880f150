"""Fixtures: nginx with a configuration of docs/migrate.md, and applications behind it."""

import http.client
import pathlib
import subprocess
import sys
import time

import pytest

from documents.configurations import Configuration
from documents.pages import page
from harness.ports import free_port
from harness.project import PROJECT


class Application:
    """A Python program that is given a port, and serves HTTP there."""

    def __init__(self, folder, *command, **options):
        self.port = free_port()
        self.log = (folder / f"application-{self.port}.log").open("wb")
        command = [sys.executable, *command, str(self.port)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, **options)
        end = time.monotonic() + 60
        while not self._answers():
            assert self.process.poll() is None, folder
            assert time.monotonic() < end, "the application does not answer"
            time.sleep(0.05)

    def _answers(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            return False
        finally:
            connection.close()
        return True

    def lines(self):
        """What it has printed."""
        return pathlib.Path(self.log.name).read_text(encoding="utf-8").splitlines()

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


@pytest.fixture
def application(tmp_path):
    """Starts applications, and ends them."""
    started = []

    def start(*command, **options):
        started.append(Application(tmp_path, *command, **options))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def recipe(site):
    """Starts nginx with the block of docs/migrate.md that has this text.

    Returns the site and the Configuration. `port` is that of the application.
    """

    def start(text, port=9, before=None):
        shown = page("docs/migrate.md")
        [block] = [block for block in shown.of("nginx") if text in block.text]
        configuration = Configuration(block, shown)
        # A refused request is logged as an error by auth_request and njs.
        made = site.make(None)
        configuration.write(made, "127.0.0.1:@portNUMBER@", f"127.0.0.1:{port}")
        if before:
            before(made)
        return made.start(), configuration

    return start


@pytest.fixture
def recipes():
    """The folder of files that the page names."""
    return PROJECT / "nginx-config/recipes"
