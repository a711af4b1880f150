"""Section 2: what PTA costs, compared with other ways to protect a file.

wrk counts the requests per second on loopback, in alternating rounds. The processor's time and the
instructions are counted, too. There is no access log.
"""

import base64
import contextlib
import hashlib
import hmac
import os
import re
import statistics
import subprocess

from bench import cases
from bench.callgrind import count
from bench.cases import Case, bare, media
from bench.parallel import on_all_cores
from bench.report import Table, number
from bench.site import site
from harness.processes import cpu_seconds
from harness.progress import Progress
from harness.tokens import FAR

BARE, PTA, SECURE_LINK = "nothing", "PTA", "`secure_link_md5` with `if`"
GOALS = {BARE: 0.97, SECURE_LINK: 1.0}
# Enough to keep nginx busy. With few, the result is how fast a sleeping process wakes up.
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
    const right = crypto.createHmac('sha1', 'secret').update(expires + r.uri).digest('hex');
    return mac === right ? 200 : 403;
}

export default { verdict };
"""


def mac():
    return hmac.digest(SECRET, f"{FAR}{cases.PATH}".encode(), hashlib.sha1)


def peers(nginx):
    """By name: a case for each way to protect a file that this nginx has."""
    allowed = cases.allowed()
    found = {
        BARE: bare(allowed.target),
        PTA: allowed,
        SECURE_LINK: cases.secure_link(),
        "`auth_request` to `return 204`": Case(
            f"{media('auth_request /auth;')} location = /auth {{ internal; return 204; }}",
            allowed.target,
            with_module=False,
        ),
    }
    if files := nginx.dynamic_modules("ndk_http_module", "ngx_http_lua_module"):
        target = f"{cases.PATH}?expires={FAR}&mac={base64.b64encode(mac()).decode()}"
        found["Lua: HMAC-SHA-1"] = Case(media(LUA), target, with_module=False, modules=tuple(files))
    if files := nginx.dynamic_modules("ngx_http_js_module"):
        server = "js_import links.js; js_set $verdict links.verdict;"
        refuse = "if ($verdict = 403) { return 403; } if ($verdict = 410) { return 410; }"
        found["njs: HMAC-SHA-1"] = Case(
            media(refuse, server),
            f"{cases.PATH}?expires={FAR}&mac={mac().hex()}",
            with_module=False,
            modules=tuple(files),
            files=(("links.js", NJS),),
        )
    return found


def run(tools, report):
    variants = peers(tools.nginx)
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
            pinned = "taskset", "-c", str(server_core)
            made = site(tools.nginx, case, access_log="off", wrapper=pinned)
            sites[name] = stack.enter_context(made).start()
        for turn in range(rounds):
            # Every second round backwards, so that no variant always comes first.
            order = list(variants) if turn % 2 == 0 else list(variants)[::-1]
            for name in order:
                url = f"http://127.0.0.1:{sites[name].port()}{variants[name].target}"
                before = cpu_seconds(sites[name].master())
                requests, rate = wrk(client_core, seconds, url)
                spent = cpu_seconds(sites[name].master()) - before
                rates[name].append(rate)
                costs[name].append(spent / requests)
                progress.step(f"{name}: {number(rate)} requests/s")
    progress.close()

    rate = {name: statistics.median(found) for name, found in rates.items()}
    cost = {name: statistics.median(found) for name, found in costs.items()}
    table = Table(
        "Ways to protect a file, beside each other",
        [
            "protected by",
            "requests/s",
            "slowest round",
            "fastest round",
            "processor time of nginx a request",
            "added",
            "times nothing",
            "instructions",
            "times nothing",
        ],
        "access_log off, a file of 43 bytes from memory, one nginx process on one core, wrk on "
        f"another. Medians of {rounds} rounds of {seconds} s each, in turn; {CONNECTIONS} "
        "keep-alive connections. The processor's time suffers less from neighbours than the rate "
        'does, and instructions do not at all. The request for "nothing" has the token of PTA in '
        "it. Links of `secure_link`, Lua and njs are shorter, which saves nginx some hundred "
        "instructions: the tables above compare each with its own request.",
    )
    for name in variants:
        table.add(
            name,
            number(rate[name]),
            number(min(rates[name])),
            number(max(rates[name])),
            f"{cost[name] * 1e6:.2f} µs",
            f"{(cost[name] - cost[BARE]) * 1e6:.2f} µs",
            f"{cost[name] / cost[BARE]:.3f}",
            number(counted[name]),
            f"{counted[name] / counted[BARE]:.3f}",
        )
    report.add(table)
    report.peers = [
        (
            name,
            counted[name] - counted[BARE],
            counted[name] / counted[BARE],
            cost[name] / cost[BARE],
        )
        for name in variants
    ]
    for other, goal in GOALS.items():
        ratio = rate[PTA] / rate[other]
        report.goal(f"throughput, PTA : {other}", f">= {goal:.2f}", f"{ratio:.3f}", ratio >= goal)


def wrk(core, seconds, url):
    """Requests, and requests per second."""
    output = subprocess.run(
        [
            "taskset",
            "-c",
            str(core),
            "wrk",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds}s",
            url,
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise RuntimeError(output)
    requests = int(re.search(r"(\d+) requests in", output).group(1))
    return requests, float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))
