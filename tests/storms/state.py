"""What the clients must send now, shared by all processes."""

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
        self.stop = fork.Value("b", 0)
        self.failed = fork.Value("b", 0)
        self.done = fork.Value("q", 0)
        self.results = fork.Queue()

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
