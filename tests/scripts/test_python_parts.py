"""scripts/test runs the Python tests part by part. A part that tests nothing has not passed."""

import re

import pytest

from harness import project
from scripts.shell import shell

RUN = """
    run_pytest() { return "$STATUS"; }
    run_part "$1" "$1/output"
    [[ -e $1/output.passed ]] && echo passed
"""

SHORT = "def test_a():\n    pass\n"
LONG = f"@pytest.mark.torture\n{SHORT}"
INSTRUMENTED = f"pytestmark = pytest.mark.instrumented\n{SHORT}"


@pytest.mark.parametrize(
    ("status", "files", "passes"),
    [
        (0, [SHORT], True),
        (0, [LONG], True),
        (1, [SHORT], False),
        (1, [LONG], False),
        # There was no test to run.
        (5, [LONG], True),
        (5, [LONG, INSTRUMENTED], True),
        (5, [SHORT], False),
        (5, [SHORT, LONG], False),
    ],
)
def test_a_part(tmp_path, status, files, passes):
    for number, text in enumerate(files):
        (tmp_path / f"test_{number}.py").write_text(text)
    done = shell(RUN, tmp_path, sources=["python.sh"], STATUS=str(status))
    assert done.stderr == ""
    assert done.stdout == ("passed\n" if passes else "")


def test_every_test_is_in_a_file_that_pytest_collects():
    names = [name for name in project.files() if re.fullmatch(r"tests/.*\.py", name)]
    found = [name for name in names if re.search(r"(?m)^ *def test_", project.text_of(name))]
    assert found
    assert [name for name in found if not re.search(r"/test_[^/]*$", name)] == []
