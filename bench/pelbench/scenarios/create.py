"""An environment from a lock, everything that it needs being there already."""

from __future__ import annotations

from collections.abc import Iterator

from pelbench.clock import Command
from pelbench.group import OURS, Contender, Group
from pelbench.timing import timed
from pelbench.world import Lock, World


class Creation:
    """The ways to create one lock's environment; each begins without one."""

    def __init__(self, lock: Lock) -> None:
        self.lock = lock
        self.world = lock.world
        self.cache = {"PYENVLAUNCH_CACHE": str(self.world.work / "create-cache" / lock.name)}
        self.place = f"created-{lock.name}"

    def forget_ours(self) -> None:
        """What is kept is what the launcher knows of the interpreter, as after any other lock."""
        for part in ("selections", "envs"):
            self.world.fresh("create-cache", self.lock.name, "v1", part)

    def ours(self) -> list[Command]:
        self.lock.ours("sync")  # fills the store
        command = (self.world.program, "sync", self.lock.path)
        return [self.world.command(*command, env=self.lock.env | self.cache)]

    def our_directory(self) -> list[Command]:
        folder = self.world.work / self.place / "ours"
        command = (self.world.program, "venv", folder, self.lock.path)
        return [self.world.command(*command, env=self.lock.env | self.cache)]

    def forget(self, name: str) -> None:
        self.world.fresh(self.place, name)

    def uv_venv(self, *options: str) -> list[Command]:
        folder = self.world.work / self.place / "uv-pip"
        sync = ("pip", "sync", "--quiet", *options, "--python", folder / "bin/python")
        return [
            self.world.command(self.world.uv, "venv", "--quiet", folder, env=self.lock.env),
            self.world.command(self.world.uv, *sync, self.lock.pylock, env=self.lock.env),
        ]

    def forget_uv_project(self) -> None:
        self.world.fresh(*(self.lock.uv_project.relative_to(self.world.work) / ".venv").parts)

    def uv_sync(self) -> list[Command]:
        command = (self.world.uv, "sync", "--quiet", "--frozen")
        return [self.world.command(*command, cwd=self.lock.uv_project, env=self.lock.env)]

    def virtualenv(self) -> list[Command]:
        folder = self.world.work / self.place / "virtualenv"
        pip = (folder / "bin/python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index")
        wanted = ("--find-links", self.lock.wheelhouse, "-r", self.lock.folder / "requirements.txt")
        program = self.world.peers.program("virtualenv")
        python = ("--quiet", "--python", self.lock.python.path)
        return [
            self.world.command(program, *python, folder),
            self.world.command(*pip, *wanted),
        ]

    def fast(self) -> list[Contender]:
        return [
            timed(OURS, self.ours, prepare=self.forget_ours),
            timed("pyenvlaunch venv", self.our_directory, prepare=lambda: self.forget("ours")),
            timed("uv sync --frozen", self.uv_sync, prepare=self.forget_uv_project),
            timed("uv venv + uv pip sync", self.uv_venv, prepare=lambda: self.forget("uv-pip")),
        ]

    def slow(self) -> list[Contender]:
        return [
            timed(
                "virtualenv + pip",
                self.virtualenv,
                prepare=lambda: self.forget("virtualenv"),
                warm_up=False,
            ),
            timed(OURS, self.ours, prepare=self.forget_ours),
        ]


def groups(world: World) -> Iterator[Group]:
    profile = world.profile
    for name in profile.locks:
        yield Group(
            key=f"create/{name}",
            title=f"Creating an environment, store and caches warm: {name}",
            contenders=Creation(world.lock(name)).fast(),
            rounds=profile.many(20),
            seconds=80 * profile.patience,
        )
    yield Group(
        key="create-slow/S",
        title="Creating an environment the classic way: S",
        contenders=Creation(world.lock("S")).slow(),
        rounds=profile.many(3),
        seconds=20,
    )
