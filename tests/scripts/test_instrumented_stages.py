"""The stages sanitizers and valgrind: what they run, and what counts as a report.

Nothing is built here: a suite is a function that writes what a tool would report.
"""

import os
import shutil
import subprocess

import pytest

from harness.project import PROJECT

# Behind all functions of the stages.
STUBS = """
instrument_nginx() { NGINX=/bin/true NGINX_SOURCE_DIR=/tmp; }
instrument_module() { :; }
plant_faults() { :; }
find_planted_faults() { :; }
run_suites() { CHECKS=7; echo "suites ${*:4}"; eval "$SUITE"; }
run_python_suites() { PASSED=3; echo "python ${*:3}"; }
run_python() { eval "$READER"; }
"""

CLEAN = "touch $reports/report.1 $reports/report.2"
FAULTY = f"{CLEAN}; echo a fault >$reports/report.2"
READER = "find $reports -name report.2 -size +0"


@pytest.fixture
def run(tmp_path):
    shutil.copytree(PROJECT / "scripts", tmp_path / "scripts")
    with (tmp_path / "scripts/lib/suites.sh").open("a") as file:
        file.write(STUBS)
    (tmp_path / "t").mkdir()
    for name in ("a", "debug", "strip"):
        (tmp_path / f"t/{name}.t").touch()

    def run(stage, *arguments, suite=CLEAN, reader=READER):
        return subprocess.run(
            [tmp_path / f"scripts/lib/torture/{stage}", *arguments],
            cwd=tmp_path,
            env={**os.environ, "SUITE": suite, "READER": reader},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


@pytest.mark.parametrize(
    ("stage", "arguments", "suites", "python"),
    [
        ("sanitizers", [], "t/a.t t/debug.t t/strip.t", "configuration "),
        ("sanitizers", ["--quick"], "t/strip.t", "test_version.py\n"),
        ("sanitizers", ["t/a.t"], "t/a.t", None),
        ("valgrind", [], "t/a.t t/debug.t t/strip.t", "configuration "),
        ("valgrind", ["--quick"], "t/debug.t", "test_version.py\n"),
        ("valgrind", ["t/a.t", "t/strip.t"], "t/a.t t/strip.t", None),
    ],
)
def test_what_runs(run, stage, arguments, suites, python):
    done = run(stage, *arguments)
    assert done.returncode == 0, done.stderr
    assert f"\nsuites {suites}\n" in done.stderr
    assert f"suites\t{len(suites.split())}\nchecks\t7\n" in done.stdout
    assert ("python " in done.stdout) == (python is not None)
    assert f"python {python or ''}" in done.stdout or python is None
    assert "reports\t0\n" in done.stdout


@pytest.mark.parametrize("stage", ["sanitizers", "valgrind"])
def test_a_report(run, stage):
    done = run(stage, "t/a.t", suite=FAULTY)
    assert done.returncode == 1
    assert "reports\t1\n" in done.stdout
    assert "a fault\n" in done.stderr


@pytest.mark.parametrize("stage", ["sanitizers", "valgrind"])
def test_a_suite_that_fails(run, stage):
    assert run(stage, "t/a.t", suite=f"{CLEAN}; return 1").returncode == 1


def test_a_reader_of_reports_that_fails(run):
    assert run("sanitizers", "t/a.t", reader="false").returncode == 1


def test_a_tool_that_has_watched_nothing(run):
    done = run("valgrind", "t/a.t", suite=":")
    assert done.returncode == 1
    assert "valgrind: valgrind has watched no process\n" in done.stderr
