"""The locations that a playlist passes, and how clients ask for it."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Location:
    directives: str = ""
    # Whether it unpacks gzip.
    unpacks: bool = False
    # Whether another playlist takes the place of an error.
    replaces: bool = False
    # Whether it may refuse any playlist.
    may_refuse: bool = False
    # Whether it removes Content-Length before the playlist is signed.
    hides_length: bool = False
    # How often each request is sent, so that it comes from the cache as well.
    times: int = 1


SMALL = "proxy_buffers 3 2k; proxy_buffer_size 2k; proxy_busy_buffers_size 2k;"
CACHE = 'proxy_cache c; proxy_cache_valid any 1m; proxy_cache_key "{key}$uri$arg_client";'

LOCATIONS = {
    "plain": Location(),
    "unbuffered": Location("proxy_buffering off;"),
    "small": Location(f"{SMALL} proxy_max_temp_file_size 4k; proxy_temp_file_write_size 2k;"),
    "no-file": Location(f"{SMALL} proxy_max_temp_file_size 0;"),
    "cached": Location(CACHE.format(key="a"), times=2),
    "cached-ranges": Location(CACHE.format(key="b") + "proxy_force_ranges on;", times=2),
    "ranges": Location("proxy_force_ranges on;"),
    "no-ranges": Location("max_ranges 0;"),
    "gzip": Location("gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any;"),
    "gunzip": Location("gunzip on;", unpacks=True),
    "gunzip-gzip": Location(
        "gunzip on; gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any;", unpacks=True
    ),
    "sub": Location(
        "sub_filter EXTINF EXTINF; sub_filter_types *; sub_filter_once off;", hides_length=True
    ),
    "ssi": Location("ssi on; ssi_types *; ssi_last_modified on;", hides_length=True),
    "trailer": Location("add_trailer X-Trailer 1;"),
    "http-1.0": Location("proxy_http_version 1.0;"),
    "headers": Location(
        "expires 1h; add_header ETag x; add_header Digest x; add_header Cache-Control public;"
        " add_header Accept-Ranges bytes; add_header CDN-Cache-Control max-age=60;"
    ),
    "store": Location("root stored; proxy_store on;"),
    "rate": Location("limit_rate 10m; postpone_output 0;"),
    "not-chunked": Location("chunked_transfer_encoding off;"),
    "before": Location("etag off; if_modified_since before;"),
    "intercepted": Location(
        "proxy_intercept_errors on; error_page 404 416 =200 /files/other.m3u8;", replaces=True
    ),
    "replaced": Location("error_page 500 502 =200 /files/other.m3u8;", replaces=True),
    "sliced": Location(
        "slice 1k; proxy_set_header Range $slice_range; proxy_cache c; proxy_cache_valid any 1m;"
        ' proxy_cache_key "s$uri$arg_client$slice_range";',
        may_refuse=True,
        times=2,
    ),
}

# What nginx may be built without.
NEEDED = {
    "gunzip": "http_gunzip_module",
    "gunzip-gzip": "http_gunzip_module",
    "sub": "http_sub_module",
    "sliced": "http_slice_module",
}

NEVER = "Sat, 01 Jan 2000 00:00:00 GMT"
CLIENTS = {
    "GET": [],
    "HEAD": [],
    "HTTP/1.0": [],
    "gzip": ["Accept-Encoding: gzip"],
    "range-all": ["Range: bytes=0-"],
    "range-begin": ["Range: bytes=0-9"],
    "range-end": ["Range: bytes=-9"],
    "range-two": ["Range: bytes=0-9,20-29"],
    "range-behind": ["Range: bytes=9999999-"],
    "if-range": ['If-Range: "abc"', "Range: bytes=0-9"],
    "if-none-match": ['If-None-Match: "abc"'],
    "if-none-match-any": ["If-None-Match: *"],
    "if-match": ['If-Match: "other"'],
    "if-modified": ["If-Modified-Since: Mon, 01 Jan 2024 00:00:00 GMT"],
    "if-unmodified": [f"If-Unmodified-Since: {NEVER}"],
}


def method_and_target(location, answer, client, token):
    """`answer` is that of the upstream, or "file"."""
    folder = "files" if answer == "file" else "proxy"
    target = f"/{folder}/{location}/{answer}.m3u8?client={client}&pta={token}"
    return "HEAD" if client == "HEAD" else "GET", target


def request(location, answer, client, token):
    """The bytes of a request."""
    method, target = method_and_target(location, answer, client, token)
    version = "HTTP/1.0" if client == "HTTP/1.0" else "HTTP/1.1"
    lines = [f"{method} {target} {version}", "Host: localhost", *CLIENTS[client], "", ""]
    return "\r\n".join(lines).encode()


# So long that no test sees the end of a step.
STEP = 1000 * 86400
MODES = {
    "forward": "pta_playlist forward;",
    "issue": f"pta_playlist issue; pta_issue /* {STEP} step={STEP};",
}


def expiry(now):
    """That of the tokens that `issue` makes."""
    return -(-(now + STEP) // STEP) * STEP


def configuration(nginx, keys, mode, port):
    """The http block. `port` is that of the upstream."""
    lines = []
    for name, location in LOCATIONS.items():
        if name in NEEDED and not nginx.has(NEEDED[name]):
            continue
        directives = f"{location.directives} proxy_pass http://127.0.0.1:{port}/;"
        lines.append(f"location /proxy/{name}/ {{ {directives} }}")
        if name != "store":
            lines.append(f"location /files/{name}/ {{ {location.directives} alias html/; }}")
    text = "\n        ".join(lines)
    return f"""
    proxy_cache_path cache keys_zone=c:1m;
    keepalive_requests 1000000;
    server {{
        {nginx.listen_on_both()}
        {keys}
        pta_enable on;
        {MODES[mode]}
        {text}
        location /files/ {{ alias html/; }}
    }}
"""


def locations(nginx):
    return [name for name in LOCATIONS if name not in NEEDED or nginx.has(NEEDED[name])]
