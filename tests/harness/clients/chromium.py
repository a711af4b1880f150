"""Headless Chromium, driven by its DevTools protocol on a pipe: JSON that ends with NUL."""

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
]


def find():
    """The path of the browser, Debian's package `chromium`."""
    path = shutil.which("chromium")
    assert path, "chromium is missing: run scripts/setup --test"
    return path


class Browser:
    """One tab, with an empty profile. `switches` are more switches of the command line."""

    def __init__(self, *switches, timeout=60):
        self.switches = switches
        self.timeout = timeout
        self.last_id = 0
        self.buffer = b""
        self.events = []
        self.session = None

    def __enter__(self):
        self.profile = tempfile.mkdtemp(prefix="pta-chromium-")
        # Chromium reads from file descriptor 3 and writes to 4.
        read_end, self.to_browser = os.pipe()
        self.from_browser, write_end = os.pipe()
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{read_end} 4>&{write_end}', "bash", find(), *SWITCHES,
             *self.switches, f"--user-data-dir={self.profile}", "about:blank"],
            pass_fds=(read_end, write_end),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # The browser has many processes. They end with their group.
            start_new_session=True,
        )  # fmt: skip
        os.close(read_end)
        os.close(write_end)
        try:
            self._open_tab()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _open_tab(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = attached["sessionId"]
        self.call("Network.enable")
        self.call("Page.enable")

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.to_browser)
        os.close(self.from_browser)
        shutil.rmtree(self.profile, ignore_errors=True)

    def call(self, method, **parameters):
        """The result of a command of the protocol."""
        self.last_id += 1
        message = {"id": self.last_id, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to_browser, json.dumps(message).encode() + b"\0")
        answer = self.wait_for(lambda message: message.get("id") == self.last_id)
        assert "error" not in answer, answer
        return answer["result"]

    def wait_for(self, condition):
        """The first message that fulfils the condition; events are kept on the way."""
        end = time.monotonic() + self.timeout
        while True:
            message = self._receive(end)
            if "method" in message:
                self.events.append(message)
            if condition(message):
                return message

    def _receive(self, end):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.from_browser], [], [], max(0, end - time.monotonic()))
            assert ready, "the browser does not answer"
            part = os.read(self.from_browser, 1 << 16)
            assert part, "the browser has ended"
            self.buffer += part
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def leave(self):
        """Leaves the page: it asks for nothing any more."""
        self._load("about:blank")

    def _load(self, url):
        self.events.clear()
        self.call("Page.navigate", url=url)
        if not self._has("Page.loadEventFired"):
            self.wait_for(lambda message: message.get("method") == "Page.loadEventFired")

    def open(self, url):
        """Goes to a page. Its status, and whether it came from the browser's cache."""
        self._load(url)
        for event in self.events:
            if event["method"] == "Network.responseReceived":
                response = event["params"]["response"]
                if response["url"] == url:
                    return response["status"], bool(response.get("fromDiskCache"))
        raise AssertionError(f"no response for {url}")

    def _has(self, method):
        return any(event["method"] == method for event in self.events)

    def forget(self):
        """Empties the cache, and deletes all cookies."""
        self.call("Network.clearBrowserCache")
        self.call("Network.clearBrowserCookies")

    def evaluate(self, expression):
        """The value of a JavaScript expression in the page, which may be a promise."""
        result = self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")
