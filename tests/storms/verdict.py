"""What the clients have counted, and what is wrong with it."""

import collections
import re

from storms.clients import CLIENTS, Http1Client, Http2Client
from storms.once_clients import ONCE_CLIENTS

ALL = CLIENTS + ONCE_CLIENTS
# Fewer responses prove nothing.
FEWEST = 1000


def problems_of_clients(storm, reports, figure):
    """Reports the figures, and returns the problems."""
    counts = sum((report.counts for report in reports), collections.Counter())
    lost = [event for report in reports for event in report.lost]
    again = [event for report in reports for event in report.again]
    hung = [event for event in lost if "TimeoutError" in event.what]
    # A killed worker may have accepted requests that were sent again, too.
    killed = [event for event in lost + again if storm.is_of_a_kill(event)]
    lost = [event for event in lost if not storm.is_of_a_kill(event)]
    idle = collections.Counter(event.what for event in again if not storm.is_of_a_kill(event))
    not_taken = counts["HTTP/2 sent again after GOAWAY"]

    figure("requests", counts["requests"])
    figure("served, refused as they must be", f"{counts['served']}, {counts['refused']}")
    figure("valid tokens refused", counts["valid tokens refused"])
    figure("invalid tokens served", counts["invalid tokens served"])
    figure("requests lost inside a killed worker", len(killed))
    figure("requests lost otherwise", len(lost))
    for name, count in sorted(idle.items()):
        figure(f"{name} sent again after an idle close", count)
    figure("HTTP/2 sent again after GOAWAY", not_taken)

    problems = [report.problem for report in reports if report.problem]
    problems += [f"no response in time: {event}" for event in hung]
    wrong = ("valid tokens refused", "invalid tokens served")
    problems += [f"{n}: {c}" for n, c in counts.items() if n in wrong or "instead of" in n]
    problems += [f"lost: {event.what}, worker {event.worker}" for event in lost[:5]]
    # Each client has one connection. Workers that end can cost no more than is under way there.
    at_once = {
        kind: sum(client.MOST for client in ALL if issubclass(client, kind))
        for kind in (Http1Client, Http2Client)
    }
    kills = len(storm.killed)
    if len(killed) > kills * sum(at_once.values()):
        problems.append(f"{len(killed)} requests lost inside {kills} killed workers")
    for what, count, most in (
        ("HTTP/1.1 closed", idle["HTTP/1.1"], at_once[Http1Client]),
        ("HTTP/2 closed", idle["HTTP/2"], at_once[Http2Client]),
        ("HTTP/2 not taken after GOAWAY", not_taken, at_once[Http2Client]),
    ):
        if count > storm.endings * most:
            problems.append(f"{what}: {count} requests in {storm.endings} endings of workers")
    if counts["served"] < FEWEST or counts["refused"] < FEWEST:
        problems.append("too few requests to prove anything")
    return problems


def problems_of_log(site, kills, figure):
    """What the error log reports that the storm did not cause."""
    log = site.read()
    problems = [*site.faults(), *re.findall(r".*\[crit\].*", log)]
    if len(re.findall(r"exited on signal 9", log)) != kills:
        problems.append("the number of killed workers in the log is not that of the kills")
    rebuilt = len(re.findall("have been put in order", log))
    figure("zones put in order after a kill", rebuilt)
    if rebuilt > kills:
        problems.append(f"a zone was put in order {rebuilt} times after {kills} kills")
    return problems
