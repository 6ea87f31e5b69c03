"""From a lock to the end of the first run of a program, everything needed being in the caches.
uv as it comes: it leaves making bytecode to the first run."""

from __future__ import annotations

from collections.abc import Iterator

from pelbench.clock import Command
from pelbench.group import OURS, Group
from pelbench.scenarios.create import Creation
from pelbench.scenarios.imports import DJANGO
from pelbench.timing import timed
from pelbench.world import Lock, World

PROGRAMS = {
    "black": ("S", ("-m", "black", "--version")),
    "pytest": ("M", ("-m", "pytest", "--version")),
    "django": ("M", ("-c", DJANGO)),
}


class FirstRun:
    def __init__(self, lock: Lock, args: tuple[str, ...]) -> None:
        self.lock = lock
        self.args = args
        self.creation = Creation(lock)

    def ours(self) -> list[Command]:
        self.lock.ours("sync")
        return [self.lock.run_command("python", *self.args, env=self.creation.cache)]

    def uv_venv(self) -> list[Command]:
        commands = self.creation.uv_venv()
        python = self.lock.world.work / self.creation.place / "uv-pip/bin/python"
        return [*commands, self.lock.world.command(python, *self.args)]

    def uv_sync(self) -> list[Command]:
        python = self.lock.uv_project / ".venv/bin/python"
        return [*self.creation.uv_sync(), self.lock.world.command(python, *self.args)]


def groups(world: World) -> Iterator[Group]:
    for name, (lock, args) in PROGRAMS.items():
        if not world.has(lock):
            continue
        first = FirstRun(world.lock(lock), args)
        creation = first.creation
        yield Group(
            key=f"first-run/{name}",
            title=f"Creating and running for the first time: {name} of {lock}",
            contenders=[
                timed(OURS, first.ours, prepare=creation.forget_ours),
                timed("uv sync --frozen", first.uv_sync, prepare=creation.forget_uv_project),
                timed(
                    "uv venv + uv pip sync",
                    first.uv_venv,
                    prepare=lambda creation=creation: creation.forget("uv-pip"),
                ),
            ],
            rounds=world.profile.many(15),
            seconds=80 * world.profile.patience,
        )
