"""Who uses a token first, and what becomes of a use."""

import concurrent.futures
import socket
import threading

import pytest

from harness.clients import http1
from once.site import http, put, slots, token

WORKERS = "worker_processes 2;"


def statuses(port, value, number):
    """The statuses of so many PUTs at the same time."""
    start = threading.Barrier(number)

    def one(_):
        start.wait()
        return put(port, value).status

    with concurrent.futures.ThreadPoolExecutor(number) as pool:
        return sorted(pool.map(one, range(number)))


@pytest.mark.needs("http_dav_module")
def test_one_of_200_at_the_same_time(site):
    running = site(http(), main=WORKERS, files={"u/x": ""})
    for _ in range(3):
        assert statuses(running.port(), token(), 200) == [201] + [403] * 199
    assert slots(running.port())[0] == 3


@pytest.mark.needs("http_dav_module")
def test_a_reload_keeps_claims(site):
    running = site(http(), main=WORKERS, files={"u/x": ""})
    used, unused = token(), token()
    assert put(running.port(), used).status == 201
    running.reload()
    assert [put(running.port(), used).status for _ in range(10)] == [403] * 10
    assert put(running.port(), unused).status == 201
    assert "without its claims" not in running.read()


@pytest.mark.needs("http_dav_module")
def test_another_size_forgets_claims(site):
    running = site(http(), files={"u/x": ""})
    used = token()
    assert put(running.port(), used).status == 201
    running.http = http("128k")
    running.reload()
    warning = "has another size than before, the new configuration begins without its claims"
    assert f'zone "z" {warning}' in running.read()
    assert put(running.port(), used).status == 201
    assert put(running.port(), used).status == 403
    # The size stays, so the claims stay as well.
    running.write("error.log", "")
    running.reload()
    assert put(running.port(), used).status == 403
    assert warning not in running.read()


@pytest.mark.needs("http_dav_module")
def test_a_full_zone_answers_503(site):
    caused = r'pta: zone "z" is full'
    more = """
        location /dry/ { pta_enable on; pta_dry_run on; pta_once zone=z; dav_methods PUT;
                         add_header X-Pta $pta_status always; }
        location /any/ { satisfy any; allow all; pta_enable on; pta_once zone=z; dav_methods PUT;
                         add_header X-Pta $pta_status always; }
        location /paged/ { satisfy any; allow all; pta_enable on; pta_once zone=z; dav_methods PUT;
                           error_page 503 @full; }
        location @full { return 200 "page $pta_status"; }
    """
    running = site(
        http("32k", more=more), files={"u/x": "", "dry/x": "", "any/x": ""}, caused_faults=caused
    )
    port = running.port()
    used, most = slots(port)
    assert used == 0
    assert 300 < most < 700
    first, *others = [token() for _ in range(most)]
    assert {put(port, value).status for value in [first, *others]} == {201}
    assert slots(port) == (most, most)
    unused = token("/*")
    for path in ["/u/a", "/any/a"]:
        response = put(port, unused, path)
        assert (response.status, response.joined("x-pta")) == (503, "UNAVAILABLE")
        assert response.joined("cache-control") == "no-store"
    response = put(port, unused, "/paged/a")
    assert (response.status, response.body) == (503, b"page UNAVAILABLE")
    response = put(port, unused, "/dry/a")
    assert (response.status, response.joined("x-pta")) == (201, "UNAVAILABLE_DRY_RUN")
    # No claim was evicted, and the alert comes once a minute.
    assert put(port, first).status == 403
    assert len(running.faults()) == 0
    alerts = [line for line in running.read().splitlines() if "is full" in line]
    assert len(alerts) == 1
    assert "[alert]" in alerts[0]
    assert f"it has room for {most} claims" in alerts[0]


@pytest.mark.needs("http_dav_module")
def test_a_client_that_leaves_gives_its_token_back(site):
    running = site(http(once="zone=z release=error"), files={"u/x": ""})
    value = token()
    head = f"PUT /u/a?pta={value} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
    with socket.create_connection(("127.0.0.1", running.port())) as client:
        client.sendall(head.encode() + b"half")
        running.wait_for(lambda: slots(running.port())[0] == 1, "no claim")
        # While this request goes on, nobody else may use the token.
        assert put(running.port(), value).status == 403
    running.wait_for(lambda: slots(running.port())[0] == 0, "the claim was not given back")
    assert put(running.port(), value).status == 201
    assert put(running.port(), value).status == 403


@pytest.mark.needs("http_dav_module", "http_auth_request_module")
def test_the_answer_of_a_subrequest_is_not_that_of_the_request(site):
    more = """
        location /asked/ {
            pta_enable on; pta_once zone=z release=error; auth_request /yes;
            dav_methods PUT; create_full_put_path on;
        }
        location = /yes { internal; return 204; }
    """
    running = site(http(more=more), files={"u/x": ""})
    value = token("/*")
    head = f"PUT /asked/a?pta={value} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
    with socket.create_connection(("127.0.0.1", running.port())) as client:
        client.sendall(head.encode() + b"half")
        running.wait_for(lambda: slots(running.port())[0] == 1, "no claim")
    running.wait_for(lambda: slots(running.port())[0] == 0, "the claim was not given back")
    assert [put(running.port(), value, "/asked/a").status for _ in range(2)] == [201, 403]


@pytest.mark.needs("http_dav_module")
def test_without_release_it_does_not(site):
    running = site(http(), files={"u/x": ""})
    value = token()
    head = f"PUT /u/a?pta={value} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
    with socket.create_connection(("127.0.0.1", running.port())) as client:
        client.sendall(head.encode() + b"half")
        running.wait_for(lambda: slots(running.port())[0] == 1, "no claim")
    assert put(running.port(), value).status == 403


def test_the_page_of_numbers(site):
    running = site(http())
    text = http1.get(running.port(), "/metrics?format=json").body.decode()
    assert '"nginx_pta_once_slots":{"z":{"used":0,"max":' in text
