"""Finds where two answers differ."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

MISSING = "<nothing>"

# As much of a long answer as is shown.
SHOWN_LINES = 40


@dataclass(frozen=True)
class Difference:
    """At `path` of a probe's answer the venv has one value and we another."""

    path: str
    venv: object
    ours: object

    def __str__(self) -> str:
        if isinstance(self.venv, str) and isinstance(self.ours, str):
            left, right = self.venv.splitlines(), self.ours.splitlines()
        elif isinstance(self.venv, list) and isinstance(self.ours, list):
            left, right = [str(item) for item in self.venv], [str(item) for item in self.ours]
        else:
            left, right = [repr(self.venv)], [repr(self.ours)]
        lines = list(difflib.unified_diff(left, right, "venv", "ours", lineterm="", n=1))
        if len(lines) > SHOWN_LINES:
            lines = [*lines[:SHOWN_LINES], f"… {len(lines) - SHOWN_LINES} more lines"]
        return f"{self.path}:\n" + "\n".join("    " + line for line in lines)


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """The values that are compared: all that is no dictionary, and lists as a whole."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


def compare(venv: object, ours: object) -> tuple[int, list[Difference]]:
    """How many values were compared, and those that differ."""
    there, here = dict(leaves(venv)), dict(leaves(ours))
    paths = [*there, *(path for path in here if path not in there)]
    differences = [
        Difference(path, there.get(path, MISSING), here.get(path, MISSING))
        for path in paths
        if there.get(path, MISSING) != here.get(path, MISSING)
    ]
    return len(paths), differences
