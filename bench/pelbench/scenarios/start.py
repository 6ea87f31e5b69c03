"""`python -c pass` in an environment that is there already."""

from __future__ import annotations

from collections.abc import Iterator

from pelbench.group import OURS, Contender, Group
from pelbench.timing import timed
from pelbench.world import Lock, World

PASS = ("python", "-c", "pass")


def environment_python(lock: Lock) -> str:
    """bin/python of our environment."""
    return lock.world.do(
        lock.world.program,
        *("run", lock.path, "--", "python", "-c", "import sys; print(sys.executable)"),
        env=lock.env,
    ).stdout.strip()


def pex_command(lock: Lock):
    world = lock.world
    file = world.work / "pex" / f"{lock.name}.pex"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        world.do(
            *(world.peers.program("pex"), "--python", lock.python.path, "--no-pypi"),
            *("--find-links", lock.wheelhouse, "-r", lock.folder / "pins.txt"),
            *("--no-transitive", "-o", file),
        )
    return [world.command(lock.python.path, file, "-c", "pass")]


def contenders(lock: Lock) -> list[Contender]:
    world = lock.world

    def uv_run(*options: str):
        command = (world.uv, "run", "--quiet", *options, *PASS)
        return [world.command(*command, cwd=lock.uv_project, env=lock.env)]

    return [
        timed(OURS, lambda: [lock.run_command(*PASS)]),
        timed("our bin/python", lambda: [world.command(environment_python(lock), "-c", "pass")]),
        timed("venv", lambda: [lock.venv_command("-c", "pass")]),
        timed("uv run --frozen", lambda: uv_run("--frozen")),
        timed("uv run --no-sync", lambda: uv_run("--no-sync")),
    ]


def groups(world: World) -> Iterator[Group]:
    for name in world.profile.locks:
        lock = world.lock(name)
        yield group(f"start/{name}", lock, contenders(lock))
        if name == "S":
            # Apart: it takes as long as forty of the others, whose small differences need many rounds.
            pex = timed("pex", lambda lock=lock: pex_command(lock))
            yield group(f"start-pex/{name}", lock, [contenders(lock)[0], pex], rounds=12)
    for python in world.other_pythons():
        lock = world.lock("S", python)
        yield group(f"start/S/{python.minor}", lock, contenders(lock)[:4])


def group(key: str, lock: Lock, members: list[Contender], rounds: int = 150) -> Group:
    return Group(
        key=key,
        title=f"Start: `python -c pass`, {lock.name}, Python {lock.python.full}",
        contenders=members,
        rounds=lock.world.profile.many(rounds),
        seconds=60 * lock.world.profile.patience,
    )
