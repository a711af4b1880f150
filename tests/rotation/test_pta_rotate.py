"""`pta rotate` loses no link, even if it is killed at any of its steps and started again.

Two instances of nginx read the same pair files. Applications never stop making links with 1st.pair.
Every instance is reloaded after a rotation was killed, and again after it was finished.
"""

import random
import signal
import subprocess

import pytest

from harness.clients import http1
from harness.project import PROJECT
from harness.tokens import FAR
from rotation.clients import Clients

DIE_AT = PROJECT / "cli/tests/die_at.c"

MOST_STEPS = 100


@pytest.fixture(scope="session")
def die_at(tmp_path_factory):
    """A library that kills a process right before one of its changes of files."""
    library = tmp_path_factory.mktemp("die_at") / "die_at.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, DIE_AT], check=True)
    return library


class Keys:
    """A folder with pair files, and the command for them."""

    def __init__(self, command, folder, die_at):
        self.command, self.folder, self.die_at = command, folder, die_at

    def run(self, *arguments, environment=None):
        """Its exit status, and what it printed."""
        done = subprocess.run(
            [self.command, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
            check=False,
        )
        return done.returncode, done.stdout

    def succeed(self, *arguments):
        status, output = self.run(*arguments)
        assert status == 0, output
        return output

    def make(self):
        """The directives for them."""
        return self.succeed("keygen", "--files", self.folder)

    def rotate(self, *options):
        self.succeed("rotate", "--files", self.folder, *options)

    def is_rotated(self, die_at):
        """Begins a rotation that is killed at a step. Returns False if it was killed."""
        environment = {"LD_PRELOAD": str(self.die_at), "DIE_AT": str(die_at)}
        status, output = self.run("rotate", "--files", self.folder, environment=environment)
        assert status in (0, -signal.SIGKILL), output
        return status == 0

    def go_on(self, reload):
        """Finishes a rotation that was killed. Returns whether it was taken back first."""
        status, output = self.run("rotate", "--files", self.folder)
        if status == 1 and "was taken back" in output:
            reload()
            self.rotate()
            return True
        # It may have been killed when all was done.
        assert status == 0 or (status == 2 and "not finished" in output), output
        return False

    def link(self):
        """A new token that is made with 1st.pair. No two are equal."""
        expires = str(FAR + random.randrange(1_000_000))
        pair = self.folder / "1st.pair"
        return self.succeed(
            "issue", "--pair-file", pair, "--path", "/*", "--expires", expires
        ).strip()

    def read(self):
        """Both pairs."""
        return [(self.folder / f"{order}.pair").read_text() for order in ("1st", "2nd")]


class Applications:
    """Each makes a link, and tries it and an older one on all instances."""

    def __init__(self, keys, instances):
        self.keys, self.instances = keys, instances
        self.tried = 0
        self.generation = 0
        self.links = {}
        self.clients = Clients(2, self.turn)

    def turn(self, client):
        generation, links = self.links.get(client, (None, []))
        if generation != self.generation:
            generation, links = self.generation, []
            self.links[client] = generation, links
        links.append(self.keys.link())
        for age, token in (("new", links[-1]), ("older", random.choice(links))):
            for instance in self.instances:
                status = http1.get(instance.port(), f"/file?pta={token}").status
                if status != 200:
                    return generation, f"{status} for a link that is {age}"
                self.tried += 1
        return generation, None

    def expire_links(self):
        """All links that were made until now have expired, and the applications know it."""
        self.generation += 1
        self.clients.wait(self.generation, 3)


@pytest.mark.parametrize(
    ("mode", "least_steps", "is_taken_back"),
    [
        # The files are exchanged in one step. There is nothing in between.
        pytest.param(0o600, 8, False, id="at once"),
        # Files with different modes are exchanged by renames.
        pytest.param(0o640, 20, True, id="by renames"),
    ],
)
def test_killed_at_its_steps(two_instances, command, die_at, tmp_path, mode, least_steps,
                             is_taken_back):  # fmt: skip
    keys = Keys(command, tmp_path / "keys", die_at)
    instances = two_instances(keys.make())
    (keys.folder / "1st.pair").chmod(mode)
    first_link = keys.link()
    assert instances.statuses(first_link) == [200, 200]

    applications = Applications(keys, instances)
    taken_back = 0
    with applications.clients.running():
        # Every other step. cli/tests/rotate.rs has them all, without nginx.
        for step in range(1, MOST_STEPS, 2):
            old, new = keys.read()
            is_rotated = keys.is_rotated(die_at=step)
            if not is_rotated:
                instances.reload()
                taken_back += keys.go_on(instances.reload)
            assert keys.read() == [new, old], step
            instances.reload()
            applications.expire_links()
            keys.rotate("--finish")
            instances.reload()
            if is_rotated:
                break
    assert applications.clients.wrong == {}
    assert step > least_steps
    assert (taken_back > 0) == is_taken_back
    assert applications.tried > 100
    assert instances.statuses(first_link) == [403, 403]
    modes = [(keys.folder / f"{order}.pair").stat().st_mode & 0o777 for order in ("1st", "2nd")]
    assert modes == [mode, 0o600]
