"""scripts/lib/check-logs finds what no log may contain."""

import re
import subprocess

import pytest

from harness import project
from harness.project import PROJECT

CHECK = PROJECT / "scripts/lib/check-logs"

# A key of t/lib/PTA.pm, and a token that a suite has made.
KEY = "00112233445566778899aabbccddeeff"
TOKEN = "5a" * 48

OURS = "2026/01/01 00:00:00 [info] 7#7: *1 pta: request allowed"
NGINX = '2026/01/01 00:00:00 [error] 7#7: *1 open() "/a" failed'
DEBUG = "2026/01/01 00:00:00 [debug] 7#7: *1 http uri"
BEFORE = "2026/01/01 00:00:00 [error] 7#7: *1 limiting requests"


@pytest.fixture
def check(tmp_path):
    """Runs the check over one log, and returns its exit status and what it prints."""

    def run(name, *lines, tokens=TOKEN):
        (tmp_path / "tokens").write_text(f"{tokens}\n")
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines))
        done = subprocess.run([CHECK, tmp_path], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    return run


@pytest.mark.parametrize(
    ("name", "line", "what"),
    [
        ("a.t.001.access", f"GET /a?pta={TOKEN}", "a token in an access log"),
        ("a.t.001.error", f"{OURS} {TOKEN.upper()}", "a token in a line of the module"),
        ("a.t.001.error", f"{NGINX} {TOKEN}", "a token in an error line after the decision"),
        ("a.t.001.error", f"{NGINX} {KEY}", "a key"),
        ("a.t.001.error", f"{NGINX} 00{KEY}00", "a key"),
        ("a.t.001.tokens-allowed.error", f"{OURS} {KEY}", "a key"),
    ],
)
def test_a_secret_is_found(check, name, line, what):
    status, printed = check(name, OURS, line)
    assert status == 1
    assert printed == f"{name}:2: {what}: {line}\n"


# Two pairs that open locations and one of another realm, each with its seal key.
KEYS = re.findall(r"'([0-9a-f]{32,})'", project.text_of("t/lib/PTA.pm"))


def test_all_keys_are_known(check):
    assert sorted(map(len, KEYS)) == [32] * 6 + [64] * 3
    lines = [f"{OURS} {key}" for key in KEYS]
    status, printed = check("a.t.001.error", *lines)
    assert status == 1
    assert printed.splitlines() == [
        f"a.t.001.error:{number}: a key: {line}" for number, line in enumerate(lines, 1)
    ]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.t.001.error", NGINX),
        ("a.t.001.error", f"{DEBUG} {TOKEN} {KEY}"),
        ("a.t.001.error", f"{BEFORE} {TOKEN}"),
        ("a.t.001.tokens-allowed.error", f"{OURS} {TOKEN}"),
    ],
)
def test_other_lines_are_no_secret(check, name, line):
    assert check(name, OURS, line) == (0, "")


def test_a_log_without_anything_to_check_is_a_failure(check):
    assert check("a.t.001.error", NGINX)[0] == 1
    assert check("a.t.001.error", OURS, tokens="")[0] == 1
