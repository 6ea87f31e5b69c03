"""pkg_resources and copies of it see in an environment of ours what they see in a real venv."""

import json
import subprocess
from pathlib import Path

import pytest
from support.interpreters import one_a_minor
from support.real import make_venv
from support.wheels import simple

pytestmark = pytest.mark.network

PROBE = Path(__file__).parent / "support/pkg_resources_probe.py"
MINORS = ("3.9", "3.11", "3.13")
PYTHONS = [python for python in one_a_minor() if python.name in MINORS]


@pytest.fixture(scope="session")
def venv_of(tmp_path_factory):
    made = {}

    def get(lock, python):
        if (lock, python) not in made:
            folder = tmp_path_factory.mktemp("venv")
            made[lock, python] = make_venv(folder / "venv", lock, python)
        return made[lock, python]

    return get


@pytest.mark.parametrize("python_", PYTHONS, ids=str)
@pytest.mark.parametrize("name", ["PKGRES", "PKGRESNEW"])
@pytest.mark.parametrize("mode", ["embedded", "hosted"])
def test_as_in_a_venv(warm_user, real_lock, venv_of, name, python_, mode):
    lock = real_lock(name, python_)
    user = warm_user(python_)
    done = subprocess.run(
        [venv_of(lock, python_), PROBE], env=user.env, cwd=user.work, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    here = user.run(lock, "python", PROBE, env={"PYENVLAUNCH_MODE": mode})
    there, here = json.loads(done.stdout), json.loads(here.ok())
    for key in there:
        assert here[key] == there[key], key
    assert len(here["working_set"]) > 3


@pytest.mark.parametrize("python_", PYTHONS, ids=str)
def test_a_copy_in_another_package(warm_user, real_lock, python_):
    """Before 3.11, pip lists packages through the copy that it brings along."""
    user = warm_user(python_)
    listed = json.loads(user.run(real_lock("PKGRES", python_), "pip", "list", "--format=json").ok())
    names = {item["name"].lower() for item in listed}
    assert {"black", "paste", "pastedeploy", "pip", "setuptools"} <= names
    assert len(names) == len(listed)


def test_installed_later_counts_too(pel, real_lock, python, build):
    """A distribution in the environment's own directory, beside those of the store."""
    lock = real_lock("PKGRES", python)
    later = build(simple("later-one"))
    pel.run(lock, "pip", "install", "--no-index", "--no-deps", later.path).ok()
    code = (
        "import pkg_resources, later_one; d = pkg_resources.get_distribution('later-one')\n"
        "import sys; print(d.version, d.location.startswith(sys.prefix))"
    )
    assert pel.code(lock, code, env={"PYTHONWARNINGS": "ignore"}) == "1.0 True\n"
    assert pel.code(
        lock, "import pkg_resources as p; print(p.get_distribution('pip').key)"
    ).startswith("pip")


def test_something_else_of_that_name(pel, lock_of):
    lock = lock_of(simple("pkg_resources"))
    assert pel.code(lock, "import pkg_resources; print(pkg_resources.VERSION)") == "1.0\n"
