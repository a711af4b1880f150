""":authority and Host: the keys are those of the server that nginx chooses."""

import pytest

pytestmark = pytest.mark.needs("http_v3_module")

CONTENT = b"the content"
OTHER_CONTENT = b"the content of other.test"


def request(path, authority=None, host=None):
    fields = [(b":method", b"GET"), (b":scheme", b"https"), (b":path", path.encode())]
    if authority is not None:
        fields.append((b":authority", authority.encode()))
    if host is not None:
        fields.append((b"host", host.encode()))
    return fields


def get(client, *arguments, **options):
    return client.receive(client.send(request(*arguments, **options)))


@pytest.mark.parametrize("authority", ["other.test", "OTHER.test", "other.test:443", "other.test."])
@pytest.mark.parametrize("field", ["authority", "host"])
def test_the_name_chooses_the_keys(client, pair, other_pair, field, authority):
    allowed = get(client, f"/video/a?pta={other_pair.token('/video/a')}", **{field: authority})
    assert (allowed.status, allowed.body) == (200, OTHER_CONTENT)
    refused = get(client, f"/video/a?pta={pair.token('/video/a')}", **{field: authority})
    assert (refused.status, refused.headers["verdict"]) == (403, "UNDECRYPTABLE")


@pytest.mark.parametrize("host", ["site.test", "other.test"])
def test_both_and_the_same(client, pair, other_pair, host):
    keys = other_pair if host == "other.test" else pair
    response = get(client, f"/video/a?pta={keys.token('/video/a')}", authority=host, host=host)
    assert response.status == 200


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("site.test", "other.test"),
        ("other.test", "site.test"),
        ("other.test", "OTHER.test"),
        ("other.test", ""),
        ("site.test/video", None),
        ("a b", None),
        (None, None),
        (None, ""),
    ],
)
def test_names_that_contradict_or_are_missing(client, pair, other_pair, authority, host):
    for keys in (pair, other_pair):
        target = f"/video/a?pta={keys.token('/video/a')}"
        response = get(client, target, authority=authority, host=host)
        assert response.status == 400
        assert b"the content" not in response.body
    assert client.get(f"/video/a?pta={pair.token('/video/a')}").status == 200


def test_an_unknown_name_gets_the_default_server(client, pair):
    response = get(client, f"/video/a?pta={pair.token('/video/a')}", authority="unknown.test")
    assert (response.status, response.body) == (200, CONTENT)
    assert get(client, "/video/a", authority="unknown.test").status == 400
