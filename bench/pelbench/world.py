"""Folders, environments and locks of a benchmark: made once, kept in build/bench."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path

from support.interpreters import Python, one_a_minor
from support.launcher import remove_tree
from support.real import real_lock, requirements

from pelbench.clock import Command, Run, run
from pelbench.peers import Peers

ROOT = Path(__file__).resolve().parents[2]
START_FILE = re.compile(r"([^/]+\.data/(pure|plat)lib/)?[^/]+\.pth")


@dataclass(frozen=True)
class Profile:
    """How much is measured: the time that a group may take is its own times `patience`."""

    name: str
    locks: tuple[str, ...]
    patience: float
    rounds: float  # a group's rounds times this, at least one
    pythons: tuple[str, ...]

    def many(self, rounds: int) -> int:
        return max(1, round(rounds * self.rounds))


PROFILES = {
    "smoke": Profile("smoke", ("S",), 0.01, 0.01, ("3.11",)),
    "quick": Profile("quick", ("S", "M"), 0.25, 0.4, ("3.11",)),
    "full": Profile("full", ("S", "M", "L", "XL"), 1, 1, ("3.11", "3.13")),
}


@dataclass
class World:
    work: Path
    program: Path
    python: Python
    profile: Profile
    peers: Peers
    notes: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    @cached_property
    def env(self) -> dict[str, str]:
        """A user with an empty home; everything is there already, nothing comes from a network."""
        home = self.work / "home"
        home.mkdir(parents=True, exist_ok=True)
        return {
            "HOME": str(home),
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "PYENVLAUNCH_HOME": str(self.work / "store"),
            "PYENVLAUNCH_CACHE": str(self.work / "cache"),
            "PYENVLAUNCH_PYTHON": self.python.path,
            "UV_CACHE_DIR": str(self.work / "uv-cache"),
            "UV_OFFLINE": "1",
            "UV_NO_PROGRESS": "1",
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_PYTHON": self.python.path,
            "UV_LINK_MODE": "hardlink",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INDEX": "1",
        }

    @property
    def uv(self) -> Path:
        return self.peers.program("uv")

    def has(self, name: str) -> bool:
        return name in self.profile.locks

    def command(
        self, *argv: object, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> Command:
        return Command(argv, self.env | dict(env or {}), cwd or self.work)

    def do(self, *argv: object, **options) -> Run:
        return run(self.command(*argv, **options))

    def lock(self, name: str, python: Python | None = None) -> Lock:
        return Lock(self, name, python or self.python)

    def other_pythons(self) -> list[Python]:
        found = {python.name: python for python in one_a_minor()}
        return [found[minor] for minor in self.profile.pythons[1:] if minor in found]

    def fresh(self, *parts: str) -> Path:
        """A path below the work folder at which there is nothing."""
        path = self.work.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
            self.trash.mkdir(exist_ok=True)
            path.rename(self.trash / str(next(self.numbers)))
        return path

    @property
    def trash(self) -> Path:
        """What was moved away: a file system that has just deleted thousands of files is slow at
        making new ones, and that would be measured."""
        return self.work / "trash"

    def empty_trash(self) -> None:
        remove_tree(self.trash)


@dataclass
class Lock:
    """One lock with its wheels, and what each side makes of it."""

    world: World
    name: str
    python: Python

    @cached_property
    def folder(self) -> Path:
        """Holds NAME.lock, the same as pylock.name.toml (uv insists on that), and wheelhouse/."""
        source = real_lock(self.name, self.python)
        folder = self.world.work / "locks" / f"{self.name}-{self.python.full}"
        folder.mkdir(parents=True, exist_ok=True)
        for copy in (f"{self.name}.lock", f"pylock.{self.name.lower()}.toml"):
            shutil.copyfile(source, folder / copy)
        house = folder / "wheelhouse"
        if not house.is_symlink():
            house.symlink_to(source.parent / "wheelhouse")
        (folder / "requirements.txt").write_text("".join(requirements(source)))
        pins = [line.split(" --hash")[0].strip() for line in requirements(source)]
        (folder / "pins.txt").write_text("\n".join(pins) + "\n")
        return folder

    @property
    def path(self) -> Path:
        return self.folder / f"{self.name}.lock"

    @property
    def pylock(self) -> Path:
        return self.folder / f"pylock.{self.name.lower()}.toml"

    @cached_property
    def without_start_files(self) -> Path:
        """The same lock without the wheels that install a start file (.pth)."""
        having = {
            wheel.name.split("-")[0].lower().replace("_", "-")
            for wheel in self.wheelhouse.glob("*.whl")
            if any(START_FILE.fullmatch(name) for name in zipfile.ZipFile(wheel).namelist())
        }
        head, *packages = re.split(r"(?m)^(?=\[\[packages\]\])", self.path.read_text())
        kept = [text for text in packages if self.package_name(text) not in having]
        path = self.folder / f"{self.name}-plain.lock"
        path.write_text(head + "".join(kept))
        return path

    @staticmethod
    def package_name(text: str) -> str:
        found = re.search(r'(?m)^name = "([^"]+)"', text)
        assert found, text
        return found[1]

    @property
    def wheelhouse(self) -> Path:
        return self.folder / "wheelhouse"

    @property
    def env(self) -> dict[str, str]:
        return {"PYENVLAUNCH_PYTHON": self.python.path, "UV_PYTHON": self.python.path}

    @cached_property
    def wheels(self) -> int:
        """How many it means for this interpreter."""
        return int(self.ours("sync", "-v").stdout.split(": ")[1].split(" wheel")[0])

    def ours(self, command: str, *options: object, env: Mapping[str, str] | None = None) -> Run:
        return self.world.do(
            self.world.program, command, *options, self.path, env=self.env | dict(env or {})
        )

    def run_command(self, *target: object, env: Mapping[str, str] | None = None) -> Command:
        """Ours: `run LOCK -- TARGET`."""
        words = (self.world.program, "run", self.path, "--", *target)
        return self.world.command(*words, env=self.env | dict(env or {}))

    @cached_property
    def venv(self) -> Path:
        """bin/python of a virtual environment of the same wheels, with bytecode; made once."""
        folder = self.world.work / "venvs" / f"{self.name}-{self.python.full}"
        stamp = folder / "complete"
        if not stamp.exists():
            self.world.fresh("venvs", folder.name)
            self.world.do(self.python.path, "-m", "venv", "--without-pip", folder)
            python = folder / "bin/python"
            self.world.do(
                *(self.world.uv, "pip", "sync", "--compile-bytecode", "--python", python),
                *("--link-mode", "copy", self.pylock),
            )
            stamp.touch()
        return folder / "bin/python"

    def venv_command(self, *args: object) -> Command:
        return self.world.command(self.venv, *args)

    @cached_property
    def uv_project(self) -> Path:
        """A project whose uv.lock pins the same versions, with uv's cache filled."""
        folder = self.world.work / "uv-projects" / f"{self.name}-{self.python.full}"
        stamp = folder / "complete"
        if not stamp.exists():
            folder.mkdir(parents=True, exist_ok=True)
            pins = (self.folder / "pins.txt").read_text().splitlines()
            lines = "".join(f"  {pin!r},\n" for pin in (line.replace("'", '"') for line in pins))
            (folder / "pyproject.toml").write_text(
                f'[project]\nname = "bench"\nversion = "0"\n'
                f'requires-python = "=={self.python.full}"\ndependencies = [\n{lines}]\n'
                "[tool.uv]\npackage = false\nenvironments = [\"sys_platform == 'linux' and "
                f"platform_machine == '{os.uname().machine}'\"]\n"
                f'no-index = true\nfind-links = ["{self.wheelhouse}"]\n'
            )
            self.world.do(self.world.uv, "lock", "--quiet", cwd=folder, env=self.env)
            self.uv_sync(folder)
            stamp.touch()
        return folder

    def uv_sync(self, folder: Path) -> None:
        self.world.do(self.world.uv, "sync", "--quiet", "--frozen", cwd=folder, env=self.env)
