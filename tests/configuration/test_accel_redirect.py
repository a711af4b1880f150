"""pta_accel_redirect on in a location without pta_enable on: the location would be open."""

import pytest

from configuration.keys import FIRST_PAIR
from harness.clients import http1


@pytest.mark.parametrize(
    "server",
    [
        "location = /dl {\npta_accel_redirect on; # here\n}",
        # Another location is protected.
        """
        location = /a { pta_enable on; pta_accel_redirect on; }
        location = /b {
            pta_accel_redirect ON; # here
        }
        """,
        # pta_enable is off.
        """
        pta_enable on;
        location = /dl {
            pta_enable off;
            pta_accel_redirect on; # here
        }
        """,
        "location /a/ { location /a/dl/ {\npta_accel_redirect on; # here\n} }",
        # The protected location in it turns it off.
        """
        location /a/ {
            pta_accel_redirect on; # here
            location /a/b/ { pta_enable on; pta_accel_redirect off; }
        }
        """,
        # A named location.
        """
        location ~ ^/a { pta_enable on; pta_accel_redirect on; }
        location @b {
            pta_accel_redirect on; # here
        }
        """,
    ],
    ids=["alone", "beside", "off", "nested", "around", "named"],
)
def test_no_effect(configuration, server):
    # Locations without pta_enable need no keys.
    keys = FIRST_PAIR if "pta_enable on" in server else ""
    configuration.refuses(
        f"{keys} {server}",
        '"pta_accel_redirect on" has no effect without "pta_enable on" in HERE',
    )


VALID = """
    pta_accel_redirect on;
    server {
        listen 127.0.0.1:@other@;
        pta_accel_redirect on;
    }
    server {
        listen 127.0.0.1:@port@;
        KEYS
        pta_accel_redirect on;
        location /open/ { return 200 open; }
        location /off/ { pta_accel_redirect off; }
        location /itself/ { pta_enable on; pta_accel_redirect on; }
        location /if/ { pta_accel_redirect on; if ($arg_check) { pta_enable on; } }
        location /nested/ {
            pta_accel_redirect on;
            location /nested/deeper/ {
                location /nested/deeper/still/ { pta_enable on; }
            }
        }
        location /inherited/ {
            pta_enable on;
            location /inherited/dl/ { pta_accel_redirect on; }
        }
        location /dry/ { pta_enable on; pta_dry_run on; pta_accel_redirect on; }
    }
""".replace("KEYS", FIRST_PAIR)


def test_valid_configurations(configuration, site):
    configuration.accepts(http=VALID)
    running = site(VALID)
    assert http1.get(running.port(), "/open/").body == b"open"
