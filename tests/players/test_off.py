"""The counter-proof: if nothing hands the token over, nothing plays."""

import pytest

from players.clients import STREAMS_OF
from players.modes import MODES

OFF = MODES["off"]


@pytest.mark.parametrize("client", STREAMS_OF)
def test_nothing_plays(player_site, table, client):
    options = {"page": {"patience": 5}}
    for stream, played, requests in player_site.play(
        client, OFF, "files", STREAMS_OF[client], **options
    ):
        table.add(client, stream, OFF, requests)
        assert played.end not in ("ended", "played"), stream.name
        assert played.seconds == 0, stream.name
        others = [request for request in requests if request.path != stream.entry]
        assert {r.verdict for r in requests if r.path == stream.entry} == {"ALLOWED"}
        assert {(r.status, r.verdict) for r in others} == {(400, "MISSING")}, stream.name
