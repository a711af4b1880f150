"""Faults where only `pta_cache_control` needs the header filter: there it is a shorter one."""

import pytest

from faults.cases import CASES, PAIR
from faults.expected import each_allocation, fault_in_request
from faults.site import FaultySite

pytestmark = pytest.mark.builds("PTA_TEST_FAULTS")

HTTP = f"""
    server {{
        listen 127.0.0.1:@port@;
        {PAIR.directives()}
        pta_enable on;
        location /p/ {{ alias html/; }}
        location /stored/ {{ pta_auth_method qs cookie; expires 1h; alias html/; }}
    }}
"""

# The filter replaces Cache-Control, or adds a line.
NAMES = pytest.mark.parametrize("name", ["refusal", "stored"])


@pytest.fixture
def short(site):
    return FaultySite(site.make(HTTP, files={"a": "content\n"}, access_log="off"))


@NAMES
def test_a_panic(short, happened, name):
    assert fault_in_request(short, CASES[name], "panic HeaderFilter"), "never happened"
    happened["panics"] += 1


@NAMES
def test_each_allocation(short, happened, name):
    happened["allocations of requests"] += each_allocation(short, CASES[name])
