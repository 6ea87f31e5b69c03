"""Locks that are made of requirements, once for each content of them."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

EMPTY = 'lock-version = "1.0"\ncreated-by = "tox-pyenvlaunch"\npackages = []\n'

# What a resolver also listens to.
VARIABLES = ("PIP_", "UV_")

# What says which requirements a project in a directory has.
METADATA = ("pyproject.toml", "setup.py", "setup.cfg")

# Options of requirements files that `pyenvlaunch lock` has as well, with a path as their value.
FILES = {"-r", "-c", "-e"}

# What this process has made. One run of tox asks several times for the lock of an environment.
_made: set[Path] = set()


class LockError(Exception):
    """A lock could not be made; the text is the resolver's."""


@dataclass(frozen=True)
class Step:
    """One of the things that tox asks for."""

    arguments: tuple[
        str, ...
    ]  # as for pip: requirements, and options with their values behind them
    content: tuple[str, ...]  # the same with what files say instead of their names
    of_package: bool = False  # what the project under test depends on


def entries(arguments: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Each requirement, and each option with its value. Long options have theirs behind them, too."""
    words = iter(arguments)
    for word in words:
        alone = not word.startswith("-") or word in {"--pre", "--no-index", "--no-deps"}
        alone = alone or word in {"--prefer-binary", "--require-hashes"}
        yield (word,) if alone else (word, next(words))


@dataclass(frozen=True)
class Requirements:
    """What a lock is made of."""

    steps: tuple[Step, ...]
    root: Path  # where relative paths begin
    python: str  # path of the interpreter
    version: str
    environment: dict[str, str] = field(repr=False)  # of the resolver; may hold passwords

    @property
    def entries(self) -> list[tuple[str, ...]]:
        """In the order in which they were asked for first; several steps may ask for the same."""
        every = [entry for step in self.steps for entry in entries(step.arguments)]
        return list(dict.fromkeys(every))

    @property
    def key(self) -> str:
        content = sorted({line for step in self.steps for line in step.content})
        known = [self.entries, content, str(self.root), self.python, self.version]
        heard = {k: v for k, v in self.environment.items() if k.startswith(VARIABLES)}
        text = json.dumps([*known, heard, self._local_files()], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def text(self) -> str:
        return " ".join(word for entry in self.entries for word in entry)

    def _local_files(self) -> dict[str, str]:
        """Digests of files that requirements name, whose content decides as well."""
        found = {}
        named = [entry[-1] for entry in self.entries]
        for line in (*named, *(line for step in self.steps for line in step.content)):
            path = line.removeprefix("-e ").partition(" @ ")[2] or line.removeprefix("-e ")
            path = path.removeprefix("file://").partition("[")[0]
            place = self.root / path
            for file in (place, *(place / name for name in METADATA)):
                if file.is_file():
                    found[str(file)] = hashlib.sha256(file.read_bytes()).hexdigest()
        return found

    def command(self, program: str, source: Path, lock: Path) -> list[str]:
        """What makes `lock`; `source` gets what cannot be said by options."""
        options, lines = [], []
        for entry in self.entries:
            if entry[0] in FILES and "://" not in entry[1]:
                options += [entry[0], str(self.root / entry[1]) if entry[0] != "-e" else entry[1]]
            else:
                lines.append(" ".join(entry))
        # Addresses of indexes may hold passwords.
        source.unlink(missing_ok=True)
        source.touch(mode=0o600)
        source.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        options += ["-r", str(source)] if lines else []
        return [program, "lock", "-q", "--python", self.python, *options, "-o", str(lock)]


def locked(requirements: Requirements, folder: Path, program: str, *, again: bool) -> Path:
    """The lock of these requirements in `folder`, made if it is not there, or once more if `again`.

    However often a process asks for a lock `again`, it resolves it once. Throws LockError. Any number
    of processes may ask at once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / f"pylock.{requirements.key}.toml"
    with FileLock(folder / f"{requirements.key}.lock"):
        if lock.exists() and (lock in _made or not again):
            return lock
        wanted = [entry for entry in requirements.entries if entry[0] in {"-r", "-e"}]
        wanted += [entry for entry in requirements.entries if not entry[0].startswith("-")]
        if not wanted:
            lock.write_text(EMPTY)
            _made.add(lock)
            return lock
        source = folder / f"{requirements.key}.in"
        made = folder / f"pylock.new-{requirements.key}.toml"
        made.unlink(missing_ok=True)
        try:
            done = subprocess.run(
                requirements.command(program, source, made),
                cwd=requirements.root,
                env=requirements.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            source.unlink(missing_ok=True)
        if done.returncode != 0:
            raise LockError(done.stderr.strip() or done.stdout.strip())
        made.replace(lock)
        _made.add(lock)
    return lock
