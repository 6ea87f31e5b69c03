"""Real projects, real tox, real packages from the index."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "demo"
version = "1.0"
dependencies = ["six"]
[project.optional-dependencies]
more = ["iniconfig"]
[project.scripts]
demo = "demo:main"
"""

MODULE = """
import six

def main():
    print("demo", six.PY3)
"""

TEST = """
import os, subprocess, sys
import demo

def test_it():
    assert subprocess.check_output(["demo"]) == b"demo True\\n"
    assert sys.prefix == os.environ["VIRTUAL_ENV"]
"""


@dataclass
class Project:
    folder: Path
    home: Path
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, text in {
            "pyproject.toml": PYPROJECT,
            "src/demo/__init__.py": MODULE,
            "tests/test_demo.py": TEST,
        }.items():
            self.write(name, text)
        own = {"PYENVLAUNCH_HOME": str(self.home / "store"), "HOME": str(self.home)}
        own["PYENVLAUNCH_CACHE"] = str(self.home / "cache")
        own["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        left_out = ("TOX_", "VIRTUAL_ENV", "PYTHON", "PYENVLAUNCH_")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(left_out)}
        self.env = kept | own

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run(self, *command: str, wanted: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=1200,
        )
        assert done.returncode == wanted, f"{command}: {done.returncode}\n{done.stdout}"
        return done.stdout

    def tox(self, *args: str, wanted: int = 0) -> str:
        return self.run("tox", *args, wanted=wanted)

    def site_packages(self, environment: str) -> Path:
        (found,) = self.folder.glob(f".tox/{environment}/lib/python3*/site-packages")
        return found

    def code(self, environment: str, code: str) -> str:
        python = self.folder / ".tox" / environment / "bin/python"
        return subprocess.check_output([python, "-c", code], text=True, env=self.env).strip()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store for all tests: what was unpacked once is there."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Project:
    return Project(tmp_path / "project", home)
