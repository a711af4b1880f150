"""Each callback panics once."""

import dataclasses

import pytest

from faults.callbacks import CALLBACKS
from faults.cases import CASE_OF_CALLBACK, CASES, PAIR
from faults.expected import fault_in_configuration, fault_in_log, fault_in_request

pytestmark = pytest.mark.builds("PTA_TEST_FAULTS")

# nginx calls these when the new configuration is already in use, so it continues.
INIT_MODULE = ["InitModule", "MetricsInitModule", "OnceInitModule", "FilterInitModule"]
AFTER_THE_CONFIGURATION = [*INIT_MODULE, "DropConf"]

# nginx calls this when the response has been sent.
AFTER_THE_RESPONSE = ["DropHeld", "OnceRelease"]

ELSEWHERE = {*CASE_OF_CALLBACK, *AFTER_THE_CONFIGURATION, *AFTER_THE_RESPONSE}


def test_the_table_names_callbacks():
    assert set(CALLBACKS) >= ELSEWHERE


@pytest.mark.parametrize("callback", CASE_OF_CALLBACK)
def test_a_callback_of_a_request(faulty, happened, callback):
    case = CASES[CASE_OF_CALLBACK[callback]]
    assert fault_in_request(faulty, case, f"panic {callback}"), "never happened"
    happened["panics"] += 1


@pytest.mark.parametrize(
    "callback",
    [name for name in CALLBACKS if name not in ELSEWHERE],
)
def test_a_callback_of_the_configuration(faulty, happened, callback):
    is_done, registration = fault_in_configuration(faulty, f"panic {callback}")
    assert is_done, "never happened"
    assert registration is None
    assert faulty.has_all_filters(), "a new worker lacks a filter"
    faulty.reload()
    happened["panics"] += 1


@pytest.mark.parametrize("callback", INIT_MODULE)
def test_init_module(faulty, happened, callback):
    fault = f"panic {callback}"
    faulty.arm(fault)
    assert faulty.site.test().status == 0
    assert faulty.disarm(), "did not happen with nginx -t"
    faulty.clear_log()
    faulty.arm(fault)
    faulty.reload()
    assert faulty.disarm(), "did not happen at the reload"
    fault_in_log(faulty, fault)
    faulty.reload()
    happened["panics"] += 1


def test_drop_conf(faulty, happened):
    """The old configuration is dropped when its workers have ended. There is nothing to refuse."""
    fault = "panic DropConf"
    faulty.arm(fault)
    faulty.reload()
    faulty.wait_for_fault(fault)
    faulty.disarm()
    fault_in_log(faulty, fault)
    faulty.reload()
    happened["panics"] += 1


def test_drop_conf_if_nothing_can_be_written(faulty, happened):
    """stderr may be a file on a full disk. The report is lost, and the process goes on."""
    site = faulty.site
    usual = site.http
    site.http, site.wrapper = f"{usual} unknown;", ("sh", "-c", 'exec "$@" 2> /dev/full', "sh")
    faulty.arm("panic DropConf")
    try:
        # nginx drops what it has read.
        assert site.test().status == 1
    finally:
        site.http, site.wrapper = usual, ()
    assert faulty.disarm(), "did not happen"
    site.write_configuration()
    faulty.clear_log()
    happened["panics"] += 1


def test_drop_held(faulty, happened):
    """The response is complete. Only memory is lost, that of one playlist."""
    fault, case = "panic DropHeld", CASES["playlist"]
    faulty.arm(fault)
    assert faulty.get(case).status == 200
    faulty.wait_for_fault(fault)
    faulty.disarm()
    fault_in_log(faulty, fault)
    assert faulty.has_same_workers()
    happened["panics"] += 1


def test_release(faulty, happened):
    """The response has been sent. Only this token stays used, which is safe."""
    fault, case = "panic OnceRelease", CASES["given back"]
    case = dataclasses.replace(case, target=f"/lost/b?pta={PAIR.token('/lost/b')}")
    faulty.arm(fault)
    assert faulty.get(case).status == 404
    faulty.wait_for_fault(fault)
    faulty.disarm()
    fault_in_log(faulty, fault)
    assert faulty.has_same_workers()
    assert faulty.get(case).status == 403
    happened["panics"] += 1
