"""The rules: which protected locations must have allowed a request that was served.

If it cannot be known what nginx did, the judge reports no violation.
"""

from random_conf import trace


class Way:
    """What the rules know of a request on its way."""

    def __init__(self, request, server, response_verdict):
        self.request = request
        blocks = list(server.blocks())
        # Blocks that may be in force without being in the trace.
        self.limited = [block.limit_except for block in blocks if block.limits(request.method)]
        self.has_accel = any(block.upstream and block.upstream.accel for block in blocks)
        self.has_redirects = any(block.get("redirects") for block in blocks)
        # The arguments that the request has now.
        self.arguments = request.client_arguments
        # Entries that were not checked yet.
        self.pending = []
        # All entries, because each location of a realm may look for the token in another place.
        self.entered = []
        # Realms that have allowed the request, or that an X-Accel-Redirect has exempted.
        self.granted = set()
        # Those of them whose token names the target of a redirect, and was not followed yet.
        self.unused = set()
        self.has_verdict = False
        self.may_be_hidden = may_hide(blocks, request.method)
        self.assumes_verdict = bool(response_verdict) and self.may_be_hidden

    def is_allowed(self, realm):
        # Or in a block that the trace does not show.
        blocks = [entry.in_force for entry in self.entered] + self.limited
        return any(
            self.request.is_allowed_by(block, self.arguments)
            for block in blocks
            if block.is_protected and block.realm == realm
        )

    def realms_to_check(self):
        """The pending realms, each with its entries."""
        realms = {}
        for entry in self.pending:
            if entry.in_force.enforces and realm_of(entry) not in self.granted:
                realms.setdefault(realm_of(entry), []).append(entry)
        return realms

    def check(self, here=None):
        """Returns the realms that refuse. `here`: the entry in whose location other access modules
        run as well."""
        refusing = []
        for realm, entries in self.realms_to_check().items():
            self.has_verdict = True
            if self.is_allowed(realm):
                self.granted.add(realm)
                if realm[-1]:
                    self.unused.add(realm)
            elif not (here and self.other_modules_allow(realm, entries, here)):
                refusing.append(realm)
        self.pending.clear()
        return refusing

    def other_modules_allow(self, realm, entries, here):
        """`satisfy any` counts where the request is, not for locations that it came through."""
        if not all(entry.in_force.satisfies_any for entry in entries):
            return False
        # It may be in a location that the trace does not show.
        return any(
            block.satisfies_any and block.realm == realm and block.other_modules_allow(self.request)
            for block in [here.in_force, *self.limited]
        )

    def follows_token(self, entry):
        """Whether a redirect from this entry was that of a token."""
        block = entry.in_force
        if block.is_protected and block.realm[-1] and self.is_allowed(block.realm):
            # The token has served its purpose, in a dry run as well.
            self.unused.discard(block.realm)
            self.granted.add(block.realm)
            return True
        return False


def realm_of(entry):
    return entry.in_force.realm


def violation(request, server, arrivals, is_return, response_verdict):
    """Why the content must not have been served, or None. `is_return`: `return` answered."""
    way = Way(request, server, response_verdict)
    if way.limited and [arrival.cause for arrival in arrivals] != [trace.CLIENT]:
        # There may have been other arrivals, with verdicts and exemptions.
        return violation_at_end(way, arrivals, is_return)
    before = None
    for number, arrival in enumerate(arrivals):
        is_last = number == len(arrivals) - 1
        sender = None
        if arrival.cause == trace.REDIRECT and before and way.follows_token(before):
            sender = before.in_force
        found = follow(way, arrival, sender)
        if found:
            return found
        last = before = arrival.entries[-1]
        returned = last.ends_by_return()
        if returned or (is_last and is_return):
            continue
        refusing = way.check(last)
        is_refused = not is_last and arrivals[number + 1].cause == trace.ERROR_PAGE
        if refusing and not is_refused:
            return f"{last.block.name} was passed although the keys {refusing} had not allowed it"
        if way.unused - {realm_of(last)} and not is_refused and arrival.cause != trace.ERROR_PAGE:
            return f"{last.block.name} was passed although the token leads elsewhere"
    return None


def violation_at_end(way, arrivals, is_return):
    """The same by the last arrival alone, because others may be missing in the trace."""
    last = arrivals[-1]
    # Earlier arrivals may have exempted realms for good.
    if is_return or way.has_accel or way.has_redirects:
        return None
    way.entered = [entry for arrival in arrivals for entry in arrival.entries]
    # Only the error page itself is exempt, and only if there was a verdict.
    is_exempt = last.cause == trace.ERROR_PAGE and way.assumes_verdict
    way.pending = last.entries[1:] if is_exempt else last.entries[:]
    refusing = way.check(last.entries[-1])
    if refusing:
        return f"{last.entries[-1].block.name} was served, the keys {refusing} had not allowed it"
    return None


def follow(way, arrival, sender):
    """Notes the locations of an arrival. Returns why one must not have been passed, or None.

    `sender` is the block whose token led to this arrival, or None.
    """
    way.arguments = arrival.entries[-1].arguments
    has_verdict = way.has_verdict or way.assumes_verdict
    exempts = arrival.cause == trace.ERROR_PAGE and has_verdict
    if arrival.cause == trace.ERROR_PAGE and way.may_be_hidden:
        # A token may have led to the location that refused the request.
        way.unused.clear()
    if exempts and not way.has_verdict:
        # It was refused in a location that the trace does not show: all realms were checked.
        way.pending.clear()
    for entry in arrival.entries:
        block = entry.in_force if entry.is_hidden else entry.block
        way.entered.append(entry)
        is_exempt = sender and sender.keys == entry.in_force.keys
        if arrival.cause == trace.ACCEL or is_exempt:
            # `return` can leave the location before it is known that an `if` takes its place.
            way.granted |= {b.realm for b in (block, entry.in_force) if b.is_protected}
        elif not exempts:
            way.pending.append(entry)
        if block.enforces and block.get("phase") == "rewrite":
            refusing = way.check()
            if refusing:
                return f"{block.name} was entered although the keys {refusing} had not allowed it"
        # Only the error page itself is exempt, not what it leads to.
        exempts = False
    return None


def needless_refusal(request, server, arrivals, verdict, is_first=False):
    """Whether the module refused a request with a token for every location that it entered.
    `is_first`: it has only entered the location that limit_except hides."""
    if verdict in ("", "ALLOWED"):
        return False
    blocks = list(server.blocks())
    # With other arguments, a binding to one of them may not fit any more.
    arguments = ""
    if is_first:
        blocks, arguments = [arrivals[0].entries[0].in_force], None
    elif may_hide(blocks, request.method):
        limited = [b.limit_except for b in blocks if b.limits(request.method)]
        blocks = [block for block in blocks if block.name[0] != "X" or block in limited]
    else:
        blocks = []
        if all(arrival.cause == trace.CLIENT for arrival in arrivals):
            arguments = None
        for arrival in arrivals:
            for entry in arrival.entries:
                # nginx may refuse before it evaluates the condition of an `if`.
                blocks += [block for block in (entry.block, entry.block.if_block) if block]
    return all(
        request.is_allowed_by(block, arguments)
        for block in blocks
        if block.is_protected and block.name[0] != "S"
    )


def may_hide(blocks, method):
    """Whether a location that is entered may be missing in the trace: limit_except makes nginx skip
    `set`, and `pta_phase rewrite` refuses before it."""
    return any(block.limits(method) or block.get("phase") == "rewrite" for block in blocks)
