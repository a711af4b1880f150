"""scripts/package deb: the packages are unpacked, and nginx runs with the module from there."""

import gzip
import os
import pathlib
import re
import subprocess

import pytest

from harness import project
from harness.clients import http1
from harness.installations import Nginx
from harness.nginx import Site
from harness.project import PROJECT
from packages import crates
from packages.debian import field, files, output_of, provided_by

MODULE = "usr/lib/nginx/modules/ngx_http_pta_module.so"
LOADS_IT = "usr/share/nginx/modules-available/mod-http-pta.conf"

SITE = """
    include keys.conf;
    server {
        listen 127.0.0.1:@port@;
        location / { pta_enable on; }
        location = /version { return 200 $pta_version; }
    }
"""

# The time of the tests' tokens that are expired: 2020.
PAST = "1577836800"


def depends(deb):
    return re.split(r", *", field(deb, "Depends"))


@pytest.fixture(scope="module")
def pta(tools_package):
    """Runs the command of the package, and returns what it prints."""

    def run(*arguments):
        return output_of(tools_package.root / "usr/bin/pta", *arguments)

    return run


@pytest.fixture(scope="module")
def site(module_package, pta, tmp_path_factory):
    """Debian's nginx with the package's module, loaded by the package's own line, and keys that
    the packaged command has made."""
    keys = tmp_path_factory.mktemp("site") / "keys"
    nginx = Nginx("/usr/sbin/nginx", str(module_package.root / MODULE))
    with Site(
        nginx,
        SITE,
        main=(module_package.root / LOADS_IT).read_text(),
        files={"a": "it works", "b": "another"},
        beside={"keys.conf": pta("keygen", "--files", keys) + "pta_require_seal on;\n"},
        with_module=False,
    ) as site:
        # The line has a path that is relative to the prefix.
        (site.root / "modules").symlink_to((module_package.root / MODULE).parent)
        site.keys = keys
        yield site.start()
        site.stop()
        assert not site.faults()


@pytest.fixture
def answer(site, pta):
    """The response to a link of the packaged command, for one path, used for another."""

    def get(path, *, signed="/a", expires="+1h", pair="1st"):
        keys = site.keys / f"{pair}.pair"
        token = pta("issue", "--pair-file", keys, "--path", signed, "--expires", expires)
        return http1.get(site.port(), f"{path}?pta={token.strip()}")

    return get


def test_the_module_is_only_for_the_nginx_of_this_release(module_package):
    (abi,) = (name for name in provided_by("nginx") if name.startswith("nginx-abi-"))
    assert abi in depends(module_package.deb)


def test_the_command_needs_no_nginx(tools_package):
    names = {name.split()[0] for name in depends(tools_package.deb)}
    assert names == {"libc6", "libgcc-s1"}


def test_version_and_architecture(module_package, tools_package):
    system = pathlib.Path("/etc/os-release").read_text()
    (release,) = re.findall(r"(?m)^VERSION_ID=\"?(\d+)", system)
    expected = f"{project.version().replace('-', '~')}-1~deb{release}"
    for package in (module_package, tools_package):
        assert field(package.deb, "Version") == expected
        architecture = output_of("dpkg", "--print-architecture").strip()
        assert field(package.deb, "Architecture") == architecture


def test_the_line_that_loads_the_module(module_package):
    assert MODULE in files(module_package.deb)
    line = (module_package.root / LOADS_IT).read_text()
    assert line == "load_module modules/ngx_http_pta_module.so;\n"


def test_the_scripts_of_the_package(module_package):
    """dh_nginx makes the link in modules-enabled, and has nginx reloaded."""
    scripts = output_of("dpkg-deb", "--info", module_package.deb, "postinst")
    assert "mod-http-pta.conf:50-mod-http-pta.conf" in scripts
    assert "dpkg-trigger --no-await nginx-reload" in scripts


def test_manual_pages_and_completions(tools_package, pta):
    found = files(tools_package.deb)
    listed = pta("help").split("\nCommands:\n")[1].split("\n\n")[0]
    commands = set(re.findall(r"(?m)^  (\w+) ", listed))
    assert {"keygen", "issue", "rotate"} < commands
    names = {"pta"} | {f"pta-{command}" for command in commands}
    assert {f"usr/share/man/man1/{name}.1.gz" for name in names} <= found
    assert {
        "usr/share/bash-completion/completions/pta",
        "usr/share/zsh/vendor-completions/_pta",
        "usr/share/fish/vendor_completions.d/pta.fish",
    } <= found


def test_the_signers_are_in_the_package(tools_package):
    folder = tools_package.root / "usr/share/doc/pta-tools/examples/signers"
    names = [name for name in project.files() if name.startswith("signers/")]
    assert len(names) > 5
    for name in names:
        copied = folder / name.removeprefix("signers/")
        assert copied.read_bytes() == (PROJECT / name).read_bytes(), name


@pytest.mark.parametrize(
    ("name", "crate", "fixture"),
    [
        ("libnginx-mod-http-pta", "ngx-http-pta-module", "module_package"),
        ("pta-tools", "pta-cli", "tools_package"),
    ],
)
def test_licences_of_the_crates(name, crate, fixture, request):
    folder = request.getfixturevalue(fixture).root / "usr/share/doc" / name
    # The name is in this file.
    assert "\n crates.txt.gz beside this one" in (folder / "copyright").read_text()
    crates.check(gzip.decompress((folder / "crates.txt.gz").read_bytes()).decode(), crate)


def test_no_file_names_folders_of_this_machine(module_package, tools_package):
    for binary in (module_package.root / MODULE, tools_package.root / "usr/bin/pta"):
        code = binary.read_bytes()
        for folder in (PROJECT, pathlib.Path.home()):
            assert os.fsencode(folder) not in code, binary


def test_the_sums(output):
    done = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=output)
    assert done.returncode == 0
    listed = {line.split()[1] for line in (output / "SHA256SUMS").read_text().splitlines()}
    assert {path.name for path in output.glob("*.deb")} <= listed


def test_the_module_has_the_version_of_the_package(site):
    assert http1.get(site.port(), "/version").body.decode() == project.version()


def test_a_link(answer):
    allowed = answer("/a")
    assert (allowed.status, allowed.body) == (200, b"it works")
    assert answer("/a", pair="2nd").status == 200


def test_refusals(answer, site):
    assert http1.get(site.port(), "/a").status == 400
    assert answer("/b").status == 403
    assert answer("/a", expires=PAST).status == 410
