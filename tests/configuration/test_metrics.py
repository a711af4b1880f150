"""Errors of pta_metrics_zone, pta_metrics_label and pta_metrics."""

import mmap

import pytest

from harness.tokens import Pair

LABEL_RULE = 'it must consist of up to 64 letters, digits, "-", ".", ":" and "_", without variables'


@pytest.mark.parametrize(
    "label", ["films", "a", "a-b.c:d_e", "A0", "x" * 64, "off", "OFF", "office"]
)
def test_labels(configuration, label):
    configuration.accepts(
        http=f"""
            pta_metrics_zone m:64k;
            server {{ listen unix:ROOT/socket; location / {{ pta_metrics_label {label}; }} }}
        """
    )


@pytest.mark.parametrize("label", ["$host", "a$x", "${uri}", "", "a b", "a/b", "é", "x" * 65, "a*"])
def test_wrong_labels(configuration, label):
    configuration.refuses(
        f"pta_metrics_label '{label}'; # here",
        f'invalid value "{label}" in "pta_metrics_label" directive, {LABEL_RULE} in HERE',
    )


SIZE = "the size must be a number of bytes, as in 64k or 1m"
SMALL = f"the size must be at least {8 * mmap.PAGESIZE // 1024}k"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("m", "it must be name:size"),
        (":64k", "it must be name:size"),
        ("", "it must be name:size"),
        ("m:", SIZE),
        ("m:a", SIZE),
        ("m:-1", SIZE),
        ("m:64x", SIZE),
        ("m:1:64k", SIZE),
        ("m:0", SMALL),
        ("m:1k", SMALL),
        (f"m:{8 * mmap.PAGESIZE - 1}", SMALL),
    ],
)
def test_wrong_zones(configuration, value, reason):
    configuration.refuses(
        http=f"pta_metrics_zone '{value}'; # here\n",
        error=f'invalid value "{value}" in "pta_metrics_zone" directive, {reason} in HERE',
    )


def test_the_smallest_zone(configuration):
    configuration.accepts(http=f"pta_metrics_zone m:{8 * mmap.PAGESIZE};")


def test_a_second_zone(configuration):
    configuration.refuses(
        http="pta_metrics_zone a:64k;\npta_metrics_zone b:64k; # here\n",
        error='"pta_metrics_zone" directive is duplicate in HERE',
    )


OTHER_ZONES = [
    "limit_conn_zone $host zone=m:64k;",
    "limit_req_zone $host zone=m:64k rate=1r/s;",
    "pta_once_zone m:64k;",
]


@pytest.mark.parametrize("other", OTHER_ZONES)
@pytest.mark.parametrize("is_first", [False, True])
def test_the_zone_of_another_use(configuration, other, is_first):
    lines = [other, "pta_metrics_zone m:64k;"]
    first, second = lines[::-1] if is_first else lines
    configuration.refuses(
        http=f"{first}\n{second} # here\n",
        error='the shared memory zone "m" is already declared for a different use in HERE',
    )


def test_a_zone_that_is_not_of_pta_once(configuration):
    configuration.refuses(
        http=f"""
            pta_metrics_zone m:64k;
            server {{
                listen unix:ROOT/socket;
                {Pair().directives()}
                location / {{ pta_enable on;
                pta_once zone=m; # here
                }}
            }}
        """,
        error='no "pta_once_zone" "m" is defined for the "pta_once" directive in HERE',
    )


@pytest.mark.parametrize("level", ["http", "server", "location"])
def test_a_label_without_a_zone(configuration, level):
    line = "pta_metrics_label a; # here\n"
    at = {level: line}
    configuration.refuses(
        http=f"""
            {at.get("http", "")}
            server {{
                listen unix:ROOT/socket;
                {at.get("server", "")}
                location / {{ {at.get("location", "")} }}
                location /later/ {{ pta_metrics_label b; }}
            }}
        """,
        error='no "pta_metrics_zone" is defined in the http block'
        ' for the "pta_metrics_label" directive in HERE',
    )


def test_no_label_needs_no_zone(configuration):
    configuration.accepts("pta_metrics_label off;")


def test_a_page_without_a_zone(configuration):
    configuration.refuses(
        "location = /metrics {\npta_metrics; # here\n}",
        'no "pta_metrics_zone" is defined in the http block'
        ' for the "pta_metrics" directive in HERE',
    )


def test_a_zone_behind_what_uses_it(configuration):
    configuration.accepts(
        http="server { listen unix:ROOT/socket; pta_metrics_label a;"
        " location = /m { pta_metrics; } } pta_metrics_zone m:64k;"
    )


def full(count, last=""):
    """An http block with so many labels in the smallest zone."""
    locations = "".join(f"location /{n}/ {{ pta_metrics_label l{n:04}; }}\n" for n in range(count))
    return f"""
        pta_metrics_zone m:{8 * mmap.PAGESIZE};
        server {{
            listen unix:ROOT/socket;
            {locations}
            location /last/ {{
                {last}
            }}
        }}
    """


def test_a_label_that_does_not_fit(configuration):
    check = configuration.check(http=full(500))
    assert not check.is_accepted
    [error] = check.errors
    start, _, rest = error.partition(", which holds ")
    held = int(rest.partition(" ")[0])
    assert 24 <= held <= 56
    assert start == (f'no room for the label "l{held:04}" of "pta_metrics_label" in zone "m"')
    assert rest.startswith(f"{held} labels, 0 of them unused: make the zone larger in ")
    # So many fit, and one more does not.
    configuration.accepts(http=full(held))
    configuration.refuses(
        http=full(held, "pta_metrics_label z; # here"),
        error=f'no room for the label "z" of "pta_metrics_label" in zone "m", which holds {held}'
        " labels, 0 of them unused: make the zone larger in HERE",
    )
    # A label that is already there takes no more room.
    configuration.accepts(http=full(held, "pta_metrics_label l0000;"))
