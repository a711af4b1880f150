"""Clients over HTTP/1.1 and HTTP/2, each a process, that compare each response with the prediction.

Over HTTP/1.1 requests are pipelined, and all bytes of all responses are compared. Over HTTP/2 many
requests are sent at once, and status, verdict and body are compared.
"""

import collections
import random
import re
import signal
import traceback

from harness.clients import http1, http2
from harness.parallel import fork
from soak.maker import Maker

# Requests at once.
BATCH = 100
# Batches of a client. It sends them in any order, and replaces one from time to time.
BATCHES = 150
RENEW_EVERY = 12
# A connection is closed after about so many batches.
CLOSE_EVERY = 200
# So is a connection over HTTP/2 that compresses texts, which takes the client three times as long.
CLOSE_COMPRESSED_EVERY = 20

# As long as a real one, so that responses keep their length.
MASKED_DATE = b"Date: ***, ** *** **** **:**:** GMT"
DATE = re.compile(rb"Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT")


class UnexpectedResponse(Exception):
    """A response is not as predicted."""


def masked(data):
    """Responses without the time of day."""
    if found := DATE.search(data):
        # Nearly always all of them are of the same second.
        data = data.replace(found[0], MASKED_DATE)
    return data if data.count(b"Date: ") == data.count(MASKED_DATE) else DATE.sub(MASKED_DATE, data)


def verdict_in(response):
    """Verdict, source and key, as far as there are any."""
    return response.headers.get("x-pta", "").strip("/")


class Batch:
    """`data` is what the client sends, `expected` what it must get."""

    def __init__(self, requests, data, expected):
        self.requests, self.data, self.expected = requests, data, expected
        refusals = (request.expected.refusal for request in requests)
        self.refusals = collections.Counter(filter(None, refusals))


class Client:
    """Makes batches, sends them, counts, and reports the first wrong response."""

    def __init__(self, port, pairs, seed, shared):
        self.port, self.shared = port, shared
        self.random = random.Random(seed)
        self.maker = Maker(*pairs, self.random)
        self.kinds = collections.Counter()
        self.statuses = collections.Counter()
        self.refusals = collections.Counter()
        self.made = 0
        self.done = 0

    def run(self, share):
        batches = [self.make_batch() for _ in range(BATCHES)]
        while self.done < share and not self.shared.failed.value:
            if self.random.randrange(RENEW_EVERY) == 0:
                batches[self.random.randrange(BATCHES)] = self.make_batch()
            batch = self.random.choice(batches)
            self.exchange(batch)
            for request in batch.requests:
                self.kinds[request.kind] += 1
                self.statuses[request.expected.status] += 1
            self.refusals += batch.refusals
            self.done += len(batch.requests)
            with self.shared.done.get_lock():
                self.shared.done.value += len(batch.requests)

    def make_requests(self, closing):
        requests = [self.maker.any_request() for _ in range(BATCH)]
        if closing:
            requests[-1] = self.maker.closing_request()
        self.made += len(requests)
        return requests


class Http1Client(Client):
    PORT = "http1"

    def __init__(self, *arguments):
        super().__init__(*arguments)
        # The bytes of each expected response.
        self.responses = {}
        self.connection = http1.Connection(self.port)

    def make_batch(self):
        # Every other batch ends with a response after which nginx closes the connection.
        requests = self.make_requests(self.random.random() < 0.5)
        pieces = [self.response_to(request) for request in requests]
        return Batch(requests, b"".join(request.http1() for request in requests), pieces)

    def response_to(self, request):
        """All bytes but the date. The first response is checked, all others must be the same."""
        expected = request.expected
        if expected not in self.responses:
            with http1.Connection(self.port) as connection:
                response = connection.send(request.http1(), is_head=expected.head_only)
            if expected.refusal:
                self.refusals[expected.refusal] += 1
            verdict = verdict_in(response)
            problem = None
            if response.status != expected.status:
                problem = f"status {response.status}"
            elif verdict != expected.verdict:
                problem = f"verdict {verdict!r}"
            elif response.status == 200 and response.body != expected.shown_body:
                problem = f"body {response.body!r}"
            elif (response.headers["connection"] == "close") != expected.closes:
                problem = "the connection kept or closed"
            if problem:
                raise UnexpectedResponse(f"{problem} instead of {expected} for {request}")
            self.responses[expected] = masked(response.head + b"\r\n" + response.body)
        return self.responses[expected]

    def exchange(self, batch):
        self.connection.write(batch.data)
        expected = b"".join(batch.expected)
        received = masked(self.connection.read(len(expected)))
        if received != expected:
            self.report(batch, received)
        if batch.requests[-1].expected.closes:
            if self.connection.read(1):
                raise UnexpectedResponse("bytes after the response that closes the connection")
            self.connection.close()
        elif self.random.randrange(CLOSE_EVERY) == 0:
            self.connection.close()

    def report(self, batch, received):
        place = 0
        for request, piece in zip(batch.requests, batch.expected, strict=True):
            got = received[place : place + len(piece)]
            if got != piece:
                raise UnexpectedResponse(f"{request}\nexpected {piece!r}\nreceived {got!r}")
            place += len(piece)


class Http2Client(Client):
    PORT = "http2"
    connection = None
    # Every other connection compresses texts.
    compresses = False

    def make_batch(self):
        requests = self.make_requests(False)
        return Batch(requests, [http2_request(request) for request in requests], None)

    def exchange(self, batch):
        if self.connection is None:
            self.compresses = not self.compresses
            self.connection = http2.Connection(self.port, huffman=self.compresses)
        responses = self.connection.exchange(batch.data)
        for request, response in zip(batch.requests, responses, strict=True):
            expected = request.expected
            if (
                response in (None, http2.NOT_TAKEN)
                or response.status != expected.status
                or verdict_in(response) != expected.verdict
                or (response.status == 200 and response.body != expected.shown_body)
            ):
                message = f"HTTP/2: {response} instead of {expected} for {request}"
                raise UnexpectedResponse(message)
        every = CLOSE_COMPRESSED_EVERY if self.compresses else CLOSE_EVERY
        if self.random.randrange(every) == 0:
            self.connection.close()
            self.connection = None


def http2_request(request):
    fields = [(b"cookie", cookie) for cookie in request.cookies]
    fields += [(name.lower(), value) for name, value in request.headers]
    header = http2.header_of(request.target, *fields, method=request.method)
    return header, b"hello" if request.method == b"POST" else b""


# So many processes of each kind.
CLIENTS = [Http1Client] * 2 + [Http2Client]


class Shared:
    """What the processes have in common."""

    def __init__(self):
        self.done = fork.Value("q", 0)
        self.failed = fork.Value("b", 0)
        self.results = fork.Queue()


def client_process(kind, port, pairs, seed, shared, share):
    """What the process of a client runs. It puts a Result or the text of a failure."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        client = kind(port, pairs, seed, shared)
        client.run(share)
        shared.results.put(Result(client))
    except Exception as error:  # The parent reports it.
        shared.failed.value = 1
        is_known = isinstance(error, UnexpectedResponse)
        text = str(error) if is_known else traceback.format_exc()
        shared.results.put(f"{kind.__name__}: {text}")


class Result:
    """What a client has counted."""

    def __init__(self, client):
        self.is_http2 = isinstance(client, Http2Client)
        self.done, self.made = client.done, client.made
        self.refusals, self.kinds = client.refusals, client.kinds
        self.statuses = client.statuses
