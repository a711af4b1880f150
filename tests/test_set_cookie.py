"""pta_set_cookie with a real client: curl keeps the cookie and decides where to send it."""

import subprocess
import time

import pytest

from harness.certificate import self_signed
from harness.clients import http1

HTTP = """
    server {{
        listen 127.0.0.1:@port@;
        {keys}
        pta_auth_method qs cookie;
        location / {{ pta_enable on; pta_set_cookie {parameters}; alias html/; }}
    }}
"""
PATHS = ["live/a", "live/b", "live/my film/a", "live/my film/b", "live/x/c", "live/ü/a", "other/a"]
FILES = dict.fromkeys(PATHS, "content")


@pytest.fixture
def start(site, pair, tmp_path):
    """Starts a site, and returns a function that requests a path with curl and one jar."""

    def start(parameters="on"):
        running = site(HTTP.format(keys=pair.directives(), parameters=parameters), files=FILES)
        jar = tmp_path / "jar"

        def curl(path, *options):
            command = ["curl", "-s", "-o", "/dev/null", "-b", jar, "-c", jar, *options]
            command += ["-w", "%{http_code} %{url_effective}"]
            command.append(f"http://127.0.0.1:{running.port()}{path}")
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            status, _, url = done.stdout.partition(" ")
            return int(status), url

        return curl

    return start


@pytest.mark.parametrize(
    ("pattern", "first", "others"),
    [
        ("/live/*", "/live/a", ["/live/b", "/live/x/c", "/live/my%20film/a"]),
        ("/live/my film/*", "/live/my%20film/a", ["/live/my%20film/b"]),
        ("/live/ü/*", "/live/%C3%BC/a", ["/live/%c3%bc/a"]),
        ("/live/*/a", "/live/my%20film/a", ["/live/%C3%BC/a"]),
        ("/live/b*", "/live/b", ["/live/b"]),
        ("/*", "/live/a", ["/other/a", "/live/x/c"]),
    ],
)
def test_the_cookie_comes_back_for_what_the_token_allows(start, pattern, first, others, pair):
    curl = start()
    assert curl(others[0])[0] == 400
    assert curl(f"{first}?pta={pair.token(pattern)}")[0] == 200
    for other in others:
        assert curl(other)[0] == 200, other


def test_a_wider_path_lets_nothing_through(start, pair):
    curl = start()
    assert curl(f"/live/my%20film/a?pta={pair.token('/live/my film/*')}")[0] == 200
    # The Path is /live/, so curl sends the cookie.
    assert curl("/live/b")[0] == 403
    # It does not send it elsewhere.
    assert curl("/other/a")[0] == 400


def test_redirect(start, pair):
    curl = start("redirect")
    status, url = curl(f"//live/a?t=5&pta={pair.token('/live/*')}", "-L", "--path-as-is")
    assert status == 200
    assert url.endswith("/live/a?t=5")
    assert "pta" not in url
    assert curl("/live/b", "-L")[0] == 200


def test_an_exact_token_with_a_path(start, pair):
    curl = start("path=/live/")
    assert curl(f"/live/a?pta={pair.token('/live/a')}")[0] == 200
    assert curl("/live/a")[0] == 200
    assert curl("/live/b")[0] == 403


def test_a_cookie_for_another_host_is_not_kept(start, pair):
    """The counter-proof: without the cookie, the next request is refused."""
    curl = start("domain=example.org")
    assert curl(f"/live/a?pta={pair.token('/live/*')}")[0] == 200
    assert curl("/live/b")[0] == 400


def test_over_https_the_cookie_is_for_https_alone(site, pair, tmp_path):
    http = HTTP.replace("@port@;", "@port@; listen 127.0.0.1:@https@ ssl; {tls}")
    tls = "ssl_certificate html/cert.pem; ssl_certificate_key html/cert.key;"
    certificate, key = self_signed("localhost")
    files = {**FILES, "cert.pem": certificate, "cert.key": key}
    running = site(http.format(keys=pair.directives(), parameters="on", tls=tls), files=files)
    jar = tmp_path / "jar"

    def curl(url):
        # curl treats 127.0.0.1 and localhost as secure without TLS.
        command = ["curl", "-s", "-k", "-b", jar, "-c", jar, "-D", "-", url]
        for name in ("https", "port"):
            command += ["--resolve", f"www.example.org:{running.port(name)}:127.0.0.1"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    https = f"https://www.example.org:{running.port('https')}"
    first = curl(f"{https}/live/a?pta={pair.token('/live/*')}")
    assert "SameSite=Lax; HttpOnly; Secure\n" in first
    assert " 200 " in curl(f"{https}/live/b")
    # The jar has it, but curl does not send it over HTTP.
    assert " 400 " in curl(f"http://www.example.org:{running.port()}/live/b")


def test_max_age_is_the_time_left(site, pair):
    running = site(HTTP.format(keys=pair.directives(), parameters="on"), files=FILES)
    expires = int(time.time()) + 1000
    response = http1.get(running.port(), f"/live/a?pta={pair.token('/live/*', expires)}")
    attributes = dict(
        part.strip().partition("=")[::2] for part in response.headers["set-cookie"].split(";")
    )
    assert attributes["Path"] == "/live/"
    assert 990 <= int(attributes["Max-Age"]) <= 1000
    assert attributes["pta"] == pair.token("/live/*", expires)
