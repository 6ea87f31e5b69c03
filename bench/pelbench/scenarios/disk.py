"""What an environment adds to the disk: whatever exists afterwards and did not before."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from pelbench.clock import Command, run
from pelbench.group import OURS, Contender, Group
from pelbench.scenarios.create import Creation
from pelbench.world import World


def inodes(*folders: Path) -> dict[int, int]:
    """Of all files below, hard links once: the apparent size; of directories: 0."""
    found = {}
    for folder in folders:
        for path, directories, files in os.walk(folder):
            for name in (*directories, *files):
                status = os.lstat(os.path.join(path, name))
                is_directory = stat.S_ISDIR(status.st_mode)
                found[status.st_ino] = 0 if is_directory else status.st_size
    return found


def added(before: dict[int, int], after: dict[int, int]) -> tuple[int, int]:
    """Bytes and inodes."""
    new = {inode: size for inode, size in after.items() if inode not in before}
    return sum(new.values()), len(new)


def contender(
    name: str, folders: list[Path], forget: Callable[[], None], make: Callable, part: int
) -> Contender:
    def measure() -> float:
        commands: list[Command] = make()
        forget()
        before = inodes(*folders)
        for command in commands:
            run(command)
        return added(before, inodes(*folders))[part]

    return Contender(name, measure)


def groups(world: World) -> Iterator[Group]:
    for name in world.profile.locks:
        creation = Creation(world.lock(name))
        place = world.work / creation.place
        cache = Path(creation.cache["PYENVLAUNCH_CACHE"])
        uv_cache = Path(world.env["UV_CACHE_DIR"])

        def clear(creation: Creation = creation) -> None:
            creation.forget("uv-pip")
            creation.forget_ours()

        for part, unit in enumerate(("bytes", "inodes")):
            yield Group(
                key=f"disk-{unit}/{name}",
                title=f"What an environment adds to the disk: {unit}, {name}",
                contenders=[
                    contender(OURS, [world.work / "store", cache], clear, creation.ours, part),
                    contender("uv, hard links", [place, uv_cache], clear, creation.uv_venv, part),
                ],
                rounds=1,
                unit=unit,
            )
