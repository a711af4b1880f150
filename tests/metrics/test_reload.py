"""The numbers outlive a reload, and labels come and go."""

import dataclasses
import mmap
import shutil
import signal
import time

from harness import processes
from harness.clients import http1
from harness.tokens import Pair
from metrics.scrape import scrape

PAIR = Pair()
SMALLEST = 8 * mmap.PAGESIZE


def http(*labels, size="64k", more=""):
    """A location that issues tokens for each label, and the metrics."""
    locations = "".join(
        f"location /{label}/ {{ pta_issue /a 1h; pta_metrics_label {label};"
        " add_header X-Token $pta_token; return 204; }\n"
        for label in labels
    )
    return f"""
        pta_metrics_zone m:{size};
        server {{
            listen 127.0.0.1:@port@;
            {PAIR.directives()}
            {locations}
            location = /metrics {{ pta_metrics; }}
        }}
        {more}
    """


def count(running, label):
    assert http1.get(running.port(), f"/{label}/").status == 204


def issued(running):
    found = scrape(running.port()).items()
    return {key[1]: number for key, number in found if key[0] == "nginx_pta_issued_total"}


def reload(running, new):
    running.http = new
    running.reload()


def refuse_reload(running, new):
    """The error lines of a reload that nginx refuses."""
    running.http = new
    running.write_configuration()
    running.write("error.log", "")
    workers = running.workers()
    running.signal(signal.SIGHUP)
    running.wait_for(lambda: "[emerg]" in running.read(), "no error")
    processes.wait_until_idle(running.master())
    assert running.workers() == workers
    lines = [line for line in running.read().splitlines() if "[emerg]" in line]
    running.write("error.log", "")
    return lines


def test_a_reload_keeps_the_numbers(site):
    running = site(http("a", "b"))
    count(running, "a")
    count(running, "b")
    reload(running, http("c", "b"))
    count(running, "b")
    assert issued(running) == {"b": 2, "c": 0}
    # A label that returns still has its place.
    reload(running, http("a"))
    assert issued(running) == {"a": 1}


def test_the_times_follow_the_keys(site):
    """Through a rotation: the pairs are exchanged, and later the old one is replaced."""
    old, new, next_one = Pair(), Pair(), Pair()

    def with_keys(first, second):
        return (
            "pta_metrics_zone m:64k; server { listen 127.0.0.1:@port@;"
            f" {first.directives()} {second.directives('2nd')}"
            " location /a/ { pta_enable on; pta_metrics_label a; return 204; }"
            " location = /gate { pta_gate uri=$arg_u; pta_metrics_label a; }"
            " location = /metrics { pta_metrics; } }"
        )

    def times(running):
        series = "nginx_pta_key_last_used_timestamp_seconds"
        numbers = scrape(running.port())
        return [numbers[series, "a", pair] for pair in ("1st", "2nd")]

    def use(running, pair):
        assert http1.get(running.port(), f"/gate?u=/x?pta={pair.token('/*')}").status == 204
        return times(running)

    running = site(with_keys(old, new))
    assert times(running) == [0, 0]
    used, never = use(running, old)
    assert used > time.time() - 60
    assert never == 0
    reload(running, with_keys(new, old))
    assert times(running) == [0, used]
    # A refused configuration changes nothing.
    refuse_reload(running, with_keys(old, new) + " server { unknown; }")
    assert times(running) == [0, used]
    assert use(running, new)[0] >= used
    reload(running, with_keys(new, next_one))
    assert times(running)[1] == 0
    assert times(running)[0] >= used


def test_another_size_begins_at_zero(site):
    running = site(http("a"))
    count(running, "a")
    reload(running, http("a", size="128k"))
    assert issued(running) == {"a": 0}


def test_a_binary_upgrade_begins_at_zero(site):
    running = site(http("a"), daemon=True)
    count(running, "a")
    running.upgrade()
    assert issued(running) == {"a": 0}


def test_a_replaced_module_begins_at_zero(nginx, site, tmp_path):
    """A reload keeps the code of a file that has the same name, and with it the numbers."""
    file, other = tmp_path / "a.so", tmp_path / "b.so"
    shutil.copy(nginx.module, file)
    shutil.copy(nginx.module, other)
    running = site.make(http("a"))
    running.nginx = dataclasses.replace(nginx, module=str(file))
    running.start()
    count(running, "a")
    shutil.copy(nginx.module, tmp_path / "new.so")
    (tmp_path / "new.so").rename(file)
    running.reload()
    assert issued(running) == {"a": 1}
    # nginx loads a file of another name, beside the one that it has.
    running.nginx = dataclasses.replace(nginx, module=str(other))
    running.reload()
    assert issued(running) == {"a": 0}
    count(running, "a")
    running.reload()
    assert issued(running) == {"a": 1}


def test_a_zone_that_goes_and_returns(site):
    running = site(http("a"))
    count(running, "a")
    reload(running, "server { listen 127.0.0.1:@port@; return 204; }")
    assert http1.get(running.port(), "/").status == 204
    reload(running, http("a"))
    assert issued(running) == {"a": 0}


def test_places_are_reused_after_two_reloads(site):
    def names(begin, size):
        return [f"{begin}{number}" for number in range(size)]

    # How many labels fit.
    probe = site.make(http(*names("x", 400), size=SMALLEST))
    room = int(probe.refusal().partition("which holds ")[2].partition(" ")[0])
    probe.write("error.log", "")
    first, second = names("a", room), names("b", room)

    running = site(http(*first, size=SMALLEST))
    count(running, "a0")
    [error] = refuse_reload(running, http("a0", "new", *first[1:], size=SMALLEST))
    assert f"which holds {room} labels, 0 of them unused: make the zone larger in " in error
    [error] = refuse_reload(running, http(*second, size=SMALLEST))
    assert (
        f'no room for the label "b0" of "pta_metrics_label" in zone "m", which holds {room}'
        in error
    )
    assert f"labels, {room} of them unused: make the zone larger, or reload twice" in error
    # A refused configuration has taken nothing.
    assert issued(running) == {name: int(name == "a0") for name in first}
    count(running, "a0")

    # After one reload without the labels, their places are not free yet. After two, they are.
    reload(running, http("a0", size=SMALLEST))
    refuse_reload(running, http("a0", *second[1:], size=SMALLEST))
    reload(running, http("a0", size=SMALLEST))
    reload(running, http("a0", *second[1:], size=SMALLEST))
    assert issued(running) == {name: 2 * (name == "a0") for name in ["a0", *second[1:]]}


def test_refused_reloads_free_no_place(site):
    """nginx prepares the zone, and refuses the configuration after that."""
    running = site(http("a"))
    count(running, "a")
    taken = "server { listen 127.0.0.1:@port@; listen 192.0.2.1:80; }"
    for number in range(3):
        refuse_reload(running, http(f"b{number}", more=taken))
    count(running, "a")
    reload(running, http("a", "c"))
    assert issued(running) == {"a": 2, "c": 0}
