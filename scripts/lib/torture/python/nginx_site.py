"""An nginx in a folder of its own: started, reloaded, upgraded, measured and stopped, always by its process ids."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time


class StageError(Exception):
    """What the stage is to say before it fails."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def figure(name, value):
    print(f"{name}\t{value}", flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, what, seconds=15.0):
    """The first true value of the condition."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise StageError(f"after {seconds:.0f} seconds still not: {what}")


def alive(pid):
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def children(pid):
    try:
        return [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def memory(pid):
    """Resident and proportional set size in KiB."""
    found = {}
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in ("Rss", "Pss"):
            found[name] = int(rest.split()[0])
    return found["Rss"], found["Pss"]


def open_files(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


class Site:
    """A prefix with configuration, keys, files and logs, and the nginx that serves it."""

    def __init__(self, nginx, module):
        self.nginx, self.module = nginx, module
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="pta-torture-"))
        self.root.chmod(0o755)
        for name in ("html", "keys", "tmp"):
            (self.root / name).mkdir()
        self.error_log = self.root / "error.log"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def configure(self, main, http):
        (self.root / "nginx.conf").write_text(
            f"""load_module {self.module};
pid nginx.pid;
error_log error.log;
{main}
http {{
    client_body_temp_path tmp/body;
    proxy_temp_path tmp/proxy;
    fastcgi_temp_path tmp/fastcgi;
    uwsgi_temp_path tmp/uwsgi;
    scgi_temp_path tmp/scgi;
    {http}
}}
"""
        )

    def listen(self, http1_port, http2_port):
        """The directives of a server with a port for HTTP/1.1 and one for HTTP/2."""
        told = subprocess.run([self.nginx, "-v"], capture_output=True, text=True, check=True).stderr
        version = tuple(map(int, re.search(r"nginx/(\d+)\.(\d+)\.(\d+)", told).groups()))
        # Since 1.25.1, it is the server that speaks HTTP/2.
        http2 = "; http2 on;" if version >= (1, 25, 1) else " http2;"
        return f"listen 127.0.0.1:{http1_port}; listen 127.0.0.1:{http2_port}{http2}"

    def write_key(self, name, content):
        """In one step, as an administrator's tool would: no reader ever sees half of it."""
        path = self.root / "keys" / name
        new = path.with_suffix(".new")
        new.write_bytes(content)
        new.chmod(0o600)
        new.replace(path)

    def start(self):
        command = [self.nginx, "-p", str(self.root), "-e", "error.log", "-c", "nginx.conf"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            raise StageError(f"nginx did not start: {done.stderr}")
        wait_for(lambda: self.master() and children(self.master()), "nginx has workers")

    def master(self):
        try:
            return int((self.root / "nginx.pid").read_text())
        except (OSError, ValueError):
            return None

    def workers(self):
        """The workers of the master, not a new master that it has started."""
        masters = {self.master(), self.old_master()}
        return [pid for pid in children(self.master()) if pid not in masters]

    def old_master(self):
        try:
            return int((self.root / "nginx.pid.oldbin").read_text())
        except (OSError, ValueError):
            return None

    def reload(self, seconds=30.0):
        """Returns when the workers of the old configuration are gone."""
        master, old = self.master(), self.workers()
        os.kill(master, signal.SIGHUP)
        wait_for(lambda: set(self.workers()) - set(old), "a reload brings new workers", seconds)
        wait_for(lambda: not any(map(alive, old)), "the workers of the old configuration end", seconds)

    def stop(self):
        for pid in {self.master(), self.old_master()} - {None}:
            family = [pid, *children(pid)]
            for sign, patience in ((signal.SIGQUIT, 5), (signal.SIGTERM, 5), (signal.SIGKILL, 1)):
                if not alive(pid):
                    break
                try:
                    os.kill(pid, sign)
                except ProcessLookupError:
                    break
                try:
                    wait_for(lambda p=pid: not alive(p), "nginx ends", patience)
                except StageError:
                    continue
            for orphan in family[1:]:
                if alive(orphan) and sign == signal.SIGKILL:
                    os.kill(orphan, signal.SIGKILL)
