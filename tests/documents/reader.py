"""What the reader of a page has: Debian's folders and users, and the key files of `pta keygen`.

Nothing else: what a page forgets to make must be missing in its test.
"""

import functools
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

from harness.tokens import Pair

# The user of Debian's nginx.conf.
USER = "www-data"

# The folders of a Debian system with nginx.
FOLDERS = ["run", "srv", "var/cache", "var/lib", "var/log/nginx"]


class ReaderPair(Pair):
    """The lines of a pair file."""

    def __init__(self, text):
        key, iv, self.seal_key = map(bytes.fromhex, text.split())
        super().__init__(key, iv)


class Keys:
    """A folder as `pta keygen --files` makes it."""

    def __init__(self):
        self._temporary = tempfile.TemporaryDirectory(prefix="pta-test-keys-")
        self.folder = pathlib.Path(self._temporary.name, "keys")
        command = [os.environ["PTA_COMMAND"], "keygen", "--files", self.folder]
        subprocess.run(command, check=True, capture_output=True)
        self.pairs = {path.name: ReaderPair(path.read_text()) for path in self.folder.iterdir()}

    def copy_to(self, folder):
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)


@functools.cache
def keys():
    """The same for all blocks: a run of the command takes longer than a copy."""
    return Keys()


def make_folders(site):
    # The folder of an nginx that was not built with Debian's paths has logs/.
    own = [] if "--http-log-path=" in site.nginx.build else ["logs"]
    for name in [*FOLDERS, *own]:
        (site.root / name).mkdir(parents=True, exist_ok=True)


def write(path, content):
    """A file that only its owner and Debian's nginx can read.

    New folders and files have the owner of the folder above.
    """
    new = [path, *(folder for folder in path.parents if not folder.exists())]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    if os.geteuid() == 0:
        owner = new[-1].parent.stat().st_uid
        for each in new:
            os.chown(each, owner, pwd.getpwnam(USER).pw_gid)
        path.chmod(0o640)
