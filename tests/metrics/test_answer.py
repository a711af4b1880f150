"""The answer of pta_metrics in unusual places, and to unusual requests."""

import gzip
import json

import pytest

from conftest import Sites
from harness.clients import http1, http2
from harness.tokens import Pair
from metrics.scrape import allowed, changes, checks, flat, parse, scrape

PAIR, OTHER = Pair(), Pair()
ANY = PAIR.token("/*")

HTTP = f"""
    pta_metrics_zone m:64k;
    pta_metrics_label http;
    server {{
        listen 127.0.0.1:@port@;
        {PAIR.directives()}
        location = /metrics {{ pta_metrics; }}
        location = /json {{ pta_metrics json; }}
        location = /protected {{
            pta_enable on; pta_auth_method qs cookie; pta_metrics_label protected; pta_metrics json;
        }}
        location = /for-get {{ pta_metrics; limit_except GET {{ deny all; }} }}
        location = /dry {{
            pta_enable on; pta_dry_run on; pta_metrics_label dry; pta_metrics; error_page 405 /text;
        }}
        location /pages/ {{
            error_page 403 404 405 /metrics;
            location = /pages/deny {{ deny all; }}
            location = /pages/405 {{ return 405; }}
            location = /pages/answer {{ error_page 404 =200 /json; return 404; }}
            location = /pages/named {{ error_page 404 = @json; return 404; }}
            location = /pages/refused {{
                pta_enable on; pta_metrics_label refused; error_page 400 403 410 =200 /json;
            }}
        }}
        location @json {{ pta_metrics json; }}
        location = /text {{ internal; return 200 "allowed: $sent_http_allow"; }}
        location /redirect/ {{ rewrite ^ /json last; }}
        location = /try {{ try_files /none /json; }}
        location = /gzip {{
            gzip on; gzip_min_length 1; gzip_types application/json text/plain; pta_metrics html;
        }}
        location = /sub {{
            sub_filter_types *; sub_filter_once off; sub_filter allowed permitted; pta_metrics json;
        }}
        location = /charset {{
            charset koi8-r; charset_types application/json text/plain; pta_metrics;
        }}
        location = /a {{ pta_enable on; pta_metrics_label a; empty_gif; }}
        location = /_gate {{ internal; pta_gate; pta_metrics_label sub; }}
        location = /asked {{ auth_request /_gate; pta_metrics_label main; empty_gif; }}
        location = /mirrored {{ mirror /a; pta_metrics_label main; empty_gif; }}
        location = /both-ask {{
            auth_request /_gate; pta_enable on; pta_metrics_label main; empty_gif;
        }}
        location /levels/ {{
            pta_enable on; pta_metrics_label outer; root html;
            location /levels/in/ {{
                limit_except GET {{ pta_enable on; }}
                location /levels/in/off/ {{ pta_metrics_label off; }}
            }}
        }}
    }}
    # Another server, with the same path under another label.
    server {{
        listen 127.0.0.1:@second@;
        {OTHER.directives()} {PAIR.directives("2nd")}
        pta_metrics_label second;
        location = /a {{ pta_enable on; empty_gif; }}
        location = /both {{ pta_enable on; pta_metrics_label a; empty_gif; }}
        location = /gate {{ pta_metrics_label gate; pta_gate uri=$arg_u; }}
        # The server reads the token before there is a location.
        set $made "";
        location = /issue {{
            pta_issue /a 1h; if ($arg_x) {{ set $made $pta_token; }} return 200 "$made";
        }}
    }}
    server {{
        listen 127.0.0.1:@early@;
        {PAIR.directives()}
        pta_issue /a 1h; pta_metrics_label early;
        set $made $pta_token;
        location / {{ pta_metrics_label off; return 200 $made; }}
    }}
"""


@pytest.fixture(scope="module")
def running(nginx, request):
    sites = Sites(nginx, request.node)
    yield sites(HTTP, access_log="off")
    sites.close()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "ODD"])
def test_405_says_what_is_allowed(running, method):
    with http1.Connection(running.port()) as connection:
        body = "a" * 100_000
        head = f"{method} /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n"
        response = connection.send((head + body).encode())
        assert (response.status, response.headers["allow"]) == (405, "GET, HEAD")
        # The body is not read as a request.
        assert connection.get("/metrics").status == 200


def test_405_goes_to_an_error_page(count, running):
    response = http1.get(running.port(), "/dry", "Content-Length: 0", method="POST")
    assert (response.status, response.body) == (405, b"allowed: GET, HEAD")
    status, found = count("/dry", "Content-Length: 0", method="POST")
    assert (status, found) == (
        405,
        checks("dry", missing=1) | {("nginx_pta_dry_run_total", "dry", "missing"): 1},
    )


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/pages/deny", 403),
        ("/pages/none", 404),
        ("/pages/405", 405),
        ("/pages/answer", 200),
        ("/pages/named", 200),
        ("/redirect/x", 200),
        ("/try", 200),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_internal_redirects(running, target, status, method):
    """An error page is asked for by GET. It has the status of the error."""
    if method == "POST" and target in ("/pages/named", "/redirect/x", "/try"):
        # These keep the method.
        status = 405
    response = http1.get(running.port(), target, "Content-Length: 0", method=method)
    assert response.status == status
    if method == "GET":
        assert b"nginx_pta_build_info" in response.body
        assert response.joined("cache-control") == "no-store"
        assert response.joined("x-content-type-options") == "nosniff"


def test_a_refusal_that_leads_to_the_numbers(count, running):
    assert count("/pages/refused") == (200, checks("refused", missing=1))
    response = http1.get(running.port(), "/pages/refused")
    assert response.joined("cache-control") == "no-store"
    assert flat(json.loads(response.body))["nginx_pta_checks_total", "refused", "missing"] == 2


def test_a_protected_location(count, running):
    assert count("/protected") == (400, checks("protected", missing=1))
    assert count(f"/protected?pta={ANY}") == (200, allowed("protected"))
    response = http1.get(running.port(), f"/protected?pta={ANY}&format=prometheus")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert http1.get(running.port(), f"/protected?format=xml&pta={ANY}").status == 400
    response = http1.get(running.port(), "/protected", f"Cookie: pta={ANY}")
    assert response.joined("cache-control") == "no-store"
    # It has counted itself.
    numbers = flat(json.loads(response.body))
    key = ("nginx_pta_allowed_total", "protected", "cookie", "1st", "0")
    assert numbers[key] == 1


def test_limit_except(running):
    assert http1.get(running.port(), "/for-get").status == 200
    assert http1.get(running.port(), "/for-get", method="HEAD").status == 200
    assert http1.get(running.port(), "/for-get", "Content-Length: 0", method="POST").status == 403


@pytest.mark.parametrize(
    ("query", "status", "is_json"),
    [
        ("?", 200, False),
        ("?format", 200, False),
        ("?xformat=json", 200, False),
        ("?formats=json", 200, False),
        ("?%66ormat=json", 200, False),
        ("?FORMAT=json", 200, True),
        ("?a&format=json", 200, True),
        ("?&&format=json&&", 200, True),
        ("?format=json&format=xml", 200, True),
        ("?format=json#x", 200, True),
        ("?format=xml&format=json", 400, None),
        ("?format=json;x", 400, None),
        ("?format=%6Ason", 400, None),
        ("?format=jsonp", 400, None),
        ("?format=json=", 400, None),
        ("?format=\xff", 400, None),
        ("?format=" + "x" * 4000, 400, None),
    ],
)
def test_queries(running, query, status, is_json):
    with http1.Connection(running.port()) as connection:
        request = f"GET /metrics{query} HTTP/1.1\r\nHost: a\r\n\r\n".encode("latin-1")
        response = connection.send(request)
    assert response.status == status
    if status == 200:
        assert response.body.startswith(b"{") == is_json


def test_gzip(running):
    for form, start in (("html", b"<!DOCTYPE html>"), ("json", b"{"), ("prometheus", b"# HELP")):
        response = http1.get(running.port(), f"/gzip?format={form}", "Accept-Encoding: gzip")
        assert response.headers["content-encoding"] == "gzip"
        plain = http1.get(running.port(), f"/gzip?format={form}").body
        assert gzip.decompress(response.body) == plain
        assert plain.startswith(start)


def test_other_filters(running):
    numbers = flat(json.loads(http1.get(running.port(), "/sub").body))
    assert ("nginx_pta_checks_total", "a", "permitted") in numbers
    assert ("nginx_pta_checks_total", "a", "allowed") not in numbers
    for form, media_type in (
        ("prometheus", "text/plain; version=0.0.4; charset=utf-8"),
        ("json", "application/json; charset=koi8-r"),
    ):
        response = http1.get(running.port(), f"/charset?format={form}")
        assert response.headers["content-type"] == media_type


def test_pipelined_requests(running):
    """Answers come in the order of the requests."""
    request = "GET {} HTTP/1.1\r\nHost: a\r\n\r\n"
    targets = ["/metrics", f"/a?pta={ANY}", "/json", "/metrics?format=html"] * 5
    before = scrape(running.port())
    with http1.Connection(running.port()) as connection:
        connection.write("".join(map(request.format, targets)).encode())
        found = [connection.receive() for _ in targets]
    assert [response.status for response in found] == [200] * 20
    starts = [b"# HELP", b"GIF89a", b"{", b"<!DOCTYPE"] * 5
    assert all(one.body.startswith(start) for one, start in zip(found, starts, strict=True))
    assert changes(before, scrape(running.port())) == allowed("a", count=5)
    # Each answer has what was counted before it.
    key = ("nginx_pta_checks_total", "a", "allowed")
    steps = [parse(response.body.decode())[key] - before[key] for response in found[::4]]
    assert steps == [0, 1, 2, 3, 4]


def test_http_2(nginx, site):
    listen = nginx.listen("127.0.0.1:@port@", http2=True)
    running = site(HTTP.replace("listen 127.0.0.1:@port@;", listen, 1), access_log="off")
    with http2.Connection(running.port()) as connection:

        def text(target):
            return connection.get(target).body.decode()

        before = parse(text("/metrics"))
        head = connection.get("/metrics", method="HEAD")
        assert (head.status, head.body) == (200, b"")
        assert head.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        refused = connection.get("/metrics", method="POST", body=b"x" * 1000)
        assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")
        # All at once, on one connection.
        header = http2.header_of(f"/a?pta={ANY}")
        assert [one.status for one in connection.exchange([(header, b"")] * 20)] == [200] * 20
        assert changes(before, parse(text("/metrics"))) == allowed("a", count=20)
        assert flat(json.loads(text("/json"))) == parse(text("/metrics"))


# ---- labels


def test_a_label_of_the_http_block(count):
    assert count("/a") == (400, checks("a", missing=1))
    assert count(f"/a?pta={ANY}", port="second") == (200, allowed("second", key="2nd"))
    assert count(f"/both?pta={ANY}", port="second") == (200, allowed("a", key="2nd"))


def test_blocks_inside_a_location(count):
    def ask(path, method="GET"):
        return count(path, "Content-Length: 0", method=method)

    for path in ("/levels/x", "/levels/in/x"):
        assert ask(path) == (400, checks("outer", missing=1))
    for method in ("PROPFIND", "OPTIONS", "ODD"):
        assert ask("/levels/in/x", method) == (400, checks("outer", missing=1))
    for method in ("GET", "PROPFIND"):
        assert ask("/levels/in/off/x", method) == (400, {})


def test_tokens_of_server_and_if(count):
    """The configuration that applies when the variable is read."""
    assert count("/issue", port="second") == (200, {})
    # `set` reads a variable twice, once for its length. So it makes two tokens.
    assert count("/issue?x=1", port="second") == (200, {("nginx_pta_issued_total", "second"): 2})
    assert count("/", port="early") == (200, {("nginx_pta_issued_total", "early"): 2})


def test_the_keys_of_a_gate(count, running):
    """It checks tokens, so its keys are shown as those of a protected location."""
    series = "nginx_pta_key_last_used_timestamp_seconds"
    assert count(f"/gate?u=/a?pta={ANY}", port="second") == (204, allowed("gate", key="2nd"))
    numbers = scrape(running.port())
    keys = {key[2]: number for key, number in numbers.items() if key[:2] == (series, "gate")}
    assert set(keys) == {"1st", "2nd"}
    assert keys["1st"] == 0
    assert keys["2nd"] > 0
    # Both locations of this label together have both pairs.
    assert {key[2] for key in numbers if key[:2] == (series, "a")} == {"1st", "2nd"}
    assert {key[2] for key in numbers if key[:2] == (series, "outer")} == {"1st"}
    assert not {key for key in numbers if key[:2] == (series, "http")}


def test_subrequests(count):
    """A gate counts where it stands. nginx checks no other subrequests."""
    assert count(f"/asked?pta={ANY}") == (200, allowed("sub"))
    assert count("/asked") == (403, checks("sub", missing=1))
    assert count("/mirrored") == (200, {})
    assert count(f"/both-ask?pta={ANY}") == (200, allowed("main") | allowed("sub"))
    # The check comes first, and nobody asks the gate about a request that it has refused.
    assert count("/both-ask") == (400, checks("main", missing=1))
