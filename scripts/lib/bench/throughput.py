"""Section 2: requests per second on loopback, by wrk, in alternating rounds."""

import contextlib
import os
import pathlib
import re
import statistics
import subprocess

import cases
from cases import bare
from nginx_site import Site
from progress import Progress
from report import Table, number

GOALS = {"bare": 0.97, "secure_link": 1.0}
# Enough that nginx always has something to do: with few, what is measured is how fast a sleeping process wakes up.
CONNECTIONS = 128


def run(tools, report):
    allowed, link = cases.allowed(tools), cases.secure_link()
    variants = {"bare": bare(allowed.target), "PTA": allowed, "secure_link": link}
    rounds, seconds = tools.choose(12, 4), tools.choose(2, 1)
    available = sorted(os.sched_getaffinity(0))
    server_core, client_core = available[0], available[-1]
    progress = Progress("throughput", rounds * len(variants))
    rates = {name: [] for name in variants}
    costs = {name: [] for name in variants}
    with contextlib.ExitStack() as stack:
        sites = {}
        for name, case in variants.items():
            sites[name] = stack.enter_context(Site(tools, case.server, with_module=case.with_module))
            sites[name].start("taskset", "-c", str(server_core))
        for turn in range(rounds):
            # Every second round backwards, so that no variant always comes first.
            order = list(variants) if turn % 2 == 0 else list(variants)[::-1]
            for name in order:
                before = cpu_seconds(sites[name].process.pid)
                requests, rate = wrk(client_core, seconds, sites[name].port, variants[name].target)
                spent = cpu_seconds(sites[name].process.pid) - before
                rates[name].append(rate)
                costs[name].append(spent / requests)
                progress.step(f"{name}: {number(rate)} requests/s")
    progress.close()

    rate = {name: statistics.median(found) for name, found in rates.items()}
    cost = {name: statistics.median(found) for name, found in costs.items()}
    table = Table("Requests per second, one worker on one core, wrk on another",
                  ["location", "requests/s", "slowest round", "fastest round", "processor time of nginx a request"],
                  f"Medians of {rounds} rounds of {seconds} s each, in turn; {CONNECTIONS} keep-alive connections. The "
                  f"processor's time suffers less from neighbours: PTA costs {cost['PTA'] / cost['bare']:.3f} times the bare "
                  f"location, and {cost['PTA'] / cost['secure_link']:.3f} times secure_link.")
    for name in variants:
        table.add(name, number(rate[name]), number(min(rates[name])), number(max(rates[name])),
                  f"{cost[name] * 1e6:.2f} µs")
    report.add(table)
    for other, goal in GOALS.items():
        ratio = rate["PTA"] / rate[other]
        report.goal(f"throughput, PTA : {other}", f">= {goal:.2f}", f"{ratio:.3f}", ratio >= goal)


def wrk(core, seconds, port, target):
    """Requests, and requests per second."""
    output = subprocess.run(
        ["taskset", "-c", str(core), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s",
         f"http://127.0.0.1:{port}{target}"],
        check=True, capture_output=True, text=True,
    ).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise RuntimeError(output)
    requests = int(re.search(r"(\d+) requests in", output).group(1))
    return requests, float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))


def cpu_seconds(pid):
    """The processor's time that a process has had so far."""
    return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
