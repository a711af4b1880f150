"""The judge of the random configurations: each rule, and a way that breaks it."""

import pytest

from random_conf import judge, trace
from random_conf.model import Block, Rewrite, link
from random_conf.requests import Request, Token

SHUT, OPEN = ["deny all"], ["allow 127.0.0.1", "deny all"]


def server(phase="access"):
    """L1 and L3 have the same keys. `phase` is that of L9."""
    return link(
        Block(
            "S0",
            first=0,
            locations=[
                Block("L0", "/0"),
                Block("L1", "/1", enable=True, if_block=Block("I1", enable=False)),
                Block("L2", "/2", returns=404),
                Block("L3", "/3", enable=True),
                Block("L4", "/4", enable=True, dry_run=True),
                Block("L5", "/5", enable=True, first=1),
                Block("L6", "@e0"),
                Block("L7", "/7", enable=True, satisfy="any", access=OPEN),
                Block("L8", "/8", enable=True, satisfy="any", access=SHUT),
                Block("L9", "/9", enable=True, phase=phase, returns=200),
                Block("L10", "/10", enable=True, returns=404),
                Block("L11", "/11", rewrites=[Rewrite("^", "/3?B1", "break")], returns=404),
                Block("L12", "/12", enable=True, redirects=True),
                Block("L13", "/13", enable=True, redirects=True, first=1),
            ],
        )
    )


# The way, the keys of the tokens, and whether nginx may serve content at its end.
WAYS = [
    # No token is needed in open locations, in a dry run, and where an `if` has switched PTA off.
    ("L0(/0;),", "", True),
    ("L4(/4;),", "", True),
    ("L1(/1;),I1(/1;),", "", True),
    # A protected location needs a token of its own keys.
    ("L1(/1;),", "", False),
    ("L1(/1;),", "0", True),
    ("L5(/5;),", "0", False),
    # Rewritten in, and rewritten out.
    ("L0(/0;),L1(/1;R1),", "", False),
    ("L1(/1;),L0(/0;R1),", "", False),
    ("L1(/1;),L0(/0;R1),", "0", True),
    # Every realm on the way is checked once.
    ("L1(/1;),L5(/5;R1),", "0", False),
    ("L1(/1;),L5(/5;R1),", "1", False),
    ("L1(/1;),L5(/5;R1),", "01", True),
    # index and try_files.
    ("L0(/0/;),L1(/0/i.html;),", "", False),
    ("L0(/0;),L1(/1;T1),", "", False),
    ("L1(/1;),L0(/0;T1),", "", False),
    # The error page of a refusal is exempt in any location, but not where it leads to.
    ("L1(/1;),L0(/0;E1),", "", True),
    ("L1(/1;),L5(/5;E1),", "", True),
    ("L1(/1;),L6(/1;),", "", True),
    ("L1(/1;),L0(/0;E1),L1(/1;R1&E1),", "", False),
    ("L1(/1;),L6(/1;),L3(/3;R1),", "", False),
    ("L1(/1;),L3(/3/;E1),L3(/3/i.html;E1),", "", False),
    ("L1(/1;),L3(/3;E1),L1(/1;R1&E1),", "", False),
    ("L1(/1;),L0(/0;E1),L3(/3;T1),", "", False),
    # An error page after the request was allowed.
    ("L1(/1;),L5(/5;E1),", "0", True),
    # An error page without a verdict: the error comes before the check.
    ("L1(/1;E1),", "", False),
    ("L2(/2;),L1(/1;E1),", "", False),
    ("L10(/10;),L0(/0;E1),", "", False),
    ("L10(/10;),L0(/0;E1),", "0", True),
    # `rewrite ... break` keeps `return` from ending the rewrite phase.
    ("L11(/11;),L0(/0;E1),", "", True),
    # X-Accel-Redirect exempts its target, also if a rewrite follows, but no later redirect.
    ("L0(/0;),L1(/1;X1),", "", True),
    ("L0(/0;),L1(/1;X1),L5(/5;R1&X1),", "", True),
    ("L0(/0;),L2(/2;X1),L1(/1;E1),", "", False),
    ("L0(/0;),L4(/4;X1),L1(/1;T1),", "", True),
    ("L0(/0;),L0(/0/;X1),L1(/0/i.html;X1),", "", False),
    # satisfy any: another access module allows only the location in which it is checked.
    ("L7(/7;),", "", True),
    ("L8(/8;),", "", False),
    ("L1(/1;),L7(/7;R1),", "", False),
    ("L7(/7;),L0(/0;R1),", "", False),
    ("L8(/8;),L7(/7;R1),", "", True),
    # A token that names the target of a redirect: locations with the same keys are exempt, and
    # the token is valid for no other way.
    ("L12(/12;),L0(/0;),", "0", True),
    ("L12(/12;),L0(/0;),", "", False),
    ("L12(/12;),L1(/1;),L3(/3;R1),", "0", True),
    ("L12(/12;),L5(/5;),", "0", False),
    ("L12(/12;),L5(/5;),", "01", False),
    ("L12(/12;),L0(/0;R1),", "0", False),
    ("L12(/12;),L13(/13;R1),L0(/0;),", "01", False),
    ("L12(/12;),L0(/0;E1),", "0", True),
    # In the rewrite phase, every realm on the way is checked.
    ("L9(/9;),", "", False),
    ("L5(/5;),L9(/9;R1),", "0", False),
    ("L5(/5;),L9(/9;R1),", "01", True),
]


@pytest.mark.parametrize(("way", "keys", "is_right"), WAYS)
def test_ways(way, keys, is_right):
    # A location that is checked in the rewrite phase makes the judge less sure of all others.
    checked = server("rewrite" if "L9" in way else "access")
    blocks = {block.name: block for block in checked.blocks()}
    # With a redirect, the token names its target, which is not a pattern for other locations.
    pattern = "/target" if "L12" in way else "/*"
    cookies = [("pta", Token("", int(key), pattern)) for key in keys]
    checked.methods = "cookie"
    request = Request("s0", "GET", "/", [], [], cookies, False)
    last = trace.ENTRY.findall(way)[-1]
    arrivals = trace.read(blocks, way, f"{last[1]};{last[2]}", int(last[0][1:]))
    is_return = last[0] == "L9"
    found = judge.violation(request, checked, arrivals, is_return, "MISSING")
    assert (found is None) == is_right, found


def test_a_location_that_limit_except_hides():
    checked = server()
    blocks = {block.name: block for block in checked.blocks()}
    hidden = trace.read(blocks, "L0(/0;),", "/3;E1", 3)
    assert [arrival.cause for arrival in hidden] == [trace.CLIENT, trace.ERROR_PAGE]
    assert [arrival.entries[-1].block.name for arrival in hidden] == ["L0", "L3"]
    again = trace.read(blocks, "L0(/0;R1),", "/0;E1", 0)
    assert [arrival.cause for arrival in again] == [trace.CLIENT, trace.ERROR_PAGE]
    # A rewrite with `break` is in the same location.
    assert len(trace.read(blocks, "L0(/0;R1),", "/1;B2&R1", 0)) == 1


QUERY = [
    # Methods, token in the query, token in a cookie, allowed.
    ("qs", True, None, True),
    ("qs", False, True, False),
    ("qs", None, True, False),
    ("cookie", None, True, True),
    ("cookie", True, None, False),
    ("qs cookie", None, True, True),
    ("qs cookie", False, True, False),
    ("qs cookie", True, False, True),
    ("qs cookie", None, None, False),
    ("qs cookie fallback", False, True, True),
    ("qs cookie fallback", True, False, True),
    ("qs cookie fallback", None, True, True),
    ("qs cookie fallback", False, False, False),
    ("qs cookie fallback", False, None, False),
]


@pytest.mark.parametrize(("methods", "in_query", "in_cookie", "is_allowed"), QUERY)
def test_where_a_token_is_looked_for(methods, in_query, in_cookie, is_allowed):
    block = Block("L0", methods=methods, first=0, token_name="name")
    query, cookies = (
        []
        if is_valid is None
        else [("other", Token("", 0)), ("name", Token("", 0, is_in_time=is_valid))]
        for is_valid in (in_query, in_cookie)
    )
    request = Request("s0", "GET", "/", [], query, cookies, False)
    assert request.is_allowed_by(block) == is_allowed


def test_a_verdict_with_fallback_does_not_hold_without():
    """The argument is invalid, the cookie is valid."""
    checked = link(
        Block(
            "S0",
            first=0,
            enable=True,
            methods="qs cookie fallback",
            locations=[
                Block("L0", "/0"),
                Block("L1", "/1"),
                Block("L2", "/2", methods="qs cookie"),
            ],
        )
    )
    blocks = {block.name: block for block in checked.blocks()}
    query, cookies = ([("pta", Token("", 0, is_in_time=is_valid))] for is_valid in (False, True))
    request = Request("s0", "GET", "/", [], query, cookies, False)
    for way, is_right in (("L0(/0;),L1(/1;T1),", True), ("L0(/0;),L2(/2;T1),", False)):
        arrivals = trace.read(blocks, way, "", None)
        assert (judge.violation(request, checked, arrivals, False, "MISSING") is None) == is_right


NEEDLESS = [
    ("L1(/1;),", "0", "EXPIRED", True),
    ("L0(/0;),", "", "MISSING", True),
    ("L1(/1;),", "1", "UNDECRYPTABLE", False),
    ("L1(/1;),", "0", "ALLOWED", False),
    ("L0(/0;),", "", "", False),
    # In the rewrite phase, a request is refused before the location is noted.
    ("L9(/9;),", "0", "UNDECRYPTABLE", False),
    ("L9(/9;),", "01", "UNDECRYPTABLE", True),
]


@pytest.mark.parametrize(("way", "keys", "verdict", "is_needless"), NEEDLESS)
def test_what_must_not_be_refused(way, keys, verdict, is_needless):
    checked = server("rewrite" if "L9" in way else "access")
    checked.methods = "cookie"
    blocks = {block.name: block for block in checked.blocks()}
    cookies = [("pta", Token("", int(key), "/")) for key in keys]
    request = Request("s0", "GET", "/", [], [], cookies, False)
    arrivals = trace.read(blocks, way, "", None)
    assert judge.needless_refusal(request, checked, arrivals, verdict) == is_needless
