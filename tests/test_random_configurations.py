"""Random requests to random configurations: whatever is served, the rules allow it."""

import os

import pytest

from random_conf.run import Run, make_roots, minimised

SHOWN = 3


@pytest.fixture(scope="session")
def roots(tmp_path_factory):
    return make_roots(tmp_path_factory.mktemp("roots"))


def check(nginx, roots, requests, seed, figures, **options):
    run = Run(nginx, roots, seed, **options)
    run.requests(requests, WANTED)
    figures(*lines_about(run))
    reports = [minimised(run, violation).report(run.pairs) for violation in run.violations[:SHOWN]]
    assert not run.violations, f"{len(run.violations)} violations\n" + "\n".join(reports)
    assert not run.faults
    if "/" in seed:
        return
    # Each kind of request that matters has come up often enough.
    assert not run.rare(WANTED, requests), run.counts
    assert sum(run.refused.values()) < run.counts["configurations"] / 2, run.refused


# How large the part of the requests must be at least.
FREQUENT, RARE = 1 / 1000, 1 / 10_000

WANTED = dict.fromkeys(
    [
        "served",
        "served on a way with protected locations",
        "served by return",
        "rewrites to another location",
        "arrivals by error page",
        "arrivals by X-Accel-Redirect",
        "arrivals by redirect",
        ("verdict", "ALLOWED"),
        ("verdict", "MISSING"),
        ("verdict", "MALFORMED"),
        ("verdict", "UNDECRYPTABLE"),
        ("verdict", "EXPIRED"),
        "opened by a sealed token",
        "opened by a bound token",
        "opened by a token that is in a header",
        "served to HEAD",
        "served in limit_except with pta_enable on",
        "served in limit_except with pta_enable off, protected otherwise",
        "refused in limit_except",
    ],
    FREQUENT,
) | dict.fromkeys(
    [
        "opened by a token that is bound to an argument",
        "served to HEAD in limit_except",
        "served as an error page in limit_except",
    ],
    RARE,
)


def lines_about(run):
    """The figures of a run."""
    lines = [f"{run.nginx}: seed\t{run.seed}"]
    lines += [
        f"{run.nginx}: {' '.join(map(str, name)) if isinstance(name, tuple) else name}\t{count}"
        for name, count in sorted(run.counts.items(), key=str)
    ]
    lines += [f"{run.nginx}: violations\t{len(run.violations)}"]
    return lines + [f"{run.nginx}: refused: {reason}\t{n}" for reason, n in run.refused.items()]


def test_some_requests(nginx, roots, figures):
    check(nginx, roots, 2_000, os.environ.get("PTA_TEST_SEED", "1"), figures, per_server=12)


@pytest.mark.torture
def test_many_requests(nginx, roots, seed, figures):
    """PTA_TEST_SEED repeats a run, or one configuration of it: 7 or 7/46."""
    check(nginx, roots, int(os.environ.get("PTA_TEST_REQUESTS", "200000")), seed, figures)
