"""Each signer is one short file that needs no other: languages.py copies it alone."""

import pytest

from harness.project import PROJECT
from signers.languages import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_signer_is_short(language):
    text = (PROJECT / "signers" / LANGUAGES[language].file).read_text(encoding="utf-8")
    assert len(text.splitlines()) < 60


def test_every_signer_is_tested():
    tested = {language.file for language in LANGUAGES.values()}
    folder = PROJECT / "signers"
    found = {path.relative_to(folder).as_posix() for path in folder.glob("*/*[sS]ign*.*")}
    # The types of TypeScript.
    assert found - {"node/sign.d.mts"} == tested
