"""A configuration as data: what is written in each block, and what it inherits."""

import dataclasses
import re

# The directories and files below the root of each location. "none" is in no root.
DIRECTORIES = ["/", "/a/", "/b/", "/c/", "/a/n/", "/b/n/", "/c/n/"]
FILES = ["x", "y.php", "i.html"]
PATHS = [directory + file for directory in DIRECTORIES for file in ["", *FILES]]
MISSING = [directory + "none" for directory in DIRECTORIES[:4]]
SEAL_KEYS = [bytes(range(start, start + 32)) for start in (0, 32, 64)]
# A value of pta_bind that comes from the request.
BOUND_ARGUMENT = "$arg_u"


@dataclasses.dataclass
class Rewrite:
    pattern: str
    target: str
    # last or break
    flag: str


@dataclasses.dataclass
class ErrorPage:
    codes: list
    # "", "=", "=200" …
    change: str
    # A path with a marker, the name of a location, or a URL.
    target: str


@dataclasses.dataclass
class Upstream:
    # Where X-Accel-Redirect leads, if there is one.
    accel: str = ""
    status: int = 200
    intercepts: bool = False
    ignores_accel: bool = False


@dataclasses.dataclass
class Block:
    """A server, a location, an `if` or a `limit_except`. None: not written, so inherited."""

    # "S0", "L7", "I7", "X7"
    name: str
    # What follows the word "location" or "limit_except"; empty for a server.
    match: str = ""
    parent: "Block | None" = None
    locations: list = dataclasses.field(default_factory=list)
    if_block: "Block | None" = None

    # Directives of PTA.
    enable: bool | None = None
    first: int | None = None
    second: int | None = None
    # The numbers of seal keys.
    first_seal: int | None = None
    second_seal: int | None = None
    require_seal: bool | None = None
    # Empty: off.
    bind: tuple | None = None
    methods: str | None = None
    token_name: str | None = None
    header_name: str | None = None
    dry_run: bool | None = None
    phase: str | None = None
    # pta_accel_redirect
    redirects: bool | None = None

    # Directives of other modules.
    satisfy: str | None = None
    access: list | None = None
    basic: bool | None = None
    error_pages: list | None = None
    recursive: bool | None = None
    index: list | None = None

    # Not inherited.
    rewrites: list = dataclasses.field(default_factory=list)
    returns: int | None = None
    try_files: list | None = None
    upstream: Upstream | None = None
    limit_except: "Block | None" = None

    @property
    def number(self):
        return int(self.name[1:])

    def get(self, field):
        """The value in force."""
        block = self
        while block:
            value = getattr(block, field)
            if value is not None:
                return value
            block = block.parent
        return None

    def blocks(self):
        """This block and all within it."""
        yield self
        yield from self.inner
        for location in self.locations:
            yield from location.blocks()

    @property
    def inner(self):
        """Its `if` and `limit_except`."""
        return [block for block in (self.if_block, self.limit_except) if block]

    # ---- what the rules need

    @property
    def is_protected(self):
        if self.name[0] == "X" and self.enable is None and self.parent.if_block:
            # nginx skips the `if`, so it counts as if its condition were true.
            return bool(self.parent.if_block.enable or self.get("enable"))
        return bool(self.get("enable"))

    @property
    def enforces(self):
        return self.is_protected and not self.get("dry_run")

    @property
    def realm(self):
        """The pairs of keys with their seal keys, what the seals must be, whether cookies may allow
        what the argument does not, and whether the tokens name the target of a redirect."""
        falls_back = "fallback" in (self.get("methods") or "")
        return (*self.keys, falls_back, bool(self.get("redirects")))

    @property
    def keys(self):
        return self.pairs, self.requires_seal, self.get("bind") or ()

    @property
    def pairs(self):
        """The pairs that open tokens here, each with its seal key or None."""
        pairs = (
            (self.get("first"), self.get("first_seal")),
            (
                self.get("second"),
                self.get("second_seal"),
            ),
        )
        return tuple((pair, seal) if pair is not None else None for pair, seal in pairs)

    @property
    def requires_seal(self):
        return bool(self.get("require_seal"))

    def bound_values(self, arguments):
        """The values of pta_bind for a request that has these arguments now."""
        bound = re.search(r"(?:^|&)u=([^&]*)", arguments)
        value = bound[1] if bound else ""
        return tuple(value if text == BOUND_ARGUMENT else text for text in self.get("bind") or ())

    @property
    def satisfies_any(self):
        return self.get("satisfy") == "any"

    def limits_now(self, method):
        """Whether limit_except is in force for the method."""
        if not self.limit_except:
            return False
        allowed = self.limit_except.match
        return method not in ({"GET", "HEAD"} if allowed == "GET" else {allowed})

    def limits(self, method):
        """Whether limit_except can be in force, which makes nginx skip the rewrite directives."""
        # Error pages and X-Accel-Redirect make GET of every method but HEAD.
        methods = {"HEAD"} if method == "HEAD" else {method, "GET"}
        return any(self.limits_now(method) for method in methods)

    def other_modules_allow(self, request):
        """Whether another access module allows the request, which counts with `satisfy any`."""
        rules = self.get("access")
        allowed = bool(rules and rules[0] in ("allow 127.0.0.1", "allow all"))
        return allowed or bool(self.get("basic") and request.has_password)

    def ends_by_return(self, uri, is_if):
        """Whether `return` ends the rewrite phase in this location; `is_if`: its `if` matched."""
        steps = [(rewrite, None) for rewrite in self.rewrites] + [(None, self.returns)]
        if is_if:
            inner = self.if_block
            steps = [*((r, None) for r in inner.rewrites), (None, inner.returns), *steps]
        for rewrite, code in steps:
            if rewrite and re.search(rewrite.pattern, uri):
                return False
            if code is not None:
                return True
        return False


def link(block):
    """Sets the parents of all blocks within this one."""
    for child in [*block.locations, *block.inner]:
        child.parent = block
        link(child)
    return block
