"""Others build from the source archive, without a network: scripts/torture from-archive."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

from harness import project
from harness.project import PROJECT

pytestmark = pytest.mark.torture

# A machine without a network, if that is allowed here.
OFFLINE = ("unshare", "--net")
if subprocess.run([*OFFLINE, "true"], capture_output=True).returncode:
    OFFLINE = ()


def package(*arguments, wrapper=(), **environment):
    """The files that scripts/package makes."""
    done = subprocess.run(
        [*wrapper, PROJECT / "scripts/package", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return [pathlib.Path(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    (file,) = package("--output", tmp_path_factory.mktemp("dist"), "tarball")
    return file


def no_crates(tmp_path, name):
    """The environment of a build that has no crates but those of the archive."""
    folder = tmp_path / name
    folder.mkdir()
    rustup = os.environ.get("RUSTUP_HOME") or str(pathlib.Path.home() / ".rustup")
    return {"CARGO_HOME": str(folder), "RUSTUP_HOME": rustup, "SOURCE_DATE_EPOCH": "1700000000"}


def run(*command, **options):
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_rpm(archive, tmp_path):
    """In two folders, and from the source package: the same bytes."""
    version = re.search(r'name = "nginx-src"\nversion = ".*\+(.*)"', project.text_of("Cargo.lock"))[
        1
    ]
    made = []
    for name in ("one", "another/folder"):
        folder = tmp_path / name
        made.append(
            package(
                "--output", folder / "dist", "rpm", "--nginx", version, "--archive", archive,
                "--build-folder", folder / "build",
                wrapper=OFFLINE,
                **no_crates(tmp_path, f"cargo-{len(made)}"),
            )
        )  # fmt: skip
    binary, source = made[0]
    assert [path.suffixes[-2] for path in made[0]] == [".x86_64", ".src"]
    assert [path.name for path in made[1]] == [binary.name, source.name]
    assert made[1][0].read_bytes() == binary.read_bytes()
    # Its head names the folder.
    assert content(made[1][1]) == content(source)
    # The source package, on the machine of others.
    run(
        *OFFLINE, "rpmbuild", "--rebuild", "--nodeps",
        "--define", f"_topdir {tmp_path}/top", source,
        env={**os.environ, **no_crates(tmp_path, "cargo-of-others")},
    )  # fmt: skip
    (again,) = (tmp_path / "top").glob("RPMS/*/*.rpm")
    assert again.name == binary.name
    assert content(again) == content(binary)


def content(rpm):
    return subprocess.run(["rpm2cpio", rpm], capture_output=True, check=True).stdout


def test_a_plain_copy(archive, tmp_path):
    """nginx's build_module.sh copies what * matches: not .cargo, which names the crates."""
    run("tar", "--extract", "--file", archive, "--directory", tmp_path)
    tree, copy = tmp_path / f"pta-for-nginx-{project.version()}", tmp_path / "copy"
    copy.mkdir()
    run("sh", "-c", 'cp -a "$1"/* "$2"', "sh", tree, copy)
    assert not (copy / ".cargo").exists()
    (nginx,) = copy.glob("vendor/nginx-src-*/nginx")
    nginx = shutil.copytree(nginx, tmp_path / "nginx")
    environment = {**os.environ, **no_crates(tmp_path, "cargo")}
    configure = ["auto/configure", "--with-compat", f"--add-dynamic-module={copy}"]
    # nginx.org's packages: once with --with-debug, and again after all .so were renamed.
    for more in (["--with-debug"], []):
        run(*configure, *more, cwd=nginx, env=environment)
        run(*OFFLINE, "make", "modules", cwd=nginx, env=environment)
        for file in [*nginx.glob("objs/**/*.so")]:
            file.rename(file.with_name(f"{file.stem}-debug.so") if more else file)
    names = sorted(path.name for path in nginx.glob("objs/*.so"))
    assert names == ["ngx_http_pta_module-debug.so", "ngx_http_pta_module.so"]
