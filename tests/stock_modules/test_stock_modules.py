"""Requests that do not use the module are answered and logged as by an nginx without it."""

import collections
import difflib
import re

import pytest

from stock_modules.cases import CASES
from stock_modules.runs import ALONE, OTHERS

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
each_other = pytest.mark.parametrize("other", OTHERS)


@each_case
@each_other
def test_responses(runs, case, other):
    """Byte for byte, but for what depends on the time."""
    alone, found = runs.alone.responses[case.name], runs.others[other].responses[case.name]
    pairs = zip(case.requests, alone, found, strict=True)
    differences = [
        f"{request.bytes(case.host)[:200]}\n{difference(before, after, other)}"
        for request, before, after in pairs
        if before != after
    ]
    assert not differences, "\n".join(differences[:5])
    # Without a response, there is nothing to compare.
    assert any(response.startswith(b"HTTP/") for response in alone)


def difference(before, after, other):
    lines = [text[:1500].decode("latin-1").splitlines() for text in (before, after)]
    return "\n".join(difflib.unified_diff(*lines, ALONE, other, lineterm=""))


@each_other
def test_logs(runs, other):
    """The same lines in the access log and in the error log."""
    alone, found = collections.Counter(runs.alone.log), collections.Counter(runs.others[other].log)
    assert alone
    differences = [f"not logged any more: {line}" for line in (alone - found).elements()]
    differences += [f"logged now: {line}" for line in (found - alone).elements()]
    assert not differences, "\n".join(differences[:40])


@each_case
def test_the_module_is_enabled_elsewhere(runs, case):
    """The comparison would prove little if the module did not run."""
    used = runs.others["module enabled in another location"]
    assert used.elsewhere[case.name] == [b"400", b"200", b"400", b"303"]


def test_figures(runs, nginx, figures):
    modules = {module for case in runs.cases for module in case.modules}
    for case in runs.cases:
        responses = runs.alone.responses[case.name]
        found = (re.match(rb"HTTP/\S+ (\d+)", response) for response in responses)
        statuses = sorted({match[1].decode() if match else "none" for match in found})
        figures(f"{nginx}: {case.name}\t{len(responses)} requests, {' '.join(statuses)}")
    for name, absent in runs.absent.items():
        figures(f"{nginx}: {name}\tabsent, nginx is built without {', '.join(absent)}")
    figures(
        f"{nginx}: configurations, modules, responses, log lines\t{len(runs.cases)}, "
        f"{len(modules)}, {sum(map(len, runs.alone.responses.values()))}, {len(runs.alone.log)}"
    )
    assert len(runs.cases) > len(CASES) / 2
