"""The values of pta_header."""

import pytest


@pytest.mark.parametrize("value", ["X-Token", "authorization", "X", "1", "-", "x-host", "Cookie2"])
def test_a_name(configuration, value):
    configuration.accepts(f"pta_header {value};")


@pytest.mark.parametrize("value", ["", "X_Token", "X Token", "X-Token:", "X.Token", "Tökén", "$x"])
def test_wrong_characters(configuration, value):
    configuration.refuses(
        f"pta_header '{value}'; # here",
        f'invalid value "{value}" in "pta_header" directive,'
        ' it must consist of letters, digits and "-" in HERE',
    )


@pytest.mark.parametrize(
    "value",
    ["Host", "COOKIE", "connection", "Content-Length", "content-type", "Content-X", "Range",
     "Transfer-Encoding", "If-Range", "if-none-match", "If-Anything", "Expect", "Upgrade", "TE",
     "te", "User-Agent", "Destination", "X-Forwarded-For"],
)  # fmt: skip
def test_headers_with_another_meaning(configuration, value):
    configuration.refuses(
        f"pta_header {value}; # here",
        f'invalid value "{value}" in "pta_header" directive,'
        " that header has another meaning in HERE",
    )
