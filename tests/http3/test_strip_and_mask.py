"""An upstream does not see the token of the query, and logs show *** for it."""

import pytest

pytestmark = pytest.mark.needs("http_v3_module")


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ("?pta={}", ""),
        ("?a=1&pta={}&b=2", "?a=1&b=2"),
        ("?pta={}&a=1", "?a=1"),
        ("?a=1&PTA={}&pta=other&c", "?a=1&c"),
        ("?%41=%2541&pta={}&a=b?c", "?%41=%2541&a=b?c"),
        # Text after # is not an argument.
        ("?pta={}#pta=other", "#pta=other"),
    ],
)
def test_the_argument_is_removed(client, pair, sent, received):
    response = client.get("/upstream/%61" + sent.format(pair.token("/upstream/a")))
    assert response.status == 200
    assert response.body.decode() == f"GET /upstream/%61{received} cookie="


def logged(server, marker):
    """Waits for a request in the access log, and returns its lines there and in the error log."""

    def access():
        return [line for line in server.read("access.log").splitlines() if marker in line]

    found = server.wait_for(access, f"{marker} is not in the access log")
    errors = [line for line in server.read().splitlines() if marker in line and "pta: " in line]
    return found, errors


def test_the_request_line_of_an_allowed_request(client, server, pair):
    client.get(f"/video/a?marker=1&pta={pair.token('/video/a')}&b")
    access, errors = logged(server, "marker=1")
    assert access == [
        "<GET /video/a?marker=1&pta=***&b HTTP/3.0> </video/a?marker=1&pta=***&b> <ALLOWED>"
    ]
    assert errors == []


def test_the_request_line_of_a_refused_request(client, server, pair):
    client.get(f"/video/a?pta={pair.expired('/video/a')}&marker=2")
    access, errors = logged(server, "marker=2")
    assert access == [
        "<GET /video/a?pta=***&marker=2 HTTP/3.0> </video/a?pta=***&marker=2> <EXPIRED>"
    ]
    assert len(errors) == 1
    assert 'request: "GET /video/a?pta=***&marker=2 HTTP/3.0"' in errors[0]
    assert "pta: expired token" in errors[0]


def test_every_argument_and_what_looks_like_one(client, server, pair):
    valid, damaged = pair.token("/video/a*"), pair.damaged("/video/a")
    target = f"/video/a&pta={damaged}?pta={valid}&PTA={damaged}&marker=3#pta={damaged}"
    assert client.get(target).headers["verdict"] == "ALLOWED"
    access, _ = logged(server, "marker=3")
    assert len(access) == 1
    assert access[0].startswith("<GET /video/a&pta=***")
    assert "&PTA=***&marker=3#pta=*** HTTP/3.0> </video/a&pta=***" in access[0]
    assert valid not in access[0]
    assert damaged not in access[0]


def test_a_refused_cookie_is_in_no_log(client, server, pair):
    token = pair.token("/cookie/b")
    assert client.get("/cookie/a?marker=4", ("cookie", f"pta={token}")).status == 403
    assert len(logged(server, "marker=4")[0]) == 1
    assert token not in server.read("access.log") + server.read()
