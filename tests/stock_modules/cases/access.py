"""Modules that allow, refuse or limit requests."""

import hashlib

from stock_modules.case import Case, Request, basic, secure_link

CASES = [
    Case(
        "access",
        "http_access_module",
        """
        location /allow/ { alias html/; allow 127.0.0.1; deny all; }
        location /deny/ { alias html/; deny 127.0.0.1; allow all; }
        location /except/ { alias html/; limit_except GET { deny all; } }
    """,
        [
            "/allow/a.txt",
            "/deny/a.txt",
            "/except/a.txt",
            Request("/except/a.txt", method="POST", body=b"x"),
            Request("/deny/a.txt", method="HEAD"),
        ],
    ),
    Case(
        "auth basic",
        "http_auth_basic_module http_access_module",
        """
        auth_basic_user_file html/passwords;
        location /basic/ { alias html/; auth_basic "closed site"; }
        location /any/ { alias html/; satisfy any; deny all; auth_basic "any"; }
        location /all/ { alias html/; satisfy all; allow 127.0.0.1; auth_basic "all"; }
        location /off/ { alias html/; auth_basic off; }
    """,
        [
            "/basic/a.txt",
            Request("/basic/a.txt", basic("user:secret")),
            Request("/basic/a.txt", basic("user:wrong")),
            Request("/basic/a.txt", basic("nobody:x")),
            "/any/a.txt",
            Request("/any/a.txt", basic("user:secret")),
            "/all/a.txt",
            Request("/all/a.txt", basic("user:secret")),
            "/off/a.txt",
            Request("/basic/a.txt", "Authorization: Basic !!"),
        ],
    ),
    Case(
        "auth request",
        "http_auth_request_module http_proxy_module",
        """
        location /private/ {
            alias html/;
            auth_request /ask;
            auth_request_set $who $upstream_status;
            add_header X-Who $who;
        }
        location /app/ { auth_request /ask; proxy_pass http://127.0.0.1:@upstream@; }
        location = /ask {
            internal;
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_set_header Host $host;
            proxy_pass http://127.0.0.1:@http@/verdict;
        }
        location = /verdict {
            if ($http_x_s = 401) { return 401; }
            if ($http_x_s = 403) { return 403; }
            if ($http_x_s = 500) { return 500; }
            return 204;
        }
    """,
        [
            "/private/a.txt",
            Request("/private/a.txt", "X-S: 401"),
            Request("/private/a.txt?pta=1", "X-S: 403"),
            Request("/private/a.txt", "X-S: 500"),
            "/app/x?pta=1",
            Request("/app/x", method="POST", body=b"body"),
            "/ask",
        ],
    ),
    Case(
        "satisfy with auth request",
        "http_auth_request_module http_auth_basic_module http_access_module",
        """
        auth_basic_user_file html/passwords;
        location /any/ {
            alias html/;
            satisfy any;
            deny all;
            auth_request /ask;
            auth_basic "any";
        }
        location = /ask { internal; if ($http_x_ok) { return 204; } return 403; }
    """,
        [
            "/any/a.txt",
            Request("/any/a.txt", "X-Ok: 1"),
            Request("/any/a.txt", basic("user:secret")),
        ],
    ),
    Case(
        "limit req",
        "http_limit_req_module",
        """
        location /one/ { alias html/; limit_req zone=req_one; limit_req_status 429; }
        location /dry/ {
            alias html/;
            limit_req zone=req_dry;
            limit_req_dry_run on;
            add_header X-Limit $limit_req_status;
        }
    """,
        ["/one/a.txt", "/one/a.txt", "/one/a.txt?pta=1", "/dry/a.txt", "/dry/a.txt"],
        http="""
    limit_req_zone $binary_remote_addr zone=req_one:1m rate=1r/m;
    limit_req_zone $binary_remote_addr zone=req_dry:1m rate=1r/m;
""",
    ),
    Case(
        "limit conn",
        "http_limit_conn_module http_proxy_module",
        """
        location / {
            limit_conn conn_one 1;
            limit_conn_status 503;
            proxy_pass http://127.0.0.1:@upstream@;
        }
    """,
        ["/x", Request("/held", method="POST", held=Request("/second"))],
        http="    limit_conn_zone $server_name zone=conn_one:1m;\n",
    ),
    Case(
        "secure link",
        "http_secure_link_module http_rewrite_module",
        """
        location / {
            secure_link $arg_md5,$arg_expires;
            secure_link_md5 "$secure_link_expires$uri secret";
            if ($secure_link = "") { return 403; }
            if ($secure_link = "0") { return 410; }
        }
        location /p/ {
            secure_link_secret word;
            if ($secure_link = "") { return 403; }
            rewrite ^ /$secure_link;
        }
    """,
        [
            secure_link("/a.txt", 4_102_444_800),
            secure_link("/a.txt", 1_000_000),
            secure_link("/a.txt", 4_102_444_800, "wrong"),
            "/a.txt",
            f"/p/{hashlib.md5(b'a.txtword').hexdigest()}/a.txt",
            "/p/0/a.txt",
        ],
    ),
    Case(
        "referer",
        "http_referer_module http_rewrite_module",
        """
        location / {
            valid_referers none blocked server_names *.example.org ~good;
            if ($invalid_referer) { return 403; }
        }
    """,
        [
            "/a.txt",
            Request("/a.txt", "Referer: https://www.example.org/x"),
            Request("/a.txt", "Referer: https://evil.test/"),
            Request("/a.txt", "Referer: xgood"),
            Request("/a.txt", "Referer: https://referer.test/"),
        ],
    ),
    Case(
        "real ip",
        "http_realip_module http_access_module",
        """
        set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For; real_ip_recursive on;
        location /deny/ { alias html/; deny 192.0.2.0/24; }
        location / { return 200 "$remote_addr $realip_remote_addr\\n"; }
    """,
        [
            "/x",
            Request("/x", "X-Forwarded-For: 192.0.2.7"),
            Request("/x", "X-Forwarded-For: 192.0.2.7, 198.51.100.1"),
            Request("/deny/a.txt", "X-Forwarded-For: 192.0.2.7"),
            Request("/deny/a.txt", "X-Forwarded-For: 198.51.100.1"),
            Request("/x", "X-Forwarded-For: junk"),
        ],
    ),
]
