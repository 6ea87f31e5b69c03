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


# What a shared object may leave to the C library and the start files, besides versions GLIBC_*.
FROM_START_FILES = {"__gmon_start__", "_ITM_deregisterTMCloneTable", "_ITM_registerTMCloneTable"}
# The C library's own, with a name like the C++ runtime's.
FROM_C_LIBRARY = {"__cxa_atexit", "__cxa_finalize", "__cxa_thread_atexit_impl"}
CPLUSPLUS = re.compile(r"_Z|__cxa|__gxx|_Unwind|__dynamic_cast")


def undefined(library: Path) -> list[tuple[str, str]]:
    """(name, version) of each symbol that others must bring; no version is the empty string."""
    names = []
    for line in readelf("--dyn-syms", str(library)).splitlines():
        parts = line.split()
        if len(parts) >= 8 and parts[6] == "UND":
            name, _, version = parts[7].partition("@")
            names.append((name, version.lstrip("@")))
    return names


def unexpected(library: Path) -> list[str]:
    """The undefined symbols that are neither the C library's nor the interpreter's."""
    found = []
    for name, version in undefined(library):
        of_c_library = version.startswith("GLIBC_") or name in FROM_START_FILES
        of_cplusplus = CPLUSPLUS.match(name) and name not in FROM_C_LIBRARY
        of_python = not version and name.startswith(("Py", "_Py"))
        if of_cplusplus or not (of_c_library or of_python):
            found.append(name)
    return found


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


def test_embed_leaves_nothing_undefined_but_the_c_library_and_python():
    """No C++ runtime: an interpreter's process has none, or one that a wheel has brought."""
    names = [name for name, _ in undefined(EMBED)]
    assert "PyModule_AddObject" in names or "PyObject_GetAttrString" in names, names
    assert "memcpy" in names or "malloc" in names, names
    assert unexpected(EMBED) == []


def test_embed_destroys_nothing_at_the_end():
    """Threads may still be importing when the process ends by exit()."""
    names = [name for name, _ in undefined(EMBED)]
    assert "__cxa_finalize" in names, names
    assert "__cxa_atexit" not in names


def test_the_launcher_leaves_nothing_undefined_but_the_c_library():
    """Python's names are looked up when its library has been opened."""
    assert unexpected(LAUNCHER) == []
    assert [name for name, _ in undefined(LAUNCHER) if name.startswith(("Py", "_Py"))] == []


def test_the_check_sees_the_cplusplus_runtime(tmp_path: Path):
    source = tmp_path / "throws.cpp"
    source.write_text("#include <string>\nvoid f(std::string s) { throw s + s; }\n")
    library = tmp_path / "throws.so"
    subprocess.run(["g++", "-shared", "-fPIC", "-o", library, source], check=True)
    assert {"__cxa_throw", "__gxx_personality_v0"} <= set(unexpected(library))
    assert "libstdc++.so.6" in needed(library)


def documented_libraries() -> dict[str, set[str]]:
    """What docs/architecture.md says that each program links."""
    found = {}
    for line in (ROOT / "docs/architecture.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0].startswith(("`bin/", "`libexec/")):
            name = cells[0].strip("`").rsplit("/", 1)[-1]
            found[name] = set(re.findall(r"\blib\w+\b|ld\.so", cells[2].split(";")[0]))
    return found


@pytest.mark.parametrize("program", [LAUNCHER, EMBED, MANAGER], ids=lambda path: path.name)
def test_needs_the_libraries_that_the_documentation_names(program: Path):
    names = {re.sub(r"\.so.*|-linux.*", "", name) for name in needed(program)} - {"ld"}
    assert names == documented_libraries()[program.name]
