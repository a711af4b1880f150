"""The crates of this project, as cargo knows them, to compare with what packages say of them."""

import functools
import json
import pathlib
import re
import subprocess

from harness.project import PROJECT

# Longer than a file that only names licences.
WHOLE_TEXT = 500


def cargo(*arguments):
    command = ["cargo", *arguments, "--locked"]
    return subprocess.run(
        command, cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


@functools.cache
def folders():
    """The folder with the source of each crate of a registry, by "NAME VERSION"."""
    packages = json.loads(cargo("metadata", "--format-version", "1"))["packages"]
    return {
        f"{crate['name']} {crate['version']}": pathlib.Path(crate["manifest_path"]).parent
        for crate in packages
        if crate["source"]
    }


def linked(package):
    """The crates of registries that are compiled into a package, as "NAME VERSION"."""
    lines = cargo(
        "tree", "--package", package, "--edges", "normal,no-proc-macro", "--prefix", "none"
    )
    names = {
        "{} {}".format(*re.match(r"(\S+) v(\S+)", line).groups())
        for line in lines.split("\n")
        if line
    }
    return names & folders().keys()


def words(text):
    return " ".join(text.split())


def check(document, package):
    """Fails unless crates.txt lists what is compiled in, with the texts of the licences."""
    head, *parts = document.split(f"\n{'-' * 80}\n")
    listed = set(re.findall(r"(?m)^(\S+ [0-9]\S*): \S", head))
    assert listed == linked(package)
    texts = {}
    for part in parts:
        names, text = part.split(":\n\n", 1)
        for name in names.split(", "):
            texts.setdefault(name, []).append(words(text))
    for name in listed:
        own = [
            words(path.read_text())
            for path in folders()[name].iterdir()
            if re.match(r"licen[cs]e|copying", path.name, re.I)
        ]
        whole = [text for text in own if len(text) > WHOLE_TEXT]
        assert any(text in whole for text in texts[name]), name
        # If a crate offers this one, it must be there.
        mit = [text for text in whole if "Permission is hereby granted, free of" in text]
        assert all(text in texts[name] for text in mit), name
