"""The two kinds of environments that are compared: anything with a `bin/python`."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Guards against a program that hangs; says nothing about how fast it is.
PATIENCE = 300


@dataclass(frozen=True)
class Outcome:
    """How a command ended. A negative status is a signal's number, None a time-out."""

    status: int | None
    out: str
    err: str


@dataclass
class Side:
    """An environment: `python` starts it, `prefix` is its sys.prefix.

    `folder` is scratch space of its own: HOME and the working directory of commands. Two sides see
    equal paths below it once their names are put aside (harness.normal).
    """

    name: str
    python: Path
    prefix: Path
    folder: Path
    store: Path | None = None  # where package files lie outside the prefix
    options: tuple[str, ...] = ()  # of every call of python: ("-O",)
    sample: str = ""  # how many modules a probe looks at that imports them; "": all

    def __post_init__(self) -> None:
        for path in (self.home, self.work):
            path.mkdir(parents=True, exist_ok=True)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def work(self) -> Path:
        return self.folder / "work"

    @property
    def bin(self) -> Path:
        return self.prefix / "bin"

    def environment(self) -> dict[str, str]:
        """Little, and nothing that names an environment: that must be found from the path."""
        return {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "PYTHONHASHSEED": "0",
            "COLUMNS": "250",
            "TERM": "dumb",
            "NO_COLOR": "1",
            "PARITY_SAMPLE": self.sample,
        }

    def command(
        self,
        command: Sequence[object],
        *,
        env: dict[str, str | None] | None = None,
        bare: bool = False,
        cwd: Path | None = None,
        stdin: str = "",
        patience: float = PATIENCE,
        executable: Path | None = None,
    ) -> Outcome:
        """Runs any program; `env` changes variables, and None removes one; `bare`: only `env`."""
        variables = ({} if bare else self.environment()) | (env or {})
        process = subprocess.Popen(
            [str(part) for part in command],
            executable=executable,
            env={name: value for name, value in variables.items() if value is not None},
            cwd=cwd or self.work,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="backslashreplace",
            start_new_session=True,
        )
        try:
            out, err = process.communicate(stdin, timeout=patience)
            status: int | None = process.returncode
        except subprocess.TimeoutExpired:
            status, out, err = None, "", ""
        finally:
            # What a program has left running would hold on to the pipes, and to the machine.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            if process.poll() is None:
                process.communicate()
        return Outcome(status, out, err)

    def run(self, *arguments: object, **options) -> Outcome:
        """`bin/python ARGUMENTS`."""
        return self.command([self.python, *self.options, *arguments], **options)

    def json(self, *arguments: object, **options) -> object:
        """What a script that must succeed prints as JSON."""
        outcome = self.run(*arguments, **options)
        assert outcome.status == 0, f"{self.name}: {arguments}: {outcome}"
        return json.loads(outcome.out)
