"""Runs commands and says how long they took."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 900  # seconds; what takes longer counts as failed


class CommandFailed(Exception):
    """A command that should have worked; the text says how it ended."""


@dataclass
class Command:
    argv: Sequence[object]
    env: Mapping[str, str]
    cwd: Path
    fails_with: Sequence[int] = field(default=(0,))

    def __str__(self) -> str:
        return " ".join(str(word) for word in self.argv)


@dataclass(frozen=True)
class Run:
    milliseconds: float  # from just before the process is made until it has been waited for
    stdout: str
    stderr: str


@contextmanager
def limited(pid: int, seconds: int):
    def stop(*_: object) -> None:
        os.killpg(pid, signal.SIGKILL)

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run(command: Command) -> Run:
    """Raises CommandFailed. The process gets a group of its own, and nothing to read."""
    argv = [str(word) for word in command.argv]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, out.fileno(), 1),
            (os.POSIX_SPAWN_DUP2, err.fileno(), 2),
        ]
        os.chdir(command.cwd)
        begin = time.perf_counter()
        try:
            pid = os.posix_spawn(
                argv[0], argv, dict(command.env), file_actions=actions, setpgroup=0
            )
        except OSError as error:
            raise CommandFailed(f"{argv[0]}: {error.strerror}") from error
        with limited(pid, PATIENCE):
            _, status = os.waitpid(pid, 0)
        end = time.perf_counter()
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    code = os.waitstatus_to_exitcode(status)
    if code not in command.fails_with:
        last = (texts[1].strip() or texts[0].strip()).splitlines()[-1:]
        raise CommandFailed(f"{command}: exit status {code}: {' '.join(last)[:300]}")
    return Run((end - begin) * 1000, *texts)
