"""The judges of the storms find what nginx must not do."""

import collections
import math
import types

import pytest

from harness.tokens import FAR
from storms.clients import Event
from storms.numbers import Checkpoint, compare
from storms.once_clients import Use
from storms.once_tokens import Token
from storms.once_verdict import FEWEST, problems_of_uses

TOKEN = Token(number=1, generation=0, expires=FAR)
KILLED, ALIVE = 9, 1
# Life 1 begins at 100.
STORM = types.SimpleNamespace(
    lives={0: [0, 110], 1: [100, math.inf]}, is_of_a_kill=lambda event: event.worker == KILLED
)


def use(begin, status, *, life=0, verdict=None, token=TOKEN):
    verdict = verdict or ("REPLAYED" if status == 403 else "OK")
    return Use(token, begin, begin + 1, life, status, verdict, clock=begin)


def lost(begin, worker):
    return Use(TOKEN, begin, event=Event(begin + 1, worker, "HTTP/1.1"))


def enough():
    """Uses of other tokens, with which nothing is wrong."""
    for number in range(FEWEST):
        token = Token(1000 + number, 0, FAR)
        yield from (use(1, 404, token=token), use(3, 201, token=token), use(5, 403, token=token))


def problems(*uses, slots=None):
    claims = FEWEST + 1 if slots is None else slots
    numbers = {("nginx_pta_once_slots", "z", "used"): claims}
    checkpoints = [Checkpoint(0, 0, 99, 99, numbers)] if slots is not None else []
    return problems_of_uses(STORM, [*enough(), *uses], checkpoints, lambda *_: None)


@pytest.mark.parametrize(
    "uses",
    [
        [use(1, 201), use(1, 403), use(50, 403)],
        # Given back, then used. Meanwhile it is refused.
        [use(1, 404), use(1.5, 403), use(3, 404), use(5, 204), use(7, 403)],
        # A killed worker may have used it.
        [lost(1, KILLED), use(2, 403)],
        [lost(1, KILLED), use(2, 201), use(4, 403)],
        # Once in each life, also while both serve.
        [use(90, 201), use(101, 201, life=1), use(102, 403), use(103, 403, life=1)],
        [use(FAR + 1, 410)],
    ],
)
def test_what_is_right(uses):
    assert problems(*uses) == []


@pytest.mark.parametrize(
    ("uses", "problem"),
    [
        ([use(1, 201), use(3, 204)], "was used 2 times"),
        ([use(101, 201, life=1), use(101, 204, life=1)], "was used 2 times"),
        ([use(1, 201), use(3, 404)], "was accepted again"),
        ([use(1, 403)], "nobody had used it"),
        ([use(1, 403), use(5, 201)], "nobody had used it"),
        # The LOG phase has given it back long ago.
        ([use(1, 404), use(10, 403)], "nobody had used it"),
        # It was used in another life only.
        ([use(90, 201), use(101, 403, life=1)], "nobody had used it"),
        # This worker has not been killed.
        ([lost(1, ALIVE), use(2, 403)], "nobody had used it"),
        ([use(1, 503)], "with 503"),
        ([use(1, 403, verdict="UNDECRYPTABLE")], "with 403 UNDECRYPTABLE"),
        ([use(1, 410)], "with 410"),
    ],
)
def test_what_is_wrong(uses, problem):
    assert any(problem in found for found in problems(*uses))


def test_the_slots():
    assert problems(use(1, 201), slots=FEWEST + 1) == []
    assert problems(use(1, 201), lost(3, KILLED), slots=FEWEST + 1) == []
    assert problems(lost(3, KILLED), slots=FEWEST) == []
    assert problems(lost(3, KILLED), slots=FEWEST + 1) == []
    for slots in (FEWEST - 1, FEWEST + 1):
        assert problems(use(1, 404), slots=slots) == [
            f"the zone has {slots} claims, not {FEWEST} to {FEWEST}"
        ]


def test_the_slots_of_expired_tokens():
    """A minute after its expiry a claim is gone. nginx's clock may be late."""
    expired, just_now, later = (use(1, 201, token=Token(2, 0, end)) for end in (5, 38, 40))
    kept = [[not problems(one, slots=FEWEST + more) for more in (0, 1)]
            for one in (expired, just_now, later)]  # fmt: skip
    assert kept == [[True, False], [True, True], [False, True]]


def test_too_few_uses():
    assert problems_of_uses(STORM, [use(1, 201)], [], lambda *_: None)


@pytest.mark.parametrize(
    ("label", "counted", "unknown", "is_right"),
    [
        ("all", 5, 0, True),
        ("all", 4, 0, False),
        ("all", 6, 0, False),
        ("all", 6, 1, True),
        ("all", 7, 1, False),
        # Who loses a race was allowed as well.
        ("once", 8, 0, True),
        ("once", 9, 0, False),
        ("once", 4, 0, False),
    ],
)
def test_the_sum_of_verdicts(label, counted, unknown, is_right):
    numbers = collections.Counter(
        {
            ("nginx_pta_checks_total", label, "allowed"): counted,
            ("nginx_pta_checks_total", label, "replayed"): 3,
        }
    )
    statuses = collections.Counter({201: 4, 404: 1, 403: 3})
    assert (not compare(label, statuses, unknown, numbers)) == is_right
