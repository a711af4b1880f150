"""Typical configurations of nginx's own modules and requests to them, for scripts/lib/stock-modules."""

import base64
import gzip
import hashlib
import os
import re
import socket
import struct
import subprocess
import threading
import zlib

# Modules that nginx has only if it was configured with them.
OPTIONAL = {
    "http_auth_request_module", "http_addition_module", "http_dav_module", "http_gunzip_module", "http_gzip_static_module",
    "http_random_index_module", "http_realip_module", "http_secure_link_module", "http_slice_module", "http_ssl_module",
    "http_stub_status_module", "http_sub_module", "http_v2_module", "http_mp4_module", "http_flv_module",
}

MAIN = """{load}
{user}
worker_processes 1;
pid logs/nginx.pid;
error_log logs/error.log info;
events {{ }}
http {{
    types {{ text/html html; text/plain txt; text/xml xml; }}
    default_type application/octet-stream;
    client_body_temp_path tmp/body;
    proxy_temp_path tmp/proxy;
    fastcgi_temp_path tmp/fastcgi;
    uwsgi_temp_path tmp/uwsgi;
    scgi_temp_path tmp/scgi;
    log_format all '$server_port $host "$request" $status $body_bytes_sent "$request_uri" "$uri" "$args" '
                   '"$http_referer" $remote_addr $remote_user "$upstream_status" "$upstream_cache_status" "$sent_http_location"';
    access_log logs/access.log all;
    root html;
    lingering_time 1s;
{http}
    # The application behind proxy_pass.
    server {{
        listen 127.0.0.1:@UPSTREAM@;
        location / {{ return 200 "$request_method $request_uri host=$host cookie=$http_cookie range=$http_range\\n"; }}
        location /file/ {{ alias html/; }}
        location /404 {{ return 404 "none\\n"; }}
        location /accel/ {{ add_header X-Accel-Redirect /hidden/a.txt; return 200; }}
        location /accel-name/ {{ add_header X-Accel-Redirect @named; return 200; }}
        location /cached/ {{ add_header Cache-Control max-age=60; return 200 "cached $request_uri\\n"; }}
    }}
{servers}}}
"""

KEY, IV = bytes(range(16)), bytes(16)

# What the third run has in each server.
ELSEWHERE = f"""
        pta_1st_key {KEY.hex()};
        pta_1st_iv {IV.hex()};
        location ^~ /pta-elsewhere/ {{ pta_enable on; }}
"""


def token(path):
    covered = struct.pack(">q", 4_102_444_800) + path.encode()
    plain = struct.pack(">I", zlib.crc32(covered)) + covered
    done = subprocess.run(
        ["openssl", "enc", "-aes-128-cbc", "-K", KEY.hex(), "-iv", IV.hex()], input=plain, capture_output=True, check=True
    )
    return done.stdout.hex()


class Request:
    def __init__(self, target, *headers, method="GET", body=b"", version="1.1", held=None, raw=None):
        self.target, self.headers, self.method, self.body, self.version = target, headers, method, body, version
        # `held` is asked while this one waits for the rest of its body.
        self.held, self.raw = held, raw

    def bytes(self, host):
        if self.raw:
            return self.raw.replace(b"@HOST@", host.encode())
        lines = [f"{self.method} {self.target} HTTP/{self.version}", f"Host: {host}", "Connection: close", *self.headers]
        if self.body or self.held:
            lines.append(f"Content-Length: {len(self.body) or 4}")
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + self.body


class Case:
    def __init__(self, name, modules, config, requests, http="", http2=False):
        self.name, self.modules, self.config, self.http, self.http2 = name, modules.split(), config, http, http2
        self.requests = [Request(r) if isinstance(r, str) else r for r in requests]
        self.host = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") + ".test"


def make_files(root):
    for folder in ("logs", "tmp", "cache", "html/dir", "html/empty", "html/one", "html/dav", "html/hidden", "html/ssi",
                   "html/pta-elsewhere"):
        (root / folder).mkdir(parents=True)
    files = {
        "a.txt": b"The quick brown fox jumps over the lazy dog.\n" * 3,
        "b.html": b"<html><body><p>quick</p></body></html>\n",
        "index.html": b"<html>index</html>\n",
        "dir/index.html": b"<html>dir</html>\n",
        "dir/a b.txt": b"blank\n",
        "one/only.txt": b"the only one\n",
        "hidden/a.txt": b"hidden\n",
        "before.txt": b"before\n",
        "after.txt": b"after\n",
        "latin.txt": "café\n".encode("latin-1"),
        "ssi/page.html": b'<!--#set var="x" value="y" --><!--#echo var="x" --><!--#include virtual="/a.txt?p=1" -->'
                         b'<!--#if expr="$query_string = \'q=1\'" -->yes<!--#else -->no<!--#endif -->'
                         b'<!--#echo var="QUERY_STRING" --><!--#include virtual="/app/x?y=$args" -->\n',
        "packed.txt.gz": gzip.compress(b"packed\n" * 100, mtime=0),
        "big.txt": b"0123456789abcdef" * 512,
        "passwords": b"user:{PLAIN}secret\n",
        "50x.html": b"<html>error page</html>\n",
        "pta-elsewhere/file": b"elsewhere\n",
    }
    for name, content in files.items():
        (root / "html" / name).write_bytes(content)
    for path in sorted((root / "html").rglob("*")) + [root / "html"]:
        os.utime(path, (1_700_000_000, 1_700_000_000))
    (root / "html/dav").chmod(0o777)


class FastCgi:
    """An application that answers with the parameters it got."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        # Ends with the script.
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            with connection:
                self.answer(connection)

    @staticmethod
    def answer(connection):
        stream, parameters, body = connection.makefile("rb"), b"", b""
        while len(header := stream.read(8)) == 8:
            kind, length, padding = header[1], int.from_bytes(header[4:6], "big"), header[6]
            content = stream.read(length)
            stream.read(padding)
            if kind == 4:
                parameters += content
            elif kind == 5:
                body += content
                if not length:
                    break
        text = b"Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n" + parameters.replace(b"\0", b" ") + b"\nbody=" + body + b"\n"
        record = struct.pack(">BBHHBB", 1, 6, 1, len(text), 0, 0) + text
        end = struct.pack(">BBHHBB", 1, 6, 1, 0, 0, 0) + struct.pack(">BBHHBB8x", 1, 3, 1, 8, 0, 0)
        connection.sendall(record + end)


def basic(user):
    return "Authorization: Basic " + base64.b64encode(user.encode()).decode()


def link(path, expires, secret="secret"):
    digest = hashlib.md5(f"{expires}{path} {secret}".encode()).digest()
    return f"{path}?md5={base64.urlsafe_b64encode(digest).decode().rstrip('=')}&expires={expires}"


SAME = "If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT"

CASES = [
    Case("static files", "http_static_module", "location /alias/ { alias html/dir/; }", [
        "/a.txt", "/a.txt?pta=0123456789abcdef0123456789abcdef", "/none", "/dir", "/dir?pta=x&a=1", "/dir/a%20b.txt", "//a.txt", "/dir/../a.txt",
        "/../a.txt", "/a.txt%00", "/alias/a%20b.txt", "/alias/none", Request("/a.txt", method="HEAD"), Request("/a.txt", method="POST", body=b"x"),
        Request("/a.txt", method="TRACE"), Request("/a.txt", method="OPTIONS"), Request("/a.txt", version="1.0"), Request("a.txt"),
        Request("/", raw=b"GET /a.txt\r\n"), Request("/", raw=b"G\xc3T / HTTP/1.1\r\nHost: @HOST@\r\n\r\n"),
        Request("/", raw=b"GET /a.txt HTTP/1.1\r\nHost: @HOST@\r\nX: " + b"y" * 40_000 + b"\r\n\r\n"),
        Request("/", raw=b"GET /a.txt HTTP/1.1\r\nHost: @HOST@\r\n\r\nGET /b.html?pta= HTTP/1.1\r\nHost: @HOST@\r\nConnection: close\r\n\r\n"),
        Request("/a.txt", "Cookie: pta=1; pta=2", "Cookie: PTA=3"), Request("http://x/a.txt?q#f"), Request("/a.txt?x#pta=1"),
    ]),
    Case("ranges and conditions", "http_static_module", """
        location /few/ { alias html/; max_ranges 1; }
        location /no-etag/ { alias html/; etag off; if_modified_since off; }
    """, [
        Request("/a.txt", "Range: bytes=0-9"), Request("/a.txt", "Range: bytes=-5"), Request("/a.txt", "Range: bytes=0-1,5-9"),
        Request("/a.txt", "Range: bytes=500-"), Request("/few/a.txt", "Range: bytes=0-1,5-9"), Request("/a.txt", SAME),
        Request("/a.txt", 'If-None-Match: "6553f100-87"'), Request("/a.txt", 'If-None-Match: "x"'), Request("/a.txt", 'If-Match: "x"'), Request("/no-etag/a.txt", SAME),
        Request("/a.txt", "Range: bytes=0-1", "If-Range: Tue, 14 Nov 2023 22:13:20 GMT"), Request("/a.txt", "If-Unmodified-Since: Tue, 14 Nov 2000 22:13:20 GMT"),
    ]),
    Case("access", "http_access_module", """
        location /allow/ { alias html/; allow 127.0.0.1; deny all; }
        location /deny/ { alias html/; deny 127.0.0.1; allow all; }
        location /except/ { alias html/; limit_except GET { deny all; } }
    """, ["/allow/a.txt", "/deny/a.txt", "/except/a.txt", Request("/except/a.txt", method="POST", body=b"x"), Request("/deny/a.txt", method="HEAD")]),
    Case("auth basic", "http_auth_basic_module http_access_module", """
        auth_basic_user_file html/passwords;
        location /basic/ { alias html/; auth_basic "closed site"; }
        location /any/ { alias html/; satisfy any; deny all; auth_basic "any"; }
        location /all/ { alias html/; satisfy all; allow 127.0.0.1; auth_basic "all"; }
        location /off/ { alias html/; auth_basic off; }
    """, [
        "/basic/a.txt", Request("/basic/a.txt", basic("user:secret")), Request("/basic/a.txt", basic("user:wrong")), Request("/basic/a.txt", basic("nobody:x")),
        "/any/a.txt", Request("/any/a.txt", basic("user:secret")), "/all/a.txt", Request("/all/a.txt", basic("user:secret")), "/off/a.txt",
        Request("/basic/a.txt", "Authorization: Basic !!"),
    ]),
    Case("auth request", "http_auth_request_module http_proxy_module", """
        location /private/ { alias html/; auth_request /ask; auth_request_set $who $upstream_status; add_header X-Who $who; }
        location /app/ { auth_request /ask; proxy_pass http://127.0.0.1:@UPSTREAM@; }
        location = /ask { internal; proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_set_header Host $host; proxy_pass http://127.0.0.1:@PORT@/verdict; }
        location = /verdict { if ($http_x_s = 401) { return 401; } if ($http_x_s = 403) { return 403; } if ($http_x_s = 500) { return 500; } return 204; }
    """, ["/private/a.txt", Request("/private/a.txt", "X-S: 401"), Request("/private/a.txt?pta=1", "X-S: 403"), Request("/private/a.txt", "X-S: 500"), "/app/x?pta=1", Request("/app/x", method="POST", body=b"body"), "/ask"]),
    Case("limit req", "http_limit_req_module", """
        location /one/ { alias html/; limit_req zone=req_one; limit_req_status 429; }
        location /dry/ { alias html/; limit_req zone=req_dry; limit_req_dry_run on; add_header X-Limit $limit_req_status; }
    """, ["/one/a.txt", "/one/a.txt", "/one/a.txt?pta=1", "/dry/a.txt", "/dry/a.txt"],
        http="    limit_req_zone $binary_remote_addr zone=req_one:1m rate=1r/m;\n    limit_req_zone $binary_remote_addr zone=req_dry:1m rate=1r/m;\n"),
    Case("limit conn", "http_limit_conn_module http_proxy_module", """
        location / { limit_conn conn_one 1; limit_conn_status 503; proxy_pass http://127.0.0.1:@UPSTREAM@; }
    """, ["/x", Request("/held", method="POST", held=Request("/second"))], http="    limit_conn_zone $server_name zone=conn_one:1m;\n"),
    Case("rewrite", "http_rewrite_module", """
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
        location /if/ { if ($arg_a = 1) { return 403; } if ($request_method = POST) { return 405; } if (-f $document_root/a.txt) { set $found yes; } return 200 "$found\\n"; }
        location /if-file/ { alias html/; if ($http_x_deny) { return 403; } }
        location /set/ { set $args "x=1"; set $y "$args&pta=2"; return 200 "$args $y $request_uri\\n"; }
        location /open { if (!-e $request_filename) { rewrite ^ /a.txt last; } }
    """, [
        "/server/a.txt", "/server-args/a.txt?pta=1", "/last/a.txt?x=1", "/break/a.txt", "/redirect/a.txt?pta=1", "/permanent/a.txt?pta=1", "/return/x?pta=1",
        "/return-url?pta=1", "/gone", "/silent", "/loop/", "/if/?a=1", "/if/", Request("/if/", method="POST", body=b"x"), "/if-file/a.txt",
        Request("/if-file/a.txt", "X-Deny: 1"), "/set/?pta=1", "/open", Request("/redirect/x", method="POST", body=b"x"),
    ]),
    Case("try files", "http_static_module http_proxy_module", """
        location / { try_files $uri $uri/ @app; }
        location /page/ { try_files $uri /b.html; }
        location /none/ { try_files $uri =404; }
        location /code/ { try_files $uri =503; }
        location /query/ { try_files /none /to?q=$args; }
        location /to { return 200 "to $args $request_uri\\n"; }
        location @app { proxy_pass http://127.0.0.1:@UPSTREAM@; }
    """, ["/a.txt", "/dir", "/dir/", "/none-there?pta=1&a=2", "/page/x", "/none/x", "/code/x", "/query/x?pta=1", Request("/missing", method="POST", body=b"x")]),
    Case("index", "http_index_module http_autoindex_module", """
        index index.html;
        location /empty/ { root html; index none.html /b.html; }
        location /list/ { alias html/; index none; autoindex on; }
        location /json/ { alias html/; index none; autoindex on; autoindex_format json; autoindex_exact_size off; autoindex_localtime on; }
        location /xml/ { alias html/dir/; index none; autoindex on; autoindex_format xml; }
        location /forbidden/ { alias html/dir/; index none; }
    """, ["/", "/?pta=1", "/dir/", "/dir/?a=1", "/empty/", "/list/", "/json/", "/xml/", "/forbidden/", Request("/", method="HEAD"), Request("/dir/", method="POST", body=b"x")]),
    Case("random index", "http_random_index_module", "location /one/ { random_index on; }", ["/one/", "/one/?pta=1", "/one/only.txt"]),
    Case("mirror", "http_mirror_module http_proxy_module", """
        location / { mirror /mirror; mirror_request_body on; proxy_pass http://127.0.0.1:@UPSTREAM@; }
        location /off/ { mirror off; alias html/; }
        location /static/ { mirror /mirror; alias html/; }
        location = /mirror { internal; proxy_pass http://127.0.0.1:@UPSTREAM@/mirrored$request_uri; }
    """, ["/x?pta=1", Request("/x", method="POST", body=b"posted"), "/off/a.txt", "/static/a.txt"]),
    Case("secure link", "http_secure_link_module http_rewrite_module", """
        location / {
            secure_link $arg_md5,$arg_expires;
            secure_link_md5 "$secure_link_expires$uri secret";
            if ($secure_link = "") { return 403; }
            if ($secure_link = "0") { return 410; }
        }
        location /p/ { secure_link_secret word; if ($secure_link = "") { return 403; } rewrite ^ /$secure_link; }
    """, [link("/a.txt", 4_102_444_800), link("/a.txt", 1_000_000), link("/a.txt", 4_102_444_800, "wrong"), "/a.txt",
          f"/p/{hashlib.md5(b'a.txtword').hexdigest()}/a.txt", "/p/0/a.txt"]),
    Case("real ip", "http_realip_module http_access_module", """
        set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For; real_ip_recursive on;
        location /deny/ { alias html/; deny 192.0.2.0/24; }
        location / { return 200 "$remote_addr $realip_remote_addr\\n"; }
    """, ["/x", Request("/x", "X-Forwarded-For: 192.0.2.7"), Request("/x", "X-Forwarded-For: 192.0.2.7, 198.51.100.1"), Request("/deny/a.txt", "X-Forwarded-For: 192.0.2.7"),
          Request("/deny/a.txt", "X-Forwarded-For: 198.51.100.1"), Request("/x", "X-Forwarded-For: junk")]),
    Case("referer", "http_referer_module http_rewrite_module", """
        location / { valid_referers none blocked server_names *.example.org ~good; if ($invalid_referer) { return 403; } }
    """, ["/a.txt", Request("/a.txt", "Referer: https://www.example.org/x"), Request("/a.txt", "Referer: https://evil.test/"), Request("/a.txt", "Referer: xgood"),
          Request("/a.txt", "Referer: https://referer.test/")]),
    Case("map, geo, split clients", "http_map_module http_geo_module http_split_clients_module http_rewrite_module", """
        location / { return 200 "$mapped $mapped_args $where $half\\n"; }
        location /header/ { alias html/; add_header X-Mapped $mapped_args; }
    """, ["/one", "/two?pta=1", "/three?pta=2", "/header/a.txt?pta=1", Request("/one", "User-Agent: x")],
        http="""    map $uri $mapped { hostnames; default none; /one first; ~^/t(?<rest>.*)$ "t and $rest"; }
    map $arg_pta $mapped_args { volatile; default ""; 1 one; 2 two; }
    geo $where { default outside; 127.0.0.0/8 inside; }
    split_clients "$uri$http_user_agent" $half { 50% a; * b; }
"""),
    Case("gzip", "http_gzip_module", """
        gzip on; gzip_min_length 1; gzip_types text/plain; gzip_vary on; gzip_proxied any;
        location /app/ { proxy_pass http://127.0.0.1:@UPSTREAM@; }
        location /chunked-off/ { alias html/; chunked_transfer_encoding off; }
    """, [Request(t, "Accept-Encoding: gzip") for t in ("/a.txt", "/b.html", "/app/x?pta=1", "/chunked-off/a.txt", "/none", "/big.txt")]
        + ["/a.txt", Request("/a.txt", "Accept-Encoding: gzip", version="1.0"), Request("/a.txt", "Accept-Encoding: gzip", "Range: bytes=0-3"), Request("/a.txt", "Accept-Encoding: gzip", method="HEAD")]),
    Case("gzip static and gunzip", "http_gzip_static_module http_gunzip_module", """
        location / { gzip_static always; gunzip on; }
    """, ["/packed.txt", Request("/packed.txt", "Accept-Encoding: gzip"), "/none.txt"]),
    Case("sub filter", "http_sub_module http_proxy_module", """
        location / { sub_filter quick slow; sub_filter "brown" "[$uri]"; sub_filter_once off; sub_filter_types text/plain; }
        location /app/ { sub_filter GET got; sub_filter_types *; proxy_pass http://127.0.0.1:@UPSTREAM@; }
    """, ["/a.txt", "/b.html", "/app/x?pta=1", Request("/a.txt", "Range: bytes=0-3"), Request("/b.html", method="HEAD")]),
    Case("addition", "http_addition_module", """
        location / { add_before_body /before.txt; add_after_body /after.txt; addition_types *; }
    """, ["/a.txt", "/b.html?pta=1", "/before.txt", "/none"]),
    Case("ssi", "http_ssi_module http_proxy_module", """
        ssi on; ssi_silent_errors off;
        location /app/ { proxy_pass http://127.0.0.1:@UPSTREAM@; }
    """, ["/ssi/page.html", "/ssi/page.html?q=1", "/ssi/page.html?pta=1&q=1", Request("/ssi/page.html", method="HEAD")]),
    Case("charset", "http_charset_module", """
        location / { charset utf-8; source_charset iso-8859-1; charset_types text/plain; override_charset on; }
        location /plain/ { alias html/; charset koi8-r; }
    """, ["/latin.txt", "/b.html", "/plain/a.txt", "/plain/b.html"], http="    charset_map iso-8859-1 utf-8 { E9 C3A9; }\n"),
    Case("headers", "http_static_module", """
        add_header X-Server one;
        location /always/ { alias html/; add_header X-Always "$uri $args" always; add_trailer X-Trailer end; }
        location /expires/ { alias html/; expires 1h; }
        location /max/ { alias html/; expires max; }
        location /epoch/ { alias html/; expires epoch; }
        location /modified/ { alias html/; expires modified +1d; }
        location /type/ { alias html/; default_type text/x; types { } }
        server_tokens off;
    """, ["/a.txt", "/none", "/always/a.txt?pta=1", "/always/none", "/expires/a.txt", "/max/a.txt", "/epoch/a.txt", "/modified/a.txt", "/type/a.txt",
          Request("/always/a.txt", SAME)]),
    Case("slice", "http_slice_module http_proxy_module", """
        location / {
            slice 1k; proxy_set_header Range $slice_range; proxy_cache cache_slice; proxy_cache_key $uri$slice_range;
            proxy_cache_valid 200 206 1h; proxy_pass http://127.0.0.1:@UPSTREAM@/file$uri; add_header X-Cache $upstream_cache_status;
        }
    """, ["/big.txt", "/big.txt?pta=1", Request("/big.txt", "Range: bytes=1000-3000"), Request("/big.txt", "Range: bytes=-10"), Request("/big.txt", "Range: bytes=9000-")],
        http="    proxy_cache_path cache/slice keys_zone=cache_slice:1m;\n"),
    Case("proxy", "http_proxy_module http_upstream_keepalive_module", """
        location /plain/ { proxy_pass http://127.0.0.1:@UPSTREAM@; }
        location /uri/ { proxy_pass http://127.0.0.1:@UPSTREAM@/other/; }
        location /variable/ { proxy_pass http://127.0.0.1:@UPSTREAM@$request_uri; }
        location /args/ { proxy_pass http://127.0.0.1:@UPSTREAM@/x?$args; }
        location /group/ { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; proxy_pass http://group; }
        location /rewritten/ { rewrite ^/rewritten/(.*)$ /new/$1?a=1 break; proxy_pass http://127.0.0.1:@UPSTREAM@; }
        location /down/ { proxy_pass http://127.0.0.1:1; }
        location /intercept/ { proxy_intercept_errors on; error_page 404 =200 /b.html; proxy_pass http://127.0.0.1:@UPSTREAM@/404; }
        location /redirected/ { proxy_pass http://127.0.0.1:@UPSTREAM@/file/dir; proxy_redirect default; }
        location /unbuffered/ { proxy_buffering off; proxy_request_buffering off; proxy_pass http://127.0.0.1:@UPSTREAM@; }
    """, [
        "/plain/x?pta=1&a=%2541", "/plain/%2e/a%20b?pta=1", "/uri/x?pta=1", "/uri/a%20b//c", "/variable/x?pta=1", "/args/?pta=1&b=2", "/group/x", "/group/y?pta=1",
        "/rewritten/x?pta=1", "/down/x", "/intercept/x", "/redirected/", Request("/plain/x", "Cookie: pta=1", method="POST", body=b"posted"),
        Request("/unbuffered/x", method="PUT", body=b"put"), Request("/plain/x", method="DELETE"), Request("/plain/x", version="1.0"),
        Request("/", raw=b"POST /plain/x HTTP/1.1\r\nHost: @HOST@\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
    ], http="    upstream group { server 127.0.0.1:@UPSTREAM@; server 127.0.0.1:@UPSTREAM@; keepalive 2; }\n"),
    Case("proxy cache", "http_proxy_module", """
        proxy_cache cache_proxy; add_header X-Cache $upstream_cache_status;
        location /cached/ { proxy_pass http://127.0.0.1:@UPSTREAM@; }
        location /bypass/ { proxy_cache_bypass $arg_b; proxy_no_cache $arg_b; proxy_cache_valid any 1m; proxy_pass http://127.0.0.1:@UPSTREAM@; }
        location /lock/ { proxy_cache_lock on; proxy_cache_key "$uri"; proxy_cache_valid 1m; proxy_pass http://127.0.0.1:@UPSTREAM@; }
    """, ["/cached/x", "/cached/x", "/cached/x?pta=1", "/cached/x?pta=1", "/bypass/x?b=1", "/bypass/x", "/bypass/x", "/lock/x?pta=1", "/lock/x?pta=2",
          Request("/cached/x", method="HEAD"), Request("/cached/x", method="POST", body=b"x"), Request("/cached/x", "Range: bytes=0-3")],
        http="    proxy_cache_path cache/proxy keys_zone=cache_proxy:1m;\n"),
    Case("fastcgi", "http_fastcgi_module", """
        location / {
            fastcgi_pass 127.0.0.1:@FASTCGI@; fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_URI $request_uri;
            fastcgi_param SCRIPT_NAME $fastcgi_script_name; fastcgi_param PATH_INFO $fastcgi_path_info; fastcgi_split_path_info ^(.+\\.php)(/.+)$;
        }
    """, ["/index.php?pta=1&a=2", "/a.php/info", Request("/post.php", method="POST", body=b"posted"), Request("/x.php", "Cookie: pta=1")]),
    Case("stub status", "http_stub_status_module", "location = /status { stub_status; }", ["/status", Request("/status", method="POST", body=b"x")]),
    Case("dav", "http_dav_module", """
        location /dav/ { dav_methods PUT DELETE MKCOL COPY MOVE; create_full_put_path on; dav_access all:rw; }
        # Without the time at which it was written.
        location /read/ { alias html/dav/; etag off; add_header Last-Modified ""; }
        location /closed/ { alias html/dav/; dav_methods PUT; limit_except GET { deny all; } }
    """, [
        Request("/dav/x.txt", method="PUT", body=b"put"), Request("/dav/x.txt", method="PUT", body=b"again"), Request("/dav/deep/y.txt?pta=1", method="PUT", body=b"deep"), "/read/x.txt",
        Request("/dav/folder/", method="MKCOL"), Request("/dav/x.txt", "Destination: http://dav.test/dav/z.txt", method="COPY"),
        Request("/dav/z.txt", "Destination: /dav/w.txt", method="MOVE"), Request("/dav/z.txt", method="DELETE"), Request("/dav/w.txt", method="DELETE"), Request("/closed/n", method="PUT", body=b"x"),
    ]),
    Case("userid", "http_userid_module", """
        userid on; userid_name uid; userid_expires max;
        location / { add_header X-Got "$uid_got"; }
    """, ["/a.txt", Request("/a.txt", "Cookie: uid=fwAAAWVTinwAAAAAAwMEAg=="), Request("/a.txt", "Cookie: pta=1; uid=fwAAAWVTinwAAAAAAwMEAg==")]),
    Case("error pages", "http_static_module http_proxy_module", """
        error_page 404 /b.html; error_page 403 = @named; error_page 410 =200 /a.txt; error_page 405 =200 $uri; error_page 500 502 /50x.html;
        error_page 413 https://elsewhere.test/too-large;
        location /403 { return 403; }
        location /410 { return 410; }
        location /502 { proxy_pass http://127.0.0.1:1; }
        location /recursive/ { recursive_error_pages on; error_page 404 /410; }
        location /small/ { client_max_body_size 1; proxy_pass http://127.0.0.1:@UPSTREAM@; }
        location @named { return 200 "named $uri $args\\n"; }
    """, ["/none?pta=1", "/403?pta=1", "/410", "/502", "/recursive/x", Request("/a.txt", method="POST", body=b"x"), Request("/small/x", method="POST", body=b"too large"),
          Request("/none", method="HEAD")]),
    Case("internal and X-Accel-Redirect", "http_proxy_module", """
        location /hidden/ { internal; }
        location /accel/ { proxy_pass http://127.0.0.1:@UPSTREAM@; }
        location /accel-name/ { proxy_pass http://127.0.0.1:@UPSTREAM@; }
        location /ignored/ { proxy_ignore_headers X-Accel-Redirect; proxy_pass http://127.0.0.1:@UPSTREAM@/accel/; }
        location /inside { try_files /none /hidden/a.txt; }
        location @named { return 200 "named $uri $args\\n"; }
    """, ["/hidden/a.txt", "/accel/x?pta=1", "/accel-name/x?pta=1", "/ignored/x", "/inside?pta=1", Request("/accel/x", method="POST", body=b"x")]),
    Case("post action", "http_proxy_module", """
        location / { post_action /after; }
        location = /after { internal; proxy_pass http://127.0.0.1:@UPSTREAM@/after?uri=$request_uri&status=$status; }
    """, ["/a.txt", "/a.txt?pta=1", "/none"]),
    Case("empty gif and browser", "http_empty_gif_module http_browser_module", """
        modern_browser unlisted; ancient_browser MSIE;
        location /gif { empty_gif; }
        location / { return 200 "$ancient_browser $modern_browser\\n"; }
    """, ["/gif?pta=1", Request("/gif", method="POST", body=b"x"), "/x", Request("/x", "User-Agent: MSIE 5")]),
    Case("satisfy with auth request", "http_auth_request_module http_auth_basic_module http_access_module", """
        auth_basic_user_file html/passwords;
        location /any/ { alias html/; satisfy any; deny all; auth_request /ask; auth_basic "any"; }
        location = /ask { internal; if ($http_x_ok) { return 204; } return 403; }
    """, ["/any/a.txt", Request("/any/a.txt", "X-Ok: 1"), Request("/any/a.txt", basic("user:secret"))]),
    Case("http2", "http_v2_module http_rewrite_module http_proxy_module", """
        location /app/ { proxy_pass http://127.0.0.1:@UPSTREAM@; }
        location /return { return 200 "$request_uri $server_protocol $http_cookie\\n"; }
        location /denied { deny all; }
    """, ["/a.txt", "/a.txt?pta=1", "/none", "/dir", "/app/x?pta=1", "/return?pta=1", "/denied", Request("/return", "Cookie: pta=1", "Cookie: pta=2"), Request("/a.txt", "Range: bytes=0-3"),
          Request("/app/x", method="POST", body=b"posted"), Request("/a.txt", "Accept-Encoding: gzip")], http2=True),
]
