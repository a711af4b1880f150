"""Fixtures: shells that know the completions of pta."""

import os
import pathlib
import shutil
import subprocess

import pytest

from completions.terminal import Terminal


def shell(name):
    """A shell of Debian."""
    path = shutil.which(name)
    assert path, f"{name} is missing: run scripts/setup --test"
    return path


def script(command, name):
    """What `pta completions` prints."""
    return subprocess.run(
        [command, "completions", name], capture_output=True, text=True, check=True
    ).stdout


class Shell:
    """A shell at its prompt."""

    def __init__(self, command, environment, folder):
        self.terminal = Terminal(command, environment, folder)

    def words(self, typed):
        """The words of the line that TAB makes of what was typed."""
        # Control-A and Control-E go to the beginning and the end of the line, which then prints
        # its words. The echo of what is typed does not contain "<end>".
        self.terminal.type(f"{typed}\t\x01printf '<%s>' \x05; echo '<'end'>'\n")
        found = self.terminal.wait_for(r"\n((?:<[^<>]*>)*)<end>")
        self.terminal.wait_for("READY ")
        return found[1].strip("<>").split("><")

    def list(self, typed):
        """The words that the shell prints if TAB is pressed twice, and what surrounds them."""
        # Control-U discards the line.
        self.terminal.type(f"{typed}\t\t\x15echo '<'end'>'\n")
        found = self.terminal.wait_for(r"(?s)(.*?)\n<end>")
        self.terminal.wait_for("READY ")
        return found[1].split()


@pytest.fixture
def home(tmp_path):
    """An empty home, and below it the folder for work."""
    (tmp_path / "work").mkdir()
    return tmp_path


def environment(home, **more):
    # A terminal without colours and without escape sequences.
    plain = {"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    return {**plain, **more}


def install(folder, name, text):
    folder.mkdir(parents=True)
    pathlib.Path(folder, name).write_text(text, encoding="utf-8")


@pytest.fixture
def bash(command, home):
    """bash with Debian's bash-completion, which loads the script at the first TAB."""
    install(home / "share/bash-completion/completions", "pta", script(command, "bash"))
    install(
        home / "start",
        "bashrc",
        ". /usr/share/bash-completion/bash_completion\nbind 'set bell-style none'\nPS1='READY '\n",
    )
    started = Shell(
        [shell("bash"), "--noprofile", "--rcfile", str(home / "start/bashrc"), "-i"],
        environment(home, XDG_DATA_DIRS=f"{home}/share"),
        home / "work",
    )
    yield ready(started)
    started.terminal.close()


@pytest.fixture
def zsh(command, home):
    """zsh with its completion system, which finds the script in $fpath."""
    install(home / "share/zsh/site-functions", "_pta", script(command, "zsh"))
    install(
        home / "start",
        ".zshrc",
        f"fpath=({home}/share/zsh/site-functions $fpath)\n"
        "autoload -U compinit && compinit -u -D\n"
        "bindkey -e\nunsetopt prompt_sp prompt_cr beep zle_bracketed_paste 2>/dev/null\n"
        "unset zle_bracketed_paste\nPS1='READY '\n",
    )
    started = Shell([shell("zsh"), "-i"], environment(home, ZDOTDIR=f"{home}/start"), home / "work")
    yield ready(started)
    started.terminal.close()


def ready(started):
    started.terminal.wait_for("READY ")
    return started


@pytest.fixture
def fish(command, home):
    """A function: what fish offers for a line, as it would at its prompt."""
    install(home / "share/fish/vendor_completions.d", "pta.fish", script(command, "fish"))
    # fish loads the completions of a command only if there is the command.
    (home / "bin").mkdir()
    (home / "bin/pta").symlink_to(command)
    path = f"{home}/bin:{os.environ['PATH']}"

    def complete(line):
        done = subprocess.run(
            [shell("fish"), "--private", "--command", f"complete --do-complete '{line}'"],
            capture_output=True,
            text=True,
            check=True,
            env=environment(home, XDG_DATA_DIRS=f"{home}/share", PATH=path),
            cwd=home / "work",
        )
        assert done.stderr == ""
        return [offer.split("\t")[0] for offer in done.stdout.splitlines()]

    return complete
