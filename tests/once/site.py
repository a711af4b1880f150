"""A site to which one PUT with a token can be sent."""

import itertools
import secrets
import time

from harness.clients import http1
from harness.tokens import Pair, sealed

PAIR = Pair()
SEAL_KEY = secrets.token_bytes(32)
SEALED = f"{PAIR.directives()} pta_1st_seal {SEAL_KEY.hex()}; pta_require_seal on;"

_nonces = itertools.count()


def http(size="64k", once="zone=z", more=""):
    return f"""
        pta_once_zone z:{size};
        server {{
            listen 127.0.0.1:@port@ backlog=1024;
            root html;
            client_body_temp_path tmp;
            {SEALED}
            location /u/ {{
                pta_enable on; pta_once {once}; dav_methods PUT;
                add_header X-Pta $pta_status always;
            }}
            location = /metrics {{ pta_metrics; }}
            {more}
        }}
        pta_metrics_zone m:64k;
    """


def token(path="/u/*", seconds=3600):
    """A token of its own."""
    text = PAIR.token(path, int(time.time()) + seconds)
    return sealed(text, SEAL_KEY, nonce=f"n{next(_nonces)}")


def put(port, value, path=None):
    """The response to a PUT of one byte."""
    target = f"{path or f'/u/{next(_nonces)}'}?pta={value}"
    with http1.Connection(port) as connection:
        return connection.send(
            f"PUT {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx".encode()
        )


def slots(port):
    """How many slots are used, and how many there are."""
    text = http1.get(port, "/metrics").body.decode()
    found = [
        int(line.rpartition(" ")[2])
        for line in text.splitlines()
        if line.startswith("nginx_pta_once_slots{")
    ]
    assert 'nginx_pta_once_slots{zone="z",state="used"}' in text
    return tuple(found)
