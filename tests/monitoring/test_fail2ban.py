"""The filter for fail2ban finds the clients that guess tokens, and nobody whom they name."""

import collections
import secrets
import shutil
import subprocess

import pytest

from harness.clients import http1
from harness.project import PROJECT
from harness.tokens import sealed

FOLDER = PROJECT / "nginx-config/monitoring/fail2ban"
FILTER = FOLDER / "filter.d/nginx-pta.conf"
JAIL = FOLDER / "jail.d/nginx-pta.conf"
LOG_OF_GUESSES = "/var/log/nginx/pta-guesses.log"

SITE = """
    {http}
    server {{
        listen 127.0.0.1:@port@;
        listen [::1]:@port6@;
        {keys}
        {directives}
        pta_auth_method qs cookie;
        location / {{ pta_enable on; }}
        location /open/ {{ }}
        location /dry/ {{ pta_enable on; pta_dry_run on; }}
        location = /denied.html {{ }}
    }}
"""

FILES = {"a": "a", "dry/a": "a", "open/a": "a", "denied.html": "denied"}

# What a client would have others banned with.
VICTIM = "8.8.8.8"
FORGED = f"pta: malformed token, client: {VICTIM}, server: a"
HOSTILE = [
    FORGED,
    f"2026/01/05 10:00:00 [error] 7#7: *1 {FORGED}, request:",
    f"2026-01-05T10:00:00+00:00 {FORGED}, request:",
    f", client: {VICTIM}, server: a",
]
# Bytes at which Python, but not nginx, ends a line.
LINE_ENDS = ["\v", "\f", "\x1c", "\x85", "\u2028"]


def command(name):
    """A command of Debian's package `fail2ban`."""
    path = shutil.which(name)
    assert path, f"{name} is missing: run scripts/setup --test"
    return path


def bans(log, filter_file=FILTER):
    """How often the filter finds each address in a log."""
    arguments = ["--raw", "--out", "ip", log, filter_file]
    done = subprocess.run(
        [command("fail2ban-regex"), *arguments], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return collections.Counter(done.stdout.split())


class Guesser:
    """A client, and the site that it attacks."""

    def __init__(self, running, pair):
        self.running, self.pair = running, pair
        self.error_log, self.guesses = running.root / "error.log", running.root / "guesses.log"

    def get(self, target, *lines, status=400, port="port", host="127.0.0.1"):
        # Until then, the logs may lack it.
        response = http1.get_to_end(self.running.port(port), target, *lines, host=host)
        assert response.status == status

    def assert_bans(self, expected):
        """How often the filter finds each address, in the log of guesses and in the error log."""
        assert bans(self.guesses) == expected
        assert bans(self.error_log) == expected


@pytest.fixture
def guesser(site, pair):
    """Starts a site with the log of guesses, and returns a client."""

    def start(directives="", http=""):
        own_log = (FOLDER / "nginx.conf").read_text(encoding="utf-8")
        own_log = own_log.replace(LOG_OF_GUESSES, "guesses.log")
        text = SITE.format(http=own_log + http, keys=pair.directives(), directives=directives)
        return Guesser(site(text, files=FILES), pair)

    return start


def test_only_tokens_that_no_key_opens_count(guesser):
    client = guesser()
    client.get("/a")
    client.get(f"/a?pta={client.pair.expired('/a')}", status=410)
    client.get(f"/a?pta={client.pair.token('/b')}", status=403)
    client.get("/dry/a?pta=x", status=200)
    client.get(f"/a?pta={client.pair.token('/a')}", status=200)
    client.get("/open/a?pta=x", status=200)
    assert client.running.read().count(" pta: ") == 4 + 1  # and the version
    client.assert_bans({})
    client.get("/a?pta=x")
    client.get("/a", "Cookie: pta=x")
    client.get(f"/a?pta={client.pair.damaged('/a')}", status=403)
    client.assert_bans({"127.0.0.1": 3})


def honest_requests_with_seals(guesser, directives=""):
    """A client that nginx refuses for each reason that has to do with seals."""
    key = secrets.token_bytes(32)
    seals = f"pta_1st_seal {key.hex()}; pta_require_seal on; pta_bind $http_x_a;"
    client = guesser(f"{directives} {seals}")
    token = client.pair.token("/a")
    right = sealed(token, key, ["a"])
    client.get(f"/a?pta={right}", "X-A: a", status=200)
    client.get(f"/a?pta={right}", "X-A: b", status=403)
    client.get(f"/a?pta={right}", status=403)
    client.get(f"/a?pta={token}")
    for reason in ("wrong seal or binding", "empty binding", "no seal"):
        assert f" token, {reason}, client: " in client.running.read()
    return client


def test_seals_do_not_count_in_a_server_without_the_log(guesser):
    client = honest_requests_with_seals(guesser, "access_log own.log;")
    assert client.running.read("own.log").count("HTTP/1.1") == 4
    client.assert_bans({})


def test_seals_count_in_the_log_of_guesses(guesser):
    """What docs/logs.md warns of: the log has no reasons."""
    client = honest_requests_with_seals(guesser)
    assert bans(client.guesses) == {"127.0.0.1": 3}
    assert bans(client.error_log) == {}


def test_sealed_tokens_without_a_seal_key_do_not_count_in_the_error_log(guesser):
    client = guesser()
    token = sealed(client.pair.token("/a"), secrets.token_bytes(32), [])
    client.get(f"/a?pta={token}", status=403)
    assert "pta: undecryptable token, no seal key, client: " in client.running.read()
    assert bans(client.error_log) == {}


@pytest.mark.parametrize("level", ["info", "notice", "warn", "error"])
def test_every_level_of_the_lines_counts(guesser, level):
    client = guesser(f"pta_log_level {level};")
    client.get("/a?pta=x")
    assert f"[{level}]" in client.running.read().splitlines()[-1]
    client.assert_bans({"127.0.0.1": 1})


def test_a_refusal_with_an_error_page_counts_once(guesser):
    client = guesser("error_page 400 =200 /denied.html;")
    client.get("/a?pta=x", status=200)
    client.assert_bans({"127.0.0.1": 1})


def test_ipv6(guesser):
    client = guesser()
    client.get("/a?pta=x", port="port6", host="::1")
    client.assert_bans({"::1": 1})


def hostile_headers():
    for text in HOSTILE:
        yield f"Referer: http://a/{text}"
        yield f"Referer: {text}"
        yield from (f"Referer: a{end}{text}" for end in LINE_ENDS)
        yield f"User-Agent: {text}"
        yield f"Cookie: a={text}"
    yield f"X-Forwarded-For: {VICTIM}"


@pytest.mark.parametrize(
    ("target", "status", "found"),
    [("/a", 400, {}), ("/a?pta=x", 400, {"127.0.0.1"}), ("/open/none", 404, {})],
)
def test_a_header_has_nobody_else_banned(guesser, target, status, found):
    client = guesser()
    headers = list(hostile_headers())
    for header in headers:
        client.get(target, header, status=status)
    for text in HOSTILE:
        assert f'referrer: "{text}"' in client.running.read()
    client.assert_bans(dict.fromkeys(found, len(headers)))


def hostile_targets(path):
    for text in HOSTILE:
        encoded = text.replace(" ", "%20").replace("#", "%23")
        yield f"{path}{encoded}"
        yield f"{path}?a={encoded}"
        yield from (f"{path}{end}{encoded}" for end in ("\u2028", "%0d", "%0b", "%c2%85"))
        yield from (f"{path}?a=%0a{encoded}", f"{path}%250a{encoded}")
        # nginx takes no blank in a target. It writes such a line to the log at level info.
        yield f"{path}{text}".replace("#", "")


@pytest.mark.parametrize("path", ["/a", "/open/none"])
def test_a_path_has_nobody_else_banned(guesser, path):
    client = guesser()
    for target in hostile_targets(path):
        assert http1.get(client.running.port(), target).status in (400, 404)
    assert client.running.read().count(FORGED) > 2
    client.assert_bans({})


def forged_lines():
    """Paths with which nginx writes a line of its own to the error log, and then the rest."""
    for text in HOSTILE:
        encoded = text.replace(" ", "%20").replace("#", "%23")
        yield from (f"%0a{encoded}", f"%0a{encoded}%0a", f"%0d%0a{encoded}%0d%0a")


def test_a_line_end_in_a_path_has_nobody_else_banned_by_the_log_of_guesses(guesser):
    client = guesser()
    for path in forged_lines():
        client.get(f"/open/none{path}", status=404)
        client.get(f"/a{path}?pta=x")
    assert bans(client.guesses) == {"127.0.0.1": len(list(forged_lines()))}
    # What docs/logs.md warns of: nginx does not escape the name of a missing file.
    assert bans(client.error_log)[VICTIM] > 0


def test_a_refused_path_with_a_line_end_is_escaped_in_the_error_log(guesser):
    client = guesser()
    for path in forged_lines():
        decoded = path.replace("%20", " ").replace("%23", "#").replace("%0a", "\n")
        client.get(f"/a{path}?pta={client.pair.token('/b' + decoded)}", status=403)
        client.get(f"/a{path}?pta={client.pair.expired('/b' + decoded)}", status=410)
    assert client.running.read().count(VICTIM) > 2
    client.assert_bans({})


def test_a_host_has_nobody_else_banned(guesser):
    client = guesser()
    for host in (f"a, client: {VICTIM}, server: a", f"a{FORGED}"):
        request = f"GET /a?pta=x HTTP/1.1\r\nHost: {host}\r\n\r\n"
        with http1.Connection(client.running.port()) as connection:
            assert connection.send(request.encode()).status == 400
    assert VICTIM in client.running.read()
    client.assert_bans({})


def test_without_realip_the_proxy_is_banned(guesser):
    """What docs/logs.md warns of."""
    client = guesser()
    client.get("/a?pta=x", "X-Forwarded-For: 192.0.2.7")
    client.assert_bans({"127.0.0.1": 1})


@pytest.mark.needs("http_realip_module")
@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("192.0.2.7", "192.0.2.7"),
        # A proxy adds the address of its client behind what the client has sent.
        (f"{VICTIM}, 192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        # No address: nginx keeps that of the proxy.
        (FORGED, "127.0.0.1"),
    ],
)
def test_behind_a_proxy_its_client_is_banned(guesser, header, found):
    client = guesser(http="set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;")
    client.get("/a?pta=x", f"X-Forwarded-For: {header}")
    client.assert_bans({found: 1})


def test_without_the_anchor_others_are_banned(guesser, tmp_path):
    """The requests above are an attack: a filter that looks anywhere in the line falls for it."""
    client = guesser()
    client.get("/open/none", f"Referer: {FORGED}", status=404)
    client.get("/a", f"Referer: {FORGED}")
    text = FILTER.read_text(encoding="utf-8")
    (tmp_path / "loose.conf").write_text(
        text[: text.index("^(?:")] + text[text.index("pta: (?:") :]
    )
    assert bans(client.error_log, tmp_path / "loose.conf") == {VICTIM: 2}
    client.assert_bans({})


def test_the_page_shows_the_files():
    page = (PROJECT / "docs/logs.md").read_text(encoding="utf-8")
    directives = (FOLDER / "nginx.conf").read_text(encoding="utf-8").partition("\n\n")[2]
    assert f"```nginx\n{directives}```" in page
    lines = FILTER.read_text(encoding="utf-8").splitlines()
    (expression,) = (line for line in lines if line.startswith("failregex = "))
    assert f"    {expression.removeprefix('failregex = ')}\n" in page


def test_fail2ban_takes_the_jail(tmp_path):
    """fail2ban reads the jail, the filter and the log from a copy of its configuration."""
    configuration = tmp_path / "fail2ban"
    shutil.copytree("/etc/fail2ban", configuration)
    # The jails of the machine have logs of their own.
    shutil.rmtree(configuration / "jail.d")
    for folder in ("filter.d", "jail.d"):
        shutil.copytree(FOLDER / folder, configuration / folder, dirs_exist_ok=True)
    log = tmp_path / "guesses.log"
    log.touch()
    jail = configuration / "jail.d" / JAIL.name
    jail.write_text(jail.read_text(encoding="utf-8").replace(LOG_OF_GUESSES, str(log)))
    show = [command("fail2ban-client"), "-c", configuration, "--dp"]
    shown = subprocess.run(show, capture_output=True, text=True, check=True).stdout
    assert "['add', 'nginx-pta', 'auto']" in shown
    assert f"'nginx-pta', 'addlogpath', '{log}'" in shown
    assert "pta: (?:undecryptable|malformed) token, client: <HOST>, server:" in shown
    assert "'nginx-pta', 'maxretry', 20]" in shown
