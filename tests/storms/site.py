"""The site of the storms: key files that rotate, and a location whose keys stay."""

import secrets

from harness.tokens import Pair
from storms.clients import BODY

WORKERS = 2
# The faults that the storm causes: killed workers, sometimes inside a change to a zone, and invalid
# key files.
CAUSED = "|".join(
    [
        "exited on signal 9",
        "have been put in order",
        'shared memory zone "z" was locked by',
        r'(invalid (?:seal )?key file|open\(\)) "[^"]*/keys/',
    ]
)
HTTP = """
    pta_metrics_zone m:64k;
    pta_once_zone z:16m;
    server {{
        {listen}
        root html;
        client_body_temp_path tmp;
        add_header X-Worker $pid always;
        add_header X-Pta $pta_status always;
        include life.conf;
        pta_1st_key file:keys/1st.key;
        pta_1st_iv file:keys/1st.iv;
        pta_2nd_key file:keys/2nd.key;
        pta_2nd_iv file:keys/2nd.iv;
        pta_metrics_label all;
        location / {{ pta_enable on; }}
        location = /metrics {{ pta_metrics; }}
        location /steady/ {{
            {steady}
            pta_enable on;
            pta_metrics_label steady;
            alias html/;
        }}
        location /once/ {{
            {once}
            pta_once zone=z;
            pta_metrics_label once;
        }}
        location /back/ {{
            {once}
            pta_once zone=z release=error;
            pta_metrics_label back;
        }}
    }}
"""
# A GET fails, and a PUT succeeds. Refusals are part of the storm, and not worth a line.
ONCE = """
            pta_enable on;
            pta_1st_seal file:keys/1st.seal;
            pta_2nd_seal file:keys/2nd.seal;
            pta_require_seal on;
            pta_log_level info;
            dav_methods PUT;
            log_not_found off;
"""


class Keys:
    """The pairs of all generations, the keys that stay, and the key files."""

    def __init__(self, generations):
        self.pairs = [Pair() for _ in range(generations)]
        self.seals = [secrets.token_bytes(32) for _ in range(generations)]
        self.steady = Pair()

    def write(self, site, generation):
        """Makes nginx serve this generation after the next reload."""
        for order, number in (("1st", generation), ("2nd", max(generation - 1, 0))):
            pair, seal = self.pairs[number], self.seals[number]
            site.replace(f"keys/{order}.seal", f"{seal.hex()}\n", mode=0o600)
            site.replace(f"keys/{order}.key", f"{pair.key.hex()}\n", mode=0o600)
            site.replace(f"keys/{order}.iv", f"{pair.iv.hex()}\n", mode=0o600)


def write_life(site, life):
    """Makes nginx name this life. nginx begins one with each binary upgrade, with empty zones."""
    site.replace("life.conf", f"add_header X-Life {life} always;\n")


def make(sites, nginx, keys):
    """Starts the site with the first generation."""
    site = sites.make(
        HTTP.format(listen=nginx.listen_on_both(), steady=keys.steady.directives(), once=ONCE),
        main=f"worker_processes {WORKERS};",
        events="worker_connections 256;",
        access_log="off",
        error_level="error",
        files={"file": BODY, "once/file": "", "back/file": ""},
        # Only a daemon accepts the signal of a binary upgrade.
        daemon=True,
        caused_faults=CAUSED,
    )
    write_life(site, 0)
    keys.write(site, 0)
    return site.start()
