"""Wheel files of a folder become what environments are made of, bytecode included."""

from __future__ import annotations

from collections.abc import Iterator

from pelbench.clock import Command
from pelbench.group import OURS, Group
from pelbench.timing import timed
from pelbench.world import Lock, World


class Fill:
    """Both begin with an empty store or cache; the wheels are in the page cache."""

    def __init__(self, lock: Lock) -> None:
        self.lock = lock
        self.world = lock.world

    def empty_ours(self) -> None:
        for part in ("store", "cache"):
            self.world.fresh("fill", part)
        self.world.empty_trash()  # gigabytes

    def ours(self) -> list[Command]:
        env = {
            "PYENVLAUNCH_HOME": str(self.world.work / "fill/store"),
            "PYENVLAUNCH_CACHE": str(self.world.work / "fill/cache"),
        }
        command = (self.world.program, "sync", self.lock.path)
        return [self.world.command(*command, env=self.lock.env | env)]

    def empty_uv(self) -> None:
        folder = self.world.fresh("fill", "venv")
        self.world.fresh("fill", "uv-cache")
        self.world.empty_trash()
        self.world.do(self.world.uv, "venv", "--quiet", folder, env=self.lock.env)

    def uv(self) -> list[Command]:
        folder = self.world.work / "fill/venv"
        env = self.lock.env | {"UV_CACHE_DIR": str(self.world.work / "fill/uv-cache")}
        sync = ("pip", "sync", "--quiet", "--compile-bytecode", "--python", folder / "bin/python")
        return [self.world.command(self.world.uv, *sync, self.lock.pylock, env=env)]


def groups(world: World) -> Iterator[Group]:
    for name in world.profile.locks:
        fill = Fill(world.lock(name))
        yield Group(
            key=f"fill/{name}",
            title=f"Wheels into the store, with bytecode: {name}",
            contenders=[
                timed(OURS, fill.ours, prepare=fill.empty_ours, warm_up=False),
                timed(
                    "uv pip sync --compile-bytecode",
                    fill.uv,
                    prepare=fill.empty_uv,
                    warm_up=False,
                ),
            ],
            rounds=world.profile.many(5),
            seconds=100 * world.profile.patience,
        )
