"""Makes random servers."""

from random_conf.model import (
    BOUND_ARGUMENT,
    DIRECTORIES,
    MISSING,
    PATHS,
    SEAL_KEYS,
    Block,
    ErrorPage,
    Rewrite,
    Upstream,
    link,
)

PREFIXES = ["/a/", "/b/", "/c/", "/a/n/", "/b/n/", "/c/n/", "/a", "/c"]
EXACT = ["/a/x", "/b/x", "/c/y.php", "/a/", "/c/n/i.html"]
REGEXES = [r"~ \.php$", r"~ ^/[ab]/n/", r"~* X$", r"~ ^/c", r"~ i\.html$", r"~ /n/"]
PATTERNS = [
    "^/a/(.*)$",
    "^/b/(.*)$",
    "^/(.*)$",
    "^/.*/(.*)$",
    "^/.*?(n/.*)$",
    r"^/(.*)\.php$",
    "^/(.*x)$",
]
CODES = [400, 401, 403, 404, 405, 410, 413]
CHANGES = ["", "", "", "=", "=200", "=404"]
OPEN, SHUT = ["allow 127.0.0.1", "deny all"], ["deny 127.0.0.1", "allow 10.0.0.0/8"]
# Some have the same values one after the other. Empty: off.
BINDINGS = [
    ("a",), ("ab",), ("a", "bc"), ("ab", "c"), (BOUND_ARGUMENT,), ("a", BOUND_ARGUMENT),
    (BOUND_ARGUMENT, "a"), (),
]  # fmt: skip
WITH_HEADER = ["header", "qs header", "header cookie", "qs header cookie"]
HEADERS = ["X-PTA", "X-Token", "Authorization"]

# What a configuration may have. Each one has only some features, because a feature in one server
# changes what the module does in all of them. Some are more frequent than others, so that
# combinations of several come up as well.
FEATURES = [
    "server rewrites", "recursive", "satisfy", "dry run", "phase", "if", "nested", "limit_except",
    "accel", "named", "index", "try_files", "return", "rewrite", "error_page", "keys", "off",
    "basic", "names", "token redirect", "fallback", "seals", "header",
]  # fmt: skip


class Generator:
    """The servers of one configuration."""

    def __init__(self, random, pairs):
        self.random = random
        self.pairs = pairs
        self.features = {feature: random.choice([0, 0, 1, 1, 2.2]) for feature in FEATURES}
        self.markers = 0

    def has(self, feature, chance):
        return self.random.random() < chance * self.features[feature]

    def choose(self, *values):
        return self.random.choice(values)

    def marker(self, kind):
        self.markers += 1
        return f"{kind}{self.markers}"

    def path(self, kind):
        """Where a redirect leads, with the marker of its kind."""
        target = self.random.choice(PATHS + MISSING[:2])
        return f"{target}?{self.marker(kind)}"

    def server(self, number):
        self.numbers = 0
        self.named = {}
        server = Block(f"S{number}")
        self.keys(server, always=True)
        server.methods = self.choose(None, "cookie", "qs cookie", self.several_methods())
        if self.has("header", 0.4):
            server.methods = self.choose(*WITH_HEADER, self.several_methods())
        if self.has("seals", 0.7):
            self.seals(server, 0.7)
        if self.random.random() < 0.15:
            server.enable = True
        self.others(server, 0.2)
        self.redirects(server, 0.6)
        if self.has("recursive", 0.7):
            server.recursive = True
        if self.has("server rewrites", 0.6):
            server.rewrites = [self.rewrite("S") for _ in range(self.choose(1, 1, 2))]
        matches = ["/"]
        matches += [
            self.choose("", "", "^~ ") + prefix
            for prefix in self.random.sample(PREFIXES, self.random.randint(2, 4))
        ]
        matches += [f"= {path}" for path in self.random.sample(EXACT, self.choose(0, 0, 1, 2))]
        matches += self.random.sample(REGEXES, self.choose(0, 1, 2))
        server.locations = [self.location(match, nests=True) for match in matches]
        # The named locations that were referred to, and those that these refer to.
        while missing := [n for n in self.named if not self.named[n]]:
            for name in missing:
                self.named[name] = True
                server.locations.append(self.location(name, nests=False))
        for block in link(server).blocks():
            # The judge could not know where the token led.
            if block.get("redirects"):
                block.limit_except = None
            correct_seals(block)
        return server

    def location(self, match, nests):
        location = Block(f"L{self.numbers}", match)
        self.numbers += 1
        self.protect(location, 0.5)
        self.others(location, 0.4)
        self.redirects(location, 0.4)
        self.content(location)
        if self.has("rewrite", 0.45):
            location.rewrites = [self.rewrite("R") for _ in range(self.choose(1, 1, 2))]
        # `pta_phase rewrite` exists for `return`.
        if self.has("return", 0.6 if location.phase == "rewrite" else 0.2):
            location.returns = self.choose(200, 200, 403, 404, 405)
        if self.has("if", 0.3):
            location.if_block = self.if_block(location)
        if self.has("limit_except", 0.3):
            location.limit_except = self.limit_except(location)
        if nests and self.has("nested", 0.35) and match.removeprefix("^~ ").startswith("/"):
            prefix = match.removeprefix("^~ ")
            inner = [f"{prefix.rstrip('/')}/n/", r"~ \.php$", f"= {prefix.rstrip('/')}/x"]
            chosen = self.random.sample(inner, self.choose(1, 1, 2))
            location.locations = [self.location(match, nests=False) for match in chosen]
        return location

    def if_block(self, location):
        block = Block(f"I{location.number}")
        self.protect(block, 0.5, written_out=True)
        if self.has("rewrite", 0.3):
            block.rewrites = [self.rewrite("R")]
        if self.has("return", 0.2):
            block.returns = self.choose(200, 403, 404)
        return block

    def limit_except(self, location):
        block = Block(f"X{location.number}", self.choose("GET", "POST"))
        block.enable = self.choose(None, True, False)
        if block.enable is None or self.random.random() < 0.3:
            block.access = self.choose(OPEN, SHUT, ["allow all"])
        return block

    def protect(self, block, chance, written_out=False):
        if self.random.random() < chance:
            block.enable = True
            if not written_out:
                self.keys(block)
                self.policy(block)
        elif self.has("off", 0.3):
            block.enable = False

    def keys(self, block, always=False):
        if not (always or self.has("keys", 0.5)):
            return
        block.first = self.random.randrange(len(self.pairs))
        if self.random.random() < 0.2:
            block.second = self.random.randrange(len(self.pairs))
        if self.features["names"]:
            block.token_name = f"pta{block.first}"

    def seals(self, block, chance):
        """Seal keys, and what seals must be."""
        if self.random.random() < chance or block.name[0] == "S":
            block.first_seal = self.random.randrange(len(SEAL_KEYS))
        if self.random.random() < chance:
            block.second_seal = self.random.randrange(len(SEAL_KEYS))
        match self.random.random() < chance and self.choose("required", "bound", "bound", "off"):
            case "required":
                block.require_seal = True
            case "bound":
                block.require_seal, block.bind = True, self.choose(*BINDINGS)
            case "off":
                block.require_seal, block.bind = False, ()

    def several_methods(self):
        methods = "qs cookie"
        if self.has("header", 0.5):
            methods = self.choose(*WITH_HEADER[1:])
        return f"{methods} fallback" if self.has("fallback", 0.5) else methods

    def policy(self, block):
        if self.random.random() < 0.3:
            block.methods = self.choose("qs", "cookie", "qs cookie", self.several_methods())
        if self.has("header", 0.2):
            block.methods = self.choose(*WITH_HEADER)
        if self.has("header", 0.2):
            block.header_name = self.choose(*HEADERS)
        if self.has("seals", 0.5):
            self.seals(block, 0.5)
        if self.has("dry run", 0.25):
            block.dry_run = self.choose(True, True, False)
        if self.has("phase", 0.3):
            block.phase = self.choose("rewrite", "rewrite", "access")
        if self.has("token redirect", 0.2):
            block.redirects = True

    def others(self, block, chance):
        if self.has("satisfy", chance):
            block.satisfy = self.choose("any", "any", "all")
        if self.has("satisfy", chance):
            block.access = self.choose(OPEN, OPEN, SHUT)
        if self.has("basic", chance):
            block.basic = self.choose(True, True, False)

    def redirects(self, block, chance):
        if self.has("error_page", chance):
            block.error_pages = [self.error_page() for _ in range(self.choose(1, 1, 2))]
            used = set()
            for page in block.error_pages:
                page.codes = [code for code in page.codes if code not in used]
                used |= set(page.codes)
            block.error_pages = [page for page in block.error_pages if page.codes]
        if self.has("index", 0.4):
            block.index = self.choose(
                ["i.html"], ["none", "i.html"], ["x"], ["none", "/b/x"], ["none"]
            )

    def error_page(self):
        codes = self.random.sample(CODES, self.random.randint(1, 4))
        if self.has("named", 0.3):
            target = self.name("@e")
        elif self.random.random() < 0.1:
            target = "http://localhost/elsewhere"
        else:
            target = self.path("E")
        return ErrorPage(codes, self.random.choice(CHANGES), target)

    def name(self, kind):
        """A named location, which may be referred to several times by redirects of this kind."""
        name = f"{kind}{self.random.randrange(2)}"
        self.named.setdefault(name, False)
        return name

    def content(self, location):
        if self.has("accel", 0.35):
            target = self.path("X")
            if self.has("named", 0.2):
                target = self.name("@x")
            location.upstream = Upstream(
                accel=self.choose("", target, target, target),
                status=self.choose(200, 200, 404),
                intercepts=self.random.random() < 0.4,
                ignores_accel=self.random.random() < 0.15,
            )
        if self.has("try_files", 0.35):
            last = self.choose(self.path("T"), self.path("T"), "=404", "=403")
            if self.has("named", 0.4):
                last = self.name("@t")
            tried = self.choose(
                ["$uri"], ["/none"], ["$uri", "$uri/"], [self.random.choice(PATHS[1:])]
            )
            location.try_files = [*tried, last]

    def rewrite(self, kind):
        flag = "last" if kind == "S" or self.random.random() < 0.7 else "break"
        pattern = self.random.choice(PATTERNS)
        into = self.random.choice(DIRECTORIES)
        fixed = self.random.choice(PATHS)
        target = self.choose(into + "$1", into + "$1", fixed)
        marker = self.marker("B" if flag == "break" else kind)
        return Rewrite(pattern, f"{target}?{marker}", flag)


def correct_seals(block):
    """nginx would refuse to require seals without a seal key, and a binding without that."""
    if block.name[0] not in "SL":
        return
    if block.requires_seal and not any(pair and pair[1] is not None for pair in block.pairs):
        block.require_seal = False
    if block.get("bind") and not block.requires_seal:
        block.bind = ()
