"""What a stream consists of, read from its own unsigned playlists."""

import dataclasses
import re
import subprocess
import xml.etree.ElementTree as xml

from harness.project import PROJECT

FOLDER = PROJECT / "target/players/streams"
SECONDS = 5
ENTRIES = {"hls": "master.m3u8", "dash": "stream.mpd"}
HLS = ["hls/fmp4", "hls/ts", "hls/encrypted"]
DASH = ["dash/template", "dash/list", "dash/single"]
LIVE = "hls/live"
LIVE_TS = "hls/live-ts"
# How many segments a live playlist lists.
LIVE_WINDOW = 5

MPD = "{urn:mpeg:dash:schema:mpd:2011}"


def make():
    """Makes the streams, unless they are there."""
    command = ["bash", "-c", script("make_streams"), "scripts/test"]
    subprocess.run(command, cwd=PROJECT, check=True)


def script(command):
    """A command of scripts/lib/streams.sh, as a script for bash in the project's folder."""
    sources = "source scripts/lib/common.sh; source scripts/lib/streams.sh"
    return f"set -euo pipefail; root=$PWD; {sources}; {command}"


@dataclasses.dataclass(frozen=True)
class Piece:
    """A file or, if `start` is a number, the part of a file that begins there."""

    path: str
    start: int | None = None


@dataclasses.dataclass(frozen=True)
class Variant:
    """The same pictures or the same sound as the other variants of its `group`.

    `playlist` refers to the rest. A player needs all of `before` before the first segment.
    """

    group: str
    playlist: str
    before: dict[str, Piece]
    segments: list[Piece]


@dataclasses.dataclass(frozen=True)
class Stream:
    """Paths are those of requests."""

    name: str
    entry: str
    variants: list[Variant]

    @property
    def kinds(self):
        """What each path is."""
        found = {}
        for variant in self.variants:
            found.update((piece.path, "segment") for piece in variant.segments)
            found.update((piece.path, kind) for kind, piece in variant.before.items())
            found[variant.playlist] = "variant"
        return {**found, self.entry: "master"}


def read(name):
    """The stream in FOLDER/name."""
    entry = f"/{name}/{ENTRIES[name.split('/')[0]]}"
    variants = hls_variants(entry) if name.startswith("hls") else dash_variants(entry)
    return Stream(name, entry, variants)


def text(path):
    return (FOLDER / path.removeprefix("/")).read_text()


def beside(path, reference):
    return f"{path.rpartition('/')[0]}/{reference}"


def references(playlist):
    return [line for line in playlist.splitlines() if line and not line.startswith("#")]


def hls_variants(entry):
    playlists = [beside(entry, reference) for reference in references(text(entry))]
    return [hls_variant(playlist) for playlist in playlists]


def hls_variant(path):
    # A live one has a list of all its segments.
    playlist = text(beside(path, "all") if path.startswith("/hls/live") else path)
    before = {}
    for kind, tag in (("init", "MAP"), ("key", "KEY")):
        if found := re.search(rf'^#EXT-X-{tag}:.*URI="([^"]*)"', playlist, re.M):
            before[kind] = Piece(beside(path, found[1]))
    segments = [Piece(beside(path, reference)) for reference in references(playlist)]
    return Variant("all", path, before, segments)


def dash_variants(entry):
    found = xml.fromstring(text(entry)).iter(f"{MPD}Representation")
    return [dash_variant(entry, representation) for representation in found]


def dash_variant(entry, representation):
    name = representation.get("id")
    if (template := representation.find(f"{MPD}SegmentTemplate")) is not None:
        count = sum(1 + int(s.get("r", 0)) for s in template.iter(f"{MPD}S"))
        media = template.get("media").replace("$RepresentationID$", name)
        init = Piece(
            beside(entry, template.get("initialization").replace("$RepresentationID$", name))
        )
        numbers = [media.replace("$Number%05d$", f"{number:05}") for number in range(1, count + 1)]
        segments = [Piece(beside(entry, number)) for number in numbers]
    elif (base := representation.find(f"{MPD}BaseURL")) is not None:
        file = beside(entry, base.text)
        init = Piece(file, 0)
        ranges = [s.get("mediaRange") for s in representation.iter(f"{MPD}SegmentURL")]
        segments = [Piece(file, int(begin.split("-")[0])) for begin in ranges]
    else:
        init = Piece(
            beside(entry, next(representation.iter(f"{MPD}Initialization")).get("sourceURL"))
        )
        found = representation.iter(f"{MPD}SegmentURL")
        segments = [Piece(beside(entry, segment.get("media"))) for segment in found]
    return Variant(name, entry, {"init": init}, segments)
