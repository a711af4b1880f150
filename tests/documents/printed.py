"""The nginx blocks of docs/streaming.md, as configurations of a test."""

from documents.pages import page


def section(heading):
    """The blocks below a heading."""
    streaming = page("docs/streaming.md")
    headings = [number for number, line in streaming.prose if line.startswith("## ")]
    begin = next(number for number, line in streaming.prose if line == f"## {heading}")
    end = min((number for number in headings if number > begin), default=len(streaming.lines))
    return [block.text for block in streaming.of("nginx") if begin < block.number < end]


def adapted(text, pair, others=()):
    """A block with the test's port, folder and keys, and with other replacements."""
    replacements = {
        "listen 80;": "listen 127.0.0.1:@port@;",
        "/srv/www": "html",
        "pta_1st_pair file:keys/1st.pair;": pair.directives(),
        **dict(others),
    }
    for old, new in replacements.items():
        assert old in text, old
        text = text.replace(old, new)
    return text
