"""scripts/release, in a repository that has the project's files.

The dry run is the real one. Where a release is made, scripts/test and scripts/package of that
repository are replaced, because they take half an hour: what is tested there is what a release
leaves behind if one of them fails, and if none does.
"""

import json
import os
import pathlib
import platform
import re
import shutil
import subprocess

import pytest

from harness import project
from harness.project import PROJECT

# Greater than all that there was.
NEW = "77.0.0"

UNRELEASED = "# Changelog\n\n## Unreleased\n\n- Something new.\n"


def find_git():
    """git. scripts/test puts one that always fails in front of it."""
    for folder in os.environ["PATH"].split(":"):
        git = shutil.which("git", path=folder)
        if git and subprocess.run([git, "--version"], capture_output=True).returncode == 0:
            return git
    raise AssertionError("git is missing: run scripts/setup --test")


class Repository:
    """A repository with the project's files, and one commit."""

    def __init__(self, folder):
        self.root, self.temporary = folder / "project", folder / "temporary"
        self.temporary.mkdir()
        for name in project.files():
            # In a worktree, .git is a file, and leads to the repository of the project itself.
            if name != ".git" and not name.startswith("fuzz/corpus/"):
                place = self.root / name
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(PROJECT / name, place, follow_symlinks=False)
        for name in (".gitignore", ".github", ".ci"):
            copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
            copy(PROJECT / name, self.root / name)
        # scripts/test has installed the tools there.
        (self.root / "target").mkdir()
        (self.root / "target/tools").symlink_to(PROJECT / "target/tools")
        self.environment = {
            **os.environ,
            "PATH": f"{pathlib.Path(find_git()).parent}:{os.environ['PATH']}",
            "TMPDIR": str(self.temporary),
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_SYSTEM": "/dev/null",
        }
        assert not (self.root / ".git").exists()
        self.git("init", "--quiet", "--initial-branch=main")
        assert (self.root / ".git").is_dir()
        self.git("config", "user.name", "A. Tester")
        self.git("config", "user.email", "tester@localhost")
        self.commit("First.")

    def git(self, *arguments):
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def commit(self, message):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def release(self, *arguments):
        return subprocess.run(
            [self.root / "scripts/release", *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=600,
        )

    def state(self):
        """All that a release could leave behind."""
        return {
            "refs": self.git("for-each-ref"),
            "status": self.git("status", "--porcelain", "--ignored"),
            "head": self.git("symbolic-ref", "HEAD"),
            "temporary": sorted(self.temporary.iterdir()),
            "dist": sorted(self.root.glob("dist/**/*")) + sorted(self.root.glob("dist/.*")),
        }

    def replace(self, name, text):
        (self.root / name).write_text(text, encoding="utf-8")
        self.commit(f"Another {name}.")


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path)


def assert_refused(repository, arguments, message, status=1):
    before = repository.state()
    done = repository.release(*arguments)
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    assert f"release: {message}" in done.stderr.splitlines()
    assert repository.state() == before


# ---- the dry run


def test_a_dry_run(repository):
    repository.replace("CHANGELOG.md", UNRELEASED)
    before = repository.state()
    done = repository.release("--dry-run", NEW)
    assert done.returncode == 0, done.stderr
    assert repository.state() == before
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"release: version {NEW}, from the branch main at ")
    assert f"    Release: version {NEW}." in lines
    changed = {line.split(" | ")[0].strip() for line in lines if " | " in line}
    assert changed >= {
        "CHANGELOG.md", "Cargo.lock", "Cargo.toml", "fuzz/Cargo.lock", "signers/java/pom.xml",
        "docs/signers.md", "cli/tests/cmd/command.trycmd",
    }  # fmt: skip
    steps = [line.removeprefix("release: ") for line in lines if line.startswith("release: ")]
    steps = [re.sub(r" \S*/dist(?=[ /])", " DIST", step) for step in steps]
    assert steps[1:] == [
        "SBOM",
        "scripts/test",
        *(f"scripts/package --output DIST {package}" for package in packages()),
        *(f"scripts/package --output DIST/debian-13 {package}" for package in for_debian_13()),
        f"git merge --ff-only, git tag v{NEW}, dist/{NEW}",
        "this was a dry run: nothing has changed",
    ]


KINDS = ["tarball", "deb", "apt", "rpm"]


def packages():
    """The packages that a release makes, in the order that they need."""
    version = re.search(r'name = "nginx-src"\nversion = ".*\+(.*)"', project.text_of("Cargo.lock"))[
        1
    ]
    return [f"rpm --nginx {version}" if kind == "rpm" else kind for kind in KINDS]


def test_all_kinds_of_packages_are_released():
    folder = PROJECT / "scripts/lib/package"
    kinds = {path.name: path for path in folder.iterdir() if is_kind(path)}
    assert kinds.keys() == set(KINDS)
    assert [kind for kind, path in kinds.items() if not os.access(path, os.X_OK)] == []


def for_debian_13():
    """What is made besides, on Debian 12."""
    release = platform.freedesktop_os_release()
    if (release["ID"], release.get("VERSION_ID")) != ("debian", "12"):
        return []
    return ["deb --in trixie", "apt DIST/debian-13/*.deb"]


def is_kind(path):
    """Whether its second line says what it makes."""
    if path.name == "check" or not path.is_file():
        return False
    return f"\n# {path.name}: " in path.read_text(encoding="utf-8")


def test_examples_in_documents(short):
    """Those with the version of PTA, and nothing else."""
    old = project.version()
    line = "pta: {0}, built for nginx 1.22.1; pta-1.28.3+{0}-1.rpm. See pta {0}.\n"
    kept = f"pta: 1{old} {old}.1 {old}1\nThis directive (pta) appeared in version {old}.\n"
    short.replace("docs/logs.md", line.format(old) + kept)
    assert short.release(NEW).returncode == 0
    assert (short.root / "docs/logs.md").read_text() == line.format(NEW) + kept


def test_a_place_that_is_not_in_the_list(repository):
    """A file that has the version, and that nobody has told the script about."""
    (repository.root / "scripts/new").write_text(f'VERSION = "{project.version()}"\n')
    repository.commit("Something new.")
    before = repository.state()
    done = repository.release("--dry-run", NEW)
    assert done.returncode == 1
    assert f'    scripts/new:1:VERSION = "{project.version()}"' in done.stderr.splitlines()
    assert "add them to scripts/lib/versions.sh" in done.stderr
    assert repository.state() == before


# ---- releases


TEST = "#!/bin/sh\ngit log --oneline >/dev/null && touch tested\n"
# It reads all of its input, as apt-get may.
PACKAGE = """#!/bin/sh
[ "$1" = --output ] && [ -e tested ] || exit 1
cat >/dev/null
mkdir -p "$2"
echo "$3" >"$2/$3.package"
(cd "$2" && find . -type f ! -name SHA256SUMS -exec sha256sum {} + >SHA256SUMS)
"""


@pytest.fixture
def short(repository):
    """A repository whose tests and packages take no time."""
    repository.replace("CHANGELOG.md", UNRELEASED)
    repository.replace("scripts/test", TEST)
    repository.replace("scripts/package", PACKAGE)
    return repository


def test_a_release(short):
    before = short.git("rev-parse", "HEAD")
    done = short.release(NEW)
    assert done.returncode == 0, done.stderr
    assert short.git("rev-parse", f"v{NEW}^{{commit}}") == short.git("rev-parse", "HEAD")
    assert short.git("rev-parse", "HEAD^") == before
    assert short.git("cat-file", "-t", f"v{NEW}") == "tag\n"
    assert short.git("log", "-1", "--format=%an %s") == f"A. Tester Release: version {NEW}.\n"
    assert short.git("status", "--porcelain") == ""
    assert not list(short.temporary.iterdir())
    assert [path.name for path in (short.root / "dist").iterdir()] == [NEW]
    assert {path.name for path in (short.root / "dist" / NEW).iterdir()} == {
        "SHA256SUMS", *(f"{package.split()[0]}.package" for package in packages()),
        f"ngx-http-pta-module-{NEW}.cdx.json", f"pta-cli-{NEW}.cdx.json",
        *(["debian-13"] if for_debian_13() else []),
    }  # fmt: skip
    if for_debian_13():
        assert {path.name for path in (short.root / "dist" / NEW / "debian-13").iterdir()} == {
            "SHA256SUMS", "deb.package", "apt.package",
        }  # fmt: skip
    changelog = (short.root / "CHANGELOG.md").read_text()
    assert re.fullmatch(
        rf"# Changelog\n\n## {re.escape(NEW)} \(\d{{4}}-\d\d-\d\d\)\n\n- Something new.\n",
        changelog,
    )
    # The next release needs something new, and a greater version.
    assert_refused(short, [NEW], f"there is a tag v{NEW} already")
    assert_refused(short, ["77.1.0"], NOTHING_NEW)
    assert_refused(short, ["76.9.9"], f"76.9.9 is not greater than {NEW}, the last release")
    short.git("tag", "--delete", f"v{NEW}")
    assert_refused(short, [NEW], f"{NEW} is not greater than {NEW}, the last release")


def test_the_version_that_is_there_can_be_the_first_release(short):
    done = short.release(project.version())
    assert done.returncode == 0, done.stderr
    assert short.git("diff", "--name-only", "HEAD^").split() == ["CHANGELOG.md"]
    assert short.git("tag") == f"v{project.version()}\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("scripts/test", "#!/bin/sh\nexit 1\n"),
        ("scripts/package", "#!/bin/sh\necho half >$2/half\nexit 1\n"),
        # A package whose sum is not that of the list.
        ("scripts/package", "#!/bin/sh\necho 0123 >$2/a && echo 'abc  a' >$2/SHA256SUMS\n"),
    ],
)
def test_a_release_that_fails_leaves_nothing(short, name, text):
    short.replace(name, text)
    before = short.state()
    done = short.release(NEW)
    assert done.returncode != 0
    after = short.state()
    # An empty folder, which git does not know.
    assert {**after, "dist": []} == {**before, "dist": []}
    assert after["dist"] == []


def test_a_branch_that_has_changed_meanwhile(short):
    other = f"cd {short.root} && git commit --quiet --allow-empty --message=Meanwhile."
    short.replace("scripts/test", f"#!/bin/sh\n({other}) && touch tested\n")
    done = short.release(NEW)
    assert done.returncode == 1
    assert "release: the branch main has changed during the release: start again" in done.stderr
    assert short.git("log", "-1", "--format=%s") == "Meanwhile.\n"
    assert short.git("tag") == ""
    assert short.state()["dist"] == []


def test_a_folder_that_has_come_meanwhile(short):
    """The last thing that can fail: the branch and the tag are taken back."""
    place = short.root / "dist" / NEW
    short.replace("scripts/test", f"#!/bin/sh\ntouch tested\nmkdir {place} && touch {place}/a\n")
    before = short.state()
    done = short.release(NEW)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "release: the release was taken back"
    after = short.state()
    assert after.pop("dist") == [place, place / "a"]
    assert {**after, "status": ""} == {name: before[name] for name in after} | {"status": ""}
    assert short.git("status", "--porcelain") == ""


# ---- SBOM


def test_sboms(short):
    assert short.release(NEW).returncode == 0
    read = {
        name: json.loads((short.root / f"dist/{NEW}/{name}-{NEW}.cdx.json").read_text())
        for name in ("ngx-http-pta-module", "pta-cli")
    }
    lock = project.text_of("Cargo.lock")
    for name, sbom in read.items():
        main = sbom["metadata"]["component"]
        assert (sbom["bomFormat"], main["name"], main["version"]) == ("CycloneDX", name, NEW)
        for crate in sbom["components"]:
            assert crate["licenses"], crate["name"]
            # The project's own crates have the new version.
            if not crate["name"].startswith("pta-"):
                assert f'name = "{crate["name"]}"\nversion = "{crate["version"]}"' in lock
    crates = {name: {crate["name"] for crate in sbom["components"]} for name, sbom in read.items()}
    assert crates["ngx-http-pta-module"] >= {"aes", "cbc", "nginx-sys", "pta-token", "zeroize"}
    assert crates["pta-cli"] >= {"aes", "cbc", "clap", "pta-token"}
    # Crates of tests, of the build, of the other file, and of other systems.
    not_there = {"bindgen", "proptest", "serde_derive", "tempfile", "trycmd", "windows-sys"}
    assert not crates["pta-cli"] & (not_there | {"nginx-sys"})
    assert not crates["ngx-http-pta-module"] & (not_there | {"clap"})
    # No folder of this machine.
    for sbom in read.values():
        assert str(short.temporary) not in json.dumps(sbom)
    # The same bytes again.
    for name in read:
        (short.root / f"dist/{NEW}/{name}-{NEW}.cdx.json").rename(short.root / f"target/{name}")
    script = 'source "$1/scripts/lib/common.sh"; source "$1/scripts/lib/sbom.sh"; need_sbom_tool;'
    subprocess.run(
        ["bash", "-euc", f"root=$1; {script} write_sboms $1 $1/target", "sbom", short.root],
        env={**short.environment, "SOURCE_DATE_EPOCH": short.git("log", "-1", "--format=%ct")[:-1]},
        check=True,
    )
    for name in read:
        again = (short.root / f"target/{name}-{NEW}.cdx.json").read_text()
        assert again == (short.root / f"target/{name}").read_text()


# ---- what is refused

NOTHING_NEW = 'CHANGELOG.md has no part "## Unreleased" with some text: say what is new'


@pytest.mark.parametrize("version", ["1", "1.2", "v1.2.3", "1.2.3.4", "1.02.3", "1.2.3-rc.1", "x"])
def test_what_is_no_version(repository, version):
    assert_refused(repository, [version], f'"{version}" is not a version like 1.2.0', status=2)


def test_wrong_usage(repository):
    help_ = "(see scripts/release --help)"
    assert_refused(repository, [], f"say which version {help_}", status=2)
    assert_refused(repository, ["--dry-run"], f"say which version {help_}", status=2)
    assert_refused(repository, [NEW, "x"], f'unexpected argument "x" {help_}', status=2)
    assert_refused(repository, ["--fast", NEW], f'unknown option "--fast" {help_}', status=2)
    assert_refused(repository, [NEW, "--key"], f"--key needs a value {help_}", status=2)


@pytest.mark.parametrize("change", ["README.md", "new-file"])
def test_a_tree_that_is_not_clean(repository, change):
    with (repository.root / change).open("a") as file:
        file.write("more\n")
    assert_refused(repository, [NEW], "the working tree is not clean: commit these changes first")
    assert_refused(
        repository, ["--dry-run", NEW], "the working tree is not clean: commit these changes first"
    )


def test_a_version_that_is_not_greater(repository):
    repository.replace("CHANGELOG.md", UNRELEASED + "\n## 3.0.0 (2026-01-05)\n\n- Old.\n")
    message = "is not greater than 3.0.0, the last release"
    assert_refused(repository, ["3.0.0"], f"3.0.0 {message}")
    # Numbers, not letters: 3.0.0 < 10.0.0.
    repository.git("tag", "v10.0.0")
    assert_refused(repository, ["9.0.0"], "9.0.0 is not greater than 10.0.0, the last release")
    assert_refused(repository, ["10.0.0"], "there is a tag v10.0.0 already")


def test_a_version_that_is_less_than_that_of_the_files(repository):
    message = f"0.0.1 is less than {project.version()}, the version in Cargo.toml"
    assert_refused(repository, ["0.0.1"], message)


@pytest.mark.parametrize(
    "changelog",
    [
        "# Changelog\n",
        "# Changelog\n\n## 0.0.1 (2026-01-05)\n\n- Old.\n",
        "# Changelog\n\n## Unreleased\n\n### Security\n\n## 0.0.1 (2026-01-05)\n\n- Old.\n",
        "# Changelog\n\n## 0.0.1 (2026-01-05)\n\n- Old.\n\n## Unreleased\n\n- New.\n",
    ],
)
def test_a_changelog_without_anything_new(repository, changelog):
    repository.replace("CHANGELOG.md", changelog)
    assert_refused(repository, [NEW], NOTHING_NEW)


def test_no_branch(repository):
    repository.git("checkout", "--quiet", "--detach")
    done = repository.release(NEW)
    assert (done.returncode, done.stderr) == (1, "release: no branch is checked out\n")


def test_no_author(repository):
    repository.git("config", "--unset", "user.email")
    repository.git("config", "user.useConfigOnly", "true")
    message = "git does not know who you are: set user.name and user.email with git config"
    assert_refused(repository, [NEW], message)


def test_no_repository(repository):
    shutil.rmtree(repository.root / ".git")
    done = repository.release(NEW)
    assert done.returncode == 1
    assert done.stderr == f'release: this is not a git repository: "{repository.root}"\n'


def test_packages_that_are_there_already(repository):
    (repository.root / "dist" / NEW).mkdir(parents=True)
    assert_refused(repository, [NEW], f"there is a folder dist/{NEW} already")
