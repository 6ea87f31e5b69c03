"""The CPythons of this machine that the tests run with."""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST = (3, 9)

QUESTION = """
import json, os, platform, sys, sysconfig
folder, name = sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("INSTSONAME")
library = bool(sysconfig.get_config_var("Py_ENABLE_SHARED")) and os.path.exists(
    os.path.join(folder or "", name or ""))
multiarch = sysconfig.get_config_var("MULTIARCH") or ""
soname = "libpython%d.%d%s.so.1.0" % (*sys.version_info[:2], sys.abiflags)
library = library or any(os.path.exists(os.path.join(place, soname)) for place in (
    os.path.join("/usr/lib", multiarch), os.path.join("/lib", multiarch)))
print(json.dumps({"version": list(sys.version_info[:3]), "library": library,
                  "abi": getattr(sys, "abiflags", ""),
                  "implementation": platform.python_implementation(),
                  "cache_tag": sys.implementation.cache_tag}))
"""


@dataclass(frozen=True)
class Python:
    path: str
    version: tuple[int, int, int]
    has_library: bool
    cache_tag: str
    abi: str = ""  # sys.abiflags: "t" for a free-threaded one

    @property
    def name(self) -> str:
        """What its directories and programs are called behind "python": "3.13", "3.13t"."""
        return self.minor + self.abi

    @property
    def minor(self) -> str:
        return f"{self.version[0]}.{self.version[1]}"

    @property
    def full(self) -> str:
        return ".".join(str(part) for part in self.version)

    def __str__(self) -> str:
        return self.full + self.abi


def pyenv_root() -> Path:
    """Where pyenv keeps its interpreters; scripts/as-user says where they are for its user."""
    return Path(os.environ.get("PEL_TEST_PYENV") or Path.home() / ".pyenv")


def candidates() -> list[Path]:
    found = sorted(pyenv_root().glob("versions/*/bin/python3.*"))
    found += sorted(Path("/usr/bin").glob("python3.*"))
    return [path for path in found if re.fullmatch(r"python3\.\d+t?", path.name)]


def ask(path: Path) -> Python | None:
    try:
        answer = subprocess.run(
            [path, "-I", "-S", "-c", QUESTION], capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if answer.returncode != 0:
        return None
    facts = json.loads(answer.stdout)
    version = tuple(facts["version"])
    if facts["implementation"] != "CPython" or version[:2] < OLDEST:
        return None
    return Python(str(path), version, facts["library"], facts["cache_tag"], facts["abi"])


@functools.cache
def all_pythons() -> tuple[Python, ...]:
    """Every CPython from 3.9 on that has a shared library, oldest first, one a version and ABI."""
    found: dict[tuple[tuple[int, int, int], str], Python] = {}
    for path in candidates():
        python = ask(path)
        if python is not None and python.has_library:
            found.setdefault((python.version, python.abi), python)
    return tuple(found[key] for key in sorted(found))


@functools.cache
def one_a_minor() -> tuple[Python, ...]:
    """The newest of each minor version; free-threaded ones, where there are any, count apart."""
    return tuple({python.name: python for python in all_pythons()}.values())


@functools.cache
def default_python() -> Python:
    """3.11 if there is one, because the shared locks are for it; else the newest."""
    pythons = [python for python in one_a_minor() if not python.abi]
    if not pythons:
        raise RuntimeError("no CPython >= 3.9 with a shared library: run scripts/setup")
    return next((python for python in pythons if python.minor == "3.11"), pythons[-1])
