"""wrk over HTTP/1.1 and h2load over HTTP/2, which send a valid token without a pause.

Administrators know them. Unlike the clients of clients.py, they do not send a request again if its
connection ends (RFC 9110 9.2.2) or a GOAWAY says that it was not taken. So requests without a
response are no fault, unless there are more of them than were under way when workers ended. Each
response must be the file.
"""

import re
import signal
import subprocess
import threading

# Some 1,300 requests a second.
WRK_CONNECTIONS = 8
WRK_DELAY = "function delay() return 5 end\n"
# Short runs: after a GOAWAY, h2load gives up what is left of one.
H2LOAD_REQUESTS = 50
H2LOAD = ["h2load", "--clients=2", "--max-concurrent-streams=5", f"--requests={H2LOAD_REQUESTS}"]
H2LOAD_PAUSE = 0.02
# In seconds: longer than any test.
LONGEST = 7200
# Fewer responses prove nothing.
FEWEST = 1000


class SteadyLoad:
    """Both, on a site whose ports are named http1 and http2. Ends them with the block."""

    def __init__(self, site, target):
        self.script = site.write("delay.lua", WRK_DELAY)
        self.url = {name: f"http://127.0.0.1:{site.port(name)}{target}" for name in site.ports}
        self.answered = self.refused = self.unanswered = 0
        self.stop = threading.Event()
        self.problem = None

    def __enter__(self):
        self.wrk = subprocess.Popen(
            ["wrk", "--threads=1", f"--connections={WRK_CONNECTIONS}", f"--duration={LONGEST}s",
             f"--script={self.script}", self.url["http1"]],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        self.thread = threading.Thread(target=self.run_h2load, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.wrk.kill()
        self.wrk.wait()
        self.wrk.stdout.close()
        self.thread.join(60)

    def run_h2load(self):
        """h2load prints its counts at the end of a run."""
        try:
            while not self.stop.wait(H2LOAD_PAUSE):
                done = subprocess.run(
                    [*H2LOAD, self.url["http2"]],
                    capture_output=True,
                    text=True,
                    timeout=60,
                    check=False,
                )
                counts = r"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx"
                served, *others = map(int, re.search(counts, done.stdout).groups())
                total = number_in(r"requests: (\d+) total", done.stdout)
                self.answered += served
                self.refused += sum(others)
                self.unanswered += total - served - sum(others)
        except (OSError, subprocess.SubprocessError, AttributeError) as error:
            self.problem = f"h2load: {error!r}"

    def finish(self, figure, endings):
        """Ends both in order, and returns what is wrong with what they counted.

        `endings` is how often workers were shut down, or one was killed.
        """
        self.stop.set()
        if self.wrk.poll() is not None:
            return [f"wrk ended by itself: {self.wrk.stdout.read()}"]
        self.wrk.send_signal(signal.SIGINT)
        printed = self.wrk.communicate(timeout=30)[0]
        self.thread.join(60)
        if self.problem or self.thread.is_alive():
            return [self.problem or "h2load does not end"]
        answered = number_in(r"(\d+) requests in ", printed)
        refused = number_in(r"Non-2xx or 3xx responses: (\d+)", printed)
        errors = {
            kind: number_in(rf"Socket errors:.* {kind} (\d+)", printed)
            for kind in ("connect", "read", "write", "timeout")
        }
        broken = errors["read"] + errors["write"]
        figure(
            "wrk, HTTP/1.1: answered, refused, connections ended under a request",
            f"{answered}, {refused}, {broken}",
        )
        figure(
            "h2load, HTTP/2: answered, refused, not answered",
            f"{self.answered}, {self.refused}, {self.unanswered}",
        )
        problems = {
            f"a valid token refused to wrk: {refused} times": refused,
            f"a valid token refused to h2load: {self.refused} times": self.refused,
            f"wrk could not connect, or got no response in time: {errors}": (
                errors["connect"] or errors["timeout"]
            ),
            # An old worker that has not seen the signal yet may accept a new connection.
            f"wrk: more without a response than {endings} endings of workers explain": (
                broken > 2 * endings * WRK_CONNECTIONS
            ),
            f"h2load: more without a response than {endings} endings of workers explain": (
                self.unanswered > endings * H2LOAD_REQUESTS
            ),
            "too few requests of wrk or h2load to prove anything": (
                answered < FEWEST or self.answered < FEWEST
            ),
        }
        return [problem for problem, is_there in problems.items() if is_there]


def number_in(pattern, text):
    found = re.search(pattern, text)
    return int(found[1]) if found else 0
