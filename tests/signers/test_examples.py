"""The examples of docs/signers.md, each beside a copy of the signer, make a valid link."""

import re
import time
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from harness import project

PATH = "/media/my film.mp4"

GO = """package main

import (
	"fmt"
	{imports}
)

{example}
func main() {{
	link, err := Link("{path}", 3600)
	if err != nil {{
		panic(err)
	}}
	fmt.Println(link)
}}
"""


def section(heading):
    """The part of the page below a heading."""
    return re.search(rf"^## {heading}$(.*?)^## ", project.text_of("docs/signers.md"), re.M | re.S)[
        1
    ]


def example(heading, language):
    """The first block of a section."""
    return re.search(rf"^```{language}\n(.*?)^```$", section(heading), re.M | re.S)[1]


def python(signer):
    (signer.folder / "example.py").write_text(example("Python", "python"))
    return [signer.command[0], "example.py"]


def node(signer):
    (signer.folder / "example.mjs").write_text(example(r"Node\.js", "js"))
    return ["node", "example.mjs"]


def php(signer):
    (signer.folder / "example.php").write_text(example("PHP", "php"))
    return ["php", "example.php"]


def go(signer):
    """A function without its imports, which stand below it."""
    sentence = re.search(r"^It imports (.*)\. As", section("Go"), re.M)[1]
    imports = "\n\t".join(f'"{name}"' for name in re.findall(r"`([^`]+)`", sentence))
    text = GO.format(imports=imports, example=example("Go", "go"), path=PATH)
    (signer.folder / "example.go").write_text(text)
    signer.compile("go", "build", "-o", "example", "sign.go", "example.go")
    return [signer.folder / "example"]


def java(signer):
    (signer.folder / "Links.java").write_text(example("Java", "java"))
    signer.compile("javac", "-d", ".", "Sign.java", "Links.java")
    return ["java", "-cp", ".", "Links"]


@pytest.mark.parametrize("language", [python, node, php, go, java], ids=lambda each: each.__name__)
def test_an_example(built, pair, language):
    signer = built(language.__name__)
    command = language(signer)
    before = int(time.time())
    secrets = [f"PTA_KEY={pair.key.hex()}", f"PTA_IV={pair.iv.hex()}"]
    done = signer.run("env", *secrets, *command)
    assert (done.returncode, done.stderr) == (0, "")
    link = urlsplit(done.stdout.strip())
    assert (link.scheme, link.netloc, unquote(link.path)) == ("https", "example.com", PATH)
    expires, path = pair.open(bytes.fromhex(parse_qs(link.query)["pta"][0]))
    assert path.decode() == PATH
    assert before <= int.from_bytes(expires, "big") - 3600 <= int(time.time())
