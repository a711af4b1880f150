"""A throw-away nginx. This is the only file that starts one."""

import dataclasses
import functools
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

CONFIGURATION = """\
load_module {module};
{user}
daemon off;
pid nginx.pid;
error_log error.log {error_level};
{main}
events {{
    worker_connections 4096;
}}
http {{
    client_body_temp_path tmp/body;
    proxy_temp_path tmp/proxy;
    fastcgi_temp_path tmp/fastcgi;
    uwsgi_temp_path tmp/uwsgi;
    scgi_temp_path tmp/scgi;
{http}
    access_log {access_log};
}}
"""

# No test passes with one of these in the error log.
FAULTS = re.compile(r"\[(?:alert|emerg)\]|panic|exited on signal")


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


class StartError(Exception):
    """nginx refused its configuration, or did not start. The text is what it printed."""


class Site:
    """A folder with configuration, files and logs, and the nginx that serves it.

    `http` is the content of the http block, `main` what stands before it. `@name@` becomes a free
    port, the same one for the same name. `files` are paths below html/ and their contents.
    `access_log` has a format behind the file, if it is not the usual one.
    """

    def __init__(
        self,
        nginx,
        http,
        *,
        main="worker_processes 1;",
        error_level="info",
        access_log="access.log",
        files=None,
    ):
        self.nginx = nginx
        self.http, self.main = http, main
        self.error_level, self.access_log = error_level, access_log
        self.ports = {}
        self.process = None
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="pta-test-"))
        # Workers may run as another user.
        self.root.chmod(0o755)
        for name in ("html", "tmp"):
            (self.root / name).mkdir()
        for name, content in (files or {}).items():
            self.write(f"html/{name}", content)

    def write(self, name, content):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def port(self, name="port"):
        return self.ports[name]

    def start(self):
        """Returns when nginx accepts connections."""
        for _ in range(5):
            try:
                self._start()
                return self
            except StartError as error:
                self.stop()
                # Another process took the port after it was found free.
                if "Address already in use" not in str(error):
                    raise
                self.ports.clear()
        raise StartError("no free port")

    def _start(self):
        self.write_configuration()
        with (self.root / "stderr").open("wb") as stderr:
            self.process = subprocess.Popen(
                self._command(), stdout=subprocess.DEVNULL, stderr=stderr
            )
        self._wait(lambda: self.workers(), "nginx has no workers")

    def write_configuration(self):
        http = re.sub(r"@(\w+)@", lambda found: str(self._port(found[1])), self.http)
        # Only root can choose, and root's files are in a folder of root's.
        user = "user root;" if os.geteuid() == 0 else ""
        text = CONFIGURATION.format(
            module=self.nginx.module,
            user=user,
            main=self.main,
            http=http,
            error_level=self.error_level,
            access_log=self.access_log,
        )
        (self.root / "nginx.conf").write_text(text)

    def _command(self, *arguments):
        return [self.nginx.binary, "-p", self.root, "-e", "error.log", "-c", "nginx.conf",
                *arguments]  # fmt: skip

    def _port(self, name):
        if name not in self.ports:
            self.ports[name] = free_port()
        return self.ports[name]

    def refusal(self):
        """What `nginx -t` prints if it refuses the configuration, else None."""
        self.write_configuration()
        done = subprocess.run(
            self._command("-t"), capture_output=True, text=True, timeout=60, check=False
        )
        return done.stderr if done.returncode else None

    def _wait(self, condition, otherwise, seconds=30):
        """The first true value of the condition."""
        end = time.monotonic() + seconds
        while not (value := condition()):
            if self.process.poll() is not None:
                raise StartError((self.root / "stderr").read_text())
            if time.monotonic() > end:
                raise StartError(otherwise)
            time.sleep(0.01)
        return value

    def workers(self):
        """The process ids of the workers."""
        pid = self.process.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in children]

    def reload(self):
        """Returns when the workers of the old configuration are gone."""
        old = self.workers()
        self.process.send_signal(signal.SIGHUP)
        self._wait(lambda: set(self.workers()) - set(old), "a reload brings no new workers")
        self._wait(lambda: not set(self.workers()) & set(old), "the old workers do not end")

    def read(self, name="error.log"):
        path = self.root / name
        return path.read_text(errors="backslashreplace") if path.exists() else ""

    def faults(self):
        """The lines of the error log that report a fault. A test with such a line has failed."""
        return [line for line in self.read().splitlines() if FAULTS.search(line)]

    def stop(self):
        process, self.process = self.process, None
        if not process:
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            process.send_signal(sign)
            try:
                process.wait(10)
                break
            except subprocess.TimeoutExpired:
                continue

    def remove(self, keep_in=None):
        """Stops nginx and removes the folder. `keep_in`: moves the folder there instead."""
        self.stop()
        if keep_in:
            shutil.rmtree(keep_in, ignore_errors=True)
            keep_in.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(self.root, keep_in)
        else:
            shutil.rmtree(self.root, ignore_errors=True)


def free_port():
    """A port that is free for TCP and for UDP, because QUIC uses both."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            try:
                udp.bind(tcp.getsockname())
            except OSError:
                continue
            return tcp.getsockname()[1]
