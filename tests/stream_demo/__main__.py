"""Plays the streams of scripts/demo --stream in headless Chromium and with ffmpeg.

Prints a table. The exit status is 0 only if each stream plays that must, and if nginx refused no
request of theirs.
"""

import argparse
import pathlib
import sys

from harness.clients import chromium
from stream_demo.log import Log
from stream_demo.play import browser_plays, ffmpeg_plays
from stream_demo.ways import WAYS

COLUMNS = "way", "stream", "client", "requests", "allowed", "playlists signed", "result", ""


def print_row(cells):
    widths = 14, 24, 20, 8, 7, 16, 18
    line = "  ".join(str(cell).ljust(width) for cell, width in zip(cells, widths, strict=False))
    print(f"{line}  {cells[-1]}".rstrip(), flush=True)


def judge(way, has_played, requests):
    """What is wrong. Empty if all is as it must be."""
    refused = [request for request in requests if request["verdict"] != "ALLOWED"]
    if way.plays:
        if refused:
            return f"WRONG, {refused[0]['path']} was refused: {refused[0]['verdict']}"
        return "ok" if has_played else "WRONG, must play"
    if has_played:
        return "WRONG, must not play"
    return "ok" if refused else "WRONG, nothing was refused"


def main():
    parser = argparse.ArgumentParser(prog="scripts/demo --stream --once")
    parser.add_argument("--url", required=True)
    parser.add_argument("--log", type=pathlib.Path, required=True)
    parser.add_argument("--screenshots", type=pathlib.Path)
    given = parser.parse_args()
    if given.screenshots:
        given.screenshots.mkdir(parents=True, exist_ok=True)

    log, all_ok = Log(given.log), True
    print()
    print_row(COLUMNS)
    print_row(["-" * len(column) for column in COLUMNS[:-1]] + [""])
    with chromium.Browser("--window-size=1500,670") as browser:
        for way in WAYS:
            clients = {way.player: lambda way=way: browser_plays(browser, given, way)}
            if way.ffmpeg:
                clients["ffmpeg"] = lambda way=way: ffmpeg_plays(given.url, way)
            for client, plays in clients.items():
                log.forget()
                has_played = plays()
                requests = log.of(way.prefix)
                judgement = judge(way, has_played, requests)
                all_ok = all_ok and judgement == "ok"
                allowed = sum(request["verdict"] == "ALLOWED" for request in requests)
                signed = [request["signed"] for request in requests if request["signed"]]
                print_row(
                    (
                        way.title,
                        way.stream,
                        client,
                        len(requests),
                        allowed,
                        len(signed) or "",
                        "plays" if has_played else "does not play",
                        judgement,
                    )
                )
    sys.exit(0 if all_ok else 1)


main()
