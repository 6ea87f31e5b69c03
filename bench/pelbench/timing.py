"""Contenders that are commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pelbench.clock import Command, run
from pelbench.group import Contender, nothing

Commands = Callable[[], Sequence[Command]]


def timed(
    name: str,
    commands: Commands,
    *,
    prepare: Callable[[], object] = nothing,
    warm_up: bool = True,
) -> Contender:
    """The time of one or more commands, one after the other. `commands` is called in the set-up,
    where what it needs may be made; a first run is not counted, unless it is prepared for."""
    made: list[Command] = []

    def setup() -> None:
        made.extend(commands())
        if warm_up:
            prepare()
            measure()

    def measure() -> float:
        return sum(run(command).milliseconds for command in made)

    return Contender(name, measure, setup, prepare)


def printed(name: str, commands: Commands, *, prepare: Callable[[], object] = nothing) -> Contender:
    """What the last line of a command's output says, a number."""
    made: list[Command] = []

    def setup() -> None:
        made.extend(commands())
        measure()

    def measure() -> float:
        return float(run(made[0]).stdout.split()[-1])

    return Contender(name, measure, setup, prepare)
