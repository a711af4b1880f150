"""Random requests to random configurations: whatever is served, the rules allow it."""

import os
import pathlib
import random

import pytest

from random_conf.run import Run, make_roots, minimised

SHOWN = 3


@pytest.fixture(scope="session")
def roots(tmp_path_factory):
    return make_roots(tmp_path_factory.mktemp("roots"))


def check(nginx, roots, requests, seed, **options):
    run = Run(nginx, roots, seed, **options)
    run.requests(requests)
    figures(run)
    reports = [minimised(run, violation).report(run.pairs) for violation in run.violations[:SHOWN]]
    assert not run.violations, f"{len(run.violations)} violations\n" + "\n".join(reports)
    assert not run.faults
    if "/" in seed:
        return
    # It has seen enough of all that it is about.
    assert not [name for name in WANTED if run.counts[name] < requests / 1000], run.counts
    assert sum(run.refused.values()) < run.counts["configurations"] / 2, run.refused


WANTED = [
    "served",
    "served on a way with protected locations",
    "served by return",
    "rewrites to another location",
    "arrivals by error page",
    "arrivals by X-Accel-Redirect",
    "arrivals by redirect",
    *(("verdict", word) for word in ("ALLOWED", "MISSING", "UNDECRYPTABLE", "EXPIRED")),
]


def figures(run):
    """Prints what was done, and writes it where scripts/torture wants it."""
    lines = [f"{run.nginx}: seed\t{run.seed}"]
    lines += [
        f"{run.nginx}: {' '.join(map(str, name)) if isinstance(name, tuple) else name}\t{count}"
        for name, count in sorted(run.counts.items(), key=str)
    ]
    lines += [f"{run.nginx}: violations\t{len(run.violations)}"]
    lines += [f"{run.nginx}: refused: {reason}\t{count}" for reason, count in run.refused.items()]
    print("\n".join(lines))
    if "PTA_TEST_FIGURES" in os.environ:
        with pathlib.Path(os.environ["PTA_TEST_FIGURES"]).open("a") as file:
            file.write("\n".join(lines) + "\n")


def test_some_requests(nginx, roots):
    check(nginx, roots, 2_000, os.environ.get("PTA_TEST_SEED", "1"), per_server=12)


@pytest.mark.torture
def test_many_requests(nginx, roots):
    """PTA_TEST_SEED repeats a run, or one configuration of it: 7 or 7/46."""
    seed = os.environ.get("PTA_TEST_SEED") or str(random.SystemRandom().randrange(2**32))
    check(nginx, roots, int(os.environ.get("PTA_TEST_REQUESTS", "200000")), seed)
