"""Clearing up: what no root reaches goes, all else stays, whatever runs meanwhile."""

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from support.launcher import remove_tree
from support.wheels import Wheel, simple

LONG_AGO = time.time() - 40 * 24 * 3600

# Imports one package, says so, waits for a line, and imports another one from the same store.
WAITING = (
    "import sys, first; print('ready', flush=True); sys.stdin.readline();"
    "import second.deep; print(second.deep.VALUE, flush=True)"
)


def gc(pel, *options: object) -> dict:
    return json.loads(pel("store", "gc", "--json", *options).ok())


def names(items: list[dict]) -> list[str]:
    return [item["id"].split("-")[0] for item in items]


def wheels_in(pel) -> list[str]:
    return [line.split("-")[0] for line in pel("store", "list").ok().split()]


def prefixes(pel) -> list[Path]:
    return sorted((pel.cache / "v1/envs").glob("*"))


def pair() -> tuple[Wheel, Wheel]:
    first, second = simple("first"), simple("second")
    second.files["second/deep.py"] = "VALUE = 'deep'\n"
    return first, second


def table_descriptors(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.endswith("pyenvlaunch.table")]


LIST_DESCRIPTORS = """
import os
import re
for fd in os.listdir('/proc/self/fd'):
    try:
        print(os.readlink('/proc/self/fd/' + fd))
    except OSError:
        pass
"""


@pytest.mark.parametrize("mode", ["embedded", "hosted"])
def test_python_inherits_no_descriptor(pel, lock_of, mode):
    """A program holds its environment by an open table; Python maps that, and closes it."""
    lock = lock_of(simple("alpha"))
    env = {"PYENVLAUNCH_MODE": mode}
    assert table_descriptors(pel.code(lock, LIST_DESCRIPTORS, env=env)) == []
    listing = pel("exec", lock, "--", "ls", "-l", "/proc/self/fd", env=env).ok()
    assert len(table_descriptors(listing)) == 1


@pytest.fixture
def waiting(pel):
    """Starts processes that wait in the middle of their work; ends them all."""
    started = []

    def start(lock: Path, **options) -> subprocess.Popen:
        command = ("run", lock, "--", "python", "-c", WAITING)
        process = pel.popen(*command, stdin=subprocess.PIPE, **options)
        started.append(process)
        assert process.stdout.readline() == "ready\n", process.stderr.read()
        return process

    def go_on(process: subprocess.Popen) -> str:
        out, err = process.communicate("\n", timeout=60)
        assert process.returncode == 0, err
        return out

    start.go_on = go_on
    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_empty_and_missing_store(pel):
    report = gc(pel)
    assert (report["wheels"], report["bytes"], report["environments"]) == ([], 0, [])
    assert pel("store", "gc").ok() == "nothing to free\n"
    assert not pel.store.exists()


def test_a_store_that_is_being_made_holds_nothing(pel, lock_of):
    """Its directories appear one after the other; gc may come between any two of them."""
    lock = lock_of(simple("alpha"))
    for part in ("locks", "tables", "roots", "tmp"):
        pel("sync", lock).ok()
        for made_later in ("bytecode", "wheels"):
            remove_tree(pel.store / made_later)
        remove_tree(pel.store / part)
        assert pel("store", "gc").ok() == "nothing to free\n"
    pel("sync", lock).ok()


@pytest.mark.parametrize("part", ["locks", "tables", "tmp"])
def test_clears_up_where_somebody_has_deleted_a_part_of_the_store(pel, lock_of, part):
    kept, gone = lock_of(simple("alpha"), name="kept.lock"), lock_of(simple("beta"))
    for lock in (kept, gone):
        pel("sync", lock).ok()
    gone.unlink()
    remove_tree(pel.store / part)
    assert names(gc(pel)["wheels"]) == ["beta"]
    pel.assert_store_is_valid()
    assert pel.code(kept, "import alpha; print(alpha.VERSION)") == "1.0\n"


@pytest.mark.parametrize("between", [(), ("sync",)], ids=["at once", "behind a sync"])
def test_frees_nothing_where_somebody_has_deleted_the_roots(pel, lock_of, tmp_path, between):
    """What directories and pins need is not known any more, until a user says that it is."""
    lock, pinned = lock_of(simple("alpha")), lock_of(simple("beta"), name="pinned.lock")
    venv = tmp_path / "venv"
    pel("sync", pinned).ok()
    pel("store", "pin", "beta").ok()
    pel("venv", "-q", venv, lock).ok()
    remove_tree(pel.store / "roots")
    for command in between:
        pel(command, lock).ok()
    for options in ((), ("--dry-run",), ("--max-size", "1"), ("--older-than", "0d")):
        error = pel("store", "gc", *options).failed()
        assert f"nothing is freed: {pel.store}/roots: it was deleted" in error
        assert f"delete {pel.store}/roots/.lost" in error
    assert wheels_in(pel) == ["alpha", "beta"]
    assert "roots: it was deleted" in pel("store", "verify").stdout
    assert "roots: it was deleted" in pel("doctor").stdout
    pel("sync", lock).ok()
    pel("venv", "-q", venv, lock).ok()
    (pel.store / "roots/.lost").unlink()
    report = gc(pel)
    assert report["wheels"] == []
    assert "its root was deleted; it stays until" in " ".join(report["warnings"])
    pel("env", "remove", pinned).ok()
    assert names(gc(pel)["wheels"]) == ["beta"]
    pel.assert_store_is_valid()
    assert pel("store", "gc").ok() == "nothing to free\n"


def test_copy_of_a_directory_says_what_is_gone(pel, lock_of, tmp_path):
    """Nothing says that it is there: it needs a call of its own."""
    lock = lock_of(simple("alpha"))
    venv, copy = tmp_path / "venv", tmp_path / "copy"
    pel("venv", "-q", venv, lock).ok()
    shutil.copytree(venv, copy, symlinks=True)
    shutil.rmtree(venv)
    gc(pel)
    start = [copy / "bin/python", "-c", "import alpha"]
    err = subprocess.run(start, env=pel.env, capture_output=True, text=True).stderr
    assert err.startswith(f"pyenvlaunch: warning: cannot use {pel.store}/wheels/alpha-")
    assert err.count("INDEX: No such file or directory\n  hint: ") == 1
    pel("venv", "-q", copy, lock).ok()
    done = subprocess.run(start, env=pel.env, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_keeps_what_directories_need_that_were_moved(pel, lock_of, tmp_path):
    """The other names of the table say that the directory is somewhere."""
    lock, other = lock_of(simple("alpha")), lock_of(simple("beta"), name="other.lock")
    venv, moved, again = (tmp_path / name for name in ("venv", "moved", "again"))
    pel("venv", "-q", venv, lock).ok()
    remove_tree(pel.cache)
    venv.rename(moved)
    report = gc(pel)
    assert (report["wheels"], report["warnings"]) == (
        [],
        [f"{venv}: the directory was moved; what it needs is kept, until it is deleted or made anew"
         " with `pyenvlaunch venv DIR LOCK`"],
    )  # fmt: skip
    pel("venv", "-q", venv, other).ok()  # at the place where it was
    assert "is another's now" in " ".join(gc(pel)["warnings"])
    start = [moved / "bin/python", "-c", "import alpha"]
    subprocess.run(start, env=pel.env, check=True)
    pel("venv", "-q", moved, lock).ok()
    assert gc(pel)["warnings"] == []
    moved.rename(again)
    assert len(gc(pel)["warnings"]) == 1
    pel("venv", "-q", again, lock).ok()
    report = gc(pel)
    assert (report["wheels"], report["warnings"]) == ([], [])
    assert [entry["prefix"] for entry in report["environments"]] == [str(moved)]
    shutil.rmtree(again)
    assert names(gc(pel)["wheels"]) == ["alpha"]
    assert pel("store", "gc").ok() == "nothing to free\n"


def test_keeps_what_directories_need_whose_root_somebody_has_deleted(pel, lock_of, tmp_path):
    """The store has a second name of each table, which says what its directory needs."""
    plugin = Wheel("plugin", files={"base/plugin.py": "VALUE = 'plugin'\n"})
    lock = lock_of(simple("base"), plugin)
    other = lock_of(simple("alpha"), name="other.lock")
    pel("sync", other).ok()
    venv = tmp_path / "venv"
    pel("venv", "-q", venv, lock).ok()
    remove_tree(pel.cache)
    pel("sync", other).ok()
    for root in (pel.store / "roots").iterdir():
        root.unlink()
    result = pel("store", "gc")
    assert result.ok() == "nothing to free\n"
    assert result.stderr.count("root was deleted") == 1, result
    assert result.stderr.count("its root was deleted") == 1
    assert wheels_in(pel) == ["alpha", "base", "plugin"]
    start = [venv / "bin/python", "-c", "import base.plugin; print(base.plugin.VALUE)"]
    assert subprocess.run(start, env=pel.env, capture_output=True, text=True).stdout == "plugin\n"
    pel("sync", other).ok()
    pel("venv", "-q", venv, lock).ok()
    assert gc(pel)["warnings"] == []
    for root in (pel.store / "roots").iterdir():
        root.unlink()
    shutil.rmtree(venv)
    pel("env", "remove", other).ok()
    assert names(gc(pel)["wheels"]) == ["alpha", "base", "plugin"]
    pel.assert_store_is_valid()


def test_the_store_by_another_name(pel, lock_of, tmp_path):
    """It was moved, and a link leads there from where it was: directories of before work still."""
    lock = lock_of(simple("alpha"))
    venv = tmp_path / "venv"
    pel("venv", "-q", venv, lock).ok()
    moved = pel.data.rename(tmp_path / "moved")
    pel.data.symlink_to(moved)
    remove_tree(pel.cache)
    assert pel("store", "gc", env={"PYENVLAUNCH_HOME": str(moved)}).ok() == "nothing to free\n"
    assert pel("store", "gc").ok() == "nothing to free\n"
    start = [venv / "bin/python", "-c", "import alpha; print(alpha.VERSION)"]
    assert subprocess.run(start, env=pel.env, capture_output=True, text=True).stdout == "1.0\n"
    pel.data.unlink()
    assert names(gc(pel, "--dry-run")["wheels"]) == []  # there is no store
    env = {"PYENVLAUNCH_HOME": str(moved)}
    assert "its directory is another environment" in pel("store", "gc", env=env).ok()


def test_a_table_of_another_release_that_is_in_use_keeps_everything(pel, lock_of, waiting):
    """Nobody knows what the process needs, once its root and its directory are gone."""
    lock = lock_of(*pair())
    process = waiting(lock)
    (table,) = (pel.store / "tables").iterdir()
    (prefix,) = prefixes(pel)
    text = bytearray(table.read_bytes())
    text[16] += 1  # its version
    mode = table.stat().st_mode
    table.chmod(0o644)
    table.write_bytes(text)
    table.chmod(mode)
    remove_tree(prefix)
    for root in (pel.store / "roots").iterdir():
        root.unlink()
    error = pel("store", "gc").failed()
    assert f"table {table} is in use, and cannot be read" in error
    assert waiting.go_on(process) == "deep\n"
    assert names(gc(pel)["wheels"]) == ["first", "second"]


def test_frees_what_no_lock_reaches_and_nothing_else(pel, lock_of):
    kept = lock_of(simple("alpha"), simple("common"), name="kept.lock")
    gone = lock_of(simple("beta"), simple("common"), name="gone.lock")
    for lock in (kept, gone):
        pel("sync", lock).ok()
    assert gc(pel)["wheels"] == []
    gone.unlink()

    planned = gc(pel, "--dry-run")
    assert names(planned["wheels"]) == ["beta"]
    assert [item["reason"] for item in planned["environments"]] == ["its lock is gone"]
    assert planned["bytes"] > 0
    assert wheels_in(pel) == ["alpha", "beta", "common"]
    assert len(prefixes(pel)) == 2

    freed = gc(pel)
    assert freed | {"dry_run": True} == planned
    assert wheels_in(pel) == ["alpha", "common"]
    assert len(prefixes(pel)) == 1
    packs = sorted(re.split("[-@]", path.name)[0] for path in (pel.store / "bytecode").iterdir())
    assert packs == ["alpha", "common", "standard"]
    assert len(list((pel.store / "roots").iterdir())) == 1
    assert len(list((pel.cache / "v1/selections").iterdir())) == 1
    pel.assert_store_is_valid()
    assert pel("store", "gc").ok() == "nothing to free\n"
    assert pel.code(kept, "import alpha, common; print(alpha.VERSION)") == "1.0\n"


def test_a_dry_run_counts_what_goes_with_a_directory_that_is_gone(pel, lock_of):
    """Its table has another name in the store."""
    directory = pel.work / "venv"
    lock = lock_of(simple("alpha"))
    pel("venv", directory, lock).ok()
    pel("sync", lock).ok()
    remove_tree(directory)
    planned = gc(pel, "--dry-run")
    assert planned["inodes"] == 1
    assert planned["bytes"] > 0
    assert gc(pel) | {"dry_run": True} == planned
    assert gc(pel)["bytes"] == 0


def test_a_wheel_that_was_only_added_goes(pel, build):
    pel("store", "add", build(simple("alpha")).path).ok()
    assert "wheel        alpha-1.0" in pel("store", "gc", "-n").ok()
    assert pel("store", "gc").ok().splitlines()[-1].startswith("freed 1 wheel: ")
    assert wheels_in(pel) == []


def test_what_a_changed_lock_does_not_mean_any_more_goes(pel, house, lock_of):
    lock = lock_of(simple("alpha", "1.0"))
    pel("sync", lock).ok()
    lock_of(simple("alpha", "2.0"))
    pel("sync", lock).ok()
    report = gc(pel)
    assert [item["id"].split("-")[1] for item in report["wheels"]] == ["1.0"]
    assert [item["reason"] for item in report["environments"]] == ["its lock has changed"]
    assert pel.code(lock, "import alpha; print(alpha.VERSION)") == "2.0\n"


def test_two_locks_of_one_environment(pel, build, lock_of):
    wheel = build(simple("alpha"))
    first = lock_of(wheel, name="first.lock")
    second = lock_of(wheel, name="second.lock")
    for lock in (first, second, first):
        pel("sync", lock).ok()
    assert len(prefixes(pel)) == 1
    first.unlink()
    report = gc(pel)
    assert (report["wheels"], report["environments"]) == ([], [])
    second.unlink()
    report = gc(pel)
    assert names(report["wheels"]) == ["alpha"]


def test_composites_and_their_bytecode(pel, lock_of):
    base = simple("base")
    plugin = Wheel("plugin", files={"base/plugin.py": "", "plugin/__init__.py": ""})
    lock = lock_of(base, plugin)
    pel("sync", lock).ok()
    composites = list((pel.store / "composites").iterdir())
    assert len(composites) == 1
    assert gc(pel)["composites"] == []
    lock.unlink()
    report = gc(pel)
    assert [item["id"] for item in report["composites"]] == [composites[0].name]
    assert names(report["wheels"]) == ["base", "plugin"]
    for folder in ("composites", "wheels", "bytecode", "roots", "tables"):
        assert list((pel.store / folder).iterdir()) == [], folder
    pel.assert_store_is_valid()


def test_packs_of_an_interpreter_that_nobody_uses(pel, lock_of):
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    packs = pel.store / "bytecode" / pel("store", "list").ok().strip()
    (current,) = packs.iterdir()
    foreign = packs / "cpython-30.opt-2.pack"
    shutil.copy(current, foreign)
    optimized = packs / current.name.replace(".pack", ".opt-2.pack")
    shutil.copy(current, optimized)
    report = gc(pel)
    assert [item["id"].split("/")[1] for item in report["bytecode"]] == [foreign.name]
    assert sorted(packs.iterdir()) == sorted([current, optimized])
    orphan = pel.store / "bytecode/gone-1.0-py3-none-any-0123456789abcdef"
    orphan.mkdir()
    assert [item["id"] for item in gc(pel)["bytecode"]] == [orphan.name]
    assert not orphan.exists()


def test_launchers_of_other_builds(pel, lock_of):
    pel("sync", lock_of(simple("alpha"))).ok()
    (current,) = (pel.store / "launchers").iterdir()
    shutil.copytree(current, current.parent / ("f" * 16))
    report = gc(pel)
    assert [item["id"] for item in report["launchers"]] == ["f" * 16]
    assert [path.name for path in current.parent.iterdir()] == [current.name]


def test_leftovers(pel, lock_of):
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    left = [
        pel.store / "roots/.tmp-env-x-AbCdEf",
        pel.store / "tmp/pel-add-1-AbCdEf",
        pel.store / "launchers/.tmp-AbCdEf",
        pel.cache / "v1/tmp/env-AbCdEf",
        pel.store / "roots/add-1-AbCdEf",
    ]
    for path in (left[1], left[2], left[3]):
        path.mkdir()
    left[0].write_text("x")
    left[4].write_text("")
    report = gc(pel)
    assert report["leftovers"] == 4
    assert [path for path in left if path.exists()] == []
    assert (report["wheels"], report["environments"]) == ([], [])


def test_what_was_kept_for_a_while_goes(pel, lock_of):
    """Logs of failed builds and answers for scripts have an age at which nobody asks for them."""
    pel("sync", lock_of(simple("alpha"))).ok()
    kept = {"logs/build-a.log": 29, "scripts/" + "a" * 32: 89}
    gone = {"logs/build-b.log": 31, "scripts/" + "b" * 32: 91}
    for name, days in (kept | gone).items():
        path = pel.cache / "v1" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        then = time.time() - days * 24 * 3600
        os.utime(path, (then, then))
    assert gc(pel)["leftovers"] == 2
    left = {path.name for path in (pel.cache / "v1").rglob("*") if path.is_file()}
    assert {Path(name).name for name in kept} <= left
    assert not {Path(name).name for name in gone} & left


def test_deleted_cache(pel, lock_of):
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    shutil.rmtree(pel.cache)
    report = gc(pel)
    assert [item["reason"] for item in report["environments"]] == ["its directory is gone"]
    assert names(report["wheels"]) == ["alpha"]
    assert pel.code(lock, "import alpha; print('again')") == "again\n"


def test_deleted_store(pel, lock_of):
    """Environments that nothing refers to are gone for good, and made again when they are used."""
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    remove_tree(pel.store)
    pel("store", "add", lock.parent.parent / "wheelhouse/alpha-1.0-py3-none-any.whl").ok()
    report = gc(pel)
    assert [item["reason"] for item in report["environments"]] == ["nothing refers to it"]
    assert prefixes(pel) == []
    assert pel.code(lock, "import alpha; print('again')") == "again\n"


def test_older_than_and_max_size(pel, lock_of):
    locks = [lock_of(simple(name), name=f"{name}.lock") for name in ("alpha", "beta")]
    for lock in locks:
        pel("sync", lock).ok()
    assert gc(pel, "--older-than", "30d")["environments"] == []
    (table,) = [
        path / "pyenvlaunch.table"
        for path in prefixes(pel)
        if b"alpha-1.0" in (path / "pyenvlaunch.table").read_bytes()
    ]
    os.utime(table, (LONG_AGO, LONG_AGO))
    assert gc(pel, "--older-than", "50d", "-n")["environments"] == []
    assert gc(pel, "--older-than", "30d", "--keep", locks[0], "-n")["environments"] == []
    report = gc(pel, "--older-than", "30d", "-n")
    assert names(report["wheels"]) == ["alpha"]
    assert gc(pel, "--max-size", "1GiB", "-n")["environments"] == []
    size = json.loads(pel("store", "du", "--json").ok())
    total = size["bytes"] + size["bytecode_bytes"]
    report = gc(pel, "--max-size", total - 1)
    assert names(report["wheels"]) == ["alpha"]
    assert names(gc(pel, "--max-size", 0)["wheels"]) == ["beta"]


def test_a_last_use_in_the_future_ends_at_the_next_look(pel, lock_of):
    """A clock was wrong once: such an environment would never be old."""
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    (prefix,) = prefixes(pel)
    table = prefix / "pyenvlaunch.table"
    to_come = time.time() + 400 * 24 * 3600
    looks = (
        lambda: pel.code(lock, "pass"),
        lambda: gc(pel),
        lambda: subprocess.run([prefix / "bin/python", "-c", ""], check=True, env=pel.env),
    )
    for look in looks:
        os.utime(table, (to_come, to_come))
        assert gc(pel, "--dry-run")["environments"] == []
        assert table.stat().st_mtime == pytest.approx(to_come)
        look()
        assert table.stat().st_mtime < to_come - 24 * 3600


@pytest.mark.parametrize("damage", ["empty", "garbage", "fifo"])
def test_a_damaged_directory_keeps_its_wheels(pel, lock_of, house, damage):
    """Its own Python makes it again, of what the store has."""
    lock = lock_of(simple("alpha"))
    directory = pel.work / "venv"
    pel("venv", directory, lock).ok()
    remove_tree(house)
    configuration = directory / "pyvenv.cfg"
    configuration.unlink()
    if damage == "fifo":
        os.mkfifo(configuration)
    else:
        configuration.write_text("" if damage == "empty" else "nonsense\n")
    assert gc(pel)["wheels"] == []
    if damage == "fifo":
        configuration.unlink()
        configuration.touch()
    ran = subprocess.run(
        [directory / "bin/python", "-c", "import alpha; print(alpha.VERSION)"],
        env=pel.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout == "1.0\n", ran
    configuration.write_text("home = /usr/bin\nversion = 3.11\n")  # somebody else's now
    assert names(gc(pel)["wheels"]) == ["alpha"]


def test_what_is_none_of_ours_does_not_stop_it(pel, lock_of):
    """Directories between the links to tables, and a root that no memory holds."""
    lock = lock_of(simple("alpha"))
    gone = lock_of(simple("beta"), name="gone.lock")
    pel("sync", lock, gone).ok()
    gone.unlink()
    (pel.store / "tables/mine").mkdir()
    (root,) = [path for path in (pel.store / "roots").iterdir() if "app.lock" in path.read_text()]
    os.truncate(root, 1 << 42)
    result = pel("store", "gc", "--json")
    assert names(json.loads(result.ok())["wheels"]) == ["beta"]
    assert f"cannot read {root}: it is too large" in result.stderr
    assert wheels_in(pel) == ["alpha"]
    pel("sync", lock).ok()
    assert "too large" not in pel("store", "gc").stderr


def test_bad_options(pel):
    for option, value in (("--older-than", "30"), ("--older-than", "x"), ("--max-size", "5X")):
        message = pel("store", "gc", option, value).failed(2)
        assert f"bad value '{value}' of {option}" in message
    pel("store", "gc", "something").failed(2)


def test_use_is_noted_once_a_day(pel, lock_of):
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    table = prefixes(pel)[0] / "pyenvlaunch.table"
    for age, noted in ((3600, False), (25 * 3600, True)):
        before = time.time() - age
        os.utime(table, (before, before))
        pel.code(lock, "pass")
        assert (table.stat().st_mtime > before + 1) == noted
        os.utime(table, (before, before))
        subprocess.run([prefixes(pel)[0] / "bin/python", "-c", "pass"], check=True, env={})
        assert (table.stat().st_mtime > before + 1) == noted


def test_pins(pel, build, lock_of):
    wheels = [build(simple(name)) for name in ("alpha", "beta", "gamma")]
    pel("store", "add", *(wheel.path for wheel in wheels)).ok()
    assert pel("store", "pin", "alpha").ok() == f"{wheels[0].store_id}\n"
    assert pel("store", "pin", wheels[1].store_id).ok() == f"{wheels[1].store_id}\n"
    assert names(gc(pel)["wheels"]) == ["gamma"]
    pins = json.loads(pel("store", "pin", "--json").ok())
    assert [pin["target"] for pin in pins] == ["alpha", wheels[1].store_id]
    pel("store", "unpin", "alpha").ok()
    assert "is not pinned" in pel("store", "unpin", "alpha").failed()
    assert names(gc(pel)["wheels"]) == ["alpha"]
    assert "no wheel 'nope'" in pel("store", "pin", "nope").failed()


def test_pinned_lock(pel, lock_of):
    lock = lock_of(simple("alpha"))
    assert "no environment of lock" in pel("store", "pin", lock).failed()
    pel("sync", lock).ok()
    pel("store", "pin", lock).ok()
    lock.unlink()
    report = gc(pel)
    assert (report["wheels"], report["environments"]) == ([], [])
    pel("store", "unpin", lock).ok()
    assert names(gc(pel)["wheels"]) == ["alpha"]


def test_damaged_roots(pel, lock_of):
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    (root,) = (pel.store / "roots").iterdir()
    root.write_text("")
    result = pel("store", "gc")
    assert result.ok() == "nothing to free\n"
    assert "it is damaged" in result.stderr
    assert pel.code(lock, "import alpha; print('still there')") == "still there\n"
    unknown = root.parent / "pin-0123456789abcdef"
    unknown.write_text("{")
    assert "nothing is freed" in pel("store", "gc").failed()
    unknown.write_text('{"kind": "of a later version", "wheels": ["x-1.0"], "launcher": "y"}')
    pel("store", "gc").ok()
    assert unknown.exists()


def test_a_hit_notices_what_has_gone(pel, lock_of):
    """If wheels vanish all the same, the environment is made again instead of failing."""
    lock = lock_of(simple("alpha"), simple("beta"))
    pel("sync", lock).ok()
    other = lock_of(simple("gamma"), name="other.lock")
    pel("sync", other).ok()
    other.unlink()
    gc(pel)
    (wheel,) = pel.wheels.glob("alpha-*")
    remove_tree(wheel)
    assert pel.code(lock, "import alpha, beta; print('again')") == "again\n"


@pytest.mark.parametrize("mode", ["embedded", "hosted"])
def test_a_running_process_keeps_all_it_may_need(pel, lock_of, waiting, mode):
    lock = lock_of(*pair())
    env = pel.env | {"PYENVLAUNCH_MODE": mode}
    pel("sync", lock, env=env).ok()
    process = waiting(lock, env=env)
    pel("env", "remove", lock).ok()
    lock.unlink()
    for _ in range(3):
        report = gc(pel)
        assert (report["wheels"], report["environments"]) == ([], [])
        assert len(report["in_use"]) == 1
    # It may spawn sys.executable still.
    done = subprocess.run(
        [prefixes(pel)[0] / "bin/python", "-c", "import second.deep; print(second.deep.VALUE)"],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "deep\n"), done.stderr
    assert waiting.go_on(process) == "deep\n"
    report = gc(pel)
    assert (names(report["wheels"]), len(report["environments"])) == (["first", "second"], 1)
    assert prefixes(pel) == []


def test_a_running_process_survives_the_deletion_of_everything_but_the_store(pel, lock_of, waiting):
    lock = lock_of(*pair())
    pel("sync", lock).ok()
    process = waiting(lock)
    shutil.rmtree(pel.cache)
    for root in (pel.store / "roots").iterdir():
        root.unlink()
    lock.unlink()
    assert gc(pel)["wheels"] == []
    assert gc(pel)["wheels"] == []
    assert waiting.go_on(process) == "deep\n"
    assert names(gc(pel)["wheels"]) == ["first", "second"]


def test_a_program_in_an_environment_keeps_it(pel, lock_of):
    """Not Python itself, but what may start it."""
    lock = lock_of(*pair())
    pel("sync", lock).ok()
    script = "echo ready; read line; python -c 'import second.deep; print(second.deep.VALUE)'"
    process = pel.popen("exec", lock, "--", "sh", "-c", script, stdin=subprocess.PIPE)
    assert process.stdout.readline() == "ready\n"
    pel("env", "remove", lock).ok()
    report = gc(pel)
    assert (report["wheels"], len(report["in_use"])) == ([], 1)
    out, err = process.communicate("\n", timeout=60)
    assert (process.returncode, out) == (0, "deep\n"), err
    assert names(gc(pel)["wheels"]) == ["first", "second"]


def test_a_removed_environment_that_is_made_again_stays(pel, lock_of, waiting):
    lock = lock_of(*pair())
    pel("sync", lock).ok()
    process = waiting(lock)
    pel("env", "remove", "-v", lock).ok()
    pel("sync", lock).ok()
    assert waiting.go_on(process) == "deep\n"
    report = gc(pel)
    assert (report["wheels"], report["environments"]) == ([], [])


def test_thin_venvs_are_roots(pel, lock_of, tmp_path):
    lock = lock_of(*pair())
    venv = tmp_path / "venv"
    pel("venv", venv, lock).ok()
    lock.unlink()
    report = gc(pel)
    assert (report["wheels"], report["environments"]) == ([], [])
    shutil.rmtree(venv)
    report = gc(pel)
    assert names(report["wheels"]) == ["first", "second"]
    assert [item["prefix"] for item in report["environments"]] == [str(venv)]


def test_du_tells_what_environments_share(pel, build, lock_of):
    common, alone = build(simple("common", data="x" * 5000)), build(simple("alone"))
    first = lock_of(common, alone, name="first.lock")
    second = lock_of(common, name="second.lock")
    for lock in (first, second):
        pel("sync", lock).ok()
    usage = json.loads(pel("store", "du", "--json").ok())
    sizes = {
        wheel["id"].split("-")[0]: wheel["bytes"] + wheel["bytecode_bytes"]
        for wheel in usage["wheels"]
    }
    by_lock = {item["lock"]: item for item in usage["environments"]}
    assert set(by_lock) == {str(first), str(second)}
    assert by_lock[str(first)]["shared_bytes"] == sizes["common"]
    assert by_lock[str(first)]["alone_bytes"] == sizes["alone"]
    assert by_lock[str(second)]["alone_bytes"] == 0
    for item in by_lock.values():
        wheels = item["shared_bytes"] + item["alone_bytes"]
        table = (Path(item["prefix"]) / "pyenvlaunch.table").stat().st_size
        assert item["venv_bytes"] + table == wheels + item["prefix_bytes"]
    text = pel("store", "du").ok()
    assert f"{second}  shares " in text
    assert text.splitlines()[-1].startswith("2 environments  ")


def test_du_counts_every_file(pel, build, lock_of):
    """But for roots, locks and the marks at the top, which have some bytes each."""
    data = simple("data")
    data.files[f"{data.data}/data/share/big"] = "x" * 9000
    base, plugin = simple("base"), Wheel("plugin", files={"base/plugin.py": ""})
    pel("sync", lock_of(data, base, plugin)).ok()
    (pel.store / "built" / "left.whl").write_bytes(b"x" * 5000)
    places = [pel.store / name for name in ("wheels", "bytecode", "composites", "launchers")]
    places += [pel.store / "built", pel.store / "tables", pel.cache / "v1/envs"]
    files = [path for place in places for path in place.rglob("*") if not path.is_dir()]
    links = list((pel.cache / "v1/envs").rglob("lib64"))
    sizes = {(path.lstat().st_dev, path.lstat().st_ino): path.lstat().st_size for path in files}
    usage = json.loads(pel("store", "du", "--json").ok())
    parts = ("bytes", "bytecode_bytes", "standard_library_bytes", "program_bytes", "built_bytes")
    told = sum(usage[part] for part in parts) + usage["environments"][0]["prefix_bytes"]
    assert told == sum(sizes.values()) + sum(path.lstat().st_size for path in links)
    assert usage["built_bytes"] == 5000
    assert "built wheels 5.0 kB" in pel("store", "du").ok()
