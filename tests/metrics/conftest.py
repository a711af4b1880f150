"""What a request changes in the counters of `running`, the site of a file of tests."""

import pytest

from harness.clients import http1
from metrics.scrape import changes, scrape


@pytest.fixture
def count(running):
    """Sends a request, and returns its status and the counters that it has changed."""

    def send(target, *lines, method="GET", port="port"):
        before = scrape(running.port())
        response = http1.get(running.port(port), target, *lines, method=method)
        return response.status, changes(before, scrape(running.port()))

    return send
