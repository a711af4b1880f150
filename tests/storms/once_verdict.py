"""Whether each token was used once, by what all clients together have seen.

A life of nginx begins with a binary upgrade, and its zones are empty. While the old workers end,
both lives serve. So a token can be used once in each life.
"""

import collections

ACCEPTED = (201, 204)
GIVEN_BACK = 404
# The LOG phase gives a claim back when the response has been sent. In seconds.
LATER = 2
# How long a claim is kept after the expiry of its token, and the most that nginx's clock is late.
KEPT, LATE = 60, 2
# Fewer prove nothing.
FEWEST = 50


def problems_of_uses(storm, uses, checkpoints, figure):
    uses = [use for use in uses if not use.event or storm.is_of_a_kill(use.event)]
    by_token = collections.defaultdict(list)
    for use in uses:
        by_token[use.token.number].append(use)
    seen = collections.Counter(outcome(use) for use in uses)
    figure("tokens to be used once", len(by_token))
    for name in ("accepted", "given back", "refused", "expired", "lost inside a killed worker"):
        figure(f"uses of them: {name}", seen[name])
    problems = [f"a token is answered {name}" for name in seen if name.startswith("with")]
    for found in by_token.values():
        for life, (begin, end) in storm.lives.items():
            problems += problems_of_token([use for use in found if is_in(use, life, begin, end)])
    for checkpoint in checkpoints:
        problems += problems_of_slots(storm, by_token.values(), checkpoint)
    if min(seen["accepted"], seen["given back"], seen["refused"]) < FEWEST:
        problems.append("too few uses of tokens to prove anything")
    return problems


def outcome(use):
    if use.event:
        return "lost inside a killed worker"
    if use.status in ACCEPTED:
        return "accepted"
    if use.status == GIVEN_BACK:
        return "given back"
    if (use.status, use.verdict) == (403, "REPLAYED"):
        return "refused"
    if use.status == 410 and use.clock >= use.token.expires:
        return "expired"
    return f"with {use.status} {use.verdict}"


def is_in(use, life, begin, end):
    """Whether the use is of this life. A lost one may be of each life that served then."""
    if use.event:
        return use.event.when >= begin and use.begin <= end
    return use.life == life


def problems_of_token(uses):
    """What is wrong with the uses of one token in one life."""
    by = collections.defaultdict(list)
    for use in uses:
        by[outcome(use)].append(use)
    problems = []
    if len(by["accepted"]) > 1:
        problems.append(f"a token was used {len(by['accepted'])} times: {by['accepted']}")
    for first in by["accepted"]:
        if late := [use for use in by["given back"] if use.begin > first.end]:
            problems.append(f"a used token was accepted again: {first}, {late}")
    # Who has the token for good, or may have it.
    owners = [*by["accepted"], *by["lost inside a killed worker"]]
    for refused in by["refused"]:
        is_used = any(use.begin < refused.end for use in owners)
        is_in_use = any(
            use.begin < refused.end and use.end + LATER > refused.begin for use in by["given back"]
        )
        if not is_used and not is_in_use:
            problems.append(f"refused, but nobody had used it: {refused}, all: {uses}")
    return problems


def problems_of_slots(storm, by_token, checkpoint):
    """Whether the zone held as many claims as there were, when no request was under way."""
    life, (begin, _) = checkpoint.life, storm.lives[checkpoint.life]
    least = most = 0
    for uses in by_token:
        expires = uses[0].token.expires
        seen = {outcome(use) for use in uses if is_in(use, life, begin, checkpoint.when)
                and (use.end or use.event.when) <= checkpoint.when}  # fmt: skip
        least += "accepted" in seen and expires + KEPT >= checkpoint.clock
        may_be = "accepted" in seen or "lost inside a killed worker" in seen
        most += may_be and expires + KEPT + LATE >= checkpoint.clock
    used = checkpoint.numbers["nginx_pta_once_slots", "z", "used"]
    if least <= used <= most:
        return []
    return [f"the zone has {used} claims, not {least} to {most}"]
