"""Ten probes in an environment of ours and in a real venv of the same wheels: equal answers.

The one difference that there may be: on sys.path the roots of wheels follow behind site-packages.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
from support.interpreters import default_python, one_a_minor
from support.real import make_venv

pytestmark = pytest.mark.network

PROBES = Path(__file__).parent / "support/probes.py"

# Where both must agree, and what is put in place of what must differ: the two prefixes, and the
# place where a file really lies.
NAMES = [
    "path",
    "prefix",
    "metadata",
    "entry_points",
    "resources",
    "pkgutil",
    "source",
    "spawn",
    "isolated",
    "module",
]

# An installer's own notes, which no wheel holds.
INSTALLER_FILES = {"INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"}


def cases():
    yield "S", default_python()
    yield "M", default_python()
    for python in one_a_minor():
        yield "U", python


@pytest.fixture(scope="session")
def venv_of(tmp_path_factory):
    made = {}

    def get(name, lock, python):
        if (name, python) not in made:
            folder = tmp_path_factory.mktemp("venv")
            made[name, python] = make_venv(folder / "venv", lock, python)
        return made[name, python]

    return get


def environment(folder: Path) -> dict[str, str]:
    (folder / "on_pythonpath").mkdir(exist_ok=True)
    (folder / "home").mkdir(exist_ok=True)
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder / "home"),
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(folder / "on_pythonpath"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@pytest.fixture
def answers(warm_user, real_lock, venv_of, tmp_path):
    """(answer in the venv, answer of ours) of one probe."""

    def ask(name: str, python, probe: str):
        lock = real_lock(name, python)
        script = tmp_path / "scripts" / "probes.py"
        script.parent.mkdir(exist_ok=True)
        script.write_text(PROBES.read_text())
        venv = venv_of(name, lock, python)
        env = environment(tmp_path)
        options = ["-I"] if probe == "isolated" else []
        command = ["-m", "probes"] if probe == "module" else [str(script)]
        there = subprocess.run(
            [venv, *options, *command, probe, name],
            env=env | {"VIRTUAL_ENV": str(venv.parents[1])},
            cwd=script.parent,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert there.returncode == 0, there.stderr
        user = warm_user(python)
        here = user.run(
            lock,
            "python",
            *options,
            *command,
            probe,
            name,
            cwd=script.parent,
            env={key: env[key] for key in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")},
        )
        here.ok()
        prefix = user.code(lock, "import sys; print(sys.prefix)").strip()
        return (
            normalized(json.loads(there.stdout), str(venv.parents[1]), None),
            normalized(json.loads(here.stdout), prefix, user.wheels),
        )

    return ask


def normalized(value, prefix: str, wheels: Path | None):
    """The same value with <prefix> for the prefix, and for the roots of the wheels' trees."""
    if isinstance(value, dict):
        return {key: normalized(item, prefix, wheels) for key, item in value.items()}
    if isinstance(value, list):
        return [normalized(item, prefix, wheels) for item in value]
    if isinstance(value, str):
        value = value.replace(prefix, "<prefix>")
        if wheels is not None and value.startswith(f"{wheels}/"):
            inside = value[len(str(wheels)) + 1 :].partition("/")[2]
            value = "<wheel>/" + inside
    return value


def without_roots(path: list[str]) -> list[str]:
    """sys.path without the wheels' roots, which must all stand behind site-packages."""
    roots = [entry for entry in path if entry.startswith("<wheel>/")]
    if roots:
        first = path.index(roots[0])
        assert path[first - 1].endswith("site-packages")
        assert path[first : first + len(roots)] == roots
    return [entry for entry in path if not entry.startswith("<wheel>/")]


def in_site_packages(value: str, minor: str) -> str:
    """Where an installer would have put a file of a wheel."""
    return value.replace("<wheel>/lib/python3/site-packages", "<site>").replace(
        f"<prefix>/lib/python{minor}/site-packages", "<site>"
    )


@pytest.mark.parametrize(("name", "python_"), list(cases()), ids=[f"{n}-{p}" for n, p in cases()])
@pytest.mark.parametrize("probe", NAMES)
def test_probe(answers, name, python_, probe):
    there, here = answers(name, python_, probe)
    if probe in ("path", "spawn", "isolated"):
        here["path"] = without_roots(here["path"])
    text = json.dumps(here)
    here = json.loads(in_site_packages(text, python_.name))
    there = json.loads(in_site_packages(json.dumps(there), python_.name))
    if probe == "metadata":
        for distribution in [*there["distributions"], *here["distributions"]]:
            # Launchers of console scripts are the environment's, not the wheel's.
            scripts = {f"../../../bin/{script}" for script in distribution["scripts"]}
            distribution["files"] = [
                file
                for file in distribution["files"]
                if os.path.basename(file) not in INSTALLER_FILES
                and file not in scripts
                and not file.endswith(".pyc")
            ]
    for key in there:
        assert here[key] == there[key], key
    assert here == there
