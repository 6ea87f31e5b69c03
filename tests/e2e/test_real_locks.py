"""Real packages: the locks S, M, L and U, from a fresh store, and the programs that they bring."""

import json
import os

import pytest
from support.interpreters import default_python, one_a_minor

# The wheels are fetched once and stay in build/wheelhouse; the store is shared by the tests of one
# run, because L alone is half a gigabyte.
pytestmark = pytest.mark.network

PROGRAMS = [
    ("S", "black --version", "black, "),
    ("M", "pytest --version", "pytest "),
    ("M", "django-admin --version", ""),
    ("M", "uvicorn --version", "Running uvicorn "),
    ("M", "alembic --version", "alembic "),
    ("L", "jupyter lab --version", ""),
    ("L", "jupyter --version", "Selected Jupyter core packages"),
]

IMPORTS = [
    ("S", "black, rich.console, pathspec, platformdirs, click"),
    ("M", "django, fastapi, boto3, sqlalchemy.orm, pytest, uvicorn, alembic, pydantic, yaml"),
    ("L", "numpy, pandas, scipy.stats, sklearn.ensemble, matplotlib.pyplot, jupyterlab.labapp"),
    ("U", "black, numpy, yaml, uvloop, click"),
]


@pytest.mark.parametrize(("name", "command", "expected"), PROGRAMS, ids=lambda value: value)
def test_program(warm, python, real_lock, name, command, expected):
    result = warm.run(real_lock(name, python), *command.split())
    assert result.ok().startswith(expected)
    assert result.stdout.strip() != ""


@pytest.mark.parametrize(("name", "modules"), IMPORTS, ids=[name for name, _ in IMPORTS])
def test_import(warm, python, real_lock, name, modules):
    lock = real_lock(name, python)
    assert warm.code(lock, f"import {modules}; print('fine')") == "fine\n"


def test_from_a_fresh_store_to_a_running_program(pel, python, real_lock):
    lock = real_lock("S", python)
    first = pel.run(lock, "black", "--version")
    assert first.ok().startswith("black, ")
    assert first.stderr == ""
    assert pel.run(lock, "black", "--version").ok() == first.stdout
    pel.assert_store_is_valid()


def test_programs_do_their_work(warm, python, real_lock, tmp_path):
    source = tmp_path / "ugly.py"
    source.write_text("x = {  'a':1 }\n")
    warm.run(real_lock("S", python), "black", "-q", source).ok()
    assert source.read_text() == 'x = {"a": 1}\n'
    test = tmp_path / "test_it.py"
    test.write_text(
        "import pytest\n@pytest.mark.parametrize('x', [1, 2])\ndef test_x(x): assert x\n"
    )
    out = warm.run(real_lock("M", python), "pytest", "-q", "-p", "no:cacheprovider", test).ok()
    assert "2 passed" in out
    project = tmp_path / "site"
    project.mkdir()
    lock = real_lock("M", python)
    warm.run(lock, "django-admin", "startproject", "demo", project).ok()
    # Templates are read-only in the store; what is made of them must not be.
    assert os.access(project / "manage.py", os.W_OK)
    out = warm.run(lock, "python", "manage.py", "check", cwd=project).ok()
    assert "no issues" in out


@pytest.mark.parametrize("each", one_a_minor(), ids=str)
def test_universal_lock_with_each_interpreter(warm_user, real_lock, each):
    user = warm_user(each)
    lock = real_lock("U", each)
    modules = "black, numpy, yaml, click" + (", uvloop" if each.version < (3, 13) else "")
    code = f"import {modules}, platform; print(platform.python_version())"
    assert user.code(lock, code) == each.full + "\n"
    assert user.run(lock, "black", "--version").ok().startswith("black, ")


@pytest.mark.parametrize("each", one_a_minor(), ids=str)
def test_small_lock_with_each_interpreter(warm_user, real_lock, each):
    user = warm_user(each)
    lock = real_lock("S", each)
    assert user.run(lock, "black", "--version").ok().startswith("black, ")
    code = "import rich.console; rich.console.Console().print('[b]fine[/b]')"
    assert user.code(lock, code) == "fine\n"


@pytest.mark.full
@pytest.mark.parametrize("each", one_a_minor(), ids=str)
@pytest.mark.parametrize("name", ["M", "L"])
def test_larger_locks_with_each_interpreter(warm_user, real_lock, name, each):
    user = warm_user(each)
    modules = dict(IMPORTS)[name]
    assert user.code(real_lock(name, each), f"import {modules}; print('fine')") == "fine\n"


def test_every_stored_file_is_what_its_record_says(pel, python, real_lock):
    """In a store of its own: root's pytest may write bytecode into the others' trees."""
    for name in ("S", "M", "U"):
        pel("sync", real_lock(name, python)).ok()
    result = pel("store", "verify", "--json")
    assert json.loads(result.stdout) == []
    assert result.returncode == 0


def test_environment_of_a_real_lock_is_small(warm, python, real_lock):
    lock = real_lock("M", python)
    warm("sync", lock).ok()
    shown = json.loads(warm("env", "show", lock, "--json").ok())
    assert shown["table_bytes"] < 64 * 1024
    assert shown["prefix_inodes"] <= 40 + len(shown["scripts"])


def test_default_interpreter_is_the_one_that_the_shared_locks_are_for():
    """Says loudly when the interpreters of this machine let other locks be tested than meant."""
    assert default_python().minor == "3.11"
