"""The chart of BENCHMARKS.md: instructions of a request, nginx's own and what is added."""

from html import escape

from bench.instructions import MAIN_ROW, SECURE_LINK_ROW
from bench.report import number

BARS = [
    ("no protection", "bare location, the same query"),
    ("PTA, token in the query", MAIN_ROW),
    ("PTA, token in a cookie", "token in a cookie"),
    ("PTA, expired token refused", "refused: expired"),
    ("nginx's secure_link_md5", SECURE_LINK_ROW),
]

WIDTH, LEFT, RIGHT = 760, 216, 80
TOP, STEP, BAR = 62, 36, 22

# The picture is shown on white and on dark pages: only the text's colour has to follow.
STYLE = """\
text {
  font: 14px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif;
  fill: #1f2328;
}
.title { font-weight: 600; font-size: 16px; }
.note { font-size: 12px; fill: #59636e; }
.number { font-variant-numeric: tabular-nums; }
.own { fill: #9aa4b0; }
.added { fill: #0f8a5f; }
.other { fill: #c2571a; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .note { fill: #9198a1; }
  .own { fill: #5b6673; }
  .added { fill: #2fbf8a; }
  .other { fill: #e8833f; }
}"""


def svg(figures):
    """The picture, from the figures of the section on instructions."""
    rows = [(label, *figures[row]) for label, row in BARS]
    scale = (WIDTH - LEFT - RIGHT) / max(own + max(added, 0) for _, own, added in rows)
    height = TOP + STEP * len(rows) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-labelledby="title">',
        f'<title id="title">{escape(summary(rows))}</title>',
        f"<style>{STYLE}</style>",
        '<text class="title" x="0" y="18">'
        "Instructions per request: nginx's own, and what is added</text>",
        '<text class="note" x="0" y="40">counted in nginx with access_log off; '
        "a 96-character token; less is better</text>",
    ]
    for index, (label, own, added) in enumerate(rows):
        top = TOP + STEP * index
        middle = top + BAR / 2 + 5
        kind = "other" if "secure_link" in label else "added"
        own_width, added_width = own * scale, max(added, 0) * scale
        end = LEFT + own_width + added_width
        text = f"+{number(added)}" if round(added) > 0 else number(own)
        parts += [
            f'<text x="{LEFT - 12}" y="{middle:.0f}" text-anchor="end">{escape(label)}</text>',
            f'<rect class="own" x="{LEFT}" y="{top}" width="{own_width:.1f}" height="{BAR}"/>',
            f'<rect class="{kind}" x="{LEFT + own_width:.1f}" y="{top}" '
            f'width="{added_width:.1f}" height="{BAR}"/>',
            f'<text class="number" x="{end + 8:.0f}" y="{middle:.0f}">{text}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def summary(rows):
    return "Instructions per request: " + "; ".join(
        f"{label}: {number(own)} and {number(added)} added" for label, own, added in rows
    )
