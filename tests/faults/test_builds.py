"""Faults on demand are in no module but the one that is built for them."""

import pathlib

import pytest

# What a fault writes. The name of the variable is no such text: the compiler splits it up.
WORDS = b"injected fault"


def test_a_usual_build_knows_no_faults(nginx):
    assert WORDS not in pathlib.Path(nginx.module).read_bytes()


@pytest.mark.builds("PTA_TEST_FAULTS")
def test_the_build_for_these_tests_does(nginx):
    assert WORDS in pathlib.Path(nginx.module).read_bytes()
