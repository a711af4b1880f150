"""Reads the imports of a Rust crate: the arrows between its files, and the forbidden ones.

The first comment of a crate's lib.rs lists its rooms from top to bottom:

    //! Arrows: module -> {check, issue} -> conf

A room is `src/room.rs` with all files in `src/room/`. A file may import from its own room and from
rooms below it. Rooms in one pair of braces do not import each other. No two files import each
other, not even by way of others.
"""

import dataclasses
import pathlib
import re


@dataclasses.dataclass(frozen=True)
class Arrow:
    """One file imports from another."""

    source: str
    target: str

    def __str__(self):
        return f"{self.source} -> {self.target}"


class Crate:
    """The files below a crate's src folder, by module path."""

    def __init__(self, src):
        self.src = pathlib.Path(src)
        self.files = {}
        for file in sorted(self.src.rglob("*.rs")):
            parts = file.relative_to(self.src).with_suffix("").parts
            # A crate's binary is above its library, and nothing imports it.
            self.files[() if parts == ("lib",) else parts] = file

    def name(self, module):
        return "/".join(module) + ".rs" if module else "lib.rs"

    def levels(self):
        """How far down each room is, from the line in lib.rs."""
        text = self.files[()].read_text()
        # Up to an empty line of the comment, or its end.
        found = re.search(r"^//! Arrows: (.*\n(?://! .+\n)*)", text, re.M)
        if not found:
            raise ValueError(f'{self.files[()]}: no line "Arrows: ..." in its first comment')
        return {
            room.strip(): level
            for level, rooms in enumerate(found[1].replace("//!", " ").replace("`", "").split("->"))
            for room in rooms.strip(" {}\n").split(",")
        }

    def arrows(self):
        """All imports from one file to another, without repetition."""
        found = set()
        for module, file in self.files.items():
            for path in paths(file.read_text(), module):
                target = self._file_of(path)
                if target != module:
                    found.add((module, target))
        return sorted(found)

    def _file_of(self, path):
        """The longest beginning of a path that is a file; lib.rs if there is none."""
        return next(path[:end] for end in range(len(path), -1, -1) if path[:end] in self.files)


def paths(text, module):
    """The module paths that a file names with `crate::` and `super::`, as tuples."""
    text = without_comments_and_strings(text)
    # Inline modules: where each begins and ends, because `super` counts from there.
    inline = [
        (found.end(), end_of_block(text, found.end()), found[1])
        for found in re.finditer(r"\bmod\s+(\w+)\s*\{", text)
    ]
    for found in re.finditer(r"(?<![\w:])(crate|super|self)((?:\s*::\s*super)*)\s*::\s*", text):
        if found[1] == "self" and not found[2]:
            # Of this file's own modules.
            continue
        inside = tuple(name for begin, end, name in inline if begin <= found.start() < end)
        base = ()
        if found[1] != "crate":
            climbs = found[2].count("super") + (found[1] == "super")
            here = (*module, *inside)
            base = here[: len(here) - climbs]
        for path in expand(text, found.end()):
            yield (*base, *path)


def expand(text, at):
    """The paths that begin at `at`: one, or those of a group in braces."""
    group = re.compile(r"\s*\{").match(text, at)
    if not group:
        segment = re.compile(r"\s*(\w+|\*)").match(text, at)
        if not segment:
            return
        behind = re.compile(r"\s*::\s*(?=[\w{*])").match(text, segment.end())
        rest = list(expand(text, behind.end())) if behind else [()]
        for path in rest:
            yield (segment[1], *path)
        return
    end = end_of_block(text, group.end())
    depth, begin = 0, group.end()
    for position in range(group.end(), end + 1):
        character = text[position : position + 1]
        if position == end or (character == "," and depth == 0):
            if text[begin:position].strip():
                yield from expand(text[:position], begin)
            begin = position + 1
        depth += (character == "{") - (character == "}")


def end_of_block(text, at):
    """Where the block ends whose opening brace is just before `at`."""
    depth = 1
    for position in range(at, len(text)):
        depth += (text[position] == "{") - (text[position] == "}")
        if depth == 0:
            return position
    return len(text)


def without_comments_and_strings(text):
    """The text with blanks in their place. Doc comments may name what lies above."""
    token = re.compile(
        r"//[^\n]*|/\*.*?\*/|\bb?r(#*)\".*?\"\1|b?c?\"(?:\\.|[^\"\\])*\"|b?'(?:\\.[^']*|[^\\'\n])'",
        re.S,
    )
    return token.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def circles(arrows):
    """The groups of modules that import each other, directly or indirectly (Tarjan)."""
    edges = {}
    for source, target in arrows:
        edges.setdefault(source, []).append(target)
        edges.setdefault(target, [])
    index, low, stack, groups = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in edges[node]:
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            group = []
            while not group or group[-1] != node:
                group.append(stack.pop())
            if len(group) > 1:
                groups.append(sorted(group))

    for node in edges:
        if node not in index:
            visit(node)
    return groups


def faults(src):
    """What is wrong with a crate's arrows, one line each. Empty if all is well."""
    crate = Crate(src)
    levels = crate.levels()
    arrows = crate.arrows()
    found = []
    for module in crate.files:
        if module and module != ("main",) and module[0] not in levels:
            found.append(f"{crate.name(module)}: its room is not in the list of lib.rs")
    rooms = {module[0] for module in crate.files if module}
    for room in sorted(set(levels) - rooms - {"lib"}):
        found.append(f"lib.rs: there is no room {room}")
    for source, target in arrows:
        names = Arrow(crate.name(source), crate.name(target))
        if target == ():
            found.append(f"{names}: nothing may import from lib.rs")
        elif source in ((), ("main",)) or source[0] == target[0]:
            continue
        elif levels.get(source[0], 0) > levels.get(target[0], 0):
            found.append(f"{names}: this arrow goes up")
        elif levels.get(source[0]) == levels.get(target[0]):
            found.append(f"{names}: these rooms are beside each other")
    for group in circles(arrows):
        found.append("these files import each other: " + ", ".join(map(crate.name, group)))
    return found
