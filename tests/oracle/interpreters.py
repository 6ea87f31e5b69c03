"""The interpreters of this machine, and what each says of itself and of its tags."""

import json
import os
import re
import subprocess
from pathlib import Path

import packaging

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


def tags_of(python: Path) -> list[str]:
    return run(python, TAGS).split()


def fields(facts: dict[str, object]) -> list[str]:
    return [f"{key}={value}" for key, value in facts.items()]
