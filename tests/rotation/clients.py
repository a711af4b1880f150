"""Clients that keep sending requests while keys change."""

import collections
import contextlib
import threading
import time


class Client(threading.Thread):
    """Calls `turn` until it is stopped.

    `turn` gets the client. It returns the step of the rotation that it belongs to, and what it has
    found wrong, or None.
    """

    def __init__(self, turn):
        super().__init__(daemon=True)
        self.turn = turn
        self.stopped = threading.Event()
        self.turns = collections.Counter()
        self.wrong = collections.Counter()

    def run(self):
        while not self.stopped.is_set():
            try:
                step, fault = self.turn(self)
                self.turns[step] += 1
            except Exception as error:
                fault = repr(error)
            if fault:
                self.wrong[fault] += 1


class Clients:
    """Several clients, and what they have found."""

    def __init__(self, count, turn):
        self.clients = [Client(turn) for _ in range(count)]

    @contextlib.contextmanager
    def running(self):
        try:
            for client in self.clients:
                client.start()
            yield self
        finally:
            for client in self.clients:
                client.stopped.set()
            for client in self.clients:
                client.join(20)
            assert not any(client.is_alive() for client in self.clients)

    def wait(self, step, turns, seconds=30):
        """Returns when every client has made `turns` more turns in this step."""
        wanted = {client: client.turns[step] + turns for client in self.clients}
        end = time.monotonic() + seconds
        while any(client.turns[step] < count for client, count in wanted.items()):
            assert time.monotonic() < end, f"no {turns} turns in {step}: {self.wrong}"
            time.sleep(0.002)

    @property
    def turns(self):
        return sum((client.turns for client in self.clients), collections.Counter())

    @property
    def wrong(self):
        """What was wrong, and how often."""
        return dict(sum((client.wrong for client in self.clients), collections.Counter()))
