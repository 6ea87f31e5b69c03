"""The same command against itself: what a ratio of this machine, today, is worth."""

from __future__ import annotations

from collections.abc import Iterator

from pelbench.group import Group
from pelbench.timing import timed
from pelbench.world import World


def groups(world: World) -> Iterator[Group]:
    lock = world.lock("S")

    def command():
        return [lock.venv_command("-c", "pass")]

    yield Group(
        key="noise",
        title="Noise: the virtual environment's `python -c pass` against itself",
        contenders=[timed("A", command), timed("A again", command)],
        rounds=world.profile.many(40),
        seconds=30,
    )
