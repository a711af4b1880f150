"""The servers that the players play from: one for each mode and each source of the files."""

import shutil

from harness.certificate import self_signed
from players import clients, streams
from players.modes import MODES
from players.requests import LOG_FORMAT, Request

SOURCES = {
    "files": "root html;",
    "proxy": "proxy_pass http://127.0.0.1:@upstream@;",
}

MEDIA_HOST, PAGE_HOST = "media.example", "page.example"

HTTP = """
    {log_format}
    types {{
        application/vnd.apple.mpegurl m3u8;
        application/dash+xml          mpd;
        video/mp4                     mp4 m4s;
        video/mp2t                    ts;
        text/html                     html;
        text/javascript               js;
    }}
    {keys}
    ssl_certificate html/page/cert.pem;
    ssl_certificate_key html/page/cert.key;
    server {{
        listen 127.0.0.1:@upstream@;
        access_log off;
        location / {{ root html; }}
    }}
    server {{
        listen 127.0.0.1:@page@ ssl;
        access_log off;
        location / {{ root html; }}
    }}
    {servers}
"""

# The page is there as well: then its site is that of the streams.
SERVER = """
    server {{
        listen 127.0.0.1:@{name}@ {tls};
        server_name {name};
        location /page/ {{ root html; access_log off; {log_in} }}
        {session}
        location / {{
            {directives}
            {source}
            {cors}
        }}
    }}
"""

# A playlist is for those who have a session. What it refers to gets tokens.
SESSION_COOKIE = "session=member"
SESSION = r"""
        location = /session {{
            internal;
            if ($cookie_session != member) {{ return 401; }}
            return 204;
        }}
        location ~ ^(?<stream>/[a-z]+/[a-z0-9-]+/).*\.(?:m3u8|mpd)$ {{
            auth_request /session;
            pta_issue "${{stream}}*" {lifetime};
            pta_playlist issue;
            pta_playlist_skip playlists;
            {source}
        }}
"""

CORS = """
            add_header Access-Control-Allow-Origin https://{page}:@page@ always;
            add_header Access-Control-Allow-Credentials true always;
            add_header Access-Control-Allow-Headers Range always;
            if ($request_method = OPTIONS) {{ return 204; }}
"""


def name_of(mode, source):
    return f"{mode}_{source}".replace("-", "_")


def server(mode, source):
    files = SOURCES[source]
    return SERVER.format(
        name=name_of(mode.name, source),
        tls="ssl" if mode.cross_site else "",
        log_in=f"add_header Set-Cookie '{SESSION_COOKIE}; Path=/';" if mode.session else "",
        session=SESSION.format(source=files, lifetime=mode.session) if mode.session else "",
        directives=mode.directives,
        source=files,
        cors=CORS.format(page=PAGE_HOST) if mode.cross_site else "",
    )


class PlayerSite:
    """A running site with all streams, and the players."""

    def __init__(self, sites, pair, browser):
        servers = [server(mode, source) for mode in MODES.values() for source in SOURCES]
        http = HTTP.format(log_format=LOG_FORMAT, keys=pair.directives(), servers="".join(servers))
        certificate, key = self_signed(PAGE_HOST, MEDIA_HOST)
        files = {
            **clients.page_files(), "page/cert.pem": certificate, "page/cert.key": key
        }  # fmt: skip
        self.pair, self.browser = pair, browser
        self.running = sites.make(http, files=files, access_log="access.log players")
        shutil.copytree(streams.FOLDER, self.running.root / "html", dirs_exist_ok=True)
        self.running.start()

    def url(self, mode, source, stream):
        """What a person clicks."""
        url = self.base(mode, source) + stream.entry
        return url if mode.session else f"{url}?pta={self.pair.token(f'/{stream.name}/*')}"

    def base(self, mode, source):
        port = self.running.port(name_of(mode.name, source))
        return f"https://{MEDIA_HOST}:{port}" if mode.cross_site else f"http://127.0.0.1:{port}"

    def play(self, client, mode, source, names, **options):
        """Lets a client play these streams. For each: what it says, and its requests.

        In a browser, each stream may have a client of its own: then `client` is a list.
        """
        shown = [streams.read(name) for name in names]
        before = len(self.lines())
        urls = [self.url(mode, source, stream) for stream in shown]
        if client == "ffmpeg":
            cookie = ["-headers", f"Cookie: {SESSION_COOKIE}\r\n"] if mode.session else []
            played = clients.ffmpeg(urls, *cookie, *options.get("ffmpeg", ()))
        else:
            played = self.play_in_browser(client, mode, source, urls, options.get("page", {}))
        name = name_of(mode.name, source)
        found = [Request.of(line) for line in self.settled()[before:]]
        found = [request for request in found if request.server == name]
        # What belongs to no stream would be lost here.
        assert all(any(r.path.startswith(f"/{n}/") for n in names) for r in found), found
        return [
            (stream, says, [r for r in found if r.path.startswith(f"/{stream.name}/")])
            for stream, says in zip(shown, played, strict=True)
        ]

    def play_in_browser(self, client, mode, source, urls, options):
        self.browser.forget()
        base = self.base(mode, source)
        if mode.cross_site:
            base = f"https://{PAGE_HOST}:{self.running.port('page')}"
        # Without a token, cookies are of no use, and the player need not send them.
        credentials = mode.name == "cross-cookie"
        options = {"rate": 8, "credentials": credentials, **options}
        players = [client] * len(urls) if isinstance(client, str) else client
        plays = [{**options, "player": p, "url": u} for p, u in zip(players, urls, strict=True)]
        return clients.in_browser(self.browser, f"{base}/page/index.html", plays)

    def lines(self):
        return self.running.read("access.log").splitlines()

    def settled(self):
        """The lines, when a moment brings no more."""
        return clients.settled(self.lines)
