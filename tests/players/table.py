"""The table: client, stream, mode, requests, and how many of them the module allowed."""

import collections


class Table:
    def __init__(self):
        self.rows = []

    def add(self, nginx, client, stream, mode, source, requests):
        self.rows.append((str(nginx), client, stream.name, mode.name, source, requests))

    def lines(self):
        """One line for each client, stream and mode, with those of all versions and sources."""
        counts = collections.defaultdict(lambda: [0, 0, 0])
        for _, client, stream, mode, _, requests in self.rows:
            count = counts[client, stream, mode]
            count[0] += 1
            count[1] += len(requests)
            count[2] += sum(request.verdict == "ALLOWED" for request in requests)
        head = ("client", "stream", "mode", "plays", "requests", "allowed")
        form = "{:8} {:14} {:14} {:>6} {:>9} {:>8}"
        rows = ((*key, *count) for key, count in counts.items())
        return [form.format(*head), *(form.format(*row) for row in rows)] if counts else []
