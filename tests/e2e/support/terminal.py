"""A program on a pseudo terminal, as a person would use it."""

from __future__ import annotations

import os
import pty
import select
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

PATIENCE = 60


class Terminal:
    def __init__(self, command: Sequence[object], env: Mapping[str, str], cwd: Path) -> None:
        self.text = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execvpe(str(command[0]), [str(word) for word in command], dict(env))

    def send(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def wait_for(self, text: str) -> str:
        """Everything up to `text`, which is taken away."""
        end = time.monotonic() + PATIENCE
        while text not in self.text:
            if not self._read(end - time.monotonic()):
                raise AssertionError(f"no {text!r} in {self.text!r}")
        before, _, self.text = self.text.partition(text)
        return before

    def finish(self) -> int:
        """The exit status."""
        end = time.monotonic() + PATIENCE
        while self._read(end - time.monotonic()):
            pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status)

    def _read(self, patience: float) -> bool:
        ready, _, _ = select.select([self.fd], [], [], max(patience, 0))
        try:
            data = os.read(self.fd, 65536) if ready else b""
        except OSError:  # the other side is closed
            return False
        self.text += data.decode(errors="replace")
        return data != b""
