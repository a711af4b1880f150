"""storms.py NGINX MODULE RELOADS UPGRADES KILLS: clients that never stop, while nginx is reloaded, replaced and killed.

Each generation has a pair of its own: generation g is served with pair g as the 1st and pair g-1 as the 2nd. While a reload
to g+1 is under way, workers of both serve, and a token of pair g must be good in both; a token of pair g-1 or g+1 is
good or not, as the worker has it, and nobody asks with one. So each answer has exactly one right status at any moment.

A client keeps its connection. nginx closes idle ones when a worker is to end, and a request may be on its way just then: it
finds a closed connection and not one byte of an answer. HTTP tells clients to ask again on a new connection (RFC 9110 9.2.2,
RFC 9112 9.3.1), as browsers and proxies do; so do these, and count it. A request on a new connection that is not answered,
or an answer that breaks off, is lost. What a killed worker had accepted is lost without fault of anybody.
"""

import collections
import multiprocessing
import os
import random
import re
import shutil
import signal
import sys
import time
import traceback

import http1
import http2
from nginx_site import Site, StageError, alive, children, figure, free_port, memory, open_files, say, wait_for
from steady_load import SteadyLoad
from tokens import Pair, tampered

HTTP1_CLIENTS, HTTP2_CLIENTS = 3, 2
PAUSE = 0.001
ROUND = 10  # requests at once over HTTP/2
WORKERS = 2
BODY = b"content\n"
# How long behind a kill -9 a connection to the killed worker may break.
KILL_SECONDS = 1.0
# Of the master, in KiB, between the 20th reload and the last: less than one key ring each (1.7 KiB) makes in 180 of them.
GROWTH_ALLOWED = 128
# Of a worker that has just begun: by what it has had to do until it is looked at, they differ.
WORKER_GROWTH_ALLOWED = 1024


class State:
    """What the clients ask for now. They confirm it: until all have, requests with the old one may be on their way."""

    def __init__(self, clients):
        self.value = multiprocessing.Array("q", [0, 0, 0])  # serial, generation, whether it is changing
        self.seen = multiprocessing.Array("q", [-1] * clients)
        self.stop = multiprocessing.Value("b", 0)
        self.failed = multiprocessing.Value("b", 0)
        self.done = multiprocessing.Value("q", 0)
        self.results = multiprocessing.Queue()

    def set(self, generation, changing):
        with self.value.get_lock():
            self.value[:] = [self.value[0] + 1, generation, int(changing)]
            serial = self.value[0]
        wait_for(lambda: self.failed.value or min(self.seen[:]) >= serial, "all clients have seen what to ask for")

    def read(self, client):
        with self.value.get_lock():
            serial, generation, changing = self.value[:]
        self.seen[client] = serial
        return generation, bool(changing)


class Client:
    def __init__(self, number, port, tokens, state):
        self.number, self.port, self.tokens, self.state = number, port, tokens, state
        self.random = random.Random(number)
        self.connection = None
        self.counts = collections.Counter()
        # When, the worker if it is known, what.
        self.lost = []
        self.again = []

    def run(self):
        while not self.state.stop.value:
            self.turn()
            with self.state.done.get_lock():
                self.state.done.value += 1
            time.sleep(PAUSE)

    def question(self):
        """A target and the status that it must get."""
        generation, changing = self.state.read(self.number)
        stranger = self.tokens[-1]
        ours = self.tokens[generation]
        choice = self.random.random()
        if choice < 0.5:
            return b"/file?pta=" + self.random.choice([ours["exact"], ours["wildcard"]]), 200
        if choice < 0.6 and not changing and generation:
            return b"/file?pta=" + self.tokens[generation - 1]["exact"], 200
        if choice < 0.7:
            # Neither the old configuration nor the new one knows them any more, or yet.
            past = self.tokens[generation - 2] if generation >= 2 else stranger
            return b"/file?pta=" + self.random.choice([past, self.tokens[generation + 2]])["wildcard"], 403
        if choice < 0.75:
            return b"/file?pta=" + stranger["wildcard"], 403
        if choice < 0.8:
            return b"/file?pta=" + tampered(ours["exact"], self.random), 403
        if choice < 0.85:
            return b"/file?pta=" + ours["expired"], 410
        if choice < 0.9:
            return b"/file?pta=" + ours["elsewhere"], 403
        return self.random.choice([b"/file", b"/file?pta=zz"]), 400

    def judge(self, expected, status, body):
        self.counts["requests"] += 1
        if status == expected and (status != 200 or body == BODY):
            self.counts["good" if status == 200 else "refused"] += 1
        elif expected == 200:
            self.counts["valid refused"] += 1
        elif status == 200:
            self.counts["invalid served"] += 1
        else:
            self.counts[f"{status} instead of {expected}"] += 1

    def broken(self, worker, what):
        self.counts["requests"] += 1
        self.lost.append((time.monotonic(), worker, what))


class Http1Client(Client):
    worker = None  # that answered last on this connection

    def turn(self):
        target, expected = self.question()
        request = b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
        while True:
            fresh = self.connection is None
            answer, problem = None, "not one byte of an answer"
            try:
                if fresh:
                    self.worker = None
                    self.connection = http1.connect(self.port)
                self.connection.sendall(request)
                answer = http1.receive_one(self.connection)
            except ConnectionError:
                pass
            except (ValueError, TimeoutError) as error:
                problem = str(error)
            if answer:
                break
            worker = self.worker
            self.drop()
            if fresh or problem != "not one byte of an answer":
                return self.broken(worker, f"HTTP/1.1, {'new' if fresh else 'kept'} connection: {problem}")
            self.again.append((time.monotonic(), worker, "HTTP/1.1"))
        status, head, body = answer
        self.worker = int(re.search(rb"\r\nX-Worker: (\d+)", head)[1])
        if b"\r\nConnection: close" in head:
            self.drop()
        self.judge(expected, status, body)

    def drop(self):
        if self.connection:
            self.connection.close()
        self.connection = None


class Http2Client(Client):
    def turn(self):
        # One state for a whole round: all its requests are on their way together.
        questions = [self.question()]
        serial = self.state.seen[self.number]
        while len(questions) < ROUND:
            questions.append(self.question())
            if self.state.seen[self.number] != serial:
                questions = questions[-1:]
                serial = self.state.seen[self.number]
        while questions:
            fresh = self.connection is None
            problem = "not one byte of an answer"
            answers = [None] * len(questions)
            try:
                if fresh:
                    self.connection = http2.Connection(self.port)
                answers = self.connection.round([http2.header_block(target) for target, _ in questions])
            except ConnectionError:
                pass
            except (ValueError, TimeoutError) as error:
                problem = str(error)
            again = []
            nothing = not any(answers)
            for question, answer in zip(questions, answers):
                if answer:
                    self.judge(question[1], *answer)
                elif answer is False:
                    self.counts["HTTP/2 asked again behind GOAWAY"] += 1
                    again.append(question)
                elif nothing and not fresh and problem == "not one byte of an answer":
                    self.again.append((time.monotonic(), None, "HTTP/2"))
                    again.append(question)
                else:
                    self.broken(None, f"HTTP/2, {'new' if fresh else 'kept'} connection: {problem}, {answers}")
            if self.connection is None or self.connection.going or again or None in answers:
                if self.connection:
                    self.connection.close()
                self.connection = None
            questions = again


def client_process(kind, number, port, tokens, state):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    client = kind(number, port, tokens, state)
    problem = None
    try:
        client.run()
    except Exception:  # what it is goes to the parent
        state.failed.value = 1
        problem = traceback.format_exc()
    state.results.put((client.counts, client.lost, client.again, problem))


class Storms:
    def __init__(self, site, pairs, state):
        self.site, self.pairs, self.state = site, pairs, state
        self.generation = 0
        self.random = random.Random(1)
        self.killed = {}  # worker: when
        self.endings = 0  # how often workers were told to end, or one was killed

    def write_keys(self, generation):
        for place, pair in (("1st", self.pairs[generation]), ("2nd", self.pairs[max(generation - 1, 0)])):
            self.site.write_key(f"{place}.key", pair.key.hex().encode() + b"\n")
            self.site.write_key(f"{place}.iv", pair.iv.hex().encode() + b"\n")

    def begin_change(self):
        self.state.set(self.generation, True)
        self.write_keys(self.generation + 1)

    def end_change(self):
        self.generation += 1
        self.state.set(self.generation, False)

    def check(self):
        if self.state.failed.value:
            raise StageError("a client died")

    # ---- reloads

    def reload(self):
        self.begin_change()
        self.endings += 1
        self.site.reload()
        self.end_change()
        self.check()

    def refused_reload(self):
        """A key file goes bad: the reload is refused, and the workers go on with what they have."""
        name = self.random.choice(["1st.key", "1st.iv", "2nd.key", "2nd.iv"])
        path = self.site.root / "keys" / name
        content = path.read_bytes()
        garbage = self.random.choice([b"", b"\0" * 32, b"zz" * 16 + b"\n", content[:-2], content * 2, os.urandom(5000), "folder", "gone"])
        self.state.set(self.generation, True)
        path.unlink()
        if garbage == "folder":
            path.mkdir()
        elif garbage != "gone":
            path.write_bytes(garbage)
        before, workers = self.complaints(name), self.site.workers()
        os.kill(self.site.master(), signal.SIGHUP)
        wait_for(lambda: self.complaints(name) > before, f"the error log tells that {name} is no key")
        time.sleep(0.1)
        if self.site.workers() != workers:
            raise StageError(f"other workers behind a reload with a bad {name}")
        if garbage == "folder":
            path.rmdir()
        self.site.write_key(name, content)
        self.state.set(self.generation, False)
        self.check()

    def complaints(self, name):
        text = self.site.error_log.read_text(errors="replace")
        return len(re.findall(rf"\[emerg\] .*invalid key file \"[^\"]*{re.escape(name)}\"", text))

    # ---- binary upgrades, as nginx's documentation tells it

    def new_binary(self):
        # Those of the old master, and in a rollback those of the new one.
        self.endings += 2
        old = self.site.master()
        os.kill(old, signal.SIGUSR2)
        new = wait_for(lambda: (m := self.site.master()) != old and m, "a new master")
        wait_for(lambda: len(children(new)) == WORKERS, "the new master has workers")
        os.kill(old, signal.SIGWINCH)
        wait_for(lambda: not [pid for pid in children(old) if pid != new], "the workers of the old master end", 30)
        return old, new

    def upgrade(self):
        self.begin_change()
        old, new = self.new_binary()
        os.kill(old, signal.SIGQUIT)
        wait_for(lambda: not alive(old), "the old master ends")
        wait_for(lambda: self.site.master() == new, "the new master has the file nginx.pid")
        self.end_change()
        self.check()

    def rollback(self):
        """The new binary is no good: the old master takes workers again, with the configuration that it has."""
        self.begin_change()
        old, new = self.new_binary()
        os.kill(old, signal.SIGHUP)
        wait_for(lambda: len([pid for pid in children(old) if pid != new]) == WORKERS, "the old master has workers again")
        os.kill(new, signal.SIGQUIT)
        wait_for(lambda: not alive(new) and self.site.master() == old, "the new master ends", 30)
        self.write_keys(self.generation)
        self.state.set(self.generation, False)
        self.check()

    # ---- kill -9

    def kill_worker(self):
        workers = wait_for(lambda: len(w := self.site.workers()) == WORKERS and w, "all workers run")
        victim = self.random.choice(workers)
        self.killed[victim] = time.monotonic()
        self.endings += 1
        os.kill(victim, signal.SIGKILL)
        wait_for(lambda: victim not in self.site.workers() and len(self.site.workers()) == WORKERS, "a new worker")
        time.sleep(0.25)
        self.check()

    def inside_killed_worker(self, when, worker):
        if worker is not None:
            return worker in self.killed
        return any(0 <= when - then <= KILL_SECONDS for then in self.killed.values())


def tokens_of(pair):
    return {
        "exact": pair.token(b"/file"),
        "wildcard": pair.token(b"/*"),
        "expired": pair.token(b"/file", 1_735_657_200),
        "elsewhere": pair.token(b"/files"),
    }


def main():
    nginx, module = sys.argv[1:3]
    reloads, upgrades, kills = map(int, sys.argv[3:6])
    with Site(nginx, module) as site:
        port1, port2 = free_port(), free_port()
        keys = " ".join(f"pta_{p}_{w} file:keys/{p}.{w};" for p in ("1st", "2nd") for w in ("key", "iv"))
        # The only pair that stays what it is.
        steady = Pair()
        site.configure(
            f"worker_processes {WORKERS};\nevents {{ worker_connections 256; }}",
            f"""access_log off;
    server {{
        {site.listen(port1, port2)}
        root html;
        add_header X-Worker $pid always;
        {keys}
        location / {{ pta_enable on; }}
        location /steady/ {{
            pta_1st_key {steady.key.hex()};
            pta_1st_iv {steady.iv.hex()};
            pta_enable on;
            alias html/;
        }}
    }}""",
        )
        (site.root / "html" / "file").write_bytes(BODY)
        pairs = [Pair() for _ in range(reloads + upgrades + 4)]
        tokens = [tokens_of(pair) for pair in pairs] + [tokens_of(Pair())]
        clients = [Http1Client] * HTTP1_CLIENTS + [Http2Client] * HTTP2_CLIENTS
        state = State(len(clients))
        storms = Storms(site, pairs, state)
        storms.write_keys(0)
        site.start()
        processes = [
            multiprocessing.Process(
                target=client_process, args=(kind, n, port2 if kind is Http2Client else port1, tokens, state)
            )
            for n, kind in enumerate(clients)
        ]
        load = SteadyLoad(site, port1, port2, f"/steady/file?pta={steady.token(b'/steady/*').decode()}")
        for process in processes:
            process.start()
        load.start()
        try:
            play(site, storms, state, reloads, upgrades, kills)
            load.finish(storms.endings)
            state.stop.value = 1
            results = [state.results.get(timeout=60) for _ in processes]
        except StageError:
            while not state.results.empty():
                say(str(state.results.get()))
            raise
        finally:
            load.cancel()
            if sys.exc_info()[0] and (folder := os.environ.get("PTA_KEEP_LOGS")):
                shutil.copy(site.error_log, folder)
            for process in processes:
                process.join(2)
                if process.is_alive():
                    process.kill()
        judge(site, storms, results, kills)


def resident(pids):
    return max(memory(pid)[0] for pid in pids)


def play(site, storms, state, reloads, upgrades, kills):
    storms.state.set(0, False)
    refused, early = 0, None
    begin = time.monotonic()
    for number in range(1, reloads + 1):
        storms.reload()
        if number % 5 == 0:
            storms.refused_reload()
            refused += 1
        if number == min(20, reloads // 2):
            early = (number, *memory(site.master()), open_files(site.master()), resident(site.workers()))
        if number % 20 == 0 or number == reloads:
            rss, pss = memory(site.master())
            say(f"storms: {number} reloads in {time.monotonic() - begin:.0f} s, master RSS/PSS {rss}/{pss} KiB, {state.done.value} turns")
    rss, pss = memory(site.master())
    files, workers = open_files(site.master()), resident(site.workers())
    figure("reloads with rotated keys", reloads)
    figure("reloads refused because of a bad key file", refused)
    figure(f"master RSS/PSS KiB behind reload {early[0]}, {reloads}", f"{early[1]}/{early[2]}, {rss}/{pss}")
    figure(f"open files of the master behind reload {early[0]}, {reloads}", f"{early[3]}, {files}")
    figure(f"RSS KiB of the largest worker behind reload {early[0]}, {reloads}", f"{early[4]}, {workers}")
    if workers - early[4] > WORKER_GROWTH_ALLOWED:
        raise StageError(f"workers grew by {workers - early[4]} KiB")
    if rss - early[1] > GROWTH_ALLOWED:
        raise StageError(f"the master grew by {rss - early[1]} KiB")
    if files != early[3]:
        raise StageError("the master has other open files than before")

    for number in range(1, upgrades + 1):
        # Every third one is taken back.
        if number % 3 == 2:
            storms.rollback()
        else:
            storms.upgrade()
        say(f"storms: {number} binary upgrades")
    figure("binary upgrades, of them taken back", f"{upgrades}, {(upgrades + 1) // 3}")
    storms.reload()
    for number in range(1, kills + 1):
        storms.kill_worker()
        if number % 10 == 0 or number == kills:
            say(f"storms: {number} workers killed")
    figure("workers killed", kills)
    storms.reload()
    time.sleep(0.5)


def judge(site, storms, results, kills):
    counts = sum((r[0] for r in results), collections.Counter())
    lost = [event for r in results for event in r[1]]
    again = [event for r in results for event in r[2]]
    problems = [r[3] for r in results if r[3]]
    # Those that were asked again behind a kill may have been in work there as well.
    inside = [event for event in lost + again if storms.inside_killed_worker(*event[:2])]
    outside = [event for event in lost if event not in inside]
    idle = collections.Counter(event[2] for event in again if event not in inside)
    figure("requests", counts["requests"])
    figure("served, refused as they must be", f"{counts['good']}, {counts['refused']}")
    figure("valid tokens refused", counts["valid refused"])
    figure("invalid tokens served", counts["invalid served"])
    figure("requests lost inside a killed worker", len(inside))
    figure("requests lost otherwise", len(outside))
    for name, count in sorted(idle.items()):
        figure(f"{name} asked again behind an idle close", count)
    figure("HTTP/2 asked again behind GOAWAY", counts["HTTP/2 asked again behind GOAWAY"])
    wrong = [name for name in counts if name.endswith(("valid refused", "invalid served")) or "instead of" in name]
    problems += [f"{name}: {counts[name]}" for name in wrong]
    problems += [f"lost: {what}, worker {worker}" for _, worker, what in outside[:5]]
    # Each client has one connection, and over HTTP/2 a round of requests on it: workers that end can cost no more than that.
    if len(inside) > kills * (HTTP1_CLIENTS + HTTP2_CLIENTS * ROUND):
        problems.append(f"more requests lost inside {kills} killed workers than these can have had")
    for what, count, most in (
        ("HTTP/1.1 closed", idle["HTTP/1.1"], HTTP1_CLIENTS),
        ("HTTP/2 closed", idle["HTTP/2"], HTTP2_CLIENTS * ROUND),
        ("HTTP/2 left behind GOAWAY", counts["HTTP/2 asked again behind GOAWAY"], HTTP2_CLIENTS * ROUND),
    ):
        if count > storms.endings * most:
            problems.append(f"{what}: {count} requests, more than the connections of {storms.endings} endings of workers")
    if counts["good"] < 1000 or counts["refused"] < 1000:
        problems.append("too few requests to prove anything")
    log = site.error_log.read_text(errors="replace")
    for line in re.findall(r".*\[(?:alert|emerg|crit)\].*|.*panic.*", log):
        expected = "exited on signal 9" in line or "invalid key file" in line
        if not expected:
            problems.append(line)
    if len(re.findall(r"exited on signal 9", log)) != kills:
        problems.append("not as many workers killed as were meant to be")
    if problems:
        raise StageError("\n".join(problems[:20]))


if __name__ == "__main__":
    # So that nginx is stopped and files are removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        main()
    except StageError as error:
        say(f"storms: {error}")
        sys.exit(1)
