"""Installs each package of signers/ from its folder, into a project that uses it.

The project's program is in programs/. Its arguments are KEY IV PATH EXPIRES, and it prints a token.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from xml.etree import ElementTree

from harness import project
from harness.project import PROJECT
from signers.languages import ENVIRONMENT, Missing

# What may be set for the tools on this machine, for example an index. With JAVA_TOOL_OPTIONS, Java
# writes a line to stderr.
SETTINGS = ("COMPOSER_", "GO", "JAVA_TOOL_OPTIONS", "MAVEN_", "NPM_CONFIG_", "PIP_")

# Names the folder with the packages of tests/requirements.txt.
PTH = "tests.pth"

PROGRAMS = pathlib.Path(__file__).parent / "programs"

# Debian's packages of Maven's plugins.
MAVEN_REPOSITORY = pathlib.Path("/usr/share/maven-repo")


def names(folder):
    """The files below a folder."""
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir()}


class Ecosystem:
    """A project in a new folder, with the package installed.

    `source` is where the package is installed from: a copy, because tools write to it.
    """

    # The folder below signers/, the program, and the commands that are needed.
    package: str
    program: str
    tools: tuple = ()

    # Variables of the tools.
    variables: dict = {}  # noqa: RUF012

    # Files that do not belong to the package. They lie in its folder when it is installed.
    strays: tuple = ()

    def __init__(self, folder):
        for tool in self.tools:
            if not shutil.which(tool):
                raise Missing(f"{tool} is not installed")
        self.folder = folder
        self.source = self.copy(self.package)
        for stray in self.strays:
            (self.source / stray).parent.mkdir(exist_ok=True)
            (self.source / stray).write_text("stray\n")
        self.project = folder / "project"
        self.project.mkdir()
        self.add(self.program)
        self.call = self.install()

    def copy(self, package):
        source = self.folder / package
        ignored = shutil.ignore_patterns("__pycache__")
        return shutil.copytree(PROJECT / "signers" / package, source, ignore=ignored)

    def add(self, program):
        """Copies a file of programs/ to the project."""
        return shutil.copy(PROGRAMS / program, self.project)

    def install(self):
        """Installs the package. Returns what runs the program."""
        raise NotImplementedError

    def files(self):
        """The names of the installed files."""
        raise NotImplementedError

    def about(self):
        """Version and license, as the ecosystem's tool reads them."""
        raise NotImplementedError

    def sign(self, *arguments):
        """Runs the program."""
        return self.attempt(*self.call, *map(str, arguments))

    def attempt(self, *command, cwd=None):
        inherited = {k: v for k, v in os.environ.items() if not k.upper().startswith(SETTINGS)}
        return subprocess.run(
            command,
            cwd=cwd or self.project,
            env=inherited | ENVIRONMENT | {"HOME": str(self.folder)} | self.variables,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def run(self, *command, cwd=None):
        done = self.attempt(*command, cwd=cwd)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout


class Python(Ecosystem):
    """A virtual environment that has the packages of tests/requirements.txt as well."""

    package, program, distribution = "python", "program.py", "pta-signer"
    strays = ("stray.py", "keys.pair", "more/stray.py")

    def install(self):
        venv = self.folder / "venv"
        self.run(sys.executable, "-m", "venv", "--without-pip", venv)
        self.python = venv / "bin/python"
        self.site = venv / f"lib/python{sysconfig.get_python_version()}/site-packages"
        (self.site / PTH).write_text(sysconfig.get_path("purelib"))
        self.install_packages()
        return [self.python, self.program]

    def install_packages(self, *others):
        done = self.pip("install", "--no-compile", self.source, *others)
        assert done.returncode == 0, done.stdout + done.stderr

    def pip(self, command, *arguments):
        # Without isolation, the backend is that of tests/requirements.txt.
        offline = ["--no-index", "--no-build-isolation", "--no-cache-dir"]
        return self.attempt(
            self.python, "-m", "pip", "--disable-pip-version-check", command, *offline, *arguments
        )

    def files(self):
        # pip's own notes on where a package is from.
        notes = ("INSTALLER", "REQUESTED", "direct_url.json")
        return {file for file in names(self.site) - {PTH} if not file.endswith(notes)}

    def about(self):
        program = "import sys; from importlib.metadata import metadata as m; a = m(sys.argv[1])"
        program += "; print(a['Version'], a['License-Expression'])"
        return tuple(self.run(self.python, "-c", program, self.distribution).split())


class Django(Python):
    """The storage, in a project that Django has made. It requires the package of the signer."""

    package, program, distribution = "django", "django_program.py", "django-pta"

    def install_packages(self):
        # There is no index here from which pip could get the signer.
        self.alone = self.pip("install", self.source)
        super().install_packages(self.copy("python"))

    def install(self):
        call = super().install()
        self.run(self.python, "-m", "django", "startproject", "website", ".")
        with (self.project / "website/settings.py").open("a") as settings:
            settings.write((PROGRAMS / "django_settings.py").read_text())
        return call

    def manage(self, command, pair):
        """Runs manage.py."""
        return self.with_pair(pair, self.python, "manage.py", command)

    def link(self, name, pair):
        """The link to a file."""
        done = self.with_pair(pair, *self.call, name)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def with_pair(self, pair, *command):
        secrets = [f"PTA_KEY={pair.key.hex()}", f"PTA_IV={pair.iv.hex()}"]
        return self.attempt("env", *secrets, *command)


class Npm(Ecosystem):
    package, program, tools = "node", "program.mjs", ("node", "npm", "tsc")
    strays = ("stray.mjs", "keys.pair", "more/stray.mjs")
    variables = {"npm_config_update_notifier": "false"}  # noqa: RUF012

    def install(self):
        (self.project / "package.json").write_text('{"private": true}\n')
        # Without --install-links, npm makes a symbolic link to the whole folder.
        quiet = ["--offline", "--no-audit", "--no-fund"]
        self.run("npm", "install", *quiet, "--install-links", self.source)
        return ["node", self.program]

    def files(self):
        return names(self.project / "node_modules/pta-signer")

    def about(self):
        folder = self.project / "node_modules/pta-signer"
        package = json.loads(self.run("npm", "pkg", "get", "version", "license", cwd=folder))
        return package["version"], package["license"]


class Composer(Ecosystem):
    package, program, tools = "php", "program.php", ("php", "composer")
    variables = {  # noqa: RUF012
        "COMPOSER_ALLOW_SUPERUSER": "1",
        "COMPOSER_DISABLE_NETWORK": "1",
    }

    def install(self):
        (self.project / "composer.json").write_text("{}\n")
        path = {"type": "path", "url": str(self.source), "options": {"symlink": False}}
        self.run("composer", "config", "repositories.pta", json.dumps(path))
        self.run("composer", "config", "repositories.packagist", "false")
        self.run("composer", "require", "--no-interaction", "pta/signer")
        return ["php", self.program]

    def files(self):
        return names(self.project / "vendor/pta/signer")

    def about(self):
        shown = json.loads(self.run("composer", "show", "--format=json", "pta/signer"))
        (version,), (license_,) = shown["versions"], shown["licenses"]
        return version, license_["osi"]


class Go(Ecosystem):
    package, program, tools = "go", "program.go", ("go",)

    def install(self):
        gopath = str(self.folder / "gopath")
        self.variables = {"GOPROXY": "off", "GOWORK": "off", "GOPATH": gopath}
        self.run("go", "mod", "init", "example.com/program")
        self.run("go", "mod", "edit", "-replace", f"pta.example/signer={self.source}")
        self.run("go", "mod", "tidy")
        self.run("go", "build", "-o", "program", self.program)
        return [self.project / "program"]

    def files(self):
        self.run("go", "mod", "vendor")
        return names(self.project / "vendor/pta.example/signer")


class Maven(Ecosystem):
    package, program, tools = "java", "Program.java", ("java", "javac", "/usr/bin/mvn")
    strays = ("keys.pair", "more/notes.txt")

    def install(self):
        if not MAVEN_REPOSITORY.is_dir():
            raise Missing(f"{MAVEN_REPOSITORY}: Debian's plugins of Maven are not installed")
        # Of links, so that nothing is written to Debian's.
        self.repository = shutil.copytree(
            MAVEN_REPOSITORY, self.folder / "repository", copy_function=os.symlink
        )
        self.variables = {"MAVEN_OPTS": f"-Duser.home={self.folder} -XX:TieredStopAtLevel=1"}
        self.mvn("install", cwd=self.source)
        program = self.project / "src/main/java" / self.program
        program.parent.mkdir(parents=True)
        shutil.move(self.project / self.program, program)
        pom = pathlib.Path(self.add("pom.xml"))
        pom.write_text(pom.read_text().replace("VERSION", project.version()))
        self.mvn("package")
        (self.jar,) = self.repository.glob("pta/pta-signer/*/*.jar")
        jars = [self.project / "target/program-1.jar", self.jar]
        return ["java", "-XX:TieredStopAtLevel=1", "-cp", ":".join(map(str, jars)), "Program"]

    def files(self):
        with zipfile.ZipFile(self.jar) as jar:
            return {name for name in jar.namelist() if not name.endswith("/")}

    def about(self):
        with zipfile.ZipFile(self.jar) as jar:
            text = jar.read("META-INF/maven/pta/pta-signer/pom.xml")
        pom = ElementTree.fromstring(text)
        space = "{http://maven.apache.org/POM/4.0.0}"
        return tuple(
            pom.findtext(path.replace("/", f"/{space}").replace("^", space))
            for path in ("^version", "^licenses/license/name")
        )

    def mvn(self, goal, cwd=None):
        offline = ["--offline", "--batch-mode", "--quiet"]
        # Another mvn in PATH would need other versions of the plugins.
        self.run("/usr/bin/mvn", *offline, f"-Dmaven.repo.local={self.repository}", goal, cwd=cwd)


SIGNERS = {each.__name__.lower(): each for each in (Python, Npm, Composer, Go, Maven)}
ALL = SIGNERS | {"django": Django}
