"""nginx is started in one file, and tokens are made in one file.

So there is one place to repair if nginx changes, and tokens are judged by code that is independent
of the product.
"""

import dataclasses
import pathlib
import re

import pytest

from harness import project

# Languages in which tests and tools are written. Rust is left out, because it is the product.
SUFFIXES = {"", ".go", ".java", ".js", ".mjs", ".php", ".pl", ".pm", ".py", ".sh", ".t"}


@dataclasses.dataclass(frozen=True)
class Rule:
    """What only one file does, and the exceptions with their reasons."""

    pattern: re.Pattern
    home: str
    exceptions: dict

    def offenders(self, texts):
        """The lines, of files by name, that break the rule."""
        return [
            f"{name}:{number}: {line.strip()}"
            for name, text in texts.items()
            if name != self.home and name not in self.exceptions
            for number, line in enumerate(text.splitlines(), 1)
            if self.pattern.search(line) and not line.lstrip().startswith("#")
        ]


RULES = {
    "nginx": Rule(
        # Starts nginx with its own folder or configuration (-p or -c), or the binary of an
        # installation.
        re.compile(
            r"""-c["',\s]+[\w./$-]*nginx\.conf|nginx\S*\s+["']?-[pc](["'\s]|$)"""
            r"""|binary\S*\s+["']?-[pc]\b|nginx\.binary|\$ENV\{TEST_NGINX_BINARY""",
            re.I,
        ),
        "tests/harness/nginx.py",
        {
            "scripts/lib/site.sh": "the demo, which a reader copies",
            "t/lib/PTA.pm": "runs nginx -v",
            "tests/documents/commands.py": "runs the commands of the documents",
            "tests/scripts/test_suite_checks.py": "runs a suite",
        },
    ),
    "tokens": Rule(
        # Playlists call their own encryption AES-128.
        re.compile(r"Cipher\b|createCipher|\bAES\b(?!-128\b)|(?i:aes-?128-cbc)|openssl enc"),
        "tests/harness/tokens.py",
        {
            "t/lib/PTA.pm": "the suites are Perl",
            "scripts/lib/streams.sh": "encrypts segments of a stream",
            "signers/go/sign.go": "what an application copies",
            "signers/java/Sign.java": "what an application copies",
            "signers/node/sign.mjs": "what an application copies",
            "signers/php/sign.php": "what an application copies",
            "signers/python/pta_signer.py": "what an application copies",
        },
    ),
}

BROKEN = {
    "nginx": [
        'subprocess.Popen([self.nginx, "-p", folder])',
        'command = [nginx.binary, "-c", "conf/nginx.conf", "-t"]',
        '"-e", "error.log", "-c", "nginx.conf", *arguments]',
        '"$nginx" -p "$folder" -e error.log',
        '"$NGINX" -c $folder/nginx.conf',
        "exec $binary, '-p', $self->{dir} or die;",
        "exec $ENV{TEST_NGINX_BINARY}, @arguments or die;",
        "subprocess.run([nginx.binary, *arguments])",
        "/usr/sbin/nginx -c /tmp/x/nginx.conf",
    ],
    "tokens": [
        "Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()",
        "openssl enc -aes-128-cbc -K $key -iv $iv",
        "createCipheriv(algorithm, key, iv)",
        "block, err := aes.NewCipher(key)",
        "from Crypto.Cipher import AES",
    ],
}

KEPT = {
    "nginx": [
        "# nginx -p FOLDER",
        'mkdir -p "$root/nginx"',
        'cp -p "$nginx" "$folder"',
        'site.run("-t")',
        'sh -c "echo"',
        '"$nginx" -v 2>&1',
    ],
    "tokens": [
        "pair.token(path)",
        "# AES",
        "#EXT-X-KEY:METHOD=AES-128",
        'Pair(bytes(16)).seal(b"")',
    ],
}


def texts():
    return {
        name: (project.PROJECT / name).read_text(encoding="utf-8", errors="replace")
        for name in project.files()
        # This file contains the forbidden lines itself.
        if pathlib.PurePath(name).suffix in SUFFIXES and name != "tests/test_house.py"
    }


@pytest.mark.parametrize("name", RULES)
def test_one_file_does_it(name):
    found = RULES[name].offenders(texts())
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", RULES)
def test_no_exception_is_needless(name):
    rule = RULES[name]
    without = dataclasses.replace(rule, home="", exceptions={})
    found = {line.split(":")[0] for line in without.offenders(texts())}
    assert {rule.home, *rule.exceptions} <= found


@pytest.mark.parametrize(
    ("name", "line"), [(name, line) for name in RULES for line in BROKEN[name]]
)
def test_a_line_that_breaks_the_rule_is_found(name, line):
    assert RULES[name].offenders({"scripts/new": f"first\n{line}"}) == [f"scripts/new:2: {line}"]


@pytest.mark.parametrize(("name", "line"), [(name, line) for name in RULES for line in KEPT[name]])
def test_another_line_is_not_found(name, line):
    assert RULES[name].offenders({"scripts/new": line}) == []


def test_variables_are_documented():
    """tests/conftest.py names each variable that configures the tests."""
    _, documentation, _ = project.text_of("tests/conftest.py").split('"""', 2)
    tests = [text for name, text in texts().items() if name.startswith("tests/")]
    used = {name for text in tests for name in re.findall(r"PTA_(?:TEST_[A-Z_]+|COMMAND)", text)}
    assert used == set(re.findall(r"PTA_[A-Z_]+", documentation))
