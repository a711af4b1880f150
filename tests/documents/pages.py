"""Reads a page in Markdown: blocks of code with their marks, headings, links."""

import dataclasses
import functools
import html
import re
import textwrap

from harness.project import PROJECT, files

FENCE = re.compile(r"^ *(```+)([\w.-]*) *$")
MARK = re.compile(r"^ *<!-- test: ([\w-]+)(?: (.+))? -->$")


@dataclasses.dataclass(frozen=True, eq=False)
class Block:
    """A block of code. `number` is the line of its fence."""

    page: str
    number: int
    language: str
    text: str
    marks: dict

    def __str__(self):
        return f"{self.page}:{self.number}"


class Page:
    """A page by its path in the project."""

    def __init__(self, name, text):
        self.name, self.text = name, text
        self.lines = text.splitlines()
        self.blocks = []
        # The lines outside of blocks, with their numbers.
        self.prose = []
        self._read()

    def _read(self):
        fence, begin, marks = None, 0, {}
        for number, line in enumerate(self.lines, 1):
            found = FENCE.match(line)
            if fence is None and found:
                fence, begin = found, number
            elif fence and line.strip() == fence[1]:
                text = textwrap.dedent("\n".join(self.lines[begin : number - 1])) + "\n"
                self.blocks.append(Block(self.name, begin, fence[2], text, marks))
                fence, marks = None, {}
            elif fence is None:
                self.prose.append((number, line))
                if mark := MARK.match(line):
                    marks[mark[1]] = mark[2]
                else:
                    marks = {}
        if fence:
            raise ValueError(f"{self.name}:{begin}: this block has no end")

    def of(self, *languages):
        """The blocks in these languages."""
        return [block for block in self.blocks if block.language in languages]

    @functools.cached_property
    def headings(self):
        found = (re.match(r"^#{1,6} +(.+?) *#*$", line) for _, line in self.prose)
        return [match[1] for match in found if match]

    @functools.cached_property
    def anchors(self):
        """As GitHub makes them: of equal headings, the second gets "-1"."""
        anchors, seen = set(), {}
        for heading in self.headings:
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
            anchor = re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-")
            count = seen.get(anchor, 0)
            seen[anchor] = count + 1
            anchors.add(f"{anchor}-{count}" if count else anchor)
        return anchors | set(re.findall(r'<a (?:id|name)="([^"]+)"', self.text))

    @functools.cached_property
    def links(self):
        """The targets of all links and pictures, with the numbers of their lines."""
        found = []
        for number, line in self.prose:
            line = re.sub(r"`[^`]*`", "``", line)
            for target in re.findall(r'\]\(([^)\s]+)[^)]*\)|(?:src|srcset|href)="([^"]+)"', line):
                found.append((number, html.unescape("".join(target))))
        return found


def page(name):
    """A page of the project."""
    return Page(name, (PROJECT / name).read_text(encoding="utf-8"))


def documents():
    """README.md and docs/, whose blocks of code are tested."""
    names = ["README.md", *(f"docs/{path.name}" for path in sorted(PROJECT.glob("docs/*.md")))]
    return [page(name) for name in names]


def all_pages():
    """All pages whose links are tested."""
    return [page(name) for name in files() if name.endswith(".md")]
