"""scripts/package --check: a scenario in a fresh Debian system is complete, or it has failed."""

import pytest

from scripts.shell import shell

# What a scenario does in its system.
FIRST = r"printf 'first\tok\t\n' >>results"
FAILED = r"printf 'second\tFAILED\tits note\n' >>results"
END = r"printf 'ran to its end\tok\t\n' >>results"

# The systems are folders here.
STUBS = """
    task() { shift; "$@"; }
    copy_chroot() { SYSTEM=$root/system; rm -rf "$SYSTEM"; mkdir -p "$SYSTEM/srv"; }
    remove_copy() { rm -rf "$SYSTEM"; }
    readme_steps() { echo true; }
    enter() { (cd "$SYSTEM/check" && bash upgrade.sh); }
    OLD_VERSION=1 VERSION=2
    mkdir -p "$RESULTS"
    scenario bookworm upgrade "the upgrade" "$root/repository"
    cat "$table"
    echo "$failed failed"
"""


@pytest.fixture
def run(tmp_path):
    """The rows of a scenario: what and result; and the number of those that count as failed."""

    def run(*lines):
        inside = tmp_path / "scripts/lib/package/inside"
        inside.mkdir(parents=True)
        (inside / "upgrade.sh").write_text("\n".join(lines))
        (tmp_path / "repository").mkdir()
        done = shell(STUBS, root=tmp_path, sources=["package/scenarios.sh"])
        assert done.returncode == 0, done.stderr
        *rows, count = done.stdout.splitlines()
        cells = [row.split(" | ") for row in rows]
        return [(what, result) for _, what, result, *_ in cells], int(count.split()[0])

    return run


def test_a_complete_scenario(run):
    rows, failed = run(FIRST, END)
    assert rows == [("the upgrade", "ok"), ("first", "ok"), ("ran to its end", "ok")]
    assert failed == 0


def test_a_result_that_is_not_as_it_must_be(run):
    rows, failed = run(FIRST, FAILED, END)
    assert rows[0] == ("the upgrade", "FAILED")
    assert ("second", "FAILED") in rows
    assert failed == 2


@pytest.mark.parametrize("death", ["kill -9 $$", "exit 0", "for", "exec true"])
def test_a_scenario_that_dies_after_its_first_result(run, death):
    rows, failed = run(FIRST, death, END)
    assert rows == [("the upgrade", "FAILED"), ("first", "ok")]
    assert failed == 1


def test_a_scenario_without_any_result(run):
    rows, failed = run("true")
    assert rows == [("the upgrade", "FAILED"), ("upgrade", "FAILED")]
    assert failed == 2
