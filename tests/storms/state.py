"""What the clients must send now, shared by all processes."""

import time

from harness.parallel import fork


class State:
    """The generation that nginx serves, and whether it is changing.

    Clients confirm what they have read. Until all have, requests made from the old state may be on
    their way.
    """

    def __init__(self, clients, wait_for):
        self.wait_for = wait_for
        # The serial number of the state, the generation, whether it is changing.
        self.value = fork.Array("q", [0, 0, 0])
        self.seen = fork.Array("q", [-1] * clients)
        # An epoch ends with a pause. By client: the last pause in which it has rested.
        self.epoch = fork.Value("q", 0)
        self.is_paused = fork.Value("b", 0)
        self.resting = fork.Array("q", [-1] * clients)
        self.stop = fork.Value("b", 0)
        self.failed = fork.Value("b", 0)
        self.done = fork.Value("q", 0)
        self.results = fork.Queue()

    def pause(self):
        """Returns when all clients have their responses, and send nothing. Begins an epoch."""
        self.is_paused.value = 1
        self.epoch.value += 1
        self.wait_for(
            lambda: self.failed.value or min(self.resting[:]) >= self.epoch.value,
            "a client does not rest",
        )
        return self.epoch.value

    def resume(self):
        self.is_paused.value = 0

    def rest(self, client):
        """Returns the epoch, when there is no pause."""
        while self.is_paused.value and not self.stop.value:
            self.resting[client] = self.epoch.value
            time.sleep(0.002)
        return self.epoch.value

    def set(self, generation, changing):
        """Returns when all clients send what fits this state."""
        with self.value.get_lock():
            self.value[:] = [self.value[0] + 1, generation, int(changing)]
            serial = self.value[0]
        self.wait_for(
            lambda: self.failed.value or min(self.seen[:]) >= serial,
            "a client does not see the new state",
        )

    def read(self, client):
        with self.value.get_lock():
            serial, generation, changing = self.value[:]
        self.seen[client] = serial
        return generation, bool(changing)
