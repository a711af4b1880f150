"""What a refused reload changes for workers that start after it: nothing.

A process of nginx has one chain of filters. nginx builds it while it reads a configuration, and may
then refuse the configuration. A worker that takes the place of a dead one gets that chain, and uses
the old configuration.
"""

import gzip
import itertools
import os
import re
import signal

import pytest

from harness import processes
from harness.clients import http1
from harness.tokens import FAR

PLAYLIST = "#EXTM3U\n#EXTINF:6,\nsegment.ts\n"

# All that needs a filter.
HTTP = """
    pta_once_zone z:64k;
    server {{
        listen 127.0.0.1:@port@;
        {keys}
        pta_auth_method qs cookie;
        pta_enable on;
        gzip_static on;
        gunzip on;
        location /list/ {{ pta_playlist forward; }}
        location /cookie/ {{ pta_set_cookie on; }}
        location /once/ {{ pta_once zone=z release=error; }}
    }}
"""
FILES = {
    "a": "content\n",
    "list/a.m3u8": PLAYLIST,
    "list/a.m3u8.gz": gzip.compress(PLAYLIST.encode()),
    "cookie/a": "content\n",
    "once/a": "content\n",
}

NEEDS = pytest.mark.needs("http_gunzip_module", "http_gzip_static_module")

# What is refused, and what the log says. nginx has begun to build the chain then.
OURS = {
    "pta_accel_redirect": (
        "server {{ listen 127.0.0.1:@other@; location / {{ pta_accel_redirect on; }} }}",
        '"pta_accel_redirect on" has no effect without "pta_enable on"',
    ),
    "pta_once": (
        "server {{ listen 127.0.0.1:@other@; {keys} pta_enable on; pta_once zone=none; }}",
        'no "pta_once_zone" "none" is defined',
    ),
    "pta_metrics": (
        "server {{ listen 127.0.0.1:@other@; location / {{ pta_metrics; }} }}",
        'no "pta_metrics_zone" is defined',
    ),
    "pta_metrics_label": (
        "server {{ listen 127.0.0.1:@other@; pta_metrics_label a; }}",
        'no "pta_metrics_zone" is defined',
    ),
    "pta_playlist": (
        "server {{ listen 127.0.0.1:@other@; {keys} pta_enable on; pta_playlist issue; }}",
        '"issue" in "pta_playlist" directive needs "pta_issue"',
    ),
}
OTHERS = {
    # In the postconfiguration of a filter in the middle of the chain.
    "charset": (
        "server {{ listen 127.0.0.1:@other@; charset windows-1251; source_charset koi8-r; }}",
        'no "charset_map" between the charsets',
    ),
    # After the http block. It is not an address of this machine.
    "listen": ("server {{ listen 192.0.2.1:@other@; }}", "bind() to 192.0.2.1"),
    # In the init callback of a zone.
    "labels": (
        "pta_metrics_zone m:32k; server {{ listen 127.0.0.1:@other@; {labels} }}",
        "no room for the label",
    ),
}
REFUSALS = OURS | OTHERS
REFUSED = pytest.mark.parametrize("refusal", REFUSALS)


REFUSALS = OURS | OTHERS
REFUSED = pytest.mark.parametrize("refusal", REFUSALS)
ERRORS = "|".join(re.escape(error) for _, error in REFUSALS.values())
NUMBERS = itertools.count()

# Each answer: the status, and what the filters have done.
USUAL = {
    "Accept: */*": (200, True, None),
    "Accept-Encoding: gzip": (200, True, None),
    'If-Match: "x"': (200, True, None),
    "If-None-Match: *": (200, True, None),
    "refused": (400, "no-store"),
    "by a cookie": (200, "private"),
    "gets a cookie": (200, True),
    # The token is used up, unless the request has failed.
    "/once/a": [200, 403],
    "/once/missing": [404, 404],
}


class Running:
    """A site, and reloads that nginx refuses."""

    def __init__(self, site, pair, http=HTTP, **options):
        self.pair = pair
        caused = rf"\[emerg\].*({ERRORS})|exited on signal 9"
        self.site = site(self.format(http), files=FILES, caused_faults=caused, **options)

    def format(self, http):
        labels = "".join(f"location /{n} {{ pta_metrics_label {n}; }}" for n in range(200))
        return http.format(keys=self.pair.directives(), labels=labels)

    def refuse(self, http, error):
        """A reload that nginx refuses. Returns when the master is idle."""
        self.site.write("error.log", "")
        self.site.http = self.format(http)
        self.site.reload(wait=False)
        self.site.wait_for(lambda: error in self.site.read(), f"no error {error}")
        processes.wait_until_idle(self.site.master())

    def replace_worker(self):
        """Returns when another worker has taken the place of the one that is killed."""
        old = set(self.site.workers())
        for worker in old:
            os.kill(worker, signal.SIGKILL)
        self.site.wait_for(lambda: set(self.site.workers()) - old, "no new worker")

    def get(self, target, *lines):
        return http1.get(self.site.port(), target, *lines)

    def answers(self):
        """What USUAL lists."""
        found = {}
        playlist = f"/list/a.m3u8?pta={self.pair.token('/list/*')}"
        for line in list(USUAL)[:4]:
            response = self.get(playlist, line)
            is_signed = b"segment.ts?pta=" in response.body
            found[line] = response.status, is_signed, response.headers.get("content-encoding")
        response = self.get("/a")
        found["refused"] = response.status, response.headers.get("cache-control")
        response = self.get("/a", f"Cookie: pta={self.pair.token('/a')}")
        found["by a cookie"] = response.status, response.headers.get("cache-control")
        response = self.get(f"/cookie/a?pta={self.pair.token('/cookie/*')}")
        found["gets a cookie"] = response.status, "set-cookie" in response.headers
        for target in ("/once/a", "/once/missing"):
            token = self.pair.token("/once/*", FAR + next(NUMBERS))
            found[target] = [self.get(f"{target}?pta={token}").status for _ in range(2)]
        return found


@NEEDS
@REFUSED
@pytest.mark.parametrize("beside", [HTTP, ""], ids=["added", "alone"])
def test_a_new_worker_answers_as_before(site, pair, refusal, beside):
    running = Running(site, pair)
    assert running.answers() == USUAL
    http, error = REFUSALS[refusal]
    for _ in range(2):
        running.refuse(http + beside, error)
        running.replace_worker()
        assert running.answers() == USUAL
    # The next one is accepted.
    running.site.http = running.format(HTTP)
    running.site.reload()
    assert running.answers() == USUAL


@NEEDS
@REFUSED
def test_the_only_process_answers_as_before(site, pair, refusal):
    running = Running(site, pair, single_process=True)
    assert running.answers() == USUAL
    http, error = REFUSALS[refusal]
    running.refuse(http + HTTP, error)
    assert running.answers() == USUAL


@NEEDS
@REFUSED
def test_a_reload_that_loads_the_module_and_is_refused(site, pair, refusal):
    """The configuration in use is without the module, and some filters may call the module's."""
    plain = "server {{ listen 127.0.0.1:@port@; location / {{ root html; }} }}"
    running = Running(site, pair, plain, with_module=False)
    http, error = REFUSALS[refusal]
    running.site.with_module = True
    running.refuse(http + HTTP, error)
    running.replace_worker()
    for line in ("Accept: */*", "Range: bytes=0-6"):
        response = running.get("/list/a.m3u8", line)
        assert response.body == PLAYLIST.encode()[: 7 if "Range" in line else None]
    workers = running.site.workers()
    running.site.http = running.format(HTTP)
    running.site.reload()
    assert running.answers() == USUAL
    assert not set(workers) & set(running.site.workers())


@pytest.mark.packaged("ndk_http_module", "ngx_http_lua_module")
@pytest.mark.parametrize("is_accepted", [False, True], ids=["refused", "accepted"])
def test_other_modules_get_the_indexes_of_the_module(site, nginx, pair, is_accepted):
    """The module was loaded before them, and returns after them."""
    plain = "server {{ listen 127.0.0.1:@port@; location / {{ return 200; }} }}"
    running = Running(site, pair, plain, with_module=False)
    running.site.with_module = True
    if is_accepted:
        running.site.reload()
        running.site.with_module = False
        running.site.reload()
    else:
        http, error = REFUSALS["listen"]
        running.refuse(plain + http, error)
        running.site.with_module = False
    others = nginx.dynamic_modules("ndk_http_module", "ngx_http_lua_module")
    running.site.main += "".join(f" load_module {file};" for file in others)
    running.site.http = running.format(plain)
    running.site.reload()
    running.site.with_module = True
    running.site.http = running.format(HTTP)
    running.site.reload()
    assert running.answers() == USUAL
