"""Many streams on one connection, and requests that are aborted."""

import random
import time

import pytest

from harness.clients import http3

pytestmark = pytest.mark.needs("http_v3_module")

CONTENT = b"the content"


def test_400_streams_with_mixed_verdicts(client, pair, server):
    expected, streams = [], []
    order = random.Random(1)
    kinds = [
        (lambda: f"?pta={pair.token('/video/a')}", 200),
        (lambda: f"?pta={pair.token('/*')}", 200),
        (lambda: "", 400),
        (lambda: "?pta=xyz", 400),
        (lambda: f"?pta={pair.damaged('/video/a')}", 403),
        (lambda: f"?pta={pair.token('/video/b')}", 403),
        (lambda: f"?pta={pair.expired('/video/a')}", 410),
    ]
    # All of them are sent before the first response is read.
    for _ in range(400):
        query, status = order.choice(kinds)
        expected.append(status)
        streams.append(client.send(client.headers("/video/a" + query())))
    responses = client.receive_all(streams)
    assert [response.status for response in responses] == expected
    assert [CONTENT in response.body for response in responses] == [s == 200 for s in expected]
    assert len(streams) == len(set(streams)) == 400


def test_400_streams_with_cookies(client, pair):
    order = random.Random(2)
    expected, streams = [], []
    for number in range(400):
        own = order.random() < 0.5
        path = f"/cookie/a?{number}"
        cookie = pair.token("/cookie/a" if own else f"/cookie/{number}")
        expected.append(200 if own else 403)
        streams.append(client.send(client.headers(path, ("cookie", f"pta={cookie}"))))
    assert [response.status for response in client.receive_all(streams)] == expected


@pytest.fixture(autouse=True)
def alive(server, pair):
    """Afterwards, the same worker answers."""
    before = server.workers()
    yield
    assert server.workers() == before
    response = http3.get(server.port("quic"), f"/video/a?pta={pair.token('/video/a')}")
    assert response.body == CONTENT


def test_requests_that_are_reset_before_they_are_complete(client, pair):
    valid, expired = pair.token("/put/*"), pair.expired("/put/*")
    for number in range(100):
        headers = client.headers(f"/put/{number}?pta={[valid, expired][number % 2]}", method="POST")
        stream = client.send(headers, b"x" * (number * 100), is_last=False)
        if number % 3:
            client.step(time.monotonic() + 0.01)
        client.reset(stream)
    # Some responses may have come already. What matters is that the connection still works.
    done = client.get(f"/put/a?pta={valid}", method="POST")
    assert done.body == b"POST /put/a cookie="


def test_responses_that_the_client_stops(client, pair):
    token = pair.token("/slow/*")
    for number in range(60):
        stream = client.send(client.headers(f"/slow/big?pta={token}"))
        for _ in range(number % 4):
            client.step(time.monotonic() + 0.01)
        client.stop(stream)
    refused = client.send(client.headers("/slow/big"))
    client.stop(refused)
    assert client.get(f"/slow/a?pta={token}").body == CONTENT


def test_connections_that_end_in_the_middle(server, pair):
    token = pair.token("/*")
    for number in range(40):
        connection = http3.Connection(server.port("quic"), "site.test")
        for target in (f"/slow/big?pta={token}", f"/upstream/a?pta={token}", "/video/a"):
            connection.send(connection.headers(target))
        post = connection.headers(f"/put/a?pta={token}", method="POST")
        connection.send(post, b"x" * 1000, is_last=False)
        if number % 2:
            connection.step(time.monotonic() + 0.01)
        if number % 4 < 2:
            connection.close()
        else:
            connection.vanish()


def test_no_token_was_logged(server, client, pair):
    """A request that was reset is logged like any other."""
    token = pair.token("/put/*")
    headers = client.headers(f"/put/marker?pta={token}", method="POST")
    stream = client.send(headers, b"x", is_last=False)
    client.step(time.monotonic() + 0.1)
    client.reset(stream)
    client.get(f"/video/a?pta={pair.token('/video/a')}")
    server.wait_for(lambda: "/put/marker" in server.read("access.log"), "the POST is not logged")
    assert "GET" in server.read("access.log")
    assert "<POST /put/marker?pta=*** HTTP/3.0>" in server.read("access.log")
    assert token not in server.read("access.log") + server.read()
