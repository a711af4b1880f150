"""Versions of nginx that are built for tests are built again when their source is another one."""

import pytest

from scripts.shell import shell

CORE = "src/http/ngx_http_core_module.c"
CONDITION = "    if (rc == NGX_HTTP_FORBIDDEN || rc == NGX_HTTP_UNAUTHORIZED) {\n"

# Its binary is a copy of its source, and has a line for each build.
CONFIGURE = f"""#!/bin/sh
mkdir -p objs
printf 'all binary:\\n\\tcp {CORE} objs/nginx\\n\\tchmod +x objs/nginx\\n\\techo >>../builds\\n' \
    | tee Makefile >objs/Makefile
"""

SOURCES = ["build.sh", "nginx-source.sh", "like-1-31.sh", "torture/instrumented.sh"]

WAYS = {
    "a copy": 'copy_nginx "$source" "$root/copy"; build_nginx "$root/copy"; cat copy/objs/nginx',
    "for a tool": 'instrument_nginx tool "" ""; cat "$NGINX"',
    "like 1.31": 'build_like_1_31; cat "$LIKE_1_31_NGINX"',
}


@pytest.fixture
def source(tmp_path):
    source = tmp_path / "registry/nginx-src-1/nginx"
    (source / "auto").mkdir(parents=True)
    (source / CORE).parent.mkdir(parents=True)
    (source / CORE).write_text(CONDITION)
    (source / "auto/configure").write_text(CONFIGURE)
    (source / "auto/configure").chmod(0o755)
    lib = tmp_path / "scripts/lib"
    lib.mkdir(parents=True)
    (lib / "like-1-31.sh").write_text("the script\n")
    for name in ("cargo-config.sh", "python.sh"):
        (lib / name).write_text("")
    return source


@pytest.fixture(params=WAYS)
def build(request, tmp_path, source):
    """Builds in a way, and returns the binary and the number of builds so far."""

    def build():
        find = f"find_vendored_source() {{ VENDORED_SOURCE={source}; }}; find_vendored_source"
        text = f'{find}; source={source}; cd "$root"; {WAYS[request.param]}'
        done = shell(text, root=tmp_path, sources=SOURCES)
        assert done.returncode == 0, done.stderr
        (builds,) = tmp_path.rglob("builds")
        return done.stdout, len(builds.read_text().splitlines())

    return build


def test_another_source_is_built_again(build, source):
    assert build()[1] == 1
    assert build()[1] == 1
    core = source / CORE
    core.write_text(f"{CONDITION}/* 1.28.9 */\n")
    binary, builds = build()
    assert "1.28.9" in binary
    assert builds == 2
    assert build() == (binary, 2)
    # A file of the version before is not there any more.
    (source / "src/new").touch()
    assert build()[1] == 3
    (source / "src/new").unlink()
    assert build()[1] == 4


def test_what_is_built_in_the_source_does_not_count(build, source):
    assert build()[1] == 1
    (source / "objs").mkdir()
    (source / "objs/nginx").touch()
    (source / "Makefile").write_text("build:\n")
    assert build()[1] == 1
