"""Only the module that is built for these tests contains faults on demand."""

import pathlib

import pytest

# The message of a fault. The name of the variable cannot be searched: the compiler splits it.
WORDS = b"injected fault"


def test_a_usual_build_contains_no_faults(nginx):
    assert WORDS not in pathlib.Path(nginx.module).read_bytes()


@pytest.mark.builds("PTA_TEST_FAULTS")
def test_the_build_for_these_tests_contains_them(nginx):
    assert WORDS in pathlib.Path(nginx.module).read_bytes()
