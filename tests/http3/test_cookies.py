"""Cookies: HTTP/3 clients send one field for each cookie, and nginx joins them."""

import pytest

pytestmark = pytest.mark.needs("http_v3_module")


def crumbs(*values):
    return [("cookie", value) for value in values]


def test_a_token_in_any_crumb_is_found(client, pair):
    token = f"pta={pair.token('/cookie/a')}"
    for values in ([token, "a=b", "c=d"], ["a=b", token, "c=d"], ["a=b", "c=d", token]):
        assert client.get("/cookie/a", *crumbs(*values)).status == 200


def test_crumbs_need_not_be_neighbours(client, pair):
    token = f"pta={pair.token('/cookie/a')}"
    fields = [("cookie", "a=b"), ("accept", "*/*"), ("cookie", token)]
    assert client.get("/cookie/a", *fields).status == 200


def test_any_allowed_candidate_allows(client, pair):
    valid, old = f"pta={pair.token('/cookie/a')}", f"pta={pair.expired('/cookie/a')}"
    for values in ([valid, old], [old, valid], [old, f"{old}; {valid}", "pta", "pta=xyz"]):
        assert client.get("/cookie/a", *crumbs(*values)).status == 200


def test_the_last_candidate_answers(client, pair):
    expired, other = f"pta={pair.expired('/cookie/a')}", f"PTA={pair.token('/cookie/b')}"
    assert client.get("/cookie/a", *crumbs(other, "a=b", expired)).status == 410
    assert client.get("/cookie/a", *crumbs(expired, other, "pta")).status == 403
    assert client.get("/cookie/a", *crumbs(expired, "pta=xyz")).status == 400


def test_two_hundred_crumbs(client, pair):
    others = [f"pta={pair.token(f'/cookie/{number}')}" for number in range(199)]
    assert client.get("/cookie/a", *crumbs(*others)).status == 403
    assert client.get("/cookie/a", *crumbs(*others, f"pta={pair.token('/cookie/a')}")).status == 200


def test_a_token_cut_into_crumbs_is_not_joined(client, pair):
    token = pair.token("/cookie/a")
    assert client.get("/cookie/a", *crumbs("pta=" + token[:32], token[32:])).status == 403
    assert client.get("/cookie/a", *crumbs("pta=", token)).status == 400


def test_the_query_decides_alone(client, pair):
    valid, invalid = pair.token("/either/a"), pair.expired("/either/a")
    assert client.get(f"/either/a?pta={invalid}", *crumbs(f"pta={valid}")).status == 410
    assert client.get(f"/either/a?pta={valid}", *crumbs(f"pta={invalid}")).status == 200
    assert client.get("/either/a?pta=", *crumbs(f"pta={valid}")).status == 400


def test_upstreams_get_one_line_with_all_cookies(client, pair):
    token = f"pta={pair.token('/upstream/a')}"
    response = client.get("/upstream/a", *crumbs("a=b", token, "c=d"))
    assert response.body.decode() == f"GET /upstream/a cookie=a=b; {token}; c=d"
