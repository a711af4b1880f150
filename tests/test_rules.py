"""harness/rules.py and harness/tokens.py: each rule of the format, and what breaks it."""

import json

import pytest

from harness import rules
from harness.project import text_of
from harness.tokens import FAR, Pair, fields, pad
from harness.tokens import sealed as sealed_token

FIRST, SECOND, FOREIGN = (Pair(bytes([n]) * 16, bytes([n + 1]) * 16) for n in (1, 3, 5))
NOW = 1_000


@pytest.mark.parametrize("vector", json.loads(text_of("token/tests/vectors.json"))["vectors"])
def test_tokens_are_those_of_the_vectors(vector):
    pair = Pair.from_hex(vector["key"], vector["iv"])
    path, expires = vector["path"], vector["expires"]
    assert pair.token(path, expires) == vector["token"]
    opened = pair.open(bytes.fromhex(vector["token"]))
    assert opened == (expires.to_bytes(8, "big", signed=True), path.encode())


# Pattern, paths that it allows, paths that it does not allow.
PATTERNS = [
    ("/a", ["/a"], ["/", "/a/", "/A", "/ab", "/a\n"]),
    ("/*", ["/", "/a", "/a/b\n", "/*"], ["", "a"]),
    ("/a*b", ["/ab", "/axb", "/a*b"], ["/a", "/b", "/abx"]),
    ("/aa*aa", ["/aaaa", "/aaxaa"], ["/aa", "/aaa"]),
    (r"/a\*b", ["/a*b"], ["/ab", "/axb", r"/a\*b"]),
    (r"/\a", [r"/\a"], ["/a"]),
    (r"/\\*", [r"/\*"], ["/", "/x", "/\\", r"/\\*"]),
    ("/.", ["/."], ["/a"]),
]


@pytest.mark.parametrize(("pattern", "allowed", "refused"), PATTERNS)
def test_paths_that_a_pattern_allows(pattern, allowed, refused):
    expression = rules.path_expression(pattern.encode())
    paths = allowed + refused
    assert [path for path in paths if expression.fullmatch(path.encode())] == allowed


@pytest.mark.parametrize("pattern", ["", "a", "*", "/*/*", "/**", r"/\**x*"])
def test_patterns_that_make_a_token_useless(pattern):
    assert rules.path_expression(pattern.encode()) is None


def sealed(plain):
    return FIRST.seal(pad(plain)).encode()


def token(path="/a", expires=NOW, pair=FIRST):
    return pair.token(path, expires).encode()


# By verdict: the tokens that get it.
VERDICTS = {
    "ALLOWED": [token(), token().upper(), token(pair=SECOND), token(expires=2**63 - 1)],
    "MISSING": [None],
    "MALFORMED": [b"", b"0", b"0x", token()[:-1], token() + b" "],
    "UNDECRYPTABLE": [
        b"00",
        b"00" * 16,
        token()[:-2],
        token(pair=FOREIGN),
        token("a"),
        token("/*/*"),
        FIRST.damaged("/a").encode(),
        FIRST.seal(fields(FAR, "/aa") + b"\0").encode(),
        # Too short for an expiry, with a correct CRC.
        sealed(bytes(4)),
        sealed(b""),
    ],
    "EXPIRED": [token(expires=NOW - 1), token(expires=-1), token("/b", NOW - 1)],
    "PATH_MISMATCH": [token("/b"), token("/a/"), token("/")],
}


@pytest.mark.parametrize("word", VERDICTS)
def test_verdicts(word):
    found = [rules.verdict([FIRST, SECOND], token, NOW, b"/a") for token in VERDICTS[word]]
    assert found == [word] * len(VERDICTS[word])


# An argument, cookies, and the verdict on the request.
REQUESTS = [
    (None, [], "MISSING"),
    (token(), [], "ALLOWED"),
    (None, [token()], "ALLOWED"),
    # The argument decides alone.
    (b"", [token()], "MALFORMED"),
    (token("/b"), [token()], "PATH_MISMATCH"),
    (token(), [b"x"], "ALLOWED"),
    # Any cookie allows, the last one refuses.
    (None, [token(), token("/b")], "ALLOWED"),
    (None, [token("/b"), token()], "ALLOWED"),
    (None, [b"x", token("/b")], "PATH_MISMATCH"),
    (None, [token("/b"), b"x"], "MALFORMED"),
    # One pair of double quotes around a cookie's value.
    (None, [b'"%s"' % token()], "ALLOWED"),
    (None, [b'""%s""' % token()], "MALFORMED"),
    (None, [b'"%s' % token()], "MALFORMED"),
    (None, [b'"'], "MALFORMED"),
    (b'"%s"' % token(), [], "MALFORMED"),
]


@pytest.mark.parametrize(("argument", "cookies", "word"), REQUESTS)
def test_verdicts_on_requests(argument, cookies, word):
    assert rules.request_verdict([FIRST], argument, cookies, NOW, b"/a") == word


# An argument, a token in a header, cookies, and the verdict without and with `fallback`.
HEADERS = [
    (None, token(), [], "ALLOWED", "ALLOWED"),
    (None, token(), [b"x"], "ALLOWED", "ALLOWED"),
    (token(), b"x", [], "ALLOWED", "ALLOWED"),
    (b"", token(), [], "MALFORMED", "ALLOWED"),
    (None, token("/b"), [token()], "PATH_MISMATCH", "ALLOWED"),
    (None, b"", [b"00", token("/b")], "MALFORMED", "MALFORMED"),
    (token("/b"), b"", [b"00"], "PATH_MISMATCH", "PATH_MISMATCH"),
]


@pytest.mark.parametrize(("argument", "header", "cookies", "word", "with_fallback"), HEADERS)
def test_verdicts_on_requests_with_a_header(argument, header, cookies, word, with_fallback):
    for fallback, expected in ((False, word), (True, with_fallback)):
        found = rules.request_verdict(
            [FIRST], argument, cookies, NOW, b"/a", fallback=fallback, header=header
        )
        assert found == expected


LINES = [
    # Lines, the token in X-PTA, the token in Authorization.
    ([], None, None),
    ([b"00"], b"00", None),
    ([b"\t 00 "], b"00", None),
    ([b""], b"", None),
    ([b"00", b"00"], b"", None),
    ([b"Bearer 00"], b"Bearer 00", b"00"),
    ([b"bearer \t00 "], b"bearer \t00", b"00"),
    ([b"Bearer"], b"Bearer", b""),
    ([b"Bearer00"], b"Bearer00", None),
    ([b"Basic 00"], b"Basic 00", None),
    ([b"Bearer 00", b"Bearer 00"], b"", b""),
]


@pytest.mark.parametrize(("lines", "token", "bearer"), LINES)
def test_tokens_in_headers(lines, token, bearer):
    assert rules.header_token(lines) == token
    assert rules.header_token(lines, is_authorization=True) == bearer


# The same with `fallback`.
FALLBACK_REQUESTS = [
    (None, [], "MISSING"),
    (token(), [], "ALLOWED"),
    (token(), [token("/b")], "ALLOWED"),
    (token("/b"), [token()], "ALLOWED"),
    (b"", [b"x", token(), b"x"], "ALLOWED"),
    # If none allows, the argument's verdict stands.
    (b"", [token("/b")], "MALFORMED"),
    (token("/b"), [b"x"], "PATH_MISMATCH"),
    (token("/b"), [], "PATH_MISMATCH"),
    (None, [b"x", token("/b")], "PATH_MISMATCH"),
]


@pytest.mark.parametrize(("argument", "cookies", "word"), FALLBACK_REQUESTS)
def test_verdicts_with_fallback(argument, cookies, word):
    assert rules.request_verdict([FIRST], argument, cookies, NOW, b"/a", fallback=True) == word


def test_a_seal_is_needed_or_not():
    key, other = bytes(32), bytes(range(32))
    unsealed, right = token(), sealed_token(token().decode(), key, ("a", "bc")).encode()
    bound = rules.Seals((key,), required=True, bind=("a", "bc"))
    cases = [
        (unsealed, rules.Seals((key,)), "ALLOWED"),
        (unsealed, bound, "MALFORMED"),
        (right, bound, "ALLOWED"),
        (right, rules.Seals((key,), required=True, bind=("ab", "c")), "UNDECRYPTABLE"),
        (right, rules.Seals((key,), required=True, bind=("a", "")), "UNDECRYPTABLE"),
        (right, rules.Seals((other,), required=True, bind=("a", "bc")), "UNDECRYPTABLE"),
        (right, rules.Seals((None,)), "UNDECRYPTABLE"),
        (right[:-1] + b"B", bound, "MALFORMED"),
    ]
    for text, seals, word in cases:
        assert rules.verdict([FIRST], text, NOW, b"/a", seals) == word
