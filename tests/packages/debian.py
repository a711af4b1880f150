"""Runs scripts/package, and reads Debian packages."""

import dataclasses
import pathlib
import re
import subprocess

from harness.project import PROJECT

# A build without anything in target/, on a busy machine.
SECONDS = 1800


def package(*arguments, **options):
    """Runs scripts/package."""
    command = [PROJECT / "scripts/package", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, **options)


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def field(deb, name):
    """A field of a package, for example Depends."""
    return output_of("dpkg-deb", "--field", deb, name).strip()


def files(deb):
    """The files and links of a package, from / on."""
    lines = output_of("dpkg-deb", "--contents", deb).splitlines()
    return {line.split(" ./")[1].split(" -> ")[0] for line in lines if line[0] != "d"}


def provided_by(name):
    """What an installed package provides."""
    provides = output_of("dpkg-query", "--show", "--showformat", "${Provides}", name)
    return set(re.split(r"[ ,]+", provides))


@dataclasses.dataclass(frozen=True)
class Unpacked:
    """A package, and the folder that it was unpacked in."""

    deb: pathlib.Path
    root: pathlib.Path

    @classmethod
    def of(cls, deb, root):
        subprocess.run(["dpkg-deb", "--extract", deb, root], check=True)
        return cls(deb, root)
