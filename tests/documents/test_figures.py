"""What several pages say is the same on each: defaults and statuses."""

import re

import pytest

from documents import names
from documents.pages import page
from harness import rules
from harness.project import text_of

STATUSES = {word.lower(): str(status) for word, status in rules.STATUS.items() if status >= 400}
# The rules are about single requests.
STATUSES["replayed"] = "403"

DEFAULTS = names.defaults(page("docs/reference.md"))


@pytest.mark.parametrize("name", ["README.md", "docs/requests.md"])
def test_tables_of_statuses(name):
    words = "|".join(word.replace("_", " ") for word in STATUSES)
    rows = re.findall(rf"(?m)^\| ({words}) \|.*?\| (\d+) \|", text_of(name))
    assert {word.replace(" ", "_"): status for word, status in rows} == STATUSES


def test_the_default_of_statuses():
    given = dict(word.split("=") for word in DEFAULTS["pta_refuse_status"].split())
    assert given == STATUSES


def test_defaults_in_the_cheat_sheet():
    """A line of it ends with the default in brackets."""
    lines = re.findall(r"(?m)^(pta_\w+) .*[ )]\(([\w-]+)\)$", text_of("README.md"))
    wanted = {name: value for name, value in DEFAULTS.items() if name != "pta_refuse_status"}
    assert dict(lines) == {name: value for name, value in wanted.items() if name != "pta_enable"}
