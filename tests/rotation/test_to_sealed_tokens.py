"""Sealed tokens are introduced as docs/operations.md describes it, and no request is refused.

A third nginx balances the load over two instances. Clients never stop while the pairs change and
the instances are reloaded in turn.
"""

import contextlib
import itertools
import secrets

from harness.clients import http1
from harness.tokens import Pair, sealed
from rotation.clients import Clients
from rotation.test_by_hand import FRONT

OLD, SEALED = "file:keys/old.pair", "file:keys/sealed.pair"


def keys(first, second=None, required="off"):
    pairs = f"pta_1st_pair {first};" + (f" pta_2nd_pair {second};" if second else "")
    return f"{pairs} pta_require_seal {required};"


class RollOut:
    """The instances, the clients, and what they use now: a step, and tokens that must be valid."""

    def __init__(self, instances, front, refused):
        self.instances, self.port = instances, front.port()
        self.refused = refused
        self.clients = Clients(3, self.turn)
        self.counter = itertools.count()
        self.connections = {}

    def close(self):
        for connection in self.connections.values():
            connection.close()

    def use(self, step, *tokens):
        self.work = step, tokens

    def turn(self, client):
        step, tokens = self.work
        number = next(self.counter)
        # Every fourth request has a token that nobody may accept.
        is_valid = number % 4 > 0
        candidates = tokens if is_valid else self.refused
        connection = self.connections.setdefault(client, http1.Connection(self.port))
        target = f"/file?pta={candidates[number % len(candidates)]}"
        try:
            status = connection.get(target).status
        except OSError:
            connection.close()
            raise
        expected = 200 if is_valid else 403
        return step, status != expected and f"{step}: {status} instead of {expected}"

    def configure(self, directives):
        """Changes one instance after the other, and reloads it."""
        for instance in self.instances:
            before = instance.http
            instance.http = before.replace(self.directives, directives)
            assert instance.http != before
            instance.reload()
            self.clients.wait(self.work[0], 20)
        self.directives = directives


def is_sealed(instances, token):
    """What $pta_sealed is on each instance."""
    targets = [(instance.port(), f"/file?pta={token}") for instance in instances]
    return [http1.get(port, target).headers.get("x-sealed") for port, target in targets]


def test_no_request_is_refused(site, two_instances):
    old, new, key = Pair(), Pair(), secrets.token_bytes(32)
    unsealed, with_seal = old.token("/*"), sealed(new.token("/*"), key)
    refused = [
        Pair().token("/*"),
        sealed(new.token("/*"), secrets.token_bytes(32)),
        # A token of the old pair that somebody has sealed with the new key.
        sealed(old.token("/*"), key),
    ]
    files = {
        "keys/old.pair": f"{old.key.hex()}\n{old.iv.hex()}\n",
        "keys/sealed.pair": f"{new.key.hex()}\n{new.iv.hex()}\n{key.hex()}\n",
    }
    header = "add_header X-Sealed $pta_sealed;"
    directives = f"pta_1st_pair {OLD}; {header}"
    instances = two_instances(directives, files)
    front = site(FRONT.format(ports=[instance.port() for instance in instances]))
    roll_out = RollOut(instances, front, refused)
    roll_out.directives = directives
    roll_out.use("before", unsealed)
    with contextlib.closing(roll_out), roll_out.clients.running() as clients:
        clients.wait("before", 20)
        # 1. The sealed pair becomes the 2nd everywhere. Links are still made with the old one.
        roll_out.configure(keys(OLD, SEALED) + header)
        # 2. The pairs change places, then links are made with the sealed one.
        roll_out.configure(keys(SEALED, OLD) + header)
        roll_out.use("both", unsealed, with_seal)
        clients.wait("both", 20)
        # 3. When the last old link has expired, $pta_sealed is 1 on all instances.
        assert is_sealed(instances, unsealed) == ["0", "0"]
        assert is_sealed(instances, with_seal) == ["1", "1"]
        roll_out.use("sealed", with_seal)
        clients.wait("sealed", 20)
        # 4. The old pair goes. A token without seal is still accepted, if the pair has made it.
        roll_out.configure(keys(SEALED) + header)
        assert instances.statuses(new.token("/*")) == [200, 200]
        # 5. Seals are required. From the first reload on, one without seal is malformed.
        roll_out.refused = refused[1:]
        roll_out.clients.wait("sealed", 2)
        roll_out.configure(keys(SEALED, required="on") + header)
        roll_out.use("after", with_seal)
        clients.wait("after", 20)
    assert clients.wrong == {}
    assert min(clients.turns[step] for step in ("before", "both", "sealed", "after")) > 50
    assert instances.statuses(unsealed) == [400, 400]
    assert instances.statuses(new.token("/*")) == [400, 400]
    assert "[crit]" not in front.read()
