"""Locks of real packages with their wheels, fetched once and kept in build/wheelhouse.

The locks S, M, L and U are those of ../shared/locks beside the checkout. Where they are missing, or
are not for the interpreter, `uv pip compile` makes an equivalent one from the NAME.in of a folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.tags import compatible_tags, cpython_tags, platform_tags
from packaging.utils import parse_wheel_filename

from support.interpreters import Python
from support.launcher import PASSED_ON, ROOT
from support.locks import Entry, write_lock

SHARED = ROOT.parent / "shared/locks"
REQUIREMENTS = (
    *map(Path, filter(None, os.environ.get("PEL_LOCKS", "").split(":"))),
    *(ROOT / part for part in ("tests/e2e/locks", "tests/parity/locks", "bench/locks")),
)
UV = Path(sys.executable).with_name("uv")


def cache_folder() -> Path:
    """Where wheels are kept; a folder of one's own if the usual one cannot be written."""
    usual = Path(os.environ.get("PEL_WHEELHOUSE", ROOT / "build/wheelhouse"))
    with contextlib.suppress(OSError):
        usual.mkdir(parents=True, exist_ok=True)
    if os.access(usual, os.W_OK):
        return usual
    own = Path(tempfile.gettempdir()) / f"pel-wheelhouse-{os.getuid()}"
    own.mkdir(exist_ok=True, mode=0o755)
    return own


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def shared_lock(name: str, python: Python) -> Path | None:
    lock = SHARED / f"{name}.lock"
    if not lock.is_file():
        return None
    content = tomllib.loads(lock.read_text())
    fits = SpecifierSet(content.get("requires-python", "")).contains(python.full)
    return lock if fits and all(has_wheel(part, python) for part in content["packages"]) else None


def has_wheel(package: dict, python: Python) -> bool:
    """Whether the lock's package has a wheel for this interpreter, or is not for it at all."""
    versions = {"python_version": python.minor, "python_full_version": python.full}
    if "marker" in package and not Marker(package["marker"]).evaluate(versions):
        return True
    version = python.version[:2]
    interpreter = "cp{}{}".format(*version)
    platforms = list(platform_tags())
    fitting = {
        *cpython_tags(version, [interpreter + python.abi], platforms),
        *compatible_tags(version, interpreter, platforms),
    }
    names = [(file.get("path") or file["url"]).rsplit("/", 1)[-1] for file in package["wheels"]]
    return any(not fitting.isdisjoint(parse_wheel_filename(unquote(name))[3]) for name in names)


def requirements_of(name: str) -> Path:
    files = [folder / f"{name}.in" for folder in REQUIREMENTS]
    return next((file for file in files if file.exists()), files[0])


def real_lock(name: str, python: Python) -> Path:
    """The lock NAME in a folder with `wheelhouse/`, which holds what `python` needs of it."""
    shared = shared_lock(name, python)
    part = name if shared else f"{name}-{python.full}"
    usual = Path(os.environ.get("PEL_WHEELHOUSE", ROOT / "build/wheelhouse")) / part
    source = shared.read_bytes() if shared else requirements_of(name).read_bytes()
    stamp = f"{python.full}-{hashlib.sha256(source).hexdigest()[:16]}.complete"
    if (usual / stamp).exists():
        return usual / f"{name}.lock"
    folder = cache_folder() / part
    with locked(folder):
        if not (folder / stamp).exists():
            lock = shared or compile_lock(name, python, folder)
            download(lock, folder / "wheelhouse", python)
            if shared:
                shutil.copyfile(shared, folder / f"{name}.lock")
            else:
                localize(lock, folder)
            (folder / stamp).touch()
    return folder / f"{name}.lock"


def uv(*args: object, **options) -> subprocess.CompletedProcess:
    """uv with the index that pip is set up for."""
    done = subprocess.run([UV, *map(str, args)], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"uv {args}: {done.stderr}"
    return done


def compile_lock(name: str, python: Python, folder: Path) -> Path:
    lock = folder / f"pylock.{name.lower()}.toml"
    uv(
        *("pip", "compile", requirements_of(name), "--python", python.path),
        *("--no-header", "--only-binary", ":all:", "--format", "pylock.toml", "-o", lock),
    )
    return lock


def requirements(lock: Path) -> Iterator[str]:
    """The lock's packages as pip's requirements, with their hashes."""
    for package in tomllib.loads(lock.read_text())["packages"]:
        line = f"{package['name']}=={package['version']}"
        if "marker" in package:
            line += f" ; {package['marker']}"
        for wheel in package.get("wheels", []):
            line += f" --hash=sha256:{wheel['hashes']['sha256']}"
        yield line + "\n"


def download(lock: Path, house: Path, python: Python) -> None:
    house.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.writelines(requirements(lock))
        file.flush()
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pip", "--python", python.path, "download", "--quiet"),
                *("--disable-pip-version-check", "--no-deps", "--require-hashes", "--retries", "5"),
                *("--only-binary", ":all:", "-r", file.name, "-d", str(house)),
                *("--find-links", str(house)),
            ],
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, f"pip download for {lock}: {done.stdout}{done.stderr}"


def localize(lock: Path, folder: Path) -> None:
    """Writes folder/NAME.lock, which names the downloaded wheels by path instead of by URL."""
    content = tomllib.loads(lock.read_text())
    entries = []
    for package in content["packages"]:
        wheels = []
        for wheel in package.get("wheels", []):
            file = "wheelhouse/" + wheel["url"].rsplit("/", 1)[-1]
            if (folder / file).exists():
                hashes = {"sha256": wheel["hashes"]["sha256"]}
                wheels.append({"path": file, "hashes": hashes})
        lines = [f"marker = {package['marker']!r}"] if "marker" in package else []
        entries.append(Entry(package["name"], package["version"], wheels, lines))
    name = re.sub(r"^pylock\.(\w+)\.toml$", lambda match: match[1].upper(), lock.name)
    write_lock(
        folder / f"{name}.lock",
        entries,
        head=[f'requires-python = "{content["requires-python"]}"'],
    )


def make_venv(folder: Path, lock: Path, python: Python) -> Path:
    """A real virtual environment of the same wheels; returns its bin/python."""
    # Python's own, because uv's has a start file of its own for old versions.
    subprocess.run([python.path, "-m", "venv", "--without-pip", folder], check=True)
    wanted = folder / "requirements.txt"
    wanted.write_text("".join(requirements(lock)))
    env = {name: os.environ[name] for name in (*PASSED_ON, "PATH", "HOME") if name in os.environ}
    uv(
        *("pip", "install", "--quiet", "--no-deps", "--no-index", "--offline"),
        *("--find-links", lock.parent / "wheelhouse", "--python", folder / "bin/python"),
        *("-r", wanted),
        env=env,
    )
    return folder / "bin/python"
