"""The messages of the module that documents show are those of its source."""

import functools
import re

from documents.pages import documents
from harness.project import PROJECT

# What takes the place of a value in a message, and what nginx writes before it.
VALUE = re.compile(
    r"""["…{}(),:/|]|\[\w+\]|\d+(?:st|nd)?|\b(?:FILE|LINE|NAME|VALUE|REASON|qs|Access)\b"""
)

# Reasons of the system.
SYSTEM = {"Permission denied", "No such file or directory"}

# Rows of the tables of messages, and the list of reasons in the reference.
TABLES = re.compile(r"(?m)^\| (?:error|warning|message) \| \w+ \|\n.*\n((?:\|.*\n)+)")
REASONS = re.compile(r"(?m)^REASON is one of these:\n\n((?:- .*\n)+)")


@functools.cache
def source():
    """The module's strings. nginx's own messages are in the tests of configurations."""
    patterns = ["src/**/*.rs", "token/src/**/*.rs", "tests/configuration/*.py"]
    # The Debian package prints messages, too.
    patterns += ["packaging/debian/*.p*"]
    texts = [
        path.read_text(encoding="utf-8")
        for pattern in patterns
        for path in sorted(PROJECT.glob(pattern))
    ]
    return re.sub(r"\\\n\s*", "", "".join(texts)).replace('\\"', '"')


def shown(page):
    """The messages of a page."""
    prose = "\n".join(line for _, line in page.prose)
    found = re.findall(r"`(pta: [^`]+)`", prose)
    found += re.findall(r"(?m)^ {4,}.*?\b(pta: .+)$", prose)
    for table in TABLES.findall(prose + "\n"):
        found += re.findall(r"(?m)^\| `([^`]+)`", table)
    for reasons in REASONS.findall(prose + "\n"):
        found += re.findall("`([^`]+)`", reasons)
    return found


def unknown(page):
    """Messages with a piece that is in no string of the source."""
    return [
        f"{page.name}: {message}: {piece!r} is in no message"
        for message in shown(page)
        for piece in (piece.strip(" .;") for piece in VALUE.split(message))
        if len(piece) > 8 and piece not in source() and piece not in SYSTEM
    ]


def test_messages():
    pages = documents()
    assert sum(len(shown(page)) for page in pages) > 80
    assert [fault for page in pages for fault in unknown(page)] == []


# ---- the rule, with planted faults


def test_a_right_message(planted):
    text = (
        'Text `pta: no token issued, the path of "pta_issue" …`.\n\n'
        '| error | cause |\n| --- | --- |\n| `no file name in "pta_1st_key" directive` | x |\n'
    )
    assert len(shown(planted(text))) == 2
    assert unknown(planted(text)) == []


def test_wrong_messages(planted):
    text = (
        "Text `pta: no tokens issued, the path`.\n\n    [error] 1#1: *2 pta: mismatch of paths\n\n"
        '| error | cause |\n| --- | --- |\n| `no filename in "pta_1st_key" directive` | x |\n'
    )
    assert len(unknown(planted(text))) == 3
