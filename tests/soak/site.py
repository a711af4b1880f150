"""The site that the requests of maker.py are for."""

import os

from soak.traffic import FILES, body_of

FOLDERS = ("v", "c", "open", "issue", "default", "sealed", "bound", "h", "bearer", "any-method")
SEAL_KEYS = {"1st": bytes(range(32)), "2nd": bytes(range(32, 64)), "stranger": bytes(range(64, 96))}
LONG = "x" * 500
MODIFIED = 1_700_000_000
HTTP = """
    keepalive_requests 100000000;
    default_type text/plain;
    server {{
        {listen}
        root html;
        add_header X-Pta "$pta_status/$pta_source/$pta_key" always;
        {keys}
        pta_refuse_status missing=401 malformed=422 undecryptable=403 expired=410 path_mismatch=409;

        location /v/ {{ pta_enable on; }}
        location /c/ {{ pta_enable on; pta_auth_method qs cookie; }}
        location /long/ {{ pta_enable on; try_files /v/00 =500; }}
        location /open/ {{ }}
        # Elsewhere, the pairs have no seal keys.
        location /sealed/ {{
            {seals}
            pta_require_seal on;
            pta_enable on;
            pta_auth_method qs cookie;
        }}
        location /bound/ {{
            {seals}
            pta_require_seal on;
            pta_enable on;
            pta_bind $arg_u $http_x_visitor;
        }}
        location /h/ {{ pta_enable on; pta_auth_method qs header; }}
        location /bearer/ {{
            pta_enable on;
            pta_auth_method header cookie;
            pta_header Authorization;
        }}
        location /any-method/ {{
            {seals}
            pta_require_seal off;
            pta_enable on;
            pta_auth_method qs header cookie fallback;
        }}
        # A new long token for each request, so that memory that is not freed shows soon.
        location /issue/ {{ pta_issue /v/{long}* 1h; set $issued $pta_token; }}
        location /rewritten/ {{ pta_enable on; rewrite ^/rewritten/(.*)$ /v/$1 last; }}
        location = /play {{ pta_enable on; pta_accel_redirect on; }}
        location /page/ {{ pta_enable on; error_page 410 /open/00; }}
        location /phase/ {{ pta_enable on; pta_phase rewrite; return 200 "returned\\n"; }}
        location /any/ {{
            pta_enable on;
            satisfy any;
            allow 127.0.0.1;
            deny all;
            try_files /v/00 =500;
        }}
        location /default/ {{
            pta_enable on;
            pta_refuse_status missing=400 malformed=400 undecryptable=403 expired=410
                              path_mismatch=403;
        }}
    }}
"""


def seal_directives():
    return " ".join(f"pta_{order}_seal {SEAL_KEYS[order].hex()};" for order in ("1st", "2nd"))


def make(sites, nginx, first, second):
    """Starts the site with these pairs. Its keys are in files."""
    keys, beside = [], {}
    for order, pair in (("1st", first), ("2nd", second)):
        # With and without a line feed at the end.
        beside |= {f"keys/{order}.key": pair.key.hex(), f"keys/{order}.iv": f"{pair.iv.hex()}\n"}
        keys += [f"pta_{order}_{part} file:keys/{order}.{part};" for part in ("key", "iv")]
    site = sites.make(
        HTTP.format(
            listen=nginx.listen_on_both(), keys=" ".join(keys), seals=seal_directives(), long=LONG
        ),
        main="worker_processes 2;",
        events="worker_connections 512;",
        access_log="off",
        error_level="error",
        files={f"{f}/{n:02d}": body_of(n) for f in FOLDERS for n in range(FILES)},
        beside=beside,
    )
    # Equal responses have the same dates and ETags.
    for path in (site.root / "html").glob("*/*"):
        os.utime(path, (MODIFIED, MODIFIED))
    for path in (site.root / "keys").iterdir():
        path.chmod(0o600)
    return site.start()
