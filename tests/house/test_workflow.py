"""The workflow for the hosting service names what this project has."""

import re
import subprocess

from harness.project import PROJECT, text_of

WORKFLOW = PROJECT / ".github/workflows/ci.yml"


def test_the_checkout_is_the_only_action_and_pinned_to_a_commit():
    used = re.findall(r"uses: (\S+)", WORKFLOW.read_text())
    assert used
    assert {
        re.fullmatch(r"actions/checkout@[0-9a-f]{40}", action) is not None for action in used
    } == {True}
    assert len(set(used)) == 1


def test_the_lowest_rust_is_tested():
    lowest = re.search(r'^rust-version = "([\d.]+)"', text_of("Cargo.toml"), re.M)[1]
    images = set(re.findall(r'"rust:([\w.]+)-(?:bookworm|trixie)"', WORKFLOW.read_text()))
    assert images == {lowest, "1"}


def test_the_fuzz_targets_have_the_same_lowest_rust():
    versions = {
        re.search(r'^rust-version = "([\d.]+)"', text_of(manifest), re.M)[1]
        for manifest in ("Cargo.toml", "fuzz/Cargo.toml")
    }
    assert len(versions) == 1


def test_the_documents_name_the_same_lowest_rust():
    lowest = re.search(r'^rust-version = "([\d.]+)"', text_of("Cargo.toml"), re.M)[1]
    for name in ("README.md", "CHANGELOG.md", "docs/building.md", "scripts/setup"):
        assert set(re.findall(r"Rust (1\.\d+)", text_of(name))) == {lowest}, name


def stages_of(job):
    """The stages of scripts/torture that a job of the workflow runs."""
    (text,) = re.findall(rf"(?ms)^  {job}:\n(.*?)(?=^  \S|\Z)", WORKFLOW.read_text())
    (stages,) = re.findall(r"(?m)^        stage:(.*(?:\n {10}- .*)*)", text)
    return re.findall(r"[\w-]*\w", stages)


def all_stages():
    done = subprocess.run(
        [PROJECT / "scripts/torture", "--list"], capture_output=True, text=True, check=True
    )
    return [line.split()[0] for line in done.stdout.splitlines()]


def test_each_change_runs_some_stages():
    assert set(stages_of("torture")) < set(all_stages())


def test_all_stages_run_once_a_week():
    assert stages_of("weekly") == all_stages()


def test_each_command_exists():
    commands = re.findall(r"(?<![\w/.-])((?:scripts|\.ci)/[\w/-]+)", WORKFLOW.read_text())
    assert {".ci/run", "scripts/torture"} <= set(commands)
    for command in commands:
        assert (PROJECT / command).is_file(), command
