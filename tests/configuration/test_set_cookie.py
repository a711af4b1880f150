"""pta_set_cookie: its parameters, and what nginx -t refuses."""

import pytest

from configuration.keys import FIRST_PAIR

PARAMETERS = (
    '"on", "off", "domain=name", "path=/p", "samesite=strict|lax|none", "secure", "nosecure",'
    ' "httponly", "nohttponly", "partitioned" or "redirect"'
)
DOMAIN = "the domain must be a host name"
PATH = 'the path must begin with "/", and have no ";", ",", blanks or bytes outside ASCII'


@pytest.mark.parametrize(
    "value",
    [
        "on",
        "OFF",
        "secure",
        "nosecure nohttponly",
        "domain=example.com path=/v/ samesite=strict secure httponly",
        "SameSite=None Secure Partitioned",
        "samesite=none secure",
        "samesite=LAX",
        "path=/!~",
    ],
)
def test_valid(configuration, value):
    configuration.accepts(f"{FIRST_PAIR} pta_set_cookie {value}; location / {{ pta_enable on; }}")


@pytest.mark.parametrize(
    ("value", "parameter", "reason"),
    [
        *[
            (value, value, f"it must be {PARAMETERS}")
            for value in ["x", "", "secure=1", "on=1", "domain", "path", "samesite", "max-age=1"]
        ],
        ("secure x", "x", f"it must be {PARAMETERS}"),
        ("on secure", "on", "it must be alone"),
        ("secure off", "off", "it must be alone"),
        ("on on", "on", "it must be alone"),
        *[
            (f"domain={name}", f"domain={name}", DOMAIN)
            for name in ["", ".example.com", "a..b", "-a", "a_b", "a/b", "a:80"]
        ],
        *[(f"path={path}", f"path={path}", PATH) for path in ["", "v", "/a b", "/a,b", "/é"]],
        ("path=/a;b", "path=/a;b", PATH),
        ("samesite=x", "samesite=x", 'it must be "strict", "lax" or "none"'),
        ("samesite=", "samesite=", 'it must be "strict", "lax" or "none"'),
    ],
)
def test_an_invalid_parameter(configuration, value, parameter, reason):
    words = " ".join(f"'{word}'" for word in ([value] if "=" in value else value.split() or [""]))
    configuration.refuses(
        f"pta_set_cookie {words}; # here",
        f'invalid parameter "{parameter}" in "pta_set_cookie" directive, {reason} in HERE',
    )


@pytest.mark.parametrize(
    "value",
    [
        "secure secure",
        "secure nosecure",
        "httponly nohttponly",
        "redirect redirect",
        "partitioned partitioned",
        "domain=a domain=b",
        "path=/a path=/b",
        "samesite=lax samesite=strict",
    ],
)
def test_a_doubled_parameter(configuration, value):
    configuration.refuses(
        f"pta_set_cookie {value}; # here",
        f'duplicate parameter "{value.split()[1]}" in "pta_set_cookie" directive in HERE',
    )


@pytest.mark.parametrize(
    ("value", "parameter", "other"),
    [
        ("samesite=none", "samesite=none", "secure"),
        ("samesite=none nosecure", "samesite=none", "secure"),
        ("partitioned", "partitioned", "secure"),
        ("partitioned samesite=none", "partitioned", "secure"),
        ("partitioned secure", "partitioned", "samesite=none"),
        ("partitioned secure samesite=lax", "partitioned", "samesite=none"),
    ],
)
def test_what_browsers_would_drop(configuration, value, parameter, other):
    configuration.refuses(
        f"pta_set_cookie {value}; # here",
        f'"{parameter}" needs "{other}" in "pta_set_cookie" directive in HERE',
    )


NO_COOKIE = '"redirect" in "pta_set_cookie" directive needs "cookie" in "pta_auth_method" in HERE'
ACCEL = (
    '"redirect" in "pta_set_cookie" directive is incompatible with "pta_accel_redirect on" in HERE'
)


@pytest.mark.parametrize(
    ("server", "error"),
    [
        ("location / { pta_enable on;\npta_set_cookie redirect; # here\n}", NO_COOKIE),
        ("pta_set_cookie redirect; # here\nlocation / { pta_enable on; }", NO_COOKIE),
        (
            "pta_auth_method qs cookie;\npta_set_cookie redirect; # here\n"
            "location / { pta_auth_method qs; pta_enable on; }",
            NO_COOKIE,
        ),
        (
            "location / { if ($arg_a) { pta_enable on; }\npta_set_cookie redirect; # here\n}",
            NO_COOKIE,
        ),
        (
            "pta_auth_method qs cookie; location = /a { pta_enable on; pta_accel_redirect on;\n"
            "pta_set_cookie redirect; # here\n}",
            ACCEL,
        ),
    ],
    ids=["location", "inherited", "method", "if", "accel"],
)
def test_a_redirect_that_leads_nowhere(configuration, server, error):
    configuration.refuses(f"{FIRST_PAIR}\n{server}", error)


def test_a_redirect_that_is_not_used(configuration):
    """An open location has no token to hand over."""
    configuration.accepts(
        f"{FIRST_PAIR} pta_set_cookie redirect; location /open/ {{ }}"
        " location /off/ { pta_enable on; pta_set_cookie off; }"
        " location /cookie/ { pta_enable on; pta_auth_method qs cookie; }"
    )
