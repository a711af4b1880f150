"""Clients over HTTP/1.1 and HTTP/2, each a process, that send requests until they are stopped.

A client keeps its connection. nginx closes idle connections when a worker shuts down, and a request
may be on its way at that moment: the client finds a closed connection, and not one byte of a
response. Then it sends the request again on a new connection, as browsers and proxies do (RFC 9110
9.2.2, RFC 9112 9.3.1), and counts it. A request is lost if it gets no response on a new connection,
or a response that breaks off. A killed worker loses what it has accepted: no fault of nginx.
"""

import collections
import dataclasses
import random
import signal
import time
import traceback

from harness.clients import http1, http2
from storms.questions import question

# Requests at once over HTTP/2.
ROUND = 10
# A client keeps an HTTP/2 connection for so many seconds. A worker that shuts down closes only idle
# ones, and would go on until the 1000th request of a connection that is never idle.
KEPT_SECONDS = 1
BODY = b"content\n"


@dataclasses.dataclass
class Event:
    """A request that got no response, or had to be sent again."""

    when: float
    # The process id, if the client knows it.
    worker: int | None
    what: str


@dataclasses.dataclass
class Report:
    """What a client has counted, and the text of an exception that ended it."""

    counts: collections.Counter
    lost: list
    again: list
    answered: collections.Counter
    problem: str | None
    # The uses of tokens that can be used once.
    uses: list = dataclasses.field(default_factory=list)


class Client:
    # In seconds, after each turn.
    PAUSE = 0.001
    # What the metrics call the location.
    LABEL = "all"

    def __init__(self, number, port, tokens, state, seed):
        self.number, self.port, self.tokens, self.state = number, port, tokens, state
        self.random = random.Random(f"{seed}/{number}")
        self.counts = collections.Counter()
        self.lost = []
        self.again = []
        # The responses: by epoch, life of nginx, label and status.
        self.answered = collections.Counter()
        self.epoch = 0

    def run(self):
        while not self.state.stop.value:
            self.epoch = self.state.rest(self.number)
            self.turn()
            with self.state.done.get_lock():
                self.state.done.value += 1
            time.sleep(self.PAUSE)

    def question(self):
        return question(self.tokens, *self.state.read(self.number), self.random)

    def count(self, response, label):
        """Notes a response. Returns the life of nginx that it is from."""
        self.counts["requests"] += 1
        life = int(response.headers["x-life"])
        self.answered[self.epoch, life, label, response.status] += 1
        return life

    def judge(self, expected, response):
        self.count(response, self.LABEL)
        status = response.status
        if status == expected and (status != 200 or response.body == BODY):
            self.counts["served" if status == 200 else "refused"] += 1
        elif expected == 200:
            self.counts["valid tokens refused"] += 1
        elif status == 200:
            self.counts["invalid tokens served"] += 1
        else:
            self.counts[f"{status} instead of {expected}"] += 1

    def note_lost(self, _expected, worker, is_new, what):
        self.counts["requests"] += 1
        connection = "new" if is_new else "kept"
        self.lost.append(Event(time.monotonic(), worker, f"{connection} connection: {what}"))

    def note_again(self, _expected, worker, what):
        self.again.append(Event(time.monotonic(), worker, what))

    def report(self, problem):
        return Report(self.counts, self.lost, self.again, self.answered, problem)


class Http1Client(Client):
    PORT = "http1"
    # Requests that are under way at once.
    MOST = 1

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.connection = http1.Connection(self.port)
        # The worker that answered last on this connection.
        self.worker = None

    def turn(self):
        target, expected = self.question()
        while True:
            is_new = not self.connection.is_open
            if is_new:
                self.worker = None
            try:
                response = self.send(target)
                break
            except http1.NoResponse as error:
                if is_new:
                    return self.note_lost(expected, self.worker, is_new, f"HTTP/1.1: {error}")
                self.note_again(expected, self.worker, "HTTP/1.1")
            except (OSError, ValueError) as error:
                self.connection.close()
                return self.note_lost(expected, self.worker, is_new, f"HTTP/1.1: {error!r}")
        self.worker = int(response.headers["x-worker"])
        self.judge(expected, response)

    def send(self, target):
        return self.connection.get(target)


class Http2Client(Client):
    PORT = "http2"
    MOST = ROUND
    connection = None

    def turn(self):
        if self.connection and time.monotonic() - self.opened > KEPT_SECONDS:
            self.connection.close()
            self.connection = None
        questions = self.questions()
        while questions:
            questions = self.ask(questions)

    def questions(self):
        """The requests of one round. All fit one state, because they are sent together."""
        found = [self.question()]
        serial = self.state.seen[self.number]
        while len(found) < ROUND:
            found.append(self.question())
            if self.state.seen[self.number] != serial:
                found, serial = found[-1:], self.state.seen[self.number]
        return found

    def ask(self, questions):
        """Sends requests, and returns those to send again."""
        is_new = self.connection is None
        responses, problem = self.exchange([target for target, _ in questions])
        has_none = not any(responses)
        again = []
        for asked, response in zip(questions, responses, strict=True):
            if response is http2.NOT_TAKEN:
                self.counts["HTTP/2 sent again after GOAWAY"] += 1
                again.append(asked)
            elif response:
                self.judge(asked[1], response)
            elif has_none and not is_new and not problem:
                self.note_again(asked[1], None, "HTTP/2")
                again.append(asked)
            else:
                self.note_lost(asked[1], None, is_new, f"HTTP/2: {problem or 'no response'}")
        if self.connection and (self.connection.is_closing or again or None in responses):
            self.connection.close()
            self.connection = None
        return again

    def exchange(self, targets):
        """The responses, and what went wrong other than a connection that was closed."""
        try:
            if not self.connection:
                self.connection = http2.Connection(self.port)
                self.opened = time.monotonic()
            return self.connection.exchange([self.request(target) for target in targets]), None
        except ConnectionError:
            return [None] * len(targets), None
        except (http2.ServerError, OSError) as error:
            return [None] * len(targets), repr(error)

    def request(self, target):
        return http2.header_of(target), b""


# So many processes of each kind.
CLIENTS = [Http1Client] * 3 + [Http2Client] * 2


def client_process(kind, number, port, tokens, state, seed):
    """What the process of a client runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    client = kind(number, port, tokens, state, seed)
    problem = None
    try:
        client.run()
    except Exception:  # The parent reports it.
        state.failed.value = 1
        problem = traceback.format_exc()
    state.results.put(client.report(problem))
