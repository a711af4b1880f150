"""The cases of the oracle as requests to a real nginx with the module."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from oracle_cases import FIRST, RINGS, SECOND, Cases
from oracle_rules import STATUS, request_verdict

CONFIGURATION = """
load_module {module};
daemon off;
worker_processes 1;
pid nginx.pid;
error_log error.log crit;
events {{
}}
http {{
    access_log off;
    client_body_temp_path tmp;
    proxy_temp_path tmp;
    fastcgi_temp_path tmp;
    uwsgi_temp_path tmp;
    scgi_temp_path tmp;
    large_client_header_buffers 8 256k;
    client_header_buffer_size 4k;
    keepalive_requests 1000000;
    pta_enable on;
    pta_auth_method qs cookie;
    root html;
    add_header Verdict $pta_status always;
{servers}
}}
"""

SERVER = """
    server {{
        listen 127.0.0.1:{port};
        server_name {name};
{keys}
        location / {{
            try_files /ok =404;
        }}
    }}
"""


class Request:
    def __init__(self, kind, ring, argument, cookies, path, now, head):
        self.kind = kind
        self.ring = ring
        self.argument = argument
        self.cookies = cookies
        self.path = path
        self.now = now
        self.head = head

    def verdict(self):
        return request_verdict(RINGS[self.ring], self.argument, self.cookies, self.now, self.path)


class Requests:
    """Makes requests out of the cases that HTTP can carry."""

    def __init__(self, random, now, margin):
        self.random = random
        self.now = now
        self.cases = {ring: Cases(random, now, margin, pairs=RINGS[ring]) for ring in RINGS}

    def next(self):
        while True:
            ring = self.random.choice(list(RINGS))
            request = self.request(ring, self.cases[ring].next())
            if request:
                return request

    def request(self, ring, case):
        # nginx would make another path of these, or answer 400 by itself.
        if re.search(rb"\0|//|/\.\.?(/|\Z)|\A(?!/)", case.path):
            return None
        argument, cookies = None, []
        if case.token is not None:
            place = self.random.choice(["argument", "cookie", "both", "cookies"])
            if place in ("argument", "both"):
                argument = case.token
            if place == "cookie":
                cookies = [case.token]
            if place == "both":
                cookies = [self.other_token(ring)]
            if place == "cookies":
                cookies = [self.other_token(ring), case.token, self.other_token(ring)][self.random.randint(0, 1):]
                self.random.shuffle(cookies)
            cookies = [self.random.choice([b"%s", b"%s", b'"%s"']) % cookie for cookie in cookies]
        if argument is not None and re.search(rb"[\0-\x20\x7f#&]", argument):
            return None
        if any(re.search(rb"[\0-\x1f\x7f;]|\A | \Z", cookie) for cookie in cookies):
            return None
        head = b"GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n" % (
            self.target(case.path, argument), f"keys-{ring}".encode(), self.cookie_lines(cookies))  # fmt: skip
        return Request(case.kind, ring, argument, cookies, case.path, self.now, head)

    def other_token(self, ring):
        while True:
            token = self.cases[ring].next().token
            if token is not None and len(token) < 1000:
                return token

    def target(self, path, argument):
        """The path in one of its spellings, and a query."""
        target = b"".join(self.spelled(byte) for byte in path[1:])
        before = self.random.choice([b"", b"", b"/", b"/.", b"/x/..", b"/./x/%2e%2E"])
        arguments = self.random.choice([[], [], [b"a=b"], [b"", b"pta", b"xpta=1", b"%70ta=2"]])
        behind = []
        if argument is not None:
            # The first one decides.
            behind = [self.name() + b"=" + argument] + self.random.choice([[], [], [b"pta=00"], [b"c"]])
        query = b"&".join(arguments + behind)
        fragment = self.random.choice([b"", b"", b"", b"#pta=11"])
        return before + b"/" + target + (b"?" + query if query or argument is not None else b"") + fragment

    def spelled(self, byte):
        plain = byte in b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/!$&'()*+,;=:@"
        if plain and self.random.random() < 0.95:
            return bytes([byte])
        return self.random.choice([b"%%%02x", b"%%%02X"]) % byte

    def name(self):
        return self.random.choice([b"pta", b"pta", b"PTA", b"pTa"])

    def cookie_lines(self, cookies):
        if not cookies:
            return self.random.choice([b"", b"Cookie: a=b; pta; xpta=1\r\n"])
        pieces = [self.name() + b"=" + cookie for cookie in cookies]
        at = self.random.randrange(len(pieces))
        lines = [line for line in (pieces[:at], pieces[at:]) if line]
        return b"".join(b"Cookie: " + self.random.choice([b"; ", b";"]).join(line) + b"\r\n" for line in lines)


class Site:
    """An nginx in a folder of its own, and a connection to it."""

    def __init__(self, nginx, module):
        self.nginx = nginx
        self.module = module
        self.connection = None

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pta-oracle-"))
        try:
            self.folder.chmod(0o755)
            (self.folder / "tmp").mkdir()
            (self.folder / "html").mkdir()
            (self.folder / "html/ok").write_text("ok\n")
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        servers = []
        for name, ring in RINGS.items():
            keys = [
                f"        pta_{order}_key {pair[0].hex()};\n        pta_{order}_iv {pair[1].hex()};"
                for pair, order in ((FIRST, "1st"), (SECOND, "2nd")) if pair in ring
            ]  # fmt: skip
            servers.append(SERVER.format(port=self.port, name=f"keys-{name}", keys="\n".join(keys)))
        configuration = CONFIGURATION.format(module=self.module, servers="".join(servers))
        (self.folder / "nginx.conf").write_text(configuration)
        self.process = subprocess.Popen([self.nginx, "-p", self.folder, "-e", "error.log", "-c", "nginx.conf"],
                                        stderr=subprocess.PIPE)  # fmt: skip
        for _ in range(100):
            if self.process.poll() is not None:
                raise SystemExit("nginx did not start: " + self.process.stderr.read().decode())
            try:
                self.connect()
                return
            except ConnectionRefusedError:
                time.sleep(0.05)
        raise SystemExit("nginx did not answer")

    def __exit__(self, *_):
        self.disconnect()
        process = getattr(self, "process", None)
        if process and process.poll() is None:
            os.kill(process.pid, signal.SIGTERM)
            process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self):
        self.connection = socket.create_connection(("127.0.0.1", self.port), 10)
        self.stream = self.connection.makefile("rb")

    def disconnect(self):
        if self.connection:
            self.stream.close()
            self.connection.close()
            self.connection = None

    def ask(self, request, expected):
        """The module's verdict, or what the answer was where its status is not that of the verdict."""
        if not self.connection:
            self.connect()
        self.connection.sendall(request.head)
        status = self.stream.readline().decode("latin-1").strip()
        headers = {}
        while (line := self.stream.readline().decode("latin-1").strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        self.stream.read(int(headers.get("content-length", 0)))
        # 400 closes the connection, nothing else does.
        closes = headers.get("connection") == "close"
        if closes or not status:
            self.disconnect()
        code = STATUS[expected]
        if not status.startswith(f"HTTP/1.1 {code} ") or closes != (code == 400):
            return f"{status!r} {headers}"
        return headers.get("verdict", "no verdict")
