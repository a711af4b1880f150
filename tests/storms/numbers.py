"""What nginx has counted, compared with what the clients have counted.

The numbers outlive reloads and killed workers. A life of nginx begins with a binary upgrade, and
counts from 0.
"""

import collections
import dataclasses
import time

from harness.clients import http1
from metrics.scrape import parse

# By label: the verdicts that a status stands for.
VERDICTS = {
    200: ["allowed"],
    400: ["missing", "malformed"],
    403: ["undecryptable", "path_mismatch", "replayed"],
    410: ["expired"],
}
# Uses of tokens that were allowed: 404 is an error of the location.
ALLOWED = (200, 201, 204, 404)
# A new claim clears away what has expired, and so does a scrape: up to 1000 of them.
SCRAPES = 3


@dataclasses.dataclass
class Checkpoint:
    """The numbers at a time when all clients rest, which ends an epoch."""

    epoch: int
    life: int
    when: float
    # The time, as tokens have it.
    clock: float
    numbers: dict


class Numbers:
    def __init__(self, site, state):
        self.site, self.state = site, state
        # By life: the last numbers.
        self.last = {}
        self.checkpoints = []
        self.compared = 0

    def scrape(self):
        """The life that answers, and its numbers. A worker that ends may close the connection."""
        for _ in range(20):
            try:
                response = http1.get(self.site.port("http1"), "/metrics")
                return int(response.headers["x-life"]), parse(response.body.decode())
            except ConnectionError:
                time.sleep(0.05)
        raise AssertionError("the metrics do not answer")

    def watch(self):
        """Fails if a counter has fallen."""
        life, numbers = self.scrape()
        before = self.last.get(life, {})
        fallen = {key: (before[key], numbers.get(key)) for key in before
                  if key[0].endswith("_total") and numbers.get(key, -1) < before[key]}  # fmt: skip
        assert not fallen, f"counters have fallen: {fallen}"
        self.last[life] = numbers
        self.compared += 1
        return life, numbers

    def checkpoint(self):
        epoch = self.state.pause()
        # The LOG phase runs when the client has the response.
        time.sleep(0.2)
        when, clock = time.monotonic(), time.time()
        for _ in range(SCRAPES):
            life, numbers = self.watch()
        self.state.resume()
        self.checkpoints.append(Checkpoint(epoch, life, when, clock, numbers))

    def problems(self, storm, reports, figure):
        answered = sum((report.answered for report in reports), collections.Counter())
        problems, exact = [], 0
        for checkpoint in self.checkpoints:
            for label in ("all", "once", "back"):
                unknown = lost(storm, reports, label, checkpoint)
                exact += not unknown
                statuses = collections.Counter()
                for (epoch, life, of, status), count in answered.items():
                    if (life, of) == (checkpoint.life, label) and epoch < checkpoint.epoch:
                        statuses[status] += count
                problems += compare(label, statuses, unknown, checkpoint.numbers)
        figure("scrapes in which no counter fell", self.compared)
        figure(
            "sums of verdicts compared with the clients', of them exactly",
            f"{3 * len(self.checkpoints)}, {exact}",
        )
        return problems


def lost(storm, reports, label, checkpoint):
    """How many requests a killed worker may have counted that got no response."""
    if label == "all":
        events = [event for report in reports if not report.uses
                  for event in report.lost + report.again]  # fmt: skip
    else:
        events = [use.event for report in reports for use in report.uses
                  if use.event and use.token.place == label]  # fmt: skip
    begin, _ = storm.lives[checkpoint.life]
    return sum(begin <= event.when <= checkpoint.when and storm.is_of_a_kill(event)
               for event in events)  # fmt: skip


def compare(label, statuses, unknown, numbers):
    """What is wrong with the verdicts of a label."""
    problems = []
    for status, verdicts in VERDICTS.items():
        counted = sum(numbers["nginx_pta_checks_total", label, verdict] for verdict in verdicts)
        kinds = ALLOWED if status == 200 else [status]
        least = sum(statuses[kind] for kind in kinds)
        most = least + unknown
        if status == 200 and label != "all":
            # Who loses a race for a token was allowed before, and counts as both.
            most += statuses[403]
        if not least <= counted <= most:
            problems.append(f"label {label}: {verdicts} {counted}, the clients: {least} to {most}")
    return problems
