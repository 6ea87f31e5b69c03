"""What is compared: a lock, an interpreter, options; and the environments made of them."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from support.interpreters import Python, one_a_minor
from support.launcher import PROGRAM, Launcher
from support.real import locked, make_venv, real_lock

from harness.sides import Side

PROBES = Path(__file__).resolve().parents[1] / "probes"
KINDS = ("embedded", "hosted", "directory")

DEFAULT_LOCKS = ("S", "TRAPS")
DEFAULT_MINORS = ("3.11", "3.13")
FULL_LOCKS = ("S", "M", "L", "U", "TRAPS")
FULL_MINORS = ("3.9", "3.11", "3.12", "3.13")


@dataclass(frozen=True)
class Case:
    """One row of the matrix."""

    lock: str
    python: Python
    options: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "-".join([self.lock, self.python.name, *(o.lstrip("-") for o in self.options)])


def cases(locks: tuple[str, ...], minors: tuple[str, ...], full: bool) -> list[Case]:
    pythons = [python for python in one_a_minor() if python.name in minors]
    found = [Case(lock, python) for python in pythons for lock in locks]
    if full:
        optimized = [python for python in pythons if python.minor == "3.11"]
        found += [Case(lock, python, ("-O",)) for python in optimized for lock in locks]
    return found


def program_digest() -> str:
    """Of the programs' times: an environment knows the ones that have made it."""
    libexec = PROGRAM.parents[1] / "libexec/pyenvlaunch"
    times = [str(path.stat().st_mtime_ns) for path in (PROGRAM, *sorted(libexec.iterdir()))]
    return hashlib.sha256(" ".join(times).encode()).hexdigest()[:8]


class Bench:
    """The environments of one case, made once for all workers of a run, below `root`."""

    def __init__(self, root: Path, case: Case, sample: str = "") -> None:
        self.sample = sample
        self.case = case
        self.root = root
        self.folder = root / str(case)
        self.lock = real_lock(case.lock, case.python)
        self.user = Launcher(root / "user", case.python)
        self._sides: dict[str, Side] = {}

    def venv(self) -> Side:
        return self._side("venv")

    def ours(self, kind: str) -> Side:
        return self._side(kind)

    def probes(self) -> Path:
        """A copy of the probes, in which bytecode may be written."""
        text = b"".join(file.read_bytes() for file in sorted(PROBES.glob("*.py")))
        copy = self.root / f"probes-{hashlib.sha256(text).hexdigest()[:8]}"
        with locked(self.root):
            if not copy.exists():
                shutil.copytree(PROBES, copy, ignore=shutil.ignore_patterns("__pycache__"))
        return copy

    def _side(self, name: str) -> Side:
        if name not in self._sides:
            folder = self.folder / name
            with locked(folder):
                python = self._make(name, folder)
            store = None if name == "venv" else self.user.store
            prefix = python.parents[1]
            worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
            scratch = folder / worker
            self._sides[name] = Side(
                name, python, prefix, scratch, store, self.case.options, self.sample
            )
        return self._sides[name]

    def _make(self, name: str, folder: Path) -> Path:
        stamp = folder / ("made" if name == "venv" else f"made-{program_digest()}")
        if stamp.exists():
            return Path(stamp.read_text())
        if name == "venv":
            python = make_venv(folder / "venv", self.lock, self.case.python)
        elif name == "directory":
            self.user("venv", folder / "venv", self.lock).ok()
            python = folder / "venv/bin/python"
        else:
            env = {"PYENVLAUNCH_MODE": name}
            code = "import sys; print(sys.prefix)"
            made = self.user.run(self.lock, "python", "-c", code, env=env).ok()
            python = Path(made.strip()) / "bin/python"
        for option in self.case.options:
            subprocess.run([python, option, "-c", "pass"], check=True)
        stamp.write_text(str(python))
        return python
