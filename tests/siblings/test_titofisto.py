"""A Django project moves from django-titofisto by its settings, and old links stay valid."""

import concurrent.futures
import json
import os
import pathlib
import unittest.mock

import pytest

from documents.pages import page
from harness.clients.http1 import Connection
from harness.project import PROJECT
from harness.tokens import Pair, sealed

PORT = "port0"
NAME = "talks/first talk.pdf"
PATH = f"/media/{NAME}"
TITOFISTO = {"BACKEND": "titofisto.TitofistoStorage"}
PTA = {"BACKEND": "django_pta.TokenStorage"}
PROGRAM = str(pathlib.Path(__file__).with_name("django_project.py"))


def python(text):
    """The block of docs/migrate.md that has this text."""
    [block] = [block for block in page("docs/migrate.md").of("python") if text in block.text]
    return block.text


class Stage:
    """nginx as docs/migrate.md has it, with one Django after the other behind it."""

    def __init__(self, recipe, application):
        self.application, self.django = application, None
        self.site, self.configuration = recipe("$arg_titofisto_token", "@django@")
        self.pair = self.configuration.pair
        self.seal_key = self.pair.seal_key
        self.media = self.site.root / "srv/site/media"

    def run(self, default, titofisto=None, use_public_namespace=False):
        """Starts Django with this default storage in place of the one that runs."""
        others = {"titofisto": titofisto} if titofisto else {}
        values = {
            "SECRET_KEY": "the secret of this project",
            "MEDIA_ROOT": str(self.media),
            "STORAGES": {"default": default, **others},
            "TITOFISTO_USE_PUBLIC_NAMESPACE": use_public_namespace,
        }
        if PTA in (default, *others.values()):
            values |= {
                "INSTALLED_APPS": ["django_pta"],
                **self.printed_settings(),
            }
        if self.django:
            self.django.stop()
        self.site.write("project/slots.py", python("# slots.py"))
        folders = ["signers/django", "signers/python", "tests"]
        path = os.pathsep.join(str(PROJECT / folder) for folder in folders)
        path += os.pathsep + str(self.site.root / "project")
        environment = {**os.environ, "PYTHONPATH": path, "SETTINGS": json.dumps(values)}
        self.django = self.application(PROGRAM, env=environment)
        self.site.ports["django"] = self.django.port
        self.site.reload()

    def printed_settings(self):
        """Those of the storage, with the lines of the key file in the environment."""
        lines = (self.site.root / "keys/1st.pair").read_text().split()
        keys = dict(zip(("PTA_KEY", "PTA_IV", "PTA_SEAL_KEY"), lines, strict=True))
        names = {}
        with unittest.mock.patch.dict(os.environ, keys):
            exec(python("PTA_BIND_MTIME"), names)
        return {name: value for name, value in names.items() if name.startswith("PTA_")}

    def ask(self, target, *headers, method="GET", body=b"", is_head=False):
        lines = [f"{method} {target} HTTP/1.1", "Host: www.example.org", *headers]
        lines += [f"Content-Length: {len(body)}", "", ""]
        with Connection(self.site.port(PORT), timeout=60) as connection:
            return connection.send("\r\n".join(lines).encode() + body, is_head)

    def text(self, target, **options):
        response = self.ask(target, **options)
        assert response.status == 200, response
        return response.body.decode()

    def link(self, name=NAME, storage="default"):
        return self.text(f"/link/{storage}/{name}".replace(" ", "%20"))

    def stored(self):
        """The calls for files that nginx has stored."""
        return [line for line in self.django.lines() if line.startswith("stored")]

    def opens(self, link, content=b"the talk"):
        response = self.ask(link)
        return (response.status, response.body) == (200, content)

    def sealed(self, path=PATH, bind=None, **options):
        mtime = str(int((self.media / NAME).stat().st_mtime))
        return sealed(self.pair.token(path, **options), self.seal_key, bind or [mtime])


@pytest.fixture
def stage(recipe, application):
    return Stage(recipe, application)


def touch(file, seconds):
    """Changes the file's time by so many seconds."""
    status = file.stat()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + int(seconds * 10**9)))


def test_the_move(stage):
    stage.run(TITOFISTO)
    save = f"/save/default/{NAME}".replace(" ", "%20")
    assert stage.text(save, method="POST", body=b"the talk") == NAME
    old = stage.link()
    assert "?titofisto_token=" in old
    assert stage.opens(old)

    # Both storages, side by side.
    stage.run(PTA, titofisto=TITOFISTO)
    new, second = stage.link(), stage.link(storage="titofisto")
    assert "?pta=" in new
    assert "?titofisto_token=" in second
    assert new.partition("?")[0] == old.partition("?")[0] == "/media/talks/first%20talk.pdf"
    assert all(map(stage.opens, (old, new, second)))
    assert stage.text("/save/default/b.txt", method="POST", body=b"b") == "b.txt"
    assert stage.opens(stage.link("b.txt"), b"b")

    # Without django-titofisto.
    stage.site.main = stage.site.main.replace("$arg_titofisto_token", "$arg_no_more")
    stage.run(PTA)
    assert stage.opens(new)
    assert not stage.opens(old)
    # nginx sends the file.
    stage.django.stop()
    assert stage.opens(new)


def test_a_changed_file_has_new_links(stage):
    (stage.media / "talks").mkdir(parents=True)
    (stage.media / NAME).write_bytes(b"the talk")
    stage.run(PTA, titofisto=TITOFISTO)
    links = [stage.link(), stage.link(storage="titofisto")]
    assert all(map(stage.opens, links))
    touch(stage.media / NAME, 1)
    assert [stage.ask(link).status for link in links] == [404, 404]
    links = [stage.link(), stage.link(storage="titofisto")]
    assert all(map(stage.opens, links))
    touch(stage.media / NAME, -2)
    assert [stage.ask(link).status for link in links] == [404, 404]


def test_fractions_of_a_second(stage):
    file = stage.media / NAME
    file.parent.mkdir(parents=True)
    file.write_bytes(b"the talk")
    os.utime(file, ns=(0, 1_800_000_000_100_000_000))
    stage.run(PTA, titofisto=TITOFISTO)
    new, old = stage.link(), stage.link(storage="titofisto")
    touch(file, 0.5)
    # As the page says.
    assert stage.opens(new)
    assert stage.ask(old).status == 404


def test_the_public_folder(stage):
    (stage.media / "public").mkdir(parents=True)
    (stage.media / "public/logo.png").write_bytes(b"logo")
    stage.run(PTA, titofisto=TITOFISTO)
    links = [stage.link("public/logo.png", storage) for storage in ("default", "titofisto")]
    assert links[0] == "/media/public/logo.png"
    assert links[1].startswith("/media/public/logo.png?titofisto_token=")
    assert all(stage.opens(link, b"logo") for link in links)
    assert stage.ask("/media/public/none.png").status == 404


# Spellings of a folder below /media/ that a part of the path leads out of again. django-titofisto
# opens what begins with public/, and then resolves "..".
DETOURS = [
    "public/..", "public/%2e%2e", "%70ublic/.%2E", "public//..", "public/./..", "public/x/../..",
    "public%2f..", "public/..%2F", "talks/../public/..", "x/../public/%2e%2e", "public/x%0a/../..",
]  # fmt: skip


@pytest.mark.parametrize("default", [TITOFISTO, PTA], ids=["before", "after"])
@pytest.mark.parametrize("use_public_namespace", [False, True])
def test_no_detour_by_the_public_folder(stage, default, use_public_namespace):
    """Neither while the setting of django-titofisto is still the old one."""
    for folder in ("talks", "public"):
        (stage.media / folder).mkdir(parents=True)
    (stage.media / NAME).write_bytes(b"the talk")
    stage.run(default, titofisto=TITOFISTO, use_public_namespace=use_public_namespace)
    old = stage.link(storage="titofisto")
    name, _, token = old.removeprefix("/media/").partition("?")
    assert stage.opens(old)
    for detour in DETOURS:
        for query in ("", "?titofisto_token=x", "?pta=x&titofisto_token=x", "#?titofisto_token=x"):
            response = stage.ask(f"/media/{detour}/{name}{query}")
            assert (response.status, b"the talk" in response.body) == (404, False), (detour, query)
        # nginx and Django mean the same file.
        assert stage.opens(f"/media/{detour}/{name}?{token}")
    # By other locations.
    for start in ("/media/public/../../media", "/other/../media/public/%2e%2e/%2e%2e/media"):
        assert stage.ask(f"{start}/{name}?titofisto_token=x").status == 404


def test_every_refusal_is_a_404(stage):
    (stage.media / "talks").mkdir(parents=True)
    (stage.media / NAME).write_bytes(b"the talk")
    stage.run(PTA, titofisto=TITOFISTO)
    url, _, token = stage.link().partition("?pta=")
    assert stage.opens(f"{url}?pta={stage.sealed()}")
    text, _, seal = token.rpartition(".")
    refused = {
        "nothing": url,
        "an empty token": f"{url}?pta=",
        "no digits": f"{url}?pta=x",
        "without its seal": f"{url}?pta={text}",
        "a seal that was changed": f"{url}?pta={text}.{'A' if seal[0] != 'A' else 'B'}{seal[1:]}",
        "other digits": f"{url}?pta={text.upper()}.{seal}",
        "expired": f"{url}?pta={stage.sealed(expires=1)}",
        "another file": f"{url}?pta={stage.sealed('/media/other.pdf')}",
        "another time": f"{url}?pta={stage.sealed(bind=['1'])}",
        "no time": f"{url}?pta={sealed(stage.pair.token(PATH), stage.seal_key)}",
        "another key": f"{url}?pta={sealed(Pair().token(PATH), stage.seal_key, ['1'])}",
        "a file that is not there": f"/media/none.pdf?pta={stage.sealed('/media/none.pdf')}",
        "a folder": f"/media/talks/?pta={stage.sealed('/media/talks/')}",
        "a wrong link of django-titofisto": f"{url}?titofisto_token=a:b",
        "an empty one": f"{url}?titofisto_token=",
        "a wrong link with a right token": f"{url}?pta={token}&titofisto_token=a:b",
    }
    found = {name: stage.ask(target) for name, target in refused.items()}
    assert {name: response.status for name, response in found.items()} == dict.fromkeys(found, 404)
    assert not any(b"the talk" in response.body for response in found.values())


# ---- upload slots

KIND = "Content-Type: multipart/form-data; boundary=x"
BODY = (
    b"--x\r\nContent-Disposition: form-data; name=file; filename=a.txt\r\n"
    b"Content-Type: text/plain\r\n\r\nhello\r\n--x--\r\n"
)


@pytest.mark.parametrize("kind", ["titofisto", "pta"])
def test_an_upload_slot_calls_back_once(stage, kind):
    stage.run(PTA, titofisto=TITOFISTO)
    target = stage.text(f"/{kind}-slot/")
    response = stage.ask(target, KIND, method="POST", body=BODY)
    assert (response.status, response.body) == (201, b"a a.txt hello")
    assert stage.ask(target, KIND, method="POST", body=BODY).status == 404


def test_many_uploads_to_one_slot(stage):
    stage.run(PTA)
    target = stage.text("/pta-slot/")

    def upload(_):
        return stage.ask(target, KIND, method="POST", body=BODY).status

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(upload, range(20)))
    assert sorted(statuses) == [201] + [404] * 19


def test_a_refused_upload_uses_no_slot(stage):
    stage.run(PTA)
    target = stage.text("/pta-slot/")
    path, _, token = target.partition("?pta=")
    wrong = [
        path,
        f"{path}?pta={stage.pair.token(path)}",
        f"{path}?pta={token[:-2]}AA" if not token.endswith("AA") else f"{path}?pta={token[:-2]}BA",
        f"{path}?pta={sealed(stage.pair.expired(path), stage.seal_key)}",
        f"{path}?pta={sealed(stage.pair.token('/slot/*x'), stage.seal_key)}",
    ]
    for refused in wrong:
        assert stage.ask(refused, KIND, method="POST", body=BODY).status == 404
        # Before the body is read: nginx does not ask for it.
        lines = [f"POST {refused} HTTP/1.1", "Host: a", KIND, f"Content-Length: {len(BODY)}"]
        request = "\r\n".join([*lines, "Expect: 100-continue", "", ""]).encode()
        with Connection(stage.site.port(PORT)) as connection:
            assert connection.send(request).status == 404
    for method in ("GET", "HEAD", "PUT", "PATCH"):
        assert stage.ask(target, method=method, is_head=method == "HEAD").status == 403
    assert stage.ask(target, KIND, method="POST", body=BODY).status == 201


def test_a_file_that_nginx_stores(stage):
    stage.run(PTA)
    target = stage.text("/file-slot/")
    path = target.partition("?")[0]
    assert stage.ask(path, method="PUT", body=b"no token").status == 404
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        bodies = [f"upload {number}".encode() for number in range(20)]
        statuses = list(
            pool.map(lambda body: stage.ask(target, method="PUT", body=body).status, bodies)
        )
    assert sorted(statuses) == [201] + [404] * 19
    uploaded = bodies[statuses.index(201)]
    file = stage.site.root / f"srv/site{path}"
    assert file.read_bytes() == uploaded
    # The group of nginx may read it.
    assert [kept.stat().st_mode & 0o777 for kept in (file, file.parent)] == [0o640, 0o750]
    assert stage.ask(target, method="PUT", body=b"again").status == 404
    assert stage.ask(target, method="GET").status == 403
    # nginx calls the application after its own response.
    stage.site.wait_for(stage.stored, "the application was not called")
    assert stage.stored() == [f"stored a POST {path} b''"]


def test_the_application_gets_no_token(stage):
    """nginx calls it for refused uploads as well."""
    stage.run(PTA)
    target = stage.text("/file-slot/").replace("a.txt", "other.txt")
    assert stage.ask(target, method="PUT", body=b"x").status == 404

    def calls():
        return [line for line in stage.django.lines() if "POST /slot-file/" in line]

    stage.site.wait_for(calls, "the application was not called")
    assert [line for line in calls() if "?" in line] == []


def test_an_upload_that_fails_can_be_repeated(stage):
    stage.run(PTA)
    target = stage.text("/file-slot/")
    # nginx stores no parts.
    part = "Content-Range: bytes 0-3/10"
    assert stage.ask(target, part, method="PUT", body=b"part").status == 501

    def is_stored():
        return stage.ask(target, method="PUT", body=b"whole").status == 201

    # The token is free when nginx has called the application.
    stage.site.wait_for(is_stored, "the token cannot be used again")
    stage.site.wait_for(stage.stored, "the application was not called")
    assert stage.ask(target, method="PUT", body=b"again").status == 404
    assert len(stage.stored()) == 1


@pytest.mark.parametrize("spelled", ["x/../{}/a.txt", "%2e//{}%2fa%2Etxt"])
def test_another_spelling_of_the_file(stage, spelled):
    """The callback finds the file that nginx has stored by the path of the request."""
    stage.run(PTA)
    path, _, token = stage.text("/file-slot/").partition("?")
    target = "/slot-file/" + spelled.format(path.split("/")[2])
    assert stage.ask(f"{target}?{token}", method="PUT", body=b"x").status == 201
    assert (stage.site.root / f"srv/site{path}").read_bytes() == b"x"
    stage.site.wait_for(stage.stored, "the application was not called")
    assert stage.stored() == [f"stored a POST {path} b''"]


def test_a_callback_that_fails_uses_the_slot(stage):
    """As with django-titofisto."""
    stage.run(PTA, titofisto=TITOFISTO)
    for kind in ("titofisto", "pta"):
        target = stage.text(f"/{kind}-slot/")
        other = BODY.replace(b"name=file;", b"name=other;")
        assert stage.ask(target, KIND, method="POST", body=other).status == 500
        assert stage.ask(target, KIND, method="POST", body=BODY).status == 404
