"""A throw-away nginx: start, reload, upgrade, stop. This is the only file that starts one."""

import dataclasses
import itertools
import os
import re
import signal
import subprocess
import time

from harness import processes
from harness.configuration import configuration
from harness.folder import Folder
from harness.ports import free_port

# No test passes with one of these in the error log.
FAULTS = re.compile(r"\[(?:alert|emerg)\]|panic|exited on signal")

# Valgrind needs seconds for what nginx does at once.
START_SECONDS = 60
# A reload is complete when the last request of the old configuration has ended.
RELOAD_SECONDS = 30
STOP_SECONDS = 30
# After SIGTERM, nginx kills a worker that does not end within a second. A tool that looks for leaks
# at the end takes longer. After SIGQUIT, nginx waits.
QUIT_SECONDS = 20


class StartError(Exception):
    """nginx refused its configuration, or did not start. The text is what it printed."""


@dataclasses.dataclass(frozen=True)
class Finished:
    """What a run of nginx that ends by itself has left, for example `nginx -t`."""

    status: int
    output: str
    # The processor's time, of user and system.
    cpu_seconds: float


class Site(Folder):
    """A folder with configuration, files and logs, and the nginx that serves it.

    `http` is the content of the http block, `main` the text before it, `events` the content of
    the events block. If `http` is None, there are no blocks but those of `main`. `@name@` becomes
    a free port, the same one for the same name. `files` are paths below html/ and their contents,
    `beside` those beside nginx.conf.

    `user` is that of the workers, if root runs the test. By default, the folder is root's.
    `access_log` is a file, and a format after it if it is not the default one.
    `load_modules` are loaded before the module, `with_module=False` leaves the module out.
    `single_process`: one process does all the work, so that a profile shows it.
    `daemon`: nginx ignores SIGUSR2 without it, so a binary upgrade needs it.
    `wrapper` is a command that runs nginx, for example valgrind with its options.
    `environment` is added to the environment of nginx.
    `root` and `ports` take the place of a new folder and of free ports.
    `caused_faults` matches lines of the error log that report faults which the test causes.
    """

    def __init__(
        self,
        nginx,
        http,
        *,
        main="worker_processes 1;",
        events="worker_connections 4096;",
        error_level="info",
        user="root",
        access_log="access.log",
        files=None,
        beside=None,
        load_modules=(),
        with_module=True,
        single_process=False,
        daemon=False,
        wrapper=(),
        environment=None,
        root=None,
        ports=None,
        caused_faults=None,
    ):
        super().__init__(root, files, beside)
        self.nginx = nginx
        self.http, self.main, self.events = http, main, events
        self.error_level, self.access_log = error_level, access_log
        self.user = user
        self.load_modules, self.with_module = load_modules, with_module
        self.single_process, self.daemon = single_process, daemon
        self.wrapper, self.environment = wrapper, environment or {}
        self.ports, self._has_fixed_ports = dict(ports or {}), bool(ports)
        self.caused_faults = caused_faults
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()

    # ---- files

    def faults(self):
        """The lines of the error log that report a fault. A test with such a line has failed."""
        faults = [line for line in self.read().splitlines() if FAULTS.search(line)]
        caused = self.caused_faults
        return [line for line in faults if not (caused and re.search(caused, line))]

    def write_configuration(self):
        text = configuration(self)
        self.write("nginx.conf", re.sub(r"@(\w+)@", lambda found: str(self._port(found[1])), text))

    def port(self, name="port"):
        return self.ports[name]

    def _port(self, name):
        # A port is free until nginx listens there, so the same one may be found twice.
        while name not in self.ports:
            port = free_port()
            if port not in self.ports.values():
                self.ports[name] = port
        return self.ports[name]

    # ---- nginx that ends by itself

    def run(self, *arguments, seconds=60):
        """Runs nginx with these arguments to its end."""
        process = self._popen("run", *arguments)
        end = time.monotonic() + seconds
        while not (found := os.wait4(process.pid, os.WNOHANG))[0]:
            if time.monotonic() > end:
                # Its workers would go on without it.
                for pid in (process.pid, *processes.children(process.pid)):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.002)
        _, status, usage = found
        process.returncode = os.waitstatus_to_exitcode(status)
        return Finished(
            process.returncode, self.read("output-of-run"), usage.ru_utime + usage.ru_stime
        )

    def test(self):
        """`nginx -t`."""
        self.write_configuration()
        return self.run("-t")

    def refusal(self):
        """What `nginx -t` prints if it refuses the configuration, else None."""
        done = self.test()
        return done.output if done.status else None

    def _popen(self, purpose, *arguments):
        command = [*self.wrapper, self.nginx.binary, "-p", self.root, "-e", "error.log",
                   "-c", "nginx.conf", *arguments]  # fmt: skip
        with (self.root / f"output-of-{purpose}").open("wb") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **self.environment},
            )

    # ---- nginx that runs

    def start(self):
        """Returns when nginx accepts connections."""
        for _ in range(5):
            try:
                self._start()
                return self
            except StartError as error:
                self.stop()
                # Another process took the port after it was found free.
                if "Address already in use" not in str(error) or self._has_fixed_ports:
                    raise
                self.ports.clear()
        raise StartError("no free port")

    def _start(self):
        self.write_configuration()
        if self.daemon:
            done = self.run()
            if done.status:
                raise StartError(done.output)
        else:
            self.process = self._popen("start")
        # nginx writes the file when it listens.
        self.wait_for(self.master, "nginx has no file nginx.pid", START_SECONDS)
        if not self.single_process:
            self.wait_for(self.workers, "nginx has no workers", START_SECONDS)

    def wait_for(self, condition, otherwise, seconds=30):
        """The first true value of the condition. Fails at once if nginx ends by itself."""
        end = time.monotonic() + seconds
        while not (value := condition()):
            if self.process and self.process.poll() is not None:
                raise StartError(self.read("output-of-start"))
            if time.monotonic() > end:
                raise StartError(otherwise)
            time.sleep(0.01)
        return value

    def master(self):
        """The process id of the master or of the single process. None if there is none."""
        return self._pid_in("nginx.pid")

    def old_master(self):
        """The process id of the master that a binary upgrade replaces."""
        return self._pid_in("nginx.pid.oldbin")

    def _pid_in(self, name):
        text = self.read(name).strip()
        return int(text) if text and processes.is_alive(int(text)) else None

    def workers(self):
        """The process ids of the workers."""
        masters = {self.master(), self.old_master()}
        children = processes.children(self.master())
        return [pid for pid in children if pid not in masters and processes.is_alive(pid)]

    def signal(self, sign):
        """Sends a signal to the master."""
        os.kill(self.master(), sign)

    def reload(self, *, wait=True, seconds=RELOAD_SECONDS):
        """Returns when the workers of the old configuration are gone."""
        self.write_configuration()
        old = set(self.workers())
        self.signal(signal.SIGHUP)
        if wait:
            what = "a reload brings no new workers"
            self.wait_for(lambda: set(self.workers()) - old, what, seconds)
            what = "the old workers do not end"
            self.wait_for(lambda: not old & set(self.workers()), what, seconds)

    def start_upgrade(self):
        """Starts the binary once more, beside the old master, and returns both masters."""
        old = self.master()
        os.kill(old, signal.SIGUSR2)
        self.wait_for(lambda: self.master() not in (None, old), "a binary upgrade does not start")
        self.wait_for(self.workers, "the new master has no workers")
        return old, self.master()

    def upgrade(self):
        """Replaces nginx by the binary and the modules that are there now."""
        old, _ = self.start_upgrade()
        os.kill(old, signal.SIGQUIT)
        self.wait_for(lambda: not processes.is_alive(old), "the old master does not end")

    def stop(self):
        """Ends nginx and all its processes."""
        masters = [pid for pid in (self.master(), self.old_master()) if pid]
        started = [self.process.pid] if self.process else []
        family = {*started, *masters}.union(*map(processes.children, masters))
        # Every second, because nginx loses a signal that comes just before it goes to sleep.
        quits = QUIT_SECONDS if os.environ.get("PTA_TEST_QUIT") else 0
        signals = {signal.SIGQUIT: quits, signal.SIGTERM: STOP_SECONDS, signal.SIGKILL: 1}
        for sign in itertools.chain(*map(itertools.repeat, signals, signals.values())):
            # A wrapper ends when its nginx has ended.
            for pid in family if sign == signal.SIGKILL else masters or started:
                if processes.is_alive(pid):
                    os.kill(pid, sign)
            if processes.have_ended(family, seconds=1):
                break
        if self.process:
            self.process.wait()
        self.process = None

    def remove(self, keep_in=None):
        """Stops nginx and removes the folder. `keep_in`: moves the folder there instead."""
        self.stop()
        if keep_in:
            self.move_to(keep_in)
        else:
            super().remove()
