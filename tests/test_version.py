"""The version that runs: $pta_version, and a line in the error log at each start and reload."""

import re

import pytest

from harness import project
from harness.clients import http1

SERVER = """
    server {
        listen 127.0.0.1:@port@;
        location = /version { return 200 $pta_version; }
    }
"""

LINE = re.compile(
    rf"\[notice\] (\d+)#\d+: pta: {re.escape(project.version())}, built for nginx ([\d.]+)$", re.M
)


def writers(running):
    """The processes that wrote the line, and the version of nginx in it."""
    return [(int(pid), version) for pid, version in LINE.findall(running.read())]


def version_of(running):
    return http1.get(running.port(), "/version").body.decode()


@pytest.fixture
def built_for(nginx):
    return ".".join(map(str, nginx.version))


def test_nginx_t_does_not_write_the_line(site):
    checked = site.make(SERVER, error_level="notice")
    done = checked.test()
    assert done.status == 0, done.output
    assert "built for" not in done.output + checked.read()


def test_the_master_writes_the_line_at_each_start_and_reload(site, built_for):
    """No directive of the module is used."""
    # The process that writes the line becomes a daemon, which has another id.
    running = site(SERVER, error_level="notice", main="worker_processes 3;", daemon=True)
    assert version_of(running) == project.version()
    ((_, version),) = writers(running)
    assert version == built_for

    running.reload()
    assert writers(running)[1:] == [(running.master(), built_for)]
    assert version_of(running) == project.version()

    assert running.run("-s", "reopen").status == 0
    assert len(writers(running)) == 2

    # Workers write nothing more after their end.
    running.stop()
    assert len(writers(running)) == 2


def test_no_line_without_notices_in_the_error_log(site):
    running = site(SERVER, error_level="warn")
    assert version_of(running) == project.version()
    running.stop()
    assert writers(running) == []
