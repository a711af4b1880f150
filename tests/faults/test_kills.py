"""A worker is killed before each of its stores to a zone of used tokens.

No token that was used can be used again, nobody waits for the dead worker, and there is one alert.
"""

import contextlib
import itertools
import time

import pytest

from faults.cases import PAIR
from harness.clients import http1

pytestmark = pytest.mark.builds("PTA_TEST_FAULTS")

_numbers = itertools.count(1)
# More than the requests of test_reclaim clear away.
EXPIRED = 700
# So many used tokens are sent again after each kill, and all of them at the end.
LATEST = 10


class Once:
    """The locations with pta_once of a site that has faults."""

    def __init__(self, faulty):
        self.faulty = faulty
        self.used = []

    def status(self, target):
        """The status, or None if the worker was killed."""
        try:
            return http1.get(self.faulty.site.port(), target).status
        except http1.NoResponse:
            return None

    def use(self, seconds=600):
        target = self.unused("once/a", seconds)
        assert self.status(target) == 200
        self.used.append(target)

    def unused(self, path, seconds=600):
        # Tokens of different seconds are different.
        token = PAIR.token("/*", int(time.time()) + seconds + next(_numbers))
        return f"/{path}?pta={token}"

    def killed_by(self, number, request):
        """Whether the worker was killed before this store. Waits for another worker."""
        workers = self.faulty.site.workers()
        self.faulty.arm(f"kill {number}")
        status = request()
        if status is not None:
            # The LOG phase runs when the response has been sent. The one worker has ended it before
            # it answers the next request, which stores nothing.
            self.status("/")
        if not self.faulty.disarm():
            assert status is not None
            return False
        self.faulty.site.wait_for(
            lambda: (found := self.faulty.site.workers()) and found != workers, "no new worker"
        )
        return True

    def check_tokens(self, targets):
        assert [self.status(target) for target in targets] == [403] * len(targets)

    def check(self):
        """The latest used tokens are refused, and the log explains the death."""
        self.check_tokens(self.used[-LATEST:])
        other = [line for line in self.faulty.site.read().splitlines() if "[alert]" in line]
        rebuilt = [line for line in other if "have been put in order" in line]
        assert len(rebuilt) <= 1
        # nginx's master frees the mutex of the zone.
        freed = [line for line in other if 'shared memory zone "z" was locked by' in line]
        assert len(other) == 1 + len(freed) + len(rebuilt), other
        assert "exited on signal 9" in other[0]
        self.faulty.workers = self.faulty.site.workers()
        self.faulty.clear_log()
        return len(rebuilt)


@pytest.fixture
def once(faulty):
    found = Once(faulty)
    for _ in range(5):
        found.use()
    return found


def each_store(once, happened, prepare, request, afterwards):
    """Kills before each store of the request. Returns how often the zone was put in order."""
    rebuilt = 0
    for number in itertools.count(1):
        target = prepare()
        if not once.killed_by(number, lambda target=target: request(target)):
            break
        afterwards(target)
        rebuilt += once.check()
        happened["kills"] += 1
    # A claim that was lost does not come back.
    once.check_tokens(once.used)
    return number - 1, rebuilt


def test_insert(once, happened):
    def afterwards(target):
        # The claim was made or not. In any case, one more request can use the token at most.
        assert sorted([once.status(target), once.status(target)]) in ([200, 403], [403, 403])
        once.used.append(target)

    stores, rebuilt = each_store(
        once, happened, lambda: once.unused("once/a"), once.status, afterwards
    )
    assert stores > 10
    # Not before the mark is set, nor after it was cleared.
    assert rebuilt == stores - 1


def test_release(once, happened):
    def request(target):
        # The first stores are those of the claim, which the test before has.
        return once.status(target)

    def afterwards(target):
        target = target.replace("/lost/", "/once/")
        assert once.status(target) in (200, 403)
        assert once.status(target) == 403
        once.used.append(target)

    stores, rebuilt = each_store(once, happened, lambda: once.unused("lost/a"), request, afterwards)
    # More than the claim alone.
    assert stores > 16
    assert rebuilt >= stores - 2


@contextlib.contextmanager
def leeway(faulty):
    """Meanwhile, tokens of the last hour are valid, and their claims are kept."""
    usual = faulty.site.http
    faulty.site.http = usual.replace("pta_log_level info;", "pta_log_level info; pta_leeway 1h;")
    try:
        faulty.reload()
        yield
    finally:
        faulty.site.http = usual
        faulty.reload()


def test_reclaim(once, happened):
    """A claim clears away expired ones. All that the test makes are expired when it has begun."""
    with leeway(once.faulty):
        # For more than the minute that claims are kept.
        latest = int(time.time()) - 120
        for number in range(EXPIRED):
            token = PAIR.token("/*", latest - number)
            assert once.status(f"/once/a?pta={token}") == 200

    def afterwards(target):
        assert sorted([once.status(target), once.status(target)]) in ([200, 403], [403, 403])
        once.used.append(target)

    stores, rebuilt = each_store(
        once, happened, lambda: once.unused("once/a"), once.status, afterwards
    )
    # More than the claim alone: it clears away several.
    assert stores > 40
    assert rebuilt > stores / 2
