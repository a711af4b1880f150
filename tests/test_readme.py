"""README.md matches the project: configurations, files, links, directives and variables."""

import re

import pytest

from harness import project
from harness.project import PROJECT
from harness.tokens import Pair

README = project.text_of("README.md")


# ---- configurations

# From load_module to the end of the http block, in README.
SHOWN = re.compile(r"^load_module modules.*?^http \{\n.*?^\}\n", re.M | re.S)

TEMPORARY = " ".join(
    f"{kind}_temp_path tmp;" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)


def configurations():
    """All complete configurations that this project shows."""
    shown = SHOWN.findall(README)
    assert len(shown) == 2, "the first configuration, and that of the walk-through"
    files = [PROJECT / "nginx-config/quickstart.conf", *PROJECT.glob("nginx-config/recipes/*.conf")]
    named = dict(zip(["README-first", "README-walk-through"], shown, strict=True))
    named |= {path.name: path.read_text(encoding="utf-8") for path in sorted(files)}
    assert len(named) >= 6
    return [pytest.param(text, id=name) for name, text in named.items()]


def change(text, pattern, replacement):
    text, count = re.subn(pattern, replacement, text, flags=re.M)
    assert count, pattern
    return text


def for_the_site(text):
    """The configuration, with the folder of a site. The harness adds what it loads and logs."""
    text = change(text, r"^load_module modules/ngx_http_pta_module\.so;\n", "")
    text = re.sub(r"^(pid|error_log) [^;]*;\n", "", text, flags=re.M)
    # Ports, and the folders that nginx was built to write to, belong to root.
    text = change(text, r"listen [^;]*;", "listen unix:ROOT/socket;")
    if "_temp_path" not in text:
        text = change(text, r"^http \{", f"http {{ access_log off; {TEMPORARY}")
    for folder in ("/srv/site/", "/etc/nginx/"):
        text = text.replace(folder, "ROOT/")
    return text


@pytest.mark.parametrize("text", configurations())
def test_a_configuration_causes_no_warning(site, text):
    """The site has keys of its own."""
    shown = site.make(None)
    for name in ("1st", "2nd"):
        pair = Pair()
        shown.write(f"keys/{name}.pair", f"{pair.key.hex()}\n{pair.iv.hex()}\n").chmod(0o600)
    shown.write("mime.types", "types { text/html html; }\n")
    (shown.root / "logs").mkdir()
    shown.main = for_the_site(text).replace("ROOT", str(shown.root))
    done = shown.test()
    assert done.status == 0, done.output
    assert "[" not in done.output


# ---- files


@pytest.mark.parametrize("name", ["signers/python/pta_signer.py", "signers/php/sign.php"])
def test_a_file_that_is_shown_whole(name):
    assert project.text_of(name) in README


def test_files_and_folders_that_are_named():
    made = {"target"}
    folders = [path.name for path in PROJECT.iterdir() if path.is_dir() and path.name not in made]
    named = re.findall(rf"`((?:{'|'.join(map(re.escape, folders))})/[\w./-]+)`", README)
    assert named
    assert [name for name in named if not (PROJECT / name).exists()] == []


# ---- links and headings


def anchor_of(heading):
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def test_links_to_headings():
    outside_code = re.sub(r"```.*?```", "", README, flags=re.S)
    anchors = set(map(anchor_of, re.findall(r"^#+ (.*)$", outside_code, flags=re.M)))
    links = set(re.findall(r"\]\(#([^)]*)\)", README))
    assert links
    assert links - anchors == set()


# ---- the reference


@pytest.mark.parametrize("directive", project.directives())
def test_every_directive_has_an_entry(directive):
    assert re.search(rf"^    Syntax:  {directive} |^ +{directive} (hex|file)", README, flags=re.M)


@pytest.mark.parametrize("variable", project.variables())
def test_every_variable_has_an_entry(variable):
    assert f"| `${variable}` |" in README
