"""Rewrites, internal redirects and variables."""

from stock_modules.case import Case, Request

CASES = [
    Case(
        "rewrite",
        "http_rewrite_module",
        """
        rewrite ^/server/(.*)$ /$1;
        rewrite ^/server-args/(.*)$ /$1?new=1;
        location /last/ { rewrite ^/last/(.*)$ /$1 last; }
        location /break/ { root html; rewrite ^/break/(.*)$ /$1 break; }
        location /redirect/ { rewrite ^/redirect/(.*)$ /$1 redirect; }
        location /permanent/ { rewrite ^/permanent/(.*)$ /$1? permanent; }
        location /return/ { return 200 "$uri $args $request_uri $is_args\\n"; }
        location /return-url { return 302 /elsewhere?$args; }
        location /gone { return 410; }
        location /silent { return 444; }
        location /loop/ { rewrite ^/loop/(.*)$ /loop/x$1 last; }
        location /if/ {
            if ($arg_a = 1) { return 403; }
            if ($request_method = POST) { return 405; }
            if (-f $document_root/a.txt) { set $found yes; }
            return 200 "$found\\n";
        }
        location /if-file/ { alias html/; if ($http_x_deny) { return 403; } }
        location /set/ {
            set $args "x=1";
            set $y "$args&pta=2";
            return 200 "$args $y $request_uri\\n";
        }
        location /open { if (!-e $request_filename) { rewrite ^ /a.txt last; } }
    """,
        [
            "/server/a.txt",
            "/server-args/a.txt?pta=1",
            "/last/a.txt?x=1",
            "/break/a.txt",
            "/redirect/a.txt?pta=1",
            "/permanent/a.txt?pta=1",
            "/return/x?pta=1",
            "/return-url?pta=1",
            "/gone",
            "/silent",
            "/loop/",
            "/if/?a=1",
            "/if/",
            Request("/if/", method="POST", body=b"x"),
            "/if-file/a.txt",
            Request("/if-file/a.txt", "X-Deny: 1"),
            "/set/?pta=1",
            "/open",
            Request("/redirect/x", method="POST", body=b"x"),
        ],
    ),
    Case(
        "try files",
        "http_static_module http_proxy_module",
        """
        location / { try_files $uri $uri/ @app; }
        location /page/ { try_files $uri /b.html; }
        location /none/ { try_files $uri =404; }
        location /code/ { try_files $uri =503; }
        location /query/ { try_files /none /to?q=$args; }
        location /to { return 200 "to $args $request_uri\\n"; }
        location @app { proxy_pass http://127.0.0.1:@upstream@; }
    """,
        [
            "/a.txt",
            "/dir",
            "/dir/",
            "/none-there?pta=1&a=2",
            "/page/x",
            "/none/x",
            "/code/x",
            "/query/x?pta=1",
            Request("/missing", method="POST", body=b"x"),
        ],
    ),
    Case(
        "error pages",
        "http_static_module http_proxy_module",
        """
        error_page 404 /b.html;
        error_page 403 = @named;
        error_page 410 =200 /a.txt;
        error_page 405 =200 $uri;
        error_page 500 502 /50x.html;
        error_page 413 https://elsewhere.test/too-large;
        location /403 { return 403; }
        location /410 { return 410; }
        location /502 { proxy_pass http://127.0.0.1:1; }
        location /recursive/ { recursive_error_pages on; error_page 404 /410; }
        location /small/ { client_max_body_size 1; proxy_pass http://127.0.0.1:@upstream@; }
        location @named { return 200 "named $uri $args\\n"; }
    """,
        [
            "/none?pta=1",
            "/403?pta=1",
            "/410",
            "/502",
            "/recursive/x",
            Request("/a.txt", method="POST", body=b"x"),
            Request("/small/x", method="POST", body=b"too large"),
            Request("/none", method="HEAD"),
        ],
    ),
    Case(
        "internal and X-Accel-Redirect",
        "http_proxy_module",
        """
        location /hidden/ { internal; }
        location /accel/ { proxy_pass http://127.0.0.1:@upstream@; }
        location /accel-name/ { proxy_pass http://127.0.0.1:@upstream@; }
        location /ignored/ {
            proxy_ignore_headers X-Accel-Redirect;
            proxy_pass http://127.0.0.1:@upstream@/accel/;
        }
        location /inside { try_files /none /hidden/a.txt; }
        location @named { return 200 "named $uri $args\\n"; }
    """,
        [
            "/hidden/a.txt",
            "/accel/x?pta=1",
            "/accel-name/x?pta=1",
            "/ignored/x",
            "/inside?pta=1",
            Request("/accel/x", method="POST", body=b"x"),
        ],
    ),
    Case(
        "post action",
        "http_proxy_module",
        """
        location / { post_action /after; }
        location = /after {
            internal;
            proxy_pass http://127.0.0.1:@upstream@/after?uri=$request_uri&status=$status;
        }
    """,
        ["/a.txt", "/a.txt?pta=1", "/none"],
    ),
    Case(
        "map, geo, split clients",
        "http_map_module http_geo_module http_split_clients_module http_rewrite_module",
        """
        location / { return 200 "$mapped $mapped_args $where $half\\n"; }
        location /header/ { alias html/; add_header X-Mapped $mapped_args; }
    """,
        [
            "/one",
            "/two?pta=1",
            "/three?pta=2",
            "/header/a.txt?pta=1",
            Request("/one", "User-Agent: x"),
        ],
        http="""
    map $uri $mapped {
        hostnames;
        default none;
        /one first;
        ~^/t(?<rest>.*)$ "t and $rest";
    }
    map $arg_pta $mapped_args { volatile; default ""; 1 one; 2 two; }
    geo $where { default outside; 127.0.0.0/8 inside; }
    split_clients "$uri$http_user_agent" $half { 50% a; * b; }
""",
    ),
]
