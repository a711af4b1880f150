"""Links, anchors, files, and the names of the reference."""

import re

from harness import project
from harness.project import PROJECT

MAX_COLUMNS = 120
README_LINES = 200

# The tested ones, and those that show no configuration, request or command.
LANGUAGES = {"console", "http", "nginx", "sh"} | {
    "go",
    "html",
    "ini",
    "java",
    "js",
    "json",
    "php",
    "python",
    "text",
    "xml",
    "yaml",
}

KNOWN_MARKS = {
    "nginx": {"counter-example", "other-module", "file"},
    "http": {"requests"},
    "console": {"run", "not-run"},
    "sh": {"run", "not-run", "prepare"},
    **{language: {"file"} for language in ("go", "ini", "java", "js", "php", "python")},
}


def wrong_links(page, pages):
    """Links inside the project that lead nowhere."""
    by_name = {other.name: other for other in pages}
    folder = page.name.rpartition("/")[0]
    found = []
    for number, link in page.links:
        if re.match(r"\w+:", link):
            continue
        target, _, anchor = link.partition("#")
        if not target:
            if anchor not in page.anchors:
                found.append(f"{page.name}:{number}: {link}: no such heading")
            continue
        path = (PROJECT / folder / target).resolve()
        if not path.exists() or not path.is_relative_to(PROJECT):
            found.append(f"{page.name}:{number}: {link}: no such file")
        elif anchor:
            other = by_name.get(path.relative_to(PROJECT).as_posix())
            if not other or anchor not in other.anchors:
                found.append(f"{page.name}:{number}: {link}: no such heading")
    return found


# What docs/architecture.md calls a room, and nginx's own files.
NOT_OURS = re.compile(r"src/(?:room(?:\.rs|/)$|(?:core|event|http|os)/)")


def missing_files(page):
    """Files and folders of the project that the page names and that are not there."""
    made = {"dist", "target"}
    folders = [path.name for path in PROJECT.iterdir() if path.is_dir() and path.name not in made]
    named = re.findall(rf"`((?:{'|'.join(map(re.escape, folders))})/[\w./-]+)`", page.text)
    return [
        f"{page.name}: {name}: no such file"
        for name in named
        if not NOT_OURS.match(name) and not (PROJECT / name).exists()
    ]


def changed_copies(page, signers):
    """Blocks that begin as one of these files, and are not the file as it is."""
    return [
        f"{block}: is not the signer as it is"
        for block in page.blocks
        for text in signers
        if block.text.splitlines()[:2] == text.splitlines()[:2] and block.text != text
    ]


def unknown_languages(page):
    """Blocks whose language is not given, or that no rule knows."""
    return [
        f"{block}: {block.language or 'no language'}"
        for block in page.blocks
        if block.language not in LANGUAGES
    ]


def unknown_marks(page):
    """Marks that no rule reads, or on a block of another language."""
    found = [
        f"{block}: the mark {mark} is none of {block.language or 'plain text'}"
        for block in page.blocks
        for mark in block.marks
        if mark not in KNOWN_MARKS.get(block.language, ())
    ]
    found += [f"{block}: needs the mark requests" for block in page.of("http") if not block.marks]
    count = sum("<!-- test:" in line for _, line in page.prose)
    if count != sum(len(block.marks) for block in page.blocks):
        found.append(f"{page.name}: a mark stands above no block, or is not well written")
    return found


def wide_lines(page):
    """Lines that are too wide, except those of tables and, in docs/, of blocks."""
    lines = enumerate(page.lines, 1) if page.name == "README.md" else page.prose
    return [
        f"{page.name}:{number}: {len(line)} columns"
        for number, line in lines
        if len(line) > MAX_COLUMNS and not re.match(r"\s*\||    ", line)
    ]


def too_long(page):
    """README is read in five minutes."""
    count = len(page.lines)
    return [f"{page.name}: {count} lines"] if count > README_LINES else []


def wrong_headings(reference):
    """Directives and variables have one heading each, and there are no others."""
    wanted = {*project.directives(), *(f"${name}" for name in project.variables())}
    named = [
        name for heading in reference.headings for name in re.findall(r"\$?\bpta_\w+", heading)
    ]
    found = [
        f"{reference.name}: {named.count(name)} headings for {name}"
        for name in sorted(wanted)
        if named.count(name) != 1
    ]
    return found + [
        f"{reference.name}: a heading for {name}, which is not in src/"
        for name in sorted(set(named) - wanted)
    ]


ENTRY = re.compile(
    r"""\n+\ {4}Syntax:\ +(?P<syntax>.*)
    \n\ {4}Default:\ (?P<default>.*)
    \n\ {4}Context:\ (?P<context>
    http,\ server,\ location(?:,\ if\ in\ location,\ limit_except)?|http|location)
    \n+This\ directive\ appeared\ in\ version\ \d+\.\d+\.\d+\.\n\n""",
    re.X,
)


def entries(reference):
    """The entry of each directive, as it begins. None if it has no such beginning."""
    sections = re.split(r"(?m)^### ", reference.text)
    texts = {re.sub(r"[^\w$]", "", text.partition("\n")[0]): text for text in sections}
    return {
        name: ENTRY.match(texts[name], texts[name].index("\n"))
        for name in project.directives()
        if name in texts
    }


def defaults(reference):
    """The default of each directive that has one."""
    found = [entry["default"] for entry in entries(reference).values() if entry]
    return dict(line.rstrip(";").split(" ", 1) for line in found if line != "—")


def wrong_entries(reference):
    """Directives whose entry does not begin with syntax, default, context and version."""
    return [
        f"{reference.name}: {name} needs syntax, default, context and version"
        for name, entry in entries(reference).items()
        if not entry
        or not re.match(rf"{name} .+;$", entry["syntax"])
        or not re.match(rf"(?:—|{name} .+;)$", entry["default"])
    ]


def unmade_requests(page):
    """Rows of tables with a token and a status: such requests belong in an http block."""
    row = re.compile(r"\|.*=(?:TOKEN|EXPIRED|OTHER)\b.*\| \d{3}\b")
    return [
        f"{page.name}:{number}: nobody makes this request"
        for number, line in page.prose
        if row.match(line)
    ]


def hidden_commands(page):
    """Commands in indented text, which nobody runs."""
    return [
        f"{page.name}:{number}: a command outside of a block"
        for number, line in page.prose
        if re.match(r" {4,}\$ ", line)
    ]
