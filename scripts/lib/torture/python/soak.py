"""soak.py NGINX MODULE REQUESTS: mixed requests over HTTP/1.1, pipelined, and HTTP/2; every answer is predicted.

Over HTTP/1.1 all bytes of all answers are compared, over HTTP/2 status and body. What the error log must have follows from
the predictions as well: one line for each refusal.
"""

import collections
import multiprocessing
import os
import random
import re
import signal
import sys
import time
import traceback

import http1
import http2
import traffic
from nginx_site import Site, StageError, figure, free_port, memory, open_files, say, wait_for
from tokens import Pair

BATCH = 100
BATCHES = 150
# One of so many batches is replaced by a new one.
RENEW_EVERY = 12
HTTP1_CLIENTS, HTTP2_CLIENTS = 2, 1
# Of the memory of a process, in KiB; pools that grow by a page are not what is looked for.
GROWTH_ALLOWED = 1024
FAULT = re.compile(rb"\[(alert|emerg|crit)\]|panic")
# The word of the error log for each verdict.
LOGGED = {"missing token": "MISSING", "malformed token": "MALFORMED", "undecryptable token": "UNDECRYPTABLE", "expired token": "EXPIRED",
          "path mismatch": "PATH_MISMATCH"}  # fmt: skip
REFUSAL = re.compile(rb" pta: (" + "|".join(LOGGED).encode() + rb")")


def refusal_of(expected):
    """The verdict that must be in the error log, if the request is refused."""
    verdict = expected.verdict.split(" ")[0]
    return verdict if verdict in LOGGED.values() else None


class Client:
    """What both kinds of client do: make batches, count, report the first fault."""

    def __init__(self, port, pairs, seed, shared):
        self.port, self.shared = port, shared
        self.random = random.Random(seed)
        self.maker = traffic.Maker(*pairs, self.random)
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
            requests[-1] = self.maker.last_request()
        self.made += len(requests)
        return requests


class Batch:
    def __init__(self, requests, data, expected):
        self.requests, self.data, self.expected = requests, data, expected
        self.refusals = collections.Counter(filter(None, (refusal_of(r.expected) for r in requests)))


class Http1Client(Client):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.answers = {}
        self.connection = None

    def make_batch(self):
        # Every other one ends with an answer that closes the connection.
        requests = self.make_requests(self.random.random() < 0.5)
        pieces = [self.answer_to(request) for request in requests]
        return Batch(requests, b"".join(r.http1() for r in requests), pieces)

    def answer_to(self, request):
        """All bytes of the answer, but for the date: the first one like it is looked at, the others must be the same."""
        expected = request.expected
        if expected not in self.answers:
            connection = http1.connect(self.port)
            connection.sendall(request.http1())
            if expected.head_only:
                data = b""
                while b"\r\n\r\n" not in data:
                    data += connection.recv(65536)
                status, head, body = int(data[9:12]), data[:-4], b""
            else:
                status, head, body = http1.receive_one(connection)
            connection.close()
            self.refusals += collections.Counter(filter(None, [refusal_of(expected)]))
            verdict = re.search(rb"\r\nX-Pta: ([^\r]*)", head)
            shown = verdict[1].decode().rstrip() if verdict else ""
            problem = None
            if status != expected.status:
                problem = f"status {status}"
            elif shown != expected.verdict.rstrip() and (shown or status not in (414,)):
                problem = f"verdict {shown!r}"
            elif status == 200 and not expected.head_only and body != expected.body:
                problem = f"body {body!r}"
            elif (b"Connection: close" in head) != expected.closes:
                problem = "the connection kept or closed"
            if problem:
                raise StageError(f"{problem} instead of {expected} for {request}")
            self.answers[expected] = http1.masked(head + b"\r\n\r\n" + body)
        return self.answers[expected]

    def exchange(self, batch):
        if self.connection is None:
            self.connection = http1.connect(self.port)
        self.connection.sendall(batch.data)
        expected = b"".join(batch.expected)
        received = http1.masked(http1.receive(self.connection, len(expected)))
        if received != expected:
            place = 0
            for request, piece in zip(batch.requests, batch.expected):
                got = received[place : place + len(piece)]
                if got != piece:
                    raise StageError(f"{request}\nexpected {piece!r}\nreceived {got!r}")
                place += len(piece)
        if batch.requests[-1].expected.closes:
            if self.connection.recv(1):
                raise StageError("bytes behind the answer that closes the connection")
            self.connection.close()
            self.connection = None
        elif self.random.randrange(200) == 0:
            self.connection.close()
            self.connection = None


class Http2Client(Client):
    connection = None

    def make_batch(self):
        requests = self.make_requests(False)
        return Batch(requests, [http2.header_block(r.target, r.cookies, r.method) for r in requests], None)

    def exchange(self, batch):
        if self.connection is None:
            self.connection = http2.Connection(self.port)
        answers = self.connection.round(batch.data)
        for request, answer in zip(batch.requests, answers):
            expected = request.expected
            if answer is None or answer[0] != expected.status or (
                answer[0] == 200 and answer[1] != (b"" if expected.head_only else expected.body)
            ):
                raise StageError(f"HTTP/2: {answer} instead of {expected} for {request}")
        if self.random.randrange(200) == 0:
            self.connection.close()
            self.connection = None


class Shared:
    def __init__(self):
        self.done = multiprocessing.Value("q", 0)
        self.failed = multiprocessing.Value("b", 0)
        self.results = multiprocessing.Queue()


def client_process(kind, port, pairs, seed, shared, share):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        client = kind(port, pairs, seed, shared)
        client.run(share)
        shared.results.put((kind.__name__, client.done, client.made, client.refusals, client.kinds, client.statuses))
    except Exception as error:  # what it is goes to the parent
        shared.failed.value = 1
        detail = str(error) if isinstance(error, StageError) else traceback.format_exc()
        shared.results.put((kind.__name__, detail))


class ErrorLog:
    """Counts what nginx writes and keeps the file short."""

    def __init__(self, site):
        self.site, self.refusals, self.others, self.faults = site, collections.Counter(), collections.Counter(), []

    def turn(self):
        """Has nginx go on in a new file and reads the old one."""
        log, old = self.site.error_log, self.site.root / "error.log.old"
        log.rename(old)
        os.kill(self.site.master(), signal.SIGUSR1)
        wait_for(log.exists, "nginx opens its log anew")
        # Each worker opens it when it gets to it; meanwhile it writes to the old one.
        wait_for(lambda: not any(self.holds(pid, old) for pid in self.site.workers()), "workers use the new log")
        self.read(old)
        old.unlink()

    @staticmethod
    def holds(pid, path):
        try:
            return any(os.readlink(f"/proc/{pid}/fd/{fd}") == str(path) for fd in os.listdir(f"/proc/{pid}/fd"))
        except OSError:
            return True

    def read(self, path):
        with open(path, "rb") as lines:
            for line in lines:
                if FAULT.search(line):
                    self.faults.append(line.decode("latin-1"))
                elif found := REFUSAL.search(line):
                    self.refusals[LOGGED[found[1].decode()]] += 1
                else:
                    self.others[re.sub(rb"\d+", b"N", line.split(b"] ", 1)[-1].split(b",")[0]).decode("latin-1")[:60]] += 1


def figures_of(site):
    pids = [site.master(), *site.workers()]
    return {pid: (*memory(pid), open_files(pid)) for pid in pids}


def main():
    nginx, module, wanted = sys.argv[1], sys.argv[2], int(sys.argv[3])
    seed = int(os.environ.get("PTA_SEED", time.time_ns() % 2**32))
    say(f"soak: {wanted} requests, PTA_SEED={seed}")
    with Site(nginx, module) as site:
        first, second, stranger = pairs = Pair(), Pair(), Pair()
        for place, pair in (("1st", first), ("2nd", second)):
            site.write_key(f"{place}.key", pair.key.hex().encode())
            site.write_key(f"{place}.iv", pair.iv.hex().encode() + b"\n")
        keys = " ".join(f"pta_{p}_{w} file:keys/{p}.{w};" for p in ("1st", "2nd") for w in ("key", "iv"))
        port1, port2 = free_port(), free_port()
        site.configure(
            "worker_processes 2;\nevents { worker_connections 512; }",
            traffic.CONFIGURATION.format(listen=site.listen(port1, port2), keys=keys, long="x" * 500),
        )
        traffic.write_files(site.root / "html")
        site.start()
        # A worker opens its files when it gets to run.
        time.sleep(1)
        idle = {pid: open_files(pid) for pid in [site.master(), *site.workers()]}
        shared, log = Shared(), ErrorLog(site)
        clients = [Http1Client] * HTTP1_CLIENTS + [Http2Client] * HTTP2_CLIENTS
        share = -(-wanted // len(clients))
        processes = [
            multiprocessing.Process(
                target=client_process, args=(kind, port2 if kind is Http2Client else port1, pairs, seed + n, shared, share)
            )
            for n, kind in enumerate(clients)
        ]
        begin = time.monotonic()
        for process in processes:
            process.start()
        try:
            watch(site, shared, log, processes, wanted, begin, idle)
        finally:
            for process in processes:
                if process.is_alive():
                    process.kill()


def watch(site, shared, log, processes, wanted, begin, idle):
    warm, results, last = None, [], 0.0
    while len(results) < len(processes):
        time.sleep(0.2)
        while not shared.results.empty():
            results.append(shared.results.get())
        done, now = shared.done.value, time.monotonic()
        if warm is None and done >= wanted // 10:
            warm = figures_of(site)
        if now - last >= 5:
            last = now
            log.turn()
            say(f"soak: {done} of {wanted}, {done / (now - begin):.0f}/s")
        if any(p.exitcode not in (None, 0) for p in processes):
            raise StageError("a client died")
    seconds = time.monotonic() - begin
    faults = [f"{result[0]}: {result[1]}" for result in results if len(result) == 2]
    if faults:
        raise StageError("\n".join(faults))

    end = figures_of(site)
    log.turn()
    log.read(site.error_log)
    total = sum(r[1] for r in results)
    kinds, statuses = sum((r[4] for r in results), collections.Counter()), sum((r[5] for r in results), collections.Counter())
    refusals = sum((r[3] for r in results), collections.Counter())
    figure("requests, each answered as predicted", total)
    figure("of them over HTTP/2", sum(r[1] for r in results if r[0] == "Http2Client"))
    figure("made for this, the others sent again", sum(r[2] for r in results))
    figure("kinds of requests", len(kinds))
    figure("requests a second", round(total / seconds))
    figure("statuses", " ".join(f"{s}={n}" for s, n in sorted(statuses.items())))
    for kind, count in sorted(kinds.items()):
        say(f"soak: {count:9d} {kind}")
    figure("refusals predicted, lines about them in the error log", f"{refusals.total()}, {log.refusals.total()}")

    problems = list(log.faults[:5])
    if log.others - collections.Counter({k: v for k, v in log.others.items() if known(k)}):
        problems.append(f"unexpected lines in the error log: {log.others}")
    if refusals != log.refusals:
        problems.append(f"not one line for each refusal: {dict(refusals)} predicted, {dict(log.refusals)} in the error log")
    if set(warm) != set(end):
        problems.append(f"processes changed: {sorted(warm)}, then {sorted(end)}")
    for number, pid in enumerate(sorted(set(warm) & set(end))):
        name = "master" if pid == site.master() else f"worker {number}"
        (rss1, pss1, _), (rss2, pss2, _) = warm[pid], end[pid]
        figure(f"{name} RSS/PSS KiB after a tenth, at the end", f"{rss1}/{pss1}, {rss2}/{pss2}")
        if rss2 - rss1 > GROWTH_ALLOWED:
            problems.append(f"{name} grew by {rss2 - rss1} KiB")
    try:
        wait_for(lambda: all(open_files(pid) == count for pid, count in idle.items()), "open files are as before", 10)
    except StageError:
        problems.append(f"open files: {idle} before, {({pid: open_files(pid) for pid in idle})} behind")
    figure("open files of each process before, behind", f"{sorted(idle.values())}, {sorted(open_files(pid) for pid in idle)}")
    if problems:
        raise StageError("\n".join(problems))


def known(line):
    """Lines that belong to the requests: a file that is not there, the log that is opened anew, a line that is too long."""
    return re.search(r"signal|reopening|worker process|gracefully|open\(\)|too long|using inherited|start", line) is not None


if __name__ == "__main__":
    # So that nginx is stopped and files are removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        main()
    except StageError as error:
        say(f"soak: {error}")
        sys.exit(1)
