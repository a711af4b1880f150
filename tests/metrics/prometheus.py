"""A Prometheus of Debian's package, with the project's own configuration."""

import contextlib
import json
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from harness.ports import free_port
from harness.project import PROJECT

FOLDER = PROJECT / "nginx-config/monitoring/prometheus"


def command(name):
    path = shutil.which(name)
    assert path, f"{name} is missing: run scripts/setup --test"
    return path


class Prometheus:
    """Scrapes one nginx every second."""

    def __init__(self, target):
        self.folder = Path(tempfile.mkdtemp(prefix="pta-prometheus-"))
        text = (FOLDER / "prometheus.yml").read_text()
        text, targets = re.subn(r'\["127\.0\.0\.1:8080"\]', f'["127.0.0.1:{target}"]', text)
        text, intervals = re.subn(r"_interval: 15s", "_interval: 1s", text)
        assert (targets, intervals) == (1, 2)
        (self.folder / "prometheus.yml").write_text(text)
        shutil.copy(FOLDER / "pta.rules.yml", self.folder)

    def __enter__(self):
        self.port = free_port()
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    command("prometheus"),
                    "--config.file=prometheus.yml",
                    "--storage.tsdb.path=data",
                    f"--web.listen-address=127.0.0.1:{self.port}",
                ],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder)

    def api(self, path, **parameters):
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                # It has no JSON while Prometheus starts.
                if error.code == 503:
                    raise ConnectionError("Prometheus is not ready") from error
                return json.load(error)

    def query(self, expression):
        """The result of an instant query."""
        answer = self.api("query", query=expression)
        assert answer["status"] == "success", f"{expression}: {answer}"
        return answer["data"]["result"]

    def wait_for(self, condition, what, seconds=60):
        end = time.monotonic() + seconds
        while True:
            with contextlib.suppress(OSError):
                if found := condition():
                    return found
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < end, what
            time.sleep(0.2)
