"""Every signer and the command make exactly the token that the format defines."""

import json
import subprocess

import pytest

from harness.project import PROJECT
from harness.tokens import Pair

KEY = "00112233445566778899aabbccddeeff"
# Upper case is valid as well.
IV = "FFEEDDCCBBAA99887766554433221100"

# The last second of the year 9999.
LAST = 253_402_300_799

ZEROS = "0" * 999

PATHS = [
    "/café/日本語/🎬.mp4",
    # Backslashes are themselves.
    r"/a\*b*c\d\\*" + "\\",
    "/100%/%2F a+b?c#d&\"e'f",
    f"/{ZEROS}",
    # A path of each length, modulo the block's 16 bytes.
    *(f"/{ZEROS[:length]}" for length in range(16)),
]

EXPIRIES = [-1, 0, -(2**63), LAST]


def cases():
    """Key, IV, path and expiry."""
    vectors = json.loads((PROJECT / "token/tests/vectors.json").read_bytes())["vectors"]
    yield from ((v["key"], v["iv"], v["path"], v["expires"]) for v in vectors)
    yield from ((KEY, IV, path, 1_893_423_600) for path in PATHS)
    yield from ((KEY, IV, "/a", expires) for expires in EXPIRIES)


CASES = [pytest.param(case, id=f"{case[2][:24]}-{len(case[2])}-{case[3]}") for case in cases()]


def right(key, iv, path, expires):
    return Pair.from_hex(key, iv).token(path, expires)


@pytest.mark.parametrize("case", CASES)
def test_a_signer(signer, case):
    done = signer.sign(*case)
    assert (done.stdout, done.stderr, done.returncode) == (right(*case) + "\n", "", 0)


@pytest.mark.parametrize("case", CASES)
def test_the_command(command, case):
    key, iv, path, expires = case
    done = subprocess.run(
        [command, "issue", "--path", path, "--expires", str(expires)],
        env={"PTA_KEY": key, "PTA_IV": iv},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == (right(*case) + "\n", 0), done.stderr
