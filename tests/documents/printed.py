"""The nginx blocks of a page, as configurations of a test."""

from documents.pages import page


def section(heading, name="docs/streaming.md"):
    """The blocks below a heading."""
    shown = page(name)
    headings = [number for number, line in shown.prose if line.startswith("## ")]
    begin = next(number for number, line in shown.prose if line == f"## {heading}")
    end = min((number for number in headings if number > begin), default=len(shown.lines))
    return [block.text for block in shown.of("nginx") if begin < block.number < end]


def adapted(text, pair, others=(), folder="/srv/www"):
    """A block with the test's port, folder and keys, and with other replacements."""
    replacements = {
        "listen 80;": "listen 127.0.0.1:@port@;",
        folder: "html",
        "pta_1st_pair file:keys/1st.pair;": pair.directives(),
        **dict(others),
    }
    for old, new in replacements.items():
        assert old in text, old
        text = text.replace(old, new)
    return text
