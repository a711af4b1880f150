"""A configuration as text."""

from random_conf.model import SEAL_KEYS

HTTP = """
    server_names_hash_bucket_size 64;
    keepalive_requests 1000000;
    large_client_header_buffers 4 64k;
    proxy_http_version 1.0;
    pta_log_level info;
    auth_basic_user_file users;
    add_header Trace "$trace" always;
    add_header At "$uri;$args" always;
    add_header Verdict "$pta_status" always;
    add_header Root "$document_root" always;
"""

UPSTREAM = """
    server {
        listen 127.0.0.1:@upstream@;
        access_log off;
        location / {
            add_header X-Accel-Redirect "$http_accel" always;
            add_header Upstream yes always;
            if ($http_answer = 404) { return 404 "L$http_number\\n"; }
            return 200 "L$http_number\\n";
        }
    }
"""


def configuration(servers, pairs, roots):
    """The content of the http block. `roots`: the folder with the roots of all locations."""
    text = HTTP + "".join(server_text(server, pairs) for server in servers) + UPSTREAM
    return text.replace("ROOTS", str(roots))


def server_text(server, pairs):
    lines = [
        "server {",
        "    listen 127.0.0.1:@http@;",
        f"    server_name {server.name.lower()}.test;",
        *indent(directives(server, pairs)),
        *(
            line
            for location in server.locations
            for line in indent(location_lines(location, pairs))
        ),
        "}",
    ]
    return "\n".join("    " + line for line in lines) + "\n"


def location_lines(location, pairs):
    lines = [f"location {location.match} {{", f"    root ROOTS/L{location.number};"]
    lines += indent([trace(location)])
    if location.if_block:
        block = location.if_block
        lines += indent(["if ($arg_z) {", f"    root ROOTS/L{location.number};"])
        lines += indent(indent([trace(block), *directives(block, pairs)]))
        lines += indent(["}"])
    lines += indent(directives(location, pairs))
    for nested in location.locations:
        lines += indent(location_lines(nested, pairs))
    return [*lines, "}"]


def trace(block):
    return f'set $trace "${{trace}}{block.name}($uri;$args),";'


def indent(lines):
    return ["    " + line for line in lines]


def directives(block, pairs):
    lines = []
    for order, index in (("1st", block.first), ("2nd", block.second)):
        if index is not None:
            lines.append(pairs[index].directives(order))
    for order, index in (("1st", block.first_seal), ("2nd", block.second_seal)):
        if index is not None:
            lines.append(f"pta_{order}_seal {SEAL_KEYS[index].hex()};")
    if block.bind is not None:
        lines.append(f"pta_bind {' '.join(block.bind) or 'off'};")
    for name, value in (
        ("pta_enable", block.enable),
        ("pta_require_seal", block.require_seal),
        ("pta_auth_method", block.methods),
        ("pta_name", block.token_name),
        ("pta_header", block.header_name),
        ("pta_dry_run", block.dry_run),
        ("pta_phase", block.phase),
        ("pta_accel_redirect", block.redirects),
        ("satisfy", block.satisfy),
        ("recursive_error_pages", block.recursive),
    ):
        if value is not None:
            lines.append(f"{name} {shown(value)};")
    if block.basic is not None:
        lines.append('auth_basic "realm";' if block.basic else "auth_basic off;")
    lines += [f"{rule};" for rule in block.access or []]
    for page in block.error_pages or []:
        change = page.change + " " if page.change else ""
        lines.append(f"error_page {' '.join(map(str, page.codes))} {change}{page.target};")
    if block.index:
        lines.append(f"index {' '.join(block.index)};")
    if block.try_files:
        lines.append(f"try_files {' '.join(block.try_files)};")
    lines += upstream_lines(block)
    if block.limit_except:
        inner = " ".join(directives(block.limit_except, pairs))
        lines.append(f"limit_except {block.limit_except.match} {{ {inner} }}")
    lines += [f"rewrite {r.pattern} {r.target} {r.flag};" for r in block.rewrites]
    if block.returns is not None:
        body = f' "R{block.number}\\n"' if block.returns == 200 else ""
        lines.append(f"return {block.returns}{body};")
    return lines


def shown(value):
    return {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value


def upstream_lines(block):
    upstream = block.upstream
    if not upstream:
        return []
    lines = [
        "proxy_pass http://127.0.0.1:@upstream@;",
        f"proxy_set_header Number {block.number};",
        f'proxy_set_header Accel "{upstream.accel}";',
        f"proxy_set_header Answer {upstream.status};",
    ]
    if upstream.intercepts:
        lines.append("proxy_intercept_errors on;")
    if upstream.ignores_accel:
        lines.append("proxy_ignore_headers X-Accel-Redirect;")
    return lines
