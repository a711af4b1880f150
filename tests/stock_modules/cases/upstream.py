"""Upstreams, caches and HTTP/2."""

from stock_modules.case import Case, Request

CASES = [
    Case(
        "proxy",
        "http_proxy_module http_upstream_keepalive_module",
        """
        location /plain/ { proxy_pass http://127.0.0.1:@upstream@; }
        location /uri/ { proxy_pass http://127.0.0.1:@upstream@/other/; }
        location /variable/ { proxy_pass http://127.0.0.1:@upstream@$request_uri; }
        location /args/ { proxy_pass http://127.0.0.1:@upstream@/x?$args; }
        location /group/ {
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_pass http://group;
        }
        location /rewritten/ {
            rewrite ^/rewritten/(.*)$ /new/$1?a=1 break;
            proxy_pass http://127.0.0.1:@upstream@;
        }
        location /down/ { proxy_pass http://127.0.0.1:1; }
        location /intercept/ {
            proxy_intercept_errors on;
            error_page 404 =200 /b.html;
            proxy_pass http://127.0.0.1:@upstream@/404;
        }
        location /redirected/ {
            proxy_pass http://127.0.0.1:@upstream@/file/dir;
            proxy_redirect default;
        }
        location /unbuffered/ {
            proxy_buffering off;
            proxy_request_buffering off;
            proxy_pass http://127.0.0.1:@upstream@;
        }
    """,
        [
            "/plain/x?pta=1&a=%2541",
            "/plain/%2e/a%20b?pta=1",
            "/uri/x?pta=1",
            "/uri/a%20b//c",
            "/variable/x?pta=1",
            "/args/?pta=1&b=2",
            "/group/x",
            "/group/y?pta=1",
            "/rewritten/x?pta=1",
            "/down/x",
            "/intercept/x",
            "/redirected/",
            Request("/plain/x", "Cookie: pta=1", method="POST", body=b"posted"),
            Request("/unbuffered/x", method="PUT", body=b"put"),
            Request("/plain/x", method="DELETE"),
            Request("/plain/x", version="1.0"),
            Request(
                "/",
                raw=b"POST /plain/x HTTP/1.1\r\nHost: @HOST@\r\nConnection: close\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            ),
        ],
        http="""
    upstream group {
        server 127.0.0.1:@upstream@;
        server 127.0.0.1:@upstream@;
        keepalive 2;
    }
""",
    ),
    Case(
        "proxy cache",
        "http_proxy_module",
        """
        proxy_cache cache_proxy; add_header X-Cache $upstream_cache_status;
        location /cached/ { proxy_pass http://127.0.0.1:@upstream@; }
        location /bypass/ {
            proxy_cache_bypass $arg_b;
            proxy_no_cache $arg_b;
            proxy_cache_valid any 1m;
            proxy_pass http://127.0.0.1:@upstream@;
        }
        location /lock/ {
            proxy_cache_lock on;
            proxy_cache_key "$uri";
            proxy_cache_valid 1m;
            proxy_pass http://127.0.0.1:@upstream@;
        }
    """,
        [
            "/cached/x",
            "/cached/x",
            "/cached/x?pta=1",
            "/cached/x?pta=1",
            "/bypass/x?b=1",
            "/bypass/x",
            "/bypass/x",
            "/lock/x?pta=1",
            "/lock/x?pta=2",
            Request("/cached/x", method="HEAD"),
            Request("/cached/x", method="POST", body=b"x"),
            Request("/cached/x", "Range: bytes=0-3"),
        ],
        http="    proxy_cache_path cache/proxy keys_zone=cache_proxy:1m;\n",
    ),
    Case(
        "slice",
        "http_slice_module http_proxy_module",
        """
        location / {
            slice 1k;
            proxy_set_header Range $slice_range;
            proxy_cache cache_slice;
            proxy_cache_key $uri$slice_range;
            proxy_cache_valid 200 206 1h;
            proxy_pass http://127.0.0.1:@upstream@/file$uri;
            add_header X-Cache $upstream_cache_status;
        }
    """,
        [
            "/big.txt",
            "/big.txt?pta=1",
            Request("/big.txt", "Range: bytes=1000-3000"),
            Request("/big.txt", "Range: bytes=-10"),
            Request("/big.txt", "Range: bytes=9000-"),
        ],
        http="    proxy_cache_path cache/slice keys_zone=cache_slice:1m;\n",
    ),
    Case(
        "fastcgi",
        "http_fastcgi_module",
        """
        location / {
            fastcgi_pass 127.0.0.1:@fastcgi@;
            fastcgi_param QUERY_STRING $query_string;
            fastcgi_param REQUEST_URI $request_uri;
            fastcgi_param SCRIPT_NAME $fastcgi_script_name;
            fastcgi_param PATH_INFO $fastcgi_path_info;
            fastcgi_split_path_info ^(.+\\.php)(/.+)$;
        }
    """,
        [
            "/index.php?pta=1&a=2",
            "/a.php/info",
            Request("/post.php", method="POST", body=b"posted"),
            Request("/x.php", "Cookie: pta=1"),
        ],
    ),
    Case(
        "mirror",
        "http_mirror_module http_proxy_module",
        """
        location / {
            mirror /mirror;
            mirror_request_body on;
            proxy_pass http://127.0.0.1:@upstream@;
        }
        location /off/ { mirror off; alias html/; }
        location /static/ { mirror /mirror; alias html/; }
        location = /mirror {
            internal;
            proxy_pass http://127.0.0.1:@upstream@/mirrored$request_uri;
        }
    """,
        ["/x?pta=1", Request("/x", method="POST", body=b"posted"), "/off/a.txt", "/static/a.txt"],
    ),
    Case(
        "stub status",
        "http_stub_status_module",
        "location = /status { stub_status; }",
        ["/status", Request("/status", method="POST", body=b"x")],
    ),
    Case(
        "http2",
        "http_v2_module http_rewrite_module http_proxy_module",
        """
        location /app/ { proxy_pass http://127.0.0.1:@upstream@; }
        location /return { return 200 "$request_uri $server_protocol $http_cookie\\n"; }
        location /denied { deny all; }
    """,
        [
            "/a.txt",
            "/a.txt?pta=1",
            "/none",
            "/dir",
            "/app/x?pta=1",
            "/return?pta=1",
            "/denied",
            Request("/return", "Cookie: pta=1", "Cookie: pta=2"),
            Request("/a.txt", "Range: bytes=0-3"),
            Request("/app/x", method="POST", body=b"posted"),
            Request("/a.txt", "Accept-Encoding: gzip"),
        ],
        http2=True,
    ),
]
