"""Checks what a fault does, wherever it happens."""

import itertools
import re

from faults.site import CLOSED, INJECTED

# What the module logs if nginx's own function fails, because nginx need not log the purpose.
REGISTRATION = re.compile(
    r"pta: could not add (?:a handler to the [a-z ]+ phase|the variable \"\$pta_[a-z_]+\")$"
)


def one_line(lines, where):
    """These lines report the injected fault, and nothing else.

    A failed registration may follow. Returns it, without date and process.
    """
    registration = REGISTRATION.search(lines[1]) if len(lines) == 2 else None
    expected = 2 if registration else 1
    assert len(lines) == expected, f"{where}: {len(lines)} lines: {lines}"
    assert INJECTED.search(lines[0]), f"{where}: the line is {lines[0]}"
    return registration[0] if registration else None


def fault_in_log(site, fault):
    """The log has one line about the fault."""
    registration = one_line(site.faults(), f"{fault}: error log")
    site.clear_log()
    return registration


def fault_in_request(site, case, fault):
    """Checks what the fault does to the request. Returns whether it has happened."""
    usual = site.get(case)
    assert usual.status == case.status, f"{fault}: status {usual.status} without it"
    assert case.caches in (None, usual.caches), f"{fault}: {usual.caches} without it"
    site.arm(fault)
    response = site.get(case)
    if not site.disarm():
        return False
    if case.has_variable and response.status == case.status:
        assert response.variable in (None, "<>"), f"{fault}: the variable is {response.variable}"
    elif response is CLOSED:
        # Only a fault in the header filter may close the connection. Without it, the filter adds
        # Cache-Control.
        assert usual.caches is not None, f"{fault}: no response"
    else:
        assert response.status == case.fault_status, f"{fault}: status {response.status}"
    assert fault_in_log(site, fault) is None
    assert site.get(case) == usual, f"{fault}: the next response differs"
    assert site.has_same_workers(), f"{fault}: the worker has ended"
    return True


def each_allocation(site, case):
    """Each allocation of the request fails once. Returns their number."""
    for number in itertools.count(1):
        if not fault_in_request(site, case, f"memory Request {number}"):
            break
    assert number > 1, "allocates nothing"
    return number - 1


def fault_in_configuration(site, fault):
    """Checks that the fault refuses the configuration, by `nginx -t` and at a reload.

    Returns whether it has happened, and the failed registration that `nginx -t` reports, if any.
    """
    site.arm(fault)
    tested = site.site.test()
    if not site.disarm():
        return False, None
    assert tested.status != 0, f"{fault}: nginx -t succeeds"
    # There is no other error: the module does not continue without what it failed to get.
    errors = re.findall(r"^nginx: \[(?:alert|emerg|crit|error)\].*", tested.output, re.M)
    registration = one_line(errors, f"{fault}: nginx -t")
    # nginx -t has the same log.
    site.clear_log()
    site.refuse_reload(fault)
    assert fault_in_log(site, fault) == registration
    assert site.has_same_workers(), f"{fault}: the old workers have ended"
    assert site.is_serving(), f"{fault}: the old configuration is not in use any more"
    return True, registration
