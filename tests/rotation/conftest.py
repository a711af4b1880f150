"""Two instances of nginx that know the same keys."""

import re

import pytest

from harness.clients import http1

SERVER = """
    server {{
        listen 127.0.0.1:@port@;
        {keys}
        location / {{ pta_enable on; }}
    }}
"""

TOKEN_OR_KEY = re.compile(r"[0-9a-fA-F]{32}")


class Instances(list):
    """Several sites, each with /file."""

    def reload(self):
        for instance in self:
            instance.reload()

    def statuses(self, token):
        """What each answers to a request with this token."""
        return [http1.get(instance.port(), f"/file?pta={token}").status for instance in self]


@pytest.fixture
def two_instances(site):
    """Starts two instances with these directives for keys, and these files beside nginx.conf."""
    started = Instances()

    def start(keys, files=None):
        for _ in range(2):
            instance = site.make(SERVER.format(keys=keys), files={"file": "content"})
            for name, content in (files or {}).items():
                instance.replace(name, content, mode=0o600)
            started.append(instance.start())
        return started

    yield start
    for instance in started:
        log = instance.read("error.log")
        assert "[crit]" not in log
        assert not TOKEN_OR_KEY.search(log + instance.read("access.log"))
