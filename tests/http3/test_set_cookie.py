"""pta_set_cookie over HTTP/3. It always runs over TLS, so the cookie is Secure."""

import re

import pytest

pytestmark = pytest.mark.needs("http_v3_module")


def cookies(response):
    return [value for name, value in response.fields if name == "set-cookie"]


def ours(token, path):
    attributes = rf"Path={path}; Max-Age=[1-9]\d*; SameSite=Lax; HttpOnly; Secure"
    return re.compile(rf"pta={token}; {attributes}\Z")


def test_a_token_in_the_query_is_handed_over(client, pair):
    token = pair.token("/handed/*")
    response = client.get(f"/handed/a?pta={token}")
    assert (response.status, response.headers["cache-control"]) == (200, "private")
    [cookie] = cookies(response)
    assert ours(token, "/handed/").match(cookie)
    again = client.get("/handed/a", ("cookie", cookie.partition(";")[0]))
    assert (again.status, cookies(again)) == (200, [])
    assert cookies(client.get(f"/handed/a?pta={pair.expired('/handed/*')}")) == []


def test_redirect(client, pair):
    token = pair.token("/redirected/*")
    response = client.get(f"/redirected/a?pta={token}&b=1")
    assert response.status == 303
    # Without the token, and with the host of the request.
    wanted = r"https://site\.test(:\d+)?/redirected/a\?b=1"
    assert re.fullmatch(wanted, response.headers["location"])
    assert response.headers["cache-control"] == "private, no-store"
    [cookie] = cookies(response)
    assert ours(token, "/redirected/").match(cookie)
    again = client.get("/redirected/a?b=1", ("cookie", cookie.partition(";")[0]))
    assert (again.status, cookies(again)) == (200, [])


def test_the_cookie_of_an_upstream_stays(client, pair):
    token = pair.token("/proxied/*")
    own, cookie = cookies(client.get(f"/proxied/a?pta={token}"))
    assert own == "own=1"
    assert ours(token, "/proxied/").match(cookie)
