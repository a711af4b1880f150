"""What becomes of claims when the configuration, the workers or the log files change."""

import signal
import socket
import time

import pytest

from harness import processes
from once.site import http, put, slots, token

pytestmark = pytest.mark.needs("http_dav_module")


def test_many_reloads_with_changing_sizes_and_numbers_of_workers(site):
    running = site(http("64k"), main="worker_processes 1;", files={"u/x": ""})
    port = running.port()
    forgotten, size = 0, "64k"
    for number in range(12):
        used = token()
        assert put(port, used).status == 201
        next_size = ["64k", "64k", "32k", "1m"][number % 4]
        running.main = f"worker_processes {1 + number % 3};"
        running.http = http(next_size)
        running.reload()
        is_kept = next_size == size
        forgotten += not is_kept
        # More requests than workers.
        assert put(port, used).status == (403 if is_kept else 201)
        assert {put(port, used).status for _ in range(8)} == {403}
        size = next_size
        log = running.read()
        assert log.count("begins without its claims") == forgotten


def test_a_request_that_outlives_its_zone(site):
    """It gives its claim back to the old zone. The new one does not have it."""
    running = site(http("64k", once="zone=z release=error"), files={"u/x": ""})
    value = token()
    head = f"PUT /u/a?pta={value} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
    with socket.create_connection(("127.0.0.1", running.port())) as client:
        client.sendall(head.encode() + b"half")
        running.wait_for(lambda: slots(running.port())[0] == 1, "no claim")
        old = set(running.workers())
        running.http = http("128k", once="zone=z release=error")
        running.reload(wait=False)
        running.wait_for(lambda: set(running.workers()) - old, "no new workers")
        ending = "gracefully shutting down"
        running.wait_for(lambda: ending in running.read(), "the old worker still takes requests")
        running.wait_for(lambda: slots(running.port())[0] == 0, "the old zone answers")
        assert put(running.port(), value).status == 201
    running.wait_for(lambda: not old & set(running.workers()), "the old workers do not end")
    assert put(running.port(), value).status == 403
    assert slots(running.port())[0] == 1


def test_a_zone_that_is_left_out_and_comes_back(site):
    running = site(http(), files={"u/x": ""})
    value = token()
    assert put(running.port(), value).status == 201
    with_zone = running.http
    running.http = with_zone.replace("pta_once zone=z;", "").replace("pta_once_zone z:64k;", "")
    running.reload()
    assert put(running.port(), value).status == 201
    running.http = with_zone
    running.reload()
    assert [put(running.port(), value).status for _ in range(2)] == [201, 403]


def test_log_files_are_opened_again(site):
    running = site(http(), main="worker_processes 2;", files={"u/x": ""})
    value = token()
    assert put(running.port(), value).status == 201
    running.signal(signal.SIGUSR1)
    assert {put(running.port(), value).status for _ in range(8)} == {403}


def test_two_zones_do_not_share_claims(site):
    more = """
        location /y/ {
            pta_enable on; pta_once zone=y; dav_methods PUT; create_full_put_path on;
        }
        }
        pta_once_zone y:64k;
        server { listen 127.0.0.1:@other@;
    """
    running = site(http(more=more), files={"u/x": ""})
    value = token("/*")
    for path in ["/u/a", "/y/a"]:
        assert [put(running.port(), value, path).status for _ in range(2)] == [201, 403]


def test_a_token_is_remembered_for_a_minute_after_its_expiry(site):
    """The clocks of workers differ a little."""
    running = site(http("64k"), files={"u/x": ""})
    value, expires = token(seconds=1), time.time() + 1
    assert put(running.port(), value).status == 201
    running.wait_for(lambda: put(running.port(), value).status == 410, "the token does not expire")
    running.wait_for(lambda: time.time() > expires + 2, "time stands still")
    # Both clear away what may be forgotten.
    assert put(running.port(), token()).status == 201
    assert slots(running.port())[0] == 2


def test_a_request_without_room_in_one_zone_gives_back_its_claim_in_the_other(site):
    more = """
        location /both/ { pta_enable on; pta_once zone=z; rewrite ^/both/(.*) /y/$1 last; }
        location /y/ {
            pta_enable on; pta_once zone=y; dav_methods PUT; create_full_put_path on;
        }
        }
        pta_once_zone y:64k;
        server { listen 127.0.0.1:@other@;
    """
    running = site(http("32k", more=more), files={"u/x": ""}, caused_faults='zone "z" is full')
    port = running.port()
    used_of_y, _, used_of_z, most = slots(port)
    assert (used_of_y, used_of_z) == (0, 0)
    assert {put(port, token()).status for _ in range(most)} == {201}
    value = token("/*")
    assert put(port, value, "/both/a").status == 503
    assert slots(port)[::2] == (0, most)
    assert [put(port, value, "/y/a").status for _ in range(2)] == [201, 403]


def test_a_refused_reload_keeps_claims(site):
    """Even if nginx has made a new zone for it."""
    running = site(http("64k"), files={"u/x": ""}, caused_faults=r"\[emerg\]")
    value = token()
    assert put(running.port(), value).status == 201
    accepted = running.http
    running.http = http("128k") + "\nserver { listen 203.0.113.1:@other@; }"
    running.write_configuration()
    running.signal(signal.SIGHUP)
    running.wait_for(lambda: "[emerg]" in running.read(), "nginx has not refused the configuration")
    # The warning is about the configuration that is refused.
    assert "the new configuration begins without its claims" in running.read()
    assert put(running.port(), value).status == 403
    running.http = accepted
    running.reload()
    assert put(running.port(), value).status == 403


def test_a_worker_with_the_number_of_the_dead_owner_of_the_mutex(site):
    """It does not wait for itself."""
    running = site(http("128k"), files={"u/x": ""})
    value = token()
    assert put(running.port(), value).status == 201
    [worker] = running.workers()
    [zone] = processes.shared_mappings(worker, 128 << 10)
    # A zone begins with the number of the process that has its mutex.
    assert processes.read_number(worker, zone) == 0
    processes.write_number(worker, zone, worker)
    assert put(running.port(), value).status == 403
    assert processes.read_number(worker, zone) == 0
