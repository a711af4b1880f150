"""Clients whose tokens can be used once."""

import collections
import dataclasses
import time

from harness.clients import http2
from storms.clients import Event, Http1Client, Http2Client
from storms.once_tokens import Token

# So many of its latest tokens a client uses again.
KEPT = 40


@dataclasses.dataclass
class Use:
    """A request with a token, and its response if there was one."""

    token: Token
    # In seconds, on the clock of time.monotonic.
    begin: float
    end: float | None = None
    life: int | None = None
    status: int | None = None
    verdict: str | None = None
    # What happened if there was no response.
    event: Event | None = None
    # The time of the response, as tokens have it.
    clock: float = 0


class OnceClient:
    """What both kinds of clients have in common."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.recent = collections.deque(maxlen=KEPT)
        self.uses = []

    def question(self):
        generation, changing = self.state.read(self.number)
        token = self.token(generation, generation if changing else generation - 1)
        name = "file"
        if token.place == "back" and self.random.random() < 0.3:
            # There is no such file: the token is given back.
            name = "none"
        target = f"/{token.place}/{name}?pta={self.tokens.text(token)}"
        return target, Use(token, time.monotonic())

    def token(self, generation, oldest):
        """A new one, or one that this client has used before, and that nginx still opens."""
        if self.random.random() < 0.4:
            known = [token for token in self.recent if oldest <= token.generation <= generation]
            if known:
                return self.random.choice(known)
        token = self.tokens.take(generation)
        self.recent.append(token)
        return token

    def judge(self, use, response):
        """All clients together know what is right: see once_verdict.py."""
        use.end, use.clock = time.monotonic(), time.time()
        use.life = self.count(response, use.token.place)
        use.status, use.verdict = response.status, response.joined("x-pta")
        self.uses.append(use)

    def note_lost(self, use, *arguments):
        super().note_lost(use, *arguments)
        self.uses.append(dataclasses.replace(use, event=self.lost[-1]))

    def note_again(self, use, *arguments):
        super().note_again(use, *arguments)
        self.uses.append(dataclasses.replace(use, event=self.again[-1]))
        # It is sent once more.
        use.begin = time.monotonic()

    def report(self, problem):
        return dataclasses.replace(super().report(problem), uses=self.uses)


def method_of(target):
    return "GET" if "/none?" in target else "PUT"


class OnceHttp1Client(OnceClient, Http1Client):
    PAUSE = 0.005

    def send(self, target):
        if method_of(target) == "GET":
            return self.connection.get(target)
        lines = [f"PUT {target} HTTP/1.1", "Host: localhost", "Content-Length: 1", "", "x"]
        return self.connection.send("\r\n".join(lines).encode())


class OnceHttp2Client(OnceClient, Http2Client):
    PAUSE = 0.05

    def request(self, target):
        if method_of(target) == "GET":
            return http2.header_of(target), b""
        return http2.header_of(target, ("content-length", "1"), method="PUT"), b"x"


# So many processes of each kind.
ONCE_CLIENTS = [OnceHttp1Client] * 3 + [OnceHttp2Client]
