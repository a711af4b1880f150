"""Runs functions of the scripts, with others in the place of what takes long or needs root."""

import os
import subprocess

from harness.project import PROJECT


def shell(text, *arguments, root=PROJECT, sources=(), **environment):
    """Runs a shell that has sourced these files of scripts/lib. "$@" are the arguments."""
    lines = [f'source "{PROJECT}/scripts/lib/{name}"' for name in ("common.sh", *sources)]
    script = "\n".join(["set -euo pipefail", "root=$1 program=test; shift", *lines, text])
    return subprocess.run(
        ["bash", "-c", script, "test", root, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
