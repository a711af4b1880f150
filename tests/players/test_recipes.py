"""ffmpeg plays by the recipes of docs/streaming.md, as they are printed."""

import pytest

from documents.printed import adapted, section
from players import clients, streams
from players.requests import LOG_FORMAT

TYPES = "types { application/vnd.apple.mpegurl m3u8; video/mp4 mp4 m4s; video/mp2t ts; }\n"

# The application that auth_request asks: it knows one session.
APPLICATION = """
    server {
        listen 127.0.0.1:@application@;
        access_log off;
        location / {
            if ($cookie_session != ada) { return 401; }
            return 204;
        }
    }
"""
MEMBER = ("-cookies", "session=ada; path=/")
SECONDS_OF_LOG = 0.2

LINK = "{path}master.m3u8?pta={token}"
QUERY, COOKIE, NONE = "ALLOWED qs", "ALLOWED cookie", "- -"

# Heading, folder, link, options of ffmpeg, and how the playlists and the rest are allowed.
RECIPES = [
    ("A cookie for the segments", "/live/", LINK, (), {QUERY, COOKIE}, {COOKIE}),
    ("A cookie for the segments", "/watch/", LINK, (), {QUERY, COOKIE}, {COOKIE}),
    ("A cookie by add_header", "/live/", LINK, (), {QUERY, COOKIE}, {COOKIE}),
    ("Entry by 303", "/live/", LINK, (), {QUERY, COOKIE}, {COOKIE}),
    ("A live stream that outlives its link", "/live/one/", LINK, (), {QUERY, COOKIE}, {COOKIE}),
    (
        "A cookie that each playlist renews",
        "/live/one/",
        "{path}master.m3u8",
        MEMBER,
        {NONE},
        {COOKIE},
    ),
    ("Films: the token in the playlist", "/vod/film/", LINK, (), {QUERY}, {QUERY}),
    ("Live behind a login", "/live/one/", "{path}master.m3u8", MEMBER, {NONE}, {QUERY}),
    ("The token in the path", "/live/", "/t/{token}{path}master.m3u8", (), {QUERY}, {QUERY}),
]


@pytest.fixture(scope="module", autouse=True)
def made():
    streams.make()


@pytest.fixture
def serve(site, pair):
    """Serves a stream by a recipe, in a folder."""

    def serve(heading, folder, name):
        text = adapted(section(heading)[0], pair)
        text = text.replace("127.0.0.1:8000", "127.0.0.1:@application@")
        text = text.replace("127.0.0.1:8081", "127.0.0.1:@inner@")
        running = site.make(
            LOG_FORMAT + TYPES + APPLICATION + text, access_log="access.log players"
        )
        place = running.root / "html" / folder.strip("/")
        place.mkdir(parents=True)
        for file in (streams.FOLDER / name).iterdir():
            (place / file.name).write_bytes(file.read_bytes())
        return running.start()

    return serve


def verdicts(running):
    """Of each file, the status and how it was allowed. Redirects are left out, 206 is a 200."""
    found = set()
    for line in clients.settled(lambda: running.read("access.log").splitlines(), SECONDS_OF_LOG):
        _, _, path, status, verdict, source, _ = line.split(" ", 6)
        if status != "303":
            found.add(
                (path.rpartition("/")[2], status.replace("206", "200"), f"{verdict} {source}")
            )
    return found


@pytest.mark.parametrize("name", ["hls/ts", "hls/encrypted"])
@pytest.mark.parametrize(("heading", "folder", "link", "options", "lists", "rest"), RECIPES)
def test_a_recipe(serve, pair, name, heading, folder, link, options, lists, rest):
    running = serve(heading, folder, name)
    target = link.format(path=folder, token=pair.token(f"{folder}*"))
    (played,) = clients.ffmpeg([f"http://127.0.0.1:{running.port()}{target}"], *options)
    assert played == clients.Played("ended", streams.SECONDS)
    found = verdicts(running)
    assert {status for _, status, _ in found} == {"200"}
    how = {True: set(), False: set()}
    for file, _, verdict in found:
        how[file.endswith(".m3u8")].add(verdict)
    assert how[True] <= lists
    assert how[False] == rest
    files = {file for file, _, _ in found}
    assert {"master.m3u8", "video.m3u8", "video.key"} < files
    assert len(files) >= 3 + streams.SECONDS


@pytest.mark.parametrize("heading", ["A cookie that each playlist renews", "Live behind a login"])
def test_without_a_session_nothing_plays(serve, heading):
    """The counter-proof."""
    running = serve(heading, "/live/one/", "hls/ts")
    (played,) = clients.ffmpeg([f"http://127.0.0.1:{running.port()}/live/one/master.m3u8"])
    assert played.end != "ended"
    assert verdicts(running) == {("master.m3u8", "401", "- -")}
