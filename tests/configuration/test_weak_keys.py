"""`nginx -t` warns of weak keys, once for each place."""

import re

import pytest

from harness import project

# Keys that are not published.
A, B, C, D = (f"8c1f0a52d93be7466d0b91a7c2f83e1{digit}" for digit in "1234")


def published(directive):
    return (
        f'published key in "{directive}" directive,'
        ' everybody can make tokens with it, use "pta keygen" in HERE'
    )


def key_is_iv(number):
    return f'key and IV of the {number} pair are equal, use "pta keygen" in HERE'


EQUAL_PAIRS = "the 1st and the 2nd pair are equal, one of them is useless in HERE"

# The keys of the documents, of the quickstart, of the C module and of our tests.
PUBLISHED = [
    "0102030405060708090a0b0c0d0e0f00",
    "00112233445566778899aabbccddeeff",
    "ffeeddccbbaa99887766554433221100",
    "0123456789abcdef0123456789abcdef",
    "fedcba9876543210fedcba9876543210",
    "000102030405060708090a0b0c0d0e0f",
    # One byte that is repeated.
    *(digit * 32 for digit in "0123456789abcdef"),
    "ab" * 16,
]


@pytest.mark.parametrize("directive", ["pta_1st_key", "pta_2nd_key"])
@pytest.mark.parametrize("key", PUBLISHED)
def test_a_published_key(configuration, directive, key):
    for digits in (key, key.upper()):
        configuration.accepts(f"{directive} {digits}; # here", published(directive))


@pytest.mark.parametrize("number", ["1st", "2nd"])
@pytest.mark.parametrize("key", [PUBLISHED[0], "1" * 32])
def test_a_published_key_in_a_file(configuration, number, key):
    configuration.write("key", f"{key}\n")
    configuration.write("pair", f"{key}\n{A}\n")
    for directive in (f"pta_{number}_key", f"pta_{number}_pair"):
        name = directive.rpartition("_")[2]
        configuration.accepts(f"{directive} file:ROOT/{name}; # here", published(directive))


# How a key is written in our files.
SHOWN_KEY = re.compile(
    r"""
      pta_\w+_key\s+ (\w{32}) ;
    | "key":\s "(\w{32})"
    | ^\x20+ key\x20+ (\w{32}) $
    | =>\x20\['(\w{32})'
    | \bsign\.\w+\x20+ (\w{32})\x20
    """,
    re.MULTILINE | re.VERBOSE,
)


def shown_keys():
    """All keys that the documents, the configurations and the tests of this project show."""
    names = ["README.md", "t/lib/PTA.pm", "token/tests/vectors.json"]
    paths = [*project.PROJECT.glob("docs/*.md"), *project.PROJECT.glob("nginx-config/**/*.conf")]
    names += [str(path.relative_to(project.PROJECT)) for path in sorted(paths)]
    for name in names:
        found = SHOWN_KEY.finditer(project.text_of(name))
        for key in sorted({match[match.lastindex] for match in found}):
            yield pytest.param(key, id=f"{name}-{key[:8]}")


@pytest.mark.parametrize("key", list(shown_keys()))
def test_a_key_that_this_project_shows(configuration, key):
    configuration.accepts(f"pta_1st_key {key}; # here", published("pta_1st_key"))


# How a seal key is written in them.
SHOWN_SEAL_KEY = re.compile(
    r"""(?: pta_\w+_seal\s+ | seal_?key"?(?:\s=|:)\s" | PTA_SEAL_KEY= | \$\x20key= )(\w{64})\b""",
    re.IGNORECASE | re.VERBOSE,
)


def shown_seal_keys():
    """All seal keys that the documents and the vectors of this project show."""
    paths = [*project.PROJECT.glob("docs/*.md"), *project.PROJECT.glob("token/vectors/seal/*.json")]
    return sorted({key for path in paths for key in SHOWN_SEAL_KEY.findall(path.read_text())})


def test_the_seal_keys_of_the_documents_are_found():
    assert [key[:8] for key in shown_seal_keys()] == ["00010203", "33333333"]


@pytest.mark.parametrize("key", [*shown_seal_keys(), PUBLISHED[0] + A, A + "ab" * 16])
@pytest.mark.parametrize("number", ["1st", "2nd"])
def test_a_published_seal_key(configuration, number, key):
    directive = f"pta_{number}_seal"
    for digits in (key, key.upper()):
        configuration.accepts(f"{directive} {digits}; # here", published(directive))
    configuration.write("seal", key)
    configuration.accepts(f"{directive} file:ROOT/seal; # here", published(directive))
    configuration.write("pair", f"{B}\n{C}\n{key}\n")
    directive = f"pta_{number}_pair"
    configuration.accepts(f"{directive} file:ROOT/pair; # here", published(directive))


def test_a_published_iv(configuration):
    """An IV need not be secret."""
    configuration.accepts(f"pta_1st_iv {PUBLISHED[0]}; pta_2nd_iv {'0' * 32};")


def test_keys_that_are_not_weak(configuration):
    configuration.accepts(f"pta_1st_key {A}; pta_1st_iv {B}; pta_2nd_key {C}; pta_2nd_iv {D};")


SERVER = "server { listen unix:ROOT/socket;"

# A key that is equal to the IV of its pair, N, on one level: one warning.
EQUAL_KEY_AND_IV = {
    "key, then IV": f"server {{ pta_N_key {A};\npta_N_iv {A.upper()}; # here\n}}",
    "IV, then key": f"server {{ pta_N_iv {A};\npta_N_key {A}; # here\n}}",
    "pair": "server { pta_N_pair file:ROOT/equal; # here\n}",
    "IV below": f"server {{ pta_N_key {A}; location / {{\npta_N_iv {A}; # here\n}} }}",
    "key below": f"pta_N_iv {A}; server {{\npta_N_key {A}; # here\n}}",
    "once for all that inherit": f"""
        pta_N_key {A};
        pta_N_iv {A}; # here
        server {{
            location / {{ location /a {{ pta_enable on; }} }}
            location /b {{ pta_enable on; }}
        }}
        server {{ server_name b; location / {{ pta_name x; }} }}
    """,
}


@pytest.mark.parametrize("number", ["1st", "2nd"])
@pytest.mark.parametrize("http", EQUAL_KEY_AND_IV.values(), ids=EQUAL_KEY_AND_IV)
def test_key_and_iv_are_equal(configuration, number, http):
    configuration.write("equal", f"{A}\n{A}\n")
    http = http.replace("server {", SERVER).replace("_N_", f"_{number}_")
    configuration.accepts(None, key_is_iv(number), http=http)


@pytest.mark.parametrize("number", ["1st", "2nd"])
def test_key_and_iv_are_equal_in_two_places(configuration, number):
    key, iv = f"pta_{number}_key", f"pta_{number}_iv"
    configuration.accepts(
        f"location /a {{ {iv} {A}; {key} {A}; }} location /b {{ {key} {B}; {iv} {B}; }} # here",
        key_is_iv(number),
        key_is_iv(number),
    )


@pytest.mark.parametrize("number", ["1st", "2nd"])
def test_a_level_below_changes_one_of_two_equal_values(configuration, number):
    key, iv = f"pta_{number}_key", f"pta_{number}_iv"
    configuration.accepts(
        f"{key} {A}; {iv} {B}; location /a {{ {iv} {C}; location /a/b {{ {key} {D}; }} }}"
    )


PAIR = "file:ROOT/pair"
HALVES = f"pta_1st_key {A}; pta_1st_iv {B};"

EQUAL = {
    "two pairs": f"pta_1st_pair {PAIR};\npta_2nd_pair {PAIR}; # here",
    "two pairs, the 2nd first": f"pta_2nd_pair {PAIR};\npta_1st_pair {PAIR}; # here",
    "single directives": f"{HALVES}\npta_2nd_key {A};\npta_2nd_iv {B}; # here",
    "a pair and single directives": f"{HALVES}\npta_2nd_pair {PAIR}; # here",
    "the 2nd pair below": f"pta_1st_pair {PAIR}; location / {{\npta_2nd_pair {PAIR}; # here\n}}",
    "the 1st pair below": f"pta_2nd_pair {PAIR}; location / {{\npta_1st_pair {PAIR}; # here\n}}",
    "half of it below": f"""
        pta_1st_pair {PAIR}; pta_2nd_iv {B};
        location / {{
            pta_2nd_key {A}; # here
            location /a {{ }}
        }}
    """,
}


@pytest.mark.parametrize("server", EQUAL.values(), ids=EQUAL)
def test_both_pairs_are_equal(configuration, server):
    configuration.write("pair", f"{A}\n{B}\n")
    configuration.accepts(server, EQUAL_PAIRS)


@pytest.mark.parametrize(
    "server",
    [
        f"pta_1st_key {A}; pta_1st_iv {B}; pta_2nd_key {B}; pta_2nd_iv {A};",
        f"pta_1st_key {A}; pta_1st_iv {B}; pta_2nd_key {A}; pta_2nd_iv {C};",
        f"pta_1st_key {A}; pta_2nd_key {A};",
    ],
    ids=["crosswise", "another IV", "half a pair"],
)
def test_pairs_that_differ(configuration, server):
    configuration.accepts(server)


def test_all_warnings_of_one_directive(configuration):
    configuration.write("weak", f"{'1' * 32}\n{'1' * 32}\n")
    weak = "file:ROOT/weak"
    configuration.accepts(
        f"{HALVES} location / {{ pta_1st_pair {weak}; pta_2nd_pair {weak}; }} # here",
        published("pta_1st_pair"),
        key_is_iv("1st"),
        published("pta_2nd_pair"),
        key_is_iv("2nd"),
        EQUAL_PAIRS,
    )
