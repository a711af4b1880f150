"""Bodies that are too long, do not come, or come over HTTP/2: what becomes of the token."""

import socket

import pytest

from harness.clients import http1, http2
from once.site import http, put, slots, token

pytestmark = pytest.mark.needs("http_dav_module")

HOST = "HTTP/1.1\r\nHost: localhost\r\n"


def chunked(target, size):
    """A PUT whose length nginx does not know before it has read the body."""
    chunk = f"{size:x}\r\n{'x' * size}\r\n"
    return f"PUT {target} {HOST}Transfer-Encoding: chunked\r\n\r\n{chunk * 4}0\r\n\r\n".encode()


def upstream(more=""):
    """A location that passes requests on, and what it passes them to."""
    return f"""
        location /proxied/ {{
            pta_enable on; pta_once zone=z; client_max_body_size 3000;
            proxy_pass http://127.0.0.1:@upstream@; {more}
        }}
        }}
        server {{
            listen 127.0.0.1:@upstream@;
            location / {{ return 413 "of the application"; }}
    """


def limited(once="zone=z", more="", servers=""):
    return f"""
        location /limited/ {{
            pta_enable on; pta_once {once}; dav_methods PUT; create_full_put_path on;
            client_max_body_size 3000;
            {more}
        }}
        {servers}
    """


# What asks an upstream after the request itself.
ASKS = """
        location = /page { proxy_pass http://127.0.0.1:@upstream@; }
        location = /accel { proxy_pass http://127.0.0.1:@upstream@; }
        location @page { proxy_pass http://127.0.0.1:@upstream@; }
        }
        server {
            listen 127.0.0.1:@upstream@;
            access_log upstream.log;
            location / { return 200 "of the application"; }
            location = /accel { add_header X-Accel-Redirect /page; return 200; }
"""


@pytest.mark.parametrize("size", [1000, 20000])
def test_a_chunked_body_beyond_the_limit_uses_no_token(site, size):
    """nginx finds out while it reads the body, which is after the claim."""
    running = site(http(more=limited()), files={"u/x": ""})
    value = token("/*")
    with http1.Connection(running.port()) as connection:
        assert connection.send(chunked(f"/limited/a?pta={value}", size)).status == 413
    running.wait_for(lambda: slots(running.port())[0] == 0, "the claim was not given back")
    assert put(running.port(), value, "/limited/a").status == 201
    assert put(running.port(), value, "/limited/a").status == 403


@pytest.mark.parametrize("size", [1000, 20000])
@pytest.mark.parametrize(
    "more",
    [
        "error_page 413 /page;",
        "post_action @page;",
        "error_page 413 /page; post_action @page;",
        # Its upstream leads to another page.
        "error_page 413 /accel;",
    ],
)
def test_what_an_upstream_is_asked_about_the_refused_body_does_not_count(site, more, size):
    running = site(http(more=limited(more=more, servers=ASKS)), files={"u/x": ""})
    value = token("/*")
    with http1.Connection(running.port()) as connection:
        assert connection.send(chunked(f"/limited/a?pta={value}", size)).status == 413
    running.wait_for(lambda: slots(running.port())[0] == 0, "the claim was not given back")
    running.wait_for(lambda: running.read("upstream.log"), "the upstream was not asked")
    assert put(running.port(), value, "/limited/a").status == 201
    assert put(running.port(), value, "/limited/a").status == 403


def test_a_named_location_gets_the_refused_upload_itself(site):
    """The application sees a PUT with a part of the body. It may have stored that."""
    more = limited(more="error_page 413 @page;", servers=ASKS)
    running = site(http(more=more), files={"u/x": ""})
    value = token("/*")
    with http1.Connection(running.port()) as connection:
        assert connection.send(chunked(f"/limited/a?pta={value}", 1000)).status == 413
    running.wait_for(
        lambda: '"PUT /limited/a HTTP' in running.read("upstream.log"), "the upstream was not asked"
    )
    assert put(running.port(), value, "/limited/a").status == 403


def test_the_same_over_http2(site, nginx):
    listen = nginx.listen("127.0.0.1:@http2@", http2=True)
    running = site(http(more=limited() + listen), files={"u/x": ""})
    value = token("/*")
    with http2.Connection(running.port("http2")) as connection:
        response = connection.get(f"/limited/a?pta={value}", method="PUT", body=b"x" * 4000)
        assert response.status == 413
    running.wait_for(lambda: slots(running.port())[0] == 0, "the claim was not given back")
    with http2.Connection(running.port("http2")) as connection:
        for status in [201, 403]:
            response = connection.get(f"/limited/a?pta={value}", method="PUT", body=b"x")
            assert response.status == status


def test_413_of_an_application_uses_the_token(site):
    running = site(http(more=upstream()), files={"u/x": ""})
    value = token("/*")
    assert put(running.port(), value, "/proxied/a").status == 413
    assert put(running.port(), value, "/proxied/a").status == 403


def test_413_after_a_part_was_passed_on_uses_the_token(site):
    """The application may have stored it."""
    more = upstream("proxy_request_buffering off; proxy_http_version 1.1;")
    running = site(http(more=more), files={"u/x": ""})
    value = token("/*")
    head = f"PUT /proxied/a?pta={value} {HOST}Transfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", running.port())) as client:
        client.sendall(f"{head}3e8\r\n{'x' * 1000}\r\n".encode())
        running.wait_for(lambda: slots(running.port())[0] == 1, "no claim")
        client.sendall(f"fa0\r\n{'x' * 4000}\r\n0\r\n\r\n".encode())
        while client.recv(4096):
            pass
    assert put(running.port(), value, "/proxied/a").status == 403


def test_a_client_that_waits_for_100_and_leaves(site):
    running = site(http(once="zone=z release=error"), files={"u/x": ""})
    value = token()
    head = f"PUT /u/a?pta={value} {HOST}Content-Length: 9\r\nExpect: 100-continue\r\n\r\n"
    with socket.create_connection(("127.0.0.1", running.port())) as client:
        client.sendall(head.encode())
        assert client.recv(100).startswith(b"HTTP/1.1 100 ")
        assert slots(running.port())[0] == 1
        assert put(running.port(), value).status == 403
    running.wait_for(lambda: slots(running.port())[0] == 0, "the claim was not given back")
    assert put(running.port(), value).status == 201


@pytest.mark.parametrize("post_action", ["@page", "/page", "/none"])
def test_a_client_that_leaves_before_post_action(site, post_action):
    """nginx then logs the status of the answer that it does not send."""
    more = limited("zone=z release=error", f"post_action {post_action};", ASKS)
    running = site(http(more=more), files={"u/x": ""})
    value = token("/*")
    head = f"PUT /limited/a?pta={value} {HOST}Content-Length: 9\r\n\r\nhalf"
    with socket.create_connection(("127.0.0.1", running.port())) as client:
        client.sendall(head.encode())
        running.wait_for(lambda: slots(running.port())[0] == 1, "no claim")
    running.wait_for(lambda: slots(running.port())[0] == 0, "the claim was not given back")
    assert put(running.port(), value, "/limited/a").status == 201
    assert put(running.port(), value, "/limited/a").status == 403
    assert slots(running.port())[0] == 1


@pytest.mark.parametrize("sent", ["nothing", "a part"])
def test_a_stream_that_is_reset(site, nginx, sent):
    listen = nginx.listen("127.0.0.1:@http2@", http2=True)
    running = site(http(once="zone=z release=error", more=listen), files={"u/x": ""})
    value = token()
    with http2.Connection(running.port("http2")) as connection:
        stream = connection.h2.get_next_available_stream_id()
        header = http2.header_of(
            f"/u/a?pta={value}", ("content-length", "9"), method="PUT", authority="localhost"
        )
        connection.h2.send_headers(stream, header)
        if sent == "a part":
            connection.h2.send_data(stream, b"half")
        connection._flush()
        running.wait_for(lambda: slots(running.port())[0] == 1, "no claim")
        assert put(running.port(), value).status == 403
        connection.h2.reset_stream(stream)
        connection._flush()
        running.wait_for(lambda: slots(running.port())[0] == 0, "the claim was not given back")
    assert put(running.port(), value).status == 201
    assert put(running.port(), value).status == 403


def test_a_client_that_leaves_in_the_answer_has_used_its_token(site):
    more = """
        location /file/ {
            pta_enable on; pta_once zone=z release=error; alias html/u/; limit_rate 1k;
            sendfile off; output_buffers 2 1k; postpone_output 0;
        }
    """
    running = site(http(more=more), files={"u/x": "x" * 100_000})
    value = token("/*")
    with http1.Connection(running.port()) as client:
        client.write(f"GET /file/x?pta={value} {HOST}\r\n".encode())
        assert client.read(12) == b"HTTP/1.1 200"
    running.wait_for(lambda: " 200 " in running.read("access.log"), "the request does not end")
    assert http1.get(running.port(), f"/file/x?pta={value}").status == 403


def test_pipelined_requests(site):
    running = site(http(), files={"u/x": ""})
    request = f"PUT /u/a?pta={token()} {HOST}Content-Length: 1\r\n\r\nx".encode()
    with http1.Connection(running.port()) as connection:
        connection.write(request * 3)
        assert [connection.receive().status for _ in range(3)] == [201, 403, 403]
