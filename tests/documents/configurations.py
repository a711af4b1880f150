"""Makes a whole configuration of an nginx block, in the folder of a site.

A block with `http` is a whole file, and one with `server` goes into `http`. Both must have all that
they need, but what reader.py has. Of others, each directive goes into the block of the
configuration that takes it: http, server or a location, with keys. What these use and do not define
may be defined elsewhere on the page, or in a file of nginx-config/ that the page names. Paths,
ports and hosts are replaced.
"""

import itertools
import os
import re
import subprocess

from documents import reader
from documents.nginx_text import Directive, parse, render, walk
from harness.certificate import self_signed
from harness.cloudfront import private_key
from harness.project import PROJECT

# The harness has these.
OURS = {"user", "daemon", "pid", "error_log", "master_process"}

# The warning for key files with seal keys, which recipes.md shows.
UNSEALED = re.compile(
    r'.*\[warn\] .*unsealed tokens are accepted as well, "pta_require_seal" is not set in .*\n'
)
MAIN = {"load_module", "worker_processes", "events", "env"}
HTTP = {
    "geo",
    "limit_conn_zone",
    "limit_req_zone",
    "log_format",
    "map",
    "pta_metrics_zone",
    "pta_once_zone",
    "proxy_cache_path",
    "server",
    "split_clients",
    "upstream",
}
LOCATION = {
    "alias",
    "fastcgi_pass",
    "grpc_pass",
    "internal",
    "limit_except",
    "proxy_pass",
    "pta_metrics",
    "uwsgi_pass",
}
PASS = {"fastcgi_pass", "grpc_pass", "proxy_pass", "scgi_pass", "uwsgi_pass"}
TEMPORARY = [
    Directive([f"{kind}_temp_path", "tmp"])
    for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
]

# Directives of modules that an nginx may be built without, and the version that brought others.
MODULES = {
    "auth_request": "http_auth_request_module",
    "dav_access": "http_dav_module",
    "dav_methods": "http_dav_module",
    "create_full_put_path": "http_dav_module",
    "flv": "http_flv_module",
    "gunzip": "http_gunzip_module",
    "mp4": "http_mp4_module",
    "real_ip_header": "http_realip_module",
    "real_ip_recursive": "http_realip_module",
    "secure_link": "http_secure_link_module",
    "secure_link_md5": "http_secure_link_module",
    "set_real_ip_from": "http_realip_module",
    "slice": "http_slice_module",
    "stub_status": "http_stub_status_module",
    "sub_filter": "http_sub_module",
}
VERSIONS = {"http2": (1, 25, 1)}

PATH = re.compile(r"(?<![\w/.])/(etc/nginx|etc|srv|var|run|mnt|home)/(?=\S)")


class Configuration:
    """The configuration of a block. `pair` is the one of its tokens."""

    def __init__(self, block, page):
        self.keys, self.block = reader.keys(), block
        self.pair = self.keys.pairs["1st.pair"]
        self.directives = parse(block.text)
        names = {directive.name for directive in self.directives}
        self.is_whole, self.is_part = "http" in names, not names & {"http", "server"}
        self.elsewhere = definitions(page, block) if self.is_part else {}
        # What root does for this block: up to the next one.
        after = [other for other in page.blocks if other.number > block.number]
        own = itertools.takewhile(lambda other: other.language != "nginx", after)
        self.prepared = [other for other in own if "prepare" in other.marks]
        # The addresses of its own servers, which others of them may pass requests to.
        listens = [item.words[1] for item in walk(self.directives) if item.name == "listen"]
        self.listens = {address: number for number, address in enumerate(dict.fromkeys(listens))}

    def write(self, site, listen="unix:ROOT/socket-NUMBER", upstream="127.0.0.1:9"):
        """Makes it the configuration of the site, which has no http block of its own.

        `listen` is the address of its servers, `upstream` the one that they pass requests to.
        """
        self.site, self.listen, self.upstream = site, listen, upstream
        reader.make_folders(site)
        directives = self._whole()
        for directive in walk(directives):
            self._adapt(directive)
        for directive in walk(directives):
            if directive.name == "server" and directive.body is not None:
                self._give_address(directive)
        site.main = render(directives).replace("ROOT", str(site.root))
        site.user = self._user()
        for block in self.prepared:
            self._prepare(block)

    # ---- around the block

    def _whole(self):
        top = [
            directive
            for directive in self.directives
            if directive.name not in OURS and not is_our_module(directive)
        ]
        given = [directive for directive in top if directive.name == "http"]
        if not given:
            http, server, location = [], [], []
            for directive in top:
                if directive.name not in MAIN:
                    place = http if directive.name in HTTP else server
                    (location if directive.name in LOCATION else place).append(directive)
            if location:
                server.append(Directive(["location", "/snippet/"], location))
            if server:
                http.append(Directive(["server"], server))
            top = [item for item in top if item.name in MAIN] + [Directive(["http"], http)]
        if not any(directive.name == "events" for directive in top):
            top.insert(0, Directive(["events"], []))
        http = next(directive for directive in top if directive.name == "http").body
        names = {directive.name for directive in walk(top)}
        http[:0] = [path for path in TEMPORARY if path.name not in names]
        if self.is_part:
            http[:0] = self._missing(top)
            if not any(re.fullmatch(r"pta_(1st|2nd)_(key|iv|pair)", name) for name in names):
                http.insert(0, Directive(["pta_1st_pair", "file:keys/1st.pair"]))
        return top

    def _missing(self, directives):
        """What the block uses, and only other blocks define."""
        found, wanted = [], used(directives) - defined(directives).keys()
        while names := sorted(wanted & self.elsewhere.keys()):
            definition = parse(render([self.elsewhere[names[0]]]))
            found[:0] = definition
            wanted |= used(definition)
            wanted -= defined(found).keys() | {names[0]}
        return found

    def _prepare(self, block):
        text = PATH.sub(lambda found: place_of(found[1]), block.text)
        if os.geteuid() != 0:
            # All files are the user's own then.
            text = re.sub(r" -[og] \S+", "", text)
        text = text.replace("ROOT", str(self.site.root))
        subprocess.run(["sh", "-euc", text], check=True, cwd=self.site.root)

    def _user(self):
        """That of the whole file, or Debian's. nginx's own if a whole file names none."""
        named = [directive.words[1] for directive in self.directives if directive.name == "user"]
        return named[0] if named else None if self.is_whole else reader.USER

    # ---- what a test cannot have

    def _adapt(self, directive):
        name = directive.name
        if name == "upstream":
            for member in directive.body:
                if member.name == "server" and not member.words[1].startswith("unix:"):
                    member.words[1] = self.upstream
        if name == "listen":
            directive.words[1:] = self._address(directive.arguments)
        if name in PASS and not self._is_upstream(directive.words[1]):
            scheme, host, rest = re.match(
                r"(\w+://|)(unix:|[^/:]*(?::\d+)?)(.*)", directive.words[1]
            ).groups()
            if host in self.listens:
                directive.words[1] = f"{scheme}{self._address([host])[0]}{rest}"
            elif not re.match(r"unix:|.*\$", host):
                directive.words[1] = f"{scheme}{self.upstream}{rest}"
        directive.words[1:] = [
            PATH.sub(lambda found: place_of(found[1]), word) for word in directive.arguments
        ]
        if re.fullmatch(r"pta_(1st|2nd)_(pair|key|iv|seal)", name):
            self._give_key(*name.split("_")[1:], directive.words[1])
        elif name == "include" and directive.words[1] in ("mime.types", "ROOT/mime.types"):
            self._give_file(directive.words[1], "types { text/html html; }\n")
        elif name in ("ssl_certificate", "ssl_certificate_key"):
            self._give_certificate(name, directive.words[1])
        elif name == "load_module":
            # Those of other packages are in the folder of this nginx.
            for file in self.site.nginx.dynamic_modules(stem(directive.words[1])):
                directive.words[1] = str(file)
        elif name == "js_import":
            recipe = PROJECT / "nginx-config/recipes" / directive.words[-1]
            self._give_file(directive.words[-1], recipe.read_text(encoding="utf-8"))
            self._give_file("private_key.pem", private_key())

    def _is_upstream(self, word):
        names = {item.words[1] for item in walk(self.directives) if item.name == "upstream"}
        names |= {key[1] for key in self.elsewhere if key[0] == "upstream"}
        return re.sub(r"^\w+://|[:/].*", "", word) in names

    def _address(self, words):
        number = self.listens.setdefault(words[0], len(self.listens))
        kept = [word for word in words[1:] if word in ("default_server", "ssl", "proxy_protocol")]
        return [self.listen.replace("NUMBER", str(number)), *kept]

    def _give_address(self, server):
        if not any(directive.name == "listen" for directive in server.body):
            server.body.insert(0, Directive(["listen", *self._address(["80"])]))

    def _path(self, word):
        """In the site: relative paths count from the folder of nginx.conf."""
        return self.site.root / word.replace("ROOT", str(self.site.root))

    def _give_file(self, word, content):
        path = self._path(word.strip("\"'"))
        if "*" not in word and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            path.chmod(0o600)

    def _give_key(self, order, kind, word):
        """Pair files are those of `pta keygen`. The reference says what is in the others."""
        if not word.startswith("file:"):
            return
        path = word.removeprefix("file:")
        if kind == "pair":
            folder, _, name = path.rpartition("/")
            if name in self.keys.pairs:
                self.keys.copy_to(self._path(folder))
        else:
            pair = self.keys.pairs[f"{order}.pair"]
            line = {"key": pair.key, "iv": pair.iv, "seal": pair.seal_key}[kind]
            self._give_file(path, f"{line.hex()}\n")

    def _give_certificate(self, name, word):
        self.certificate = getattr(self, "certificate", None) or self_signed("localhost")
        self._give_file(word, self.certificate[name == "ssl_certificate_key"])


def place_of(folder):
    return "ROOT/" if folder == "etc/nginx" else f"ROOT/{folder}/"


def is_our_module(directive):
    return directive.name == "load_module" and "ngx_http_pta_module" in directive.words[1]


def stem(path):
    """The name of a module, of the path of its file."""
    return path.rpartition("/")[2].removesuffix(".so")


def used(directives):
    """What these use, as pairs of a kind and a name."""
    found = set()
    for directive in walk(directives):
        name, words = directive.name, directive.arguments
        for word in words:
            found |= {("variable", other) for other in re.findall(r"\$\{?([a-z_]\w*)", word)}
        if directive.name == "map":
            for line in directive.body:
                names = re.findall(r"\$\{?([a-z_]\w*)", " ".join(line.words))
                found |= {("variable", other) for other in names}
        if name == "limit_req":
            found |= {("zone", word[5:]) for word in words if word.startswith("zone=")}
        elif name == "limit_conn":
            found.add(("zone", words[0]))
        elif name in ("pta_metrics", "pta_metrics_label") and words != ["off"]:
            found.add(("zone", "of pta_metrics"))
        elif name == "proxy_cache":
            found.add(("cache", words[0]))
        elif name == "access_log" and len(words) > 1:
            found.add(("format", words[1]))
        elif name in PASS:
            found.add(("upstream", re.sub(r"^\w+://|[:/].*", "", words[0])))
    return found


def defined(directives):
    """What these define, and how."""
    found = {}
    for directive in walk(directives):
        name, words = directive.name, directive.arguments
        text = " ".join(words)
        if name in ("map", "geo", "split_clients"):
            found["variable", words[-1].removeprefix("$")] = directive
        elif name in ("limit_req_zone", "limit_conn_zone"):
            found["zone", re.search(r"zone=(\w+)", text)[1]] = directive
        elif name == "pta_metrics_zone":
            found["zone", "of pta_metrics"] = directive
        elif name == "proxy_cache_path":
            found["cache", re.search(r"keys_zone=(\w+)", text)[1]] = directive
        elif name == "log_format":
            found["format", words[0]] = directive
        elif name == "upstream":
            found["upstream", words[0]] = directive
    return found


def definitions(page, but):
    """What other blocks of the page define, and files of nginx-config/ that it names."""
    texts = [block.text for block in page.of("nginx") if block.number != but.number]
    for name in sorted(set(re.findall(r"nginx-config/[\w./-]+\.conf", page.text))):
        if (PROJECT / name).exists():
            texts.insert(0, (PROJECT / name).read_text(encoding="utf-8"))
    found = {}
    for text in texts:
        try:
            found |= defined(parse(text))
        except ValueError:
            # The test of that block reports it.
            continue
    return found


def has_not(nginx, name):
    """Whether this nginx has been built without the module of a directive, or is too old."""
    if needed := VERSIONS.get(name):
        return nginx.version < needed
    return name in MODULES and not nginx.has(MODULES[name])


def is_lacking(nginx, output):
    """Whether nginx refuses a configuration only for that reason."""
    if missing := re.search(r'dlopen\(\) "(\S+)" failed', output):
        return not nginx.dynamic_modules(stem(missing[1]))
    found = re.search(r'unknown directive "(\w+)"', output)
    return bool(found) and has_not(nginx, found[1])


def lacks(nginx, block):
    """Whether a block has a directive that this nginx has not, or loads such a module."""
    return any(
        has_not(nginx, directive.name)
        or (
            directive.name == "load_module"
            and not is_our_module(directive)
            and not nginx.dynamic_modules(stem(directive.words[1]))
        )
        for directive in walk(parse(block.text))
    )


def faults(site, nginx, block, page):
    """What is wrong with the block: nothing, or a text."""
    try:
        configuration = Configuration(block, page)
    except ValueError as error:
        return f"{block}: {error}"
    # Some blocks are refused, and nginx logs that.
    made = site.make(None, caused_faults=r"\[emerg\]")
    configuration.write(made)
    done = made.test()
    output = UNSEALED.sub("", done.output)
    problem = f"{block}:\n{output}\nin\n{made.main}"
    if "counter-example" in block.marks:
        is_ours = re.search(r"\[(warn|emerg)\].*\bpta(:|_\w+)", output)
        return None if is_ours else f"the module neither warns nor refuses: {problem}"
    if "other-module" in block.marks:
        others = re.findall(r'unknown directive "(\w+)"|unknown "(\w+)" variable', output)
        fits = others and not "".join(others[0]).startswith("pta_")
        return None if fits else f"no other module is missing: {problem}"
    if is_lacking(nginx, output):
        return None
    return problem if done.status or "[" in output else None
