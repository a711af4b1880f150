"""The configuration and the files of all cases, one server each."""

import gzip
import os

from harness.tokens import Pair

HTTP = """
    types {
        text/html html; text/plain txt; text/xml xml;
        application/vnd.apple.mpegurl m3u8; application/dash+xml mpd;
    }
    default_type application/octet-stream;
    log_format all '$server_port $host "$request" $status $body_bytes_sent "$request_uri" "$uri" '
                   '"$args" "$http_referer" $remote_addr $remote_user "$upstream_status" '
                   '"$upstream_cache_status" "$sent_http_location"';
    root html;
    lingering_time 1s;
    # The application behind proxy_pass.
    server {
        listen 127.0.0.1:@upstream@;
        location / {
            set $seen "$request_method $request_uri host=$host cookie=$http_cookie";
            return 200 "$seen range=$http_range\\n";
        }
        location /file/ { alias html/; }
        location /cookies/ {
            add_header Set-Cookie "a=b; Path=/";
            add_header Set-Cookie "pta=c; Path=/";
            return 200 "cookies\n";
        }
        location /404 { return 404 "none\\n"; }
        location /accel/ { add_header X-Accel-Redirect /hidden/a.txt; return 200; }
        location /accel-name/ { add_header X-Accel-Redirect @named; return 200; }
        location /cached/ {
            add_header Cache-Control max-age=60;
            return 200 "cached $request_uri\\n";
        }
    }
"""

PAIR = Pair()
# What each server has if the module is in use there. The locations of the cases inherit what is
# set at the server level, and are open.
ELSEWHERE = f"""
        {PAIR.directives()}
        pta_auth_method qs cookie;
        pta_set_cookie redirect;
        pta_playlist forward;
        location ^~ /pta-elsewhere/ {{ pta_enable on; pta_set_cookie on; }}
        location ^~ /pta-redirected/ {{ pta_enable on; }}
"""

ELSEWHERE_TARGETS = [
    f"/pta-{folder}/file{query}"
    for folder in ("elsewhere", "redirected")
    for query in ("", f"?pta={PAIR.token('/*')}")
]

PAGE = (
    '<!--#set var="x" value="y" --><!--#echo var="x" --><!--#include virtual="/a.txt?p=1" -->'
    "<!--#if expr=\"$query_string = 'q=1'\" -->yes<!--#else -->no<!--#endif -->"
    '<!--#echo var="QUERY_STRING" --><!--#include virtual="/app/x?y=$args" -->\n'
)
FILES = {
    "a.txt": b"The quick brown fox jumps over the lazy dog.\n" * 3,
    "b.html": "<html><body><p>quick</p></body></html>\n",
    "index.html": "<html>index</html>\n",
    "dir/index.html": "<html>dir</html>\n",
    "dir/a b.txt": "blank\n",
    "one/only.txt": "the only one\n",
    "hidden/a.txt": "hidden\n",
    "before.txt": "before\n",
    "after.txt": "after\n",
    "latin.txt": "café\n".encode("latin-1"),
    "ssi/page.html": PAGE,
    "list.m3u8": '#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\na.ts\n',
    "list.m3u8.gz": gzip.compress(b"#EXTM3U\na.ts\n", mtime=0),
    "list.mpd": '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>a.mp4</BaseURL></MPD>\n',
    "no-list.m3u8": "no playlist\n",
    "packed.txt.gz": gzip.compress(b"packed\n" * 100, mtime=0),
    "big.txt": b"0123456789abcdef" * 512,
    "passwords": "user:{PLAIN}secret\n",
    "50x.html": "<html>error page</html>\n",
    "pta-elsewhere/file": "elsewhere\n",
    "pta-redirected/file": "elsewhere\n",
}
# So that dates are the same in all runs: 2023-11-14 22:13:20.
MODIFIED = 1_700_000_000


def configuration(nginx, cases, fastcgi_port, uses_module):
    """The http block."""
    parts = [HTTP, *(case.http for case in cases)]
    for case in cases:
        port = "@http2@" if case.http2 else "@http@"
        listen = nginx.listen(f"127.0.0.1:{port}", http2=case.http2)
        elsewhere = ELSEWHERE if uses_module else ""
        parts.append(
            f"server {{\n{listen}\nserver_name {case.host};\n{case.server}\n{elsewhere}\n}}\n"
        )
    return "".join(parts).replace("@fastcgi@", str(fastcgi_port))


def make_files(site):
    html = site.root / "html"
    for name, content in FILES.items():
        site.write(f"html/{name}", content)
    for name in ("empty", "dav"):
        (html / name).mkdir()
    (site.root / "cache").mkdir()
    for path in [*html.rglob("*"), html]:
        os.utime(path, (MODIFIED, MODIFIED))
    (html / "dav").chmod(0o777)
