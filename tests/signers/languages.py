"""The languages of the signers: how the file is run as a command, and how its function is called.

Each file is copied alone to a folder of its own: an application copies it like that. A caller of
callers/ is put beside it.
"""

import os
import pathlib
import shutil
import subprocess
import sys

from harness.project import PROJECT

CALLERS = pathlib.Path(__file__).parent / "callers"

ENVIRONMENT = {
    # Java reads arguments by the locale.
    "LC_ALL": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "GOFLAGS": "",
    # Kept, because Go compiles its library again otherwise.
    "GOCACHE": str(PROJECT / "target/tests/go"),
}


class Missing(Exception):
    """The language is not installed."""


class Signer:
    """One language, built in a folder."""

    # The signer below signers/, its caller, and the commands that it needs.
    file: str
    caller: str
    tools: tuple

    def __init__(self, folder):
        self.folder = folder
        for tool in self.tools:
            if not shutil.which(tool):
                raise Missing(f"{tool} is not installed")
        shutil.copy(PROJECT / "signers" / self.file, folder)
        shutil.copy(CALLERS / self.caller, folder)
        # What runs the signer and its caller: their arguments follow.
        self.command, self.call = self.build()

    def build(self):
        raise NotImplementedError

    def sign(self, *arguments):
        """Runs the signer as a command."""
        return self.run(*self.command, *map(str, arguments))

    def sign_by_function(self, *arguments):
        """Calls the signer's function."""
        return self.run(*self.call, *map(str, arguments))

    def run(self, *command, cwd=None):
        # With this variable, Java writes a line to stderr.
        environment = {k: v for k, v in os.environ.items() if k != "JAVA_TOOL_OPTIONS"}
        return subprocess.run(
            command,
            cwd=cwd or self.folder,
            env=environment | ENVIRONMENT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def compile(self, *command, cwd=None):
        done = self.run(*command, cwd=cwd)
        assert done.returncode == 0, done.stderr


class Python(Signer):
    """The system's Python. Debian's package of cryptography is older than the one of the tests."""

    file, caller, tools = "python/pta_signer.py", "call.py", ("python3",)

    def build(self):
        for python in (shutil.which("python3", path=without_venv()), "/usr/bin/python3"):
            if python and self.run(python, "-c", "import cryptography").returncode == 0:
                return [python, "pta_signer.py"], [python, "call.py"]
        raise Missing("python3-cryptography is not installed")


def without_venv():
    """PATH without the Python that runs the tests."""
    own = pathlib.Path(sys.executable).parent
    return ":".join(p for p in os.environ["PATH"].split(":") if pathlib.Path(p) != own)


class Node(Signer):
    file, caller, tools = "node/sign.mjs", "call.mjs", ("node",)

    def build(self):
        return ["node", "sign.mjs"], ["node", "call.mjs"]


class Php(Signer):
    file, caller, tools = "php/sign.php", "call.php", ("php",)

    def build(self):
        return ["php", "sign.php"], ["php", "call.php"]


class Go(Signer):
    file, caller, tools = "go/sign.go", "call.go", ("go",)

    def build(self):
        # The command is another package, because Go cannot import a package main.
        module = self.folder / "module"
        shutil.copytree(PROJECT / "signers/go", module)
        self.compile("go", "build", "-o", self.folder / "sign", "./cmd/sign", cwd=module)
        # The file alone, in the caller's package.
        source = self.folder / "sign.go"
        text = source.read_text()
        assert text.count("\npackage signer\n") == 1
        source.write_text(text.replace("\npackage signer\n", "\npackage main\n"))
        self.compile("go", "build", "-o", "call", "sign.go", "call.go")
        return [self.folder / "sign"], [self.folder / "call"]


class Java(Signer):
    file, caller, tools = "java/Sign.java", "Call.java", ("javac", "java")

    def build(self):
        self.compile("javac", "-Xlint", "-Werror", "-d", ".", "Sign.java", "Call.java")
        # With this option, Java compiles less at run time and starts faster.
        java = ["java", "-XX:TieredStopAtLevel=1", "-cp", "."]
        return [*java, "pta.Sign"], [*java, "Call"]


LANGUAGES = {language.__name__.lower(): language for language in (Python, Node, Php, Go, Java)}
