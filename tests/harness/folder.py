"""A folder with what one nginx reads and writes."""

import pathlib
import shutil
import tempfile


class Folder:
    """A new folder, or `root`, with html/ for what is served and tmp/ for what nginx keeps there.

    `files` are paths below html/ and their contents, `beside` those beside nginx.conf.
    """

    def __init__(self, root=None, files=None, beside=None):
        self.root = pathlib.Path(root or tempfile.mkdtemp(prefix="pta-test-"))
        self.root.mkdir(exist_ok=True)
        # Workers may run as another user.
        self.root.chmod(0o755)
        for name in ("html", "tmp"):
            (self.root / name).mkdir(exist_ok=True)
        for name, content in (files or {}).items():
            self.write(f"html/{name}", content)
        for name, content in (beside or {}).items():
            self.write(name, content)

    def write(self, name, content):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def replace(self, name, content, mode=0o644):
        """Writes a file in one step: nginx never reads half of it, and a mapped one stays whole."""
        new = self.write(f"{name}.new", content)
        new.chmod(mode)
        return new.replace(self.root / name)

    def read(self, name="error.log"):
        """The file's text. Empty if there is no file."""
        path = self.root / name
        return path.read_text(errors="backslashreplace") if path.exists() else ""

    def move_to(self, place):
        """Moves the folder to `place`, and replaces what is there."""
        shutil.rmtree(place, ignore_errors=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(self.root, place)

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)
