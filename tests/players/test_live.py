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
    """A live stream."""
    folder = player_site.running.root / "html" / streams.LIVE
    with contextlib.closing(LiveStream(folder)) as running:
        player_site.running.wait_for((folder / "video.m3u8").exists, "no live playlist")
        yield running


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
    # At once. The sources differ, so that the access log tells them apart.
    plays = {
        "hls.js": ("files", {"page": {"rate": 1, "enough": SECONDS}}),
        "ffmpeg": ("proxy", {"ffmpeg": ["-t", str(SECONDS)]}),
    }
    with concurrent.futures.ThreadPoolExecutor() as threads:
        found = {
            client: threads.submit(
                player_site.play, client, mode, source, [streams.LIVE], **options
            )
            for client, (source, options) in plays.items()
        }
    for client in plays:
        ((stream, played, requests),) = found[client].result()
        table.add(client, stream, mode, requests)
        assert played.end in ("played", "ended"), client
        assert played.seconds >= 0.9 * SECONDS, client
        assert not list(wrong_requests(stream, requests, mode)), client
        counts = collections.Counter(stream.kinds[request.path] for request in requests)
        assert counts["key"] == 1, (client, counts)
        # ffmpeg 5.1 fetches it anew with each playlist, whatever its URL is.
        assert counts["init"] == 1 or client == "ffmpeg", (client, counts)
        assert counts["variant"] >= SECONDS - streams.LIVE_WINDOW, (client, counts)
        assert counts["segment"] >= SECONDS, (client, counts)


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
