"""What it costs to sign a playlist, beside what nginx's sub_filter takes for the same text.

The processor's time of nginx for each request: the best of several rounds, in which the variants
take turns. sub_filter only finds a fixed text and puts another in its place. It does not know what
leads to another host, what the token does not open, and it keeps the caching headers.
"""

import contextlib
import dataclasses

from bench.cases import FIRST_PAIR, Case
from bench.keys import FIRST
from bench.report import Table, number
from bench.site import site
from harness.clients.http1 import Connection
from harness.processes import cpu_seconds
from harness.progress import Progress

# Of 28 characters: a token of 96.
PATTERN = "/media/films/2026/season-1/*"
FOLDER = PATTERN[:-1]
TOKEN = FIRST.token(PATTERN)

SHORT, LONG, LONGEST = 6, 10_000, 60_000
MPD_BYTES = 1_000_000
MPD_TYPE = "types { application/dash+xml mpd; application/vnd.apple.mpegurl m3u8; }"

SUB_GOAL, SHORT_GOAL, GROWTH_GOAL, OFF_GOAL, MPD_GOAL = 0.6, 1.05, 7.0, 1.02, 1.0


def hls(segments):
    """A media playlist, with 34 bytes for each segment."""
    head = "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:4\n"
    lines = (f"#EXTINF:4.00000,\nsegment-{index:05}.m4s\n" for index in range(segments))
    return head + "".join(lines) + "#EXT-X-ENDLIST\n"


def short_hls():
    """A playlist of 6 lines, as a live stream has them."""
    return hls((SHORT - 4) // 2)


def mpd():
    """A manifest of 1 MB that lists its segments."""
    head = (
        '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">\n'
        ' <Period>\n  <AdaptationSet mimeType="video/mp4">\n   <Representation id="1">\n'
        '    <SegmentList duration="4">\n     <Initialization sourceURL="init.mp4"/>\n'
    )
    tail = "    </SegmentList>\n   </Representation>\n  </AdaptationSet>\n </Period>\n</MPD>\n"
    line = '     <SegmentURL media="segment-{:05}.m4s"/>\n'
    lines = (MPD_BYTES - len(head) - len(tail)) // len(line.format(0))
    return head + "".join(map(line.format, range(lines))) + tail


@dataclasses.dataclass(frozen=True)
class Variant:
    directives: str
    # Another location of the same server.
    beside: str = ""

    def case(self, target):
        location = f"{MPD_TYPE} {FIRST_PAIR} pta_enable on; {self.directives}"
        return Case(f"location {FOLDER} {{ {location} }}\n{self.beside}", target)


def sub_filter(before):
    after = before.replace(".m4s", f".m4s?pta={TOKEN}")
    return Variant(f"sub_filter_types *; sub_filter_once off; sub_filter '{before}' '{after}';")


FORWARD = Variant("pta_playlist forward;")
OFF = Variant("", f"location /other/ {{ {FIRST_PAIR} pta_enable on; pta_playlist forward; }}")
WITHOUT = Variant("")


def least(tools, variants, target, body, requests, progress):
    """By variant: the processor's time of a request, in seconds, and the length of its answer."""
    rounds = tools.choose(9, 5)
    found, lengths = {name: [] for name in variants}, {}
    with contextlib.ExitStack() as stack:
        sites = {}
        for name, variant in variants.items():
            made = stack.enter_context(site(tools.nginx, variant.case(target), "off"))
            made.write(f"html{target.partition('?')[0]}", body)
            sites[name] = made.start(), stack.enter_context(Connection(made.port()))
        for turn in range(rounds):
            order = list(variants) if turn % 2 == 0 else list(variants)[::-1]
            for name in order:
                made, connection = sites[name]
                before = cpu_seconds(made.master())
                for _ in range(requests):
                    response = connection.get(target)
                    if response.status != 200:
                        raise RuntimeError(f"status {response.status} for {target} by {name}")
                found[name].append((cpu_seconds(made.master()) - before) / requests)
                lengths[name] = len(response.body)
            progress.step(target.partition("?")[0])
    return {name: min(values) for name, values in found.items()}, lengths


def run(tools, report):
    files = {
        "short": (f"{FOLDER}short.m3u8", short_hls()),
        "long": (f"{FOLDER}long.m3u8", hls(LONG)),
        "longest": (f"{FOLDER}longest.m3u8", hls(LONGEST)),
        "mpd": (f"{FOLDER}list.mpd", mpd()),
    }
    rounds = tools.choose(9, 5)
    progress = Progress("playlists", 5 * rounds)

    def measure(file, variants, requests):
        path, body = files[file]
        times, lengths = least(tools, variants, f"{path}?pta={TOKEN}", body, requests, progress)
        return times, lengths, len(body)

    hls_sub, mpd_sub = sub_filter(".m4s\n"), sub_filter('.m4s"/>')
    measured = {
        "6 lines": measure(
            "short", {"forward": FORWARD, "sub_filter": hls_sub, "unsigned": WITHOUT}, 2000
        ),
        f"{number(LONG)} segments": measure(
            "long", {"forward": FORWARD, "sub_filter": hls_sub, "unsigned": WITHOUT}, 40
        ),
        f"{number(LONGEST)} segments": measure(
            "longest", {"forward": FORWARD, "sub_filter": hls_sub, "unsigned": WITHOUT}, 8
        ),
        "MPD of 1 MB": measure(
            "mpd", {"forward": FORWARD, "sub_filter": mpd_sub, "unsigned": WITHOUT}, 20
        ),
        "off beside forward": measure("short", {"off": OFF, "unsigned": WITHOUT}, 2000),
    }
    progress.close()

    table = Table(
        "Signed playlists: processor time of nginx a request",
        ["playlist", "bytes", "unsigned", "`pta_playlist`", "`sub_filter`", "ratio"],
        "access_log off, a file, a token of 96 characters that opens all segments; each figure is "
        f"the best of {rounds} rounds in turn. The ratio is to `sub_filter`, else to unsigned.",
    )
    ratios = {}
    for name, (times, _, size) in measured.items():
        own = times.get("forward", times.get("off"))
        other = times.get("sub_filter", times["unsigned"])
        ratios[name] = own / other
        table.add(
            name,
            number(size),
            micro(times["unsigned"]),
            micro(own),
            micro(times.get("sub_filter")),
            f"{ratios[name]:.2f}",
        )
    report.add(table)
    long, longest = (measured[f"{number(many)} segments"][0]["forward"] for many in (LONG, LONGEST))
    goals = [
        ("10,000 segments signed, against sub_filter", SUB_GOAL, ratios["10,000 segments"]),
        ("60,000 segments, against 10,000", GROWTH_GOAL, longest / long),
        ("6 lines signed, against sub_filter", SHORT_GOAL, ratios["6 lines"]),
        ("pta_playlist off, against none", OFF_GOAL, ratios["off beside forward"]),
        ("an MPD of 1 MB signed, against sub_filter", MPD_GOAL, ratios["MPD of 1 MB"]),
    ]
    for what, goal, reached in goals:
        report.goal(f"playlists: {what}", f"<= {goal}", f"{reached:.2f}", reached <= goal)


def micro(seconds):
    return "" if seconds is None else f"{seconds * 1e6:,.1f} µs"
