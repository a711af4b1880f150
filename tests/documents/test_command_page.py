"""docs/cli.md has the commands and options of `pta`, and no others."""

import re
import subprocess

import pytest

from documents.pages import page

PAGE = page("docs/cli.md").text
SECTIONS = dict(re.findall(r"(?ms)^## (.+?)\n(.*?)(?=^## |\Z)", PAGE))
COMMANDS = [name.removeprefix("pta ") for name in SECTIONS if name.startswith("pta ")]

# Of each command, and explained once.
COMMON = {"--help", "--version"}


def options(text):
    return set(re.findall(r"(?<![\w-])--[a-z][\w-]+", text)) - COMMON


def of_help(command, *arguments):
    """The options that a help lists."""
    done = subprocess.run([command, *arguments], capture_output=True, text=True, check=True)
    return options("\n".join(re.findall(r"(?m)^ +(?:-\w, )?(--[\w-]+)", done.stdout)))


def in_tables(section):
    """The options of the table in a section."""
    return options("\n".join(re.findall(r"(?m)^\| (`--[^|]*)", SECTIONS[section])))


def test_commands(command):
    done = subprocess.run([command, "--help"], capture_output=True, text=True, check=True)
    listed = re.search(r"(?s)Commands:\n(.*?)\n\n", done.stdout)[1]
    assert re.findall(r"(?m)^  (\w+)", listed) == COMMANDS


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "help"])
def test_the_cheat_sheet(name):
    """README names each of them."""
    assert f"pta {name} " in page("README.md").text


@pytest.mark.parametrize("name", COMMANDS)
def test_options(command, name):
    found = of_help(command, name, "--help")
    keys = in_tables("Keys") | {"--iv", "--iv-file", "--server"}
    assert in_tables(f"pta {name}") | (keys & found) == found
