"""The site that the faults happen in, and the requests to it."""

import dataclasses
import secrets

from harness.tokens import Pair, sealed

PAIR, OTHER = Pair(), Pair()
SEAL_KEY = secrets.token_bytes(32)
SEAL = f"pta_1st_seal {SEAL_KEY.hex()};"

# Beside nginx.conf.
BESIDE = {"other.pair": f"{OTHER.key.hex()}\n{OTHER.iv.hex()}\n"}

HTTP = f"""
    # The first directive of the module: without it, nothing else would be missing.
    pta_log_level info;
    pta_metrics_zone m:64k;
    pta_once_zone z:64k;
    server {{
        listen 127.0.0.1:@port@;
        {PAIR.directives()}
        pta_metrics_label all;
        rewrite ^/old/(.*)$ /p/$1;
        location / {{ return 200 "open\\n"; }}
        location /p/ {{ pta_enable on; alias html/; }}
        location /cookie/ {{ pta_enable on; pta_auth_method qs cookie; alias html/; }}
        location /fallback/ {{
            pta_enable on; pta_auth_method qs cookie fallback; alias html/;
        }}
        location /if/ {{ if ($arg_check) {{ pta_enable on; }} alias html/; }}
        location /any/ {{ satisfy any; deny all; pta_enable on; alias html/; }}
        location = /application {{ add_header X-Accel-Redirect /followed/%61; return 204; }}
        location = /asking {{ proxy_pass http://127.0.0.1:@port@/application; }}
        location /followed/ {{
            # If nginx's redirect is not known as that of the application, a token is needed.
            internal; pta_enable on; pta_refuse_status missing=500; alias html/;
        }}
        location /moved/ {{ pta_enable on; rewrite ^/moved/(.*)$ /elsewhere/$1 last; }}
        location /elsewhere/ {{
            pta_enable on; pta_name other; pta_1st_pair file:other.pair;
            alias html/;
        }}
        location /into/ {{ pta_enable on; rewrite ^/into/(.*)$ /let/$1 last; }}
        location /let/ {{
            satisfy any; allow 127.0.0.1; deny all;
            pta_enable on; {OTHER.directives()}
            alias html/;
        }}
        location /header/ {{ pta_enable on; pta_auth_method header; alias html/; }}
        location /limited/ {{ limit_except POST {{ pta_enable on; }} alias html/; }}
        location = /asked {{ internal; pta_gate; }}
        location /gate/ {{ auth_request /asked; alias html/; }}
        location = /uri {{ pta_gate uri=$arg_u; }}
        location = /play {{ pta_enable on; pta_accel_redirect on; }}
        location /hidden/ {{ internal; alias html/; }}
        location /variable/ {{
            pta_enable on; add_header X-Status "<$pta_status>";
            alias html/;
        }}
        location /digits/ {{
            pta_enable on; add_header X-Status "<$pta_expires>";
            alias html/;
        }}
        location /masked/ {{ add_header X-Status "<$pta_request_uri>"; alias html/; }}
        location /stored/ {{
            pta_enable on; pta_auth_method qs cookie; expires 1h;
            alias html/;
        }}
        location /hand/ {{
            pta_enable on; pta_set_cookie path=/hand/; expires 1h;
            alias html/;
        }}
        location /redirect/ {{
            pta_enable on; pta_auth_method qs cookie; pta_set_cookie redirect;
            alias html/;
        }}
        location = /metrics {{ pta_metrics; pta_metrics_label scrape; }}
        location /list/ {{
            pta_enable on; pta_playlist forward;
            add_header X-Status "<$pta_playlist>";
            alias html/;
        }}
        location /small/ {{
            pta_enable on; pta_playlist forward; sendfile off; output_buffers 1 16;
            alias html/;
        }}
        location /fresh/ {{
            pta_playlist issue; pta_issue /fresh/* 1h step=10m;
            alias html/;
        }}
        location /issue/ {{
            pta_issue $uri 1h; add_header X-Status "<$pta_token>";
            alias html/;
        }}
        location /seal/ {{
            pta_enable on; {SEAL} pta_require_seal on; pta_bind $remote_addr "$request_method$uri";
            pta_auth_method qs cookie; alias html/;
        }}
        location /issue-seal/ {{
            {SEAL} pta_issue $uri 1h bind=$remote_addr$uri once; add_header X-Status "<$pta_token>";
            alias html/;
        }}
        location /once/ {{
            pta_enable on; pta_once zone=z release=error; alias html/;
            if ($arg_check) {{ pta_enable on; }}
        }}
        location /lost/ {{ pta_enable on; pta_once zone=z release=error; alias html/none/; }}
        # Elsewhere, a regular expression with other keys would concern COPY.
        location /capture/ {{
            location ~ ^/capture/(.*)$ {{
                pta_enable on; {SEAL} pta_require_seal on; pta_bind $remote_addr $1; alias html/$1;
            }}
        }}
        location /soon/ {{
            pta_enable on; pta_once zone=z release=error; rewrite ^/soon/(.*)$ /now/$1 last;
        }}
        location /now/ {{ pta_enable on; pta_phase rewrite; return 404 "closed\n"; }}
        location /file/ {{ add_header X-Status "<$pta_file_mtime>"; alias html/; }}
    }}
"""


@dataclasses.dataclass(frozen=True)
class Case:
    """A request, and its response when no fault happens."""

    target: str
    cookie: str | None = None
    token: str | None = None
    method: str = "GET"
    destination: str | None = None
    status: int = 200
    # Cache-Control, if the case is about it.
    caches: str | None = None
    # A gate refuses if it fails.
    fault_status: int = 500
    # nginx evaluates a variable while it sends the response. If that fails, the value is empty.
    has_variable: bool = False

    def header_lines(self):
        # Behind the token's line, so that the list of lines is split.
        behind = "x" if self.token else None
        lines = {
            "Cookie": self.cookie,
            "Destination": self.destination,
            "X-PTA": self.token,
            "X-Behind": behind,
        }
        return [f"{name}: {value}" for name, value in lines.items() if value]


ANY = PAIR.token("/*")
WRONG = PAIR.token("/q")
UNBOUND = sealed(ANY, SEAL_KEY)
BOUND = sealed(ANY, SEAL_KEY, ["127.0.0.1", "GET/seal/a"])
CAPTURED = sealed(ANY, SEAL_KEY, ["127.0.0.1", "a"])

CASES = {
    "token": Case(f"/p/a?pta={ANY}"),
    "token among arguments": Case(f"/p/a?b=1&pta={ANY}&c=2"),
    "token twice": Case(f"/p/a?pta={ANY}&pta={ANY}"),
    "no token": Case("/p/a?b=1", status=400),
    "token of another path": Case(f"/p/a?pta={WRONG}", status=403),
    "second cookie": Case("/cookie/a?b=1", cookie=f"pta=00; pta={ANY}"),
    "cookie after an argument": Case(f"/fallback/a?b=1&pta={WRONG}&c=2", cookie=f"pta={ANY}"),
    "no cookie after an argument": Case(f"/fallback/a?pta={WRONG}", cookie="pta=0", status=403),
    "header": Case("/header/a", token=ANY, caches="private"),
    "gate": Case(f"/gate/a?b=1&pta={ANY}", fault_status=403),
    "refused by a gate": Case("/gate/a", status=403, fault_status=403),
    "gate for another proxy": Case(
        f"/uri?u=/a?pta={ANY}", status=204, caches="no-store", fault_status=403
    ),
    "gate without URI": Case("/uri", status=403, caches="no-store", fault_status=403),
    "limit_except": Case(f"/limited/a?pta={ANY}"),
    "rewritten by the server": Case(f"/old/a?pta={ANY}"),
    "if block": Case(f"/if/a?check=1&pta={ANY}"),
    "satisfy any": Case(f"/any/a?pta={ANY}"),
    "two realms": Case(f"/moved/a?pta={ANY}&other={OTHER.token('/*')}"),
    "X-Accel-Redirect": Case(f"/play?pta={PAIR.token('/hidden/a')}"),
    "X-Accel-Redirect of an application": Case("/asking"),
    "$pta_status": Case(f"/variable/a?pta={ANY}", has_variable=True),
    "$pta_expires": Case(f"/digits/a?pta={ANY}", has_variable=True),
    "$pta_request_uri": Case(f"/masked/a?pta={ANY}", has_variable=True),
    "sealed token": Case(f"/seal/a?pta={BOUND}"),
    "sealed cookies": Case("/seal/a", cookie="; ".join([f"pta={UNBOUND}"] * 9), status=403),
    # The others do not use their token: they are HEAD requests.
    "used once": Case(f"/once/a?check=1&pta={ANY}", method="HEAD"),
    "given back": Case(f"/lost/a?pta={ANY}", status=404),
    "claimed before return": Case(f"/soon/a?pta={ANY}", status=404),
    "captures": Case(f"/capture/a?pta={CAPTURED}"),
    "$pta_token sealed": Case("/issue-seal/a", has_variable=True),
    "$pta_file_mtime": Case("/file/a", has_variable=True),
    "$pta_token": Case("/issue/a", has_variable=True),
    # PTA allows the first location, another module the second. PTA strips the token after both.
    "allowed by another module": Case(f"/into/a?b=1&pta={ANY}&c=2"),
    "stored": Case("/stored/a", cookie=f"pta={ANY}", caches="max-age=3600, private"),
    "refusal": Case(f"/stored/a?pta={WRONG}", status=403, caches="no-store"),
    "cookie handed over": Case(f"/hand/a?pta={ANY}", caches="private"),
    "303": Case(f"/redirect/a?b=1&pta={ANY}", status=303, caches="private, no-store"),
    "metrics": Case("/metrics", caches="no-store"),
    "metrics as JSON": Case("/metrics?format=json", caches="no-store"),
    "metrics as a page": Case("/metrics?format=html", caches="no-store"),
    # A fault in a filter may close the connection.
    "playlist": Case(f"/list/a.m3u8?pta={ANY}", caches="private, no-cache"),
    "playlist in pieces": Case(f"/small/a.m3u8?pta={ANY}", caches="private, no-cache"),
    "playlist with a new token": Case("/fresh/a.m3u8", caches="private, no-cache"),
    # Without dav_methods, nginx answers 405 when the check is over.
    "COPY": Case(f"/p/a?pta={ANY}", method="COPY", destination="/p//%62", status=405),
    # nginx refuses the path when it has decoded it.
    "COPY to a path that nginx refuses": Case(
        f"/p/a?pta={ANY}", method="COPY", destination="/p/%2e%2e/b", status=403
    ),
}

# Which request passes through a callback. All other callbacks belong to the configuration.
CASE_OF_CALLBACK = {
    "ServerRewrite": "rewritten by the server",
    "Rewrite": "token",
    "Rewritten": "if block",
    "Access": "token",
    "LetInByOthers": "satisfy any",
    "AccelRedirect": "X-Accel-Redirect",
    "Variable": "$pta_status",
    "HeaderFilter": "stored",
    "CookieRedirect": "303",
    "Metrics": "metrics",
    "OnceLocation": "used once",
    "OnceClaim": "given back",
    "FirstHeaderFilter": "playlist",
    "BodyFilter": "playlist",
    "Gate": "gate for another proxy",
    "GateFailure": "gate without URI",
}
