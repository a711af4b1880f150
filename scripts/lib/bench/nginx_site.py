"""A throw-away nginx of one process in a folder of its own, on loopback only."""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

MAIN = """\
{load_module}
daemon off;
# One process: what is counted or traced is all there is.
master_process off;
worker_processes 1;
pid nginx.pid;
error_log error.log;

events {{
}}

http {{
    access_log {access_log};
    keepalive_requests 1000000000;
    # So that long tokens and many cookies fit.
    large_client_header_buffers 4 64k;
    client_body_temp_path tmp/body;
    proxy_temp_path tmp/proxy;
    fastcgi_temp_path tmp/fastcgi;
    uwsgi_temp_path tmp/uwsgi;
    scgi_temp_path tmp/scgi;

    server {{
        listen 127.0.0.1:{port};
{server}
    }}
}}
"""

START_SECONDS = 60
STOP_SECONDS = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """One configuration. `server` is the content of its one server block; `modules` are files of other modules to load, `files`
    are pairs of a name and a text in its folder."""

    def __init__(self, tools, server, *, with_module=True, access_log="access.log", modules=(), files=()):
        self.tools = tools
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pta-bench-"))
        # Workers of a master drop to another user, who must get at it.
        self.folder.chmod(0o755)
        (self.folder / "tmp").mkdir()
        self.port = free_port()
        self.process = None
        loaded = [*modules, tools.module] if with_module else modules
        load = "\n".join(f"load_module {file};" for file in loaded)
        for name, text in files:
            (self.folder / name).write_text(text)
        self.configuration = self.folder / "nginx.conf"
        self.configuration.write_text(
            MAIN.format(load_module=load, access_log=access_log, port=self.port, server=server)
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def command_line(self, *arguments):
        return [self.tools.nginx, "-p", str(self.folder), "-e", "error.log", "-c", "nginx.conf", *arguments]

    def start(self, *wrapper):
        """Starts nginx, under `wrapper` (valgrind, taskset) if there is one, and waits until it listens."""
        with open(self.folder / "output", "wb") as output:
            self.process = subprocess.Popen(
                [*wrapper, *self.command_line()], stdout=output, stderr=output, stdin=subprocess.DEVNULL
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"nginx did not start:\n{self._output()}")
            time.sleep(0.02)

    def stop(self):
        """Ends the process that start() started, and waits for it."""
        if self.process is None or self.process.poll() is not None:
            return
        self._wait_until_idle()
        for _ in range(STOP_SECONDS):
            # Once more each second: nginx overlooks a signal that comes just before it goes to sleep.
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(1)
                return
        self.process.kill()
        self.process.wait()

    def test_cpu_seconds(self):
        """The processor time that `nginx -t` takes with this configuration."""
        with open(self.folder / "output", "wb") as output:
            process = subprocess.Popen(self.command_line("-t"), stdout=output, stderr=output)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"nginx -t failed:\n{self._output()}")
        return usage.ru_utime + usage.ru_stime

    def resident_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Private_Dirty:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("no Private_Dirty in smaps_rollup")

    def _wait_until_idle(self):
        """Waits until nginx has dealt with the end of the last connection and sleeps."""
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat")
        for _ in range(100):
            before = stat.read_text()
            time.sleep(0.02)
            if stat.read_text() == before and before.rpartition(")")[2].split()[0] == "S":
                return

    def _listens(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def _output(self):
        logs = [self.folder / "output", self.folder / "error.log"]
        return "\n".join(log.read_text(errors="replace") for log in logs if log.exists())
