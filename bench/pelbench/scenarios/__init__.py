"""One file a scenario; each has a function `groups(world)` that yields what is measured."""

from __future__ import annotations

from collections.abc import Iterator

from pelbench.group import Group
from pelbench.scenarios import create, disk, fill, first_run, growth, imports, noise, start, tox
from pelbench.world import World

ALL = {
    "noise": noise,
    "start": start,
    "imports": imports,
    "create": create,
    "first-run": first_run,
    "growth": growth,
    "disk": disk,
    "tox": tox,
    "fill": fill,
}


def groups(world: World, names: list[str]) -> Iterator[Group]:
    for name in names:
        yield from ALL[name].groups(world)
