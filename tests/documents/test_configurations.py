"""Every nginx block goes through `nginx -t`, and so do the files of nginx-config/."""

import re

import pytest

from documents.configurations import faults, lacks
from documents.pages import Page, documents
from harness.installations import Nginx, installations
from harness.project import PROJECT

SHOWN = [
    pytest.param(block, page, id=str(block)) for page in documents() for block in page.of("nginx")
]
FILES = ["quickstart.conf", *(f"recipes/{path.name}" for path in
         sorted((PROJECT / "nginx-config/recipes").glob("*.conf")))]  # fmt: skip


@pytest.mark.parametrize(("block", "page"), SHOWN)
def test_a_block(site, nginx, block, page):
    assert faults(site, nginx, block, page) is None


@pytest.mark.parametrize("name", FILES)
def test_a_file(site, nginx, name):
    text = (PROJECT / "nginx-config" / name).read_text(encoding="utf-8")
    # Its comments have commands for root.
    commands = "".join(re.findall(r"(?m)^#     ((?:mkdir|install) .*\n)", text))
    written = f"```nginx\n{text}```\n<!-- test: prepare -->\n```sh\n{commands}```\n"
    page = Page(f"nginx-config/{name}", written)
    assert faults(site, nginx, page.blocks[0], page) is None


def test_each_block_runs_on_some_nginx():
    """None needs a module that is in no nginx of the tests."""
    present = installations()
    blocks = [block for block, _ in (shown.values for shown in SHOWN)]
    assert [block for block in blocks if all(lacks(nginx, block) for nginx in present)] == []


def test_there_are_some():
    assert len(SHOWN) >= 2
    assert len(FILES) >= 4


def test_blocks_of_other_modules(figures):
    names = [block.marks["other-module"] for block, _ in (shown.values for shown in SHOWN)
             if "other-module" in block.marks]  # fmt: skip
    figures(f"blocks that need another module, not run: {len(names)} {sorted(set(names))}")
    assert all(names)


# ---- the rules, with planted faults

PROTECTED = "location /video/ { pta_enable on; }"
WARNED = PROTECTED + " location ~ jpg$ { }"
COUNTER = "counter-example"
LUA = "other-module lua"


def shown(*texts, mark=None):
    """A page with these blocks."""
    above = f"<!-- test: {mark} -->\n" if mark else ""
    return "\n".join(f"{above}```nginx\n{text}\n```" for text in texts)


RIGHT = {
    "a server's": shown(PROTECTED),
    "a location's": shown("pta_enable on; proxy_pass http://app.example.org/;"),
    "of http": shown("map $pta_status $x { default a; }"),
    "whole": shown(
        f"http {{ pta_1st_pair file:keys/1st.pair; server {{ listen 80; {PROTECTED} }} }}"
    ),
    "two servers": shown("server { listen 80; } server { listen 81; }"),
    "a key file elsewhere": shown("pta_1st_pair file:/etc/nginx/a/2nd.pair; pta_enable on;"),
    "files": shown("access_log /var/log/nginx/x.log; include mime.types;"),
    "variables of the page": shown(
        "add_header A $own;", "map $uri $own { default $other; } map $host $other { default a; }"
    ),
    "a zone of the page": shown(
        "limit_req zone=z;", "limit_req_zone $pta_path zone=z:1m rate=1r/s;"
    ),
    "warned, marked": shown(WARNED, mark=COUNTER),
    "refused, marked": shown("pta_1st_key 00;", mark=COUNTER),
    "of another module, marked": shown("access_by_lua a;", mark=LUA),
}

WRONG = {
    "warned": (shown(WARNED), "is not protected"),
    "a published key": (shown(f"pta_1st_key {'1' * 32};"), "[warn]"),
    "refused": (shown("pta_enable maybe;"), "[emerg]"),
    "unknown": (shown("pta_enabel on;"), "unknown directive"),
    "half a pair": (shown("pta_1st_key file:keys/1st.key; pta_enable on;"), "[emerg]"),
    "a key file that nobody makes": (
        shown("pta_1st_pair file:keys/sealed.pair;"),
        "[emerg] open()",
    ),
    "a server without keys": (shown(f"server {{ listen 80; {PROTECTED} }}"), "no key pair"),
    "a server with a variable of the page": (
        shown("server { add_header A $own; }", "map $uri $own { default a; }"),
        'unknown "own"',
    ),
    "a folder that nobody makes": (shown("access_log /var/log/other/x.log;"), "[emerg] open()"),
    "a file that nobody has": (shown("include snippets/x;"), "[emerg] open()"),
    "an unknown variable": (shown("return 200 $pta_sattus;"), "unknown"),
    "no end": (shown("location / {"), "unexpected end"),
    "left out": (shown("location / { … }"), "unexpected"),
    "of another module": (shown("access_by_lua a;"), "unknown directive"),
    "no counter-example": (shown(PROTECTED, mark=COUNTER), "neither warns nor refuses"),
    "of no other module": (shown(PROTECTED, mark=LUA), "no other module"),
    "ours, as another module's": (shown("pta_enabel on;", mark=LUA), "no other module"),
}


def test_a_block_that_no_nginx_runs(planted, monkeypatch):
    block = planted(shown("location / { secure_link a; }")).blocks[0]
    monkeypatch.setattr(Nginx, "build", "nginx/1.28.0")
    assert lacks(Nginx("", ""), block)
    monkeypatch.setattr(Nginx, "build", "nginx/1.28.0 --with-http_secure_link_module")
    assert not lacks(Nginx("", ""), block)
    loading = planted(shown("load_module modules/ngx_http_x_module.so;")).blocks[0]
    assert lacks(Nginx("", ""), loading)


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_no_fault(site, nginx, planted, text):
    page = planted(text)
    assert page.blocks
    assert [faults(site, nginx, block, page) for block in page.blocks] == [None] * len(page.blocks)


@pytest.mark.parametrize(("text", "fault"), WRONG.values(), ids=WRONG)
def test_a_fault(site, nginx, planted, text, fault):
    page = planted(text)
    assert fault in faults(site, nginx, page.blocks[0], page)
