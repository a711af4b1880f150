"""Builds signers and packages once for all tests."""

import pytest

from signers.languages import Missing


def once(makers, folders):
    """A function that returns what the maker of a name makes in a new folder of its own.

    It makes each thing once. It skips the test if the language is missing.
    """
    made = {}

    def make(name):
        if name not in made:
            try:
                made[name] = makers[name](folders.mktemp(name))
            except Missing as missing:
                made[name] = missing
        if isinstance(made[name], Missing):
            pytest.skip(str(made[name]))
        return made[name]

    return make
