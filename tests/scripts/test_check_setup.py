"""scripts/lib/check-setup finds what is wrong with scripts/setup."""

import os
import shutil
import subprocess

from harness.project import PROJECT

LOCKS = [
    "waits for the lock of the package lists",
    "waits for the lock of the downloaded packages",
    "waits for dpkg's lock",
    "does not wait for ever",
]
CONFIGURATION = [
    "a configuration of an earlier version is replaced",
    "... one without ARM too",
    "... also where the caller has a source tree",
    "the current one is not an edited one",
    "in a source archive, cargo finds the crates",
    "... that is not an edited one",
]


APT_GET = "\napt_get() {\n"
PLANTED = [
    # Waits for no lock: neither for that of another apt, nor in vain.
    ("scripts/lib/common.sh", APT_GET, f"{APT_GET}    return 0\n"),
    ("scripts/setup", "[env]\nNGINX", "[env]\nNGINY"),
]


def test_what_is_planted_is_found(tmp_path):
    """In a copy of the scripts without .nginx, as it is if the caller has a source tree."""
    project = tmp_path / "project"
    shutil.copytree(PROJECT / "scripts", project / "scripts")
    (project / "tests/players").mkdir(parents=True)
    shutil.copy(PROJECT / "tests/players/package-lock.json", project / "tests/players")
    for name, old, new in PLANTED:
        text = (project / name).read_text()
        assert text.count(old) == 1
        (project / name).write_text(text.replace(old, new))
    done = subprocess.run(
        [project / "scripts/lib/check-setup"],
        env={**os.environ, "NGINX_SOURCE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 1
    prefix = "check-setup: failed: "
    failed = [line for line in done.stderr.splitlines() if line.startswith(prefix)]
    assert [line.removeprefix(prefix) for line in failed] == [*CONFIGURATION, *LOCKS]
    assert done.stdout.endswith(f" checks, {len(failed)} failed\n")
