"""A request that ends without a status, which nginx itself does not let happen.

It is not in tests/once, because what runs that folder has no nginx with the Lua module.
"""

import pytest

from harness.clients import http1
from once.site import http, slots, token


@pytest.mark.packaged("ndk_http_module", "ngx_http_lua_module")
def test_a_request_that_ends_without_a_status_gives_its_token_back(site, nginx):
    more = """
        location /error/ {
            pta_enable on; pta_once zone=z release=error;
            content_by_lua_block { ngx.exit(ngx.ERROR) }
        }
        location /keeps/ {
            pta_enable on; pta_once zone=z; content_by_lua_block { ngx.exit(ngx.ERROR) }
        }
    """
    modules = nginx.dynamic_modules("ndk_http_module", "ngx_http_lua_module")
    running = site(http(more=more), load_modules=modules)
    value = token("/*")
    for path, used in (("/error/a", 0), ("/keeps/a", 1)):
        with pytest.raises(http1.NoResponse):
            http1.get(running.port(), f"{path}?pta={value}")
        running.wait_for(
            lambda path=path: f'{path}?pta=*** HTTP/1.1" 000 ' in running.read("access.log"),
            "no log",
        )
        assert slots(running.port())[0] == used
