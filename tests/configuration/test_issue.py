"""The values of pta_issue."""

import pytest

from configuration.keys import FIRST_PAIR, KEY


@pytest.mark.parametrize(
    "path",
    ["", "x", "video/$uri", "*", "*.mp4", r"\*x", " /x", "?x", "https://example.org/x", "é"],
)
def test_a_path_that_cannot_be_signed(configuration, path):
    configuration.refuses(
        f"{FIRST_PAIR}\npta_issue '{path}' 1h; # here",
        f'invalid path "{path}" in "pta_issue" directive, it must begin with "/" in HERE',
    )


def test_two_wildcards(configuration):
    configuration.refuses(
        "pta_issue /*/* 1h; # here",
        'invalid path "/*/*" in "pta_issue" directive, it has more than one wildcard "*" in HERE',
    )


@pytest.mark.parametrize("path", ["/", "/*", "/x", "/$uri", "$uri", "$uri*", "${uri}/x", r"/\*"])
def test_a_path(configuration, path):
    configuration.accepts(f"{FIRST_PAIR}\npta_issue {path} 1h;")


@pytest.mark.parametrize("lifetime", ["1s", "136y"])
def test_a_lifetime(configuration, lifetime):
    configuration.accepts(f"{FIRST_PAIR}\npta_issue /x {lifetime};")


@pytest.mark.parametrize("lifetime", ["0", "soon", "-1", "0s", "1z", "137y"])
def test_a_wrong_lifetime(configuration, lifetime):
    configuration.refuses(
        f"pta_issue /a {lifetime}; # here",
        f'invalid lifetime "{lifetime}" in "pta_issue" directive,'
        " it must be a time from 1s to 136y in HERE",
    )


@pytest.mark.parametrize("off", ["off", "OFF"])
def test_off(configuration, off):
    """Needs no keys."""
    configuration.accepts(f"pta_issue {off};")


@pytest.mark.parametrize("value", ["on", "none", "/x", "1h", "$uri"])
def test_a_single_value_other_than_off(configuration, value):
    configuration.refuses(
        f"{FIRST_PAIR}\npta_issue {value}; # here",
        f'invalid value "{value}" in "pta_issue" directive,'
        ' it must be "off", or a path and a lifetime in HERE',
    )


@pytest.mark.parametrize("off", ["off", "Off"])
@pytest.mark.parametrize("parameter", ["60s", "step=1m"])
def test_off_with_a_lifetime(configuration, off, parameter):
    configuration.refuses(
        f"pta_issue {off} {parameter}; # here",
        f'invalid parameter "{parameter}" in "pta_issue" directive,'
        ' "off" takes no lifetime in HERE',
    )


def test_an_unknown_variable(configuration):
    configuration.refuses(f"{FIRST_PAIR} pta_issue /$none 1h;", 'unknown "none" variable')


@pytest.mark.parametrize(
    ("first", "second"),
    [("off", "/x 1h"), ("/x 1h", "off"), ("off", "off"), ("/x 1h", "/y 1h")],
)
def test_twice(configuration, first, second):
    configuration.refuses(
        f"{FIRST_PAIR}\npta_issue {first};\npta_issue {second}; # here",
        '"pta_issue" directive is duplicate in HERE',
    )


@pytest.mark.parametrize("step", ["1", "1s", "30m", "1h", "3600", "59m 60s"])
def test_a_step(configuration, step):
    configuration.accepts(f"{FIRST_PAIR}\npta_issue /x 1h 'step={step}';")
    configuration.accepts(f"{FIRST_PAIR}\npta_issue /x 1h 'STEP={step}';")


@pytest.mark.parametrize("step", ["", "0", "0s", "-1", "soon", "1z", "61m", "3601", "2h", "137y"])
def test_a_wrong_step(configuration, step):
    configuration.refuses(
        f"{FIRST_PAIR}\npta_issue /x 1h step={step}; # here",
        f'invalid step "{step}" in "pta_issue" directive,'
        " it must be a time from 1s to the lifetime in HERE",
    )


@pytest.mark.parametrize(
    "parameter", ["off", "1h", "/y", "step", "stp=1m", "steps=1m", "xstep=1m", "ste", "step:1m"]
)
def test_an_unknown_parameter(configuration, parameter):
    message = (
        f'invalid parameter "{parameter}" in "pta_issue" directive,'
        ' it must be "step=time", "bind=string" or "once"'
    )
    for before in ["", "step=1m "]:
        configuration.refuses(
            f"{FIRST_PAIR}\npta_issue /x 1h {before}{parameter}; # here", f"{message} in HERE"
        )


@pytest.mark.parametrize("second", ["step=1m", "step=2m", "STEP=1m"])
def test_two_steps(configuration, second):
    configuration.refuses(
        f"{FIRST_PAIR}\npta_issue /x 1h step=1m {second}; # here",
        f'duplicate parameter "{second}" in "pta_issue" directive in HERE',
    )


def test_a_step_in_place_of_the_lifetime(configuration):
    configuration.refuses(
        f"{FIRST_PAIR}\npta_issue /x step=1m; # here",
        'invalid lifetime "step=1m" in "pta_issue" directive,'
        " it must be a time from 1s to 136y in HERE",
    )


def test_no_values(configuration):
    configuration.refuses(
        f"{FIRST_PAIR}\npta_issue; # here",
        'invalid number of arguments in "pta_issue" directive in HERE',
    )


def test_off_needs_no_keys_below_either(configuration):
    configuration.accepts(
        f"""
        location / {{ {FIRST_PAIR} pta_issue /x 1h; location /a {{ pta_issue off; }} }}
        location /b {{ pta_issue off; pta_1st_key {KEY}; }}
        """
    )


def test_on_below_off_needs_keys(configuration):
    configuration.refuses(
        "location / { pta_issue off; location /a {\npta_issue /x 1h; # here\n} }",
        'no key pair is defined (run "pta keygen", then set "pta_1st_pair", or "pta_1st_key" and'
        ' "pta_1st_iv") for the "pta_issue" directive in HERE',
    )


SEALED = "pta_1st_seal 4d1c2a9be07f5386a1d4c35b7e90f2681f3b5c7d9e0a2b4c6d8e0f1a3b5c7d9e;"


@pytest.mark.parametrize(
    "parameters",
    ["", "bind=a", "bind=$remote_addr bind=$uri", "once", "bind=a once", "once BIND=a", "ONCE",
     "step=1m bind=a", "bind=bind=", "bind=off", "bind=$pta_file_mtime"],
)  # fmt: skip
def test_parameters_of_a_seal(configuration, parameters):
    configuration.accepts(f"{FIRST_PAIR} {SEALED} pta_issue /a 1h {parameters};")


@pytest.mark.parametrize("parameter", ["bind=a", "once"])
def test_a_seal_without_seal_key(configuration, parameter):
    name = parameter.partition("=")[0]
    for keys in (FIRST_PAIR, f"{FIRST_PAIR} {SEALED.replace('1st', '2nd')}"):
        configuration.refuses(
            f"{keys}\npta_issue /a 1h {parameter}; # here",
            f'"{name}" in "pta_issue" directive needs a seal key of the 1st pair in HERE',
        )


@pytest.mark.parametrize("parameter", ["bind=a", "once"])
@pytest.mark.parametrize(
    "around",
    [
        "pta_issue /b 1h; location / {{\n{} }}",
        "location / {{ pta_issue /b 1h; location /a {{\n{} }} }}",
        "pta_issue /b 1h; location / {{ location /a {{\n{} }} }}",
        "pta_issue /b 1h; location / {{ pta_issue off; location /a {{\n{} }} }}",
    ],
)
def test_a_seal_without_seal_key_below_another_pta_issue(configuration, parameter, around):
    """The locations share their keys."""
    name = parameter.partition("=")[0]
    issue = around.format(f"pta_issue /a 1h {parameter}; # here\n")
    configuration.refuses(
        f"{FIRST_PAIR} {issue}",
        f'"{name}" in "pta_issue" directive needs a seal key of the 1st pair in HERE',
    )
    configuration.accepts(f"{FIRST_PAIR} {SEALED} {issue}")


def test_a_seal_without_seal_key_below_one_with(configuration):
    configuration.write("two", f"{KEY}\n{KEY[::-1]}\n")
    configuration.refuses(
        f"""{FIRST_PAIR} {SEALED}
        pta_issue /a 1h once; # here
        location / {{ pta_1st_pair file:ROOT/two; }}""",
        '"once" in "pta_issue" directive needs a seal key of the 1st pair in HERE',
    )


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ("once once", 'duplicate parameter "once" in "pta_issue" directive'),
        ("once step=1m", '"once" and "step" are incompatible in "pta_issue" directive'),
        ("step=1m once", '"once" and "step" are incompatible in "pta_issue" directive'),
        ("bind=", 'empty value in "pta_issue" directive, it would never fit'),
        (" ".join(["bind=a"] * 9), 'more than 8 values in "pta_issue" directive'),
        (
            "bind=$pta_status",
            'the variable "$pta_status" cannot be used in "pta_issue" directive,'
            ' of those of this module only "$pta_file_mtime" can',
        ),
        (
            "once=1",
            'invalid parameter "once=1" in "pta_issue" directive,'
            ' it must be "step=time", "bind=string" or "once"',
        ),
    ],
)
def test_wrong_parameters_of_a_seal(configuration, parameters, error):
    configuration.refuses(
        f"{FIRST_PAIR} {SEALED}\npta_issue /a 1h {parameters}; # here", f"{error} in HERE"
    )
