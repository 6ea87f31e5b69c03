"""What a wheel more costs: building the table, and making the whole environment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pelbench.clock import run
from pelbench.group import OURS, Contender, Group
from pelbench.scenarios.create import Creation
from pelbench.world import Lock, World

UNITS = {"µs": 0.001, "ms": 1.0, "s": 1000.0}


def phases(text: str) -> dict[str, float]:
    """Milliseconds of each phase that `sync -v` tells of."""
    found = re.findall(r"(\w+) took ([\d.]+) ?(µs|ms|s)\b", text)
    return {name: float(number) * UNITS[unit] for name, number, unit in found}


def phase_of(lock: Lock, phase: str) -> Contender:
    """How long one phase of creating the lock's environment takes."""
    creation = Creation(lock)
    command = lock.world.command(
        lock.world.program, "sync", "-v", lock.path, env=lock.env | creation.cache
    )

    def setup() -> None:
        lock.ours("sync")
        creation.forget_ours()
        run(command)

    return Contender(
        f"{OURS}, {lock.name}",
        measure=lambda: phases(run(command).stderr)[phase],
        setup=setup,
        prepare=creation.forget_ours,
    )


def groups(world: World) -> Iterator[Group]:
    for phase in ("table", "resolve"):
        yield Group(
            key=f"growth/{phase}",
            title=f"Growth: phase `{phase}` of `sync`",
            contenders=[phase_of(world.lock(name), phase) for name in world.profile.locks],
            rounds=world.profile.many(20),
            seconds=40 * world.profile.patience,
        )
    yield Group(
        key="growth/wheels",
        title="Wheels that the locks mean for this interpreter",
        contenders=[
            Contender(f"{OURS}, {name}", lambda name=name: world.lock(name).wheels)
            for name in world.profile.locks
        ],
        rounds=1,
        unit="wheels",
    )
