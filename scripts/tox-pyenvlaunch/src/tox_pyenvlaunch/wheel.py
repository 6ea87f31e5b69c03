"""Installs one wheel into a directory: the project that is tested."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from installer import install
from installer.destinations import SchemeDictionaryDestination
from installer.sources import WheelFile
from installer.utils import get_launcher_kind


@dataclass(frozen=True)
class Places:
    prefix: Path
    site_packages: Path
    scripts: Path
    python: Path


def canonical(name: str) -> str:
    return name.lower().replace("-", "_").replace(".", "_")


def remove_installed(name: str, places: Places) -> None:
    """Removes what an earlier call has installed under this name; never anything outside."""
    for info in places.site_packages.glob("*.dist-info"):
        record = info / "RECORD"
        if canonical(info.name.partition("-")[0]) != canonical(name) or not record.is_file():
            continue
        folders = {info}
        with record.open(newline="", encoding="utf-8") as file:
            for path, *_ in csv.reader(file):
                target = Path(places.site_packages, path)
                inside = target.resolve().is_relative_to(places.prefix.resolve())
                if inside and (target.is_file() or target.is_symlink()):
                    target.unlink()
                    folders.add(target.parent)
        remove_empty(folders, places)


def remove_empty(folders: set[Path], places: Places) -> None:
    kept = {places.site_packages, places.scripts, places.prefix}
    for folder in sorted(folders, reverse=True):
        cache = folder / "__pycache__"
        if folder not in kept and cache.is_dir():
            for file in cache.glob("*.pyc"):
                file.unlink()
            cache.rmdir()
        while folder not in kept and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent


def install_wheel(wheel: Path, places: Places) -> None:
    """Installs the wheel without its dependencies, in the place of what it was before."""
    with WheelFile.open(wheel) as source:
        remove_installed(source.distribution, places)
        version = places.site_packages.parent.name
        destination = SchemeDictionaryDestination(
            {
                "purelib": str(places.site_packages),
                "platlib": str(places.site_packages),
                "scripts": str(places.scripts),
                "data": str(places.prefix),
                "headers": str(places.prefix / "include/site" / version / source.distribution),
            },
            interpreter=str(places.python),
            script_kind=get_launcher_kind(),
        )
        install(source, destination, {"INSTALLER": b"tox-pyenvlaunch\n"})
