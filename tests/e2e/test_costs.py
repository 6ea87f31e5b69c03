"""What creating an environment costs where the store has everything: counted, not timed."""

import re
import shutil

import pytest
from support.launcher import remove_tree
from support.system_calls import count, opened, read_calls, tracer
from support.wheels import simple

FEW, MANY = 4, 24
# Of a wheel more: look for it, read its INDEX and its pack's head, look at its files, a script.
CALLS_A_WHEEL = 60
CALLS_ALTOGETHER = 500
STARTING = ("execve", "execveat")
FORKING = ("clone", "clone3", "fork", "vfork")
# What only downloading, unpacking and hashing need; and compilers of bytecode.
HEAVY = ("libcurl", "libarchive", "libcrypto", "libssl", "libboost", "libstdc++", "libxml2")


@pytest.fixture
def locks(pel, lock_of):
    """Two locks, the wheels of both in the store; the interpreter is known."""
    few = lock_of(*(simple(f"few{i}") for i in range(FEW)), name="few.lock")
    many = lock_of(*(simple(f"many{i}") for i in range(MANY)), name="many.lock")
    for lock in (few, many):
        pel("sync", lock).ok()
    return few, many


def forget_environments(pel) -> None:
    for part in ("envs", "selections"):
        remove_tree(pel.cache / "v1" / part)


def calls_of(pel, tmp_path, *command: object, options=(), **variables) -> list[str]:
    forget_environments(pel)
    log = tmp_path / "strace"
    strace = shutil.which("strace")  # whatever the PATH of the command
    pel(*command, prefix=(strace, *tracer(log)[1:], *options), **variables).ok()
    return read_calls(log)


def creations(pel, tmp_path, lock) -> dict[str, list[str]]:
    return {
        "sync": calls_of(pel, tmp_path, "sync", lock),
        "venv": calls_of(pel, tmp_path, "venv", tmp_path / f"made-{lock.stem}", lock),
    }


def test_creating_starts_no_process_but_the_second_program(pel, locks, tmp_path):
    for name, calls in creations(pel, tmp_path, locks[1]).items():
        assert count(calls, *STARTING) == 2, name  # strace's own start of the first one
        processes = [call for call in calls if "CLONE_THREAD" not in call]
        assert count(processes, *FORKING) == 0, name


def test_creating_loads_nothing_that_only_filling_needs(pel, locks, tmp_path):
    for name, calls in creations(pel, tmp_path, locks[1]).items():
        files = [file.rsplit("/", 1)[-1] for file in opened(calls)]
        assert [file for file in files if file.startswith(HEAVY)] == [], name
        assert any(file == "INDEX" for file in files), name


def test_creating_opens_no_file_of_a_package(pel, locks, tmp_path):
    for name, calls in creations(pel, tmp_path, locks[1]).items():
        inside = [path for path in opened(calls) if "/lib/python3/site-packages/" in path]
        assert inside == [], name


def test_creating_needs_few_calls_and_few_more_for_each_wheel(pel, locks, tmp_path):
    few, many = locks
    numbers = {}
    for lock in (few, many):
        for name, calls in creations(pel, tmp_path, lock).items():
            numbers.setdefault(name, []).append(len(calls))
    for name, (with_few, with_many) in numbers.items():
        assert with_few <= CALLS_ALTOGETHER + FEW * CALLS_A_WHEEL, (name, numbers)
        assert (with_many - with_few) / (MANY - FEW) <= CALLS_A_WHEEL, (name, numbers)


def test_a_directory_of_ones_own_is_written_to_the_disk_twice(pel, locks, tmp_path):
    """Its content before its name, and its name."""
    calls = calls_of(pel, tmp_path, "venv", tmp_path / "own", locks[1])
    assert count(calls, "fsync", "fdatasync", "syncfs") == 2


def test_clearing_a_directory_takes_its_mark_last(pel, locks, tmp_path):
    """A loss of power must not bring back the rest without pyvenv.cfg: nobody would know it."""
    own = tmp_path / "own"
    pel("venv", own, locks[0]).ok()
    calls = calls_of(pel, tmp_path, "venv", "--clear", own, locks[0], options=("-y",))
    deleted = next(i for i, call in enumerate(calls) if f'unlink("{own}/pyvenv.cfg"' in call)
    synced = next(i for i, call in enumerate(calls) if "fsync(" in call and f"<{own}>" in call)
    others = [i for i, call in enumerate(calls[:deleted]) if "unlink" in call and f"{own}" in call]
    assert max(others) < synced < deleted


def folder_of_programs(path, python):
    """As on a PATH, one that has an interpreter."""
    path.mkdir()
    (path / "python3").symlink_to(python.path)
    return path


def test_the_search_for_an_interpreter_ends_where_one_fits(pel, locks, python, tmp_path):
    """A folder such as /usr/bin has a thousand names."""
    first = folder_of_programs(tmp_path / "first", python)
    behind = folder_of_programs(tmp_path / "behind", python)
    env = {"PATH": f"{tmp_path / 'none'}:{first}:{behind}", "PYENVLAUNCH_PYTHON": None}
    paths = opened(calls_of(pel, tmp_path, "sync", locks[0], env=env))
    assert str(first) in paths
    assert str(behind) not in paths


def test_a_folder_with_two_names_is_searched_once(pel, python, tmp_path):
    first = folder_of_programs(tmp_path / "first", python)
    (tmp_path / "again").symlink_to(first)
    log = tmp_path / "strace"
    env = {"PATH": f"{first}:{tmp_path / 'again'}", "PYENVLAUNCH_PYTHON": None}
    trace = (shutil.which("strace"), *tracer(log)[1:])
    listed = pel("python", "list", env=env, prefix=trace).ok()
    assert f"{first}/python3 " in listed
    assert str(tmp_path / "again") not in listed
    read = [call for call in read_calls(log) if "getdents64(" in call or f"{tmp_path}/" in call]
    names = [
        call for call in read if re.search(r'openat\(.*"' + str(tmp_path / "again") + '"', call)
    ]
    assert len(names) == 1
    assert "getdents64(" not in read[read.index(names[0]) + 1]


def test_an_unchanged_environment_is_written_nowhere(pel, locks, tmp_path):
    log = tmp_path / "strace"
    pel("sync", locks[1], prefix=tracer(log)).ok()
    renamed = [call for call in read_calls(log) if re.match(r"\d+ +(rename|symlink|link)", call)]
    assert [call for call in renamed if str(pel.cache / "v1/envs") in call] == []


def test_downloading_and_unpacking_load_what_they_need(pel, lock_of, tmp_path):
    """So that the lists above say something."""
    log = tmp_path / "strace"
    pel("sync", lock_of(simple("gamma")), prefix=tracer(log)).ok()
    files = [path.rsplit("/", 1)[-1] for path in opened(read_calls(log))]
    for library in ("libarchive", "libcrypto"):
        assert any(file.startswith(library) for file in files), library
    assert not any(file.startswith("libcurl") for file in files)  # the wheel is a local file
