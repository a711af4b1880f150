"""Reads and writes the text of an nginx configuration."""

import dataclasses
import re

TOKEN = re.compile(
    r"""\s+ | \#[^\n]* | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | [{};]
    | (?:\$\{\w+\}|\\.|[^\s{};])+ """,
    re.S | re.X,
)


@dataclasses.dataclass
class Directive:
    """Words keep their quotes. A body is a list of directives."""

    words: list
    body: list | None = None

    @property
    def name(self):
        return self.words[0]

    @property
    def arguments(self):
        return self.words[1:]


def parse(text):
    """The directives of a text, without comments. ValueError if it is not whole."""
    stack, words, position = [[]], [], 0
    while position < len(text):
        found = TOKEN.match(text, position)
        if not found:
            raise ValueError(f"not nginx's syntax: {text[position : position + 20]!r}")
        position, token = found.end(), found[0]
        if token[0] in "#" or token.isspace():
            continue
        if token == ";" and words:
            stack[-1].append(Directive(words))
            words = []
        elif token == "{" and words:
            body = []
            stack[-1].append(Directive(words, body))
            stack.append(body)
            words = []
        elif token == "}" and len(stack) > 1 and not words:
            stack.pop()
        elif token in ";{}":
            raise ValueError(f'unexpected "{token}" after {" ".join(words)!r}')
        else:
            words.append(token)
    if words or len(stack) > 1:
        raise ValueError(f"unexpected end after {' '.join(words)!r}")
    return stack[0]


def render(directives, indent=""):
    lines = []
    for directive in directives:
        words = " ".join(directive.words)
        if directive.body is None:
            lines.append(f"{indent}{words};\n")
        else:
            lines.append(
                f"{indent}{words} {{\n{render(directive.body, indent + '    ')}{indent}}}\n"
            )
    return "".join(lines)


def walk(directives):
    """All directives, at every depth."""
    for directive in directives:
        yield directive
        yield from walk(directive.body or [])
