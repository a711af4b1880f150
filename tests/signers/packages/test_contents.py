"""What is in a package, and what it says about itself."""

import tarfile
import zipfile

import pytest

from harness import project
from signers.packages.ecosystems import ALL

VERSION = project.version()

# All files below signers/.
SOURCES = {
    "python": {"pta_signer.py", "pyproject.toml"},
    "django": {"django_pta.py", "pyproject.toml"},
    "node": {"sign.mjs", "sign.d.mts", "package.json"},
    "php": {"sign.php", "composer.json"},
    "go": {"sign.go", "cmd/sign/main.go", "go.mod"},
    "java": {"Sign.java", "pom.xml"},
}
BESIDES = {"LICENSE", "README.md"}


def wheel(name):
    """The files of a Python package, as they are installed."""
    information = f"{name}-{VERSION}.dist-info"
    written = ("METADATA", "RECORD", "WHEEL", "licenses/LICENSE", "top_level.txt")
    return {f"{name}.py", *(f"{information}/{file}" for file in written)}


def archive(name):
    """The files of a Python package's source archive, below its folder."""
    information = f"{name}.egg-info"
    written = ("PKG-INFO", "SOURCES.txt", "dependency_links.txt", "requires.txt", "top_level.txt")
    made = {"PKG-INFO", "setup.cfg", *(f"{information}/{file}" for file in written)}
    return {f"{name}.py", "pyproject.toml", *BESIDES, *made}


INSTALLED = {
    "npm": SOURCES["node"] | BESIDES,
    "composer": SOURCES["php"] | BESIDES,
    # Of what a program imports.
    "go": {"sign.go"} | BESIDES,
    "maven": {
        "pta/Sign.class",
        "pta/Sign$Seal.class",
        "META-INF/LICENSE",
        "META-INF/MANIFEST.MF",
        "META-INF/maven/pta/pta-signer/pom.xml",
        "META-INF/maven/pta/pta-signer/pom.properties",
    },
    "python": wheel("pta_signer"),
    "django": wheel("pta_signer") | wheel("django_pta"),
}

PYTHON = {"python": "pta_signer", "django": "django_pta"}


def test_the_folders():
    """go and composer take all files of a folder, so none may be left there."""
    expected = {f"{name}/{file}" for name in SOURCES for file in SOURCES[name] | BESIDES}
    found = {name for name in project.files() if name.startswith("signers/")}
    made = ("/__pycache__/", ".egg-info/", "/build/", "/target/")
    found = {name.removeprefix("signers/") for name in found if not any(m in name for m in made)}
    assert found == expected


@pytest.mark.parametrize("name", SOURCES)
def test_the_license(name):
    assert project.text_of(f"signers/{name}/LICENSE") == project.text_of("LICENSE")


@pytest.mark.parametrize("name", SOURCES)
def test_the_readme_is_short(name):
    assert len(project.text_of(f"signers/{name}/README.md").splitlines()) < 40


@pytest.mark.parametrize("name", ALL)
def test_the_installed_files(installed, name):
    assert installed(name).files() == INSTALLED[name]


# A Go module has its version in the repository's tags, and no field for a license.
@pytest.mark.parametrize("name", sorted(ALL.keys() - {"go"}))
def test_version_and_license(installed, name):
    assert installed(name).about() == (VERSION, "Apache-2.0")


# ---- Python


@pytest.mark.parametrize("name", PYTHON)
def test_a_source_archive(installed, name, tmp_path):
    package = installed(name)
    package.run(package.python, "-c", BUILD_SDIST, tmp_path, cwd=package.source)
    (sdist,) = tmp_path.iterdir()
    folder = f"{PYTHON[name]}-{VERSION}"
    with tarfile.open(sdist) as tar:
        assert {each.name for each in tar if not each.isdir()} == {
            f"{folder}/{file}" for file in archive(PYTHON[name])
        }
    # And a wheel can be built from it.
    done = package.pip("wheel", "--no-deps", "--wheel-dir", tmp_path, sdist)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(built) as wheel_file:
        assert set(wheel_file.namelist()) == wheel(PYTHON[name])


BUILD_SDIST = "import sys; from setuptools.build_meta import build_sdist; build_sdist(sys.argv[1])"


def test_the_storage_requires_the_signer(installed):
    done = installed("django").alone
    assert done.returncode != 0
    assert "No matching distribution found for pta-signer" in done.stderr


@pytest.mark.parametrize(
    ("name", "required"),
    [("python", {"cryptography"}), ("django", {"Django", "pta-signer"})],
)
def test_what_is_required(installed, name, required):
    program = "import sys; from importlib.metadata import requires; print(*requires(sys.argv[1]))"
    package = installed(name)
    found = package.run(package.python, "-c", program, package.distribution).split()
    assert {each.split(">")[0] for each in found} == required


# ---- Node.js


def test_the_types(installed):
    """TypeScript accepts right calls, and refuses the wrong ones of the program."""
    package = installed("npm")
    strict = ["--noEmit", "--strict", "--module", "nodenext", "--moduleResolution", "nodenext"]
    package.run("tsc", *strict, "--lib", "es2022", "--target", "es2022", package.add("types.mts"))


# ---- PHP


def test_composer_json_is_valid(installed):
    package = installed("composer")
    # Composer would take the version from a tag of the repository, if the package had one.
    package.run("composer", "validate", "--strict", "--no-check-version", cwd=package.source)


# ---- Go


def test_the_format_of_go(installed):
    package = installed("go")
    assert package.run("gofmt", "-l", package.source) == ""
    package.run("go", "vet", "./...", cwd=package.source)
