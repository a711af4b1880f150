"""What happens to nginx while clients send requests."""

import math
import os
import random
import re
import signal
import time

from harness.processes import children, is_alive
from storms.numbers import Numbers
from storms.site import WORKERS, write_life

# For so many seconds after a kill -9, connections to the killed worker may break.
KILL_SECONDS = 1


class Storm:
    """Reloads, upgrades and kills, one after the other."""

    def __init__(self, site, keys, state, seed):
        self.site, self.keys, self.state = site, keys, state
        self.random = random.Random(seed)
        self.generation = 0
        # When each worker was killed.
        self.killed = {}
        # How many reloads were refused.
        self.refused = 0
        # How often workers were shut down, or one was killed.
        self.endings = 0
        # By life of nginx: its begin and end. See write_life.
        self.life, self.lives = 0, {0: [0, math.inf]}
        self.numbers = Numbers(site, state)

    def begin_change(self):
        self.state.set(self.generation, True)
        self.keys.write(self.site, self.generation + 1)

    def end_change(self):
        self.generation += 1
        self.settle()

    def settle(self):
        self.state.set(self.generation, False)
        self.check()

    def check(self):
        assert not self.state.failed.value, "a client died"
        self.numbers.watch()

    # ---- reloads

    def reload(self):
        self.begin_change()
        self.endings += 1
        self.site.reload()
        self.end_change()

    def refused_reload(self):
        """A key file becomes invalid: the reload is refused, and the workers stay."""
        order, kind = self.random.choice(["1st", "2nd"]), self.random.choice(["key", "iv", "seal"])
        name = f"{order}.{kind}"
        path = self.site.root / "keys" / name
        content = path.read_bytes()
        kinds = [b"", b"\0" * 32, b"zz" * 16 + b"\n", content[:-2], content * 2,
                 self.random.randbytes(5000), "folder", "gone"]  # fmt: skip
        garbage = kinds[self.refused % len(kinds)]
        self.refused += 1
        self.state.set(self.generation, True)
        path.unlink()
        if garbage == "folder":
            path.mkdir()
        elif garbage != "gone":
            path.write_bytes(garbage)
        before, workers = self.complaints(name), self.site.workers()
        self.site.reload(wait=False)
        what = f"the error log does not say that {name} is invalid"
        self.site.wait_for(lambda: self.complaints(name) > before, what)
        time.sleep(0.1)
        assert self.site.workers() == workers, (
            f"other workers after a reload with an invalid {name}"
        )
        if garbage == "folder":
            path.rmdir()
        self.site.replace(f"keys/{name}", content, mode=0o600)
        self.settle()

    def complaints(self, name):
        line = rf'\[emerg\] .*(invalid (?:seal )?key file|open\(\)) "[^"]*/{re.escape(name)}"'
        return len(re.findall(line, self.site.read()))

    # ---- binary upgrades, as nginx's documentation describes them

    def new_binary(self):
        """A new master serves alone. Returns the old one and the new one."""
        # When the old workers have ended, the numbers of this life cannot be read any more.
        self.numbers.checkpoint()
        life = max(self.lives) + 1
        self.lives[life] = [time.monotonic(), math.inf]
        write_life(self.site, life)
        self.begin_change()
        # The workers of the old master, and in a rollback those of the new one.
        self.endings += 2
        old, new = self.site.start_upgrade()
        what = "the new master does not have all workers"
        self.wait_for(lambda: len(children(new)) == WORKERS, what)
        os.kill(old, signal.SIGWINCH)
        what = "the workers of the old master do not end"
        self.wait_for(lambda: children(old) == [new], what)
        return old, new

    def upgrade(self):
        old, new = self.new_binary()
        os.kill(old, signal.SIGQUIT)
        self.wait_for(lambda: not is_alive(old), "the old master does not end")
        what = "nginx.pid does not name the new master"
        self.wait_for(lambda: self.site.master() == new, what)
        self.lives[self.life][1] = time.monotonic()
        self.life = max(self.lives)
        self.end_change()

    def rollback(self):
        """An upgrade that is undone: the old master starts its workers again."""
        old, new = self.new_binary()
        os.kill(old, signal.SIGHUP)
        workers = WORKERS + 1
        self.wait_for(lambda: len(children(old)) == workers, "the old master has no workers again")
        os.kill(new, signal.SIGQUIT)
        what = "the new master does not end"
        self.wait_for(lambda: not is_alive(new) and self.site.master() == old, what)
        self.lives[max(self.lives)][1] = time.monotonic()
        write_life(self.site, self.life)
        self.keys.write(self.site, self.generation)
        self.settle()

    def wait_for(self, condition, otherwise):
        self.site.wait_for(condition, otherwise)

    # ---- kill -9

    def kill_worker(self):
        workers = self.site.workers
        self.wait_for(lambda: len(workers()) == WORKERS, "not all workers run")
        victim = self.random.choice(workers())
        self.killed[victim] = time.monotonic()
        self.endings += 1
        os.kill(victim, signal.SIGKILL)
        what = "no worker in place of the killed one"
        self.wait_for(lambda: victim not in workers() and len(workers()) == WORKERS, what)
        time.sleep(0.25)
        self.check()

    def is_of_a_kill(self, event):
        """Whether what happened to a request may be due to a killed worker."""
        if event.worker is not None:
            return event.worker in self.killed
        return any(0 <= event.when - then <= KILL_SECONDS for then in self.killed.values())
