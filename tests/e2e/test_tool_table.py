"""`[tool.pyenvlaunch]` of a lock: entry points, variables, source paths, wherever Python starts."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from support.wheels import simple

TOOL = (
    'source-paths = ["src", "gone"]\n'
    "[tool.pyenvlaunch.scripts]\n"
    'start = "local_module:main"\n'
    'alpha-start = "alpha:VERSION.upper"\n'
    "[tool.pyenvlaunch.env]\n"
    'PEL_TEST_VARIABLE = "from the lock"\n'
)
MODULE = """\
import os, sys
def main():
    print(os.environ.get("PEL_TEST_VARIABLE"), sys.argv[1:], sys.argv[0].rsplit("/", 1)[-1])
"""
ASK = """
import json, os, subprocess, sys, local_module, alpha
child = [sys.executable, "-c", "import local_module; print(local_module.__file__)"]
print(json.dumps({
    "file": local_module.__file__,
    "child": subprocess.run(child, capture_output=True, text=True).stdout.strip(),
    "behind": sys.path.index(os.path.dirname(local_module.__file__)) > 0,
    "variable": os.environ.get("PEL_TEST_VARIABLE"),
}))
"""


@pytest.fixture
def lock(lock_of, tmp_path) -> Path:
    source = tmp_path / "locks/src"
    source.mkdir(parents=True)
    (source / "local_module.py").write_text(MODULE)
    return lock_of(simple("alpha"), tool=TOOL)


@pytest.mark.parametrize("mode", ["embedded", "hosted"])
def test_in_both_modes(pel, lock, mode):
    env = {"PYENVLAUNCH_MODE": mode}
    answer = json.loads(pel.code(lock, ASK, env=env))
    module = str(lock.parent / "src/local_module.py")
    assert answer == {
        "file": module,
        "child": module,
        "behind": True,
        "variable": "from the lock",
    }
    assert pel.run(lock, "start", "x", env=env).ok() == "from the lock ['x'] start\n"
    assert pel("exec", lock, "--", "start", env=env).ok() == "from the lock [] start\n"


def test_variables_of_the_user_win(pel, lock):
    env = {"PEL_TEST_VARIABLE": "mine"}
    assert pel.run(lock, "start", env=env).ok() == "mine [] start\n"


def test_source_is_seen_as_it_is_now(pel, lock):
    pel.run(lock, "start").ok()
    (lock.parent / "src/local_module.py").write_text("def main():\n    print('changed')\n")
    assert pel.run(lock, "start").ok() == "changed\n"


def test_scripts_are_listed(pel, lock):
    pel("sync", lock).ok()
    assert "start" in json.loads(pel("env", "show", "--json", lock).ok())["scripts"]


def test_thin_venv_has_scripts_and_sources(pel, lock, tmp_path):
    venv = tmp_path / "venv"
    pel("venv", venv, lock).ok()

    def run(*command: object) -> str:
        done = subprocess.run(
            [str(word) for word in command], env=pel.env, capture_output=True, text=True, check=True
        )
        return done.stdout

    assert run(venv / "bin/start", "x") == "None ['x'] start\n"
    module = lock.parent / "src/local_module.py"
    ask = "import local_module; print(local_module.__file__)"
    assert run(venv / "bin/python", "-c", ask) == f"{module}\n"
    plain = (next(venv.glob("lib/python3*/site-packages")) / "!pyenvlaunch.roots.pth").read_text()
    assert os.path.dirname(module) in plain.splitlines(), "for tools that only read"
