"""Files, ranges, indexes, headers and WebDAV."""

from stock_modules.case import SAME_TIME, Case, Request

CASES = [
    Case(
        "static files",
        "http_static_module",
        "location /alias/ { alias html/dir/; }",
        [
            "/a.txt",
            "/a.txt?pta=0123456789abcdef0123456789abcdef",
            "/none",
            "/dir",
            "/dir?pta=x&a=1",
            "/dir/a%20b.txt",
            "//a.txt",
            "/dir/../a.txt",
            "/../a.txt",
            "/a.txt%00",
            "/alias/a%20b.txt",
            "/alias/none",
            Request("/a.txt", method="HEAD"),
            Request("/a.txt", method="POST", body=b"x"),
            Request("/a.txt", method="TRACE"),
            Request("/a.txt", method="OPTIONS"),
            Request("/a.txt", version="1.0"),
            Request("a.txt"),
            Request("/", raw=b"GET /a.txt\r\n"),
            Request("/", raw=b"G\xc3T / HTTP/1.1\r\nHost: @HOST@\r\n\r\n"),
            Request(
                "/", raw=b"GET /a.txt HTTP/1.1\r\nHost: @HOST@\r\nX: " + b"y" * 40_000 + b"\r\n\r\n"
            ),
            Request(
                "/",
                raw=b"GET /a.txt HTTP/1.1\r\nHost: @HOST@\r\n\r\n"
                b"GET /b.html?pta= HTTP/1.1\r\nHost: @HOST@\r\nConnection: close\r\n\r\n",
            ),
            Request("/a.txt", "Cookie: pta=1; pta=2", "Cookie: PTA=3"),
            Request("http://x/a.txt?q#f"),
            Request("/a.txt?x#pta=1"),
        ],
    ),
    Case(
        "ranges and conditions",
        "http_static_module",
        """
        location /few/ { alias html/; max_ranges 1; }
        location /no-etag/ { alias html/; etag off; if_modified_since off; }
    """,
        [
            Request("/a.txt", "Range: bytes=0-9"),
            Request("/a.txt", "Range: bytes=-5"),
            Request("/a.txt", "Range: bytes=0-1,5-9"),
            Request("/a.txt", "Range: bytes=500-"),
            Request("/few/a.txt", "Range: bytes=0-1,5-9"),
            Request("/a.txt", SAME_TIME),
            Request("/a.txt", 'If-None-Match: "6553f100-87"'),
            Request("/a.txt", 'If-None-Match: "x"'),
            Request("/a.txt", 'If-Match: "x"'),
            Request("/no-etag/a.txt", SAME_TIME),
            Request("/a.txt", "Range: bytes=0-1", "If-Range: Tue, 14 Nov 2023 22:13:20 GMT"),
            Request("/a.txt", "If-Unmodified-Since: Tue, 14 Nov 2000 22:13:20 GMT"),
        ],
    ),
    Case(
        "index",
        "http_index_module http_autoindex_module",
        """
        index index.html;
        location /empty/ { root html; index none.html /b.html; }
        location /list/ { alias html/; index none; autoindex on; }
        location /json/ {
            alias html/;
            index none;
            autoindex on;
            autoindex_format json;
            autoindex_exact_size off;
            autoindex_localtime on;
        }
        location /xml/ { alias html/dir/; index none; autoindex on; autoindex_format xml; }
        location /forbidden/ { alias html/dir/; index none; }
    """,
        [
            "/",
            "/?pta=1",
            "/dir/",
            "/dir/?a=1",
            "/empty/",
            "/list/",
            "/json/",
            "/xml/",
            "/forbidden/",
            Request("/", method="HEAD"),
            Request("/dir/", method="POST", body=b"x"),
        ],
    ),
    Case(
        "random index",
        "http_random_index_module",
        "location /one/ { random_index on; }",
        ["/one/", "/one/?pta=1", "/one/only.txt"],
    ),
    Case(
        "headers",
        "http_static_module",
        """
        add_header X-Server one;
        location /always/ {
            alias html/;
            add_header X-Always "$uri $args" always;
            add_trailer X-Trailer end;
        }
        location /expires/ { alias html/; expires 1h; }
        location /max/ { alias html/; expires max; }
        location /epoch/ { alias html/; expires epoch; }
        location /modified/ { alias html/; expires modified +1d; }
        location /type/ { alias html/; default_type text/x; types { } }
        server_tokens off;
    """,
        [
            "/a.txt",
            "/none",
            "/always/a.txt?pta=1",
            "/always/none",
            "/expires/a.txt",
            "/max/a.txt",
            "/epoch/a.txt",
            "/modified/a.txt",
            "/type/a.txt",
            Request("/always/a.txt", SAME_TIME),
        ],
    ),
    Case(
        "dav",
        "http_dav_module",
        """
        location /dav/ {
            dav_methods PUT DELETE MKCOL COPY MOVE;
            create_full_put_path on;
            dav_access all:rw;
        }
        # Without headers that depend on the time of writing.
        location /read/ { alias html/dav/; etag off; add_header Last-Modified ""; }
        location /closed/ { alias html/dav/; dav_methods PUT; limit_except GET { deny all; } }
    """,
        [
            Request("/dav/x.txt", method="PUT", body=b"put"),
            Request("/dav/x.txt", method="PUT", body=b"again"),
            Request("/dav/deep/y.txt?pta=1", method="PUT", body=b"deep"),
            "/read/x.txt",
            Request("/dav/folder/", method="MKCOL"),
            Request("/dav/x.txt", "Destination: http://dav.test/dav/z.txt", method="COPY"),
            Request("/dav/z.txt", "Destination: /dav/w.txt", method="MOVE"),
            Request("/dav/z.txt", method="DELETE"),
            Request("/dav/w.txt", method="DELETE"),
            Request("/closed/n", method="PUT", body=b"x"),
        ],
    ),
    Case(
        "empty gif and browser",
        "http_empty_gif_module http_browser_module",
        """
        modern_browser unlisted; ancient_browser MSIE;
        location /gif { empty_gif; }
        location / { return 200 "$ancient_browser $modern_browser\\n"; }
    """,
        [
            "/gif?pta=1",
            Request("/gif", method="POST", body=b"x"),
            "/x",
            Request("/x", "User-Agent: MSIE 5"),
        ],
    ),
]
