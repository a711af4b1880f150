"""No request is lost or answered wrongly, whatever happens to nginx."""

import os
import time

import pytest

from harness.parallel import fork, running
from harness.processes import memory, open_files, shared_memory
from harness.progress import say
from harness.tokens import Pair
from storms import site as storm_site
from storms.clients import CLIENTS, client_process
from storms.once_clients import ONCE_CLIENTS
from storms.once_tokens import OnceTokens
from storms.once_verdict import problems_of_uses
from storms.questions import Tokens
from storms.state import State
from storms.steady_load import SteadyLoad
from storms.storm import Storm
from storms.verdict import problems_of_clients, problems_of_log

RELOADS, UPGRADES, KILLS = 200, 6, 40
# One of so many reloads is followed by one that is refused.
REFUSED_EVERY = 5
if os.environ.get("PTA_TEST_QUICK"):
    RELOADS, UPGRADES, KILLS = 12, 2, 3
    REFUSED_EVERY = 1
# Reload after which memory is measured first.
EARLY = min(20, RELOADS // 2)
# Growth of the master, in KiB, from then to the last reload. One leaked key ring (1.7 KiB) a reload
# would exceed it in the 180 reloads of a full run.
MASTER_GROWTH = 128
# New workers differ by the requests that they have answered until they are measured.
WORKER_GROWTH = 1024

pytestmark = [pytest.mark.torture, pytest.mark.needs("http_dav_module")]


def test_storms(nginx, site, seed, figures):
    """PTA_TEST_QUICK: a short run. PTA_TEST_SEED: what clients and storm choose."""

    def figure(name, value):
        figures(f"{nginx}: {name}\t{value}")

    keys = storm_site.Keys(RELOADS + UPGRADES + 4)
    tokens = [Tokens(pair) for pair in keys.pairs] + [Tokens(Pair())]
    served = storm_site.make(site, nginx, keys)
    kinds = [(kind, tokens) for kind in CLIENTS]
    once_tokens = OnceTokens(keys)
    kinds += [(kind, once_tokens) for kind in ONCE_CLIENTS]
    state = State(len(kinds), served.wait_for)
    storm = Storm(served, keys, state, seed)
    processes = [
        fork.Process(
            target=client_process,
            args=(kind, number, served.port(kind.PORT), its_tokens, state, seed),
        )
        for number, (kind, its_tokens) in enumerate(kinds)
    ]
    target = f"/steady/file?pta={keys.steady.token('/steady/*')}"
    with running(processes), SteadyLoad(served, target) as load:
        try:
            play(storm, figure)
            problems = load.finish(figure, storm.endings)
        finally:
            state.stop.value = 1
            reports = [state.results.get(timeout=60) for _ in processes]
            for problem in filter(None, (report.problem for report in reports)):
                say(f"storms: {problem}")
    problems += problems_of_clients(storm, reports, figure)
    uses = [use for report in reports for use in report.uses]
    problems += problems_of_uses(storm, uses, storm.numbers.checkpoints, figure)
    problems += storm.numbers.problems(storm, reports, figure)
    problems += problems_of_log(served, KILLS, figure)
    assert not problems, "\n".join(problems[:20])


def play(storm, figure):
    storm.settle()
    play_reloads(storm, figure)
    for number in range(1, UPGRADES + 1):
        # Every third one is taken back.
        if number % 3 == 2:
            storm.rollback()
        else:
            storm.upgrade()
        say(f"storms: {number} binary upgrades")
    figure("binary upgrades, of them taken back", f"{UPGRADES}, {(UPGRADES + 1) // 3}")
    storm.reload()
    for number in range(1, KILLS + 1):
        storm.kill_worker()
        if number % 10 == 0 or number == KILLS:
            say(f"storms: {number} workers killed")
    figure("workers killed", KILLS)
    storm.reload()
    time.sleep(0.5)
    storm.numbers.checkpoint()


def play_reloads(storm, figure):
    early, begin = None, time.monotonic()
    for number in range(1, RELOADS + 1):
        storm.reload()
        if number % REFUSED_EVERY == 0:
            storm.refused_reload()
        if number == EARLY:
            early = Measured(storm.site)
        if number % 20 == 0 or number == RELOADS:
            seconds = time.monotonic() - begin
            turns = storm.state.done.value
            say(f"storms: {number} reloads in {seconds:.0f} s, {turns} turns of clients")
    end = Measured(storm.site)
    figure("reloads with rotated keys", RELOADS)
    figure("reloads refused because of a bad key file", storm.refused)
    after = f"after reload {EARLY}, {RELOADS}"
    figure(f"master RSS/PSS KiB {after}", f"{early.rss}/{early.pss}, {end.rss}/{end.pss}")
    figure(f"open files of the master {after}", f"{early.files}, {end.files}")
    figure(f"RSS KiB of the largest worker {after}", f"{early.worker}, {end.worker}")
    assert end.worker - early.worker <= WORKER_GROWTH, "the workers grew"
    assert end.rss - early.rss <= MASTER_GROWTH, "the master grew"
    assert end.files == early.files, "the master has other open files than before"


class Measured:
    """Memory in KiB and open files, now."""

    def __init__(self, site):
        master = memory(site.master())
        # Without the zones: the more pages of them a worker has touched, the larger it looks.
        self.rss = (master["Rss"] - shared_memory(site.master())) // 1024
        self.pss = master["Pss"] // 1024
        self.files = open_files(site.master())
        self.worker = max(memory(pid)["Rss"] - shared_memory(pid) for pid in site.workers()) // 1024
