"""The functions of the module that nginx calls, read from the Rust source."""

import re

from harness.project import PROJECT

SOURCE = PROJECT / "src"

# The enum has one variant for each callback. It may be renamed or move to another file, but these
# variants stay.
ENUM = re.compile(r"\benum \w+ \{([^}]*)\}")
KNOWN = {"CreateMainConf", "MergeLocConf", "Access"}


def read_callbacks(source=SOURCE):
    """The names of all callbacks, as the fault file expects them."""
    found = []
    for path in sorted(source.rglob("*.rs")):
        for body in ENUM.findall(path.read_text()):
            variants = re.findall(r"^\s*([A-Z]\w*),?$", body, re.M)
            if set(variants) >= KNOWN:
                found.append(variants)
    if len(found) != 1:
        raise LookupError(f"{len(found)} enums in {source} list the callbacks, must be 1")
    return found[0]


CALLBACKS = read_callbacks()
