"""Runs console and sh blocks, each in a new shell and a new folder.

In a console block, lines that begin with `$ ` are commands, and `> ` continues one. Their output
stands below them. `...` is any text, alone on a line any lines. Tokens, keys and dates may differ
if the command makes them anew.

A block with the mark `run on` continues in the shell of the one before it. A block of another
language with the mark `file NAME` is what the reader writes to a file meanwhile.

The folder is called /srv/site, and its port is 8080. `pta`, `nginx` and the module are those that
are tested.
"""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

from harness import processes
from harness.ports import free_port
from harness.project import PROJECT

# A command that makes something new, or uses a variable that may hold such.
CHANGES = re.compile(r"keygen|rotate|\brand\b|date\b|\.log\b|\+\d+[smhdw]|\$[\w{(]")

# What is new in each run: how it looks, and what may stand in its place.
NEW = [
    (r"(?<!\w)[0-9a-f]{32,}", "[0-9a-f]{32,}"),
    # A seal.
    (r"(?<=[0-9a-f]{32}\.)[\w-]{22}(?![\w-])", r"[\w-]{22}"),
    (r"(?<=crc32: {3})[0-9a-f]{8}", "[0-9a-f]{8}"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    (r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d", r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d"),
    (r"(?<!\w)[12]\d{9}(?!\w)", r"\d{10}"),
    (r"\d+#\d+: \*\d+", r"\d+#\d+: \*\d+"),
    (r"\d+ \w+(?: \d+ \w+)?(?= left)", r"\d+ \w+(?: \d+ \w+)?"),
]
LEFT_OUT = [(r"^(?:\.\.\.|…)$\n?", r"(?:.*\n)*?"), (r"\.\.\.|…", ".*?")]

# As in tests/signers, one may be missing.
LANGUAGES = {"go", "java", "node", "php"}

# Where Debian has them. /usr/sbin is not in everybody's PATH.
MODULE = "/usr/lib/nginx/modules/ngx_http_pta_module.so"
NGINX = "/usr/sbin/nginx"

MARKER = "--- next command ---"


def sessions(page):
    """The blocks that are run, those of one shell together, with the files that it needs."""
    found, files = [], []
    for block in page.blocks:
        if "file" in block.marks:
            files.append(block)
        elif block.marks.get("run") == "on" and found:
            found[-1] += [*files, block]
            files = []
        elif "run" in block.marks:
            found.append([*files, block])
            files = []
    return found


def unmarked(page):
    """The blocks of commands that have neither mark, or no reason not to be run."""
    found = []
    for block in page.of("console", "sh"):
        if block.marks.get("run") not in (None, "on"):
            found.append(f"{block}: the mark run takes no word but on")
        if len(block.marks.keys() & {"run", "not-run", "prepare"}) != 1:
            found.append(f"{block}: needs one of the marks run, not-run and prepare")
        elif "not-run" in block.marks and not block.marks["not-run"]:
            found.append(f"{block}: there is no reason why it is not run")
    return found


def read(block):
    """The commands of a block, each with the lines of its output. None: the output is not shown."""
    if block.language != "console":
        return [(f"(\nset -e\n{block.text})", None)]
    found, end = [], None
    for line in block.text.splitlines():
        if end is not None:
            # A here-document, or a line that ends with a backslash.
            found[-1][0] += "\n" + line.removeprefix("> ")
            is_over = line.removeprefix("> ").strip() == end if end else not line.endswith("\\")
            end = None if is_over else end
        elif line.startswith("$ "):
            found.append([line[2:], []])
            here = re.search(r"<<-?\s*['\"]?(\w+)", line)
            end = here[1] if here else "" if line.endswith("\\") else None
        elif not found:
            raise ValueError(f'{block}: begins with no command "$ …"')
        elif line.startswith("> ") and not found[-1][1]:
            found[-1][0] += "\n" + line[2:]
        else:
            found[-1][1].append(line)
    return [(command, output) for command, output in found]


def needs(blocks):
    """The languages that are not installed and that the blocks need."""
    commands = " ; ".join(
        command for block in blocks if "run" in block.marks for command, _ in read(block)
    )
    words = set(re.findall(r"(?:^|[;|&(]) *(\w+)", commands, re.M))
    return sorted(word for word in words & LANGUAGES if not shutil.which(word))


def expression(lines, changes):
    """The regular expression for output."""
    rules = LEFT_OUT + (NEW if changes else [])
    any_rule = re.compile("|".join(f"({rule})" for rule, _ in rules), re.M)
    text, pieces, end = "\n".join(lines), [], 0
    for found in any_rule.finditer(text):
        pieces += [re.escape(text[end : found.start()]), rules[found.lastindex - 1][1]]
        end = found.end()
    return "".join([*pieces, re.escape(text[end:])])


class Session:
    """A folder, and the commands in it."""

    def __init__(self, nginx, command):
        self.nginx = nginx
        # The folders of pytest are closed to nginx's workers.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pta-test-"))
        self.folder.chmod(0o755)
        self.port = free_port()
        self.tools = self.folder / ".tools"
        self.tools.mkdir()
        self._tool("pta", f'exec {command} "$@"')
        self._tool("nginx", f'exec {nginx.binary} "$@"')
        self._tool("sudo", 'exec "$@"')
        for name in ("signers", "nginx-config", "token"):
            (self.folder / name).symlink_to(PROJECT / name)

    def _tool(self, name, text):
        path = self.tools / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def here(self, text):
        text = text.replace(MODULE, self.nginx.module).replace(NGINX, "nginx")
        return text.replace("/srv/site", str(self.folder)).replace("8080", str(self.port))

    def there(self, text):
        text = text.replace(self.nginx.module, MODULE)
        return text.replace(str(self.folder), "/srv/site").replace(str(self.port), "8080")

    def faults(self, blocks):
        """What is wrong with the output of blocks that share a shell."""
        script, wanted = ["exec 2>&1"], []
        for block in blocks:
            if "file" in block.marks:
                script.append(self._write(block))
                continue
            try:
                commands = read(block)
            except ValueError as error:
                return [str(error)]
            for command, output in commands:
                script += [self.here(command), f'echo "{MARKER}$?"']
                wanted.append((block, command, output))
        outputs = self._run("\n".join(script) + "\n")
        compared = zip(wanted, outputs, strict=False)
        found = [fault for each, output in compared for fault in self._compare(*each, *output)]
        if len(outputs) < len(wanted):
            found.append(f"{blocks[-1]}: the shell has ended early")
        return found

    def _write(self, block):
        """The command that writes a file of the reader's."""
        name, prepared = block.marks["file"], self.tools / f"file-{block.number}"
        prepared.write_text(self.here(block.text))
        return f"mkdir -p $(dirname {name}); cp {prepared} {name}"

    def _compare(self, block, command, lines, text, status):
        """What is wrong with one command. Without lines, it has to succeed."""
        what = f"{block}: $ {command}\n{text}"
        if lines is None:
            return [f"{what}: exit status {status}"] if status != "0" else []
        while lines and not lines[-1]:
            lines = lines[:-1]
        pattern = expression(lines, CHANGES.search(command))
        if re.fullmatch(pattern + r"\n?", self.there(text)):
            return []
        return [f"{what}(above: what it prints; the page has:)\n" + "\n".join(lines)]

    def _run(self, script):
        """What each command has printed, and its exit status."""
        environment = {
            "PATH": f"{self.tools}:{os.environ['PATH']}:/usr/sbin",
            "HOME": str(self.folder),
            # Go would compile its library again for each new home.
            "GOCACHE": str(PROJECT / "target/tests/go-build"),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }
        done = subprocess.run(
            ["bash", "-s"],
            input=script.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env=environment,
            timeout=120,
        )
        text = done.stdout.decode(errors="replace")
        pattern = rf"(.*?){MARKER}(\d+)\n"
        return [found.groups() for found in re.finditer(pattern, text, re.S)]

    def close(self):
        """Ends the nginx that the commands have started, and removes the folder."""
        for path in self.folder.rglob("*.pid"):
            # If the commands have ended it, it may remove its file just now.
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                text = path.read_text().strip()
                if text.isdigit() and processes.is_alive(int(text)):
                    os.kill(int(text), signal.SIGTERM)
                    processes.have_ended({int(text)}, seconds=10)
        shutil.rmtree(self.folder, ignore_errors=True)
