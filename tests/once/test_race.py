"""Two requests with one token that both pass the access phase: the token is used by one of them."""

import concurrent.futures
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harness.clients import http1, http2
from once.site import http, slots, token

pytestmark = pytest.mark.needs("http_auth_request_module")

CLIENTS = 3


class Upstream(ThreadingHTTPServer):
    """/slow answers when all clients have come so far. Notes the paths that it is asked for."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.paths = []
        self.all_here = threading.Barrier(CLIENTS)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.paths.append(self.path)
        if self.path == "/slow":
            self.server.all_here.wait(30)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def upstream():
    with Upstream() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def locations(port):
    return f"""
        location = /slow {{ internal; proxy_pass http://127.0.0.1:{port}/slow; }}
        location = /mirrored {{ internal; proxy_pass http://127.0.0.1:{port}/mirrored; }}
        location @page {{ return 403 "page $pta_status"; }}
        # All modules must allow the request.
        location /all/ {{
            pta_enable on; pta_once zone=z; auth_request /slow; mirror /mirrored;
            add_header X-Pta $pta_status always; proxy_pass http://127.0.0.1:{port};
        }}
        # One is enough, but the token has been claimed by another request.
        location /any/ {{ pta_enable on; pta_once zone=z; rewrite ^/any/(.*) /one/$1 last; }}
        location /one/ {{
            satisfy any; deny all; auth_request /slow; mirror /mirrored;
            error_page 403 @page; proxy_pass http://127.0.0.1:{port};
        }}
        location /tried/ {{
            pta_enable on; pta_once zone=z; auth_request /slow; try_files /none /x/$uri;
            error_page 404 @page;
        }}
        location /x/ {{ proxy_pass http://127.0.0.1:{port}; }}
        location /dry/ {{
            pta_enable on; pta_once zone=z; pta_dry_run on; auth_request /slow;
            proxy_pass http://127.0.0.1:{port};
        }}
        location /to/ {{
            pta_enable on; pta_once zone=z; auth_request /slow; pta_accel_redirect on;
        }}
        location /target {{ internal; proxy_pass http://127.0.0.1:{port}; }}
    """


# Who gets through, and what the upstream is asked for besides.
WAYS = {
    "/all/a": (1, "mirrored"),
    "/any/a": (1, "mirrored"),
    "/tried/a": (1, None),
    "/to/a": (1, None),
    "/dry/a": (CLIENTS, None),
}


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("path", WAYS)
def test_who_loses_is_refused_for_good(site, upstream, path, workers):
    main = f"worker_processes {workers};"
    running = site(http(more=locations(upstream.server_port)), main=main)
    value = token("/target" if path.startswith("/to/") else "/*")
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        target = f"{path}?pta={value}"
        found = list(pool.map(lambda _: http1.get(running.port(), target), range(CLIENTS)))
    winners, side = WAYS[path]
    statuses = sorted(response.status for response in found)
    assert statuses == [200] * winners + [403] * (CLIENTS - winners)
    # Nothing else is done for those that lose.
    assert upstream.paths.count("/slow") == CLIENTS
    # nginx does not wait for the mirror.
    expected = CLIENTS + winners * (2 if side else 1)
    running.wait_for(lambda: len(upstream.paths) >= expected, "a request is missing")
    assert len(upstream.paths) == expected
    assert slots(running.port())[0] == 1
    if path == "/any/a":
        pages = [response.body for response in found if response.status == 403]
        assert pages == [b"page REPLAYED"] * (CLIENTS - 1)
    if path == "/all/a":
        words = sorted(response.joined("x-pta") for response in found)
        assert words == ["ALLOWED"] + ["REPLAYED"] * (CLIENTS - 1)
    lines = [line for line in running.read().splitlines() if "pta: replayed token" in line]
    assert len(lines) == CLIENTS - 1


@pytest.mark.needs("http_dav_module")
def test_many_streams_of_one_connection(site, nginx):
    listen = nginx.listen("127.0.0.1:@http2@", http2=True)
    running = site(http(more=listen), files={"u/x": ""})
    header = http2.header_of(f"/u/a?pta={token()}", method="PUT", authority="localhost")
    with http2.Connection(running.port("http2")) as connection:
        found = connection.exchange([(header, b"x")] * 40)
    assert sorted(response.status for response in found) == [201] + [403] * 39
