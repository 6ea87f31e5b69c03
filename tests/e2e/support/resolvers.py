"""The resolvers that `pyenvlaunch lock` runs, on a PATH of their own."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from support.launcher import Launcher, Result

TOOLS = Path(sys.executable).parent


def give(user: Launcher, *names: str) -> Launcher:
    """Puts these tools of the tests' own environment on the user's PATH, and no other."""
    folder = user.root / "tools"
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).symlink_to(TOOLS / name)
    user.env["PATH"] = f"{folder}:/usr/bin:/bin"
    return user


def content(lock: Path) -> dict:
    return tomllib.loads(lock.read_text())


def versions(lock: Path) -> dict[str, str]:
    return {package["name"]: package.get("version", "") for package in content(lock)["packages"]}


def hashes(lock: Path) -> dict[str, set[str]]:
    """The sha256 of all files of each package."""
    found = {}
    for package in content(lock)["packages"]:
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        found.setdefault(package["name"], set()).update(file["hashes"]["sha256"] for file in files)
    return found


def error_of(result: Result, status: int = 1) -> str:
    """The error of a failed run, without what was said before it."""
    assert result.returncode == status, str(result)
    before, sign, error = result.stderr.partition("pyenvlaunch: error: ")
    assert sign, str(result)
    assert "Traceback" not in before, str(result)
    return error
