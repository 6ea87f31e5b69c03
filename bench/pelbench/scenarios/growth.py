"""What a wheel more costs: building the table, and making the whole environment."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pelbench.group import OURS, Contender, Group
from pelbench.scenarios.create import Creation
from pelbench.world import Lock, World


def phase_of(lock: Lock, phase: str) -> Contender:
    """How long one phase of creating the lock's environment takes."""
    creation = Creation(lock)
    report = lock.world.work / f"report-{lock.name}.json"

    def setup() -> None:
        lock.ours("sync")
        creation.forget_ours()
        measure()

    def measure() -> float:
        command = (lock.world.program, "exec", "--report", report, lock.path, "--", "/bin/true")
        lock.world.do(*command, env=lock.env | creation.cache)
        return json.loads(report.read_text())["milliseconds"][phase]

    return Contender(
        f"{OURS}, {lock.name}",
        measure=measure,
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
