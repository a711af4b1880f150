"""Filters of headers and bodies."""

from stock_modules.case import Case, Request

CASES = [
    Case(
        "gzip",
        "http_gzip_module",
        """
        gzip on; gzip_min_length 1; gzip_types text/plain; gzip_vary on; gzip_proxied any;
        location /app/ { proxy_pass http://127.0.0.1:@upstream@; }
        location /chunked-off/ { alias html/; chunked_transfer_encoding off; }
    """,
        [
            Request(t, "Accept-Encoding: gzip")
            for t in (
                "/a.txt",
                "/b.html",
                "/app/x?pta=1",
                "/chunked-off/a.txt",
                "/none",
                "/big.txt",
            )
        ]
        + [
            "/a.txt",
            Request("/a.txt", "Accept-Encoding: gzip", version="1.0"),
            Request("/a.txt", "Accept-Encoding: gzip", "Range: bytes=0-3"),
            Request("/a.txt", "Accept-Encoding: gzip", method="HEAD"),
        ],
    ),
    Case(
        "gzip static and gunzip",
        "http_gzip_static_module http_gunzip_module",
        """
        location / { gzip_static always; gunzip on; }
    """,
        ["/packed.txt", Request("/packed.txt", "Accept-Encoding: gzip"), "/none.txt"],
    ),
    Case(
        "sub filter",
        "http_sub_module http_proxy_module",
        """
        location / {
            sub_filter quick slow;
            sub_filter "brown" "[$uri]";
            sub_filter_once off;
            sub_filter_types text/plain;
        }
        location /app/ {
            sub_filter GET got;
            sub_filter_types *;
            proxy_pass http://127.0.0.1:@upstream@;
        }
    """,
        [
            "/a.txt",
            "/b.html",
            "/app/x?pta=1",
            Request("/a.txt", "Range: bytes=0-3"),
            Request("/b.html", method="HEAD"),
        ],
    ),
    Case(
        "addition",
        "http_addition_module",
        """
        location / { add_before_body /before.txt; add_after_body /after.txt; addition_types *; }
    """,
        ["/a.txt", "/b.html?pta=1", "/before.txt", "/none"],
    ),
    Case(
        "ssi",
        "http_ssi_module http_proxy_module",
        """
        ssi on; ssi_silent_errors off;
        location /app/ { proxy_pass http://127.0.0.1:@upstream@; }
    """,
        [
            "/ssi/page.html",
            "/ssi/page.html?q=1",
            "/ssi/page.html?pta=1&q=1",
            Request("/ssi/page.html", method="HEAD"),
        ],
    ),
    Case(
        "charset",
        "http_charset_module",
        """
        location / {
            charset utf-8;
            source_charset iso-8859-1;
            charset_types text/plain;
            override_charset on;
        }
        location /plain/ { alias html/; charset koi8-r; }
    """,
        ["/latin.txt", "/b.html", "/plain/a.txt", "/plain/b.html"],
        http="    charset_map iso-8859-1 utf-8 { E9 C3A9; }\n",
    ),
    Case(
        "userid",
        "http_userid_module",
        """
        userid on; userid_name uid; userid_expires max;
        location / { add_header X-Got "$uid_got"; }
    """,
        [
            "/a.txt",
            Request("/a.txt", "Cookie: uid=fwAAAWVTinwAAAAAAwMEAg=="),
            Request("/a.txt", "Cookie: pta=1; uid=fwAAAWVTinwAAAAAAwMEAg=="),
        ],
    ),
]
