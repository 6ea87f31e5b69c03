"""What a wheel more costs: at each start, building the table, and making the whole environment."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pelbench.group import OURS, Contender, Group
from pelbench.scenarios.create import Creation
from pelbench.scenarios.start import PASS
from pelbench.timing import timed
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


def starts(world: World) -> Iterator[Contender]:
    """Starts with few and with many wheels. What start files (.pth) do is no matter of how many
    wheels there are, and costs a virtual environment as much: the locks are also there without them."""
    for name in world.profile.locks:
        lock = world.lock(name)
        plain = lock.without_start_files
        yield timed(f"{OURS}, {name}", lambda lock=lock: [lock.run_command(*PASS)])
        yield timed(f"venv, {name}", lambda lock=lock: [lock.venv_command("-c", "pass")])
        if plain.read_text() != lock.path.read_text():
            command = (world.program, "run", plain, "--", *PASS)
            yield timed(
                f"{OURS}, {name} without start files",
                lambda command=command, lock=lock: [world.command(*command, env=lock.env)],
            )


def groups(world: World) -> Iterator[Group]:
    yield Group(
        key="growth/start",
        title="Growth: `python -c pass` with few and with many wheels",
        contenders=list(starts(world)),
        rounds=world.profile.many(500),
        seconds=60 * world.profile.patience,
    )
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
