"""Section 1: counted instructions per request."""

import dataclasses

from bench import cases
from bench.callgrind import count
from bench.cases import FIRST_PAIR, Case, bare, media, protected, with_query
from bench.keys import FIRST
from bench.parallel import on_all_cores
from bench.report import Table, number
from harness.progress import Progress

LOGS = {"access.log": "access log as nginx has it by default", "off": "access_log off"}

MAIN_ROW = "token in the query, 1st pair"
SECURE_LINK_ROW = "secure_link_md5 with `if`"
PATH_OF_REDIRECT = "/dl"

# In each request, nginx allocates a pointer for every module that is loaded.
ANY_MODULE = 20

# Two counts of the same request may differ by this, because addresses and some branches differ.
ACCURACY = 5


@dataclasses.dataclass(frozen=True)
class Row:
    """A case, what it is compared with, and what may be added with `access_log off`."""

    name: str
    case: Case
    baseline: Case
    goal: int | None = None


def rows():
    """The rows of the table, those of allowed requests first."""
    allowed = cases.allowed()
    query = with_query(FIRST.token(cases.PATTERN))
    secure_link = cases.secure_link()
    sealed, bound = cases.sealed(), cases.sealed("pta_bind $remote_addr;")
    one_cookie, ten_cookies = cases.in_cookies(1), cases.in_cookies(10)
    in_header, once = cases.in_header(), cases.once()
    redirect = f"{PATH_OF_REDIRECT}?pta={FIRST.token(cases.TARGET)}"
    files = "location /files/ { internal; empty_gif; }"
    try_files = Case(
        f"location = {PATH_OF_REDIRECT} {{ try_files /nonexistent {cases.TARGET}; }} {files}",
        redirect,
        with_module=False,
    )
    return [
        Row("bare location, no query", bare(), bare()),
        Row("bare location, the same query", bare(query), bare(query)),
        Row(SECURE_LINK_ROW, secure_link, bare(secure_link.target)),
        Row(MAIN_ROW, allowed, bare(query), 1850),
        Row(
            "... with `pta_mask off; pta_strip off`",
            Case(protected("pta_mask off; pta_strip off;"), query),
            bare(query),
        ),
        Row(
            "... with `pta_phase rewrite`",
            Case(protected("pta_phase rewrite;"), query),
            bare(query),
        ),
        Row(
            "token in the query, 2nd pair",
            cases.allowed_second_pair(),
            bare(cases.allowed_second_pair().target),
        ),
        # valgrind emulates no instructions for SHA-256.
        Row("sealed token in the query, without SHA instructions", sealed, bare(sealed.target)),
        Row("... bound by `pta_bind $remote_addr`", bound, bare(bound.target)),
        # It adds a header to the response: Cache-Control: private.
        Row("token in a cookie", one_cookie, bare(headers=one_cookie.headers), 2100),
        Row("token in a header", in_header, bare(headers=in_header.headers)),
        Row("token in the query, counted by `pta_metrics_label`", cases.counted(), bare(query)),
        # Each token is noted in the zone.
        Row("token in the query, with `pta_once`", once, once.without_module()),
        Row(
            "token in the query, `pta_playlist forward` without a playlist",
            cases.playlist(),
            bare(query),
        ),
        Row("token in the last of 10 cookies", ten_cookies, bare(headers=ten_cookies.headers)),
        Row("module loaded, no location enabled", Case(media(), query), bare(query), 0),
        Row(
            "open location beside a protected one",
            Case(media(server=f"{FIRST_PAIR} location /members/ {{ pta_enable on; }}"), query),
            Case(media(server="location /members/ { }"), query, with_module=False),
            100,
        ),
        Row(
            "`pta_accel_redirect`, against a bare location",
            Case(
                f"{FIRST_PAIR} location = {PATH_OF_REDIRECT} "
                f"{{ pta_enable on; pta_accel_redirect on; }} {files}",
                redirect,
            ),
            bare(query),
        ),
        Row("nginx's own redirect by try_files", try_files, bare(query)),
        Row("`$pta_token` issued, against a constant", cases.issued(), cases.constant()),
    ]


def refusals():
    """Refusals, the same requests with status 200, and refusals of nginx's own."""
    kinds = [
        ("missing", cases.missing()),
        ("malformed", cases.malformed()),
        ("undecryptable", cases.undecryptable()),
        ("expired", cases.expired()),
        ("path mismatch", cases.path_mismatch()),
    ]
    found = []
    for name, case in kinds:
        # After a 400 nginx closes the connection: so does the baseline.
        served = bare(case.target, directives="keepalive_timeout 0;" if case.status == 400 else "")
        refuse = "deny all;" if case.status == 403 else f"return {case.status};"
        refused = bare(case.target, directives=refuse, status=case.status)
        found.append((name, case, served, refused, refuse))
    return found


def measure(tools, wanted, logs):
    """Instructions of each case under each access log."""
    keys = {(case, log) for case in wanted for log in logs}
    progress = Progress("instructions", len(keys))

    def one(key):
        counted = count(tools, *key)
        progress.step(f"{key[0].target[:40]} {key[0].status}")
        return counted

    counted = on_all_cores(one, keys)
    progress.close()
    return counted


def run(tools, report):
    served, refused = rows(), refusals()
    wanted = [case for row in served for case in (row.case, row.baseline)]
    wanted += [case for _, *three, _ in refused for case in three]
    counted = measure(tools, wanted, LOGS)

    table = Table(
        "Instructions per request, added to a location without PTA",
        [
            "request",
            "nginx alone",
            "added",
            "in the module's file",
            "goal",
            "nginx alone, default access log",
            "added",
        ],
        "The first columns are those of `access_log off`. With nginx's default access log, masking "
        "saves nginx the writing of a long request line. What a loaded module that does nothing "
        "adds is a pointer more in each request that nginx clears.",
    )
    for row in served:
        with_log, without_log = (
            counted[row.case, log] - counted[row.baseline, log] for log in LOGS
        )
        own, own_with_log = (counted[row.baseline, log].total for log in ("off", "access.log"))
        goal = "" if row.goal is None else f"<= {number(row.goal)}"
        table.add(
            row.name,
            number(own),
            number(without_log.total),
            number(without_log.in_module),
            goal,
            number(own_with_log),
            number(with_log.total),
        )
        if row.goal == 0:
            report.goal(
                f"instructions added: {row.name}",
                "0 of the module's",
                f"{number(without_log.in_module)} ({number(without_log.total)} in nginx)",
                without_log.in_module == 0 and without_log.total <= ANY_MODULE,
            )
        elif row.goal is not None:
            report.goal(
                f"instructions added: {row.name}",
                f"<= {number(row.goal)}",
                number(without_log.total),
                without_log.total <= row.goal,
            )
        report.figure(row.name, [own, without_log.total])
    report.add(table)

    table = Table(
        "Instructions per refused request",
        [
            "refusal",
            "status",
            "added to the same request served",
            "added to nginx's own refusal",
            "by",
            "in the module's file",
            "the first, default access log",
        ],
    )
    for name, case, baseline, own, directive in refused:
        with_log, without_log = (counted[case, log] - counted[baseline, log] for log in LOGS)
        table.add(
            name,
            case.status,
            number(without_log.total),
            number((counted[case, "off"] - counted[own, "off"]).total),
            f"`{directive}`",
            number(without_log.in_module),
            number(with_log.total),
        )
        report.figure(f"refused: {name}", [counted[baseline, "off"].total, without_log.total])
    report.add(table)

    main, link = report.figures[MAIN_ROW][1], report.figures[SECURE_LINK_ROW][1]
    report.goal(
        "instructions added: less than secure_link_md5",
        f"<= {number(link)}",
        number(main),
        main <= link,
    )
