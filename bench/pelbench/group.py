"""Things that are measured in turn, so that whatever else the machine does hits all of them alike."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from pelbench.series import Series

OURS = "pyenvlaunch"


def nothing() -> None:
    pass


@dataclass
class Contender:
    """`measure` returns one value in the group's unit. `setup` runs once, `prepare` before each
    measurement; neither is timed. What raises in any of them drops the contender, with the reason."""

    name: str
    measure: Callable[[], float]
    setup: Callable[[], object] = nothing
    prepare: Callable[[], object] = nothing


@dataclass
class Group:
    key: str
    title: str
    contenders: list[Contender]
    rounds: int
    seconds: float = 60  # no further round is begun after that
    unit: str = "ms"


@dataclass
class GroupResult:
    key: str
    title: str
    unit: str
    series: dict[str, Series] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    rounds: int = 0


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def measure_group(group: Group, clock: Callable[[], float] = time.monotonic) -> GroupResult:
    """Always one round, then as many as fit. A contender that fails is reported and left out."""
    result = GroupResult(group.key, group.title, group.unit)
    left = list(group.contenders)

    def attempt(contender: Contender, action: Callable[[], object]) -> object:
        try:
            return action()
        except Exception as error:  # whatever a peer does, the others are still measured
            result.failures[contender.name] = f"{type(error).__name__}: {error}"
            result.series.pop(contender.name, None)
            left.remove(contender)
            say(f"  {contender.name} failed: {error}")
            return None

    for contender in list(left):
        attempt(contender, contender.setup)
    begin = clock()
    chance = random.Random(group.key)
    while left and result.rounds < group.rounds:
        # An order of chance, the same in each run: nobody always follows the same one, whose files
        # are still in the processor's caches, or always another.
        for contender in chance.sample(left, len(left)):
            attempt(contender, contender.prepare)
            if contender not in left:
                continue
            value = attempt(contender, contender.measure)
            if isinstance(value, (int, float)):
                result.series.setdefault(contender.name, Series()).add(float(value))
        result.rounds += 1
        if clock() - begin > group.seconds:
            break
    order = [contender.name for contender in group.contenders]
    result.series = {name: result.series[name] for name in order if name in result.series}
    return result
