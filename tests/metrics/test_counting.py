"""Which decisions are counted, and under which label."""

import secrets
import time

import pytest

from conftest import Sites
from harness.clients import http1
from harness.tokens import Pair, sealed
from metrics.scrape import (
    SERIES,
    VERDICTS,
    allowed,
    changes,
    checks,
    flat,
    scrape,
    scrape_json,
)

FIRST, SECOND, OTHER = Pair(), Pair(), Pair()
ANY = FIRST.token("/*")
SEAL_KEY = secrets.token_bytes(32)

HTTP = f"""
    pta_metrics_zone m:64k;
    pta_once_zone z:64k;
    server {{
        listen 127.0.0.1:@port@;
        {FIRST.directives()} {SECOND.directives("2nd")}
        pta_auth_method qs header cookie;
        location = /metrics {{ pta_metrics; }}
        location = /numbers {{ pta_metrics JSON; }}
        location = /if {{ pta_metrics json; if ($arg_x) {{ set $y 1; }} }}
        location = /page {{ pta_metrics html; }}

        location /a/ {{ pta_enable on; pta_metrics_label a; alias html/; }}
        location /dry/ {{ pta_enable on; pta_dry_run on; pta_metrics_label dry; alias html/; }}
        location = /gate {{ pta_gate uri=$arg_u; pta_metrics_label gate; }}
        location /uncounted/ {{ pta_enable on; alias html/; }}
        location /open/ {{ pta_metrics_label open; alias html/; }}
        location /any/ {{
            pta_enable on; pta_metrics_label any; satisfy any; allow all; alias html/;
        }}
        location /realms/ {{
            pta_enable on; pta_metrics_label realm-1; rewrite ^/realms/(.*)$ /second/$1 last;
        }}
        location /second/ {{
            pta_enable on; pta_metrics_label realm-2; pta_name other; {OTHER.directives()}
            alias html/;
        }}
        location /same/ {{
            pta_enable on; pta_metrics_label from; rewrite ^/same/(.*)$ /a/$1 last;
        }}
        location /leeway/ {{ pta_enable on; pta_leeway 1h; pta_metrics_label lee; alias html/; }}
        location /error/ {{
            pta_enable on; pta_metrics_label error; error_page 400 403 /a/error; alias html/;
        }}
        location /ifs/ {{
            pta_metrics_label if.block; if ($arg_check) {{ pta_enable on; }} alias html/;
        }}
        location /limited/ {{
            pta_enable on; pta_metrics_label limited; alias html/; limit_except GET {{ allow all; }}
        }}
        location /early/ {{
            pta_enable on; pta_phase rewrite; pta_metrics_label early; return 204;
        }}
        location /issue/ {{ pta_issue /a/* 1h; pta_metrics_label issue; return 200 "$pta_token"; }}
        location /issue/off/ {{
            pta_issue /a/* 1h; pta_metrics_label off; return 200 "$pta_token";
        }}
        location /issue/not/ {{ pta_metrics_label issue; return 200 "$pta_token"; }}
        location /issue/twice/ {{
            pta_issue /a/* 1h; pta_metrics_label issue;
            add_header X-Token "$pta_token"; return 200 "$pta_token $pta_token_expires";
        }}
        location /sealed/ {{
            pta_enable on; pta_metrics_label sealed; pta_1st_seal {SEAL_KEY.hex()};
            pta_require_seal off; alias html/;
        }}
        location /lists/ {{
            pta_enable on; pta_playlist forward; pta_metrics_label lists; alias html/lists/;
        }}
        location /lists/small/ {{
            pta_enable on; pta_playlist forward; pta_playlist_max_size 1k;
            pta_metrics_label lists; alias html/lists/;
        }}
        location /new-lists/ {{
            pta_enable on; pta_playlist issue; pta_issue /new-lists/* 1h step=1h;
            pta_metrics_label new; alias html/lists/;
        }}
        location /moved/ {{
            pta_enable on; pta_accel_redirect on; pta_metrics_label play;
        }}
    }}
    server {{
        listen 127.0.0.1:@inherit@;
        {FIRST.directives()}
        pta_enable on; pta_metrics_label server;
        location / {{ alias html/; }}
        location /own/ {{ pta_metrics_label own; alias html/;
            location /own/off/ {{ pta_metrics_label off; alias html/; }}
            location /own/nested/ {{ alias html/; }}
        }}
    }}
"""

FILES = {
    "x": "x",
    "error": "e",
    "lists/signed.m3u8": "#EXTM3U\nsegment.ts\n",
    "lists/unchanged.m3u8": "#EXTM3U\nhttp://elsewhere.example/segment.ts\n",
    "lists/text.m3u8": "no playlist",
    "lists/broken.mpd": "<MPD><Period></MPD>",
    "lists/long.m3u8": "#EXTM3U\n" + "segment.ts\n" * 200,
}


@pytest.fixture(scope="module")
def running(nginx, request):
    sites = Sites(nginx, request.node)
    yield sites(HTTP, files=FILES, access_log="off")
    sites.close()


def now_in(running, *key):
    return scrape(running.port())[key]


@pytest.mark.parametrize(
    ("target", "status", "verdict"),
    [
        ("/a/x", 400, "missing"),
        ("/a/x?pta=", 400, "malformed"),
        ("/a/x?pta=xy", 400, "malformed"),
        (f"/a/x?pta={OTHER.token('/*')}", 403, "undecryptable"),
        (f"/a/x?pta={FIRST.expired('/*')}", 410, "expired"),
        (f"/a/x?pta={FIRST.token('/b')}", 403, "path_mismatch"),
    ],
)
def test_refusals(running, count, target, status, verdict):
    begin = int(time.time())
    assert count(target) == (status, checks("a", **{verdict: 1}))
    last = now_in(running, "nginx_pta_last_refused_timestamp_seconds", "a", verdict)
    assert begin - 1 <= last <= time.time() + 1
    # The same in a dry run.
    assert count(target.replace("/a/", "/dry/")) == (
        200,
        checks("dry", **{verdict: 1}) | {("nginx_pta_dry_run_total", "dry", verdict): 1},
    )


@pytest.mark.parametrize("pair", [(FIRST, "1st"), (SECOND, "2nd")], ids=["1st", "2nd"])
@pytest.mark.parametrize("source", ["qs", "header", "cookie"])
def test_allowed(running, count, pair, source):
    made = pair[0].token("/*")
    begin = int(time.time())
    query = f"?pta={made}" if source == "qs" else ""
    lines = {"qs": [], "header": [f"X-PTA: {made}"], "cookie": [f"Cookie: pta={made}"]}[source]
    assert count(f"/a/x{query}", *lines) == (200, allowed("a", source=source, key=pair[1]))
    last = now_in(running, "nginx_pta_key_last_used_timestamp_seconds", "a", pair[1])
    assert begin - 1 <= last <= time.time() + 1
    assert count(f"/dry/x{query}", *lines) == (
        200,
        allowed("dry", source=source, key=pair[1])
        | {("nginx_pta_dry_run_total", "dry", "allowed"): 1},
    )


def test_a_gate(count):
    assert count(f"/gate?u=/a?pta={ANY}") == (204, allowed("gate"))
    assert count("/gate?u=/a") == (400, checks("gate", missing=1))
    assert count(f"/gate?u=//a?pta={ANY}") == (403, checks("gate", path_mismatch=1))
    assert count("/gate") == (403, checks("gate", missing=1))


@pytest.mark.parametrize("source", ["qs", "header", "cookie"])
def test_sealed_tokens(count, source):
    made = sealed(FIRST.token("/*"), SEAL_KEY)
    query = f"?pta={made}" if source == "qs" else ""
    lines = {"qs": [], "header": [f"X-PTA: {made}"], "cookie": [f"Cookie: pta={made}"]}[source]
    assert count(f"/sealed/x{query}", *lines) == (200, allowed("sealed", source=source, sealed=1))


def test_an_unsealed_token_where_seals_are_known(count):
    assert count(f"/sealed/x?pta={ANY}") == (200, allowed("sealed"))
    broken = sealed(FIRST.token("/*"), SEAL_KEY)[:-1]
    assert count(f"/sealed/x?pta={broken}") == (400, checks("sealed", malformed=1))


def test_a_request_without_label(count):
    assert count(f"/uncounted/x?pta={ANY}") == (200, {})
    assert count("/uncounted/x") == (400, {})
    assert count("/open/x") == (200, {})


def test_a_file_that_is_missing(count):
    """The decision is counted, not what becomes of the request."""
    assert count(f"/a/none?pta={ANY}") == (404, allowed("a"))


def test_satisfy_any(count):
    """Another module lets the request in, and the decision is counted as it was made."""
    assert count("/any/x") == (200, checks("any", missing=1))
    assert count(f"/any/x?pta={ANY}") == (200, allowed("any"))


def test_several_realms(count):
    both = f"pta={ANY}&other={OTHER.token('/*')}"
    assert count(f"/realms/x?{both}") == (200, allowed("realm-1") | allowed("realm-2"))
    assert count(f"/realms/x?pta={ANY}") == (
        400,
        allowed("realm-1") | checks("realm-2", missing=1),
    )
    assert count("/realms/x") == (400, checks("realm-1", missing=1))


def test_one_realm_is_one_decision(count):
    """The location that is entered first asks."""
    assert count(f"/same/x?pta={ANY}") == (200, allowed("from"))


def test_an_error_page(count):
    """It is not refused again."""
    assert count("/error/x") == (400, checks("error", missing=1))


@pytest.mark.parametrize(
    ("seconds", "is_recent"), [(3, True), (57, True), (63, False), (3600, False)]
)
def test_expired_recently(count, seconds, is_recent):
    made = FIRST.token("/*", int(time.time()) - seconds)
    recently = {("nginx_pta_expired_recently_total", "a"): 1} if is_recent else {}
    assert count(f"/a/x?pta={made}") == (410, checks("a", expired=1) | recently)
    # The leeway is over as well.
    made = FIRST.token("/*", int(time.time()) - 3600 - seconds)
    recently = {("nginx_pta_expired_recently_total", "lee"): 1} if is_recent else {}
    assert count(f"/leeway/x?pta={made}") == (410, checks("lee", expired=1) | recently)


def test_an_if_block(count):
    assert count("/ifs/x") == (200, {})
    assert count("/ifs/x?check=1") == (400, checks("if.block", missing=1))
    assert count(f"/ifs/x?check=1&pta={ANY}") == (200, allowed("if.block"))


def test_limit_except(count):
    assert count("/limited/x", "Content-Length: 0", method="POST") == (
        400,
        checks("limited", missing=1),
    )


def test_the_rewrite_phase(count):
    assert count("/early/x") == (400, checks("early", missing=1))
    assert count(f"/early/x?pta={ANY}") == (204, allowed("early"))


def test_a_redirect_by_token(count):
    assert count(f"/moved/?pta={FIRST.token('/open/x')}") == (200, allowed("play"))
    assert count(f"/moved/?pta={ANY}") == (403, checks("play", path_mismatch=1))


def test_issued(count):
    one = {("nginx_pta_issued_total", "issue"): 1}
    assert count("/issue/") == (200, one)
    assert count("/issue/off/") == (200, {})
    assert count("/issue/not/") == (200, {})
    # Each reading makes a token.
    twice = {("nginx_pta_issued_total", "issue"): 2}
    assert count("/issue/twice/") == (200, twice)


@pytest.mark.parametrize(
    ("target", "status", "result"),
    [
        ("signed.m3u8", 200, "signed"),
        ("unchanged.m3u8", 200, "unchanged"),
        ("text.m3u8", 200, None),
        ("broken.mpd", 200, "not_signed"),
        ("small/signed.m3u8", 200, "signed"),
        ("small/long.m3u8", 500, "not_sent"),
    ],
)
def test_playlists(count, target, status, result):
    found = {("nginx_pta_playlists_total", "lists", result): 1} if result else {}
    assert count(f"/lists/{target}?pta={ANY}") == (status, allowed("lists") | found)


def test_playlists_with_new_tokens(count):
    """A playlist has one token, however many references it has."""
    assert count(f"/new-lists/long.m3u8?pta={ANY}") == (
        200,
        allowed("new")
        | {
            ("nginx_pta_playlists_total", "new", "signed"): 1,
            ("nginx_pta_issued_total", "new"): 1,
        },
    )


def test_rewritten_webdav(count):
    """COPY to where the token does not reach is refused, and counted as such."""
    assert count(f"/a/x?pta={FIRST.token('/a/x')}", "Destination: /a/y", method="COPY") == (
        403,
        checks("a", path_mismatch=1),
    )


@pytest.mark.parametrize(
    ("target", "label"),
    [("/x", "server"), ("/own/x", "own"), ("/own/nested/x", "own"), ("/own/off/x", None)],
)
def test_inheritance(count, target, label):
    found = count(target, port="inherit")
    assert found == (400, checks(label, missing=1) if label else {})


# ---- the answer


def test_all_verdicts_are_there_from_the_beginning(running):
    numbers = scrape(running.port())
    labels = {key[1] for key in numbers if key[0] == "nginx_pta_checks_total"}
    assert labels >= {"a", "dry", "open", "realm-1", "server", "own", "if.block"}
    assert "off" not in labels
    for label in labels:
        assert all(("nginx_pta_checks_total", label, verdict) in numbers for verdict in VERDICTS)
    # Only the pairs that a location has.
    keys = {key[1:] for key in numbers if key[0] == "nginx_pta_key_last_used_timestamp_seconds"}
    assert {key for label, key in keys if label == "a"} == {"1st", "2nd"}
    assert {key for label, key in keys if label == "server"} == {"1st"}
    assert not {key for label, key in keys if label in ("open", "issue")}


def test_the_same_tree_as_json(running):
    text, tree = scrape(running.port()), scrape_json(running.port())
    assert text == tree
    assert {key[0] for key in text} == set(SERIES)
    assert scrape_json(running.port(), "/numbers") == tree


def test_the_build(running, nginx):
    [(name, _, version)] = [key for key in scrape(running.port()) if "build_info" in key[0]]
    assert scrape(running.port())[(name, _, version)] == 1
    assert version == ".".join(map(str, nginx.version))


TEXT = "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("target", "content_type"),
    [
        ("/metrics", TEXT),
        ("/numbers", "application/json"),
        ("/page", "text/html; charset=utf-8"),
        ("/metrics?format=json", "application/json"),
        ("/metrics?a=b&format=html", "text/html; charset=utf-8"),
        ("/numbers?format=prometheus", TEXT),
        ("/if?x=1", "application/json"),
    ],
)
def test_forms(running, method, target, content_type):
    response = http1.get(running.port(), target, method=method)
    assert response.status == 200
    assert response.headers["content-type"] == content_type
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert bool(response.body) == (method == "GET")
    if method == "GET":
        assert int(response.headers["content-length"]) == len(response.body)


@pytest.mark.parametrize("value", ["xml", "", "JSON", "json%20", "json/", "prometheus2"])
def test_a_form_that_is_unknown(running, value):
    assert http1.get(running.port(), f"/metrics?format={value}").status == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "ODD"])
def test_other_methods(running, method):
    response = http1.get(running.port(), "/metrics", "Content-Length: 0", method=method)
    assert response.status == 405


def test_a_request_with_a_body(running):
    with http1.Connection(running.port()) as connection:
        head = b"GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345"
        assert connection.send(head).status == 200
        assert connection.get("/metrics").status == 200


def test_many_labels(site):
    """The answer is longer than one buffer."""
    names = [f"label-{number:03}-{'x' * 50}" for number in range(300)]
    locations = "".join(f"location /{n}/ {{ pta_metrics_label {n}; }}\n" for n in names)
    running = site(
        f"pta_metrics_zone m:1m; server {{ listen 127.0.0.1:@port@; {locations}"
        " location = /metrics { pta_metrics; } }"
    )
    numbers = scrape(running.port())
    found = [
        key[1] for key in numbers if key[:1] + key[2:] == ("nginx_pta_checks_total", "expired")
    ]
    assert found == names
    assert scrape_json(running.port()) == numbers


def test_no_label(site):
    running = site(
        "pta_metrics_zone m:64k; server { listen 127.0.0.1:@port@;"
        " location = /metrics { pta_metrics; } }"
    )
    assert [key[0] for key in scrape(running.port())] == ["nginx_pta_build_info"]
    assert scrape_json(running.port()) == scrape(running.port())


def test_a_full_zone(site):
    """A valid token that finds no room is allowed by the check, and is then unavailable."""
    running = site(
        f"pta_metrics_zone m:64k; pta_once_zone z:32k; server {{ listen 127.0.0.1:@port@;"
        f" {FIRST.directives()} pta_enable on; pta_once zone=z;"
        " location /a/ { pta_metrics_label a; alias html/; }"
        " location /dry/ { pta_metrics_label dry; pta_dry_run on; alias html/; }"
        " location = /metrics { pta_enable off; pta_metrics; } }",
        files={"x": "x"},
        caused_faults=r'pta: zone "z" is full',
    )
    port = running.port()
    room = scrape(port)["nginx_pta_once_slots", "z", "max"]
    later = int(time.time()) + 1000
    with http1.Connection(port) as connection:
        statuses = [
            connection.get(f"/a/x?pta={FIRST.token('/*', later + n)}").status
            for n in range(room + 3)
        ]
    assert statuses == [200] * room + [503] * 3
    before = scrape(port)
    assert before["nginx_pta_checks_total", "a", "allowed"] == room + 3
    assert before["nginx_pta_checks_total", "a", "unavailable"] == 3
    last = before["nginx_pta_last_refused_timestamp_seconds", "a", "unavailable"]
    assert time.time() - 60 < last <= time.time() + 1
    assert http1.get(port, f"/dry/x?pta={FIRST.token('/*')}").status == 200
    assert changes(before, scrape(port)) == {
        **allowed("dry"),
        ("nginx_pta_dry_run_total", "dry", "allowed"): 1,
        ("nginx_pta_checks_total", "dry", "unavailable"): 1,
        ("nginx_pta_dry_run_total", "dry", "unavailable"): 1,
    }


def test_without_a_master(site):
    running = site(
        "pta_metrics_zone m:64k; server { listen 127.0.0.1:@port@; location /i {"
        f" {FIRST.directives()} pta_metrics_label i; pta_issue /a 1h; return 200 $pta_token; }}"
        " location = /metrics { pta_metrics; } }",
        single_process=True,
    )
    assert http1.get(running.port(), "/i").status == 200
    assert scrape(running.port())["nginx_pta_issued_total", "i"] == 1


def test_flat():
    assert flat({"a": {"b": 1, "c": {"d": 2}}, "e": {}}) == {("a", "b"): 1, ("a", "c", "d"): 2}
