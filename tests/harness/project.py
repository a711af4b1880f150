"""Reads the project's own files, for tests that compare documents and the module with them."""

import os
import pathlib
import re

PROJECT = pathlib.Path(__file__).parent.parent.parent


def text_of(name):
    """A file of the project."""
    return (PROJECT / name).read_text(encoding="utf-8")


def files():
    """The names of all files of the project, without what is built."""
    found = []
    for folder, folders, names in os.walk(PROJECT):
        folders[:] = [
            name
            for name in folders
            # A suite that runs meanwhile has t/servroot_NAME.
            if name not in ("dist", "target", "vendor") and not name.startswith((".", "servroot"))
        ]
        found += [(pathlib.Path(folder, name).relative_to(PROJECT)).as_posix() for name in names]
    return sorted(found)


def version():
    """The module's version."""
    return re.search(r'^version = "([^"]+)"', text_of("Cargo.toml"), flags=re.M)[1]


def in_the_source(pattern):
    """All that a pattern finds in the module's source. Fails if it finds nothing."""
    texts = [path.read_text(encoding="utf-8") for path in PROJECT.glob("src/**/*.rs")]
    found = sorted({name for text in texts for name in re.findall(pattern, text)})
    assert found, pattern
    return found


def directives():
    """The directives of the module."""
    return in_the_source(r'\(c"(pta_\w+)"')


def variables():
    """The variables of the module, without "$"."""
    return in_the_source(r'\("(pta_\w+)",')
