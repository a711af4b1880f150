"""wrk over HTTP/1.1 and h2load over HTTP/2, asking without a pause with a token that is always good.

They are what administrators know, and do not know what the clients of storms.py do: they do not ask again where a connection
ends under a request (RFC 9110 9.2.2) or a GOAWAY says that it was not taken. So what they did not get an answer to is no fault as
long as it is no more than their connections had when workers ended; every answer that they did get must be the file.
"""

import re
import signal
import subprocess
import threading

from nginx_site import StageError, figure

# Some 1,300 requests a second.
WRK_CONNECTIONS = 8
WRK_DELAY = "function delay() return 5 end\n"
# Short runs: behind a GOAWAY, it gives up what is left of one.
H2LOAD_REQUESTS = 50
H2LOAD = ["h2load", "--clients=2", "--max-concurrent-streams=5", f"--requests={H2LOAD_REQUESTS}"]
H2LOAD_PAUSE = 0.02
LONGEST = 1800  # seconds


class SteadyLoad:
    def __init__(self, site, port1, port2, target):
        self.script = site.root / "delay.lua"
        self.script.write_text(WRK_DELAY)
        self.url1, self.url2 = (f"http://127.0.0.1:{port}{target}" for port in (port1, port2))
        self.answered = self.refused = self.unanswered = 0
        self.stop = threading.Event()
        self.wrk = self.problem = None

    def start(self):
        command = ["wrk", "--threads=1", f"--connections={WRK_CONNECTIONS}", f"--duration={LONGEST}s", f"--script={self.script}", self.url1]
        self.wrk = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.thread = threading.Thread(target=self.run_h2load, daemon=True)
        self.thread.start()

    def run_h2load(self):
        """It prints what it has counted at the end of a run."""
        try:
            while not self.stop.wait(H2LOAD_PAUSE):
                told = subprocess.run([*H2LOAD, self.url2], capture_output=True, text=True, timeout=60, check=False).stdout
                good, *others = map(int, re.search(r"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", told).groups())
                total = int(re.search(r"requests: (\d+) total", told)[1])
                self.answered += good
                self.refused += sum(others)
                self.unanswered += total - good - sum(others)
        except (subprocess.SubprocessError, TypeError, AttributeError) as error:
            self.problem = f"h2load: {error}"

    def cancel(self):
        self.stop.set()
        if self.wrk:
            self.wrk.kill()
            self.wrk.wait()

    def finish(self, endings):
        """Ends them in order and tells what they counted; fails if one got another answer than the file, or too often none for as
        many endings of workers."""
        self.stop.set()
        if self.wrk.poll() is not None:
            raise StageError(f"wrk ended by itself: {self.wrk.stdout.read()}")
        self.wrk.send_signal(signal.SIGINT)
        told = self.wrk.communicate(timeout=30)[0]
        self.thread.join(60)
        if self.problem or self.thread.is_alive():
            raise StageError(self.problem or "h2load does not end")
        answered = int(re.search(r"(\d+) requests in ", told)[1])
        refused = number_in(r"Non-2xx or 3xx responses: (\d+)", told)
        errors = {kind: number_in(rf"Socket errors:.* {kind} (\d+)", told) for kind in ("connect", "read", "write", "timeout")}
        broken = errors["read"] + errors["write"]
        figure("wrk, HTTP/1.1: answered, refused, connections ended under a request", f"{answered}, {refused}, {broken}")
        figure("h2load, HTTP/2: answered, refused, not answered", f"{self.answered}, {self.refused}, {self.unanswered}")
        if refused or self.refused:
            raise StageError(f"a good token refused: {refused} times to wrk, {self.refused} times to h2load")
        if errors["connect"] or errors["timeout"]:
            raise StageError(f"wrk could not connect or waited in vain: {errors}")
        # A new connection may come to an old worker that has yet to hear of its end.
        if broken > 2 * endings * WRK_CONNECTIONS or self.unanswered > endings * H2LOAD_REQUESTS:
            raise StageError(f"more without an answer than {endings} endings of workers explain")
        if answered < 1000 or self.answered < 1000:
            raise StageError("too few requests of wrk or h2load to prove anything")


def number_in(pattern, text):
    found = re.search(pattern, text)
    return int(found[1]) if found else 0
