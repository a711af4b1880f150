"""Checks of every directive: its contexts, duplicates, and the values that it takes."""

import pytest

from configuration.keys import FIRST_PAIR
from harness import project

KEY = "00112233445566778899aabbccddeeff"

# A valid value of each directive.
VALUES = {
    "pta_1st_key": KEY,
    "pta_1st_iv": KEY,
    "pta_2nd_key": KEY,
    "pta_2nd_iv": KEY,
    "pta_1st_pair": "file:ROOT/pair",
    "pta_1st_seal": KEY * 2,
    "pta_2nd_seal": KEY * 2,
    "pta_2nd_pair": "file:ROOT/pair",
    "pta_accel_redirect": "off",
    "pta_auth_method": "qs",
    "pta_bind": "$remote_addr",
    "pta_cache_control": "off",
    "pta_dry_run": "on",
    "pta_enable": "off",
    "pta_gate": "uri=/a",
    "pta_header": "X-Token",
    "pta_issue": "/a 1h",
    "pta_leeway": "5s",
    "pta_log_level": "warn",
    "pta_mask": "off",
    "pta_metrics": "json",
    "pta_metrics_label": "off",
    "pta_metrics_zone": "m:64k",
    "pta_name": "st",
    "pta_once": "off",
    "pta_once_zone": "z:64k",
    "pta_phase": "rewrite",
    "pta_playlist": "forward",
    "pta_playlist_hosts": "cdn.example.com",
    "pta_playlist_max_size": "1m",
    "pta_playlist_skip": "keys",
    "pta_refuse_status": "403",
    "pta_require_seal": "on",
    "pta_set_cookie": "on",
    "pta_strip": "on",
}

ON_OFF = '"on" or "off"'

# The words that a directive takes, as its messages list them.
WORDS = {
    "pta_accel_redirect": ON_OFF,
    "pta_auth_method": '"qs", "header", "cookie" or "fallback"',
    "pta_cache_control": '"on", "off" or "private"',
    "pta_dry_run": ON_OFF,
    "pta_enable": ON_OFF,
    "pta_log_level": '"info", "notice", "warn" or "error"',
    "pta_mask": ON_OFF,
    "pta_metrics": '"prometheus", "json" or "html"',
    "pta_phase": '"access" or "rewrite"',
    "pta_playlist": '"off", "forward" or "issue"',
    "pta_require_seal": ON_OFF,
    "pta_strip": ON_OFF,
}

# The http block around a line of each of these. All others are valid in a server block.
CONTEXTS = {
    "pta_gate": f"server {{ {FIRST_PAIR} location / {{\n%s\n}} }}",
    "pta_metrics": "pta_metrics_zone m:64k; server { location / {\n%s\n} }",
    "pta_metrics_zone": "%s\n",
    "pta_once_zone": "%s\n",
}
# These may have no value.
MAY_BE_ALONE = {"pta_gate", "pta_metrics"}


def refuses(configuration, directive, lines, error):
    """nginx refuses the lines with the directive, in a context where it is valid."""
    if directive in CONTEXTS:
        configuration.refuses(http=CONTEXTS[directive] % lines, error=error)
    else:
        configuration.refuses(lines, error)


@pytest.fixture
def with_pair(configuration):
    configuration.write("pair", f"{KEY}\n{KEY[::-1]}\n")
    return configuration


def test_the_table_has_every_directive():
    assert sorted(VALUES) == project.directives()


# pta_auth_method adds up its words, as nginx's own directives with several words do.
@pytest.mark.parametrize("directive", [name for name in VALUES if name != "pta_auth_method"])
def test_twice(with_pair, directive):
    line = f"{directive} {VALUES[directive]};"
    error = f'"{directive}" directive is duplicate in HERE'
    refuses(with_pair, directive, f"{line}\n{line} # here", error)


@pytest.mark.parametrize("directive", [name for name in VALUES if name not in MAY_BE_ALONE])
def test_no_value(configuration, directive):
    error = f'invalid number of arguments in "{directive}" directive in HERE'
    refuses(configuration, directive, f"{directive}; # here", error)


@pytest.mark.parametrize("directive", CONTEXTS)
def test_in_a_server_block(configuration, directive):
    configuration.refuses(
        f"{directive} {VALUES[directive]}; # here",
        f'"{directive}" directive is not allowed here in HERE',
    )


# Only pta_enable may stand in an if block.
@pytest.mark.parametrize("directive", [name for name in VALUES if name != "pta_enable"])
def test_in_an_if_block(with_pair, directive):
    with_pair.refuses(
        f"location / {{ if ($arg_a) {{\n{directive} {VALUES[directive]}; # here\n}} }}",
        f'"{directive}" directive is not allowed here in HERE',
    )


# Only pta_enable may stand in limit_except.
@pytest.mark.parametrize("directive", [name for name in VALUES if name != "pta_enable"])
def test_in_limit_except(with_pair, directive):
    with_pair.refuses(
        f"location / {{ limit_except GET {{\n{directive} {VALUES[directive]}; # here\n}} }}",
        f'"{directive}" directive is not allowed here in HERE',
    )


def test_pta_enable_in_limit_except(configuration):
    configuration.accepts(f"{FIRST_PAIR} location / {{ limit_except GET {{ pta_enable on; }} }}")
    configuration.accepts("location / { limit_except GET { pta_enable off; } }")
    configuration.refuses(
        f"{FIRST_PAIR} location / {{ limit_except GET {{ pta_enable on;\n"
        "pta_enable off; # here\n} }",
        '"pta_enable" directive is duplicate in HERE',
    )


def test_pta_accel_redirect_is_used_in_limit_except(configuration):
    configuration.accepts(
        f"{FIRST_PAIR} location / {{ pta_accel_redirect on; "
        "limit_except GET { pta_enable on; } }"
    )


@pytest.mark.parametrize("directive", [name for name in WORDS if WORDS[name] == ON_OFF])
def test_twice_with_other_words(configuration, directive):
    configuration.refuses(
        f"{directive} off;\n{directive} on; # here",
        f'"{directive}" directive is duplicate in HERE',
    )


WRONG_WORDS = ["x", "yes", "maybe", "qs,cookie", "onn", "o", "1", "debug", "access,rewrite",
               "info|warn", "public", ""]  # fmt: skip


@pytest.mark.parametrize("value", WRONG_WORDS)
@pytest.mark.parametrize("directive", WORDS)
def test_a_wrong_word(configuration, directive, value):
    error = f'invalid value "{value}" in "{directive}" directive, it must be {WORDS[directive]}'
    refuses(configuration, directive, f"{directive} '{value}'; # here", f"{error} in HERE")


def test_a_wrong_second_word(configuration):
    configuration.refuses(
        "pta_auth_method qs body; # here",
        'invalid value "body" in "pta_auth_method" directive,'
        ' it must be "qs", "header", "cookie" or "fallback" in HERE',
    )


@pytest.mark.parametrize(
    "server",
    [
        "pta_strip ON; pta_auth_method QS Cookie HEADER; pta_log_level Notice; pta_phase REWRITE;",
        "pta_mask Off; pta_dry_run oN; pta_accel_redirect OFF; pta_cache_control Private;",
    ],
)
def test_words_in_either_case(configuration, server):
    """As in nginx's own enumerations."""
    configuration.accepts(server)


@pytest.mark.parametrize("value", ["soon", "-1", "1z", "9999999999s", "137y", "500ms", "1.5"])
def test_a_wrong_leeway(configuration, value):
    configuration.refuses(
        f"pta_leeway {value}; # here",
        f'invalid value "{value}" in "pta_leeway" directive, it must be a time in whole seconds, '
        "up to 136y in HERE",
    )


@pytest.mark.parametrize("value", ["a=b", "a b", "a&b", "%70ta", "", "é"])
def test_a_wrong_name(configuration, value):
    configuration.refuses(
        f"pta_name '{value}'; # here",
        f'invalid value "{value}" in "pta_name" directive,'
        ' it must consist of letters, digits, "-", ".", "_" and "~" in HERE',
    )
