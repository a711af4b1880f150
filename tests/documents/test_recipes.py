"""What docs/recipes.md promises beyond single requests, and what holds for all recipes."""

import dataclasses
import re

import pytest

from documents import reader
from documents.configurations import Configuration
from documents.nginx_text import parse, walk
from documents.pages import documents, page
from harness.clients.http1 import Connection, get
from harness.project import text_of
from harness.tokens import sealed

PAIR = "1st.pair"


@pytest.fixture
def recipe(site):
    """Starts nginx with the block of a page that has this text, as `change` changes it."""

    def start(text, change=lambda text: text, name="docs/recipes.md", upstream=9):
        shown = page(name)
        [block] = [block for block in shown.of("nginx") if text in block.text]
        made = site.make(None)
        changed = dataclasses.replace(block, text=change(block.text))
        configuration = Configuration(changed, shown)
        configuration.write(made, "127.0.0.1:@port@", f"127.0.0.1:{upstream}")
        return made

    return start


def pair():
    return reader.keys().pairs[PAIR]


def put(port, target, body):
    head = f"PUT {target} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n"
    with Connection(port) as connection:
        return connection.send(head.encode() + body).status


# ---- all recipes


@pytest.mark.parametrize("name", ["docs/recipes.md", "docs/streaming.md"])
def test_each_recipe_is_tried_with_requests(name):
    shown = page(name)
    numbers = [block.number for block in shown.of("nginx", "http")]
    languages = [block.language for block in shown.blocks if block.number in numbers]
    assert languages.count("nginx") > 5
    assert "nginx nginx" not in " ".join([*languages, "nginx"])


def test_whole_recipes_name_the_user_and_the_log():
    """Otherwise, workers of Debian's nginx are nobody's, and Debian 12 logs refusals to stderr."""
    names = ("docs/recipes.md", "docs/migrate.md", "docs/reference.md")
    texts = [block.text for name in names for block in page(name).of("nginx")]
    texts += [text_of(f"nginx-config/recipes/{name}.conf")
              for name in ("hidden-links", "media-and-uploads", "short-lived-links")]  # fmt: skip
    whole = [text for text in texts if "\nhttp {" in text]
    assert len(whole) == 7
    lines = "\nuser www-data;\nerror_log /var/log/nginx/error.log;\n"
    assert [text for text in whole if lines not in text] == []


def test_applications_can_read_uploads():
    """Otherwise, only the workers of nginx can: the mode of a new file is 0600."""
    texts = [block.text for name in ("docs/recipes.md", "docs/migrate.md")
             for block in page(name).of("nginx")]  # fmt: skip
    texts.append(text_of("nginx-config/recipes/media-and-uploads.conf"))
    stored = [text for text in texts if "create_full_put_path on;" in text]
    assert len(stored) == 4
    assert [text for text in stored if "dav_access user:rw group:r;" not in text] == []


def test_commands_of_root_belong_to_a_configuration():
    for shown in documents():
        numbers = [block.number for block in shown.of("nginx")]
        for block in shown.of("sh"):
            assert "prepare" not in block.marks or min(numbers) < block.number


@pytest.mark.parametrize("text", ["$file_name", "$watched 60s", "js_content"])
def test_a_module_that_a_package_loads(recipe, nginx, text):
    """As in Debian's modules-enabled/. Without the recipe's own line, nginx starts."""
    name = "docs/migrate.md" if text == "js_content" else "docs/recipes.md"
    site = recipe(text, name=name)
    site.caused_faults = "is already loaded"
    lines = [line for line in site.main.splitlines() if line.startswith("load_module")]
    ours = f"load_module {nginx.module};"
    if text == "js_content" and not nginx.dynamic_modules("ngx_http_js_module"):
        # This nginx has no package. Debian's has.
        return
    # The harness loads ours, in place of a package.
    assert len(lines) == (text == "js_content")
    assert site.test().status == 0
    line = lines[0] if lines else ours
    site.main = f"{line}\n{site.main}"
    assert "is already loaded" in site.refusal()
    assert "is already loaded" in text_of("docs/recipes.md")


# ---- single recipes


def test_json_for_tokens_that_are_used_once(recipe):
    """The page says what to add for pta_once. In a zone of 32k, there is room for 510 tokens."""

    def change(text):
        text = text.replace(
            "pta_enable on;", "pta_enable on; pta_require_seal on; pta_once zone=z;"
        )
        text = text.replace("error_page 400 403 410", "error_page 400 403 410 503")
        return "pta_once_zone z:32k;\n" + text

    site = recipe("$refusal", change)
    # It reports the full zone.
    site.caused_faults = "is full"
    site.start()
    reader.write(site.root / "srv/www/exports/a.csv", "content")
    with Connection(site.port()) as connection:

        def ask(nonce):
            token = sealed(pair().token("/exports/a.csv"), pair().seal_key, nonce=nonce)
            return connection.get(f"/exports/a.csv?pta={token}")

        assert ask("a").status == 200
        used = ask("a")
        assert (used.status, used.body) == (403, b'{"error":"used"}\n')
        busy = next(found for found in map(ask, map(str, range(600))) if found.status != 200)
        assert (busy.status, busy.body) == (503, b'{"error":"busy"}\n')


def test_the_words_of_the_json():
    """Each refusal has one."""
    [text] = [
        block.text for block in page("docs/recipes.md").of("nginx") if "$refusal" in block.text
    ]
    [words] = [each.body for each in walk(parse(text)) if each.name == "map"]
    rows = re.findall(r"(?m)^\| `([A-Z_]+)` \|", text_of("docs/reference.md"))
    wanted = {row for row in rows if row != "ALLOWED"}
    assert {word.name for word in words} == wanted | {"default"}


def test_a_rate_for_each_link(recipe):
    site = recipe("zone=link_rate")
    site.start()
    reader.write(site.root / "srv/www/video/1.mp4", "content")
    links = [f"/video/1.mp4?pta={pair().token(path)}" for path in ("/video/1.mp4", "/video/*")]
    with Connection(site.port()) as connection:
        statuses = [connection.get(links[0]).status for _ in range(40)]
        assert set(statuses) == {200, 429}
        assert statuses[:11] == [200] * 11
        # Another link has its own limit.
        assert connection.get(links[1]).status == 200
    # Refused requests are not counted.
    assert [get(site.port(), "/video/1.mp4").status for _ in range(20)] == [400] * 20


def test_uploads_to_several_machines(recipe):
    """The balancer before two machines with the recipe above it."""
    machines = [recipe("methods=PUT release=error").start() for _ in range(2)]
    balancer = recipe("hash $arg_pta")
    for machine in machines:
        assert "server 127.0.0.1:9;" in balancer.main
        balancer.main = balancer.main.replace(
            "server 127.0.0.1:9;", f"server 127.0.0.1:{machine.port()};", 1
        )
    balancer.start()
    body = b"x" * 2_000_000
    used = []
    for number in range(20):
        path = f"/upload/{number}.jpg"
        token = sealed(pair().token(path), pair().seal_key, nonce=str(number))
        target = f"{path}?pta={token}"
        assert put(balancer.port(), path, body) == 400
        assert put(balancer.port(), target, body) == 201
        assert put(balancer.port(), target, body) == 403
        stored = [(machine.root / f"srv/www{path}").exists() for machine in machines]
        assert sorted(stored) == [False, True]
        used.append(stored.index(True))
    assert set(used) == {0, 1}


# ---- docs/operations.md


def test_metrics_for_prometheus(recipe):
    """Prometheus asks the server of the page, also if that protects all its locations."""

    def change(text):
        return text.replace("location /video/", "pta_enable on;\nlocation /video/", 1)

    text = text_of("nginx-config/monitoring/prometheus/prometheus.yml")
    [target] = re.findall(r'targets: \["127\.0\.0\.1:(\d+)"\]', text)
    [path] = re.findall(r"metrics_path: (\S+)", text)
    site = recipe("pta_metrics_label video;", change, "docs/operations.md")
    [block] = [
        each for each in page("docs/operations.md").of("nginx") if "pta_metrics_z" in each.text
    ]
    assert f"listen {target};" in block.text
    site.start()
    assert get(site.port(), "/other").status == 400
    response = get(site.port(), path)
    assert response.status == 200
    assert b"nginx_pta_checks_total{" in response.body
