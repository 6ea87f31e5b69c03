"""Projects that are built without any network: their build backend is in their own tree."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

# PEP 517 and PEP 660, no requirements. A project that is not universal gets the interpreter's tag.
# What changes from test to test is read from pyproject.toml: Python takes a .pyc of the backend for
# current when its source was written again within one second with the same size.
BACKEND = """
import base64, hashlib, os, re, sys, zipfile

PROJECT = dict(re.findall(r'^(\\w+) = "(.*)"$', open("pyproject.toml").read(), re.M))
NAME, VERSION, UNIVERSAL = PROJECT["name"], PROJECT["version"], PROJECT["universal"] == "True"

def _wheel(folder, editable):
    here = os.getcwd()
    for marker in os.environ.get("PEL_TEST_BUILD_LOG", "").split():
        with open(marker, "a") as log:
            log.write(NAME + (" editable" if editable else " wheel") + "\\n")
    if os.path.exists("broken"):
        print("one line of the backend")
        raise SystemExit("the backend gives up")
    minor = "cp3%d" % sys.version_info[1]
    tag = "py3-none-any" if UNIVERSAL else "%s-%s-linux_%s" % (minor, minor, os.uname().machine)
    info = "%s-%s.dist-info" % (NAME, VERSION)
    files = {
        info + "/METADATA": "Metadata-Version: 2.1\\nName: %s\\nVersion: %s\\n" % (NAME, VERSION),
        info + "/WHEEL": "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: %s\\n" % tag,
        info + "/entry_points.txt": "[console_scripts]\\n%s-cmd = %s:main\\n" % (NAME, NAME),
    }
    if editable:
        files["_" + NAME + ".pth"] = os.path.join(here, "src") + "\\n"
    else:
        for path, _, names in os.walk("src"):
            for name in names:
                if name.endswith(".py"):
                    full = os.path.join(path, name)
                    files[os.path.relpath(full, "src")] = open(full).read()
        os.makedirs("build", exist_ok=True)
        open("build/leftover", "w").close()
    record = ""
    name = "%s-%s-%s.whl" % (NAME, VERSION, tag)
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for path, text in files.items():
            digest = hashlib.sha256(text.encode()).digest()
            digest = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            record += "%s,sha256=%s,%d\\n" % (path, digest, len(text.encode()))
            wheel.writestr(path, text)
        wheel.writestr(info + "/RECORD", record + info + "/RECORD,,\\n")
    return name

def build_wheel(folder, config_settings=None, metadata_directory=None):
    return _wheel(folder, False)

def build_editable(folder, config_settings=None, metadata_directory=None):
    return _wheel(folder, True)

def build_sdist(folder, config_settings=None):
    raise NotImplementedError
"""


def write_project(
    folder: Path, name: str = "made", version: str = "1.0", *, universal: bool = True
) -> Path:
    """A project with one package whose VALUE is its version, and a command `NAME-cmd`."""
    package = folder / "src" / name
    package.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        f'[project]\nname = "{name}"\nversion = "{version}"\n'
        f'[tool.backend]\nuniversal = "{universal}"\n'
    )
    (folder / "backend.py").write_text(BACKEND)
    (package / "__init__.py").write_text(
        f"VALUE = {version!r}\n\n\ndef main():\n    print('command', VALUE)\n"
    )
    return folder


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_sdist(target: Path, project: Path, top: str) -> Path:
    """An archive, of the kind that its suffix says, with all of the project below `top`."""
    files = sorted(path for path in project.rglob("*") if path.is_file())
    if target.suffix == ".zip":
        with zipfile.ZipFile(target, "w") as archive:
            for path in files:
                archive.write(path, f"{top}/{path.relative_to(project)}")
    else:
        with tarfile.open(target, "w:gz") as archive:
            for path in files:
                archive.add(path, f"{top}/{path.relative_to(project)}")
    return target


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=x", "-c", "user.email=x@h.invalid", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *identity, *words],
        cwd=folder,
        env={**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def commit_all(folder: Path) -> str:
    """Makes the folder a repository if need be, commits all that is in it; the commit's id."""
    if not (folder / ".git").exists():
        git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x")
    return git(folder, "rev-parse", "HEAD")
