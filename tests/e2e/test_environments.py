"""sync, env show, env remove, and what an environment is made of."""

import json
import os
from pathlib import Path

import pytest
from support.wheels import Wheel, simple


def test_sync_says_one_line_then_nothing(pel, lock_of):
    lock = lock_of(simple("alpha"))
    first = pel("sync", lock)
    assert first.ok().count("\n") == 1
    assert str(lock) in first.stdout
    assert first.stderr == ""
    second = pel("sync", lock)
    assert (second.ok(), second.stderr) == ("", "")
    assert pel("sync", "-v", lock).ok() != ""


def test_quiet_sync_warns_only(pel, lock_of):
    lock = lock_of(simple("alpha"))
    for _ in range(2):
        made = pel("sync", "-q", lock)
        assert (made.ok(), made.stderr) == ("", "")
    both = [Wheel(name, files={"same.py": name}) for name in ("first", "second")]
    made = pel("sync", "--quiet", lock_of(*both, name="both.lock"))
    assert made.ok() == ""
    assert "same.py" in made.stderr


def test_sync_of_several_locks(pel, lock_of):
    locks = [lock_of(simple(name), name=f"{name}.lock") for name in ("alpha", "beta")]
    assert pel("sync", *locks).ok().count("\n") == 2
    for lock, name in zip(locks, ("alpha", "beta"), strict=True):
        assert pel.code(lock, f"import {name}; print({name}.VERSION)") == "1.0\n"


def test_show(pel, lock_of, python):
    lock = lock_of(
        Wheel("alpha", "2.0", {"alpha.py": ""}, {"console_scripts": {"go": "alpha:main"}})
    )
    pel("sync", lock).ok()
    shown = json.loads(pel("env", "show", lock, "--json").ok())
    assert shown["lock"] == str(lock)
    assert shown["interpreter"]["version"] == python.full
    assert [(w["name"], w["version"], w["present"]) for w in shown["wheels"]] == [
        ("alpha", "2.0", True)
    ]
    assert "go" in shown["scripts"]
    text = pel("env", "show", lock).ok()
    for word in (str(lock), python.full, "alpha 2.0", "go"):
        assert word in text


def test_remove(pel, lock_of):
    keep, drop = (lock_of(simple(name), name=f"{name}.lock") for name in ("alpha", "beta"))
    pel("sync", keep, drop).ok()
    prefix = Path(pel.code(drop, "import sys; print(sys.prefix)").strip())
    assert prefix.is_dir()
    pel("env", "remove", drop).ok()
    assert not prefix.exists()
    assert (pel("sync", keep).ok(), pel("store", "verify").returncode) == ("", 0)
    # Wheels stay: they belong to the store.
    assert len(pel("store", "list").ok().split()) == 2


def test_environment_is_small(pel, lock_of):
    lock = lock_of(*(simple(f"pkg{i}", **{"data.bin": "x" * 9999}) for i in range(50)))
    pel("sync", lock).ok()
    prefix = Path(pel.code(lock, "import sys; print(sys.prefix)").strip())
    entries = list(prefix.rglob("*"))
    files = [path for path in entries if path.is_file() and not path.is_symlink()]
    own = sum(path.stat().st_size for path in files if path.stat().st_nlink == 1)
    assert own <= 64 * 1024
    assert len(entries) <= 40


def test_two_locks_with_the_same_content_do_not_disturb_each_other(pel, lock_of, build):
    wheel = build(simple("alpha"))
    first, second = (lock_of(wheel, name=name) for name in ("one.lock", "two.lock"))
    code = "import alpha, sys; print(sys.prefix)"
    prefixes = {pel.code(first, code), pel.code(second, code)}
    assert len(prefixes) in (1, 2)
    pel("env", "remove", first).ok()
    assert pel.code(second, code) in prefixes


def test_prefix_of_data_is_ones_own(pel, lock_of):
    """Programs may write beside data files of a wheel; the files themselves stay as they are."""
    wheel = Wheel("datafull")
    wheel.files = {"datafull.py": "", f"{wheel.data}/data/share/datafull/a.txt": "data"}
    lock = lock_of(wheel)
    code = (
        "import os, sys\n"
        "folder = os.path.join(sys.prefix, 'share/datafull')\n"
        "open(os.path.join(folder, 'own.txt'), 'w').write('mine')\n"
        "print(oct(os.stat(os.path.join(folder, 'a.txt')).st_mode & 0o777))"
    )
    assert pel.code(lock, code) == "0o444\n"
    assert not list(pel.wheels.rglob("own.txt"))
    pel.assert_store_is_valid()


def test_conflicting_files_are_reported_by_sync(pel, lock_of):
    lock = lock_of(
        Wheel("first", files={"same.py": "1", "equal.py": ""}),
        Wheel("second", files={"same.py": "2", "equal.py": ""}),
    )
    error = pel("sync", lock).stderr
    assert "same.py" in error
    assert "first" in error
    assert "second" in error
    assert "equal.py" not in error


def test_exec_writes_a_report(pel, lock_of, tmp_path):
    lock = lock_of(simple("alpha"), simple("beta"))
    report = tmp_path / "report.json"
    pel("exec", "--report", report, lock, "--", "true").ok()
    first = json.loads(report.read_text())
    assert first["wheels"]["total"] == 2
    assert first["wheels"]["added"] == 2
    pel("exec", "--report", report, lock, "--", "true").ok()
    assert json.loads(report.read_text())["wheels"]["added"] == 0


# ---- interpreters -----------------------------------------------------------------------------


def test_python_option_chooses(pel, lock_of, each_python):
    lock = lock_of(simple("alpha"))
    code = ("python", "-c", "import alpha, platform; print(platform.python_version())")
    for spec in (each_python.path, each_python.full):
        if spec == each_python.full:
            env = {"PATH": f"{Path(each_python.path).parent}:{pel.env['PATH']}"}
        else:
            env = {}
        found = pel("run", "--python", spec, lock, "--", *code, env=env)
        assert found.ok() == each_python.full + "\n"


def test_one_lock_with_several_interpreters(pel, lock_of):
    from support.interpreters import one_a_minor

    lock = lock_of(simple("alpha"))
    code = ("python", "-c", "import alpha, platform; print(platform.python_version())")
    for _ in range(2):
        for python in one_a_minor():
            assert pel("run", "--python", python.path, lock, "--", *code).ok() == f"{python.full}\n"
    # One tree for all of them, and bytecode for each.
    assert len(pel("store", "list").ok().split()) == 1
    tags = {path.name for path in (pel.store / "bytecode").rglob("*.pack")}
    assert tags == {f"{python.cache_tag}.pack" for python in one_a_minor()}


def test_python_version_file(new_user, lock_of, tmp_path):
    from support.interpreters import one_a_minor

    oldest = one_a_minor()[0]
    pel = new_user(None)
    lock = lock_of(simple("alpha"))
    (lock.parent / ".python-version").write_text(oldest.minor + "\n")
    env = {"PATH": f"{Path(oldest.path).parent}:/usr/bin:/bin"}
    code = "import platform; print(platform.python_version())"
    assert pel.code(lock, code, env=env).startswith(oldest.minor + ".")


@pytest.mark.parametrize("name", ["HOME", "PYENVLAUNCH_HOME"])
def test_paths_with_spaces_and_signs(pel, lock_of, tmp_path, name):
    odd = tmp_path / "a b'c\"d$e ü%20"
    odd.mkdir()
    env: dict[str, str | None] = {name: str(odd)}
    if name == "HOME":
        env |= {"PYENVLAUNCH_HOME": None, "PYENVLAUNCH_CACHE": None}
    wheel = Wheel("alpha", "1.0", {"alpha.py": "def main(): print('main')\n"})
    wheel.entry_points = {"console_scripts": {"go": "alpha:main"}}
    lock = lock_of(wheel, name="a b ü.lock")
    assert pel.run(lock, "go", env=env).ok() == "main\n"
    prefix = pel.code(lock, "import sys; print(sys.prefix)", env=env).strip()
    import subprocess

    done = subprocess.run([f"{prefix}/bin/go"], env={}, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "main\n", "")


def test_defaults_are_the_xdg_folders(pel, lock_of):
    env: dict[str, str | None] = {"PYENVLAUNCH_HOME": None, "PYENVLAUNCH_CACHE": None}
    lock = lock_of(simple("alpha"))
    pel.run(lock, "python", "-c", "import alpha", env=env).ok()
    assert (pel.home / ".local/share/pyenvlaunch/store/v1/wheels").is_dir()
    assert (pel.home / ".cache/pyenvlaunch/v1").is_dir()
    assert sorted(os.listdir(pel.home)) == [".cache", ".local"]
