"""Builds on ARM: for the system that there is, and with the flag for its instructions."""

import re

import pytest

from harness import project
from scripts.shell import shell

PROCESSORS = {"x86_64": "", "aarch64": "--cfg aes_armv8"}

# cargo writes its arguments and makes the file.
STUBS = {
    "uname": 'echo "$PROCESSOR"',
    "rustc": 'echo "host: $PROCESSOR-unknown-linux-gnu"',
    "cargo": """
        echo "$*" >"$FOLDER/arguments"
        echo "$RUSTFLAGS" >"$FOLDER/flags"
        made=$FOLDER/target/torture/cargo/tool/$PROCESSOR-unknown-linux-gnu/release
        mkdir -p "$made" && touch "$made/libngx_http_pta_module.so"
    """,
}


@pytest.fixture
def run(tmp_path):
    """Runs a text on a machine with this processor."""
    for name, text in STUBS.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "scripts").symlink_to(project.PROJECT / "scripts")

    def run(processor, text, *sources):
        path = f'PATH="{tmp_path}:$PATH"; export FOLDER="{tmp_path}" PROCESSOR={processor}'
        done = shell(f"{path}\n{text}", root=tmp_path, sources=sources)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.mark.parametrize("processor", PROCESSORS)
def test_the_module_for_the_tools(run, tmp_path, processor):
    call = 'instrument_module tool "$root" -Za=b "$root/module.so"'
    run(processor, call, "build.sh", "torture/instrumented.sh")
    arguments = (tmp_path / "arguments").read_text()
    assert f" --target {processor}-unknown-linux-gnu " in arguments
    flags = (tmp_path / "flags").read_text()
    assert flags.strip() == f"-Za=b {PROCESSORS[processor]}".strip()
    assert (tmp_path / "module.so").exists()


@pytest.mark.parametrize("processor", PROCESSORS)
def test_the_flags_of_packages(run, processor):
    flags = run(processor, f"unset CARGO_HOME; {project.PROJECT}/scripts/lib/rustflags").strip()
    assert flags.startswith("--remap-path-prefix=")
    assert flags.endswith(f"=/target {PROCESSORS[processor]}".strip())


def test_no_script_forgets_that_its_flags_replace_those_of_the_configuration():
    """A line that sets RUSTFLAGS has what .cargo/config.toml has for ARM."""
    lines = [
        (name, line)
        for name in project.files()
        if name.startswith(("scripts/", "packaging/"))
        for line in project.text_of(name).splitlines()
        if re.search(r"\bRUSTFLAGS=", line) and not line.startswith("#")
    ]
    assert len(lines) >= 4
    assert [
        line for line in lines if not re.search(r"\brustflags(_for_processor)?\b", line[1])
    ] == []
