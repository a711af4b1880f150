"""The machine and the versions that figures belong to."""

import pathlib
import platform
import re
import subprocess


def first_line(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).splitlines()[0]


def processor():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    name = re.search(r"^model name\s*: (.*)$", text, re.M)
    cores = len(re.findall(r"^processor\s*:", text, re.M))
    return f"{name.group(1) if name else platform.machine()}, {cores} cores"


def description(tools):
    """Pairs of what and which."""
    release = platform.freedesktop_os_release()
    return [
        ("processor", processor()),
        ("system", f"{release.get('PRETTY_NAME', 'unknown')}, Linux {platform.release()}"),
        ("C library", " ".join(platform.libc_ver())),
        ("nginx", re.search(r"nginx version: (.*)", tools.nginx.build)[1]),
        ("compiler", first_line("rustc", "--version")),
        ("valgrind", first_line("valgrind", "--version")),
    ]
