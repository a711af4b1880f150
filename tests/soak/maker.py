"""Makes requests of every kind."""

import time

from harness.rules import STATUS as DEFAULT_STATUS
from harness.tokens import FAR, pad, tampered
from soak.headers import HeaderKinds
from soak.seals import SealKinds
from soak.traffic import ANY_PAGE, FILES, Expected, Request, allowed, body_of, refused


class Maker(SealKinds, HeaderKinds):
    """Makes requests for a site with these pairs. Each kind is a method."""

    def __init__(self, first, second, stranger, random):
        self.pairs = {"1st": first, "2nd": second, "stranger": stranger}
        self.random = random
        self.kinds = [getattr(self, name) for name in dir(type(self)) if name.startswith("kind_")]
        # Those after which nginx closes the connection.
        self.last_kinds = [
            getattr(self, name) for name in dir(type(self)) if name.startswith("last_")
        ]

    def any_request(self):
        return self.random.choice(self.kinds)()

    def closing_request(self):
        return self.random.choice(self.last_kinds)()

    def some(self):
        """The number of a file, and a pair for its token."""
        return self.random.randrange(FILES), self.random.choice(["1st", "2nd"])

    def token(self, key, path, expires=FAR):
        return self.pairs[key].token(path, expires).encode()

    def later(self):
        return self.random.choice(
            [FAR, int(time.time()) + self.random.randrange(3_600, 10**7), 2**62]
        )

    def earlier(self):
        return self.random.choice(
            [0, -1, -(2**62), 1_735_657_200, int(time.time()) - self.random.randrange(2, 10**6)]
        )

    # ---- the query

    def kind_exact(self):
        number, key = self.some()
        path = b"/v/%02d" % number
        token = self.token(key, path, self.later())
        if self.random.random() < 0.3:
            token = token.upper()
        return Request("exact", path + b"?pta=" + token, allowed(number, f"qs/{key}"))

    def kind_wildcard(self):
        number, key = self.some()
        pattern = self.random.choice(
            [b"/*", b"/v/*", b"/v*", b"/*%02d" % number, b"/v/%02d*" % number]
        )
        target = b"/v/%02d?a=1&PtA=%s&b=2" % (number, self.token(key, pattern, self.later()))
        return Request("wildcard", target, allowed(number, f"qs/{key}"))

    def kind_escaped_path(self):
        number, key = self.some()
        wire = (
            self.random.choice(
                [b"/%%76/%02d", b"//v///%02d", b"/x/../v/%02d", b"/v/./%02d", b"/%%2E/v/%02d"]
            )
            % number
        )
        token = self.token(key, b"/v/%02d" % number)
        return Request("path, escaped", wire + b"?pta=" + token, allowed(number, f"qs/{key}"))

    def kind_head(self):
        number, key = self.some()
        path = b"/v/%02d" % number
        return Request(
            "HEAD",
            path + b"?pta=" + self.token(key, path),
            allowed(number, f"qs/{key}", head_only=True),
            method=b"HEAD",
        )

    def kind_two_arguments(self):
        number, key = self.some()
        path = b"/v/%02d" % number
        return Request(
            "two arguments",
            path + b"?pta=" + self.token(key, path) + b"&pta=zz",
            allowed(number, f"qs/{key}"),
        )

    def kind_expired(self):
        number, key = self.some()
        pattern = self.random.choice([b"/v/%02d" % number, b"/*", b"/elsewhere"])
        token = self.token(key, pattern, self.earlier())
        return Request(
            "expired", b"/v/%02d?pta=%s" % (number, token), refused("EXPIRED", "qs", key)
        )

    def kind_tampered(self):
        number, key = self.some()
        path = b"/v/%02d" % number
        return Request(
            "tampered",
            path + b"?pta=" + tampered(self.pairs[key].token(path), self.random).encode(),
            refused("UNDECRYPTABLE", "qs"),
        )

    def kind_unknown_key(self):
        number, _ = self.some()
        path = b"/v/%02d" % number
        return Request(
            "unknown key",
            path + b"?pta=" + self.token("stranger", path),
            refused("UNDECRYPTABLE", "qs"),
        )

    def kind_truncated(self):
        number, key = self.some()
        path = b"/v/%02d" % number
        token = self.token(key, path)
        return Request(
            "truncated",
            path + b"?pta=" + token[: 2 * self.random.randrange(1, len(token) // 2)],
            refused("UNDECRYPTABLE", "qs"),
        )

    def kind_wrong_path(self):
        number, key = self.some()
        pattern = self.random.choice(
            [
                b"/v/%02d" % ((number + 1) % FILES),
                b"/v/",
                b"/w/*",
                b"/*.txt",
                b"/v/\\*",
                b"/v/%02d/" % number,
            ]
        )
        token = self.token(key, pattern)
        return Request(
            "wrong path", b"/v/%02d?pta=%s" % (number, token), refused("PATH_MISMATCH", "qs", key)
        )

    def kind_bad_pattern(self):
        number, key = self.some()
        pattern = self.random.choice([b"", b"v/*", b"*", b"/*/*", b"/v/**"])
        token = self.token(key, pattern)
        return Request(
            "no path in it", b"/v/%02d?pta=%s" % (number, token), refused("UNDECRYPTABLE", "qs")
        )

    def kind_bad_padding(self):
        number, key = self.some()
        plain = bytearray(pad(self.random.randbytes(self.random.randrange(1, 60))))
        plain[-1] = self.random.choice([0, 17, 255])
        return Request(
            "bad padding",
            b"/v/%02d?pta=%s" % (number, self.pairs[key].seal(bytes(plain)).encode()),
            refused("UNDECRYPTABLE", "qs"),
        )

    def kind_malformed(self):
        number, key = self.some()
        token = self.token(key, b"/*")
        spoilt = self.random.choice(
            [
                b"",
                token[:-1],
                token + b"0",
                token[:-2] + b"zz",
                b"g" * 32,
                token + b"%20",
                b"\xc3\xa9" + token,
            ]
        )
        return Request(
            "malformed", b"/v/%02d?pta=%s" % (number, spoilt), refused("MALFORMED", "qs")
        )

    def kind_missing(self):
        number, key = self.some()
        token = self.token(key, b"/*")
        query = self.random.choice(
            [b"", b"?", b"?pta", b"?a=1", b"?xpta=" + token, b"?ptax=" + token, b"?%70ta=" + token]
        )
        return Request("missing", b"/v/%02d%s" % (number, query), refused("MISSING"))

    # ---- huge

    def kind_huge_valid(self):
        _, key = self.some()
        # Path and token, which is twice as long, nearly fill nginx's 8 KiB for a request line.
        byte, most = self.random.choice([(b"x", 2_600), (b"\xc3", 1_500)])
        path = b"/long/" + byte * self.random.randrange(1_000, most)
        wire = path.replace(b"\xc3", b"%C3")
        return Request(
            "huge, valid", wire + b"?pta=" + self.token(key, path), allowed(0, f"qs/{key}")
        )

    def kind_huge_invalid(self):
        number, _ = self.some()
        digits = (
            self.random.randbytes(self.random.randrange(1_000, 4_000) // 16 * 16).hex().encode()
        )
        return Request(
            "huge, invalid", b"/v/%02d?pta=%s" % (number, digits), refused("UNDECRYPTABLE", "qs")
        )

    # ---- cookies

    def kind_cookie(self):
        number, key = self.some()
        token = self.token(key, b"/c/*", self.later())
        cookie = (
            self.random.choice([b"pta=%s", b"a=1; pta=%s; b=2", b"PTA=%s", b"pta; pta=%s"]) % token
        )
        return Request(
            "cookie", b"/c/%02d?a=1" % number, allowed(number, f"cookie/{key}"), (cookie,)
        )

    def kind_many_cookies(self):
        number, key = self.some()
        bad = [self.spoilt_cookie() for _ in range(self.random.randrange(10, 40))]
        valid = b"pta=" + self.token(key, b"/c/%02d" % number)
        bad.insert(self.random.randrange(len(bad) + 1), valid)
        # In one header line or in many.
        cookies = (b"; ".join(bad),) if self.random.random() < 0.5 else tuple(bad)
        return Request(
            "many cookies, one valid",
            b"/c/%02d" % number,
            allowed(number, f"cookie/{key}"),
            cookies,
        )

    def spoilt_cookie(self):
        return self.random.choice(
            [
                b"pta=",
                b"pta=zz",
                b"pta=0",
                b"pta=" + self.token("stranger", b"/*"),
                b"session=" + b"x" * 40,
            ]
        )

    def kind_many_invalid_cookies(self):
        number, key = self.some()
        bad = [self.spoilt_cookie() for _ in range(self.random.randrange(5, 30))]
        bad.append(b"pta=" + self.token(key, b"/c/*", self.earlier()))
        return Request(
            "many cookies, not one valid",
            b"/c/%02d" % number,
            refused("EXPIRED", "cookie", key),
            tuple(bad),
        )

    def kind_query_beats_cookie(self):
        number, key = self.some()
        cookie = b"pta=" + self.token(key, b"/c/*")
        return Request(
            "invalid query, valid cookie",
            b"/c/%02d?pta=" % number,
            refused("MALFORMED", "qs"),
            (cookie,),
        )

    # ---- redirects and phases

    def kind_rewritten(self):
        number, key = self.some()
        path = b"/rewritten/%02d" % number
        return Request(
            "rewritten", path + b"?pta=" + self.token(key, path), allowed(number, f"qs/{key}")
        )

    def kind_token_redirect(self):
        number, key = self.some()
        token = self.token(key, b"/open/%02d" % number)
        return Request(
            "redirected by the token", b"/play?pta=" + token, allowed(number, f"qs/{key}")
        )

    def kind_error_page(self):
        _, key = self.some()
        token = self.token(key, b"/*", self.earlier())
        return Request(
            "expired, with an error page",
            b"/page/x?a=1&pta=" + token,
            Expected(410, f"EXPIRED/qs/{key}", body_of(0)),
        )

    def kind_rewrite_phase(self):
        _, key = self.some()
        token = self.token(key, b"/phase/*")
        return Request(
            "checked in the rewrite phase",
            b"/phase/x?pta=" + token,
            Expected(200, f"ALLOWED/qs/{key}", b"returned\n"),
        )

    def kind_allowed_by_another_module(self):
        return Request(
            "missing, allowed by another module", b"/any/x", Expected(200, "MISSING", body_of(0))
        )

    # ---- other locations and methods

    def kind_open(self):
        number, _ = self.some()
        return Request(
            "open location", b"/open/%02d?pta=zz" % number, Expected(200, "", body_of(number))
        )

    def kind_issued(self):
        number, _ = self.some()
        return Request("token issued", b"/issue/%02d" % number, Expected(200, "", body_of(number)))

    def kind_not_found(self):
        _, key = self.some()
        return Request(
            "allowed, not found",
            b"/v/none?pta=" + self.token(key, b"/v/*"),
            Expected(404, f"ALLOWED/qs/{key}", ANY_PAGE),
        )

    def kind_post(self):
        number, key = self.some()
        return Request(
            "POST",
            b"/v/%02d?pta=%s" % (number, self.token(key, b"/v/*")),
            Expected(405, f"ALLOWED/qs/{key}", ANY_PAGE),
            method=b"POST",
        )

    # ---- nginx closes the connection

    def last_default_missing(self):
        return Request(
            "missing, default status", b"/default/00", refused("MISSING", statuses=DEFAULT_STATUS)
        )

    def last_default_malformed(self):
        return Request(
            "malformed, default status",
            b"/default/00?pta=zz",
            refused("MALFORMED", "qs", statuses=DEFAULT_STATUS),
        )

    def last_too_long(self):
        digits = self.random.randbytes(self.random.randrange(4_200, 6_000)).hex().encode()
        return Request(
            "longer than the buffer",
            b"/v/00?pta=" + digits,
            Expected(414, "", ANY_PAGE, closes=True),
        )
