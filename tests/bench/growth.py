"""Section 3: how cost grows with the length of a token and the number of cookies and locations."""

import statistics

from bench import cases
from bench.callgrind import count
from bench.cases import FIRST_PAIR, Case, bare, protected
from bench.keys import FIRST, FOREIGN
from bench.parallel import on_all_cores
from bench.report import Table, number
from bench.site import site
from harness import processes
from harness.progress import Progress

TOKEN_LENGTHS = [96, 512, 1024, 2048, 4096, 8192, 16384]
COOKIE_NUMBERS = [1, 10, 25, 50, 100]
LOCATION_NUMBERS = [1, 100, 10_000]
# The largest deviation of a line, relative to the largest value.
STRAIGHT = 0.05
BOUND = (
    " What bounds it is nginx's `large_client_header_buffers`: with its default, 4 lines of 8 KiB, "
    "there is no room for more than about 300 tokens of 96 characters."
)
LOCATION_TIME_GOAL = 1.2
LOCATION_BYTES_GOAL = 200


def line_through(points):
    """Slope and intercept of the line that fits best, and its largest distance from a point.

    The distance is relative to the largest value.
    """
    slope, intercept = statistics.linear_regression(*zip(*points, strict=True))
    residual = max(abs(value - slope * at - intercept) for at, value in points)
    return slope, intercept, residual / max(value for _, value in points)


def token_cases(tools):
    """By length of the token: a request that it allows, and its baseline."""
    found = {}
    for length in tools.choose(TOKEN_LENGTHS, TOKEN_LENGTHS[::3]):
        case = cases.allowed_long(length)
        found[length] = case, bare(case.target)
    return found


def cookie_cases(tools, foreign_tokens):
    """By number of cookies: cases with the token in the last one.

    The others belong to the site, or have tokens of other keys.
    """
    found = {}
    name, value = "site", "0123456789abcdef" * 6
    if foreign_tokens:
        name, value = "pta", FOREIGN.token(cases.PATTERN)
    for cookies in tools.choose(COOKIE_NUMBERS, COOKIE_NUMBERS[::2]):
        valid = ("pta", FIRST.token(cases.PATTERN))
        headers = cases.cookies([(name, value)] * (cookies - 1) + [valid])
        found[cookies] = (
            Case(protected("pta_auth_method cookie;"), headers=headers),
            bare(headers=headers),
        )
    return found


def count_growth(tools, report):
    series = [
        ("token", "Length of the token", "characters", "character", token_cases(tools)),
        (
            "cookies",
            "Number of cookies: the site's own, then the token",
            "cookies",
            "cookie",
            cookie_cases(tools, False),
        ),
        (
            "tokens in cookies",
            "Number of cookies with tokens: of other keys, then the valid one",
            "cookies",
            "cookie",
            cookie_cases(tools, True),
        ),
    ]
    wanted = {case for *_, found in series for pair in found.values() for case in pair}
    progress = Progress("growth of instructions", len(wanted))

    def one(case):
        # Without the access log, which has a cost of its own for each character.
        counted = count(tools, case, "off")
        progress.step(f"{len(case.target)} characters, {len(''.join(case.headers))} of cookies")
        return counted

    counted = on_all_cores(one, wanted)
    progress.close()

    for name, title, column, unit, found in series:
        points = [
            (at, (counted[case] - counted[baseline]).total)
            for at, (case, baseline) in found.items()
        ]
        slope, intercept, deviation = line_through(points)
        table = Table(
            f"{title}: instructions added",
            [column, "nginx alone", "added", "the line"],
            f"The line: {intercept:,.0f} + {slope:,.2f} for each {unit}"
            + (f" ({slope * 2:,.2f} for each byte of it)" if name == "token" else "")
            + f"; it misses no point by more than {deviation:.1%} of the largest value."
            + (BOUND if unit == "cookie" else ""),
        )
        for (at, added), (_, baseline) in zip(points, found.values(), strict=True):
            table.add(
                number(at),
                number(counted[baseline].total),
                number(added),
                number(intercept + slope * at),
            )
        report.add(table)
        report.goal(
            f"linear: {title[0].lower()}{title[1:]}",
            "within 5 % of a line",
            f"{slope:,.1f} for each {unit}, within {deviation:.1%}",
            deviation <= STRAIGHT,
        )


def locations(number_of_them, protect):
    """A case with that many locations."""
    enable = "pta_enable on;" if protect else ""
    blocks = (f"location /l{index:05}/ {{ {enable} }}\n" for index in range(number_of_them))
    return Case((FIRST_PAIR if protect else "") + "".join(blocks), with_module=protect)


def cpu_seconds_of_test(made):
    """The processor's time that `nginx -t` takes."""
    done = made.test()
    if done.status:
        raise RuntimeError(f"nginx -t failed:\n{done.output}")
    return done.cpu_seconds


def measure_locations(tools, report):
    rounds = tools.choose(15, 5)
    progress = Progress("growth with locations", len(LOCATION_NUMBERS) * rounds)
    table = Table(
        "Protected locations: time of `nginx -t` and memory of a worker",
        [
            "locations",
            "`nginx -t` without PTA",
            "with",
            "ratio",
            "memory without PTA",
            "with",
            "a location",
        ],
        "Time is the processor's (user and system), medians of alternating rounds; memory is what "
        "the process has for itself after its start. The last column is what PTA adds from 1 "
        "location on, for each.",
    )
    memory, ratio = {}, 0
    for many in LOCATION_NUMBERS:
        with (
            site(tools.nginx, locations(many, False)) as without,
            site(tools.nginx, locations(many, True)) as protected_site,
        ):
            times = {without: [], protected_site: []}
            for _ in range(rounds):
                for measured, found in times.items():
                    found.append(cpu_seconds_of_test(measured))
                progress.step(f"{many} locations")
            for measured in times:
                measured.start()
            memory[many] = [processes.memory(it.master())["Private_Dirty"] for it in times]
        seconds = [statistics.median(found) for found in times.values()]
        ratio = seconds[1] / seconds[0]
        per_location = ""
        if many > 1:
            added = [after - before for before, after in memory.values()]
            per_location = f"{(added[-1] - added[0]) / (many - 1):,.0f} bytes"
        table.add(
            number(many),
            f"{seconds[0] * 1000:.1f} ms",
            f"{seconds[1] * 1000:.1f} ms",
            f"{ratio:.2f}",
            *(f"{number(size / 1024)} KiB" for size in memory[many]),
            per_location,
        )
    progress.close()
    report.add(table)
    many = LOCATION_NUMBERS[-1]
    report.goal(
        f"{number(many)} protected locations: time of nginx -t against none protected",
        f"<= {LOCATION_TIME_GOAL}",
        f"{ratio:.2f}",
        ratio <= LOCATION_TIME_GOAL,
    )
    bytes_each = (memory[many][1] - memory[many][0] - memory[1][1] + memory[1][0]) / (many - 1)
    report.goal(
        f"{number(many)} protected locations: memory of each beyond nginx's own",
        f"<= {LOCATION_BYTES_GOAL} bytes",
        f"{bytes_each:,.0f} bytes",
        bytes_each <= LOCATION_BYTES_GOAL,
    )


def run(tools, report):
    count_growth(tools, report)
    measure_locations(tools, report)
