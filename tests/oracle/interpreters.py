"""The interpreters of this machine, and what each says of itself and of its tags."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import packaging
from packaging import _manylinux, _musllinux, tags

# Only the standard library, of any Python from 3.9 on. The fields that tags and markers need.
FACTS = r"""
import json, os, platform, struct, sys, sysconfig

def version(info):
    text = "%d.%d.%d" % (info.major, info.minor, info.micro)
    kind = info.releaselevel
    return text if kind == "final" else text + kind[0] + str(info.serial)

try:
    libc = (os.confstr("CS_GNU_LIBC_VERSION") or "").split()
except (AttributeError, OSError, ValueError):
    libc = []
markers = {
    "implementation_name": sys.implementation.name,
    "implementation_version": version(sys.implementation.version),
    "os_name": os.name,
    "platform_machine": platform.machine(),
    "platform_release": platform.release(),
    "platform_system": platform.system(),
    "platform_version": platform.version(),
    "python_full_version": platform.python_version(),
    "platform_python_implementation": platform.python_implementation(),
    "python_version": ".".join(platform.python_version_tuple()[:2]),
    "sys_platform": sys.platform,
}
facts = {
    "implementation": sys.implementation.name,
    "major": sys.version_info[0],
    "minor": sys.version_info[1],
    "platform": sysconfig.get_platform(),
    "glibc_version": libc[1] if len(libc) == 2 and libc[0] == "glibc" else "",
    "musl_version": "",
    "soabi": sysconfig.get_config_var("SOABI") or "",
    "gil_disabled": int(bool(sysconfig.get_config_var("Py_GIL_DISABLED"))),
    "debug_build": int(bool(sysconfig.get_config_var("Py_DEBUG"))),
    "pointer_bits": struct.calcsize("P") * 8,
}
facts.update(("markers." + key, value) for key, value in markers.items())
print(json.dumps(facts))
"""

TAGS = "import packaging.tags as t; print(' '.join(map(str, t.sys_tags())))"


def interpreters() -> list[Path]:
    """Every CPython from 3.9 on of pyenv and of the system, one path each."""
    found = {}
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [*pyenv.glob("versions/*/bin/python3.*"), *Path("/usr/bin").glob("python3.*")]
    for path in sorted(candidates):
        match = re.fullmatch(r"python3\.(\d+)t?", path.name)
        if match and int(match[1]) >= 9 and os.access(path, os.X_OK):
            found.setdefault(path.resolve(), path)
    return list(found.values())


def run(python: Path, code: str) -> str:
    # -S and a path of its own: no site-packages of that interpreter takes part.
    env = {"PYTHONPATH": str(Path(packaging.__file__).parent.parent), "PATH": os.environ["PATH"]}
    command = [python, "-S", "-c", code]
    return subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=60, check=True
    ).stdout


def facts_of(python: Path) -> dict[str, object]:
    return json.loads(run(python, FACTS))


def imagined_tags(monkeypatch, facts: dict) -> list[str]:
    """What packaging would say in an interpreter of which these are the facts."""
    version = (facts["major"], facts["minor"])
    config = {
        "Py_DEBUG": facts["debug_build"],
        "Py_GIL_DISABLED": facts["gil_disabled"],
        "py_version_nodot": "".join(map(str, version)),
    }
    glibc = facts["glibc_version"].split(".")
    musl = facts["musl_version"].split(".")
    with monkeypatch.context() as patch:
        patch.setattr(tags.sysconfig, "get_platform", lambda: facts["platform"])
        patch.setattr(tags, "_get_config_var", lambda name, warn=False: config.get(name))
        patch.setattr(tags.platform, "system", lambda: "Linux")
        patch.setattr(sys, "version_info", (*version, 0, "final", 0))
        patch.setattr(tags, "_32_BIT_INTERPRETER", facts["pointer_bits"] == 32)
        defaults = (facts["pointer_bits"] == 32,)
        patch.setattr(tags._linux_platforms, "__defaults__", defaults)
        patch.setattr(
            _manylinux,
            "_get_glibc_version",
            lambda: _manylinux._GLibCVersion(*map(int, glibc)) if len(glibc) > 1 else (-1, -1),
        )
        patch.setattr(
            _musllinux,
            "_get_musl_version",
            lambda _: _musllinux._MuslVersion(*map(int, musl)) if len(musl) > 1 else None,
        )
        hard_float = facts["soabi"].endswith("gnueabihf")
        patch.setattr(_manylinux, "_is_linux_armhf", lambda _: hard_float)
        patch.setattr(_manylinux, "_is_linux_i686", lambda _: True)
        return [str(tag) for tag in tags.sys_tags()]


def tags_of(python: Path, facts: dict, monkeypatch) -> list[str]:
    """What packaging says inside of the interpreter; of one too old for it, what it would say."""
    if (facts["major"], facts["minor"]) < (3, 10):
        return imagined_tags(monkeypatch, facts)
    return run(python, TAGS).split()


def fields(facts: dict[str, object]) -> list[str]:
    return [f"{key}={value}" for key, value in facts.items()]
