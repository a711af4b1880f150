"""A shell on a terminal of its own, to which a test types."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

SECONDS = 30


class Terminal:
    """Runs a command on a terminal. `text` is what it has printed."""

    def __init__(self, command, environment, folder):
        self.text = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(folder)
                os.execve(command[0], command, environment)
            finally:
                os._exit(127)
        # Wide enough that no line is broken.
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 100, 500, 0, 0))

    def type(self, text):
        os.write(self.fd, text.encode())

    def wait_for(self, pattern):
        """Reads until the pattern is in what was printed since the last wait. Returns the match."""
        end = time.monotonic() + SECONDS
        while not (found := re.search(pattern, self.text)):
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise AssertionError(f'no "{pattern}" within {SECONDS} s in: {self.text!r}')
            try:
                read = os.read(self.fd, 65536)
            except OSError:
                read = b""
            if not read:
                raise AssertionError(f'no "{pattern}" before the shell ended: {self.text!r}')
            self.text += read.decode(errors="backslashreplace")
        self.text = self.text[found.end() :]
        return found

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)
