"""Warnings for locations with a regular expression that take requests from protected locations."""

import re

import pytest

from configuration.keys import FIRST_PAIR

WARNING = re.compile(
    r'pta: location "(.*)" in \S+:\d+ is not protected, but takes requests'
    r' from location "(.*)" in \S+:\d+, which is(?: \((\d+) more such\))?:'
    r' write "pta_enable on;" into it, or "pta_enable off;" if it is meant to be open'
)


def warnings_of(configuration, http):
    """The warnings: regular expression < location, and how many more."""
    http = re.sub(r"\bON\b", "pta_enable on;", http)
    http = re.sub(r"\bOFF\b", "pta_enable off;", http)
    check = configuration.check(http=f"{FIRST_PAIR}\n{http}")
    assert check.is_accepted
    return sorted(map(in_short, check.warnings))


def in_short(warning):
    found = WARNING.fullmatch(warning)
    if not found:
        return warning
    regex, location, more = found.groups()
    return f"{regex} < {location}" + (f" +{more}" if more else "")


# Title, content of a server, and warnings. ON and OFF stand for pta_enable.
CASES = [
    # What nginx tries beside a prefix.
    ("a regex beside a prefix", r"location /v/ { ON } location ~ \.jpg$ { }",
     [r"\.jpg$ < /v/"]),
    ("without regard to case", r"location /v/ { ON } location ~* \.jpg$ { }",
     [r"\.jpg$ < /v/"]),
    ("modifier and regex in one word", r"location /v/ { ON } location ~*\.jpg$ { }",
     [r"\.jpg$ < /v/"]),
    ("before the prefix", r"location ~ \.jpg$ { } location /v/ { ON }", [r"\.jpg$ < /v/"]),
    ("the prefix /", r"location / { ON } location ~ \.jpg$ { }", [r"\.jpg$ < /"]),
    # The warning names the first one in the file.
    ("several prefixes",
     "location /v/ { ON }\nlocation /a/ { ON }\nlocation /w/ { ON }"
     r" location ~ \.jpg$ { }", [r"\.jpg$ < /v/ +2"]),
    ("several regexes", r"location /v/ { ON } location ~ \.jpg$ { } location ~ \.png$ { }",
     [r"\.jpg$ < /v/", r"\.png$ < /v/"]),
    ("one that only answers",
     r"location /v/ { ON } location ~ /\.ht { deny all; } location ~ \.x$ { return 404; }",
     [r"/\.ht < /v/", r"\.x$ < /v/"]),
    ("a dry run", r"location /v/ { ON pta_dry_run on; } location ~ \.jpg$ { }",
     [r"\.jpg$ < /v/"]),
    ("limit_except", r"location /v/ { limit_except GET { ON } } location ~ \.jpg$ { }",
     [r"\.jpg$ < /v/"]),
    ("a regex in a location with limit_except",
     r"location /v/ { limit_except GET { ON } location ~ \.jpg$ { } }", [r"\.jpg$ < /v/"]),
    ("limit_except in both",
     r"location /v/ { limit_except GET { ON } } location ~ \.jpg$ { limit_except GET { ON } }",
     []),
    ("limit_except that is off", r"location /v/ { limit_except GET { OFF } } location ~ a$ { }",
     []),
    # Locations from which the regex takes no requests.
    ("^~", r"location ^~ /v/ { ON } location ~ \.jpg$ { }", []),
    ("an exact location", r"location = /v { ON } location ~ \.jpg$ { }", []),
    ("exact and prefix of one name",
     r"location = /v/ { ON } location /v/ { } location ~ \.jpg$ { }", []),
    ("prefix and exact of one name",
     r"location = /v/ { } location /v/ { ON } location ~ \.jpg$ { }", [r"\.jpg$ < /v/"]),
    ("a named location", r"location @v { ON } location ~ \.jpg$ { }", []),
    ("no protected location", r"location /v/ { } location ~ \.jpg$ { }", []),
    ("no regex", "location /v/ { ON } location /w/ { }", []),
    ("a nested regex, which inherits", r"location /v/ { ON location ~ \.jpg$ { } }", []),
    # No warning is needed.
    ("protected", r"location /v/ { ON } location ~ \.jpg$ { ON }", []),
    ("protected by the server", r"ON location /v/ { } location ~ \.jpg$ { }", []),
    ("meant to be open", r"location /v/ { ON } location ~ \.jpg$ { OFF }", []),
    ("meant to be open, nested", r"location /v/ { ON location ~ \.jpg$ { OFF } }", []),
    ("off in the server is not off in the location",
     r"OFF location /v/ { ON } location ~ \.jpg$ { }", [r"\.jpg$ < /v/"]),
    ("internal", r"location /v/ { ON } location ~ \.jpg$ { internal; }", []),
    ("an if that protects the regex",
     r"location /v/ { ON } location ~ \.jpg$ { if ($arg_a) { ON } }", []),
    ("an if with off in the regex",
     r"location /v/ { ON } location ~ \.jpg$ { if ($arg_a) { OFF } }", [r"\.jpg$ < /v/"]),
    ("an if that protects the prefix",
     r"location /v/ { if ($arg_a) { ON } } location ~ \.jpg$ { }", [r"\.jpg$ < /v/"]),
    ("an if is not inherited", r"location /v/ { if ($arg_a) { ON } location ~ \.jpg$ { } }",
     [r"\.jpg$ < /v/"]),
    ("limit_except in both",
     "location /v/ { ON limit_except GET { deny all; } }"
     r" location ~ \.jpg$ { limit_except GET { deny all; } }",
     [r"\.jpg$ < /v/"]),
    # Text after ^.
    ("^ and text elsewhere", r"location /v/ { ON } location ~ ^/img/.*\.jpg$ { }", []),
    ("^ and text around", "location /v/a/ { ON } location ~ ^/v/ { }", ["^/v/ < /v/a/"]),
    ("^ and text within", "location /v/ { ON } location ~ ^/v/pub/ { }", ["^/v/pub/ < /v/"]),
    ("^ and half a name", "location /video/ { ON } location ~ ^/vid { }", ["^/vid < /video/"]),
    ("^ and another location in between",
     r"location /v/ { ON } location /v/pub/ { OFF } location ~ ^/v/pub/.*\.jpg$ { }", []),
    ("^ and a protected location in between",
     "location /v/ { } location /v/in/ { ON } location ~ ^/v/in/x { }", ["^/v/in/x < /v/in/"]),
    ("^ and a nested location in between",
     r"location /v/ { ON location /v/pub/ { OFF } } location ~ ^/v/pub/.*\.jpg$ { }", []),
    ("escapes", r"location /a.b/ { ON } location ~ ^/a\.b/ { }", [r"^/a\.b/ < /a.b/"]),
    ("escapes elsewhere", r"location /axb/ { ON } location ~ ^/a\.b/ { }", []),
    ("any character", "location /axb/ { ON } location ~ ^/a.b/ { }", ["^/a.b/ < /axb/"]),
    ("a class", "location /axb/ { ON } location ~ ^/a[xy]b/ { }", ["^/a[xy]b/ < /axb/"]),
    ("other case", "location /V/ { ON } location ~ ^/v/ { }", []),
    ("without regard to case elsewhere", "location /v/ { ON } location ~* ^/img/ { }", []),
    ("without regard to case, in other letters", "location /V/ { ON } location ~* ^/v/ { }",
     ["^/v/ < /V/"]),
    ("without regard to case, within", "location /V/ { ON } location ~* ^/v/pub/ { }",
     ["^/v/pub/ < /V/"]),
    ("without regard to case, past a longer prefix",
     "location /v/ { ON } location /v/pub/ { OFF } location ~* ^/v/pub/ { }",
     ["^/v/pub/ < /v/"]),
    ("case by an option in front",
     "location /V/ { ON } location /w/ { ON } location ~ (?i)^/v/ { }", ["(?i)^/v/ < /V/"]),
    ("case by an option in the regex", "location /V/ { ON } location ~ ^(?i)/v/ { }",
     ["^(?i)/v/ < /V/"]),
    ("one alternative without ^", "location /v/ { ON } location ~ ^/a|b { }", ["^/a|b < /v/"]),
    ("alternatives elsewhere", "location /v/ { ON } location ~ ^/(img|css|js)/ { }", []),
    ("one alternative here", "location /v/ { ON } location ~ ^/(img|v)/ { }",
     ["^/(img|v)/ < /v/"]),
    ("alternatives with ^ each", "location /v/ { ON } location ~ ^/img/|^/css/ { }", []),
    ("an optional part", 'location /v/ { ON } location ~ "^/x?v/" { }', ["^/x?v/ < /v/"]),
    ("a repeated part", 'location /v/ { ON } location ~ "^/x{0,2}v/" { }',
     ["^/x{0,2}v/ < /v/"]),
    ("one path", "location /v/ { ON } location ~ ^/$ { }", []),
    ("one path here", r"location /v/ { ON } location ~ ^/v/index\.html$ { }",
     [r"^/v/index\.html$ < /v/"]),
    ("one path that is an exact location",
     "location / { ON } location = /a { } location ~ ^/a$ { }", []),
    ("beginnings of a name", "location /v/ { ON } location ~ ^/video { }", []),
    # Nested levels.
    ("a nested prefix, a regex outside",
     r"location /a/ { location /a/v/ { ON } } location ~ \.jpg$ { }", [r"\.jpg$ < /a/v/"]),
    ("^~ on the nested one does not help",
     r"location /a/ { location ^~ /a/v/ { ON } } location ~ \.jpg$ { }", [r"\.jpg$ < /a/v/"]),
    ("^~ on the outer one does",
     r"location ^~ /a/ { location /a/v/ { ON } } location ~ \.jpg$ { }", []),
    ("^~ outside, a regex beside",
     r"location ^~ /a/ { location /a/v/ { ON } location ~ \.jpg$ { } }", [r"\.jpg$ < /a/v/"]),
    ("^~ inside, a regex beside",
     r"location /a/ { location ^~ /a/v/ { ON } location ~ \.jpg$ { } }", []),
    ("three levels, ^~ in the middle",
     "location /a/ { location ^~ /a/b/ { location /a/b/v/ { ON } }"
     r" location ~ \.png$ { } } location ~ \.jpg$ { }",
     [r"\.jpg$ < /a/b/v/"]),
    ("three levels, a regex on each",
     "location /a/ { location /a/b/ { location /a/b/v/ { ON }"
     r" location ~ \.gif$ { } } location ~ \.png$ { } } location ~ \.jpg$ { }",
     [r"\.gif$ < /a/b/v/", r"\.jpg$ < /a/b/v/", r"\.png$ < /a/b/v/"]),
    ("the outer is protected, the nested inherits",
     r"location /v/ { ON location /v/a/ { } } location ~ \.jpg$ { }", [r"\.jpg$ < /v/ +1"]),
    ("a regex in an open corner",
     r"location /v/ { ON location /v/pub/ { OFF location ~ \.jpg$ { } } }", []),
    ("a protected place in an open corner",
     "location /v/ { ON location /v/pub/ { OFF location /v/pub/x/ { ON }"
     r" location ~ \.jpg$ { } } }",
     [r"\.jpg$ < /v/pub/x/"]),
    ("a regex in another prefix",
     r"location /v/ { ON } location /img/ { location ~ \.jpg$ { } }", []),
    ("a nested regex wins over outer ones",
     r"location /v/ { location ~ \.jpg$ { ON } } location ~ \.jpg$ { }", []),
    ("in a regex", r"location ~ ^/a { location ~ \.jpg$ { } location ~ ^/a/v/ { ON } }",
     [r"\.jpg$ < ^/a/v/"]),
    # nginx accepts it, but never selects it.
    ("a prefix in a regex", r"location ~ /a { location /a/v/ { ON } location ~ \.jpg$ { } }",
     []),
    # The order of regexes.
    ("before a protected regex", r"location ~ \.jpg$ { } location ~ ^/v/ { ON }",
     [r"\.jpg$ < ^/v/"]),
    ("after a protected regex", r"location ~ ^/v/ { ON } location ~ \.jpg$ { }", []),
    ("other endings", r"location ~ \.jpg$ { } location ~ \.mp4$ { ON }", []),
    ("the same endings", r"location ~ \.(jpg|mp4)$ { } location ~ \.mp4$ { ON }",
     [r"\.(jpg|mp4)$ < \.mp4$"]),
    ("other endings in part", r'location ~ \.(jpg|mp4)$ { } location ~ "\.mp[34]$" { ON }',
     [r"\.(jpg|mp4)$ < \.mp[34]$"]),
    ("other beginnings", "location ~ ^/img/ { } location ~ ^/v/ { ON }", []),
    ("a regex that takes all of the prefix first",
     r"location /v/ { ON } location ~ ^/v/ { ON } location ~ \.jpg$ { }", []),
    ("a regex that takes a part of the prefix first",
     r"location /v/ { ON } location ~ ^/v/a/ { ON } location ~ \.jpg$ { }", [r"\.jpg$ < /v/"]),
    ("a regex that takes a part of the prefix first, in one case",
     "location / { ON } location ~ ^/v/ { OFF } location ~* ^/v/x { }", ["^/v/x < /"]),
    ("a regex that takes a part of the prefix first, in any case",
     "location / { ON } location ~* ^/v/ { OFF } location ~* ^/v/x { }", []),
    ("a nested regex that takes all",
     r"location /v/ { ON location ~ ^/v/ { } } location ~ \.jpg$ { }", []),
    ("before a regex around a protected one",
     r"location ~ \.jpg$ { } location ~ ^/v/ { location ~ \.jpg$ { ON } }",
     [r"\.jpg$ < \.jpg$"]),
    ("before a regex around a protected one, elsewhere",
     r"location ~ \.jpg$ { } location ~ ^/v/ { location ~ \.mp4$ { ON } }", []),
    ("a regex around a protected one elsewhere",
     r"location ~ ^/img/ { } location ~ ^/v/ { location ~ \.jpg$ { ON } }", []),
    ("prefixes and regexes together",
     r"location /v/ { ON } location ~ \.jpg$ { } location ~ ^/w/ { ON }", [r"\.jpg$ < /v/ +1"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("server", "warnings"), [pytest.param(*case[1:], id=case[0]) for case in CASES]
)
def test_one_server(configuration, server, warnings):
    assert warnings_of(configuration, f"server {{ listen unix:ROOT/socket; {server} }}") == warnings


@pytest.mark.parametrize(
    ("http", "warnings"),
    [
        ("", []),
        ("ON", []),
        ("server { server_name a; location /v/ { ON } }"
         r" server { server_name b; location ~ \.jpg$ { } }", []),
        (r"server { server_name a; location /v/ { ON } location ~ \.a$ { } }"
         r" server { server_name b; location /w/ { ON } location ~ \.b$ { } }",
         [r"\.a$ < /v/", r"\.b$ < /w/"]),
        (r"ON server { OFF location /v/ { ON } location ~ \.a$ { } }", [r"\.a$ < /v/"]),
    ],
    ids=["none", "none, on for http", "two", "each of two", "on for http, off for a server"],
)  # fmt: skip
def test_servers(configuration, http, warnings):
    http = http.replace("server {", "server { listen unix:ROOT/socket;")
    assert warnings_of(configuration, http) == warnings


def test_the_whole_line_with_places_in_two_files(configuration):
    configuration.write("gate.conf", "# gate\nlocation /video/ {\n    pta_enable on;\n}\n")
    configuration.accepts(
        FIRST_PAIR + r"include gate.conf;" "\n" r"location ~ \.(jpg|png)$" "\n{ } # here",
        r'pta: location "\.(jpg|png)$" in HERE is not protected,'
        ' but takes requests from location "/video/" in ROOT/gate.conf:2, which is:'
        ' write "pta_enable on;" into it, or "pta_enable off;" if it is meant to be open',
    )
