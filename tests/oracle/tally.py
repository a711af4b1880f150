"""Counts verdicts by the kind of case, and keeps disagreements."""

import collections

from harness.rules import WORDS

SHOWN = 10


class Tally:
    def __init__(self, title, seed):
        self.title, self.seed = title, seed
        self.counts = collections.Counter()
        self.disagreements = []

    def add(self, kind, expected, found, details):
        """`details` is a function, so that text is made for disagreements only."""
        self.counts[kind, expected] += 1
        if found != expected:
            line = f"{kind}: expected {expected}, found {found}"
            self.disagreements.append(f"{line}\n    {details()}")

    def table(self):
        """Lines: the verdicts of each kind of case."""
        kinds = sorted({kind for kind, _ in self.counts})
        rows = [WORDS]
        rows += [[self.counts[kind, word] or "." for word in WORDS] for kind in kinds]
        rows += [self.totals().values()]
        heads = [self.title, *kinds, "all"]
        return [
            f"{head:<22}" + "".join(f"{cell:>15}" for cell in row)
            for head, row in zip(heads, rows, strict=True)
        ] + [
            f"{self.title}: {self.counts.total()} compared, "
            f"{len(self.disagreements)} disagreements, seed {self.seed}",
            "",
        ]

    def totals(self):
        totals = dict.fromkeys(WORDS, 0)
        for (_, word), count in self.counts.items():
            totals[word] += count
        return totals

    def check(self):
        """Fails if there were disagreements, or a verdict was never compared."""
        assert not self.disagreements, "\n".join(
            [f"PTA_TEST_SEED={self.seed}", *self.disagreements[:SHOWN]]
        )
        assert 0 not in self.totals().values(), self.totals()
