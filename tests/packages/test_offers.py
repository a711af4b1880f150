"""What packaging/ offers to others. It cannot be run here, so only what it relies on is tested."""

import os
import re
import shutil
import subprocess

import pytest

from harness import project
from harness.project import PROJECT

PACKAGING = PROJECT / "packaging"
DOCKER = PACKAGING / "docker"


def lines(path):
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    "name",
    ["alpine/APKBUILD", "docker/Dockerfile", "docker/pta/prebuild", "docker/README.md",
     "pkg-oss/Makefile.module-pta"],
)  # fmt: skip
def test_the_first_line_says_that_it_was_not_run(name):
    text = lines(PACKAGING / name)
    first = text[1] if text[0].startswith("#!") else text[0]
    assert re.match(r"# Not run here\b|None of the files in this folder was run here\b", first)


# ---- nginx's image


def test_the_recipe_of_the_image_takes_each_word(tmp_path):
    """The recipe has `$(cat source)` and `$(cat build-deps | xargs)` among its arguments."""
    assert (DOCKER / "pta/source").read_text().split() == ["/modules/pta/tree"]
    packages = (DOCKER / "pta/build-deps").read_text().split()
    assert packages
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9+.-]*", package) for package in packages)
    # The recipe runs it only if it is executable.
    assert os.access(DOCKER / "pta/prebuild", os.X_OK)


def prebuild(folder, tmp_path):
    """Runs it with a package manager that does nothing: it must not install anything here."""
    programs = tmp_path / "bin"
    programs.mkdir()
    log = tmp_path / "installed"
    (programs / "apt-get").write_text(f'#!/bin/sh\necho "$@" >{log}\n')
    (programs / "apt-get").chmod(0o755)
    done = subprocess.run(
        [folder / "prebuild"],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": f"{programs}:/usr/bin:/bin"},
    )
    return done, log


def test_prebuild_unpacks_the_archive(tmp_path):
    folder = shutil.copytree(DOCKER / "pta", tmp_path / "pta")
    content = tmp_path / "pta-for-nginx-1.2.3"
    content.mkdir()
    (content / "config").write_text("x")
    # What an earlier run has left.
    (folder / "tree").mkdir()
    (folder / "tree/old").touch()
    subprocess.run(["tar", "-czf", folder / "a.tar.gz", "-C", tmp_path, content.name], check=True)
    done, log = prebuild(folder, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in (folder / "tree").iterdir()] == ["config"]
    assert log.read_text().split()[-1] == "libclang-dev"


@pytest.mark.parametrize("archives", [[], ["a.tar.gz", "b.tar.gz"]])
def test_prebuild_needs_one_archive(tmp_path, archives):
    folder = shutil.copytree(DOCKER / "pta", tmp_path / "pta")
    for name in archives:
        (folder / name).touch()
    done, _ = prebuild(folder, tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("prebuild: put the source archive of scripts/package tarball")
    assert not (folder / "tree").exists()


def test_dockerfile():
    text = lines(DOCKER / "Dockerfile")
    assert len(text) == 12
    control = project.text_of("packaging/debian/control")
    (name,) = re.findall(r"COPY dist/([a-z-]+)_\*_amd64\.deb ", "\n".join(text))
    assert f"Package: {name}\n" in control


# ---- nginx.org's packages


def test_makefile(tmp_path):
    """make reads it in each of the folders, and the name of the archive is that of the tarball."""
    for folder, expected in [
        ("debian", ",libclang-dev"),
        ("alpine", "clang-libclang"),
        ("SPECS", ""),
    ]:
        (tmp_path / folder).mkdir()
        shutil.copy(PACKAGING / "pkg-oss/Makefile.module-pta", tmp_path / folder)
        (tmp_path / folder / "Makefile").write_text(
            "MODULES=\tnjs\nMODSRC_PREFIX=\textra/\n-include Makefile.module-*\n"
            "show:\n\t@echo '$(MODULES)|$(MODULE_SOURCES_pta)|$(MODULE_CONFARGS_pta)|'"
            "'$(MODULE_BUILD_DEPENDS_pta)'\n\t@echo \"$$MODULE_POST_pta\" | sh\n"
        )
        done = subprocess.run(
            ["make", "--silent", "--no-print-directory", "show"],
            cwd=tmp_path / folder,
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        name = f"pta-for-nginx-{project.version()}"
        first, *banner = done.stdout.splitlines()
        assert first == f"njs pta|{name}.tar.gz|--add-dynamic-module=extra/{name}|{expected}"
        assert "    load_module modules/ngx_http_pta_module.so;" in banner


# ---- Alpine


def test_apkbuild():
    """It is a shell script that sets variables, and that abuild reads."""
    script = (
        "srcdir=/s; . ./APKBUILD; for f in build check package tools; do type $f >/dev/null; done;"
        'echo "$pkgname|$pkgver|$builddir|$_tree"; echo $source'
    )
    done = subprocess.run(
        ["sh", "-euc", script], cwd=PACKAGING / "alpine", capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    version = project.version()
    first, source = done.stdout.splitlines()
    assert first.startswith(f"nginx-mod-http-pta|{version}|/s/nginx-1.")
    assert first.endswith(f"|/s/pta-for-nginx-{version}")
    assert source.split()[1] == f"pta-for-nginx-{version}.tar.xz"
