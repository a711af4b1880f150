"""Each allocation fails once."""

import itertools

import pytest

from faults.cases import CASES
from faults.expected import each_allocation, fault_in_configuration

pytestmark = pytest.mark.builds("PTA_TEST_FAULTS")

# 13 variables, and handlers in 5 phases.
REGISTRATIONS = 18


@pytest.mark.parametrize("name", CASES)
def test_of_a_request(faulty, happened, name):
    happened["allocations of requests"] += each_allocation(faulty, CASES[name])


def test_of_the_configuration(faulty, happened):
    registrations = set()
    for number in itertools.count(1):
        is_done, registration = fault_in_configuration(faulty, f"memory Configuration {number}")
        if not is_done:
            break
        registrations.add(registration)
        happened["allocations of the configuration"] += 1
    faulty.reload()
    assert number > 30, f"only {number - 1} allocations"
    registrations.discard(None)
    assert len(registrations) >= REGISTRATIONS, registrations
    happened["failed registrations by name"] += len(registrations)


def test_of_a_new_zone(faulty, happened):
    """`nginx -t` has a zone of its own. A reload finds everything in the old one."""
    for number in itertools.count(1):
        faulty.arm(f"memory Zone {number}")
        tested = faulty.site.test()
        if not faulty.disarm():
            assert tested.status == 0
            break
        faulty.clear_log()
        assert tested.status != 0, f"allocation {number}: nginx -t succeeds"
        errors = [line for line in tested.output.splitlines() if "[emerg]" in line]
        assert "injected fault" in errors[0]
        # The beginning of the zone, then a place for each label. Then the same of the other zone.
        full = {
            2: ["no room for the label"],
            3: ["no room for the label"],
            5: ["no room for claims"],
        }
        full = full.get(number, [])
        assert len(errors) == 1 + len(full), errors
        assert all(text in error for text, error in zip(full, errors[1:], strict=True)), errors
        happened["allocations of a zone"] += 1
    assert number == 6, f"{number - 1} allocations"
