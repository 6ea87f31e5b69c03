"""Puts aside what has to differ between two environments: where they and their files lie."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from harness.sides import Side

# A file name's characters, as far as wheels' names in the store have them.
STORE_ID = r"[\w.+!-]+"

# What no two runs of one program have in common.
VOLATILE = (
    (re.compile(r"\b0x[0-9a-fA-F]{6,16}\b"), "0x…"),
    (re.compile(r"\b[Pp]id[ =:]+\d+"), "pid …"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?"), "<time>"),
    (re.compile(r"\b\d+\.\d+ ?(ms|s|secs|seconds|sec)\b"), r"… \1"),
)


def spellings(path: Path, side: Side) -> str:
    """A pattern for a path as it is, and as seen from where commands run."""
    return rf"(?:{re.escape(str(path))}|{re.escape(os.path.relpath(path, side.work))}(?=/))"


def replacements(side: Side) -> list[tuple[re.Pattern[str], str]]:
    prefix = spellings(side.prefix, side)
    rules = []
    if side.store is not None:
        store = spellings(side.store, side)
        tree = rf"{store}/(?:wheels|composites)/{STORE_ID}"
        rules.append((tree + r"/lib/python3/site-packages", "<site>"))
        rules.append((tree, "<prefix>"))
        rules.append((store, "<store>"))
    rules.append((prefix + r"/lib(?:64)?/python3\.\d+t?/site-packages", "<site>"))
    rules.append((prefix, "<prefix>"))
    rules.append((re.escape(str(side.folder)), "<folder>"))
    return [(re.compile(pattern), text) for pattern, text in rules]


def normalizer(side: Side) -> Callable[[object], object]:
    """A function that maps JSON-like values to ones in which this side's places have no names."""
    rules = [*replacements(side), *VOLATILE]

    def text(value: str) -> str:
        for pattern, replacement in rules:
            value = pattern.sub(replacement, value)
        return value

    def normalize(value: object) -> object:
        if isinstance(value, str):
            return text(value)
        if isinstance(value, dict):
            return {text(str(key)): normalize(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [normalize(item) for item in value]
        return value

    return normalize
