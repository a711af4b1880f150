"""Commands, options, values and files, in bash, zsh and fish."""

import subprocess

import pytest

from completions.conftest import script, shell


@pytest.fixture(params=["bash", "zsh"])
def prompt(request):
    """A shell at its prompt."""
    return request.getfixturevalue(request.param)


COMMANDS = ["keygen", "rotate", "issue", "inspect", "verify", "completions", "man", "help"]


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("pta ver", ["pta", "verify"]),
        ("pta rotate --fin", ["pta", "rotate", "--finish"]),
        ("pta keygen --pair 2", ["pta", "keygen", "--pair", "2nd"]),
        ("pta keygen --no-s", ["pta", "keygen", "--no-seal"]),
        ("pta issue --onc", ["pta", "issue", "--once"]),
        ("pta issue --cookie --samesite st", ["pta", "issue", "--cookie", "--samesite", "strict"]),
        ("pta help ins", ["pta", "help", "inspect"]),
        ("pta completions fi", ["pta", "completions", "fish"]),
    ],
)
def test_a_word_is_completed(prompt, typed, completed):
    assert prompt.words(typed) == completed


def test_commands_are_listed(prompt):
    assert set(COMMANDS) <= set(prompt.list("pta "))


def test_options_are_listed(prompt):
    assert {"--key", "--key-file"} <= set(prompt.list("pta verify --key"))


def test_files_are_completed(prompt, home):
    """A file is complete with its name. A folder goes on."""
    folder = home / "work/site keys"
    folder.mkdir()
    (folder / "1st.pair").touch()
    assert prompt.words("pta inspect --pair-file si\t1") == [
        "pta", "inspect", "--pair-file", "site keys/1st.pair",
    ]  # fmt: skip


def test_folders_are_completed(prompt, home):
    (home / "work/keys").mkdir()
    (home / "work/kept.txt").touch()
    # zsh removes the slash if no name follows.
    words = [word.rstrip("/") for word in prompt.words("pta rotate --files ke")]
    assert words == ["pta", "rotate", "--files", "keys"]


def test_a_time_is_not_a_file(prompt, home):
    (home / "work/1h.txt").touch()
    assert prompt.words("pta issue --expires 1") == ["pta", "issue", "--expires", "1"]


def test_fish(fish, home):
    assert sorted(fish("pta ")) == sorted(COMMANDS)
    assert fish("pta ver") == ["verify"]
    assert fish("pta rotate --fin") == ["--finish"]
    assert fish("pta keygen --pair 2") == ["2nd"]
    assert fish("pta help ins") == ["inspect"]
    (home / "work/keys").mkdir()
    (home / "work/keys.txt").touch()
    assert fish("pta rotate --files ke") == ["keys/"]
    assert sorted(fish("pta verify --config ke")) == ["keys.txt", "keys/"]
    assert fish("pta issue --expires ke") == []
    assert fish("pta issue --bind ke") == []
    assert sorted(fish("pta issue --seal-key-file ke")) == ["keys.txt", "keys/"]


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_script_has_no_syntax_error(command, name):
    done = subprocess.run(
        [shell(name), "-n"], input=script(command, name), capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
