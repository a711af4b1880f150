"""The fixture `configuration`: runs `nginx -t` on a configuration, which takes milliseconds."""

import dataclasses
import re

import pytest

# Part of a key. No message may contain it.
SECRET = re.compile(r"[0-9a-fA-F]{12}|secretsecret")

# A line of the error log: its level and its text.
LINE = re.compile(r"^\S+ \S+ \[(\w+)\] \d+#\d+: (.*)$", re.M)

SERVER = "server {{\nlisten unix:ROOT/socket;\n{}\n}}"


@dataclasses.dataclass(frozen=True)
class Check:
    """What `nginx -t` has found."""

    is_accepted: bool
    # Level and text.
    lines: list

    def at(self, *levels):
        return [text for level, text in self.lines if level in levels]

    @property
    def errors(self):
        return self.at("error", "crit", "alert", "emerg")

    @property
    def warnings(self):
        return self.at("warn")


class Configuration:
    """A folder for nginx.conf and files, and `nginx -t`.

    A configuration is the content of a server block, or with `http` that of the http block. ROOT
    in it is the folder. In expected messages, HERE is the place of the line of nginx.conf that ends
    with the comment "# here", and ABOVE that of "# above".
    """

    def __init__(self, site):
        self.site = site
        self.root = site.root

    def write(self, name, content, mode=0o600):
        self.site.write(name, content)
        (self.root / name).chmod(mode)

    def refuses(self, server=None, error=None, *, http=None):
        """nginx refuses the configuration with this one error."""
        check = self.check(server, http=http)
        assert not check.is_accepted
        assert check.errors == [self._fill(error)]

    def accepts(self, server=None, *warnings, http=None):
        """nginx accepts the configuration with exactly these warnings."""
        check = self.check(server, http=http)
        assert check.is_accepted, check.errors
        assert check.warnings == [self._fill(warning) for warning in warnings]

    def check(self, server=None, *, http=None):
        http = SERVER.format(server) if http is None else http
        self.site.http = http.replace("ROOT", str(self.root))
        done = self.site.test()
        log = self.site.read()
        # Expected errors are not faults of the site.
        self.site.write("error.log", "")
        for text in (done.output, log):
            assert not SECRET.search(text)
            assert "panic" not in text
        return Check(done.status == 0, LINE.findall(log))

    def _fill(self, text):
        for number, line in enumerate(self.site.read("nginx.conf").splitlines(), 1):
            for mark in ("here", "above"):
                if line.endswith(f"# {mark}"):
                    text = text.replace(mark.upper(), f"{self.root}/nginx.conf:{number}")
        return text.replace("ROOT", str(self.root))


@pytest.fixture
def configuration(site):
    """See Configuration."""
    return Configuration(site.make(""))
