"""The arrows between the files of each crate go down only."""

import pytest

from harness.project import PROJECT
from house.layers import Crate, circles, faults, paths

CRATES = [
    "src", "token/src", "http/src", "once/src", "playlist/src", "cli/src", "fuzz/src",
    "benches/src",
]  # fmt: skip


@pytest.mark.parametrize("src", CRATES)
def test_arrows_go_down(src):
    assert faults(PROJECT / src) == []


def test_the_list_of_crates_is_complete():
    found = {str(file.parent.relative_to(PROJECT)) for file in PROJECT.glob("**/src/lib.rs")
             if not {"target", "vendor"} & set(file.parts)}  # fmt: skip
    assert found == set(CRATES)


def test_something_is_read():
    arrows = Crate(PROJECT / "src").arrows()
    assert len(arrows) > 150
    assert (("conf",), ("nginx", "conf")) in arrows


@pytest.fixture
def crate(tmp_path):
    def make(**files):
        lib = "//! Arrows: top -> {left, right} -> bottom\n"
        rooms = {} if "lib" in files else ROOMS
        for name, text in {"lib": lib, **rooms, **files}.items():
            path = tmp_path / f"{name.replace('__', '/')}.rs"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return faults(tmp_path)

    return make


ROOMS = dict.fromkeys(["top", "left", "right", "bottom"], "")

PLANTED = {
    "up": (
        {"bottom": "use crate::top::Top;", "top": ""},
        ["bottom.rs -> top.rs: this arrow goes up"],
    ),
    "up, in a group over two lines": (
        {"bottom__deep": "use crate::{\n    top::{Top, Other},\n};", "top": "", "bottom": ""},
        ["bottom/deep.rs -> top.rs: this arrow goes up"],
    ),
    "up, without use": (
        {"bottom": "fn f() { crate::top::f() }", "top": ""},
        ["bottom.rs -> top.rs: this arrow goes up"],
    ),
    "up, by super": (
        {"bottom__deep": "use super::super::top::Top;", "top": "", "bottom": ""},
        ["bottom/deep.rs -> top.rs: this arrow goes up"],
    ),
    "up, in a test module": (
        {"bottom": "mod tests { use super::super::top::Top; }", "top": ""},
        ["bottom.rs -> top.rs: this arrow goes up"],
    ),
    "to a room beside": (
        {"left": "use crate::right::Right;", "right": ""},
        ["left.rs -> right.rs: these rooms are beside each other"],
    ),
    "a circle in one room": (
        {
            "top": "",
            "top__one": "use crate::top::two::Two;",
            "top__two": "use super::three::Three;",
            "top__three": "use crate::top::one::One;",
        },
        ["these files import each other: top/one.rs, top/three.rs, top/two.rs"],
    ),
    "a file and its own folder": (
        {"top": "use crate::top::part::Part;", "top__part": "use super::Top;"},
        ["these files import each other: top.rs, top/part.rs"],
    ),
    "to lib.rs itself": (
        {"lib": "//! Arrows: top\nstruct Root;", "top": "use crate::Root;"},
        ["top.rs -> lib.rs: nothing may import from lib.rs"],
    ),
    "a room that is not listed": (
        {"attic": ""},
        ["attic.rs: its room is not in the list of lib.rs"],
    ),
    "a room that is not there": (
        {"lib": "//! Arrows: top -> cellar\n", "top": ""},
        ["lib.rs: there is no room cellar"],
    ),
}


@pytest.mark.parametrize(("files", "expected"), PLANTED.values(), ids=PLANTED)
def test_a_planted_arrow_is_found(crate, files, expected):
    assert crate(**files) == expected


def test_what_is_not_an_import_is_ignored(crate):
    assert not crate(
        bottom='//! See crate::top.\nfn f() { g("crate::top::x"); }\n'
        "/* crate::top */ pub(super) struct S;",
        top="use crate::bottom::S;\nmod tests { use super::*; use crate::left::{self, Left}; }\n",
        left='use crate::bottom;\nconst R: &str = r#"crate::top"#;\nconst C: char = \'"\';',
    )


def test_a_crate_without_a_list_is_an_error(crate):
    with pytest.raises(ValueError, match='no line "Arrows'):
        crate(lib="//! Rooms.\n")


def test_paths_are_read():
    text = "use crate::a::{self, b::{C, d}, e as f};\nfn g(h: crate::i::J<super::k::L>) {}"
    found = sorted(paths(text, ("m", "n")))
    assert found == [
        ("a", "b", "C"), ("a", "b", "d"), ("a", "e"), ("a", "self"), ("i", "J"), ("m", "k", "L"),
    ]  # fmt: skip


def test_circles_are_found():
    assert circles([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e")]) == [
        ["a", "b", "c"]
    ]
