"""Requests with sealed tokens."""

from harness.tokens import FAR, sealed
from soak.site import SEAL_KEYS
from soak.traffic import Request, allowed, refused


class SealKinds:
    """The part of Maker that makes them."""

    def sealed(self, key, path, *bind, expires=FAR, seal=None):
        nonce = self.random.choice([None, None, "n", "A-_9" * 10])
        token = self.pairs[key].token(path, expires)
        return sealed(token, SEAL_KEYS[seal or key], bind, nonce).encode()

    def kind_sealed(self):
        number, key = self.some()
        path = b"/sealed/%02d" % number
        pattern = self.random.choice([path, b"/sealed/*"])
        token = self.sealed(key, pattern, expires=self.later())
        return Request("sealed", path + b"?pta=" + token, allowed(number, f"qs/{key}"))

    def kind_sealed_or_not(self):
        number, key = self.some()
        path = b"/any-method/%02d" % number
        token = self.random.choice([self.token(key, path), self.sealed(key, path)])
        target = path + b"?pta=" + token
        return Request("sealed or not", target, allowed(number, f"qs/{key}"))

    def kind_wrong_seal(self):
        number, key = self.some()
        path = b"/sealed/%02d" % number
        other = "2nd" if key == "1st" else "1st"
        token = self.sealed(key, path)
        # Neither the path nor the expiry matters.
        spoilt = self.random.choice(
            [
                self.sealed(key, path, seal=other),
                self.sealed(key, b"/elsewhere", seal="stranger", expires=self.earlier()),
                self.sealed("stranger", path, seal=key),
                self.sealed(key, path, b"5"),
                self.token(key, path) + b"." + b"A" * 22,
                token.split(b".")[0] + b".m." + token.rsplit(b".")[-1],
            ]
        )
        return Request("wrong seal", path + b"?pta=" + spoilt, refused("UNDECRYPTABLE", "qs"))

    def kind_malformed_seal(self):
        number, key = self.some()
        path = b"/sealed/%02d" % number
        token = self.sealed(key, path)
        spoilt = self.random.choice(
            [
                self.token(key, path),
                token + b"=",
                token[:-1],
                token + b"A",
                b"." + token,
                token[:-1] + b"B",
                self.token(key, path) + b".a.b." + b"A" * 22,
                self.token(key, path)[:-1] + b"." + b"A" * 22,
            ]
        )
        target = path + b"?pta=" + spoilt
        return Request("malformed seal", target, refused("MALFORMED", "qs"))

    def kind_sealed_expired(self):
        number, key = self.some()
        token = self.sealed(key, b"/elsewhere", expires=self.earlier())
        target = b"/sealed/%02d?pta=%s" % (number, token)
        return Request("sealed, expired", target, refused("EXPIRED", "qs", key))

    def kind_sealed_wrong_path(self):
        number, key = self.some()
        token = self.sealed(key, b"/v/*")
        target = b"/sealed/%02d?pta=%s" % (number, token)
        return Request("sealed, wrong path", target, refused("PATH_MISMATCH", "qs", key))

    def kind_sealed_without_key(self):
        number, key = self.some()
        target = b"/v/%02d?pta=%s" % (number, self.sealed(key, b"/v/*"))
        return Request("sealed, no seal key", target, refused("UNDECRYPTABLE", "qs"))

    def kind_bound(self):
        number, key = self.some()
        user, visitor = self.random.choice(
            [(b"5", b"ab"), (b"5a", b"b"), (b"x" * 300, b"\xc3\xa9")]
        )
        token = self.sealed(key, b"/bound/*", user, visitor)
        return Request(
            "bound",
            b"/bound/%02d?u=%s&pta=%s" % (number, user, token),
            allowed(number, f"qs/{key}"),
            headers=((b"X-Visitor", visitor),),
        )

    def kind_bound_to_others(self):
        number, key = self.some()
        bind = self.random.choice(
            [
                (),
                (b"5",),
                (b"5ab",),
                (b"5a", b"b"),
                (b"ab", b"5"),
                (b"5", b"ab", b""),
                (b"5", b"aB"),
            ]
        )
        token = self.sealed(key, b"/bound/*", *bind)
        return Request(
            "bound to something else",
            b"/bound/%02d?u=5&pta=%s" % (number, token),
            refused("UNDECRYPTABLE", "qs"),
            headers=((b"X-Visitor", b"ab"),),
        )

    def kind_bound_to_nothing(self):
        number, key = self.some()
        headers = self.random.choice([(), ((b"X-Visitor", b""),)])
        token = self.sealed(key, b"/bound/*", b"5", b"")
        return Request(
            "bound, empty value",
            b"/bound/%02d?u=5&pta=%s" % (number, token),
            refused("UNDECRYPTABLE", "qs"),
            headers=headers,
        )

    def kind_sealed_cookies(self):
        number, key = self.some()
        # So many are opened.
        wrong = [self.sealed(key, b"/*", seal="stranger") for _ in range(self.random.randrange(8))]
        wrong += [b"zz", b"00.x"]
        self.random.shuffle(wrong)
        cookies = [*wrong, self.sealed(key, b"/sealed/%02d" % number)]
        return Request(
            "sealed cookies, one valid",
            b"/sealed/%02d" % number,
            allowed(number, f"cookie/{key}"),
            (b"; ".join(b"pta=" + cookie for cookie in cookies),),
        )
