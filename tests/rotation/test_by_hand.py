"""Keys are rotated by hand, as docs/operations.md describes it, and no request is refused.

A third nginx balances the load over two instances. Clients never stop while files with keys change
and the instances are reloaded in turn.
"""

import contextlib
import itertools

from harness.clients import http1
from harness.tokens import Pair
from rotation.clients import Clients

KEYS = """
    pta_1st_key file:keys/1st.key;
    pta_1st_iv file:keys/1st.iv;
    pta_2nd_key file:keys/2nd.key;
    pta_2nd_iv file:keys/2nd.iv;
"""

# The front does not retry: a request that one instance loses is lost. nginx >= 1.29.7 keeps its
# connections to an upstream. One that the instance closes for a reload, while a request is on its
# way, would be a 502: HTTP/1.0 avoids that.
FRONT = """
    upstream instances {{
        server 127.0.0.1:{ports[0]} max_fails=0;
        server 127.0.0.1:{ports[1]} max_fails=0;
    }}
    server {{
        listen 127.0.0.1:@port@;
        location / {{
            proxy_pass http://instances;
            proxy_next_upstream off;
            proxy_http_version 1.0;
        }}
    }}
"""


def key_files(first, second):
    return {
        f"keys/{order}.{kind}": f"{value.hex()}\n"
        for order, pair in (("1st", first), ("2nd", second))
        for kind, value in (("key", pair.key), ("iv", pair.iv))
    }


class Rotation:
    """The instances, the clients, and what they use now: a step, and pairs that must be valid."""

    def __init__(self, instances, front):
        self.instances, self.port = instances, front.port()
        self.unknown = Pair().token("/*")
        self.clients = Clients(3, self.turn)
        self.counter = itertools.count()
        self.connections = {}

    def close(self):
        for connection in self.connections.values():
            connection.close()

    def use(self, step, *pairs):
        self.work = step, [pair.token("/*") for pair in pairs]

    def turn(self, client):
        step, tokens = self.work
        number = next(self.counter)
        # Every fourth request has a token that nobody may accept.
        is_valid = number % 4 > 0
        token = tokens[number % len(tokens)] if is_valid else self.unknown
        connection = self.connections.setdefault(client, http1.Connection(self.port))
        try:
            status = connection.get(f"/file?pta={token}").status
        except OSError:
            connection.close()
            raise
        expected = 200 if is_valid else 403
        return step, status != expected and f"{step}: {status} instead of {expected}"

    def write(self, first, second):
        """Writes the files of one instance after the other, and reloads it."""
        for instance in self.instances:
            for name, content in key_files(first, second).items():
                instance.replace(name, content, mode=0o600)
            instance.reload()
            self.clients.wait(self.work[0], 20)


def test_no_request_is_refused(site, two_instances):
    old, new = Pair(), Pair()
    instances = two_instances(KEYS, key_files(old, old))
    ports = [instance.port() for instance in instances]
    front = site(FRONT.format(ports=ports))
    rotation = Rotation(instances, front)
    rotation.use("before", old)
    with contextlib.closing(rotation), rotation.clients.running() as clients:
        clients.wait("before", 20)
        # 1. The new key becomes the 2nd everywhere. Links are still made with the old one.
        rotation.write(old, new)
        # 2. From now on links are made with the new key. Links of the old one are still in use.
        rotation.use("both", old, new)
        rotation.write(new, old)
        clients.wait("both", 20)
        # 3. When the last old link has expired, the old key is removed.
        rotation.use("after", new)
        clients.wait("after", 20)
        rotation.write(new, new)
    assert clients.wrong == {}
    assert min(clients.turns[step] for step in ("before", "both", "after")) > 100
    assert instances.statuses(old.token("/*")) == [403, 403]
    assert "[crit]" not in front.read()
