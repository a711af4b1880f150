"""The server of the recipe."""

import re

import pytest

from harness import project

SECTION = "\n## A gate for other proxies\n"


def section():
    return project.text_of("docs/recipes.md").partition(SECTION)[2].partition("\n## ")[0]


def block(language, number=0):
    """A block of code of the recipe."""
    return re.findall(rf"```{language}\n(.*?)```", section(), re.S)[number]


@pytest.fixture
def gate(site, pair):
    """The recipe's server, running."""
    text = block("nginx")
    for old, new in (
        ("listen 8080;", "listen 127.0.0.1:@port@;"),
        ("pta_1st_pair file:keys/1st.pair;", pair.directives()),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    return site(text)
