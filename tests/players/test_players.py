"""Each player plays each kind of stream in each mode, and asks for nothing that it may not have."""

import pytest

from players import streams
from players.clients import PLAYS_IN_PART, PLAYS_NOT, STREAMS_OF
from players.modes import MODES
from players.requests import missing_requests, wrong_requests

MODES_OF_ALL = [mode for mode in MODES.values() if mode.name not in ("off", "open", "issue-anew")]
CASES = [
    (client, mode, source)
    for client in STREAMS_OF
    for mode in MODES_OF_ALL
    for source in ("files", "proxy")
    if not (mode.cross_site and client == "ffmpeg")
]


@pytest.mark.parametrize(("client", "mode", "source"), CASES, ids=lambda v: getattr(v, "name", v))
def test_a_stream(player_site, table, client, mode, source):
    wrong = []
    for stream, played, requests in player_site.play(client, mode, source, STREAMS_OF[client]):
        table.add(client, stream, mode, requests)
        found = [*wrong_requests(stream, requests, mode), *wrong_play(client, stream, played)]
        if (client, stream.name) not in PLAYS_IN_PART:
            found += missing_requests(stream, requests)
        wrong += [f"{stream.name}: {what}" for what in found]
    assert not wrong, "\n".join(wrong)


def wrong_play(client, stream, played):
    expected = 2 if (client, stream.name) in PLAYS_IN_PART else streams.SECONDS
    if played.end != "ended" or played.seconds < 0.9 * expected:
        yield str(played)


@pytest.mark.parametrize(("client", "name"), sorted(PLAYS_IN_PART | PLAYS_NOT))
def test_what_does_not_play_to_its_end(player_site, client, name):
    """It does not without the module either. With it, the player requests the same."""
    ((stream, played, requests),) = player_site.play(client, MODES["open"], "files", [name])
    assert played.end != "ended" or (client, name) in PLAYS_IN_PART
    assert played.seconds < streams.SECONDS / 2
    for mode in MODES_OF_ALL:
        if mode.cross_site:
            continue
        ((_, again, found),) = player_site.play(client, mode, "files", [name])
        assert again == played
        assert not list(wrong_requests(stream, found, mode))
        paths = [request.path for request in found if request.status != 303]
        assert sorted(paths) == sorted(request.path for request in requests)
