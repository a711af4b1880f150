"""The six verdicts, in the query and in cookies."""

import pytest

pytestmark = pytest.mark.needs("http_v3_module")

CONTENT = b"the content"

# What the token is, the status, the verdict.
CASES = {
    "allowed": (lambda p, s, o: p.token("/*/a"), 200, "ALLOWED"),
    "allowed in capitals": (lambda p, s, o: p.token("/*/a").upper(), 200, "ALLOWED"),
    "allowed by the 2nd pair": (lambda p, s, o: s.token("/*/a"), 200, "ALLOWED"),
    "missing": (lambda p, s, o: None, 400, "MISSING"),
    "empty": (lambda p, s, o: "", 400, "MALFORMED"),
    "odd": (lambda p, s, o: p.token("/*/a")[1:], 400, "MALFORMED"),
    "not hexadecimal": (lambda p, s, o: "xy" + p.token("/*/a")[2:], 400, "MALFORMED"),
    "wrong CRC": (lambda p, s, o: p.damaged("/*/a"), 403, "UNDECRYPTABLE"),
    "other keys": (lambda p, s, o: o.token("/*/a"), 403, "UNDECRYPTABLE"),
    "short": (lambda p, s, o: p.token("/*/a")[2:], 403, "UNDECRYPTABLE"),
    "expired": (lambda p, s, o: p.expired("/*/a"), 410, "EXPIRED"),
    "other path": (lambda p, s, o: p.token("/*/b"), 403, "PATH_MISMATCH"),
}


@pytest.fixture(params=CASES)
def case(request, pair, second_pair, other_pair):
    make_token, status, verdict = CASES[request.param]
    return make_token(pair, second_pair, other_pair), status, verdict


def check(response, status, verdict):
    assert (response.status, response.headers.get("verdict")) == (status, verdict)
    assert (CONTENT in response.body) == (status == 200)


@pytest.mark.parametrize("folder", ["video", "either"])
def test_token_in_the_query(client, case, folder):
    token, status, verdict = case
    query = "" if token is None else f"?pta={token}"
    check(client.get(f"/{folder}/a{query}"), status, verdict)


@pytest.mark.parametrize("folder", ["cookie", "either"])
def test_token_in_a_cookie(client, case, folder):
    token, status, verdict = case
    cookie = "a=b" if token is None else f"a=b; pta={token}"
    check(client.get(f"/{folder}/a", ("cookie", cookie)), status, verdict)


@pytest.mark.parametrize("method", ["HEAD", "POST", "DELETE", "OPTIONS", "FOO"])
def test_all_methods_are_checked(client, pair, method):
    allowed = client.get(f"/upstream/a?pta={pair.token('/upstream/a')}", method=method)
    assert allowed.status == 200
    refused = client.get("/upstream/a", method=method)
    assert (refused.status, refused.headers["verdict"]) == (400, "MISSING")


def test_an_open_location_has_no_verdict(client):
    response = client.get("/open/a")
    assert (response.status, response.body) == (200, b"open")
    assert "verdict" not in response.headers
