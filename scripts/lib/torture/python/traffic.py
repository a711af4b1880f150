"""Requests of every kind, each with the answer that the documentation promises."""

import time
from typing import NamedTuple

from tokens import FAR, pad, tampered

FILES = 50
# A page of nginx's own, whatever it looks like.
ANY_PAGE = b""

# Distinct statuses, so that each verdict shows; /default/ has the module's own.
STATUS = {"MISSING": 401, "MALFORMED": 422, "UNDECRYPTABLE": 403, "EXPIRED": 410, "PATH_MISMATCH": 409}
DEFAULT_STATUS = {"MISSING": 400, "MALFORMED": 400, "UNDECRYPTABLE": 403, "EXPIRED": 410, "PATH_MISMATCH": 403}


class Expected(NamedTuple):
    """An answer: equal ones are the same bytes but for the date."""

    status: int
    verdict: str  # "VERDICT source key", as the header X-Pta has it; "" where no check ran
    body: bytes
    head_only: bool = False
    closes: bool = False


class Request(NamedTuple):
    """What a client asks for, before it is written in one version of HTTP or the other."""

    kind: str
    target: bytes
    expected: Expected
    cookies: tuple = ()
    method: bytes = b"GET"

    def http1(self):
        lines = [self.method + b" " + self.target + b" HTTP/1.1\r\nHost: localhost\r\n"]
        lines += [b"Cookie: " + cookie + b"\r\n" for cookie in self.cookies]
        if self.method == b"POST":
            lines.append(b"Content-Length: 5\r\n\r\nhello")
        else:
            lines.append(b"\r\n")
        return b"".join(lines)


def body_of(number):
    return b"file %02d\n" % number


def allowed(number, verdict, **more):
    return Expected(200, f"ALLOWED {verdict}", body_of(number), **more)


def refused(verdict, source="", key="", statuses=STATUS):
    status = statuses[verdict]
    # nginx closes the connection behind a 400 and keeps it behind the others.
    return Expected(status, f"{verdict} {source} {key}", b"", closes=status == 400)


class Maker:
    """Makes requests for a site with these pairs."""

    def __init__(self, first, second, stranger, random):
        self.pairs = {"1st": first, "2nd": second}
        self.stranger = stranger
        self.random = random
        self.kinds = [getattr(self, name) for name in dir(type(self)) if name.startswith("kind_")]
        # What a client may ask for only at the end of a connection.
        self.last_kinds = [getattr(self, name) for name in dir(type(self)) if name.startswith("last_")]

    def any_request(self):
        return self.random.choice(self.kinds)()

    def last_request(self):
        return self.random.choice(self.last_kinds)()

    def some(self):
        """A file, and a pair that knows it."""
        return self.random.randrange(FILES), self.random.choice(["1st", "2nd"])

    def later(self):
        return self.random.choice([FAR, int(time.time()) + self.random.randrange(3_600, 10**7), 2**62])

    def earlier(self):
        return self.random.choice([0, -1, -(2**62), 1_735_657_200, int(time.time()) - self.random.randrange(2, 10**6)])

    # ---- the query

    def kind_exact(self):
        number, key = self.some()
        path = b"/v/%02d" % number
        token = self.pairs[key].token(path, self.later())
        if self.random.random() < 0.3:
            token = token.upper()
        return Request("exact", path + b"?pta=" + token, allowed(number, f"qs {key}"))

    def kind_wildcard(self):
        number, key = self.some()
        pattern = self.random.choice([b"/*", b"/v/*", b"/v*", b"/*%02d" % number, b"/v/%02d*" % number])
        target = b"/v/%02d?a=1&PtA=%s&b=2" % (number, self.pairs[key].token(pattern, self.later()))
        return Request("wildcard", target, allowed(number, f"qs {key}"))

    def kind_escaped_path(self):
        number, key = self.some()
        wire = self.random.choice([b"/%%76/%02d", b"//v///%02d", b"/x/../v/%02d", b"/v/./%02d", b"/%%2E/v/%02d"]) % number
        token = self.pairs[key].token(b"/v/%02d" % number)
        return Request("path in other spelling", wire + b"?pta=" + token, allowed(number, f"qs {key}"))

    def kind_head(self):
        number, key = self.some()
        path = b"/v/%02d" % number
        return Request("HEAD", path + b"?pta=" + self.pairs[key].token(path), allowed(number, f"qs {key}", head_only=True),
                       method=b"HEAD")

    def kind_two_arguments(self):
        number, key = self.some()
        path = b"/v/%02d" % number
        return Request("two arguments", path + b"?pta=" + self.pairs[key].token(path) + b"&pta=zz", allowed(number, f"qs {key}"))

    def kind_expired(self):
        number, key = self.some()
        pattern = self.random.choice([b"/v/%02d" % number, b"/*", b"/elsewhere"])
        token = self.pairs[key].token(pattern, self.earlier())
        return Request("expired", b"/v/%02d?pta=%s" % (number, token), refused("EXPIRED", "qs", key))

    def kind_tampered(self):
        number, key = self.some()
        path = b"/v/%02d" % number
        return Request("tampered", path + b"?pta=" + tampered(self.pairs[key].token(path), self.random),
                       refused("UNDECRYPTABLE", "qs"))

    def kind_of_a_stranger(self):
        number, _ = self.some()
        path = b"/v/%02d" % number
        return Request("key of a stranger", path + b"?pta=" + self.stranger.token(path), refused("UNDECRYPTABLE", "qs"))

    def kind_truncated(self):
        number, key = self.some()
        path = b"/v/%02d" % number
        token = self.pairs[key].token(path)
        return Request("truncated", path + b"?pta=" + token[: 2 * self.random.randrange(1, len(token) // 2)],
                       refused("UNDECRYPTABLE", "qs"))

    def kind_wrong_path(self):
        number, key = self.some()
        pattern = self.random.choice([b"/v/%02d" % ((number + 1) % FILES), b"/v/", b"/w/*", b"/*.txt", b"/v/\\*", b"/v/%02d/" % number])
        token = self.pairs[key].token(pattern)
        return Request("wrong path", b"/v/%02d?pta=%s" % (number, token), refused("PATH_MISMATCH", "qs", key))

    def kind_bad_pattern(self):
        number, key = self.some()
        pattern = self.random.choice([b"", b"v/*", b"*", b"/*/*", b"/v/**"])
        token = self.pairs[key].token(pattern)
        return Request("no path in it", b"/v/%02d?pta=%s" % (number, token), refused("UNDECRYPTABLE", "qs"))

    def kind_bad_padding(self):
        number, key = self.some()
        plain = bytearray(pad(self.random.randbytes(self.random.randrange(1, 60))))
        plain[-1] = self.random.choice([0, 17, 255])
        return Request("bad padding", b"/v/%02d?pta=%s" % (number, self.pairs[key].seal(bytes(plain))), refused("UNDECRYPTABLE", "qs"))

    def kind_malformed(self):
        number, key = self.some()
        token = self.pairs[key].token(b"/*")
        spoilt = self.random.choice([b"", token[:-1], token + b"0", token[:-2] + b"zz", b"g" * 32, token + b"%20", b"\xc3\xa9" + token])
        return Request("malformed", b"/v/%02d?pta=%s" % (number, spoilt), refused("MALFORMED", "qs"))

    def kind_missing(self):
        number, key = self.some()
        token = self.pairs[key].token(b"/*")
        query = self.random.choice([b"", b"?", b"?pta", b"?a=1", b"?xpta=" + token, b"?ptax=" + token, b"?%70ta=" + token])
        return Request("missing", b"/v/%02d%s" % (number, query), refused("MISSING"))

    # ---- huge

    def kind_huge_good(self):
        number, key = self.some()
        # With its token, which is twice as long, close to the 8 KiB that nginx has for a request line.
        byte, most = self.random.choice([(b"x", 2_600), (b"\xc3", 1_500)])
        path = b"/long/" + byte * self.random.randrange(1_000, most)
        wire = path.replace(b"\xc3", b"%C3")
        return Request("huge, good", wire + b"?pta=" + self.pairs[key].token(path), allowed(0, f"qs {key}"))

    def kind_huge_bad(self):
        number, _ = self.some()
        digits = self.random.randbytes(self.random.randrange(1_000, 4_000) // 16 * 16).hex().encode()
        return Request("huge, bad", b"/v/%02d?pta=%s" % (number, digits), refused("UNDECRYPTABLE", "qs"))

    # ---- cookies

    def kind_cookie(self):
        number, key = self.some()
        token = self.pairs[key].token(b"/c/*", self.later())
        cookie = self.random.choice([b"pta=%s", b"a=1; pta=%s; b=2", b"PTA=%s", b"pta; pta=%s"]) % token
        return Request("cookie", b"/c/%02d?a=1" % number, allowed(number, f"cookie {key}"), (cookie,))

    def kind_many_cookies(self):
        number, key = self.some()
        bad = [self.spoilt_cookie() for _ in range(self.random.randrange(10, 40))]
        good = b"pta=" + self.pairs[key].token(b"/c/%02d" % number)
        bad.insert(self.random.randrange(len(bad) + 1), good)
        # In one header line or in many.
        cookies = (b"; ".join(bad),) if self.random.random() < 0.5 else tuple(bad)
        return Request("many cookies, one good", b"/c/%02d" % number, allowed(number, f"cookie {key}"), cookies)

    def spoilt_cookie(self):
        return self.random.choice([b"pta=", b"pta=zz", b"pta=0", b"pta=" + self.stranger.token(b"/*"), b"session=" + b"x" * 40])

    def kind_many_bad_cookies(self):
        number, key = self.some()
        bad = [self.spoilt_cookie() for _ in range(self.random.randrange(5, 30))]
        bad.append(b"pta=" + self.pairs[key].token(b"/c/*", self.earlier()))
        return Request("many cookies, none good", b"/c/%02d" % number, refused("EXPIRED", "cookie", key), tuple(bad))

    def kind_query_beats_cookie(self):
        number, key = self.some()
        cookie = b"pta=" + self.pairs[key].token(b"/c/*")
        return Request("bad query, good cookie", b"/c/%02d?pta=" % number, refused("MALFORMED", "qs"), (cookie,))

    # ---- ways through nginx

    def kind_rewritten(self):
        number, key = self.some()
        path = b"/rewritten/%02d" % number
        return Request("rewritten", path + b"?pta=" + self.pairs[key].token(path), allowed(number, f"qs {key}"))

    def kind_token_redirect(self):
        number, key = self.some()
        token = self.pairs[key].token(b"/open/%02d" % number)
        return Request("redirected by the token", b"/play?pta=" + token, allowed(number, f"qs {key}"))

    def kind_error_page(self):
        _, key = self.some()
        token = self.pairs[key].token(b"/*", self.earlier())
        return Request("expired, with an error page", b"/page/x?a=1&pta=" + token, Expected(410, f"EXPIRED qs {key}", body_of(0)))

    def kind_rewrite_phase(self):
        _, key = self.some()
        token = self.pairs[key].token(b"/phase/*")
        return Request("checked in the rewrite phase", b"/phase/x?pta=" + token, Expected(200, f"ALLOWED qs {key}", b"returned\n"))

    def kind_let_in_by_others(self):
        return Request("missing, let in by allow", b"/any/x", Expected(200, "MISSING  ", body_of(0)))

    # ---- what is not about tokens

    def kind_open(self):
        number, _ = self.some()
        return Request("open location", b"/open/%02d?pta=zz" % number, Expected(200, "", body_of(number)))

    def kind_issued(self):
        number, _ = self.some()
        return Request("token issued", b"/issue/%02d" % number, Expected(200, "", body_of(number)))

    def kind_not_found(self):
        _, key = self.some()
        return Request("allowed, not found", b"/v/none?pta=" + self.pairs[key].token(b"/v/*"), Expected(404, f"ALLOWED qs {key}", ANY_PAGE))

    def kind_post(self):
        number, key = self.some()
        return Request("POST", b"/v/%02d?pta=%s" % (number, self.pairs[key].token(b"/v/*")), Expected(405, f"ALLOWED qs {key}", ANY_PAGE),
                       method=b"POST")

    # ---- what closes the connection

    def last_default_missing(self):
        return Request("missing, default status", b"/default/00", refused("MISSING", statuses=DEFAULT_STATUS))

    def last_default_malformed(self):
        return Request("malformed, default status", b"/default/00?pta=zz", refused("MALFORMED", "qs", statuses=DEFAULT_STATUS))

    def last_too_long(self):
        digits = self.random.randbytes(self.random.randrange(4_200, 6_000)).hex().encode()
        return Request("longer than the buffer", b"/v/00?pta=" + digits, Expected(414, "", ANY_PAGE, closes=True))


CONFIGURATION = """
    access_log off;
    keepalive_requests 100000000;
    default_type text/plain;
    server {{
        {listen}
        root html;
        add_header X-Pta "$pta_status $pta_source $pta_key" always;
        {keys}
        pta_refuse_status missing=401 malformed=422 undecryptable=403 expired=410 path_mismatch=409;

        location /v/ {{ pta_enable on; }}
        location /c/ {{ pta_enable on; pta_auth_method qs cookie; }}
        location /long/ {{ pta_enable on; try_files /v/00 =500; }}
        location /open/ {{ }}
        # Made anew for each request, and long: what is not freed shows soon.
        location /issue/ {{ pta_issue /v/{long}* 1h; set $issued $pta_token; }}
        location /rewritten/ {{ pta_enable on; rewrite ^/rewritten/(.*)$ /v/$1 last; }}
        location = /play {{ pta_enable on; pta_accel_redirect on; }}
        location /page/ {{ pta_enable on; error_page 410 /open/00; }}
        location /phase/ {{ pta_enable on; pta_phase rewrite; return 200 "returned\\n"; }}
        location /any/ {{ pta_enable on; satisfy any; allow 127.0.0.1; deny all; try_files /v/00 =500; }}
        location /default/ {{
            pta_enable on;
            pta_refuse_status missing=400 malformed=400 undecryptable=403 expired=410 path_mismatch=403;
        }}
    }}
"""


def write_files(html):
    for folder in ("v", "c", "open", "issue", "default"):
        (html / folder).mkdir()
        for number in range(FILES):
            (html / folder / f"{number:02d}").write_bytes(body_of(number))
