"""Files with a key, an IV, or both. No message contains what is in a file."""

import os

import pytest

from configuration.keys import IV, KEY

KEYS = ["pta_1st_key", "pta_1st_iv", "pta_2nd_key", "pta_2nd_iv"]
PAIRS = ["pta_1st_pair", "pta_2nd_pair"]

DIGITS = "must be 32 hexadecimal digits"
SEAL_DIGITS = "must be 64 hexadecimal digits"
TOO_LONG = (
    'it is longer than 64 bytes, a file with key and IV is for "pta_1st_pair" or "pta_2nd_pair"'
)


@pytest.mark.parametrize("directive", KEYS)
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "it is empty"),
        (KEY[2:] + "\n", f"it {DIGITS}, not 30 characters"),
        (f" {KEY}\n", f"it {DIGITS}, not 33 characters"),
        ("spoilt", f"it {DIGITS}, not 6 characters"),
        ("secret" * 5 + "zz\n", f"it {DIGITS}, but contains other characters"),
        (f"{KEY}\n{KEY}\n", TOO_LONG),
        (KEY * 3, TOO_LONG),
        ("x" * 1_000_000, TOO_LONG),
    ],
    ids=["empty", "short", "a blank", "6 characters", "no digits", "2 lines", "long", "huge"],
)
def test_an_invalid_key_file(configuration, directive, content, problem):
    configuration.write("file", content)
    configuration.refuses(
        f"{directive} file:ROOT/file; # here",
        f'invalid key file "ROOT/file" in "{directive}" directive, {problem} in HERE',
    )


def lines(count):
    return f"it must have 2 or 3 lines, key, IV and seal key, not {count}"


@pytest.mark.parametrize("directive", PAIRS)
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "it is empty"),
        (f"{KEY}\n", lines(1)),
        (f"{KEY} {IV}\n", lines(1)),
        (f"{KEY}\r{IV}\r", lines(1)),
        ("x" * 256, lines(1)),
        (f"{KEY}\n{IV}\n{KEY}{IV}\n{KEY}\n", lines(4)),
        (f"{KEY}\n{IV}\n{KEY}\n", f"the seal key in its 3rd line {SEAL_DIGITS}, not 32 characters"),
        (f"{KEY}\n{IV}\n\n", f"the seal key in its 3rd line {SEAL_DIGITS}, not 0 characters"),
        (f"{KEY}\n\n{IV}\n", f"the IV in its 2nd line {DIGITS}, not 0 characters"),
        (f"\n{KEY}\n{IV}\n", f"the key in its 1st line {DIGITS}, not 0 characters"),
        ("\n\n", f"the key in its 1st line {DIGITS}, not 0 characters"),
        (f"00\n{IV}\n", f"the key in its 1st line {DIGITS}, not 2 characters"),
        ("g" * 32 + f"\n{IV}\n",
         f"the key in its 1st line {DIGITS}, but contains other characters"),
        (f"pta_1st_key {KEY};\npta_1st_iv {IV};\n",
         f"the key in its 1st line {DIGITS}, not 45 characters"),
        (f"{KEY}\n{IV}0\n", f"the IV in its 2nd line {DIGITS}, not 33 characters"),
        (f"{KEY}\n{IV} \n", f"the IV in its 2nd line {DIGITS}, not 33 characters"),
        ("x" * 257, "it is longer than 256 bytes"),
        ("x" * 1_000_000, "it is longer than 256 bytes"),
    ],
    ids=["empty", "1 line", "both in 1 line", "carriage returns", "256 bytes", "4 lines",
         "a short seal key",
         "an empty line at the end", "an empty line between", "an empty line in front",
         "line ends alone", "a short key", "no digits", "directives", "a long IV", "a blank",
         "257 bytes", "huge"],
)  # fmt: skip
def test_an_invalid_pair_file(configuration, directive, content, problem):
    configuration.write("file", content)
    configuration.refuses(
        f"{directive} file:ROOT/file; # here",
        f'invalid pair file "ROOT/file" in "{directive}" directive, {problem} in HERE',
    )


@pytest.mark.parametrize("directive", KEYS + PAIRS)
@pytest.mark.parametrize("name", ["ROOT/folder", "ROOT/fifo", "/dev/zero"])
def test_a_file_that_is_not_regular(configuration, directive, name):
    """A FIFO must not hang nginx."""
    (configuration.root / "folder").mkdir()
    os.mkfifo(configuration.root / "fifo")
    kind = "pair" if directive in PAIRS else "key"
    configuration.refuses(
        f"{directive} file:{name}; # here",
        f'invalid {kind} file "{name}" in "{directive}" directive,'
        " it is not a regular file in HERE",
    )


@pytest.mark.parametrize("directive", KEYS + PAIRS)
@pytest.mark.parametrize(
    ("name", "call", "error"),
    [
        ("ROOT/missing", "open", "2: No such file or directory"),
        ("/dev/null/key", "open", "20: Not a directory"),
        # A regular file that opens, even for root, and cannot be read.
        ("/proc/self/mem", "read", "5: Input/output error"),
    ],
)
def test_a_file_that_cannot_be_read(configuration, directive, name, call, error):
    configuration.refuses(
        f"{directive} file:{name}; # here", f'{call}() "{name}" failed ({error}) in HERE'
    )


@pytest.mark.parametrize("directive", KEYS + PAIRS)
@pytest.mark.parametrize(("mode", "is_public"), [(0o644, True), (0o640, False), (0o600, False)])
def test_a_file_that_others_may_read(configuration, directive, mode, is_public):
    kind = "pair" if directive in PAIRS else "key"
    configuration.write("file", f"{KEY}\n{IV}\n" if kind == "pair" else f"{KEY}\n", mode)
    warning = f'{kind} file "ROOT/file" is readable by others in HERE'
    configuration.accepts(f"{directive} file:ROOT/file; # here", *([warning] if is_public else []))


@pytest.mark.parametrize("directive", PAIRS)
@pytest.mark.parametrize(
    "value", [KEY, "ROOT/file", "keys/1", "FILE:ROOT/file", "file=ROOT/file", "off", '""']
)
def test_a_pair_that_is_not_a_file(configuration, directive, value):
    """The value may be a key, so the message does not repeat it."""
    configuration.refuses(
        f"{directive} {value}; # here",
        f'invalid value in "{directive}" directive, it must be "file:path",'
        " a file with key and IV in HERE",
    )


@pytest.mark.parametrize("directive", PAIRS)
def test_a_pair_with_two_values(configuration, directive):
    configuration.refuses(
        f"{directive} {KEY} {IV}; # here",
        f'invalid number of arguments in "{directive}" directive in HERE',
    )


# Directives of one pair that set the same value exclude each other on one level.
@pytest.mark.parametrize("first", KEYS + PAIRS)
@pytest.mark.parametrize("second", KEYS + PAIRS)
def test_two_directives_of_a_level(configuration, first, second):
    configuration.write("file", f"{KEY}\n{IV}\n")
    values = dict.fromkeys(KEYS, KEY) | dict.fromkeys(PAIRS, "file:ROOT/file")
    server = f"{first} {values[first]};\n{second} {values[second]}; # here"
    is_same_pair = first[:7] == second[:7]
    if first == second:
        configuration.refuses(server, f'"{second}" directive is duplicate in HERE')
    elif is_same_pair and {first, second} & set(PAIRS):
        configuration.refuses(
            server, f'"{second}" directive is incompatible with "{first}" in HERE'
        )
    else:
        # test_weak_keys.py has the warnings about equal keys.
        assert configuration.check(server).is_accepted


def test_a_pair_after_both_halves_names_the_first_half(configuration):
    configuration.write("file", f"{KEY}\n{IV}\n")
    configuration.refuses(
        f"pta_1st_key {KEY}; pta_1st_iv {IV};\npta_1st_pair file:ROOT/file; # here",
        '"pta_1st_pair" directive is incompatible with "pta_1st_key" in HERE',
    )


def test_each_level_may_have_a_pair_or_halves(configuration):
    configuration.write("pair", f"{KEY}\n{IV}\n")
    configuration.write("key", KEY)
    configuration.accepts(
        http="""
            pta_1st_pair file:ROOT/pair;
            server {
                listen unix:ROOT/socket;
                pta_1st_key file:ROOT/key;
                location / { pta_1st_pair file:ROOT/pair; pta_2nd_key file:ROOT/key; }
            }
        """
    )
