"""The harness itself: it notices what goes wrong."""

import os
import pathlib
import signal

import pytest

import harness.nginx as nginx_of_harness
from harness import processes
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
    running.wait_for(running.faults, "no fault is reported")
    assert "exited on signal 11" in running.faults()[0]
    # Otherwise this test would fail at its end.
    running.write("error.log", "")


def test_a_reload_brings_new_workers(site, pair):
    running = site(PROTECTED.format(keys=pair.directives()), files={"a": "content"})
    before = running.workers()
    running.reload()
    assert not set(before) & set(running.workers())
    assert http1.get(running.port(), f"/a?pta={pair.token('/*')}").status == 200


def status(running, target="/"):
    return http1.get(running.port(), target).status


RETURN = "server {{ listen 127.0.0.1:@port@; location / {{ {} }} }}"


def test_a_reload_reads_what_has_changed(site):
    running = site(RETURN.format("return 201;"))
    running.http = RETURN.format("return 202;")
    running.reload()
    assert status(running) == 202


def test_a_reload_without_waiting(site):
    running = site(RETURN.format("return 201;"))
    running.http = RETURN.format("return 202;")
    running.reload(wait=False)
    running.wait_for(lambda: status(running) == 202, "no new configuration")


def test_an_upgrade_brings_a_new_master(site):
    running = site(RETURN.format("return 201;"), daemon=True)
    before = {running.master(), *running.workers()}
    running.upgrade()
    assert status(running) == 201
    assert running.old_master() is None
    assert not before & {running.master(), *running.workers()}


@pytest.mark.parametrize("options", [{}, {"daemon": True}, {"single_process": True}])
def test_nothing_is_left_when_nginx_is_stopped(site, options):
    running = site(RETURN.format("return 201;"), **options)
    family = {running.master(), *running.workers()}
    assert len(family) == (1 if "single_process" in options else 2)
    assert status(running) == 201
    running.stop()
    assert not any(map(processes.is_alive, family))
    with pytest.raises(ConnectionRefusedError):
        status(running)


def test_what_ignores_a_signal_is_killed(site, monkeypatch):
    monkeypatch.setattr(nginx_of_harness, "STOP_SECONDS", 1)
    running = site(RETURN.format("return 201;"))
    family = [running.master(), *running.workers()]
    os.kill(running.master(), signal.SIGSTOP)
    running.stop()
    assert not any(map(processes.is_alive, family))


def test_an_upgrade_that_is_not_over_is_stopped(site):
    running = site(RETURN.format("return 201;"), daemon=True)
    masters = running.start_upgrade()
    family = [*masters, *running.workers()]
    assert len(set(family)) == 3
    running.stop()
    assert not any(map(processes.is_alive, family))


def test_nginx_runs_under_a_wrapper(site):
    running = site(RETURN.format("return 201;"), single_process=True, wrapper=["nice", "-n", "7"])
    expected = min(os.nice(0) + 7, 19)
    assert os.getpriority(os.PRIO_PROCESS, running.master()) == expected
    assert status(running) == 201


def test_nginx_gets_the_environment(site):
    made = site.make(
        RETURN.format("return 201;"),
        wrapper=["sh", "-c", 'echo "PTA_HARNESS is $PTA_HARNESS" && exec "$@"', "sh"],
        environment={"PTA_HARNESS": "here"},
    )
    assert "PTA_HARNESS is here" in made.test().output


def test_a_site_can_do_without_the_module(site, pair):
    refused = site.make(PROTECTED.format(keys=pair.directives()), with_module=False)
    assert 'unknown directive "pta_1st_key"' in refused.refusal()
    refused.write("error.log", "")
    assert status(site(RETURN.format("return 201;"), with_module=False)) == 201


def test_a_site_can_do_without_an_http_block(site):
    assert site.make(None, main="events { }").test().status == 0


def test_a_site_can_keep_its_folder_and_port(site, tmp_path):
    first = site.make(RETURN.format("return 201;"), root=tmp_path, beside={"file": "kept"})
    port = first.start().port()
    first.stop()
    second = site(RETURN.format("return 202;"), root=tmp_path, ports={"port": port})
    assert (status(first), second.read("file")) == (202, "kept")


def test_each_name_has_a_port_of_its_own(site, monkeypatch):
    found = iter([5000, 5000, 5001])
    monkeypatch.setattr(nginx_of_harness, "free_port", lambda: next(found))
    made = site.make("# @one@ @two@ @one@")
    made.write_configuration()
    assert made.ports == {"one": 5000, "two": 5001}


def test_nginx_that_ends_by_itself_leaves_its_output(site):
    done = site.make(RETURN.format("return 201;")).test()
    assert done.status == 0
    assert "test is successful" in done.output
    assert done.cpu_seconds > 0


def test_nginx_that_does_not_end_is_killed(site):
    made = site.make(RETURN.format("return 201;"))
    made.write_configuration()
    assert made.run(seconds=0.5).status == -signal.SIGKILL
    with pytest.raises(ConnectionError):
        status(made)
    made.write("error.log", "")


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


PLAIN = """
    import pytest

    @pytest.mark.plain("no reason")
    def test_here():
        pass

    def test_there():
        pass
"""


@pytest.mark.parametrize("expression", ["not plain", "not torture"])
def test_a_test_that_is_left_out_is_shown(pytester, monkeypatch, expression):
    pytester.makeini("[pytest]\nmarkers =\n    plain: has a reason")
    pytester.makeconftest('pytest_plugins = ["harness.left_out"]')
    monkeypatch.setenv("PYTHONPATH", str(pathlib.Path(__file__).parent))
    pytester.makepyfile(test_a=PLAIN)
    result = pytester.runpytest_subprocess("-m", expression)
    shown = "LEFT OUT [1] test_a.py: no reason"
    if expression == "not plain":
        result.assert_outcomes(passed=1, deselected=1)
        assert shown in result.outlines
    else:
        result.assert_outcomes(passed=2)
        assert shown not in result.outlines


@pytest.mark.parametrize(("setting", "name"), [("", "SIGTERM"), ("1", "SIGQUIT")])
def test_how_nginx_is_stopped(site, monkeypatch, setting, name):
    monkeypatch.setenv("PTA_TEST_QUIT", setting)
    running = site(RETURN.format("return 201;"), error_level="notice")
    running.stop()
    assert f"({name}) received from" in running.read()
