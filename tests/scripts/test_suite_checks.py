"""t/lib/PTA.pm: what every block of a suite checks, whatever else the block checks."""

import pathlib
import re
import tempfile

import pytest

from harness.project import PROJECT
from scripts.shell import shell

RUN = f'cd "{PROJECT}"; run_suites "$1" "$2" : "$3"; echo "$CHECKS checks"'

HEAD = """
use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use PTA;

run_suite();

__DATA__
"""

# nginx logs the name of a file that it does not find.
BLOCK = """
=== forbids {what}
--- config
    location / {{ root $TEST_NGINX_HTML_DIR; }}
--- request
GET /{name}
--- error_code: 404
{section}
"""

SECTIONS = {
    "nothing": "",
    "a text": "--- no_error_log\nbad",
    "several texts": "--- no_error_log\nbad\nanother text",
    "a pattern": "--- no_error_log eval\nqr/bad/",
    "texts and patterns": '--- no_error_log eval\n["another text", qr/bad/]',
    "what is forbidden anyway": "--- no_error_log\n[alert]\nbad",
}


@pytest.fixture
def folder():
    """A folder that workers, which run as another user, can read."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        (folder / "t").mkdir()
        yield folder


@pytest.fixture
def run(nginx, folder):
    """Runs a suite in which nginx logs a text in all blocks. Returns what fails."""

    def run(name):
        suite = folder / "planted.t"
        blocks = [
            BLOCK.format(what=what, name=name, section=section)
            for what, section in SECTIONS.items()
        ]
        suite.write_text(HEAD + "".join(blocks))
        done = shell(RUN, nginx.binary, nginx.module, suite, root=folder, sources=["suites.sh"])
        text = rf'- pattern "[^"]*{re.escape(name)}[^"]*" should not match any line in error\.log'
        failed = [what for what in SECTIONS if re.search(f"forbids {what} {text}", done.stdout)]
        assert done.returncode == (1 if failed else 0), done.stdout
        return failed

    return run


@pytest.mark.parametrize("name", ["panic", "[alert]", "[emerg]"])
def test_no_block_can_allow_it(run, name):
    assert run(name) == list(SECTIONS)


def test_what_a_block_forbids(run):
    texts = [what for what, section in SECTIONS.items() if "bad" in section]
    assert run("bad") == texts


def test_other_names(run):
    assert run("good") == []
