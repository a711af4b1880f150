"""Section 2: what PTA costs, beside what one would take instead, in one run: requests per second on loopback by wrk, in alternating
rounds, the processor's time, and counted instructions. Without an access log."""

import base64
import contextlib
import hashlib
import hmac
import os
import pathlib
import re
import statistics
import subprocess

import cases
from callgrind import count
from cases import Case, bare, media
from nginx_site import Site
from parallel import on_all_cores
from progress import Progress
from report import Table, number
from tokens import FAR

BARE, PTA, SECURE_LINK = "nothing", "PTA", "`secure_link_md5` with `if`"
GOALS = {BARE: 0.97, SECURE_LINK: 1.0}
# Enough connections to keep nginx busy. With few, the result is how fast a sleeping process wakes up.
CONNECTIONS = 128

SECRET = b"secret"

LUA = """
access_by_lua_block {
    local expires, mac = tonumber(ngx.var.arg_expires), ngx.var.arg_mac
    if not expires or not mac then return ngx.exit(403) end
    if expires < ngx.time() then return ngx.exit(410) end
    local right = ngx.encode_base64(ngx.hmac_sha1("secret", ngx.var.arg_expires .. ngx.var.uri))
    if mac ~= right then return ngx.exit(403) end
}
"""

NJS = """
import crypto from 'crypto';

function verdict(r) {
    const expires = r.args.expires, mac = r.args.mac;
    if (!expires || !mac) {
        return 403;
    }
    if (Number(expires) < Date.now() / 1000) {
        return 410;
    }
    return crypto.createHmac('sha1', 'secret').update(expires + r.uri).digest('hex') === mac ? 200 : 403;
}

export default { verdict };
"""


def mac():
    return hmac.digest(SECRET, f"{FAR}{cases.PATH}".encode(), hashlib.sha1)


def modules(tools, *names):
    """The files of modules that were built for this nginx, if it has them."""
    build = subprocess.run([tools.nginx, "-V"], check=True, capture_output=True, text=True).stderr
    folder = re.search(r"--modules-path=(\S+)", build)
    files = [pathlib.Path(folder[1]) / f"{name}.so" for name in names] if folder else []
    return tuple(map(str, files)) if files and all(file.exists() for file in files) else None


def peers(tools):
    """By name: a case for each way to protect a file that this nginx has."""
    allowed = cases.allowed(tools)
    found = {
        BARE: bare(allowed.target),
        PTA: allowed,
        SECURE_LINK: cases.secure_link(),
        "`auth_request` to `return 204`": Case(
            f"{media('auth_request /auth;')} location = /auth {{ internal; return 204; }}", allowed.target, with_module=False),
    }
    if files := modules(tools, "ndk_http_module", "ngx_http_lua_module"):
        target = f"{cases.PATH}?expires={FAR}&mac={base64.b64encode(mac()).decode()}"
        found["Lua: HMAC-SHA-1"] = Case(media(LUA), target, with_module=False, modules=files)
    if files := modules(tools, "ngx_http_js_module"):
        server = "js_import links.js; js_set $verdict links.verdict;"
        refuse = "if ($verdict = 403) { return 403; } if ($verdict = 410) { return 410; }"
        found["njs: HMAC-SHA-1"] = Case(media(refuse, server), f"{cases.PATH}?expires={FAR}&mac={mac().hex()}", with_module=False,
                                        modules=files, files=(("links.js", NJS),))
    return found


def run(tools, report):
    variants = peers(tools)
    counted = on_all_cores(lambda name: count(tools, variants[name], "off").total, list(variants))
    rounds, seconds = tools.choose(12, 4), tools.choose(2, 1)
    available = sorted(os.sched_getaffinity(0))
    server_core, client_core = available[0], available[-1]
    progress = Progress("peers", rounds * len(variants))
    rates = {name: [] for name in variants}
    costs = {name: [] for name in variants}
    with contextlib.ExitStack() as stack:
        sites = {}
        for name, case in variants.items():
            sites[name] = stack.enter_context(
                Site(tools, case.server, with_module=case.with_module, access_log="off", modules=case.modules, files=case.files))
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
    table = Table(
        "Ways to protect a file, beside each other",
        ["protected by", "requests/s", "slowest round", "fastest round", "processor time of nginx a request", "added",
         "times nothing", "instructions", "times nothing"],
        f"access_log off, a file of 43 bytes from memory, one nginx process on one core, wrk on another. Medians of {rounds} rounds of "
        f"{seconds} s each, in turn; {CONNECTIONS} keep-alive connections. The processor's time suffers less from neighbours than "
        "the rate does, and instructions do not at all.")
    for name in variants:
        table.add(name, number(rate[name]), number(min(rates[name])), number(max(rates[name])), f"{cost[name] * 1e6:.2f} µs",
                  f"{(cost[name] - cost[BARE]) * 1e6:.2f} µs", f"{cost[name] / cost[BARE]:.3f}",
                  number(counted[name]), f"{counted[name] / counted[BARE]:.3f}")
    report.add(table)
    report.peers = [(name, counted[name] - counted[BARE], counted[name] / counted[BARE], cost[name] / cost[BARE]) for name in variants]
    for other, goal in GOALS.items():
        ratio = rate[PTA] / rate[other]
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
