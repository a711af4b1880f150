"""The harness itself: does it see what goes wrong?"""

import os
import pathlib
import signal
import time

import pytest

from harness.clients import http1
from harness.nginx import StartError

PROTECTED = """
    server {{
        listen 127.0.0.1:@port@;
        {keys}
        location / {{ pta_enable on; }}
    }}
"""


def test_a_token_opens_a_file(site, pair):
    running = site(PROTECTED.format(keys=pair.directives()), files={"a": "content"})
    with http1.Connection(running.port()) as client:
        allowed = client.get(f"/a?pta={pair.token('/a')}")
        assert (allowed.status, allowed.body) == (200, b"content")
        assert client.get("/a").status == 400
        assert client.get(f"/a?pta={pair.damaged('/a')}").status == 403
        assert client.get(f"/a?pta={pair.expired('/a')}").status == 410


def test_a_configuration_that_is_refused_is_reported(site):
    refused = site.make(PROTECTED.format(keys=""))
    assert "pta_enable" in refused.refusal()
    with pytest.raises(StartError, match="pta_enable"):
        refused.start()
    refused.write("error.log", "")


def test_a_dead_worker_is_a_fault(site, pair):
    running = site(PROTECTED.format(keys=pair.directives()), files={"a": "content"})
    assert running.faults() == []
    os.kill(running.workers()[0], signal.SIGSEGV)
    end = time.monotonic() + 10
    while not running.faults() and time.monotonic() < end:
        time.sleep(0.01)
    assert "exited on signal 11" in running.faults()[0]
    # Or this test would fail for it.
    running.write("error.log", "")


def test_a_reload_brings_new_workers(site, pair):
    running = site(PROTECTED.format(keys=pair.directives()), files={"a": "content"})
    before = running.workers()
    running.reload()
    assert not set(before) & set(running.workers())
    assert http1.get(running.port(), f"/a?pta={pair.token('/*')}").status == 200


SKIPS = """
    import pytest

    pytest_plugins = ["harness.no_skips"]
    {}

    def test_here():
        pytest.skip("no reason")
"""


@pytest.mark.parametrize("at_once", ["", 'pytest.skip("at once", allow_module_level=True)'])
def test_a_skip_fails_in_ci(pytester, monkeypatch, at_once):
    pytester.makeconftest('pytest_plugins = ["harness.no_skips"]')
    monkeypatch.setenv("PYTHONPATH", str(pathlib.Path(__file__).parent))
    pytester.makepyfile(SKIPS.format(at_once))
    monkeypatch.delenv("CI", raising=False)
    assert pytester.runpytest_subprocess().parseoutcomes() == {"skipped": 1}
    monkeypatch.setenv("CI", "true")
    outcomes = pytester.runpytest_subprocess().parseoutcomes()
    assert outcomes == ({"errors": 1} if at_once else {"failed": 1})
