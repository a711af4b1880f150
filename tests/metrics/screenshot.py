"""Draws the picture of the page in docs/operations.md, from traffic to a real nginx.

usage: python -m metrics.screenshot NGINX MODULE FILE
"""

import base64
import pathlib
import random
import sys
import time

from harness.clients import chromium, http1
from harness.installations import Nginx
from harness.nginx import Site
from harness.tokens import Pair

SECONDS = 90
FIRST, SECOND, OTHER = Pair(), Pair(), Pair()

HTTP = f"""
    pta_metrics_zone pta:64k;
    server {{
        listen 127.0.0.1:@port@;
        {FIRST.directives()} {SECOND.directives("2nd")}
        pta_auth_method qs cookie;
        keepalive_requests 1000000;
        location = /pta-metrics {{ pta_metrics html; }}
        location /video/ {{ pta_enable on; pta_metrics_label video; empty_gif; }}
        location /live/ {{ pta_enable on; pta_dry_run on; pta_metrics_label live; empty_gif; }}
        location /links/ {{
            pta_issue /video/* 1h; pta_metrics_label links; add_header X-Token $pta_token;
            empty_gif;
        }}
    }}
"""


def requests():
    """Targets, each with how often it comes among 100."""
    yield 60, f"/video/1?pta={FIRST.token('/video/*')}"
    yield 9, f"/video/1?pta={SECOND.token('/video/*')}"
    yield 6, f"/video/1?pta={FIRST.expired('/video/*')}"
    yield 3, f"/video/1?pta={FIRST.token('/video/2')}"
    yield 2, f"/video/1?pta={OTHER.token('/*')}"
    yield 3, "/video/1"
    yield 8, f"/live/1?pta={FIRST.token('/live/*')}"
    yield 5, "/live/1"
    yield 4, "/links/"


def draw(nginx, file):
    weights, targets = zip(*requests(), strict=True)
    choose = random.Random(1)
    with (
        Site(nginx, HTTP, access_log="off", error_level="crit").start() as site,
        chromium.Browser() as browser,
        http1.Connection(site.port()) as connection,
    ):
        browser.call(
            "Emulation.setDeviceMetricsOverride",
            width=1000, height=700, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        browser.open(f"http://127.0.0.1:{site.port()}/pta-metrics")
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            # More at some times than at others.
            pause = choose.uniform(0.002, 0.05) * (2 if int(time.time()) // 10 % 3 else 1)
            for target in choose.choices(targets, weights, k=20):
                connection.get(target)
            time.sleep(pause * 20)
        size = browser.call("Page.getLayoutMetrics")["cssContentSize"]
        shot = browser.call(
            "Page.captureScreenshot",
            captureBeyondViewport=True,
            clip={"x": 0, "y": 0, "width": 1000, "height": size["height"], "scale": 1},
        )
        file.write_bytes(base64.b64decode(shot["data"]))


if __name__ == "__main__":
    draw(Nginx(*sys.argv[1:3]), pathlib.Path(sys.argv[3]))
