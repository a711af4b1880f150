#!/usr/bin/env python3
"""The application of short-lived-links.conf: decides who may watch what.

usage: short-lived-links-app.py [PORT]

Answers
* 204 if the user may watch the file;
* 401 without a valid session;
* 403 if the user may not watch the file, or if it does not exist.

A real application looks up its sessions and files. It must allow only files that exist: nginx makes
a token for each allowed path, and with tokens for paths of their choice, users can make tokens for
other paths.
"""

import http.cookies
import http.server
import sys

FILES = {"/watch/film.mp4", "/watch/trailers/a.mp4"}

# Each session, and the paths that its user has paid for.
SESSIONS = {"alice-session": ("/watch/",), "bob-session": ("/watch/trailers/",)}


class Authorise(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        cookies = http.cookies.SimpleCookie(self.headers.get("Cookie", ""))
        session = cookies["session"].value if "session" in cookies else None
        path = self.headers.get("X-Watched-Path", "")
        if session not in SESSIONS:
            status = 401
        elif path in FILES and path.startswith(SESSIONS[session]):
            status = 204
        else:
            status = 403
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Authorise).serve_forever()
