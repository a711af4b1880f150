"""Calls of the functions as programs write them, in each language.

A call that wants a seal or a binding and cannot have it is an error. It never makes a token
without seal, or with another binding. PHP runs each call with and without strict_types.
"""

import pytest

from signers.test_seals import IV, KEY, LAST, PATH, SEAL_KEY, right

# A program of each language, and what a call of it is.
PROGRAMS = {
    "python": (
        "calls.py",
        """
import os
from pta_signer import sign
class Text:
    def __str__(self):
        return "alice"
def run(call):
    try:
        print("made", call())
    except Exception as error:
        print("refused", type(error).__name__, error)
key, iv, path, last = {key!r}, {iv!r}, {path!r}, {last}
seal_key = {seal_key!r}
""",
        "run(lambda: sign({}))",
        "",
    ),
    "node": (
        "calls.mjs",
        """
import {{ sign }} from "./sign.mjs";
function run(call) {{
    try {{
        console.log("made", call());
    }} catch (error) {{
        console.log("refused", error.name, error.message);
    }}
}}
const [key, iv, path, last] = ["{key}", "{iv}", "{path}", {last}];
const sealKey = "{seal_key}";
""",
        "run(() => sign({}));",
        "",
    ),
    "php": (
        "calls.php",
        """<?php
declare(strict_types={strict});
require 'sign.php';
class Text {{
    public function __toString(): string {{ return 'alice'; }}
}}
function run(callable $call) {{
    try {{
        echo 'made ' . $call() . "\\n";
    }} catch (Throwable $error) {{
        echo 'refused ', get_class($error), ' ', $error->getMessage(), "\\n";
    }}
}}
[$key, $iv, $path, $last] = ['{key}', '{iv}', '{path}', {last}];
$sealKey = '{seal_key}';
""",
        "run(fn () => Pta\\sign({}));",
        "",
    ),
    "go": (
        "calls.go",
        """
package main
import ("fmt"; "os")
func run(token string, err error) {{
    if err != nil {{
        fmt.Println("refused", err)
    }} else {{
        fmt.Println("made", token)
    }}
}}
const key, iv, path, last = "{key}", "{iv}", "{path}", {last}
const sealKey = "{seal_key}"
var unset = os.Getenv("UNSET")
func main() {{
""",
        "run(Sign({}))",
        "}",
    ),
    "java": (
        "Calls.java",
        """
import java.util.*;
import java.util.concurrent.Callable;
import pta.Sign;
import pta.Sign.Seal;
class Calls {{
    static void run(Callable<String> call) {{
        try {{
            System.out.println("made " + call.call());
        }} catch (Exception error) {{
            System.out.println("refused " + error);
        }}
    }}
    public static void main(String[] args) {{
        String key = "{key}", iv = "{iv}", path = "{path}", sealKey = "{seal_key}";
        long last = {last}L;
""",
        "run(() -> Sign.sign({}));",
        "}}",
    ),
}

# How a program of each language is run. The signer is in its folder.
RUN = {
    "python": lambda signer: [signer.call[0], "calls.py"],
    "node": lambda signer: ["node", "calls.mjs"],
    "php": lambda signer: ["php", "calls.php"],
    "go": lambda signer: ["go", "run", "sign.go", "calls.go"],
    "java": lambda signer: [*signer.call[:-1], "Calls.java"],
}

# The binding of the seal, and the arguments behind key, IV, path and expiry.
SEALED = {
    "by name": (
        ["alice", "b"],
        {
            "python": "seal_key=seal_key, bind=['alice', 'b']",
            "node": "{ sealKey, bind: ['alice', 'b'] }",
            "php": "sealKey: $sealKey, bind: ['alice', 'b']",
            "go": 'Seal{Key: sealKey, Bind: []string{"alice", "b"}}',
            "java": 'Seal.key(sealKey).bind("alice", "b")',
        },
    ),
    "one after the other": (
        ["alice", "b", "c"],
        {"java": 'Seal.key(sealKey).bind("alice").bind().bind("b", "c")'},
    ),
    "by position": (["alice"], {"php": "$sealKey, ['alice'], false"}),
    "only a seal key": (
        [],
        {
            "python": "seal_key=seal_key",
            "node": "{ sealKey }",
            "php": "sealKey: $sealKey",
            "go": "Seal{Key: sealKey}",
            "java": "Seal.key(sealKey)",
        },
    ),
    "no binding, once": (
        [],
        {
            "python": "seal_key=seal_key, bind=[], once=False",
            "node": "{ sealKey, bind: [], once: false }",
            "php": "sealKey: $sealKey, bind: [], once: false",
            "go": "Seal{Key: sealKey, Bind: nil, Once: false}",
            "java": "Seal.key(sealKey).bind()",
        },
    ),
    "a tuple": (["a", "b"], {"python": "seal_key=seal_key, bind=('a', 'b')"}),
    "bytes": (
        [b"\xff\x00"],
        {
            "python": r"seal_key=seal_key, bind=[b'\xff\0']",
            "node": "{ sealKey, bind: [Uint8Array.of(255, 0)] }",
            "php": r'sealKey: $sealKey, bind: ["\xff\0"]',
            "go": r'Seal{Key: sealKey, Bind: []string{"\xff\x00"}}',
        },
    ),
    "a buffer": ([b"\xff"], {"node": "{ sealKey, bind: [Buffer.from([255])] }"}),
    "a byte order mark": (["\ufeffa"], {"node": r"{ sealKey, bind: ['\ufeffa'] }"}),
    "U+FFFD": (
        ["\ufffd"],
        {"node": r"{ sealKey, bind: ['\ufffd'] }", "java": r'Seal.key(sealKey).bind("\ufffd")'},
    ),
    "eight values": (
        list("abcdefgh"),
        {
            "python": "seal_key=seal_key, bind=list('abcdefgh')",
            "node": "{ sealKey, bind: [...'abcdefgh'] }",
            "php": "sealKey: $sealKey, bind: str_split('abcdefgh')",
            "go": 'Seal{Key: sealKey, Bind: []string{"a", "b", "c", "d", "e", "f", "g", "h"}}',
            "java": 'Seal.key(sealKey).bind("abcdefgh".split(""))',
        },
    ),
}

# The same. Each is an error.
REFUSED = {
    # ---- a seal key that is not there
    "an unset variable": {
        "python": "seal_key=os.environ.get('UNSET')",
        "node": "{ sealKey: process.env.UNSET }",
        "php": "sealKey: getenv('UNSET')",
        "go": "Seal{Key: unset}",
        "java": 'Seal.key(System.getenv("UNSET"))',
    },
    "an unset variable, and a binding": {
        "python": "seal_key=os.environ.get('UNSET'), bind=['alice'], once=True",
        "node": "{ sealKey: process.env.UNSET, bind: ['alice'], once: true }",
        "php": "sealKey: getenv('UNSET'), bind: ['alice'], once: true",
        "go": 'Seal{Key: unset, Bind: []string{"alice"}, Once: true}',
        "java": 'Seal.key(System.getenv("UNSET")).bind("alice").once()',
    },
    "an unset element": {"php": "sealKey: $_SERVER['UNSET'] ?? null"},
    "null": {"python": "seal_key=None", "node": "{ sealKey: null }", "php": "sealKey: null"},
    "empty": {"python": "seal_key=''", "node": "{ sealKey: '' }", "php": "sealKey: ''"},
    "a list with the key": {
        "python": "seal_key=[seal_key]",
        "node": "{ sealKey: [sealKey] }",
        "php": "sealKey: [$sealKey]",
    },
    "bytes of the key": {
        "python": "seal_key=seal_key.encode()",
        "node": "{ sealKey: Buffer.from(sealKey) }",
    },
    "only a binding": {
        "python": "bind=['alice']",
        "node": "{ bind: ['alice'] }",
        "php": "bind: ['alice']",
        "go": 'Seal{Bind: []string{"alice"}}',
        "java": 'Seal.key("").bind("alice")',
    },
    "only an empty binding": {
        "python": "bind=[]",
        "node": "{ bind: [] }",
        "php": "bind: []",
        "go": "Seal{Bind: []string{}}",
    },
    "only a set": {"python": "bind={'alice'}", "node": "{ bind: new Set(['alice']) }"},
    "only a number": {"python": "bind=1700000000", "node": "{ bind: 1700000000 }"},
    "only null for a binding": {
        "python": "bind=None",
        "node": "{ bind: null }",
        "php": "bind: null",
    },
    "only once": {
        "python": "once=True",
        "node": "{ once: true }",
        "php": "once: true",
        "go": "Seal{Once: true}",
        "java": "new Seal(null, List.of(), true)",
    },
    "an empty seal": {"node": "{}", "go": "Seal{}", "java": "(Seal) null"},
    "no options": {"node": "undefined"},
    "null for options": {"node": "null"},
    "the key as options": {"node": "sealKey"},
    "an unknown name of the key": {
        "python": "sealkey=seal_key",
        "node": "{ seal_key: sealKey }",
        "php": "seal_key: $sealKey",
    },
    "two seals": {
        "node": "{ sealKey, bind: ['alice'] }, { sealKey }",
        "go": 'Seal{Key: sealKey, Bind: []string{"alice"}}, Seal{Key: sealKey}',
        "java": 'Seal.key(sealKey).bind("alice"), Seal.key(sealKey)',
    },
    # ---- a binding that is another one
    "an unknown name of the binding": {
        "python": "seal_key=seal_key, binding=['alice']",
        "node": "{ sealKey, binding: ['alice'] }",
        "php": "sealKey: $sealKey, binding: ['alice']",
    },
    "null for a binding": {
        "python": "seal_key=seal_key, bind=None",
        "node": "{ sealKey, bind: null }",
        "php": "sealKey: $sealKey, bind: null",
        "java": "Seal.key(sealKey).bind((String[]) null)",
    },
    "undefined for a binding": {"node": "{ sealKey, bind: undefined }"},
    "text for a list": {
        "python": "seal_key=seal_key, bind='alice'",
        "node": "{ sealKey, bind: 'alice' }",
        "php": "sealKey: $sealKey, bind: 'alice'",
    },
    "bytes for a list": {
        "python": "seal_key=seal_key, bind=b'alice'",
        "node": "{ sealKey, bind: Buffer.from('alice') }",
    },
    # It has no order.
    "a set": {
        "python": "seal_key=seal_key, bind={'alice', 'b'}",
        "node": "{ sealKey, bind: new Set(['alice', 'b']) }",
    },
    "names for values": {
        "python": "seal_key=seal_key, bind={'address': 'alice'}",
        "node": "{ sealKey, bind: { address: 'alice' } }",
        "php": "sealKey: $sealKey, bind: ['address' => 'alice']",
    },
    "a list with gaps": {
        "node": "{ sealKey, bind: [, 'alice'] }",
        "php": "sealKey: $sealKey, bind: array_filter(['', 'alice'])",
    },
    "an iterator": {"python": "seal_key=seal_key, bind=(each for each in ['alice'])"},
    "nine values": {
        "python": "seal_key=seal_key, bind=list('abcdefghi')",
        "node": "{ sealKey, bind: [...'abcdefghi'] }",
        "php": "sealKey: $sealKey, bind: str_split('abcdefghi')",
        "go": 'Seal{Key: sealKey, Bind: []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"}}',
        "java": 'Seal.key(sealKey).bind("abcdefghi".split(""))',
    },
    "nine values, one after the other": {
        "java": 'Seal.key(sealKey).bind("abcdefgh".split("")).bind("i")'
    },
    # ---- values
    "an empty value": {
        "python": "seal_key=seal_key, bind=['alice', '']",
        "node": "{ sealKey, bind: ['alice', ''] }",
        "php": "sealKey: $sealKey, bind: ['alice', '']",
        "go": 'Seal{Key: sealKey, Bind: []string{"alice", ""}}',
        "java": 'Seal.key(sealKey).bind("alice", "")',
    },
    "no bytes": {
        "python": "seal_key=seal_key, bind=[b'']",
        "node": "{ sealKey, bind: [new Uint8Array()] }",
    },
    "null for a value": {
        "python": "seal_key=seal_key, bind=[None]",
        "node": "{ sealKey, bind: [null] }",
        "php": "sealKey: $sealKey, bind: [null]",
        "java": "Seal.key(sealKey).bind((String) null)",
    },
    "undefined for a value": {"node": "{ sealKey, bind: [undefined] }"},
    "an unset variable for a value": {
        "python": "seal_key=seal_key, bind=[os.environ.get('UNSET')]",
        "node": "{ sealKey, bind: [process.env.UNSET] }",
        "php": "sealKey: $sealKey, bind: [getenv('UNSET')]",
        "go": "Seal{Key: sealKey, Bind: []string{unset}}",
        "java": 'Seal.key(sealKey).bind(System.getenv("UNSET"))',
    },
    "true for a value": {
        "python": "seal_key=seal_key, bind=[True]",
        "node": "{ sealKey, bind: [true] }",
        "php": "sealKey: $sealKey, bind: [true]",
    },
    # That of a file, for example.
    "a number for a value": {
        "python": "seal_key=seal_key, bind=[1700000000]",
        "node": "{ sealKey, bind: [1700000000] }",
        "php": "sealKey: $sealKey, bind: [1700000000]",
    },
    "a list for a value": {
        "python": "seal_key=seal_key, bind=[['alice']]",
        "node": "{ sealKey, bind: [['alice']] }",
        "php": "sealKey: $sealKey, bind: [['alice']]",
    },
    "an object for a value": {
        "python": "seal_key=seal_key, bind=[Text()]",
        "node": "{ sealKey, bind: [new String('alice')] }",
        "php": "sealKey: $sealKey, bind: [new Text()]",
    },
    # Buffer.from would take their last 8 bits.
    "numbers of 16 bits": {"node": "{ sealKey, bind: [Uint16Array.of(300)] }"},
    "half of a surrogate pair": {
        "python": r"seal_key=seal_key, bind=['\ud83c']",
        "node": r"{ sealKey, bind: ['\ud83c'] }",
        "java": r'Seal.key(sealKey).bind("\ud83c")',
    },
    # ---- once
    "null for once": {
        "python": "seal_key=seal_key, once=None",
        "node": "{ sealKey, once: null }",
        "php": "sealKey: $sealKey, once: null",
    },
    "undefined for once": {"node": "{ sealKey, once: undefined }"},
    "a number for once": {"python": "seal_key=seal_key, once=1", "node": "{ sealKey, once: 1 }"},
}

# All arguments. A path that no string of the language can have is another one in the token.
ALSO_REFUSED = {
    "a list with the key of the pair": {
        "python": "[key], iv, path, last",
        "node": "[key], iv, path, last",
        "php": "[$key], $iv, $path, $last",
    },
    "no key of the pair": {
        "python": "os.environ.get('UNSET'), iv, path, last",
        "node": "process.env.UNSET, iv, path, last",
        "php": "getenv('UNSET'), $iv, $path, $last",
        "go": "unset, iv, path, last",
        "java": 'System.getenv("UNSET"), iv, path, last',
    },
    "no path": {
        "python": "key, iv, None, last",
        "node": "key, iv, undefined, last",
        "php": "$key, $iv, null, $last",
        "go": "key, iv, unset, last",
        "java": "key, iv, null, last",
    },
    "a list with the path": {
        "python": "key, iv, [path], last",
        "node": "key, iv, [path], last",
        "php": "$key, $iv, [$path], $last",
    },
    "bytes for the path": {
        "python": "key, iv, path.encode(), last",
        "node": "key, iv, Buffer.from(path), last",
    },
    "half of a surrogate pair in the path": {
        "python": r"key, iv, '/\ud83c', last",
        "node": r"key, iv, '/\udcff', last",
        "java": r'key, iv, "/\udcff", last',
    },
    "no expiry": {
        "python": "key, iv, path, None",
        "node": "key, iv, path, undefined",
        "php": "$key, $iv, $path, null",
    },
    "an empty text for the expiry": {
        "python": "key, iv, path, ''",
        "node": "key, iv, path, ''",
        "php": "$key, $iv, $path, ''",
    },
    "digits for the expiry": {"python": "key, iv, path, '1'", "node": "key, iv, path, '1'"},
    "true for the expiry": {"python": "key, iv, path, True", "node": "key, iv, path, true"},
    "a date": {"node": "key, iv, path, new Date(1000)"},
    "part of a second": {
        "python": "key, iv, path, last - 0.5",
        "node": "key, iv, path, 1893423600.5",
    },
    "not a number": {"python": "key, iv, path, float('nan')", "node": "key, iv, path, NaN"},
    "an expiry of more than 64 bits": {
        "python": "key, iv, path, -2 ** 63 - 1",
        "node": "key, iv, path, -(2n ** 63n) - 1n",
    },
}

# What the documentation says that each language raises.
ERRORS = {
    "python": {"ValueError", "TypeError", "UnicodeEncodeError"},
    "node": {"RangeError"},
    "php": {"InvalidArgumentException", "TypeError", "Error"},
    "java": {
        "java.lang.IllegalArgumentException",
        "java.lang.NullPointerException",
        "java.nio.charset.MalformedInputException",
    },
}


def calls(language):
    """The arguments of all calls of a language, by name."""
    first = "$key, $iv, $path, $last, " if language == "php" else "key, iv, path, last, "
    rows = {what: row for what, (_, row) in SEALED.items()} | REFUSED
    found = {what: first + row[language] for what, row in rows.items() if language in row}
    return found | {what: row[language] for what, row in ALSO_REFUSED.items() if language in row}


@pytest.fixture(scope="module")
def outcomes(built):
    """What all calls of a language print, by name. PHP has two modes."""
    made = {}

    def run(language, strict=1):
        signer = built(language)
        if (language, strict) not in made:
            file, start, call, end = PROGRAMS[language]
            values = {"key": KEY, "iv": IV, "path": PATH, "last": LAST, "seal_key": SEAL_KEY}
            lines = [call.format(arguments) for arguments in calls(language).values()]
            text = start.format(strict=strict, **values) + "\n".join([*lines, end]) + "\n"
            (signer.folder / file).write_text(text, encoding="utf-8")
            done = signer.run(*RUN[language](signer))
            assert done.returncode == 0, done.stdout + done.stderr
            printed = done.stdout.splitlines()
            made[language, strict] = dict(zip(calls(language), printed, strict=True))
        return made[language, strict]

    return run


def each(rows):
    return [(what, language) for what, row in rows.items() for language in row]


@pytest.mark.parametrize(("what", "language"), each({k: row for k, (_, row) in SEALED.items()}))
def test_a_seal(outcomes, what, language):
    assert outcomes(language)[what] == f"made {right(SEALED[what][0])}"


@pytest.mark.parametrize(("what", "language"), each(REFUSED | ALSO_REFUSED))
def test_a_refusal(outcomes, what, language):
    for strict in (1, 0) if language == "php" else (1,):
        word, error = outcomes(language, strict)[what].split(maxsplit=2)[:2]
        assert word == "refused", strict
        assert error.rstrip(":") in ERRORS.get(language, error)


def test_a_name_that_is_not_utf_8(built, pair):
    """os.fsdecode makes halves of surrogate pairs of it. nginx compares the bytes."""
    signer = built("python")
    call = f"sign({pair.key.hex()!r}, {pair.iv.hex()!r}, '/' + os.fsdecode(b'\\xff'), {LAST})"
    done = signer.run(signer.call[0], "-c", f"import os, pta_signer as p; print(p.{call})")
    assert pair.open(bytes.fromhex(done.stdout)) == (LAST.to_bytes(8, "big"), b"/\xff")


def test_no_message_has_a_secret(outcomes):
    for language in PROGRAMS:
        shown = "\n".join(line for line in outcomes(language).values() if line[:4] != "made")
        for secret in (KEY, IV, SEAL_KEY):
            assert secret[2:16].lower() not in shown.lower(), language


SEED = """
import java.security.*;
import java.util.Arrays;
import pta.Sign;

class Seed {
    public static class Generator extends SecureRandomSpi {
        protected void engineSetSeed(byte[] seed) {}
        protected void engineNextBytes(byte[] bytes) { Arrays.fill(bytes, (byte) 1); }
        protected byte[] engineGenerateSeed(int length) { throw new IllegalStateException("seed"); }
    }

    static class Only extends Provider {
        Only() {
            super("Only", "1", "");
            put("SecureRandom.Only", Generator.class.getName());
        }
    }

    public static void main(String[] args) throws Exception {
        Security.insertProviderAt(new Only(), 1);
        Sign.Seal seal = Sign.Seal.key(args[4]).once();
        System.out.print(Sign.sign(args[0], args[1], args[2], Long.parseLong(args[3]), seal));
    }
}
"""


def test_java_reads_no_seed(built):
    """What a generator is seeded from may block. It is not for random bytes."""
    signer = built("java")
    (signer.folder / "Seed.java").write_text(SEED)
    done = signer.run(*signer.call[:-1], "Seed.java", KEY, IV, PATH, str(LAST), SEAL_KEY)
    assert done.stdout == right([], "AQEB" * 4), done.stderr
