"""Files with keys at a reload."""

import pytest

from harness import processes
from harness.clients import http1
from harness.tokens import Pair

SERVER = """
    server {{
        listen 127.0.0.1:@port@;
        {keys}
        location / {{ pta_enable on; }}
    }}
"""
HALVES = "pta_1st_key file:keys/key; pta_1st_iv file:keys/iv;"
PAIR = "pta_1st_pair file:keys/pair;"


@pytest.fixture
def start(site):
    """Starts a site with these directives, and the files that they name."""

    def start(keys, pair):
        running = site.make(SERVER.format(keys=keys), files={"a": "a"})
        write(running, pair)
        return running.start()

    return start


def write(running, pair):
    key, iv = pair.key.hex(), pair.iv.hex()
    for name, content in {"key": key, "iv": iv, "pair": f"{key}\n{iv}"}.items():
        running.replace(f"keys/{name}", content, mode=0o600)


def status(running, pair):
    return http1.get(running.port(), f"/a?pta={pair.token('/a')}").status


@pytest.mark.parametrize("keys", [HALVES, PAIR])
def test_new_keys(start, keys):
    old, new = Pair(), Pair()
    running = start(keys, old)
    write(running, new)
    # nginx reads files at a reload only.
    assert (status(running, old), status(running, new)) == (200, 403)
    running.reload()
    assert (status(running, old), status(running, new)) == (403, 200)


@pytest.mark.parametrize(
    ("keys", "name", "error"),
    [
        (HALVES, "key", 'invalid key file "{root}/keys/key" in "pta_1st_key" directive,'
         " it must be 32 hexadecimal digits, not 6 characters in {root}/nginx.conf:"),
        (PAIR, "pair", 'invalid pair file "{root}/keys/pair" in "pta_1st_pair" directive,'
         " it must have 2 or 3 lines, key, IV and seal key, not 1 in {root}/nginx.conf:"),
    ],
)  # fmt: skip
def test_a_file_that_has_become_invalid(start, keys, name, error):
    """The reload fails, and the old configuration stays."""
    pair = Pair()
    running = start(keys, pair)
    workers = running.workers()
    running.replace(f"keys/{name}", "spoilt")
    running.reload(wait=False)
    running.wait_for(running.faults, "no error in the log")
    (fault,) = running.faults()
    assert "[emerg]" in fault
    assert error.format(root=running.root) in fault
    assert status(running, pair) == 200
    assert running.workers() == workers
    # Otherwise this test would fail at its end.
    running.write("error.log", "")


def test_no_key_file_stays_open(start):
    running = start(HALVES + PAIR.replace("1st", "2nd"), Pair())
    before = processes.open_files(running.master())
    running.reload()
    # The master closes its connection to a worker a moment after the worker's end.
    running.wait_for(
        lambda: processes.open_files(running.master()) == before, "files stay open", seconds=5
    )
