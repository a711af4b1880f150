"""How the tokens reach the segments: the directives, and what the access log shows then."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Mode:
    """`directives` are those of the location. `of_master` and `of_others` are status, verdict and
    source of requests that may be; a status of 200 stands for 206 as well.
    """

    name: str
    directives: str
    of_master: tuple
    of_others: tuple
    # Playlists are for clients with a session, and this is the lifetime in pta_issue.
    session: str = ""
    # The page is on another site.
    cross_site: bool = False

    def allowed(self, kind):
        if self.session and kind in ("master", "variant"):
            return with_206((OPEN,))
        return with_206(self.of_master if kind == "master" else self.of_others)


def with_206(allowed):
    return {*allowed, *((206, *rest) for status, *rest in allowed if status == 200)}


QUERY = (200, "ALLOWED", "qs")
COOKIE = (200, "ALLOWED", "cookie")
REDIRECT = (303, "ALLOWED", "qs")
OPEN = (200, "-", "-")

ON = "pta_enable on; pta_auth_method qs cookie;"
CROSS = "pta_set_cookie samesite=none secure partitioned;"

MODES = {
    mode.name: mode
    for mode in (
        Mode("cookie", f"{ON} pta_set_cookie on;", (QUERY,), (COOKIE,)),
        Mode("redirect", f"{ON} pta_set_cookie redirect;", (REDIRECT, COOKIE), (COOKIE,)),
        Mode("forward", f"{ON} pta_playlist forward;", (QUERY,), (QUERY,)),
        Mode("issue", "pta_enable on;", (), (QUERY,), session="2h step=1h"),
        Mode("issue-anew", "pta_enable on;", (), (QUERY,), session="2h"),
        Mode("cross-cookie", f"{ON} {CROSS}", (QUERY,), (COOKIE,), cross_site=True),
        Mode("cross-forward", f"{ON} pta_playlist forward;", (QUERY,), (QUERY,), cross_site=True),
        # No module at all: what a player requests then.
        Mode("open", "", (OPEN,), (OPEN,)),
        # Counter-proof: nothing hands the token over.
        Mode("off", f"{ON} pta_set_cookie off; pta_playlist off;", (QUERY,), ()),
    )
}
