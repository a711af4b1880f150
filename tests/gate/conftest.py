"""The server of the recipe."""

import dataclasses
import re

import pytest

from documents import reader
from documents.configurations import Configuration
from documents.pages import page
from harness import project

SECTION = "\n## A gate for other proxies\n"


def section():
    return project.text_of("docs/recipes.md").partition(SECTION)[2].partition("\n## ")[0]


def block(language, number=0):
    """A block of code of the recipe."""
    return re.findall(rf"```{language}\n(.*?)```", section(), re.S)[number]


@pytest.fixture
def pair():
    """That of the recipe's key file."""
    return reader.keys().pairs["1st.pair"]


@pytest.fixture
def start(site):
    """Starts nginx with the recipe's server, as `change` changes its text."""

    def start(change=lambda text: text):
        shown = page("docs/recipes.md")
        (printed,) = [each for each in shown.of("nginx") if each.text == block("nginx")]
        made = site.make(None)
        changed = dataclasses.replace(printed, text=change(printed.text))
        Configuration(changed, shown).write(made, "127.0.0.1:@port@")
        return made.start()

    return start


@pytest.fixture
def gate(start):
    """With another server on the same port: the proxies ask with the client's Host."""
    return start(lambda text: f"server {{ listen 8080; server_name a.example; }}\n{text}")
