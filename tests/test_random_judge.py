"""The judge of the random configurations: each rule, and a way that breaks it."""

import pytest

from random_conf import judge, trace
from random_conf.model import BOUND_ARGUMENT, Block, Rewrite, link
from random_conf.requests import Request, Seal, Token

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


# Methods; whether the token in the query, those in the lines of a header and that in a cookie are
# valid; allowed.
HEADERS = [
    ("header", None, [True], None, True),
    ("header", None, [False], None, False),
    ("header", None, [True, True], None, False),
    ("header cookie", None, [True, False], True, False),
    ("qs cookie", None, [True], None, False),
    ("qs header", False, [True], None, False),
    ("qs header", True, [False], None, True),
    ("header cookie", None, [False], True, False),
    ("header cookie", None, [], True, True),
    ("qs header cookie fallback", False, [True], False, True),
    ("qs header cookie fallback", False, [True, True], True, True),
    ("qs header fallback", False, [True, True], True, False),
]


@pytest.mark.parametrize(("methods", "in_query", "lines", "in_cookie", "is_allowed"), HEADERS)
def test_a_token_in_a_header(methods, in_query, lines, in_cookie, is_allowed):
    block = Block("L0", methods=methods, first=0, header_name="X-Token")
    query, cookies = (
        [] if is_valid is None else [("pta", Token("", 0, is_in_time=is_valid))]
        for is_valid in (in_query, in_cookie)
    )
    headers = [("X-Token", Token("", 0, is_in_time=is_valid)) for is_valid in lines]
    headers.append(("X-PTA", Token("", 0)))
    request = Request("s0", "GET", "/", [], query, cookies, False, headers)
    assert request.is_allowed_by(block) == is_allowed


def bound(*bind, required=True):
    """A location with two pairs, the second of which has no seal key."""
    return Block("L0", first=0, second=1, first_seal=2, require_seal=required, bind=bind)


# The rules of a location, the pair and the seal of a token, the arguments, allowed.
SEALS = [
    (bound(), 0, Seal(2), "", True),
    (bound(), 0, Seal(1), "", False),
    (bound(), 0, Seal(None), "", False),
    (bound(), 0, None, "", False),
    (bound(), 1, Seal(2), "", False),
    (bound(required=False), 0, None, "", True),
    (bound(required=False), 1, None, "", True),
    (bound(required=False), 0, Seal(2), "", True),
    (bound("a"), 0, Seal(2), "", False),
    (bound("a"), 0, Seal(2, ("a",)), "", True),
    (bound("a", "bc"), 0, Seal(2, ("ab", "c")), "", False),
    (bound(BOUND_ARGUMENT), 0, Seal(2, ("5",)), "a=b&u=5", True),
    (bound(BOUND_ARGUMENT), 0, Seal(2, ("5",)), "u=6&uu=5", False),
    (bound(BOUND_ARGUMENT), 0, Seal(2, ("",)), "u=", False),
    (bound(BOUND_ARGUMENT), 0, Seal(2, ("5",)), "E1", False),
]


@pytest.mark.parametrize(("block", "pair", "seal", "arguments", "is_allowed"), SEALS)
def test_seals(block, pair, seal, arguments, is_allowed):
    assert Token("", pair, seal=seal).opens(block, "/", arguments) == is_allowed


def test_eight_sealed_cookies_are_opened():
    block = Block("L0", first=0, first_seal=0, methods="cookie")
    wrong = [("pta", Token("", 0, seal=Seal(None))) for _ in range(8)]
    others = [("pta", Token("", 1))] * 3
    for cookies, is_allowed in ((others + wrong[1:], True), (others + wrong, False)):
        cookies = [*cookies, ("pta", Token("", 0, seal=Seal(0)))]
        assert Request("s0", "GET", "/", [], [], cookies, False).is_allowed_by(block) == is_allowed


def test_realms_differ_by_seals():
    one = bound("a", "bc")
    for other in (bound("ab", "c"), bound(), bound(required=False), Block("L1", first=0, second=1)):
        assert one.realm != other.realm
    # A seal key without its pair is none.
    assert Block("L1", first=0).realm == Block("L2", first=0, second_seal=1).realm
    assert one.realm == bound("a", "bc").realm


def limited(written, location=False, inner=None, methods="GET"):
    """A server with an open location, and one with a limit_except."""
    limit_except = Block("X1", methods, enable=written)
    if_block = None if inner is None else Block("I1", enable=inner)
    checked = Block("L1", "/1", enable=location, if_block=if_block, limit_except=limit_except)
    open_ones = [Block("L0", "/0"), Block("L2", "/2")]
    return link(Block("S0", first=0, methods="cookie", locations=[*open_ones, checked]))


# What is written in limit_except, the location and its `if`; whether the location is protected for
# the methods that are limited.
WRITTEN = [
    (None, False, None, False),
    (None, True, None, True),
    (None, False, True, True),
    (None, True, False, True),
    (True, False, None, True),
    (True, False, False, True),
    (False, True, None, False),
    (False, True, True, False),
    (False, False, True, False),
]


@pytest.mark.parametrize(("written", "location", "inner", "is_protected"), WRITTEN)
def test_limit_except(written, location, inner, is_protected):
    checked = limited(written, location, inner)
    blocks = {block.name: block for block in checked.blocks()}
    assert blocks["X1"].is_protected == is_protected
    for method, cookies in (("POST", []), ("POST", [("pta", Token("", 0))])):
        request = Request("s0", method, "/1", [], [], cookies, False)
        arrivals = trace.read(blocks, "", "/1;", 1)
        found = judge.violation(request, checked, arrivals, False, "")
        assert (found is None) == (bool(cookies) or not is_protected)
        # The first location is known, so is what protects it.
        is_needless = judge.needless_refusal(request, checked, arrivals, "MISSING", is_first=True)
        assert is_needless == (bool(cookies) or not is_protected)


# The methods that are named, the method of the request, what is limited now and later.
METHODS = [
    ("GET", "GET", False, False),
    ("GET", "HEAD", False, False),
    ("GET", "POST", True, True),
    ("POST", "GET", True, True),
    ("POST", "HEAD", True, True),
    # An error page makes it GET.
    ("POST", "POST", False, True),
]


@pytest.mark.parametrize(("named", "method", "now", "later"), METHODS)
def test_methods_that_limit_except_limits(named, method, now, later):
    location = limited(True, methods=named).locations[-1]
    assert (location.limits_now(method), location.limits(method)) == (now, later)


# A way to the location that limit_except hides, and the verdict in the response; may it be served?
HIDDEN = [
    # The error page of an open location.
    ("L0(/0;),", "/1;E1", "", False),
    # The error page of a request that has a verdict.
    ("L0(/0;),", "/1;E1", "MISSING", True),
    ("L0(/0;),", "/1;T1", "MISSING", False),
    ("L0(/0;),L2(/2;T1),", "/1;T2", "MISSING", False),
]


@pytest.mark.parametrize(("way", "at", "verdict", "is_right"), HIDDEN)
def test_ways_to_a_location_that_limit_except_hides(way, at, verdict, is_right):
    checked = limited(True, methods="POST")
    blocks = {block.name: block for block in checked.blocks()}
    arrivals = trace.read(blocks, way, at, 1)
    assert arrivals[-1].entries[-1].is_hidden
    for cookies in ([], [("pta", Token("", 0))]):
        request = Request("s0", "POST", "/0", [], [], cookies, False)
        found = judge.violation(request, checked, arrivals, False, verdict)
        assert (found is None) == (is_right or bool(cookies)), found
