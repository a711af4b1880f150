"""The players: each plays some streams, and says for each how it ended."""

import dataclasses
import json
import shutil
import subprocess
import time

from harness.project import PROJECT
from players import streams

PAGE = PROJECT / "tests/players/page"
MODULES = PROJECT / "target/players/node_modules"
SCRIPTS = {
    "hls.js": MODULES / "hls.js/dist/hls.min.js",
    "dash.js": MODULES / "dashjs/dist/modern/umd/dash.all.min.js",
}

STREAMS_OF = {
    "ffmpeg": [*streams.HLS, *streams.DASH],
    "native": ["hls/fmp4", "hls/ts"],
    "hls.js": streams.HLS,
    "dashjs": streams.DASH,
}

# Chromium 156 does not play encrypted fMP4, whatever server it comes from.
PLAYS_NOT = {("native", "hls/encrypted")}

# ffmpeg 5.1 reads two segments of a SegmentList, whatever server they come from.
PLAYS_IN_PART = {("ffmpeg", "dash/list"), ("ffmpeg", "dash/single")}


def page_files():
    """The page with the players in a browser, by path below html/."""
    for script in SCRIPTS.values():
        assert script.exists(), f"{script} is missing: run scripts/setup --players"
    files = {**SCRIPTS, **{path.name: path for path in PAGE.iterdir()}}
    return {f"page/{name}": path.read_bytes() for name, path in files.items()}


@dataclasses.dataclass(frozen=True)
class Played:
    """What a player says about a stream. `end` is "ended", "played" or an error."""

    end: str
    seconds: float


def ffmpeg(urls, *options, seconds=60):
    """Decodes them one after another."""
    program = shutil.which("ffmpeg")
    assert program, "ffmpeg is missing: run scripts/setup --players"
    return [
        decode([program, "-nostdin", "-v", "error", *options, "-i", url], seconds) for url in urls
    ]


def decode(command, seconds):
    maps = ["-map", "0:v:0", "-map", "0:a:0"]
    # One line for each frame.
    done = subprocess.run(
        [*command, *maps, "-f", "framecrc", "-"], capture_output=True, text=True, timeout=seconds
    )
    pictures = sum(line.startswith("0,") for line in done.stdout.splitlines())
    end = done.stderr.strip() or f"status {done.returncode}" if done.returncode else "ended"
    return Played(end, pictures / 10)


def in_browser(browser, page, all_options):
    """Plays streams at once on a page. Each has the options of page/play.js."""
    assert browser.open(page)[0] == 200
    return [Played(**played) for played in browser.evaluate(f"playAll({json.dumps(all_options)})")]


def settled(lines, seconds=0.2):
    """The lines of a log, when these seconds bring no more."""
    found = lines()
    while True:
        time.sleep(seconds)
        if (now := lines()) == found:
            return now
        found = now
