"""A run of `tox` with nothing to do but the command, against the same command run by us."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pelbench.clock import Command
from pelbench.group import OURS, Group
from pelbench.scenarios.start import PASS
from pelbench.timing import timed
from pelbench.world import Lock, World

INI = """\
[tox]
env_list = bench
[testenv:bench]
base_python = {python}
skip_install = true
deps = -r {folder}/pins.txt
commands = python -c pass
install_command = {install}
"""
# Without a resolver: both install what the lock says.
PIP = "python -I -m pip install --no-deps --no-index --find-links {wheels} {{packages}}"
UV = "uv pip install --no-deps --no-index --offline --find-links {wheels} {{packages}}"


def tox(lock: Lock, kind: str, environment: Path, install: str) -> list[Command]:
    folder = lock.world.work / kind / lock.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tox.ini").write_text(
        INI.format(
            python=lock.python.path,
            folder=lock.folder,
            install=install.format(wheels=lock.wheelhouse),
        )
    )
    env = {"PATH": f"{environment / 'bin'}:/usr/bin:/bin"}
    return [
        lock.world.command(environment / "bin/tox", "run", "-q", "-e", "bench", cwd=folder, env=env)
    ]


def groups(world: World) -> Iterator[Group]:
    peers = world.peers
    for name in ("S", "M"):
        if not world.has(name) or (name == "M" and world.profile.name == "quick"):
            continue
        lock = world.lock(name)
        yield Group(
            key=f"tox/{name}",
            title=f"A run with nothing to do: `python -c pass`, {name}",
            contenders=[
                timed(OURS, lambda lock=lock: [lock.run_command(*PASS)]),
                timed("tox", lambda lock=lock: tox(lock, "tox", peers.common, PIP)),
                timed("tox with tox-uv", lambda lock=lock: tox(lock, "tox-uv", peers.tox_uv, UV)),
            ],
            rounds=world.profile.many(15),
            seconds=40 * world.profile.patience,
        )
