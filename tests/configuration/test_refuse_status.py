"""The parameters of pta_refuse_status."""

import pytest

VERDICTS = '"missing", "malformed", "undecryptable", "expired", "path_mismatch" or "replayed"'
IN = 'in "pta_refuse_status" directive'
# What a message says after that.
PROBLEMS = {
    f", the verdict must be {VERDICTS}": [
        "bad=404", "=404", "Expired=410", "path-mismatch=403", "allowed=403", "bad=", "bad=x",
    ],
    ", the code must be from 400 to 599": [
        "399", "600", "0", "99999999", "expired=", "expired=x", "expired=+410", "expired=200",
        "expired=410=410", "expired=99999999",
    ],
    f', it must be a status code, or "verdict=code" with verdict {VERDICTS}': [
        "gone", "expired", "4xx", "+403", "-1", "expired:410",
    ],
}  # fmt: skip
CASES = [(value, problem) for problem, values in PROBLEMS.items() for value in values]


@pytest.mark.parametrize(("value", "problem"), CASES)
def test_a_wrong_parameter(configuration, value, problem):
    configuration.refuses(
        f"pta_refuse_status {value}; # here", f'invalid parameter "{value}" {IN}{problem} in HERE'
    )


@pytest.mark.parametrize("values", ["403 expired=410", "expired=410 403", "403 404"])
def test_a_code_for_all_verdicts_and_another_parameter(configuration, values):
    configuration.refuses(
        f"pta_refuse_status {values}; # here",
        f'invalid parameter "403" {IN}, a code for all verdicts must be the only parameter in HERE',
    )


def test_one_verdict_twice(configuration):
    configuration.refuses(
        "pta_refuse_status expired=410 expired=403; # here",
        f'duplicate parameter "expired=403" {IN} in HERE',
    )
