"""Directives that need keys. If keys are missing, the message names the directive and the place."""

import pytest

from configuration.keys import FIRST_PAIR, IV, KEY, SECOND_PAIR
from harness.clients import http1

NO_PAIR = (
    'no key pair is defined (run "pta keygen", then set "pta_1st_pair",'
    ' or "pta_1st_key" and "pta_1st_iv") for the "{}" directive in HERE'
)
PTA_ENABLE, PTA_ISSUE = NO_PAIR.format("pta_enable"), NO_PAIR.format("pta_issue")


@pytest.mark.parametrize(
    ("server", "error"),
    [
        ("location / {\npta_enable on; # here\n}", PTA_ENABLE),
        ("location / { if ($arg_a) {\npta_enable on; # here\n} }", PTA_ENABLE),
        ("location / { limit_except GET {\npta_enable on; # here\n} }", PTA_ENABLE),
        ("location / {\npta_gate; # here\n}", NO_PAIR.format("pta_gate")),
        ("location / {\npta_issue /a 1h; # here\n}", PTA_ISSUE),
        # pta_issue makes tokens with the 1st pair only.
        (f"{SECOND_PAIR}\npta_issue /a 1h; # here\n", PTA_ISSUE),
        # Keys of a location below do not count.
        (f"pta_enable on; # here\nlocation / {{ {FIRST_PAIR} }}", PTA_ENABLE),
    ],
)
def test_no_pair(configuration, server, error):
    configuration.refuses(server, error)


def test_an_inherited_pta_enable_is_named_where_it_stands(configuration):
    server = "server { listen unix:ROOT/socket; location / { } }"
    configuration.refuses(http=f"pta_enable on; # here\n{server}", error=PTA_ENABLE)


@pytest.mark.parametrize("needs", ["pta_enable on", "pta_issue /a 1h"])
@pytest.mark.parametrize(
    ("given", "missing"), [("pta_1st_key", "pta_1st_iv"), ("pta_1st_iv", "pta_1st_key")]
)
def test_half_of_the_1st_pair(configuration, needs, given, missing):
    configuration.refuses(
        f"{SECOND_PAIR} {given} {KEY}; location / {{ {needs}; }} # here",
        f'no "{missing}" is defined for the "{given}" in HERE'
        f' for the "{needs.split()[0]}" directive in HERE',
    )


@pytest.mark.parametrize(
    ("server", "missing", "given"),
    [
        (f"pta_1st_key {KEY}; # above\nlocation / {{\npta_enable on; # here\n}}",
         "pta_1st_iv", "pta_1st_key"),
        (f"location / {{ {FIRST_PAIR}\npta_2nd_iv {IV}; # above\npta_enable on; # here\n}}",
         "pta_2nd_key", "pta_2nd_iv"),
        # Halves of two pairs are no pair.
        (f"location / {{ pta_1st_key {KEY}; # above\npta_2nd_iv {IV};\npta_enable on; # here\n}}",
         "pta_1st_iv", "pta_1st_key"),
    ],
)  # fmt: skip
def test_half_a_pair_names_both_places(configuration, server, missing, given):
    configuration.refuses(
        server,
        f'no "{missing}" is defined for the "{given}" in ABOVE'
        ' for the "pta_enable" directive in HERE',
    )


def test_a_pair_does_not_make_up_for_half_of_the_other(configuration):
    configuration.write("pair", f"{KEY}\n{IV}\n")
    configuration.write("key", KEY)
    configuration.refuses(
        http="""
            pta_1st_pair file:ROOT/pair;
            server {
                listen unix:ROOT/socket;
                location / {
                    pta_enable on; # here
                    pta_2nd_key file:ROOT/key; # above
                }
            }
        """,
        error='no "pta_2nd_iv" is defined for the "pta_2nd_key" in ABOVE'
        ' for the "pta_enable" directive in HERE',
    )


# Configurations that are accepted and work.
FILES = {"a": "a", "off/a": "a"}


def test_half_a_pair_without_pta_enable(site, pair):
    """Half a pair is valid if PTA is off. Keys may follow pta_enable."""
    running = site(
        f"""
        server {{
            listen 127.0.0.1:@port@;
            pta_1st_key {pair.key.hex()};
            location /off/ {{ pta_enable off; }}
            location / {{
                pta_enable on;
                pta_1st_iv {pair.iv.hex()};
            }}
        }}
        """,
        files=FILES,
    )
    assert http1.get(running.port(), f"/a?pta={pair.token('/a')}").status == 200
    assert http1.get(running.port(), "/a").status == 400


def test_on_and_off_in_either_case(site, pair):
    running = site(
        f"""
        server {{
            listen 127.0.0.1:@port@;
            {pair.directives()}
            location / {{ pta_enable ON; }}
            location /off/ {{ pta_enable Off; }}
        }}
        """,
        files=FILES,
    )
    assert http1.get(running.port(), "/a").status == 400
    assert http1.get(running.port(), "/off/a").status == 200


def test_a_module_that_is_loaded_and_not_used(site):
    running = site("server { listen 127.0.0.1:@port@; }", files=FILES)
    assert http1.get(running.port(), "/a?pta=zz").body == b"a"
