"""pta_once and pta_once_zone: their parameters, and what nginx -t refuses."""

import mmap

import pytest

from configuration.keys import FIRST_PAIR, SEAL_KEY

SEAL = f"pta_1st_seal {SEAL_KEY};"
WARNING = (
    '"pta_once" directive without a seal key: unsealed tokens can be changed so that they are'
    " accepted again in HERE"
)
EXPECTED = 'it must be "zone=name", "methods=method,...", "release=error" or "off"'
NAME = 'it must consist of up to 64 letters, digits, "-", ".", ":" and "_"'


def http(server, zones="pta_once_zone z:64k;"):
    return f"{zones}\nserver {{\nlisten unix:ROOT/socket;\n{FIRST_PAIR}\n{server}\n}}\n"


@pytest.mark.parametrize(
    "value",
    [
        "zone=z",
        "off",
        "OFF",
        "zone=z release=error",
        "methods=PUT zone=z",
        "zone=z methods=get,HEAD,POST,Put,DELETE,MKCOL,COPY,MOVE,OPTIONS",
        "zone=z methods=PROPFIND,PROPPATCH,LOCK,UNLOCK,PATCH",
    ],
)
def test_valid(configuration, value):
    configuration.accepts(
        http=http(f"{SEAL} pta_require_seal on; pta_once {value}; location / {{ pta_enable on; }}")
    )


@pytest.mark.parametrize(
    ("value", "parameter", "reason"),
    [
        *[
            (word, word, EXPECTED)
            for word in ["x", "zone", "ZONE=z", "release=on", "release=", "on"]
        ],
        ("zone=", "zone=", 'it must be "zone=name"'),
        ("zone=z off", "off", "it must be alone"),
        ("off off", "off", "it must be alone"),
        *[
            (f"zone=z {words}", words, f'"{word}" is not a method that nginx knows')
            for words, word in [
                ("methods=", ""),
                ("methods=PUT,", ""),
                ("methods=REPORT", "REPORT"),
                ("methods=PUT,,GET", ""),
                ("methods=PUT,X", "X"),
            ]
        ],
        ("zone=z methods=PUT,put", "methods=PUT,put", '"put" is listed twice'),
    ],
)  # fmt: skip
def test_an_invalid_parameter(configuration, value, parameter, reason):
    configuration.refuses(
        f"pta_once {value}; # here",
        f'invalid parameter "{parameter}" in "pta_once" directive, {reason} in HERE',
    )


@pytest.mark.parametrize("parameter", ["zone=y", "methods=PUT", "release=error"])
def test_a_parameter_twice(configuration, parameter):
    given = "zone=z" if parameter.startswith("zone") else f"zone=z {parameter}"
    configuration.refuses(
        f"pta_once {given} {parameter}; # here",
        f'duplicate parameter "{parameter}" in "pta_once" directive in HERE',
    )


@pytest.mark.parametrize("value", ["methods=PUT", "release=error", "release=error methods=PUT"])
def test_without_a_zone(configuration, value):
    configuration.refuses(
        f"pta_once {value}; # here", '"pta_once" directive needs "zone=name" in HERE'
    )


@pytest.mark.parametrize("enable", ["", "pta_enable on;"])
def test_an_unknown_zone(configuration, enable):
    seal = f"{SEAL} pta_require_seal on;"
    configuration.refuses(
        http=http(f"{seal} location / {{ {enable}\npta_once zone=y; # here\n}}"),
        error='no "pta_once_zone" "y" is defined for the "pta_once" directive in HERE',
    )


def test_a_zone_may_be_defined_later_and_for_nobody(configuration):
    server = f"{SEAL} pta_require_seal on; pta_once zone=z; location / {{ pta_enable on; }}"
    configuration.accepts(http=http(server, "") + "pta_once_zone z:64k; pta_once_zone y:1m;")


def test_unsealed_tokens_cause_a_warning(configuration):
    server = "pta_once zone=z; # here\nlocation / { pta_enable on; } location /a { pta_enable on; }"
    configuration.accepts(None, WARNING, http=http(server))


@pytest.mark.parametrize("require", ["pta_require_seal off;"])
def test_a_seal_key_needs_require_seal(configuration, require):
    configuration.refuses(
        http=http(f"{SEAL} {require}\npta_once zone=z; # here\nlocation / {{ pta_enable on; }}"),
        error='"pta_once" directive needs "pta_require_seal on", because a seal key is set in HERE',
    )


def test_the_rewrite_phase_is_too_early(configuration):
    seal = f"{SEAL} pta_require_seal on; pta_phase rewrite;"
    error = '"pta_once" directive is incompatible with "pta_phase rewrite" in HERE'
    location = "location / { pta_enable on; }"
    configuration.refuses(http=http(f"{seal}\npta_once zone=z; # here\n{location}"), error=error)
    # Nobody is checked there, or tokens may be used often.
    configuration.accepts(http=http(f"{seal}\npta_once zone=z; location / {{ pta_enable off; }}"))
    configuration.accepts(
        http=http(f"{seal}\npta_once zone=z; location / {{ pta_once off; pta_enable on; }}")
    )


@pytest.mark.parametrize("name", ["a b", "a/b", "ä", "$x", "x" * 65])
def test_a_wrong_name(configuration, name):
    configuration.refuses(
        http=f"pta_once_zone '{name}:64k'; # here\n",
        error=f'invalid zone name "{name}" in "pta_once_zone" directive, {NAME} in HERE',
    )


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("z", "it must be name:size"),
        ("z:", "the size must be a number of bytes, as in 64k or 1m"),
        (f"z:{8 * mmap.PAGESIZE - 1}", f"the size must be at least {8 * mmap.PAGESIZE // 1024}k"),
    ],
)
def test_a_wrong_size(configuration, value, reason):
    configuration.refuses(
        http=f"pta_once_zone {value}; # here\n",
        error=f'invalid value "{value}" in "pta_once_zone" directive, {reason} in HERE',
    )


def test_the_smallest_zone(configuration):
    configuration.accepts(http=f"pta_once_zone {'z' * 64}:{8 * mmap.PAGESIZE};")


def test_the_zone_of_another_module(configuration):
    configuration.refuses(
        http="limit_conn_zone $host zone=z:64k;\npta_once_zone z:64k; # here\n",
        error='the shared memory zone "z" is already declared for a different use in HERE',
    )


def test_a_gate_uses_nothing(configuration):
    sealed = f"{SEAL} pta_require_seal on;"
    configuration.refuses(
        http=http(f"{sealed} location / {{\npta_gate; # above\npta_once zone=z; # here\n}}"),
        error='"pta_gate" directive in ABOVE is incompatible with "pta_once" in HERE',
    )
    # An inherited one does not apply.
    configuration.accepts(http=http(f"{sealed} pta_once zone=z; location / {{ pta_gate; }}"))
    configuration.accepts(http=http("location / { pta_gate; pta_once off; }"))
