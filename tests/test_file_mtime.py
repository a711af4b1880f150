"""$pta_file_mtime: when the file that nginx serves was changed."""

import os

import pytest

from harness.clients import http1

DAY = 86_400
NANO = 10**9

# nginx's own handler for files would log an alert.
PROXY = "proxy_pass http://127.0.0.1:@port@; proxy_hide_header X-Mtime;"

HTTP = """
    # The last part of each response.
    map $pta_file_mtime $through_map {{ volatile; default "<$pta_file_mtime>"; }}
    add_header X-Mtime "<$pta_file_mtime>" always;
    server {{
        listen 127.0.0.1:@port@;
        root html;
        set $of_the_server "<$pta_file_mtime>";
        location / {{ }}
        location /server/ {{ root html/; add_header X-Mtime $of_the_server always; }}
        location /map/ {{ root html/; add_header X-Mtime $through_map always; }}
        location /alias/of/a/folder/ {{ alias html/docs/; }}
        location ~ ^/regex/(?<name>.*)$ {{ alias html/docs/$name; }}
        location /variable/ {{ root html/$arg_root; }}
        location /itself/ {{ root html/$pta_file_mtime; }}
        location /absolute/alias/broken/ {{
            alias html/docs/;
            rewrite ^ /docs/a break;
            {proxy}
        }}
        location /absolute/alias/short/ {{
            alias html/docs/;
            rewrite ^ /a;
            set $early "<$pta_file_mtime>";
            add_header X-Mtime $early always;
            return 200;
        }}
        location ~ ^/absolute/regex/(.*)$ {{
            alias html/docs/$1;
            rewrite ^/absolute/(.*) /docs/$1 break;
            {proxy}
        }}
        location /rewritten/ {{ rewrite ^/rewritten/(.*)$ /docs/$1 break; }}
        location /last/ {{ rewrite ^/last/(.*)$ /alias/of/a/folder/$1 last; }}
        location /if/ {{
            alias html/docs/;
            if ($arg_a) {{ add_header X-Mtime "if <$pta_file_mtime>" always; }}
        }}
        location /cached/ {{ root html/; open_file_cache max=10; open_file_cache_valid 1h; }}
        location /errors/ {{
            root html/; open_file_cache max=10; open_file_cache_valid 1h; open_file_cache_errors on;
        }}
        location /links/ {{ root html/; }}
        location /no-links/ {{ alias html/links/; disable_symlinks on; }}
        location /own-links/ {{ alias html/links/; disable_symlinks if_not_owner; }}
        location /links-from/ {{ alias html/links/; disable_symlinks on from=$arg_from; }}
    }}
"""
FILES = [
    "docs/a",
    "docs/b/c",
    "server/a",
    "map/a",
    "variable/a",
    "x/variable/a",
    "itself/a",
    "cached/a",
    "links/a",
]
TIME = 1_767_607_209


@pytest.fixture
def running(site):
    running = site(HTTP.format(proxy=PROXY), files=dict.fromkeys(FILES, "content"))
    for name in FILES:
        change(running, name)
    return running


def change(site, name, nanoseconds=TIME * NANO + 999_999_999):
    os.utime(site.root / "html" / name, ns=(nanoseconds, nanoseconds))


def mtime(site, target):
    return http1.get(site.port(), target).headers["x-mtime"]


@pytest.mark.parametrize(
    "target",
    ["/docs/a", "/docs//b/../a", "/docs/%61", "/docs/a?x=1", "/docs/b/c", "/server/a", "/map/a",
     "/alias/of/a/folder/a", "/alias/of/a/folder/b/c", "/regex/a", "/regex/b/c", "/variable/a",
     "/variable/a?root=x", "/rewritten/a", "/last/a", "/cached/a", "/links/a", "/own-links/a",
     "/no-links/a"],
)  # fmt: skip
def test_a_regular_file(running, target):
    assert mtime(running, target) == f"<{TIME}>"


@pytest.mark.parametrize(
    "target",
    ["/docs", "/docs/", "/docs/a/", "/docs/none", "/docs/none/a", "/none", "/",
     "/alias/of/a/folder/", "/alias/of/a/folder/none", "/regex/none", "/cached/none",
     "/errors/none", "/variable/a?root=y"],
)  # fmt: skip
def test_no_regular_file(running, target):
    assert mtime(running, target) == "<>"


@pytest.mark.parametrize(
    "target",
    ["/absolute/alias/broken/a", "/absolute/alias/short/a", "/absolute/regex/a"],
)
def test_alias_and_a_rewritten_uri(running, target):
    """nginx would log an alert, after which no test passes."""
    assert mtime(running, target) == "<>"


def test_an_if_block_has_the_alias_of_its_location(running):
    assert mtime(running, "/if/a?a=1") == f"if <{TIME}>"


def test_a_root_that_contains_the_variable(running):
    """nginx ends the cycle itself, and logs an error."""
    assert mtime(running, "/itself/a") == "<>"
    assert "cycle while evaluating variable" in running.read()


@pytest.mark.parametrize(
    ("nanoseconds", "expected"),
    [(0, 0), (NANO - 1, 0), (-1, -1), (-NANO, -1), (-NANO - 1, -2), (-DAY * NANO, -DAY),
     ((2**32 + 5) * NANO, 2**32 + 5)],
)  # fmt: skip
def test_seconds_are_rounded_down(running, nanoseconds, expected):
    change(running, "docs/a", nanoseconds)
    assert (running.root / "html/docs/a").stat().st_mtime_ns // NANO == expected
    assert mtime(running, "/docs/a") == f"<{expected}>"


def test_a_changed_file_without_open_file_cache(running):
    assert mtime(running, "/map/a") == f"<{TIME}>"
    change(running, "map/a", 5 * NANO)
    assert mtime(running, "/map/a") == "<5>"


def test_a_changed_file_with_open_file_cache(running):
    """nginx itself serves the size and the headers of the file that it has in its cache."""
    assert mtime(running, "/cached/a") == f"<{TIME}>"
    change(running, "cached/a", 5 * NANO)
    assert mtime(running, "/cached/a") == f"<{TIME}>"
    assert mtime(running, "/errors/new") == "<>"
    running.write("html/errors/new", "content")
    assert mtime(running, "/errors/new") == "<>"


def test_links(running):
    links = running.root / "html/links"
    (links / "to-a").symlink_to("../docs/a")
    (links / "folder").symlink_to("../docs")
    (links / "to-nothing").symlink_to("nothing")
    change(running, "docs/a", 7 * NANO)
    for name in ("to-a", "folder/a"):
        assert mtime(running, f"/links/{name}") == "<7>"
        assert mtime(running, f"/own-links/{name}") == "<7>"
        assert mtime(running, f"/no-links/{name}") == "<>"
    assert mtime(running, "/links/to-nothing") == "<>"
    assert mtime(running, "/links-from/to-a") == "<>"
    assert mtime(running, f"/links-from/folder/a?from={links}/folder") == "<7>"


def test_files_that_are_not_regular(running):
    os.mkfifo(running.root / "html/docs/fifo")
    for target in ("/docs/fifo", "/alias/of/a/folder/fifo"):
        assert mtime(running, target) == "<>"


def test_a_subrequest_has_its_own_file(site):
    running = site(
        """
        server {
            listen 127.0.0.1:@port@;
            root html;
            location / {
                auth_request /auth/a;
                # nginx evaluates this in the subrequest.
                auth_request_set $there $pta_file_mtime;
                add_header X-Mtime "<$pta_file_mtime> <$there>";
            }
            location /auth/ { }
        }
        """,
        files=dict.fromkeys(["a", "auth/a"], "content"),
    )
    change(running, "a", 3 * NANO)
    change(running, "auth/a", 4 * NANO)
    assert mtime(running, "/a") == "<3> <4>"
