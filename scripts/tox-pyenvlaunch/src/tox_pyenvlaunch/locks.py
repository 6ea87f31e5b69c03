"""Locks that are made of requirements, once for each content of them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

EMPTY = 'lock-version = "1.0"\ncreated-by = "tox-pyenvlaunch"\npackages = []\n'

# What a resolver also listens to.
VARIABLES = ("PIP_", "UV_")


class LockError(Exception):
    """A lock could not be made; the text is the resolver's."""


def resolver_variables() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(VARIABLES)}


def local_files(lines: Sequence[str]) -> dict[str, str]:
    """Digests of files that requirements name, whose content decides as well."""
    found = {}
    for line in lines:
        words = line.split()
        path = Path(words[-1].removeprefix("file://")) if words else Path()
        if path.is_absolute() and path.is_file():
            found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


@dataclass(frozen=True)
class Requirements:
    """What a lock is made of."""

    lines: tuple[str, ...]  # of a requirements file: requirements, constraints, options
    python: str  # path of the interpreter
    version: str

    @property
    def key(self) -> str:
        content = [self.lines, self.python, self.version, resolver_variables()]
        text = json.dumps([*content, local_files(self.lines)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def has_lock_command(program: str) -> bool:
    done = subprocess.run([program, "help", "lock"], capture_output=True, check=False)
    return done.returncode == 0


def command(program: str, source: Path, lock: Path, python: str) -> list[str]:
    if has_lock_command(program):
        return [program, "lock", "--python", python, "-r", str(source), "-o", str(lock)]
    uv = shutil.which("uv")
    if uv is None:
        raise LockError("there is no uv on PATH, which makes a lock of deps: install it")
    options = ["--quiet", "--no-header", "--format", "pylock.toml", "--python", python]
    return [uv, "pip", "compile", *options, "-o", str(lock), str(source)]


def locked(requirements: Requirements, folder: Path, program: str, *, again: bool) -> Path:
    """The lock of these requirements in `folder`, made if it is not there, or `again`.

    Throws LockError. Any number of processes may ask at once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / f"pylock.{requirements.key}.toml"
    with FileLock(folder / f"{requirements.key}.lock"):
        if lock.exists() and not again:
            return lock
        if not any(not line.startswith("-") for line in requirements.lines):
            lock.write_text(EMPTY)
            return lock
        source = folder / f"{requirements.key}.in"
        source.write_text("".join(f"{line}\n" for line in requirements.lines))
        made = folder / f"pylock.new-{requirements.key}.toml"
        made.unlink(missing_ok=True)
        done = subprocess.run(
            command(program, source, made, requirements.python),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise LockError(done.stderr.strip() or done.stdout.strip())
        made.replace(lock)
    return lock
