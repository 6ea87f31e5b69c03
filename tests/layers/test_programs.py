"""Checks on the built programs: what the hot path and the finder need and show to the loader."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("PEL_BUILD", ROOT / "build"))
LAUNCHER = BUILD / "bin/pyenvlaunch"
MANAGER = BUILD / "libexec/pyenvlaunch/pyenvlaunch-manager"
EMBED = BUILD / "libexec/pyenvlaunch/embed.so"

SYSTEM = re.compile(r"lib(c|m|dl)\.so\.\d+|ld-linux[-\w.]*\.so\.\d+|linux-vdso\.so\.1")


def readelf(*args: str) -> str:
    result = subprocess.run(
        ["readelf", "--wide", *args], capture_output=True, text=True, check=True
    )
    return result.stdout


def needed(program: Path) -> list[str]:
    return re.findall(r"\(NEEDED\)\s+Shared library: \[([^]]+)\]", readelf("-d", str(program)))


def exported(library: Path) -> list[str]:
    names = []
    for line in readelf("--dyn-syms", str(library)).splitlines():
        parts = line.split()
        if len(parts) == 8 and parts[4] in ("GLOBAL", "WEAK") and parts[6] != "UND":
            names.append(parts[7])
    return names


# The second program opens what only some of its commands need (store/base/dynamic_library.hpp).
@pytest.mark.parametrize("program", [LAUNCHER, EMBED, MANAGER], ids=lambda path: path.name)
def test_needs_the_c_library_only(program: Path):
    names = needed(program)
    assert "libc.so.6" in names
    assert [name for name in names if not SYSTEM.fullmatch(name)] == []


def test_the_check_sees_other_libraries():
    other = Path(shutil.which("readelf") or "")
    assert [name for name in needed(other) if not SYSTEM.fullmatch(name)] != []


# A libstdc++ that an extension module brings later would resolve to ours if ours were visible.
@pytest.mark.parametrize("program", [LAUNCHER, EMBED], ids=lambda path: path.name)
def test_shows_no_symbol_of_the_cplusplus_runtime(program: Path):
    runtime = [name for name in exported(program) if name.startswith(("_ZS", "_ZNS", "__cxa"))]
    assert runtime == []


def test_embed_shows_a_few_names_of_its_own():
    names = exported(EMBED)
    assert 1 <= len(names) <= 8, names
