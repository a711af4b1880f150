"""Hidden paths, in place of cryptostream: the requests that docs/migrate.md does not print."""

import re
import subprocess
import time

import pytest

from harness.clients.http1 import get
from harness.project import text_of
from harness.tokens import sealed

PORT = "port0"
PATH = "/files/2026/report-0815.pdf"
PAGE = b"This page has expired!\n"


def test_a_name_that_is_a_secret_too(recipe):
    """The page says what to write then."""
    advice = re.compile(r"remove the `map` and write\s+`(add_header [^`]+;)`")
    found = advice.search(text_of("docs/migrate.md"))

    def change(site):
        line = re.compile(r"add_header Content-Disposition .*;")
        assert "map $uri" in site.main
        site.main = re.sub(r"map \$uri [^}]*\}", "", line.sub(found[1], site.main))

    site, configuration = recipe("This page has expired!", before=change)
    site.write(f"srv/private{PATH}", "the report")
    token = sealed(configuration.pair.token(PATH), configuration.pair.seal_key)
    response = get(site.port(PORT), f"/download?pta={token}")
    assert (response.status, response.body) == (200, b"the report")
    assert response.headers["content-disposition"] == "attachment"
    assert b"0815" not in response.head


def test_what_fails_looks_alike(recipe):
    site, configuration = recipe("This page has expired!")
    pair, key = configuration.pair, configuration.pair.seal_key
    site.write(f"srv/private{PATH}", "the report")

    def ask(token, **options):
        return get(site.port(PORT), f"/download?pta={token}", **options)

    right = sealed(pair.token(PATH), key)
    response = ask(right)
    assert (response.status, response.body) == (200, b"the report")
    assert response.headers["content-disposition"] == 'attachment; filename="report-0815.pdf"'
    part = get(site.port(PORT), f"/download?pta={right}", "Range: bytes=4-")
    assert (part.status, part.body) == (206, b"report")
    head = ask(right, method="HEAD")
    assert head.headers["content-length"] == "10"
    wrong = {
        "nothing": "",
        "without seal": pair.token(PATH),
        "expired": sealed(pair.token(PATH, int(time.time()) - 1), key),
        "a seal of another key": sealed(pair.token(PATH), bytes(32)),
        "another path with this seal": f"{pair.token(PATH + 'x')}.{right.rpartition('.')[2]}",
        "other digits": right.swapcase(),
        "a wildcard": sealed(pair.token("/files/*"), key),
        "cut off": right[:-1],
    }
    answers = {name: ask(token) for name, token in wrong.items()}
    answers["no token"] = get(site.port(PORT), "/download")
    for name, response in answers.items():
        assert (response.status, response.body) == (200, PAGE), name
        assert response.joined("cache-control") == "no-store", name
        assert "content-disposition" not in response.headers, name
        assert response.headers["content-type"] == "text/plain", name
    assert get(site.port(PORT), PATH).status == 404
    # A file that does not exist is none of these.
    assert ask(sealed(pair.token(PATH + ".gone"), key)).status == 404


@pytest.mark.parametrize(
    ("path", "is_allowed"),
    [(PATH, True), ("/files//2026/report-0815.pdf", True), ("/files/*", False),
     ("/files/../files/2026/report-0815.pdf", False)],
)  # fmt: skip
def test_links_of_the_command(recipe, command, path, is_allowed):
    """`pta issue` warns of what nginx refuses, and `pta verify` refuses it."""
    site, _ = recipe("This page has expired!")
    site.write(f"srv/private{PATH}", "the report")
    url = f"http://127.0.0.1:{site.port(PORT)}/download"

    def run(*arguments):
        command_line = [command, *arguments, "--config", site.root / "nginx.conf"]
        return subprocess.run(command_line, capture_output=True, text=True, check=False)

    issued = run("issue", "--url", url, "--path", path, "--expires", "+1h")
    assert ("will not open this URL" in issued.stderr) is not is_allowed
    response = get(site.port(PORT), issued.stdout.strip().partition(str(site.port(PORT)))[2])
    assert response.status == 200
    assert (response.body == b"the report") is is_allowed
    verified = run("verify", issued.stdout.strip())
    assert verified.stdout.startswith("allowed") is is_allowed
    assert verified.returncode == (0 if is_allowed else 1)
