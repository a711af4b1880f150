"""The list of callbacks is found anywhere in the source. If it is missing, that is an error."""

import pytest

from faults.callbacks import read_callbacks

ENUM = """
/// A function that nginx calls.
#[derive(Clone, Copy)]
pub(crate) enum Callback {
    CreateMainConf,
    MergeLocConf,
    /// With a comment.
    Access,
}
"""


def test_it_may_move_and_be_renamed(tmp_path):
    (tmp_path / "nginx").mkdir()
    (tmp_path / "nginx/callback.rs").write_text(ENUM)
    (tmp_path / "other.rs").write_text("enum Other {\n    Access,\n}\n")
    assert read_callbacks(tmp_path) == ["CreateMainConf", "MergeLocConf", "Access"]


@pytest.mark.parametrize(
    "files", [{}, {"a.rs": ENUM.replace("Access", "Check")}, {"a.rs": ENUM, "b.rs": ENUM}]
)
def test_no_list_or_two_are_an_error(tmp_path, files):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(LookupError, match="list the callbacks"):
        read_callbacks(tmp_path)
