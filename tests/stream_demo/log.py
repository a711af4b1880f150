"""The access log of the demo's nginx."""

import json


class Log:
    def __init__(self, path):
        self.path, self.offset = path, 0

    def forget(self):
        """What was asked for until now does not count."""
        self.offset = self.path.stat().st_size

    def of(self, prefix):
        """The requests since then for what begins with this."""
        lines = self.path.read_bytes()[self.offset :].decode().splitlines()
        requests = map(json.loads, lines)
        return [request for request in requests if request["path"].startswith(prefix)]
