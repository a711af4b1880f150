"""The table: client, stream, mode, requests, and what the module said about them."""

import collections

FORM = "{:8} {:14} {:14} {:>6} {:>9} {:>8} {:>10} {:>8}"


class Table:
    """One line for each client, stream and mode, on all versions of nginx and from all sources."""

    def __init__(self):
        self.counts = collections.defaultdict(collections.Counter)

    def add(self, client, stream, mode, requests):
        count = self.counts[client, stream.name, mode.name]
        count["plays"] += 1
        count["requests"] += len(requests)
        count.update(verdict_of(request) for request in requests)

    def lines(self):
        if not self.counts:
            return []
        columns = ("plays", "requests", "allowed", "unchecked", "refused")
        rows = [(*key, *(count[name] for name in columns)) for key, count in self.counts.items()]
        return [FORM.format("client", "stream", "mode", *columns), *(FORM.format(*r) for r in rows)]


def verdict_of(request):
    """A playlist that needs a session instead of a token is not checked."""
    return {"ALLOWED": "allowed", "-": "unchecked"}.get(request.verdict, "refused")
