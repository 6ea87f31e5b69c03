"""What processes ask of the kernel, as strace saw it: lines of `PID call(arguments) = result`."""

from __future__ import annotations

import re
from pathlib import Path


def tracer(log: Path) -> tuple[str, ...]:
    """The command to run a program with, so that its calls and its children's are written down."""
    return ("strace", "-f", "-qq", "-o", str(log), "-s", "4096")


def read_calls(log: Path) -> list[str]:
    return log.read_text(errors="replace").splitlines()


def opened(calls: list[str]) -> list[str]:
    """The paths that were opened with success."""
    return [
        match[1]
        for call in calls
        if (match := re.search(r'\bopen(?:at)?\((?:AT_FDCWD, )?"([^"]*)".*= \d+$', call))
    ]


def count(calls: list[str], *names: str) -> int:
    return sum(bool(re.match(rf"\d+ +(?:{'|'.join(names)})\(", call)) for call in calls)
