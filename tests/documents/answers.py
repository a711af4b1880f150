"""Makes the requests of an http block, to the nginx block before it.

A line `GET /a?pta=TOKEN -> 200` is a request and the status of its answer. Lines below it are
header lines of the request, if they are such (`Cookie: pta=TOKEN`), or else what the answer has: a
header line (its beginning, if it ends with `…`), or text in its body or in the error log. TOKEN
allows the path of the request, EXPIRED did so, and OTHER allows another path. SEALED is TOKEN with
a seal. After a line `TOKEN allows /b/*`, both allow that instead, and after `SEALED is bound to a
b`, the seal has these values.

The files that GET requests are there, and so are those that a token names. Other folders are made
by an sh block with the mark `prepare` below the nginx block. Of a body, only its `Content-Length`
is shown. An application behind nginx answers what it gets, and sends the value of the argument
`redirect` as X-Accel-Redirect. A playlist refers to 1.ts, an MPD to 1.mp4.
"""

import dataclasses
import re

from documents import reader
from documents.configurations import Configuration, is_lacking
from documents.nginx_text import walk
from harness.clients.http1 import Connection
from harness.tokens import sealed

REQUEST = re.compile(r"^([A-Z]+) (/\S*) +-> +(\d{3})\b")
ALLOWS = re.compile(r"^TOKEN allows (/.*)$")
BOUND = re.compile(r"^SEALED is bound to (.*)$")
APPLICATION = """
server {
    listen 127.0.0.1:@application@;
    client_max_body_size 0;
    add_header X-Accel-Redirect $arg_redirect;
    return 200 "the application gets $request_uri\\n";
}
"""
OF_REQUEST = re.compile(
    r"^(?:Authorization|Content-(?:Length|Range)|Cookie|Destination|Host|Origin|Range"
    r"|X-(?:Forwarded-Uri|Original-URL|PTA)): "
)


PLAYLISTS = {
    "m3u8": "#EXTM3U\n#EXTINF:1,\n1.ts\n",
    "mpd": """\
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet>
<Representation id="a"><BaseURL>1.mp4</BaseURL></Representation>
</AdaptationSet></Period></MPD>
""",
}


def before(block, page):
    """The nginx block that stands before this one."""
    earlier = [other for other in page.of("nginx") if other.number < block.number]
    return earlier[-1] if earlier else None


@dataclasses.dataclass
class Request:
    method: str
    target: str
    status: int
    # The path of its token.
    allowed: str
    headers: list
    # What the answer has.
    wanted: list
    # The values of its seal.
    bound: list = dataclasses.field(default_factory=list)

    @property
    def path(self):
        return self.target.partition("?")[0]

    @property
    def body(self):
        lengths = [line.split()[1] for line in self.headers if line.startswith("Content-Length: ")]
        return b"x" * int(lengths[0] if lengths else 0)


def read(block):
    """The requests. ValueError if there is none at the beginning."""
    requests = []
    for line in filter(None, map(str.strip, block.text.splitlines())):
        if found := REQUEST.match(line):
            method, target, status = found.groups()
            path = target.partition("?")[0]
            requests.append(Request(method, target, int(status), path, [], []))
        elif not requests:
            raise ValueError(f'{block}: no request "METHOD /path -> STATUS" at the beginning')
        elif found := ALLOWS.match(line):
            requests[-1].allowed = found[1]
        elif found := BOUND.match(line):
            requests[-1].bound = found[1].split()
        else:
            request = requests[-1]
            (request.headers if OF_REQUEST.match(line) else request.wanted).append(line)
    if not requests:
        raise ValueError(f"{block}: there is no request")
    return requests


def faults(site, nginx, block, page):
    """What is wrong with the answers, as a list."""
    try:
        requests = read(block)
    except ValueError as error:
        return [str(error)]
    served = before(block, page)
    if not served:
        return [f"{block}: no nginx block before it"]
    configuration = Configuration(served, page)
    # nginx logs why it refuses a block.
    made = site.make(None, caused_faults=r"\[emerg\]")
    configuration.write(made, "127.0.0.1:@portNUMBER@", "127.0.0.1:@application@")
    made.main = made.main.replace("http {", f"http {{{APPLICATION}", 1)
    done = made.test()
    if done.status:
        return [] if is_lacking(nginx, done.output) else [f"{block}: {done.output}"]
    for request in requests:
        if request.method in ("GET", "HEAD", "DELETE"):
            for path in {request.path, request.allowed}:
                _serve(made, configuration, path)
    made.start()
    with Connection(made.port("port0")) as connection:
        found = [
            f"{block}: {request.method} {request.target}: {fault}"
            for request in requests
            for fault in _compare(connection, made, configuration.pair, request)
        ]
    # There are many blocks.
    made.stop()
    return found


def _compare(connection, site, pair, request):
    logged = len(site.read())
    head = [f"{request.method} {request.target} HTTP/1.1", *request.headers, "", ""]
    needed = {"Host": "localhost", **({"Content-Length": "0"} if request.method == "PUT" else {})}
    for name, value in needed.items():
        if not any(line.startswith(f"{name}: ") for line in head):
            head.insert(1, f"{name}: {value}")
    text = _filler(pair, request)("\r\n".join(head))
    answer = connection.send(text.encode() + request.body, is_head=request.method == "HEAD")
    if answer.status != request.status:
        yield f"the answer is {answer.status}, not {request.status}\n{site.read()}"
    lines = [f"{name}: {value}".lower() for name, value in answer.lines]
    seen = answer.body.decode(errors="replace") + site.read()[logged:]
    for wanted in request.wanted:
        if not any(_is(wanted.lower(), line) for line in lines) and wanted not in seen:
            yield f"the answer has no {wanted!r}"


def _is(wanted, line):
    return line.startswith(wanted[:-1]) if wanted.endswith("…") else line == wanted


def _filler(pair, request):
    path = request.allowed
    words = {
        "TOKEN": pair.token(path),
        "EXPIRED": pair.expired(path),
        "OTHER": pair.token("/other" + path),
        "SEALED": sealed(pair.token(path), pair.seal_key, request.bound),
    }
    return lambda text: re.sub(
        r"\b(TOKEN|EXPIRED|OTHER|SEALED)\b", lambda found: words[found[1]], text
    )


def _serve(site, configuration, path):
    """A file, in each folder that the block names as a root."""
    name = path.lstrip("/") + ("index.html" if path.endswith("/") else "")
    roots = {item.words[1] for item in walk(configuration.directives) if item.name == "root"}
    for root in {"html", *(root.replace("ROOT", str(site.root)) for root in roots)}:
        content = PLAYLISTS.get(name.rpartition(".")[2], f"content of {path}\n")
        reader.write(site.root / root / name, content)
