"""A live stream: players fetch its playlist each second, but key and init segment once."""

import collections
import concurrent.futures
import contextlib
import subprocess
import time

import pytest

from harness.project import PROJECT
from players import streams
from players.modes import MODES
from players.requests import wrong_requests

SECONDS = 10
LIVE_MODES = [
    "issue",
    *(pytest.param(name, marks=pytest.mark.torture) for name in ("cookie", "redirect", "forward")),
]


@pytest.fixture
def live(player_site):
    """Two live streams."""
    folder = player_site.running.root / "html"
    with contextlib.ExitStack() as running:
        for name in (streams.LIVE, streams.LIVE_TS):
            stream = running.enter_context(contextlib.closing(LiveStream(folder / name)))
            player_site.running.wait_for(stream.playlist.exists, "no live playlist")
        yield


class LiveStream:
    """show_live, in a process of its own."""

    def __init__(self, folder):
        command = ["bash", "-c", streams.script(f"show_live '{folder}'"), "scripts/test"]
        self.process = subprocess.Popen(command, cwd=PROJECT)
        self.playlist = folder / "video.m3u8"

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.playlist.unlink()


def wait_for_a_quiet_hour():
    """With step=1h, tokens change when an hour ends, and with them the URLs."""
    left = 3600 - time.time() % 3600
    if left < 30:
        time.sleep(left + 1)


@pytest.mark.parametrize("name", LIVE_MODES)
@pytest.mark.usefixtures("live")
def test_one_key_and_one_init_segment(player_site, table, name):
    mode = MODES[name]
    wait_for_a_quiet_hour()
    # Chromium 156 does not play encrypted fMP4, whatever server it comes from.
    in_browser, by_ffmpeg = [streams.LIVE, streams.LIVE_TS], [streams.LIVE]
    page = {"page": {"rate": 1, "enough": SECONDS}}
    # At once. The sources differ, so that the access log tells the requests apart.
    with concurrent.futures.ThreadPoolExecutor() as threads:
        browser = threads.submit(
            player_site.play, ["hls.js", "native"], mode, "files", in_browser, **page
        )
        options = {"ffmpeg": ["-t", str(SECONDS)]}
        ffmpeg = player_site.play("ffmpeg", mode, "proxy", by_ffmpeg, **options)
        plays = [*browser.result(), *ffmpeg]
    for client, (stream, played, requests) in zip(
        ("hls.js", "native", "ffmpeg"), plays, strict=True
    ):
        table.add(client, stream, mode, requests)
        assert played.end in ("played", "ended"), client
        assert played.seconds >= 0.9 * SECONDS, client
        assert not list(wrong_requests(stream, requests, mode)), client
        counts = collections.Counter(stream.kinds[request.path] for request in requests)
        assert counts["key"] == 1, (client, counts)
        # ffmpeg 5.1 fetches it anew with each playlist, whatever its URL is.
        assert counts["init"] == len(init_segments(stream)) or client == "ffmpeg", (client, counts)
        assert counts["variant"] >= SECONDS - streams.LIVE_WINDOW, (client, counts)
        assert counts["segment"] >= SECONDS, (client, counts)


def init_segments(stream):
    return [path for path, kind in stream.kinds.items() if kind == "init"]


@pytest.mark.usefixtures("live")
def test_without_a_step_players_fetch_the_key_anew(player_site):
    """The counter-proof: each playlist has a new token then."""
    mode = MODES["issue-anew"]
    options = {"ffmpeg": ["-t", "5"]}
    ((stream, played, requests),) = player_site.play(
        "ffmpeg", mode, "files", [streams.LIVE], **options
    )
    assert played.end == "ended"
    assert not list(wrong_requests(stream, requests, mode))
    assert sum(stream.kinds[request.path] == "key" for request in requests) > 1
