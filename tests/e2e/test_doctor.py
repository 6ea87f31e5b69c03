"""doctor, env list."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from support.launcher import preload, remove_tree
from support.wheels import Wheel, simple


def checks(pel, **options) -> list[dict]:
    done = pel("doctor", "--json", **options)
    assert done.returncode in (0, 1), done
    found = json.loads(done.stdout)["checks"]
    assert (done.returncode == 1) == any(check["level"] == "problem" for check in found)
    return found


def of(found: list[dict], area: str, level: str) -> str:
    return "\n".join(c["text"] for c in found if (c["area"], c["level"]) == (area, level))


def test_in_an_empty_home(pel):
    text = pel("doctor").ok()
    assert "made when it is needed" in text
    assert not pel.data.exists()
    found = checks(pel, env={"PYENVLAUNCH_MODE": None})
    assert "embedded" in of(found, "interpreters", "ok")


def test_mode_of_the_interpreters(pel):
    """`python list` says the same."""
    hosted = {"PYENVLAUNCH_MODE": "hosted"}
    for env, mode in (({"PYENVLAUNCH_MODE": None}, "embedded"), (hosted, "hosted")):
        listed = json.loads(pel("python", "list", "--json", env=env).ok())
        text = of(checks(pel, env=env), "interpreters", "ok")
        usable = [item for item in listed if item["mode"] == mode]
        assert usable
        for item in usable:
            assert f"{item['version']}: {mode}, {item['reason']}" in text
    assert "PYENVLAUNCH_MODE" in text


def test_programs_that_hold_the_interpreter(pel):
    """Those run code faster than their libraries do; what is embedded says so."""
    env = {"PYENVLAUNCH_MODE": None}
    told = of(checks(pel, env=env), "interpreters", "note")
    for item in json.loads(pel("python", "list", "--json", env=env).ok()):
        if item["mode"]:
            program = item["executable"]
            dynamic = subprocess.check_output(["readelf", "-d", program], text=True)
            alone = item["mode"] == "embedded" and "[libpython" not in dynamic
            assert (f"{item['path']} does not use that library" in told) == alone, program
    env = {"PYENVLAUNCH_MODE": "hosted"}
    assert "does not use that library" not in of(checks(pel, env=env), "interpreters", "note")


def test_settings_say_what_decided_them(pel):
    def sources(**env):
        found = json.loads(pel("doctor", "--json", env=env).stdout)["settings"]
        return {item["name"]: (item["value"], item["source"]) for item in found}

    assert sources()["store"] == (str(pel.data), "PYENVLAUNCH_HOME")
    own = {"PYENVLAUNCH_HOME": None, "XDG_DATA_HOME": str(pel.work)}
    assert sources(**own)["store"] == (f"{pel.work}/pyenvlaunch", "XDG_DATA_HOME")
    default = {"PYENVLAUNCH_HOME": None}
    assert sources(**default)["store"] == (
        f"{pel.home}/.local/share/pyenvlaunch",
        "default",
    )
    assert sources(PYENVLAUNCH_OFFLINE="1")["network"] == ("not used", "PYENVLAUNCH_OFFLINE")


def test_store_that_cannot_be_written(pel):
    blocker = pel.work / "file"
    blocker.write_text("")
    found = checks(pel, env={"PYENVLAUNCH_HOME": str(blocker / "below")})
    assert str(blocker) in of(found, "store", "problem")


def test_store_that_others_may_write(pel, lock_of):
    pel("sync", lock_of(simple("alpha"))).ok()
    pel.store.chmod(0o777)
    assert str(pel.store) in of(checks(pel), "store", "warning")


def test_damaged_and_stale_roots(pel, lock_of):
    lock, other = (lock_of(simple(name), name=f"{name}.lock") for name in ("alpha", "beta"))
    pel("sync", lock, other).ok()
    assert of(checks(pel), "roots", "ok") == "2 environments"
    lock.unlink()
    found = checks(pel)
    assert of(found, "roots", "ok") == "1 environment"
    assert "1 environment" in of(found, "roots", "note")
    root = next((pel.store / "roots").iterdir())
    root.chmod(0o644)
    root.write_text("{")
    assert root.name in of(checks(pel), "roots", "problem")


def test_no_interpreter(pel, tmp_path):
    broken = tmp_path / "bin/python3"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    found = checks(pel, env={"PATH": str(broken.parent)})
    assert str(broken) in of(found, "interpreters", "note")


@pytest.mark.root
def test_noexec(pel, tmp_path):
    mount = tmp_path / "mount"
    mount.mkdir()
    script = f'mount -t tmpfs -o noexec none {mount} && exec "$@"'
    prefix = ("unshare", "-m", "sh", "-c", script, "sh")
    found = checks(pel, env={"PYENVLAUNCH_HOME": str(mount)}, prefix=prefix)
    assert "noexec" in of(found, "store", "problem")
    assert "another file system" in of(found, "cache", "note")


def test_a_file_system_without_modes_and_symbolic_links(pel, lock_of):
    """As FAT is. The store is refused before anything is unpacked, and so is the cache."""
    fat = preload(PEL_TEST_FAT=1)
    found = checks(pel, env=fat)
    for area in ("store", "cache"):
        assert "keeps no modes" in of(found, area, "problem")
        assert "no symbolic links" in of(found, area, "problem")
    lock = lock_of(simple("alpha"))
    for command in (("sync", lock), ("run", lock, "python"), ("venv", pel.work / "venv", lock)):
        said = pel(*command, env=fat).failed()
        assert "its file system keeps no modes" in said
        assert "hint: set PYENVLAUNCH_HOME to a directory on another file system" in said
    assert list(pel.wheels.glob("*")) == []
    remove_tree(pel.data)
    pel("sync", lock).ok()  # a store that is as it should be
    remove_tree(pel.cache)
    said = pel("sync", lock, env=fat).failed()
    assert (
        "if its file system has no symbolic links (as FAT), choose a directory on another one"
        in said
    )
    pel("sync", lock).ok()
    pel.assert_store_is_valid()


def test_env_list(pel, lock_of, python):
    assert pel("env", "list").ok() == ""
    assert json.loads(pel("env", "list", "--json").ok()) == []
    wheel = Wheel("alpha", "2.0", {"alpha.py": ""})
    lock, same = lock_of(wheel, name="b.lock"), lock_of(wheel, name="a.lock")
    pel("sync", lock, same).ok()
    directory = pel.work / "venv"
    pel("venv", "-q", directory, lock).ok()
    listed = json.loads(pel("env", "list", "--json").ok())
    assert [(item["kind"], item["locks"]) for item in listed] == [
        ("environment", [str(same), str(lock)]),
        ("venv", [str(lock)]),
    ]
    assert all(item["present"] and item["python"] == python.full for item in listed)
    assert listed[1]["prefix"] == str(directory)
    text = pel("env", "list").ok()
    assert text.count("\n") == 2
    assert f"{directory}  venv" in text
    lock.unlink()
    assert "(gone)" in pel("env", "list").ok()
    assert json.loads(pel("env", "list", "--json").ok())[0]["missing_locks"] == [str(lock)]


def test_doctor_leaves_nothing_behind(pel, lock_of):
    pel("sync", lock_of(simple("alpha"))).ok()
    pel("doctor").ok()  # keeps the facts of interpreters

    def everything():
        return sorted(
            str(Path(folder) / name)
            for top in (pel.data, pel.cache)
            for folder, _, names in os.walk(top)
            for name in names
        )

    before = everything()
    pel("doctor").ok()
    assert everything() == before
