"""Imports of large packages: time with warm and with cold page cache, and system calls."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pelbench.clock import Command, run
from pelbench.group import OURS, Contender, Group, nothing
from pelbench.machine import PageCache
from pelbench.timing import printed, timed
from pelbench.world import Lock, World

DJANGO = (
    "import django; from django.conf import settings; settings.configure(INSTALLED_APPS=["
    "'django.contrib.admin', 'django.contrib.auth', 'django.contrib.contenttypes', "
    "'django.contrib.sessions', 'django.contrib.messages', 'django.contrib.staticfiles']); "
    "django.setup()"
)

# What is imported, from which lock.
STATEMENTS = {
    "black": ("S", "import black"),
    "django": ("M", DJANGO),
    "fastapi": ("M", "import fastapi"),
    "boto3": ("M", "import boto3"),
    "sqlalchemy": ("M", "import sqlalchemy.orm"),
    "pytest": ("M", "import pytest"),
    "pandas": ("L", "import pandas"),
}


def clocked(statement: str) -> str:
    """Prints how long the import took, in milliseconds, without the interpreter's start and end."""
    return (
        f"from time import perf_counter; begin = perf_counter()\n{statement}\n"
        "print((perf_counter() - begin) * 1000)"
    )


@dataclass(frozen=True)
class Case:
    lock: Lock
    name: str
    statement: str

    def ours(self, code: str) -> Command:
        return self.lock.run_command("python", "-c", code)

    def theirs(self, code: str) -> Command:
        return self.lock.venv_command("-c", code)

    def both(self, code: str, kind: Callable, prepare: Callable = nothing) -> list[Contender]:
        return [
            kind(OURS, lambda: [self.ours(code)], prepare=prepare),
            kind("venv", lambda: [self.theirs(code)], prepare=prepare),
        ]


def cases(world: World) -> Iterator[Case]:
    for name, (lock, statement) in STATEMENTS.items():
        if world.has(lock) or (lock == "L" and world.has("M")):
            yield Case(world.lock(lock), name, statement)


def system_calls(command: Command) -> float:
    """Of the process and its children, as strace counts them."""
    table = command.cwd / "strace.txt"
    traced = Command(
        ("/usr/bin/strace", "-f", "-c", "-o", table, *command.argv), command.env, command.cwd
    )
    run(traced)
    return total_calls(table.read_text())


def total_calls(table: str) -> float:
    """The sum line of `strace -c`."""
    line = next(line for line in table.splitlines() if line.rstrip().endswith(" total"))
    return float(re.findall(r"[\d.]+", line)[-2 if len(re.findall(r"[\d.]+", line)) > 4 else -1])


def call_counter(name: str, make: Callable[[str], Command], statement: str) -> Contender:
    return Contender(
        name,
        measure=lambda: system_calls(make(statement)) - system_calls(make("pass")),
        setup=lambda: run(make(statement)),
    )


def groups(world: World) -> Iterator[Group]:
    profile = world.profile
    found = list(cases(world))
    for case in found:
        yield Group(
            key=f"import/{case.name}",
            title=f"Import, warm page cache: `{case.name}` of {case.lock.name}",
            contenders=case.both(clocked(case.statement), printed),
            rounds=profile.many(20),
            seconds=60 * profile.patience,
        )
    for case in found:
        yield Group(
            key=f"calls/{case.name}",
            title=f"System calls of an import: `{case.name}` of {case.lock.name}",
            contenders=[
                call_counter(OURS, case.ours, case.statement),
                call_counter("venv", case.theirs, case.statement),
            ],
            rounds=1,
            unit="calls",
        )
    if not PageCache.can_drop():
        world.notes.append("cold page cache: not measured, this user may not drop the page cache")
        return
    for case in found:
        yield Group(
            key=f"cold/{case.name}",
            title=f"Import and start, cold page cache: `{case.name}` of {case.lock.name}",
            contenders=case.both(case.statement, timed, PageCache.drop),
            # The first of ours finds no list of what to read ahead, and makes it.
            rounds=min(6, 2 * profile.many(6)),
            seconds=60 * profile.patience,
        )
