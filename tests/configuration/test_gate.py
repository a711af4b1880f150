"""The values of pta_gate, and what must not stand beside it."""

import pytest

from configuration.keys import FIRST_PAIR


@pytest.mark.parametrize(
    "gate",
    [
        "pta_gate;",
        "pta_gate uri=/a;",
        "pta_gate uri=$http_x_forwarded_uri;",
        "pta_gate 'uri=$a b';",
    ],
)
def test_a_gate(configuration, gate):
    configuration.accepts(f"{FIRST_PAIR} set $a b; location = /_pta {{ {gate} }}")
    configuration.accepts(
        f"{FIRST_PAIR} set $a b; pta_enable on; pta_accel_redirect on; location /_pta {{"
        f" if ($arg_a) {{ set $a c; }} limit_except GET {{ deny all; }} {gate}"
        " location /_pta/nested { } }"
    )


@pytest.mark.parametrize("value", ["url=/a", "/a", "uri", "uri=", "URI=/a", "on", "off", ""])
def test_a_wrong_parameter(configuration, value):
    configuration.refuses(
        f"{FIRST_PAIR} location / {{\npta_gate '{value}'; # here\n}}",
        f'invalid parameter "{value}" in "pta_gate" directive, it must be "uri=string" in HERE',
    )


def test_an_unknown_variable(configuration):
    check = configuration.check(f"{FIRST_PAIR} location / {{ pta_gate uri=$unknown; }}")
    assert check.errors == ['unknown "unknown" variable']


@pytest.mark.parametrize(
    ("other", "name"),
    [
        ("pta_enable on;", "pta_enable"),
        ("pta_enable off;", "pta_enable"),
        ("if ($arg_a) { pta_enable on; }", "pta_enable"),
        ("limit_except GET { pta_enable on; }", "pta_enable"),
        ("limit_except GET { pta_enable off; }", "pta_enable"),
        ("pta_accel_redirect on;", "pta_accel_redirect"),
    ],
)
def test_incompatible_directives(configuration, other, name):
    for order in ("pta_gate; # above\n{} # here\n", "{} # here\npta_gate; # above\n"):
        configuration.refuses(
            f"{FIRST_PAIR}\nlocation / {{\n{order.format(other)}}}",
            f'"pta_gate" directive in ABOVE is incompatible with "{name}" in HERE',
        )


@pytest.mark.parametrize("other", ["proxy_pass http://127.0.0.1:1;", "empty_gif;", "stub_status;"])
def test_another_handler(configuration, other):
    error = '"pta_gate" directive is incompatible with another handler of the location in HERE'
    configuration.refuses(f"{FIRST_PAIR} location / {{ {other}\npta_gate; # here\n}}", error)
    configuration.refuses(f"{FIRST_PAIR} location / {{\npta_gate; # here\n{other} }}", error)


def test_another_handler_in_a_block(configuration):
    configuration.refuses(
        f"{FIRST_PAIR} location / {{\npta_gate; # here\n"
        "limit_except GET { proxy_pass http://127.0.0.1:1; } }",
        '"pta_gate" directive is incompatible with another handler of the location in HERE',
    )


def may_allow(statuses):
    return (
        f'"error_page {statuses} =" of the server may allow requests that nginx refuses before it '
        'chooses the location of "pta_gate" in HERE'
    )


@pytest.mark.parametrize(
    ("pages", "statuses"),
    [
        ("error_page 400 =200 /x;", "400"),
        ("error_page 400 =299 /x;", "400"),
        ("error_page 400 403 494 = /x;", "400 494"),
        ("error_page 405 414 421 =204 @x; error_page 495 496 497 501 505 = @x;",
         "405 414 421 495 496 497 501 505"),
    ],
)  # fmt: skip
def test_error_pages_that_may_allow(configuration, pages, statuses):
    blocks = "if ($arg_a) { set $a b; }\nlimit_except GET { deny all; }"
    gate = f"location = /_pta {{\npta_gate uri=$arg_u; # here\n{blocks} }}"
    configuration.accepts(f"{FIRST_PAIR} {gate} {pages}", may_allow(statuses))
    server = f"server {{ listen unix:ROOT/socket; {FIRST_PAIR} location / {{ {gate} }} }}"
    configuration.accepts(None, may_allow(statuses), http=f"{pages} {server}")


@pytest.mark.parametrize(
    ("pages", "location"),
    [
        ("error_page 400 494 /x; error_page 405 =302 /x; error_page 414 =403 /x;", ""),
        ("error_page 401 403 404 410 413 500 503 =200 /x;", ""),
        ("error_page 400 =200 /x;", "internal;"),
        ("", "error_page 400 494 =200 /x;"),
    ],
)
def test_error_pages_that_allow_nothing(configuration, pages, location):
    configuration.accepts(f"{FIRST_PAIR} {pages} location = /_pta {{ {location} pta_gate; }}")


def test_error_pages_of_another_server(configuration):
    other = "server { listen unix:ROOT/other; error_page 400 =200 /x; }"
    gate = f"server {{ listen unix:ROOT/socket; {FIRST_PAIR} location = /_pta {{ pta_gate; }} }}"
    configuration.accepts(http=f"{other} {gate} ")
