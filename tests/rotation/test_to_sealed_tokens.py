"""Sealed tokens are introduced by the commands of docs/operations.md, and no request is refused.

A third nginx balances the load over two instances. Clients never stop while the pairs change and
the instances are reloaded in turn.
"""

import contextlib
import itertools
import re
import secrets
import subprocess

import pytest

from documents.commands import CHANGES, expression, read
from documents.pages import page
from documents.reader import ReaderPair
from harness.clients import http1
from harness.tokens import Pair, sealed
from rotation.clients import Clients
from rotation.test_by_hand import FRONT

FILES = ["keys/1st.pair", "keys/2nd.pair"]
PAIRS = "".join(f"pta_{name[5:8]}_pair file:{name};" for name in FILES)
HEADER = "add_header X-Sealed $pta_sealed;"


class Page:
    """The folder with the keys, and the commands of the page, step by step."""

    def __init__(self, folder, command):
        self.folder, self.command = folder, command
        shown = page("docs/operations.md")
        lines = shown.text.splitlines()
        begin = lines.index("## From unsealed to sealed tokens")
        end = lines.index("## Key files on many machines")
        blocks = [block for block in shown.of("console") if begin < block.number < end]
        self.steps = iter([read(block) for block in blocks])
        # The pairs until now.
        self.run("pta keygen --files keys --no-seal")

    def run(self, line):
        (self.folder / "pta").unlink(missing_ok=True)
        (self.folder / "pta").symlink_to(self.command)
        path = {"PATH": f"{self.folder}:/usr/bin:/bin"}
        done = subprocess.run(["sh", "-euc", line], cwd=self.folder, env=path,
                              capture_output=True, text=True)  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), line
        return done.stdout

    def step(self):
        """Runs the commands of the next step. They print what the page shows."""
        for line, output in next(self.steps):
            pattern = expression(output, CHANGES.search(line))
            assert re.fullmatch(pattern + r"\n?", self.run(line)), line

    def pair(self, name):
        text = (self.folder / name).read_text()
        return ReaderPair(text) if text.count("\n") == 3 else Pair.from_hex(*text.split())

    def files(self):
        return {name: (self.folder / name).read_text() for name in FILES}


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

    def change(self, files, required=None):
        """Copies the files to one instance after the other, and reloads it."""
        for instance in self.instances:
            for name, content in files.items():
                instance.replace(name, content, mode=0o600)
            if required:
                before = instance.http
                rest = re.sub(r"pta_require_seal \w+;", "", before)
                instance.http = rest.replace(PAIRS, f"{PAIRS} pta_require_seal {required};")
                assert instance.http != before
            instance.reload()
            self.clients.wait(self.work[0], 20)


def is_sealed(instances, token):
    """What $pta_sealed is on each instance."""
    targets = [(instance.port(), f"/file?pta={token}") for instance in instances]
    return [http1.get(port, target).headers.get("x-sealed") for port, target in targets]


@pytest.fixture
def steps(tmp_path, command):
    return Page(tmp_path, command)


def test_no_request_is_refused(site, two_instances, steps):
    old = steps.pair("keys/1st.pair")
    instances = two_instances(PAIRS + HEADER, steps.files())
    front = site(FRONT.format(ports=[instance.port() for instance in instances]))
    unsealed = old.token("/*")
    refused = [Pair().token("/*")]
    roll_out = RollOut(instances, front, refused)
    roll_out.use("before", unsealed)
    with contextlib.closing(roll_out), roll_out.clients.running() as clients:
        clients.wait("before", 20)
        # 1. The sealed pair becomes the 2nd everywhere. Links are still made with the old one.
        steps.step()
        new = steps.pair("keys/2nd.pair")
        with_seal = sealed(new.token("/*"), new.seal_key)
        roll_out.change(steps.files(), "off")
        refused += [
            sealed(new.token("/*"), secrets.token_bytes(32)),
            # A token of the old pair that somebody has sealed with the new key.
            sealed(old.token("/*"), new.seal_key),
        ]
        # 2. The pairs change places, then links are made with the sealed one.
        steps.step()
        roll_out.change(steps.files())
        assert steps.pair("keys/1st.pair").key == new.key
        roll_out.use("both", unsealed, with_seal)
        clients.wait("both", 20)
        # 3. When the last old link has expired, $pta_sealed is 1 on all instances.
        assert is_sealed(instances, unsealed) == ["0", "0"]
        assert is_sealed(instances, with_seal) == ["1", "1"]
        roll_out.use("sealed", with_seal)
        clients.wait("sealed", 20)
        # 4. The old pair goes. A token without seal is still accepted, if the pair has made it.
        steps.step()
        roll_out.change(steps.files())
        assert instances.statuses(unsealed) == [403, 403]
        assert instances.statuses(new.token("/*")) == [200, 200]
        # 5. Seals are required. From the first reload on, one without seal is malformed.
        assert next(steps.steps, None) is None
        roll_out.refused = refused[1:]
        roll_out.clients.wait("sealed", 2)
        roll_out.change({}, "on")
        roll_out.use("after", with_seal)
        clients.wait("after", 20)
    assert clients.wrong == {}
    assert min(clients.turns[step] for step in ("before", "both", "sealed", "after")) > 50
    assert instances.statuses(unsealed) == [400, 400]
    assert instances.statuses(new.token("/*")) == [400, 400]
    assert "[crit]" not in front.read()
    # Both pairs have seal keys, so nginx has nothing to warn about.
    assert "[warn]" not in instances[0].test().output
