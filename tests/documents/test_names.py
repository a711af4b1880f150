"""Links, anchors, named files, marks, widths, and the headings of the reference."""

import functools
import re
import subprocess

import pytest

from bench.documents import PEERS
from documents import names
from documents.pages import Page, all_pages, documents, page
from harness import project
from harness.project import PROJECT


@functools.cache
def every_page():
    return all_pages()


def of_all(rule, pages):
    return [fault for page in pages for fault in rule(page)]


def test_links():
    pages = every_page()
    assert sum(len(page.links) for page in pages) > 20
    assert of_all(lambda page: names.wrong_links(page, pages), pages) == []


def test_files_and_folders_that_are_named():
    assert of_all(names.missing_files, documents()) == []


def test_files_of_packages():
    """Pages name examples by the paths that Debian's packages give them."""
    pattern = re.compile(r"/usr/share/doc/([\w-]+)/examples/([\w./-]*\w)?")
    found = {each for page in documents() for each in pattern.findall(page.text)}
    assert len(found) > 3
    for package, name in found:
        lines = project.text_of(f"packaging/debian/{package}.examples").split()
        beside = [PROJECT / line for line in lines]
        assert not name or any((path.parent / name).exists() for path in beside
                               if path.name == name.split("/")[0]), name  # fmt: skip


def test_marks():
    assert of_all(names.unknown_marks, documents()) == []


def test_languages():
    assert of_all(names.unknown_languages, documents()) == []


def test_wide_lines():
    assert of_all(names.wide_lines, documents()) == []


def test_the_length_of_readme():
    assert names.too_long(page("README.md")) == []


def test_the_headings_of_the_reference():
    assert names.wrong_headings(page("docs/reference.md")) == []


def test_the_entries_of_the_reference():
    assert names.wrong_entries(page("docs/reference.md")) == []


def test_requests_and_commands_outside_of_blocks():
    assert of_all(names.unmade_requests, documents()) == []
    assert of_all(names.hidden_commands, documents()) == []


@pytest.mark.parametrize("name", [*project.directives(), *project.variables()])
def test_the_cheat_sheet(name):
    """README names each of them."""
    assert re.search(rf"\b{name}\b", project.text_of("README.md"))


def signers():
    return [
        project.text_of(name) for name in ("signers/python/pta_signer.py", "signers/php/sign.php")
    ]


def test_signers_that_are_shown():
    assert of_all(lambda page: names.changed_copies(page, signers()), documents()) == []


def test_the_picture():
    """A script has drawn it."""
    command = [PROJECT / "scripts/lib/draw-request"]
    drawn = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert drawn == project.text_of("docs/images/request.svg")


# ---- the rules, with planted faults


@pytest.mark.parametrize(
    "link",
    [
        "[a](nothing.md)",
        "[a](#nothing)",
        "[a](reference.md#nothing)",
        "[`a`](../LICENCE)",
        "![a](images/nothing.svg)",
        '<img src="images/nothing.svg">',
        "[a](../../outside.md)",
        "[a](../../..)",
    ],
)
def test_a_wrong_link(planted, link):
    found = planted(f"# A\n\nText {link} text.\n")
    assert len(names.wrong_links(found, [found])) == 1


def test_right_links(planted):
    found = planted(
        "# A `b_c`, d\n## A\n## A\n[a](#a-b_c-d) [a](#a-1) [a](../LICENSE) [a](https://x/y)"
        " `[a](nothing)`\n```\n[a](nothing)\n```\n[b](planted.md#a)\n"
    )
    faults = names.wrong_links(found, [found])
    assert faults == ["docs/planted.md:8: planted.md#a: no such file"]


def test_a_missing_file(planted):
    text = "`src/nothing.rs` `src/lib.rs` `nginx-config/recipes/` `target/x`"
    assert names.missing_files(planted(text)) == ["docs/planted.md: src/nothing.rs: no such file"]


def test_a_changed_copy(planted):
    python, php = signers()
    page = planted(f"```python\n{python}```\n```php\n{php}```\n```php\n$x = 1;\n```\n")
    assert names.changed_copies(page, signers()) == []
    page = planted(f"```python\n{python.replace('16', '32')}\n```\n")
    assert len(names.changed_copies(page, signers())) == 1


@pytest.mark.parametrize(
    "text",
    [
        "<!-- test: unknown -->\n```nginx\n```\n",
        "<!-- test: run -->\n```nginx\n```\n",
        "```http\nGET / -> 200\n```\n",
        "<!-- test: run -->\n\n```sh\n```\n",
        "<!-- test:run -->\n<!-- test: x\n",
    ],
)
def test_a_wrong_mark(planted, text):
    assert names.unknown_marks(planted(text))


def test_an_unknown_language(planted):
    text = "```nginx\n```\n```\n```\n```bash\n```\n"
    found = ["docs/planted.md:3: no language", "docs/planted.md:5: bash"]
    assert names.unknown_languages(planted(text)) == found


def test_right_marks(planted):
    text = "<!-- test: run -->\n```sh\n```\n<!-- test: other-module lua -->\n```nginx\n```\n"
    assert names.unknown_marks(planted(text)) == []


def test_a_wide_line(planted):
    text = f"{'a' * 120}\n{'b' * 121}\n| {'c' * 200} |\n```\n{'d' * 121}\n```\n"
    assert names.wide_lines(planted(text)) == ["docs/planted.md:2: 121 columns"]
    assert len(names.wide_lines(planted(text, "README.md"))) == 2


def test_a_long_readme(planted):
    assert names.too_long(planted("a\n" * 200)) == []
    assert names.too_long(planted("a\n" * 201)) != []


ENTRY = """\
### `NAME`

    Syntax:  NAME x;
    Default: NAME x;
    Context: http, server, location

This directive appeared in version 0.1.0.

"""


def reference(change=lambda text: text):
    """A reference with all headings, changed."""
    wanted = [*project.directives(), *(f"${name}" for name in project.variables())]
    text = "".join(ENTRY.replace("NAME", name) for name in wanted)
    return Page("docs/reference.md", change(text))


def test_a_right_reference():
    assert names.wrong_headings(reference()) == []
    assert names.wrong_entries(reference()) == []


@pytest.mark.parametrize(
    ("change", "count"),
    [
        (lambda text: text.replace("### `pta_strip`", "### Strip"), 1),
        (lambda text: text.replace("### `$pta_status`", "### Status"), 1),
        (lambda text: text + "### pta_strip again\n", 1),
        (lambda text: text + "### pta_nothing\n", 1),
        (lambda text: text + "### $pta_nothing\n", 1),
        (lambda text: text.replace("### `pta_name`", "### `pta_nmae`"), 2),
    ],
)
def test_a_wrong_heading(change, count):
    assert len(names.wrong_headings(reference(change))) == count


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Syntax:  pta_strip x;", "Syntax:  pta_stirp x;"),
        ("Syntax:  pta_strip x;", "Syntax:  pta_strip x"),
        ("Default: pta_strip x;", "Default: pta_mask x;"),
        ("    Default: pta_strip x;\n", ""),
    ],
)
def test_a_wrong_entry(right, wrong):
    found = reference(lambda text: text.replace(right, wrong))
    fault = "docs/reference.md: pta_strip needs syntax, default, context and version"
    assert names.wrong_entries(found) == [fault]


@pytest.mark.parametrize("line", ["    Context: http, server, location\n", "This directive"])
def test_entries_without_a_line(line):
    found = reference(lambda text: text.replace(line, ""))
    assert len(names.wrong_entries(found)) == len(project.directives())


def test_a_request_that_nobody_makes(planted):
    text = "| `/a?pta=TOKEN` | 200 |\n| `/a?pta=TOKEN` | text |\n| missing | 400 |\n"
    assert names.unmade_requests(planted(text)) == ["docs/planted.md:1: nobody makes this request"]


def test_a_command_outside_of_a_block(planted):
    found = ["docs/planted.md:1: a command outside of a block"]
    assert names.hidden_commands(planted("    $ true\n```sh\n    $ true\n```\n")) == found


def test_a_block_without_an_end(planted):
    with pytest.raises(ValueError, match="no end"):
        planted("```nginx\n")


# ---- what scripts/bench writes into README


def test_the_table_of_peers_has_its_place():
    assert PEERS.search(project.text_of("README.md"))
