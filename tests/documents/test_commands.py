"""Commands are run, and print what the page shows, or are marked."""

import pytest

from documents import commands
from documents.pages import documents

SHOWN = [blocks for page in documents() for blocks in commands.sessions(page)]


@pytest.fixture
def session(nginx, command):
    session = commands.Session(nginx, command)
    yield session
    session.close()


def test_every_block_has_a_mark():
    assert [fault for page in documents() for fault in commands.unmarked(page)] == []


def test_every_file_is_used():
    written = [str(block) for page in documents() for block in page.blocks if "file" in block.marks]
    used = [str(block) for blocks in SHOWN for block in blocks if "file" in block.marks]
    assert written == used


@pytest.mark.parametrize("blocks", SHOWN, ids=lambda blocks: str(blocks[-1]))
def test_a_session(session, blocks):
    if missing := commands.needs(blocks):
        pytest.skip(f"not installed: {', '.join(missing)}")
    assert session.faults(blocks) == []


# ---- the rules, with planted faults

RUN = "<!-- test: run -->\n"
ON = "<!-- test: run on -->\n"
TOKEN = "00112233445566778899aabbccddeeff"
KEYS = f"PTA_KEY={TOKEN} PTA_IV={TOKEN[::-1]}"
SIGNED = f"$ {KEYS} pta issue --path /a --expires"

RIGHT = {
    "output": f"{RUN}```console\n$ echo a; echo b\na\nb\n```\n",
    "no output": f"{RUN}```console\n$ true\n$ false\n```\n",
    "an error": f"{RUN}```console\n$ echo a >&2\na\n```\n",
    "lines that are left out": f"{RUN}```console\n$ seq 9\n1\n...\n9\n$ seq 9\n1\n…\n```\n",
    "text that is left out": f"{RUN}```console\n$ echo abcd\na...d\n```\n",
    "a variable": f"{RUN}```console\n$ x=7\n$ echo $x\n7\n```\n",
    "several lines": f"{RUN}```console\n$ echo a \\\n>   b\na b\n$ cat <<'E'\nx y\nE\nx y\n```\n",
    "a new token": f"{RUN}```console\n{SIGNED} +1h\n{TOKEN}\n```\n",
    "a time that passes": (
        f"{RUN}```console\n$ x='allowed, 59 minutes 59 seconds left'\n$ echo $x\n"
        "allowed, 1 hour left\n```\n"
    ),
    "a file": f"<!-- test: file a/f -->\n```ini\nx\n```\n{RUN}```console\n$ cat a/f\nx\n```\n",
    "one shell": f"{RUN}```console\n$ x=7\n```\n{ON}```console\n$ echo $x\n7\n```\n",
    "a script": f"{RUN}```sh\ntrue\n```\n",
    "the folder": f"{RUN}```console\n$ pwd\n/srv/site\n```\n",
    "tools": f"{RUN}```console\n$ pta --version\npta ...\n$ nginx -v\nnginx version: ...\n```\n",
}

WRONG = {
    "output": f"{RUN}```console\n$ echo a\nb\n```\n",
    "more output": f"{RUN}```console\n$ seq 2\n1\n```\n",
    "less output": f"{RUN}```console\n$ echo 1\n1\n2\n```\n",
    "no output": f"{RUN}```console\n$ true\na\n```\n",
    "output that is not shown": f"{RUN}```console\n$ echo a\n```\n",
    "a variable": f"{RUN}```console\n$ x=7\n$ echo $x\n8\n```\n",
    "another token": f"{RUN}```console\n{SIGNED} 4102444800\n{TOKEN}\n```\n",
    "a script": f"{RUN}```sh\nfalse\ntrue\n```\n",
    "the end of the shell": f"{RUN}```console\n$ exit\n$ true\n```\n",
    "no command": f"{RUN}```console\nhello\n```\n",
    "a file": f"<!-- test: file f -->\n```ini\nx\n```\n{RUN}```console\n$ cat f\ny\n```\n",
    "one shell": f"{RUN}```console\n$ x=7\n```\n{ON}```console\n$ echo $x\n8\n```\n",
}

UNMARKED = {
    "no mark": "```console\n$ true\n```\n",
    "no mark, a script": "```sh\ntrue\n```\n",
    "a line between": "<!-- test: run -->\n\nText.\n```sh\ntrue\n```\n",
    "no reason": "<!-- test: not-run -->\n```sh\ntrue\n```\n",
    "another word": "<!-- test: run of -->\n```sh\ntrue\n```\n",
    "both": "<!-- test: run -->\n<!-- test: not-run x -->\n```sh\ntrue\n```\n",
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_no_fault(session, planted, text):
    page = planted(text)
    assert commands.unmarked(page) == []
    assert [session.faults(blocks) for blocks in commands.sessions(page)] == [[]]


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_a_fault(session, planted, text):
    (blocks,) = commands.sessions(planted(text))
    assert len(session.faults(blocks)) == 1


@pytest.mark.parametrize("text", UNMARKED.values(), ids=UNMARKED)
def test_a_block_without_a_mark(planted, text):
    assert len(commands.unmarked(planted(text))) == 1


def test_a_language_that_is_not_installed(planted, monkeypatch):
    blocks = planted(f"{RUN}```console\n$ node x.mjs | cat\n$ php x.php\n```\n").blocks
    monkeypatch.setattr(commands.shutil, "which", lambda name: name == "php")
    assert commands.needs(blocks) == ["node"]


def test_a_block_with_a_reason(planted):
    assert commands.unmarked(planted("<!-- test: not-run slow -->\n```sh\nx\n```\n")) == []
