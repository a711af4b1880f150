"""Playlists, which this module would change elsewhere, and cookies of others."""

from stock_modules.case import SAME_TIME, Case, Request

PATHS = ["/list.m3u8", "/list.m3u8?pta=1", "/list.mpd", "/no-list.m3u8"]
RANGES = ["Range: bytes=0-", "Range: bytes=0-3", "Range: bytes=2-5,8-9", "Range: bytes=9999-"]


def each(prefix=""):
    return [
        *(f"{prefix}{path}" for path in PATHS),
        *(Request(f"{prefix}/list.m3u8", header) for header in (*RANGES, SAME_TIME)),
        Request(f"{prefix}/list.m3u8", method="HEAD"),
        Request(f"{prefix}/list.mpd", version="1.0"),
        Request(f"{prefix}/list.m3u8", "Accept-Encoding: gzip"),
    ]


CASES = [
    Case(
        "playlists",
        "http_gzip_module http_gzip_static_module http_gunzip_module",
        """
        gzip on; gzip_min_length 1; gzip_types application/vnd.apple.mpegurl application/dash+xml;
        location /expires/ { alias html/; expires 1h; add_header Cache-Control "public" always; }
        location /return/ {
            default_type application/vnd.apple.mpegurl;
            return 200 "#EXTM3U\\na.ts\\n";
        }
        location /packed/ { alias html/; gzip_static always; gunzip on; }
    """,
        [
            *each(),
            *each("/expires"),
            "/return/a",
            "/packed/list.m3u8",
            Request("/packed/list.m3u8", "Accept-Encoding: gzip"),
        ],
    ),
    Case(
        "playlists of an upstream",
        "http_proxy_module http_sub_module http_ssi_module",
        """
        location /file/ { proxy_pass http://127.0.0.1:@upstream@; proxy_cookie_path / /x; }
        location /direct/ { proxy_pass http://127.0.0.1:@upstream@/file/; proxy_buffering off; }
        location /cached/file/ {
            proxy_pass http://127.0.0.1:@upstream@/file/;
            proxy_cache lists; proxy_cache_valid 200 1m;
            add_header X-Cache $upstream_cache_status;
        }
        location /sub/ {
            proxy_pass http://127.0.0.1:@upstream@/file/;
            sub_filter a.ts b.ts; sub_filter_types *;
        }
        location /ssi/ { proxy_pass http://127.0.0.1:@upstream@/file/; ssi on; ssi_types *; }
    """,
        [
            *each("/file"),
            *each("/direct"),
            *each("/cached/file"),
            "/sub/list.m3u8",
            "/ssi/list.m3u8",
            "/ssi/list.mpd",
        ],
        http="    proxy_cache_path cache/lists keys_zone=lists:1m;\n",
    ),
    Case(
        "cookies of an upstream",
        "http_proxy_module",
        """
        location /cookies/ { proxy_pass http://127.0.0.1:@upstream@; add_header Set-Cookie own=1; }
        location /flags/ {
            proxy_pass http://127.0.0.1:@upstream@/cookies/;
            proxy_cookie_flags a secure;
            proxy_cookie_path / /flags/;
        }
    """,
        [
            "/cookies/a",
            "/cookies/a?pta=1",
            Request("/cookies/a", "Cookie: pta=1; a=b"),
            Request("/cookies/a", method="HEAD"),
            "/flags/a",
        ],
    ),
]
