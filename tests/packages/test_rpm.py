"""scripts/package rpm: the module for nginx of nginx.org."""

import pathlib
import re
import subprocess

import pytest

from harness import project
from harness.clients import http1
from harness.installations import Nginx, installations
from harness.nginx import Site
from harness.project import PROJECT
from packages import crates

SECONDS = 1200

SITE = """
    server {{
        listen 127.0.0.1:@port@;
        {keys}
        location / {{ pta_enable on; }}
    }}
"""


def package(*arguments, seconds=SECONDS):
    """Runs scripts/package."""
    command = [PROJECT / "scripts/package", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds)


@pytest.fixture(scope="module")
def vendored():
    """nginx of crates.io."""
    (found,) = (nginx for nginx in installations() if nginx.version == vendored_version())
    return found


def vendored_version():
    """The version of nginx that crates.io has: the package nginx-src, 1.28.5+1.28.3."""
    found = re.search(r'name = "nginx-src"\nversion = ".*\+(.*)"', project.text_of("Cargo.lock"))
    return tuple(map(int, found[1].split(".")))


@pytest.fixture(scope="module")
def version():
    return ".".join(map(str, vendored_version()))


@pytest.fixture(scope="module")
def rpm(tmp_path_factory, version):
    """The package."""
    folder = tmp_path_factory.mktemp("dist")
    done = package("--output", folder, "rpm", "--nginx", version)
    assert done.returncode == 0, done.stderr
    (file,) = map(pathlib.Path, done.stdout.split())
    assert sorted(path.name for path in folder.iterdir() if path.name[0] != ".") == [
        "SHA256SUMS",
        file.name,
    ]
    assert (folder / "SHA256SUMS").read_text().endswith(f"  {file.name}\n")
    return file


@pytest.fixture(scope="module")
def unpacked(rpm, tmp_path_factory):
    """The folder with the files of the package."""
    folder = tmp_path_factory.mktemp("unpacked")
    archive = subprocess.run(["rpm2cpio", rpm], capture_output=True, check=True).stdout
    subprocess.run(
        ["cpio", "--extract", "--make-directories", "--quiet"],
        input=archive,
        cwd=folder,
        check=True,
    )
    return folder


def query(rpm, *options):
    command = ["rpm", "--query", "--package", *options, rpm]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_name_and_version_are_those_of_modules_of_nginx_org(rpm, version):
    fields = query(rpm, "--queryformat", "%{NAME} %{VERSION} %{LICENSE} %{BUILDHOST}")
    expected = f"nginx-module-pta {version}+{project.version()} Apache-2.0 localhost"
    assert fields == expected


def test_it_needs_the_very_version_of_nginx(rpm, version):
    assert f"nginx-r{version}" in query(rpm, "--requires").splitlines()
    assert f"nginx-module-pta-r{version}" in query(rpm, "--provides").splitlines()
    # It must not bring libraries, and must say which C library it needs.
    libraries = {line.split("(")[0] for line in query(rpm, "--requires").splitlines()}
    assert {line for line in libraries if line.startswith("lib")} == {"libc.so.6", "libgcc_s.so.1"}


def test_files(rpm, unpacked):
    names = query(rpm, "--list").splitlines()
    outside = [
        name for name in names if not name.startswith(("/usr/lib/.build-id", "/usr/share/doc/"))
    ]
    assert outside == ["/usr/lib64/nginx/modules/ngx_http_pta_module.so"]
    document = unpacked / "usr/share/doc/nginx-module-pta/CHANGELOG.md"
    assert document.read_text() == project.text_of("CHANGELOG.md")
    configurations = PROJECT / "nginx-config"
    for folder in ("monitoring", "recipes"):
        for path in filter(pathlib.Path.is_file, (configurations / folder).rglob("*")):
            assert (document.parent / path.relative_to(configurations)).is_file()


def test_licences_of_the_crates(unpacked):
    document = unpacked / "usr/share/doc/nginx-module-pta/crates.txt"
    crates.check(document.read_text(), "ngx-http-pta-module")


def test_the_module_does_not_name_folders_of_this_machine(unpacked):
    code = (unpacked / "usr/lib64/nginx/modules/ngx_http_pta_module.so").read_bytes()
    found = {name for name in (PROJECT, pathlib.Path.home()) if str(name).encode() in code}
    assert not found


@pytest.mark.parametrize(
    ("installed", "expected"),
    [
        (1, "    load_module modules/ngx_http_pta_module.so;\n"),
        # An upgrade: the old package is counted, too.
        (2, "    nginx -t && systemctl restart nginx\n"),
    ],
)
def test_what_the_installation_says(rpm, installed, expected):
    script = query(rpm, "--queryformat", "%{POSTIN}")
    done = subprocess.run(
        ["sh", "-euc", script, "post", str(installed)], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert expected in done.stdout
    assert max(map(len, done.stdout.splitlines())) < 80


def test_nginx_runs_with_it(unpacked, vendored, pair):
    module = unpacked / "usr/lib64/nginx/modules/ngx_http_pta_module.so"
    nginx = Nginx(vendored.binary, str(module))
    with Site(nginx, SITE.format(keys=pair.directives()), files={"a": "it works"}) as site:
        site.start()
        allowed = http1.get(site.port(), f"/a?pta={pair.token('/a')}")
        assert (allowed.status, allowed.body) == (200, b"it works")
        assert http1.get(site.port(), "/a?pta=x").status == 400
        assert http1.get(site.port(), f"/a?pta={pair.token('/b')}").status == 403
        assert http1.get(site.port(), f"/a?pta={pair.expired('/a')}").status == 410
        site.stop()
        assert not site.faults()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "say for which nginx: --nginx 1.28.3"),
        (["--nginx"], "--nginx needs a value"),
        (["--nginx", "1.28"], '--nginx: "1.28" is not a version like 1.28.3'),
        (["--nginx", "1.2.3"], "crates.io has the source of nginx {version}, not 1.2.3"),
        (["--nginx", "1.2.3", "--source", "/tmp"], '"/tmp" is no nginx source tree'),
        (["--nginx", "1.2.3", "--source", "{source}"], '"{source}" is nginx {version}, not 1.2.3'),
        (["--nginx", "1.28.3", "--archive", "/x/y"], '--archive: no file "/x/y"'),
        (
            ["--nginx", "1.28.3", "--archive", "{source}/src/core/nginx.h"],
            '--archive: "{source}/src/core/nginx.h" was not made by scripts/package tarball',
        ),
        (["--nginx", "1.28.3", "more"], 'unexpected argument "more"'),
    ],
)
def test_wrong_usage(tmp_path, version, arguments, message):
    source = tmp_path / "source"
    (source / "src/core").mkdir(parents=True)
    (source / "src/core/nginx.h").write_text(f'#define NGINX_VERSION      "{version}"\n')
    words = [word.format(source=source) for word in arguments]
    done = package("--output", tmp_path / "dist", "rpm", *words, seconds=60)
    assert done.returncode in (1, 2)
    assert done.stdout == ""
    assert f"package rpm: {message.format(version=version, source=source)}" in done.stderr.replace(
        "--source: ", ""
    )
    assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.glob("dist/*"))
