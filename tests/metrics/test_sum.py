"""The counters against a sum that the clients make themselves, from what they have sent."""

import collections
import os
import random
import signal
import threading
import time

import pytest

from harness.clients import http1
from harness.parallel import fork, running
from harness.tokens import Pair
from metrics.scrape import allowed, changes, checks, scrape, scrape_json

FIRST, SECOND, OTHER = Pair(), Pair(), Pair()
CLIENTS = 4

HTTP = f"""
    pta_metrics_zone m:64k;
    server {{
        listen 127.0.0.1:@port@ reuseport;
        keepalive_requests 1000000;
        {FIRST.directives()} {SECOND.directives("2nd")}
        pta_auth_method qs cookie;
        location = /metrics {{ pta_metrics; }}
        location /a/ {{ pta_enable on; pta_metrics_label a; empty_gif; }}
        location /b/ {{ pta_enable on; pta_metrics_label b; empty_gif; }}
        location /dry/ {{ pta_enable on; pta_dry_run on; pta_metrics_label dry; empty_gif; }}
        location /issue/ {{
            pta_issue /a/* 1h; pta_metrics_label issue; add_header X-Token $pta_token; empty_gif;
        }}
        location /to-b/ {{
            pta_enable on; pta_metrics_label to-b; {OTHER.directives()} pta_name other;
            rewrite ^/to-b/(.*)$ /b/$1 last;
        }}
        location /none/ {{ pta_enable on; empty_gif; }}
    }}
"""
MAIN = "worker_processes 4;"


def requests_of(label):
    """Requests to a location: target, header lines, status, and what they must count."""
    path = f"/{label}/x"
    is_dry = label == "dry"
    wrong = {
        "missing": (path, 400),
        "malformed": (f"{path}?pta=xyz", 400),
        "undecryptable": (f"{path}?pta={OTHER.token('/*')}", 403),
        "expired": (f"{path}?pta={FIRST.expired('/*')}", 410),
        "path_mismatch": (f"{path}?pta={FIRST.token('/elsewhere')}", 403),
    }
    for verdict, (target, status) in wrong.items():
        counted = checks(label, **{verdict: 1})
        dry = {("nginx_pta_dry_run_total", label, verdict): 1} if is_dry else {}
        yield target, (), 200 if is_dry else status, counted | dry
    for pair, key in ((FIRST, "1st"), (SECOND, "2nd")):
        made = pair.token("/*")
        dry = {("nginx_pta_dry_run_total", label, "allowed"): 1} if is_dry else {}
        yield f"{path}?pta={made}", (), 200, allowed(label, key=key) | dry
        line = f"Cookie: a=b; pta={made}"
        yield path, (line,), 200, allowed(label, source="cookie", key=key) | dry


BOTH = f"/to-b/x?other={OTHER.token('/*')}&pta="
REQUESTS = [
    *requests_of("a"),
    *requests_of("b"),
    *requests_of("dry"),
    ("/issue/x", (), 200, {("nginx_pta_issued_total", "issue"): 1}),
    ("/none/x", (), 400, {}),
    (BOTH + FIRST.token("/*"), (), 200, allowed("to-b") | allowed("b")),
    (BOTH + FIRST.expired("/*"), (), 410, allowed("to-b") | checks("b", expired=1)),
]


def client(port, seed, count, results):
    """Sends requests, and puts what they must have counted."""
    choose = random.Random(seed)
    total = collections.Counter()
    with http1.Connection(port, timeout=60) as connection:
        for _ in range(count):
            target, lines, status, counted = choose.choice(REQUESTS)
            if choose.random() < 0.01:
                connection.close()
            found = connection.get(target, *lines).status
            if found != status:
                results.put(f"{target}: {found}")
                return
            total.update(counted)
    results.put(dict(total))


def number_of_requests(otherwise):
    return int(os.environ.get("PTA_TEST_REQUESTS", otherwise))


def compare(site, nginx, count, figures):
    started = site(HTTP, main=MAIN, access_log="off", error_level="crit")
    seed = int(os.environ.get("PTA_TEST_SEED", "1"))
    port, results = started.port(), fork.Queue()
    before = scrape(port)
    clients = [
        fork.Process(target=client, args=(port, seed + number, count // CLIENTS, results))
        for number in range(CLIENTS)
    ]
    expected = collections.Counter()
    with running(clients):
        for _ in clients:
            found = results.get(timeout=900)
            assert isinstance(found, dict), found
            expected.update(found)
    after = scrape(port)
    assert changes(before, after) == dict(expected)
    assert scrape_json(port) == after
    series = ("nginx_pta_checks_total", "nginx_pta_issued_total")
    total = sum(number for key, number in expected.items() if key[0] in series)
    figures(f"{nginx}: decisions counted, equal to the clients' sum\t{total}")


def test_a_sum(site, nginx, figures):
    compare(site, nginx, 2000, figures)


@pytest.mark.torture
def test_a_long_sum(site, nginx, figures):
    compare(site, nginx, number_of_requests(100_000), figures)


class Load(threading.Thread):
    """Sends requests until it is stopped. Lost connections are normal when workers end."""

    def __init__(self, port, seed):
        super().__init__()
        self.port, self.choose, self.stopped = port, random.Random(seed), threading.Event()
        self.sent = 0

    def run(self):
        with http1.Connection(self.port) as connection:
            while not self.stopped.is_set():
                target, lines, *_ = self.choose.choice(REQUESTS)
                try:
                    connection.get(target, *lines)
                    self.sent += 1
                except OSError:
                    connection.close()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.join()


def assert_no_counter_falls(before, after):
    fallen = {key: (before[key], after.get(key)) for key in before
              if key[0].endswith("_total") and after.get(key, -1) < before[key]}  # fmt: skip
    assert not fallen


def scrape_again(port):
    """A worker that ends may close the connection of a scrape."""
    for _ in range(20):
        try:
            return scrape(port)
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the metrics do not answer")


def reload_under_load(site, nginx, count, figures):
    started = site(HTTP, main=MAIN, access_log="off", error_level="crit")
    port = started.port()
    with Load(port, 1) as first, Load(port, 2) as second:
        before = scrape(port)
        for _ in range(count):
            started.reload()
            after = scrape_again(port)
            assert_no_counter_falls(before, after)
            before = after
    assert first.sent + second.sent > 10 * count
    figures(f"{nginx}: reloads under load, no counter fell\t{count}")


def test_reloads(site, nginx, figures):
    reload_under_load(site, nginx, 3, figures)


@pytest.mark.torture
def test_many_reloads(site, nginx, figures):
    reload_under_load(site, nginx, max(5, min(50, number_of_requests(100_000) // 1000)), figures)


def kill_workers(site, nginx, count, figures):
    """Killed in the middle of counting, a worker leaves nothing locked or broken."""
    started = site(
        HTTP,
        main=MAIN,
        access_log="off",
        error_level="crit",
        caused_faults="exited on signal 9",
    )
    port = started.port()
    with Load(port, 1), Load(port, 2):
        before = scrape(port)
        for number in range(count):
            workers = started.workers()
            os.kill(workers[number % len(workers)], signal.SIGKILL)
            after = scrape_again(port)
            assert_no_counter_falls(before, after)
            before = after
            killed = set(workers)
            started.wait_for(lambda: set(started.workers()) - killed, "no new worker")  # noqa: B023
    started.reload()
    assert_no_counter_falls(before, scrape(port))
    figures(f"{nginx}: workers killed under load\t{count}")


def test_killed_workers(site, nginx, figures):
    kill_workers(site, nginx, 2, figures)


@pytest.mark.torture
def test_many_killed_workers(site, nginx, figures):
    kill_workers(site, nginx, 50, figures)
