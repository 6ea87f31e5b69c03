"""What a program of the user can do to a wheel in the store. As an unprivileged user only.

Promised is that nothing is changed by accident: directories and files of a wheel are read-only, so
writing, creating, deleting and renaming fail. Their owner may still chmod them, as POSIX has it.
"""

import json
import textwrap

import pytest
from support.wheels import simple

pytestmark = pytest.mark.user

ATTEMPTS = """
import json, os, shutil, sys, alpha
package = os.path.dirname(alpha.__file__)
site = os.path.dirname(package)
tree = package
while os.path.basename(os.path.dirname(tree)) != "wheels":
    tree = os.path.dirname(tree)
file = os.path.join(package, "data.txt")

def attempt(action):
    try:
        action()
    except OSError as error:
        return error.errno
    return 0

def write(mode):
    with open(file, mode) as out:
        out.write("changed")

answer = {
    "overwrite": attempt(lambda: write("w")),
    "append": attempt(lambda: write("a")),
    "update": attempt(lambda: write("r+")),
    "truncate": attempt(lambda: os.truncate(file, 0)),
    "unlink": attempt(lambda: os.unlink(file)),
    "rename file": attempt(lambda: os.rename(file, file + ".x")),
    "rename onto": attempt(lambda: os.replace(sys.argv[1], file)),
    "create": attempt(lambda: open(os.path.join(package, "new.py"), "x")),
    "create beside packages": attempt(lambda: open(os.path.join(site, "new.py"), "x")),
    "mkdir": attempt(lambda: os.mkdir(os.path.join(package, "__pycache__"))),
    "symlink": attempt(lambda: os.symlink("x", os.path.join(package, "link"))),
    "rename package": attempt(lambda: os.rename(package, package + "2")),
    "move tree away": attempt(lambda: os.rename(tree, sys.argv[1] + ".tree")),
    "rmtree": attempt(lambda: shutil.rmtree(package)),
    "index": attempt(lambda: open(os.path.join(tree, "INDEX"), "r+b")),
}
print(json.dumps(answer))
"""


def test_no_program_changes_a_wheel_by_accident(pel, lock_of, tmp_path):
    lock = lock_of(simple("alpha", **{"data.txt": "text"}))
    (tmp_path / "own").write_text("own")
    out = pel.code(lock, textwrap.dedent(ATTEMPTS), str(tmp_path / "own"))
    results = json.loads(out)
    assert {name for name, number in results.items() if number == 0} == set()
    assert set(results.values()) == {13}  # EACCES
    pel.assert_store_is_valid()


def test_tools_that_write_beside_modules_write_nothing(pel, lock_of):
    lock = lock_of(simple("alpha", **{"mod.py": "X = 1\n"}))
    pel("sync", lock).ok()
    code = "import alpha.mod, compileall, os; compileall.compile_dir(os.path.dirname(alpha.__file__), quiet=2)"
    pel.run(lock, "python", "-c", code, env={"PYTHONDONTWRITEBYTECODE": None}).ok()
    assert not list(pel.wheels.rglob("__pycache__"))
    pel.assert_store_is_valid()


def test_store_of_another_user_can_be_read_but_not_written(pel, lock_of):
    """Directories of the store are for everybody to read; what is root's cannot be changed."""
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    for path in pel.wheels.rglob("*"):
        assert path.stat().st_mode & 0o222 == 0, path


@pytest.fixture
def only_to_read(pel, lock_of):
    """A lock whose wheels are in a store that may only be read, as one of an administrator."""
    lock = lock_of(simple("alpha", **{"mod.py": "X = 1\n"}))
    pel("sync", lock).ok()
    folders = [pel.data, *(path for path in pel.data.rglob("*") if path.is_dir())]
    modes = {folder: folder.stat().st_mode & 0o7777 for folder in folders}
    for folder, mode in modes.items():
        folder.chmod(0o000 if folder.name in ("roots", "tmp") else mode & 0o555)
    yield lock
    for folder, mode in modes.items():
        folder.chmod(mode)


def test_store_that_may_only_be_read(pel, lock_of, only_to_read):
    before = {path: path.lstat().st_mtime_ns for path in pel.wheels.rglob("*")}
    other_cache = {"PYENVLAUNCH_CACHE": str(pel.root / "other")}
    code = "import alpha.mod, sys; print(alpha.mod.X, sys.prefix)"
    out = pel.code(only_to_read, code, env=other_cache)
    assert out.startswith("1 " + str(pel.root / "other"))
    assert pel.code(only_to_read, code, env=other_cache) == out
    venv = pel.work / "venv"
    pel("venv", "-q", venv, only_to_read, env=other_cache).ok()
    pel("env", "show", only_to_read, env=other_cache).ok()
    assert "alpha" in pel("env", "explain", only_to_read, "alpha", env=other_cache).ok()
    pel("store", "list", env=other_cache).ok()
    levels = json.loads(pel("doctor", "--json", env=other_cache).ok())["checks"]
    assert [c["level"] for c in levels if "can only be read" in c["text"]] == ["warning"]
    # What is not there cannot be added, which is said at once.
    error = pel("sync", lock_of(simple("beta"), name="beta.lock"), env=other_cache).failed()
    assert "beta-1.0-py3-none-any.whl" in error
    assert "PYENVLAUNCH_HOME" in error
    assert "owner" in pel("env", "list", env=other_cache).failed()
    pel("env", "remove", only_to_read, env=other_cache).ok()
    assert not list((pel.root / "other/v1/envs").iterdir())
    assert {path: path.lstat().st_mtime_ns for path in pel.wheels.rglob("*")} == before


@pytest.mark.parametrize("umask", ["0777", "0377"])
def test_a_umask_that_takes_everything_spoils_nothing(pel, lock_of, tmp_path, umask):
    """What such a process can make is little; later ones must not stumble over it."""
    lock, other = lock_of(simple("alpha")), lock_of(simple("beta"), name="other.lock")
    masked = ("/bin/sh", "-c", f'umask {umask}; exec "$@"', "sh")
    assert "permission denied" in pel("sync", lock, prefix=masked).failed()
    pel("sync", lock).ok()
    pel("venv", "-q", tmp_path / "venv", lock).ok()
    assert "permission denied" in pel("sync", other, prefix=masked).failed()
    assert pel("store", "pin", "alpha", prefix=masked).ok() != ""
    assert pel("store", "gc", prefix=masked).ok() == "nothing to free\n"
    pel("sync", other).ok()
    other.unlink()
    assert "1 wheel" in pel("store", "gc").ok()
    pel.assert_store_is_valid()
    assert [path for path in pel.data.rglob("*") if path.stat().st_mode & 0o400 == 0] == []


def test_locks_whose_modes_a_backup_has_lost_can_be_taken(pel, lock_of):
    """Without them an environment that is being made would not be kept from garbage collection."""
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    files = list((pel.store / "locks").iterdir())
    assert {"gc", "tmp"} <= {path.name for path in files}
    for path in files:
        path.chmod(0)
    assert pel("store", "gc").ok() == "nothing to free\n"
    pel("sync", lock).ok()
    assert [
        path.name
        for path in files
        if path.stat().st_mode & 0o400 == 0 and path.name in ("gc", "tmp")
    ] == []
