"""The same requests to nginx alone, with the module loaded, and with it enabled elsewhere."""

import collections
import re
import time

from harness.clients import http1, http2
from harness.nginx import Site
from stock_modules import site as stock_site
from stock_modules.application import FastCgi
from stock_modules.case import HELD_BODY, Request
from stock_modules.cases import CASES

ALONE = "nginx alone"
OTHERS = {
    "module loaded": {"with_module": True, "uses_module": False},
    "module enabled in another location": {"with_module": True, "uses_module": True},
}

# Only what differs from one moment to the next.
MASKS = [
    (rb"\r\n(Date|Expires): [^\r]*GMT", rb"\r\n\1: (time)"),
    (rb"\r\n(date|expires): [^\r]*GMT", rb"\r\n\1: (time)"),
    (rb"\r\nSet-Cookie: uid=[^;\r]*", rb"\r\nSet-Cookie: uid=(random)"),
    (rb"Active connections: [\s\S]*Waiting: \d+", rb"(counters of connections)"),
    # The boundary of multipart responses is a counter.
    (rb"\b0000\d{16}\b", rb"(boundary)"),
]
LOG_MASKS = [
    (r"^\S+ \S+ ", ""),
    (r"\d+#\d+: ", ""),
    (r"\*\d+ ", "*N "),
    (r"excess: [\d.]+", "excess: N"),
]
# Lines of the start, with process ids, and the line in which the module says that it is loaded.
START = re.compile(r"\[notice\] .*: (start .* process|pta: [\d.]+, built for nginx [\d.]+$)")


class Run:
    """What one nginx answered and logged."""

    def __init__(self):
        # By name of the case.
        self.responses = collections.defaultdict(list)
        self.log = []
        # The statuses of requests to the locations that use the module.
        self.elsewhere = {}


class Runs:
    """One run after another, each at the same ports and in the same folder."""

    def __init__(self, nginx):
        self.nginx = nginx
        self.cases = [case for case in CASES if not case.absent(nginx)]
        self.absent = {case.name: case.absent(nginx) for case in CASES if case.absent(nginx)}
        with FastCgi() as self.fastcgi:
            with self.site(with_module=False, uses_module=False) as site:
                self.alone = self.run(site.start())
                place = {"root": site.root, "ports": site.ports}
            self.others = {}
            for name, options in OTHERS.items():
                with self.site(**place, **options) as site:
                    self.others[name] = self.run(site.start())

    def site(self, *, uses_module, **options):
        http = stock_site.configuration(self.nginx, self.cases, self.fastcgi.port, uses_module)
        site = Site(self.nginx, http, access_log="access.log all", **options)
        stock_site.make_files(site)
        site.uses_module = uses_module
        return site

    def run(self, site):
        run = Run()
        for case in self.cases:
            run.responses[case.name] = [masked(fetch(site, case, r)) for r in case.requests]
        wait_for_logs(site)
        run.log = read_logs(site)
        for case in self.cases if site.uses_module else []:
            run.elsewhere[case.name] = [
                fetch(site, case, Request(target)).split(maxsplit=2)[1]
                for target in stock_site.ELSEWHERE_TARGETS
            ]
        return run


def fetch(site, case, request):
    """All bytes of the response; over HTTP/2, as if they had come over HTTP/1.1."""
    if case.http2:
        return fetch_http2(site, case, request)
    with http1.Connection(site.port("http"), timeout=10) as connection:
        connection.write(request.bytes(case.host))
        if not request.held:
            return receive(connection)
        # A 2nd request while nginx processes the 1st one.
        time.sleep(0.1)
        answer = fetch(site, case, request.held)
        connection.write(HELD_BODY)
        return answer + receive(connection)


def receive(connection):
    data, is_reset = connection.read_to_end()
    return data + b"(connection reset)" if is_reset else data


def fetch_http2(site, case, request):
    fields = [header.lower().split(": ", 1) for header in request.headers]
    with http2.Connection(site.port("http2"), timeout=10) as connection:
        response = connection.get(
            request.target, *fields, method=request.method, body=request.body, authority=case.host
        )
    lines = [f"HTTP/2 {response.status}", *(f"{name}: {value}" for name, value in response.fields)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + response.body


def masked(answer):
    for pattern, replacement in MASKS:
        answer = re.sub(pattern, replacement, answer)
    return answer


def wait_for_logs(site):
    """Mirrors and post actions log after the response."""
    logs = [site.root / "access.log", site.root / "error.log"]
    size = -1
    while size != (size := sum(log.stat().st_size for log in logs)):
        time.sleep(0.3)


def read_logs(site):
    lines = site.read("access.log").splitlines()
    for line in site.read("error.log").splitlines():
        if START.search(line):
            continue
        for pattern, replacement in LOG_MASKS:
            line = re.sub(pattern, replacement, line)
        lines.append(line)
    return lines
