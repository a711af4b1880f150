"""The site of the storms: key files that rotate, and a location whose keys stay."""

from harness.tokens import Pair
from storms.clients import BODY

WORKERS = 2
HTTP = """
    pta_metrics_zone m:64k;
    server {{
        {listen}
        root html;
        add_header X-Worker $pid always;
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
    }}
"""


class Keys:
    """The pairs of all generations, the keys that stay, and the key files."""

    def __init__(self, generations):
        self.pairs = [Pair() for _ in range(generations)]
        self.steady = Pair()

    def write(self, site, generation):
        """Makes nginx serve this generation after the next reload."""
        first, second = self.pairs[generation], self.pairs[max(generation - 1, 0)]
        for order, pair in (("1st", first), ("2nd", second)):
            site.replace(f"keys/{order}.key", f"{pair.key.hex()}\n", mode=0o600)
            site.replace(f"keys/{order}.iv", f"{pair.iv.hex()}\n", mode=0o600)


def make(sites, nginx, keys):
    """Starts the site with the first generation."""
    site = sites.make(
        HTTP.format(listen=nginx.listen_on_both(), steady=keys.steady.directives()),
        main=f"worker_processes {WORKERS};",
        events="worker_connections 256;",
        access_log="off",
        error_level="error",
        files={"file": BODY},
        # Only a daemon accepts the signal of a binary upgrade.
        daemon=True,
        caused_faults=r'exited on signal 9|(invalid key file|open\(\)) "[^"]*/keys/',
    )
    keys.write(site, 0)
    return site.start()
