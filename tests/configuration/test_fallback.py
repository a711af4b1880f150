"""The word "fallback" of pta_auth_method."""

import pytest

from configuration.keys import FIRST_PAIR

NEEDS = '"fallback" in "pta_auth_method" directive needs two of "qs", "header" and "cookie"'


@pytest.mark.parametrize(
    "lines",
    [
        "pta_auth_method qs cookie fallback;",
        "pta_auth_method FallBack COOKIE qs;",
        "pta_auth_method qs header fallback;",
        "pta_auth_method header cookie fallback;",
        "pta_auth_method qs header cookie fallback;",
        "pta_auth_method fallback; pta_auth_method qs cookie;",
        "pta_auth_method qs; pta_auth_method fallback; pta_auth_method cookie;",
    ],
)
def test_with_both_methods(configuration, lines):
    configuration.accepts(lines)
    configuration.accepts(f"{FIRST_PAIR} location / {{ pta_enable on; {lines} }}")


@pytest.mark.parametrize(
    "words",
    ["fallback", "qs fallback", "cookie fallback", "fallback qs", "FALLBACK cookie",
     "header fallback"],
)  # fmt: skip
@pytest.mark.parametrize("enable", ["", "pta_enable on;"])
def test_without_both_methods(configuration, words, enable):
    configuration.refuses(
        f"{FIRST_PAIR} location / {{ {enable}\npta_auth_method {words}; # here\n}}",
        f"{NEEDS} in HERE",
    )


def test_the_other_methods_are_not_inherited(configuration):
    configuration.refuses(
        "pta_auth_method qs cookie; location / {\npta_auth_method fallback; # here\n}",
        f"{NEEDS} in HERE",
    )
    configuration.refuses(
        "pta_auth_method qs cookie fallback; location / {\npta_auth_method qs fallback; # here\n}",
        f"{NEEDS} in HERE",
    )


def test_the_first_line_with_the_word_is_named(configuration):
    configuration.refuses(
        "pta_auth_method qs;\npta_auth_method fallback; # here\npta_auth_method fallback qs;",
        f"{NEEDS} in HERE",
    )


def test_a_place_below_may_do_without(configuration):
    configuration.accepts(
        "pta_auth_method qs cookie fallback;"
        " location /a { pta_auth_method qs; } location /b { pta_auth_method qs cookie; }"
    )
