"""Pages that a test plants a fault in."""

import pytest

from documents.pages import Page


@pytest.fixture
def planted():
    """The page with this text."""
    return lambda text, name="docs/planted.md": Page(name, text)
