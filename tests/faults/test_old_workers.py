"""A worker of an old configuration is killed inside a change to a zone of used tokens.

The reload has removed the zone or given it another size. nginx's master knows only the zones of the
new configuration, so it does not free the mutex of the old one. Nobody waits for the dead worker,
and the new configuration is unharmed.
"""

import contextlib
import itertools

import pytest

from faults.site import FaultySite
from harness import processes
from harness.clients import http1
from once.site import http, put, slots, token

pytestmark = [pytest.mark.builds("PTA_TEST_FAULTS"), pytest.mark.needs("http_dav_module")]

WORKERS = 2
_numbers = itertools.count()
# What a request may take. Fewer than the 15 s of other clients, so that a failure is soon known.
SECONDS = 10
WITH_WORKER = "add_header X-Worker $pid always;"
NO_ZONE = (
    f"server {{ listen 127.0.0.1:@port@; {WITH_WORKER} location = /metrics {{ empty_gif; }} }}"
)


def with_zone(size):
    return http(size, once="zone=z release=error", more=WITH_WORKER)


class Held:
    """A request whose beginning a worker has read. It keeps the worker when nginx is reloaded."""

    def __init__(self, connection, lines):
        self.connection, self.token = connection, token()
        begin = f"PUT /u/held-{next(_numbers)}?pta={self.token} HTTP/1.1"
        lines = [begin, "Host: localhost", *lines]
        connection.write("\r\n".join(lines).encode())

    def finish(self):
        """Sends the rest. Returns the status, or None if the worker was killed."""
        try:
            self.connection.write(b"\r\nContent-Length: 1\r\n\r\nx")
            return self.connection.receive().status
        except ConnectionError:
            return None
        finally:
            # The worker waits for that before it ends.
            self.connection.close()

    def leave(self):
        self.connection.close()


class OldWorkers:
    """A site with two workers, and what happens to them."""

    def __init__(self, site):
        http = with_zone("64k")
        self.site = site.make(http, main=f"worker_processes {WORKERS};", files={"u/x": ""})
        self.faulty = FaultySite(self.site)
        self.port = self.site.port()
        self.size = "64k"

    def connections(self, stack):
        """By worker: a connection to it, which ends with the stack."""
        found = {}
        while len(found) < WORKERS:
            connection = stack.enter_context(http1.Connection(self.port, timeout=SECONDS))
            worker = int(connection.get("/metrics").headers["x-worker"])
            if worker in found:
                connection.close()
            else:
                found[worker] = connection
        return found

    def change(self, is_removed):
        """A reload whose old workers stay, because each has a request that has not ended."""
        self.size = {"64k": "128k", "128k": "64k"}[self.size]
        self.site.http = NO_ZONE if is_removed else with_zone(self.size)
        old = set(self.site.workers())
        self.site.reload(wait=False)
        new = f"{WORKERS} new workers do not start"
        self.site.wait_for(lambda: len(set(self.site.workers()) - old) == WORKERS, new)
        # Until they know of the reload, they accept connections.
        ends = "the old workers do not shut down"
        self.site.wait_for(lambda: all(map(processes.is_shutting_down, old)), ends)

    def wait_for_end(self, worker):
        ended = f"worker {worker} does not end"
        self.site.wait_for(lambda: worker not in self.site.workers(), ended, SECONDS)

    def check_log(self):
        """The log explains one death, and nothing else. Returns whether a zone was rebuilt."""
        lines = self.faulty.faults()
        rebuilt = [line for line in lines if "have been put in order" in line]
        assert len(lines) == 1 + len(rebuilt), lines
        assert sum("exited on signal 9" in line for line in lines) == 1, lines
        self.faulty.clear_log()
        return len(rebuilt)


def kill_one(old, number, begin, end, is_removed):
    """One old worker is killed before its store `number`. Returns whether it was, and rebuilds."""
    with contextlib.ExitStack() as stack:
        connections = old.connections(stack)
        return kill_one_of(old, connections, number, begin, end, is_removed)


def kill_one_of(old, connections, number, begin, end, is_removed):
    victim, witness = connections
    # The witness has read half of a head. It makes its claim later.
    last = Held(connections[witness], [])
    dying = begin(connections[victim])
    if begin is upload:
        old.site.wait_for(lambda: slots(old.port)[0] > 0, "no claim")
    forgotten = token()
    assert put(old.port, forgotten).status == 201
    old.change(is_removed)
    if not is_removed:
        assert slots(old.port)[0] == 0
        assert put(old.port, forgotten).status == 201

    old.faulty.arm(f"kill {number}")
    end(dying)
    old.wait_for_end(victim)
    was_killed = old.faulty.disarm()
    assert last.finish() == 201, "the other old worker"
    old.wait_for_end(witness)

    if not is_removed:
        assert put(old.port, forgotten).status == 403
        assert put(old.port, token()).status == 201
        assert slots(old.port)[0] == 2
    else:
        assert http1.get(old.port, "/metrics").status == 200
        # The zone returns with the size that it had, and is empty.
        old.site.http = with_zone(old.size)
        old.site.reload()
        assert slots(old.port)[0] == 0
        assert put(old.port, forgotten).status == 201
    return was_killed, old.check_log() if was_killed else 0


def head(connection):
    return Held(connection, [])


def upload(connection):
    """Its token is used, and the body does not end."""
    return Held(connection, ["Content-Length: 9", "", "half"])


@pytest.mark.parametrize(
    ("begin", "end"), [(head, Held.finish), (upload, Held.leave)], ids=["claim", "release"]
)
def test_killed_in_an_old_zone(site, happened, begin, end):
    old, rebuilt = OldWorkers(site), 0
    for number in itertools.count(1):
        was_killed, rebuilds = kill_one(old, number, begin, end, is_removed=number % 2)
        if not was_killed:
            break
        rebuilt += rebuilds
        happened["kills of old workers"] += 1
    # Not before the mark is set. The other old worker has put the rest in order.
    assert number > 7
    assert rebuilt == number - 2
