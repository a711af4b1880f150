"""pta_playlist and its relatives: their values, and what nginx -t refuses."""

import pytest

from configuration.keys import FIRST_PAIR

STEP = (
    '"pta_playlist issue" without "step=" in the "pta_issue" in HERE:'
    " players fetch keys and init segments again whenever their URLs change"
)
NO_ISSUE = '"issue" in "pta_playlist" directive needs "pta_issue" in HERE'


@pytest.mark.parametrize(
    "server",
    [
        "pta_playlist FORWARD;",
        "pta_playlist off; location / { pta_playlist forward; pta_enable on; }",
        "pta_playlist_hosts a b:81 [::1]:8080 192.0.2.1;",
        "pta_playlist_skip Keys SEGMENTS playlists;",
        "pta_playlist_max_size 1; location / { pta_playlist_max_size 2M; }",
        "pta_issue /a/* 1h step=10m; pta_playlist issue; location / { }",
        "location / { pta_issue /a/* 1h step=10m; pta_playlist issue; }",
        "pta_playlist issue; location / { pta_issue /a/* 1h step=10m; }",
        "pta_playlist issue; pta_issue /a/* 1h step=1m;"
        "location / { pta_issue off; pta_playlist off; }",
        "location / { pta_playlist forward; if ($arg_a) { pta_enable on; }"
        "limit_except GET { deny all; } }",
    ],
)
def test_valid(configuration, server):
    configuration.accepts(f"{FIRST_PAIR} {server}")


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("", "there is no host"),
        (":80", "there is no host"),
        ("https://cdn.example.com", "it must be a host, not a URL"),
        ("//cdn.example.com", "it must be a host, not a URL"),
        ("me@cdn.example.com", "it must have no user name"),
        ("cdn.example.com/", "it must be a host, without a path"),
        ("*.example.com", "a host has no '*'"),
        ("a..b", "a part of the host is empty or longer than 63 characters"),
        ("café.fr", 'the host must be written in ASCII ("xn--...")'),
        ("[::g]", "an IPv6 address must be between the brackets"),
        *[
            (f"a:{port}", "the port must be a number from 1 to 65535")
            for port in ["", 0, 65536, "x"]
        ],
    ],
)
def test_a_host_that_is_none(configuration, host, reason):
    configuration.refuses(
        f"pta_playlist_hosts good.example '{host}'; # here",
        f'invalid host "{host}" in "pta_playlist_hosts" directive, {reason} in HERE',
    )


@pytest.mark.parametrize(
    ("words", "value", "reason"),
    [
        ("x", "x", 'it must be "keys", "segments" or "playlists"'),
        ("keys x", "x", 'it must be "keys", "segments" or "playlists"'),
        ("''", "", 'it must be "keys", "segments" or "playlists"'),
        ("keys segments Keys", "Keys", "it is given twice"),
    ],
)
def test_a_wrong_kind(configuration, words, value, reason):
    configuration.refuses(
        f"pta_playlist_skip {words}; # here",
        f'invalid value "{value}" in "pta_playlist_skip" directive, {reason} in HERE',
    )


@pytest.mark.parametrize("size", ["0", "0k", "x", "-1", "1.5m", "", "1x"])
def test_a_wrong_size(configuration, size):
    configuration.refuses(
        f"pta_playlist_max_size '{size}'; # here",
        f'invalid value "{size}" in "pta_playlist_max_size" directive,'
        " it must be a size of at least 1 byte in HERE",
    )


@pytest.mark.parametrize(
    "server",
    [
        "pta_playlist issue; # here\n",
        "location / {\npta_playlist issue; # here\n}",
        "pta_playlist issue; # here\nlocation / { }",
        "pta_issue /a/* 1h step=10m;\npta_playlist issue; # here\nlocation / { pta_issue off; }",
        "pta_playlist issue; # here\nlocation /a/ { pta_issue /a/* 1h step=1m; } location /b/ { }",
    ],
)
def test_issue_without_pta_issue(configuration, server):
    configuration.refuses(f"{FIRST_PAIR}\n{server}", NO_ISSUE)


def test_issue_in_the_http_block(configuration):
    configuration.refuses(
        http=f"{FIRST_PAIR}\npta_playlist issue; # here\nserver {{ listen unix:ROOT/socket; }}",
        error=NO_ISSUE,
    )


def test_issue_without_a_step(configuration):
    """One warning, however many locations inherit it."""
    configuration.accepts(
        f"{FIRST_PAIR}\npta_issue /a/* 1h; # here\n"
        "pta_playlist issue; location /a/ { } location /b/ { }",
        STEP,
    )


def test_forward_without_a_step(configuration):
    configuration.accepts(f"{FIRST_PAIR} pta_issue /a/* 1h; pta_playlist forward; location / {{ }}")
