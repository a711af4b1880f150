"""Requests with tokens in headers."""

from soak.traffic import Request, allowed, refused


class HeaderKinds:
    """The part of Maker that makes them."""

    def kind_header(self):
        number, key = self.some()
        path = b"/h/%02d" % number
        name = self.random.choice([b"X-PTA", b"x-pta", b"X-Pta"])
        cookies = self.random.choice([(), (b"pta=zz",)])
        header = name, self.token(key, self.random.choice([path, b"/h/*"]), self.later())
        return Request("header", path, allowed(number, f"header/{key}"), cookies, headers=(header,))

    def kind_query_beats_header(self):
        number, key = self.some()
        token = self.token(key, b"/h/*")
        query, expected = self.random.choice(
            [
                (token, allowed(number, f"qs/{key}")),
                (b"zz", refused("MALFORMED", "qs")),
                (self.token(key, b"/h/*", self.earlier()), refused("EXPIRED", "qs", key)),
            ]
        )
        headers = ((b"X-PTA", b"00" if query == token else token),)
        target = b"/h/%02d?pta=%s" % (number, query)
        return Request("query and header", target, expected, headers=headers)

    def kind_invalid_header(self):
        number, key = self.some()
        value, expected = self.random.choice(
            [
                (b"", refused("MALFORMED", "header")),
                (b"Bearer " + self.token(key, b"/h/*"), refused("MALFORMED", "header")),
                (self.token("stranger", b"/h/*"), refused("UNDECRYPTABLE", "header")),
                (self.token(key, b"/h/"), refused("PATH_MISMATCH", "header", key)),
                (self.token(key, b"/h/*", self.earlier()), refused("EXPIRED", "header", key)),
            ]
        )
        headers = ((b"X-PTA", value),)
        return Request("invalid header", b"/h/%02d" % number, expected, headers=headers)

    def kind_two_headers(self):
        number, key = self.some()
        one = b"X-PTA", self.token(key, b"/h/*")
        headers = self.random.choice([(one, one), (one, (b"x-pta", b"")), ((b"X-PTA", b"zz"), one)])
        expected = refused("MALFORMED", "header")
        return Request("two headers", b"/h/%02d" % number, expected, headers=headers)

    def kind_no_header(self):
        number, key = self.some()
        token = self.token(key, b"/h/*")
        name = self.random.choice([b"X-PTAX", b"PTA", b"X", b"Authorization"])
        cookies = (b"pta=" + token,)
        headers = ((name, token),)
        return Request(
            "another header", b"/h/%02d" % number, refused("MISSING"), cookies, headers=headers
        )

    def kind_bearer(self):
        number, key = self.some()
        scheme = self.random.choice([b"Bearer ", b"bearer  ", b"BEARER "])
        headers = ((b"Authorization", scheme + self.token(key, b"/bearer/*")),)
        expected = allowed(number, f"header/{key}")
        cookies = (b"pta=zz",)
        return Request("Bearer", b"/bearer/%02d" % number, expected, cookies, headers=headers)

    def kind_another_scheme(self):
        number, key = self.some()
        token = self.token(key, b"/bearer/*")
        scheme = self.random.choice([b"Basic bWU6c2VjcmV0", b"", token, b"Digest Bearer " + token])
        cookies, expected = self.random.choice(
            [((), refused("MISSING")), ((b"pta=" + token,), allowed(number, f"cookie/{key}"))]
        )
        headers = ((b"Authorization", scheme),)
        return Request(
            "another scheme", b"/bearer/%02d" % number, expected, cookies, headers=headers
        )

    def kind_fallback(self):
        number, key = self.some()
        valid = self.random.choice([self.token, self.sealed])(key, b"/any-method/*")
        wrong = self.random.choice([b"zz", b"00" * 16, b"00" * 16 + b"." + b"A" * 22])
        in_header = self.random.random() < 0.5
        headers = ((b"X-PTA", valid if in_header else wrong),)
        source = "header" if in_header else "cookie"
        return Request(
            "fallback",
            b"/any-method/%02d?pta=%s" % (number, wrong),
            allowed(number, f"{source}/{key}"),
            (b"pta=" + (wrong if in_header else valid),),
            headers=headers,
        )

    def kind_fallback_to_nothing(self):
        number, key = self.some()
        old = self.token(key, b"/any-method/*", self.earlier())
        return Request(
            "fallback, nothing valid",
            b"/any-method/%02d" % number,
            refused("EXPIRED", "header", key),
            self.random.choice([(), (b"pta=zz",)]),
            headers=((b"X-PTA", old),),
        )
