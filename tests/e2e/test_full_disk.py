"""Disks that are really full, of bytes or of inodes: the message names the path, the store stays valid,
and with more room the same command works."""

import contextlib
import os
import subprocess
from pathlib import Path

import pytest
from support.launcher import PROGRAM, Launcher
from support.locks import entry, write_lock
from support.wheels import Wheel, simple

ALPHA = "import alpha; print(alpha.VERSION)"

pytestmark = pytest.mark.root


@contextlib.contextmanager
def small_disk(folder: Path, size: str):
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.parametrize("size", ["128k", "600k", "1200k"])
def test_full_disk_of_the_store(pel, lock_of, tmp_path, size):
    lock = lock_of(simple("big", **{"data.bin": os.urandom(1 << 20)}), simple("alpha"))
    with small_disk(tmp_path / "disk", size) as disk:
        env: dict[str, str | None] = {"PYENVLAUNCH_HOME": str(disk)}
        error = pel.run(lock, "python", "-c", ALPHA, env=env).failed()
        assert "no space left on device" in error
        assert str(disk) in error
        assert error.count("pyenvlaunch: error:") == 1
        assert pel("store", "verify", env=env).returncode == 0
        assert not list((disk / "store/v1/tmp").glob("*"))
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        assert pel.run(lock, "python", "-c", ALPHA, env=env).ok() == "1.0\n"
        assert pel("store", "verify", env=env).returncode == 0


def test_a_disk_with_no_room_for_the_standard_library(pel, lock_of, tmp_path):
    """Its pack only makes starts faster, so nothing fails; with more room it is made."""
    lock = lock_of(simple("alpha"))
    programs = [PROGRAM, *(PROGRAM.parents[1] / "libexec").rglob("*")]
    room = sum(file.stat().st_size for file in programs if file.is_file()) + (3 << 20)
    with small_disk(tmp_path / "disk", str(room)) as disk:
        env: dict[str, str | None] = {"PYENVLAUNCH_HOME": str(disk)}
        done = pel.run(lock, "python", "-c", ALPHA, env=env)
        assert done.ok() == "1.0\n"
        assert "warning: cannot keep the code of the standard library" in done.stderr
        assert "no space left on device" in done.stderr
        assert not list((disk / "store/v1/bytecode").glob("standard@*/*"))
        assert pel.run(lock, "python", "-c", ALPHA, env=env).ok() == "1.0\n"
        pel("store", "verify", env=env).ok()
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        pel("sync", lock, env=env).ok()
        assert len(list((disk / "store/v1/bytecode").glob("standard@*/*.pack"))) == 1


@pytest.mark.parametrize("size", ["4k", "16k", "64k"])
def test_full_disk_of_the_cache(pel, lock_of, tmp_path, size):
    lock = lock_of(simple("big", **{f"m{i}.py": "" for i in range(300)}), simple("alpha"))
    with small_disk(tmp_path / "disk", size) as disk:
        env: dict[str, str | None] = {"PYENVLAUNCH_CACHE": str(disk)}
        result = pel.run(lock, "python", "-c", ALPHA, env=env)
        if result.returncode != 0:
            assert "no space left on device" in result.failed()
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        assert pel.run(lock, "python", "-c", ALPHA, env=env).ok() == "1.0\n"
    pel.assert_store_is_valid()


def test_full_disk_of_downloads(pel, lock_of, build, server, tmp_path):
    wheel = build(simple("alpha", **{"data.bin": os.urandom(1 << 20)}))
    lock = lock_of(entry(wheel, url=server.url))
    with small_disk(tmp_path / "disk", "256k") as disk:
        env: dict[str, str | None] = {"PYENVLAUNCH_CACHE": str(disk)}
        error = pel.run(lock, "python", "-c", ALPHA, env=env).failed()
        assert "no space left on device" in error
        assert str(disk) in error
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        assert pel.run(lock, "python", "-c", ALPHA, env=env).ok() == "1.0\n"
    pel.assert_store_is_valid()


def prepared(root: Path, python) -> Launcher:
    """A user with everything on one disk: two wheels, one of them in the store already."""
    pel = Launcher(root / "user", python)
    house = root / "house"
    house.mkdir()
    tool = Wheel("tool", files={f"tool/m{i}.py": f"x = {i}\n" * 40 for i in range(12)})
    tool.files["tool/__init__.py"] = "def main(): print('tool')\n"
    tool.files[f"{tool.data}/data/share/tool/a.txt"] = "a" * 3000
    tool.entry_points = {"console_scripts": {"tool": "tool:main"}}
    built = [tool.build(house), simple("alpha", **{"data.txt": "d" * 3000}).build(house)]
    write_lock(root / "app.lock", built)
    write_lock(root / "made.lock", built[:1])
    pel("sync", root / "made.lock").ok()
    pel("venv", "-q", root / "edited", root / "made.lock").ok()
    return pel


COMMANDS = {
    "sync": ("sync", "app.lock"),
    "run": ("run", "app.lock", "--", "python", "-c", ALPHA),
    "venv": ("venv", "-q", "new", "app.lock"),
    "add": ("store", "add", "house/alpha-1.0-py3-none-any.whl"),
    "edit": ("edit", "edited", "tool"),
    "export": ("export", "app.lock", "exported"),
    "shims": ("shims", "install", "--dir", "shims", "made.lock"),
    "pin": ("store", "pin", "tool"),
}


def refused_or_done(pel: Launcher, root: Path, command: str) -> bool:
    result = pel(*COMMANDS[command], cwd=root)
    if result.returncode == 0:
        return True
    error = result.failed()
    assert "no space left on device" in error, error
    assert f"{root}/" in error
    assert error.count("pyenvlaunch: error:") == 1
    return False


def still_good(pel: Launcher, root: Path) -> None:
    assert pel("store", "verify").ok() == ""
    assert not list((pel.store / "tmp").glob("*"))
    assert pel.run(root / "made.lock", "tool").ok() == "tool\n"
    assert subprocess.run([root / "edited/bin/tool"], capture_output=True).stdout == b"tool\n"


@pytest.mark.parametrize("what", ["size", "nr_inodes"])
@pytest.mark.parametrize("command", COMMANDS)
def test_full_disk_of_everything(tmp_path, python, command, what):
    """With less room each time, from some down to none."""
    refusals = 0
    steps = (64, 24, 12, 4, 0) if what == "size" else (32, 16, 8, 4, 0)
    for step, room in enumerate(steps):
        with small_disk(tmp_path / str(step), "64m") as root:
            pel = prepared(root, python)
            status = os.statvfs(root)
            if what == "size":
                used = (status.f_blocks - status.f_bfree) * status.f_bsize // 1024
                options = f"remount,size={used + room}k"
            else:
                options = f"remount,nr_inodes={status.f_files - status.f_ffree + room}"
            subprocess.run(["mount", "-o", options, root], check=True)
            was_refused = not refused_or_done(pel, root, command)
            refusals += was_refused
            still_good(pel, root)
            subprocess.run(["mount", "-o", "remount,size=64m,nr_inodes=100k", root], check=True)
            assert not was_refused or refused_or_done(pel, root, command), "there is room"
            still_good(pel, root)
            assert pel.run(root / "app.lock", "python", "-c", ALPHA).ok() == "1.0\n"
    assert refusals > 0
