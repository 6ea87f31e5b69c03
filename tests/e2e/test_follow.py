"""venv DIR LOCK --follow: the directory is brought up to date by its own Python."""

import json
import os
import re
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from support.launcher import Launcher
from support.locks import entry, write_lock
from support.wheels import Wheel, simple

ASK = "import alpha; print(alpha.VERSION)"


def alpha(version: str, **files) -> Wheel:
    text = f"VERSION = '{version}'\ndef main():\n    print('alpha', VERSION)\n"
    scripts = {"console_scripts": {f"go{version[0]}": "alpha:main", "go": "alpha:main"}}
    return Wheel("alpha", version, {"alpha.py": text} | files, entry_points=scripts)


class Following:
    """A directory that follows a lock, and what changes both."""

    def __init__(self, pel: Launcher, build, folder: Path):
        self.pel = pel
        self.build = build
        self.lock = folder / "pylock.toml"
        self.directory = folder / ".venv"

    def write(self, *wheels: Wheel) -> None:
        write_lock(self.lock, [self.build(wheel) for wheel in wheels])

    def start(self, code: str = ASK, program: str = "python", **options):
        arguments = ["-c", code] if program == "python" else []
        options = {"env": {}, "capture_output": True, "text": True, "timeout": 600} | options
        return subprocess.run([self.directory / "bin" / program, *arguments], **options)

    def says(self, code: str = ASK) -> str:
        done = self.start(code)
        assert (done.returncode, done.stderr) == (0, ""), done
        return done.stdout.strip()


@pytest.fixture
def following(pel, build, tmp_path) -> Following:
    folder = tmp_path / "project"
    folder.mkdir()
    result = Following(pel, build, folder)
    result.write(alpha("1.0"))
    out = pel("venv", "--follow", "--json", result.directory, result.lock).ok()
    assert json.loads(out)["follows"] is True
    assert result.says() == "1.0"
    return result


def test_the_next_start_sees_the_lock_as_it_is(following):
    following.write(alpha("2.0"), simple("beta"))
    assert following.says("import alpha, beta; print(alpha.VERSION, beta.VERSION)") == "2.0 1.0"
    assert following.start(program="go2").stdout == "alpha 2.0\n"
    assert not (following.directory / "bin/go1").exists()
    following.write(alpha("3.0"))
    assert following.start(program="go").stdout == "alpha 3.0\n"


def test_the_path_of_the_lock_stays_as_it_was(following):
    """However often it is followed: users and `gc --keep` know the lock by that path."""
    before = re.findall("pyenvlaunch-lock = .*", (following.directory / "pyvenv.cfg").read_text())
    for version in ("2.0", "3.0", "4.0"):
        following.write(alpha(version))
        assert following.says() == version
    text = (following.directory / "pyvenv.cfg").read_text()
    assert re.findall("pyenvlaunch-lock = .*", text) == before
    (listed,) = json.loads(following.pel("env", "list", "--json").ok())
    assert listed["locks"] == [str(following.lock)]
    shown = json.loads(following.pel("env", "show", following.lock, "--json").ok())
    assert [item["directory"] for item in shown["directories"]] == [str(following.directory)]
    following.lock.write_text("[[[")
    assert f"cannot read lock {following.lock}: " in following.start().stderr


def test_nothing_is_done_while_the_lock_is_the_same_file(following):
    """No process, and one stat: the manager is away, and nobody misses it."""
    (manager,) = following.pel.store.glob("launchers/*/pyenvlaunch-manager")
    away = manager.with_name("away")
    os.rename(manager, away)
    try:
        assert following.says() == "1.0"
    finally:
        os.rename(away, manager)


def test_a_lock_that_was_only_touched(following):
    config = following.directory / "pyvenv.cfg"
    before = config.read_text()
    os.utime(following.lock, (1, 1))
    assert following.says() == "1.0"
    assert config.read_text() != before
    listed = config.read_text()
    assert following.says() == "1.0"
    assert config.read_text() == listed


def test_an_ordinary_venv_does_not_follow(following):
    following.pel("venv", "-q", following.directory, following.lock).ok()
    following.write(alpha("2.0"))
    assert following.says() == "1.0"


def test_options_are_those_of_the_call(pel, build, tmp_path):
    lock = tmp_path / "pylock.toml"
    directory = tmp_path / "env"

    def write(version: str) -> None:
        extra = entry(build(simple("plot", version)), lines=["marker = \"'fun' in extras\""])
        write_lock(lock, [build(alpha(version)), extra], head=['extras = ["fun"]'])

    write("1.0")
    pel("venv", "--follow", "--extra", "fun", "--prompt", "mine", directory, lock).ok()
    write("2.0")
    code = "import alpha, plot; print(alpha.VERSION, plot.VERSION)"
    done = subprocess.run([directory / "bin/python", "-c", code], env={}, capture_output=True)
    assert done.stdout == b"2.0 2.0\n"
    assert "prompt = 'mine'" in (directory / "pyvenv.cfg").read_text()


def test_own_additions_stay(following):
    (site_packages,) = following.directory.glob("lib/python3*/site-packages")
    (site_packages / "mine.py").write_text("VALUE = 1\n")
    (following.directory / "bin/mine").write_text("#!/bin/sh\n")
    following.write(alpha("2.0"), simple("beta"))
    assert following.says("import alpha, mine; print(alpha.VERSION, mine.VALUE)") == "2.0 1"
    assert (following.directory / "bin/mine").exists()


def test_edits_stay(following):
    following.write(alpha("1.0"), simple("beta"))
    following.pel("edit", following.directory, "alpha").ok()
    (module,) = following.directory.glob("lib/python3*/site-packages/alpha.py")
    module.write_text("VERSION = 'edited'\n")
    assert following.says("import alpha, beta; print(alpha.VERSION)") == "edited"
    following.write(alpha("2.0"))
    done = following.start()
    assert (done.returncode, done.stdout) == (1, "")
    assert "alpha 1.0 is edited there, and the lock has another one" in done.stderr
    assert f"pyenvlaunch edit --diff {following.directory} alpha" in done.stderr
    following.pel("edit", "--reset", following.directory, "alpha").ok()
    assert following.says() == "2.0"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda lock: lock.unlink(), "no such file"),
        (lambda lock: lock.write_text("no lock"), "cannot read lock"),
        (lambda lock: lock.write_text('lock-version = "9.0"\npackages = []\n'), "lock-version"),
    ],
)
def test_a_lock_that_cannot_be_used(following, change, words):
    before = following.lock.read_text()
    change(following.lock)
    for program in ("python", "go"):
        done = following.start(program=program)
        assert (done.returncode, done.stdout) == (1, "")
        lines = done.stderr.splitlines()
        assert lines[0].startswith(
            f"pyenvlaunch: error: cannot bring {following.directory} up to date: "
        )
        assert words in lines[0]
        assert lines[1].startswith("  hint: ")
        assert done.stderr.count("pyenvlaunch: error:") == 1
    following.lock.write_text(before)
    assert following.says() == "1.0"


def test_offline(following, server):
    build = following.build
    wheel = build(alpha("2.0"))
    write_lock(following.lock, [entry(wheel, url=server.url)])
    done = following.start(env={"PYENVLAUNCH_OFFLINE": "1"})
    assert (done.returncode, done.stdout) == (1, "")
    assert "up to date: " in done.stderr
    assert following.says() == "2.0"


def test_many_starts_at_once(following):
    for version in ("2.0", "3.0"):
        following.write(alpha(version), simple("beta", version))
        answers = []

        def start(answers=answers):
            answers.append(following.start())

        threads = [threading.Thread(target=start) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [(a.returncode, a.stdout, a.stderr) for a in answers] == [
            (0, f"{version}\n", "")
        ] * 6


def test_project_is_moved(following, tmp_path):
    """A lock beside the directory is found there still; so is one that was copied with it."""
    place = tmp_path / "elsewhere"
    os.rename(following.lock.parent, place)
    following.directory = place / ".venv"
    following.lock = place / "pylock.toml"
    assert following.says() == "1.0"
    following.write(alpha("2.0"))
    assert following.says() == "2.0"
    assert following.start(program="go").stdout == "alpha 2.0\n"
    copy = tmp_path / "copy"
    shutil.copytree(place, copy, symlinks=True)
    following.directory = copy / ".venv"
    following.lock = copy / "pylock.toml"
    following.write(alpha("3.0"))
    assert following.says() == "3.0"
    following.directory = place / ".venv"
    assert following.says() == "2.0"


@pytest.mark.user
def test_directory_that_may_only_be_read(following):
    folders = [p for p in (following.directory, *following.directory.rglob("*")) if p.is_dir()]
    os.utime(following.lock, (1, 1))
    for folder in folders:
        folder.chmod(0o555)
    try:
        assert following.says() == "1.0"  # the same text
        following.write(alpha("2.0"))
        done = following.start()
        assert (done.returncode, done.stdout) == (1, "")
        assert f"cannot bring {following.directory} up to date: " in done.stderr
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert following.says() == "2.0"


def test_it_is_listed(following):
    pel = following.pel
    (listed,) = json.loads(pel("env", "list", "--json").ok())
    assert (listed["kind"], listed["follows"]) == ("venv", True)
    assert "venv, follows its lock" in pel("env", "list").ok()
    following.lock.unlink()
    checks = json.loads(pel("doctor", "--json").ok())["checks"]
    (found,) = [check for check in checks if str(following.directory) in check["text"]]
    assert (found["area"], found["level"]) == ("roots", "warning")


def test_gc_keeps_what_it_has_until_it_is_brought_up_to_date(following):
    following.write(alpha("2.0"))
    following.pel("store", "gc").ok()
    assert "alpha-1.0" in following.pel("store", "list").ok()
    assert following.says() == "2.0"
    following.pel("store", "gc").ok()
    assert "alpha-1.0" not in following.pel("store", "list").ok()
    assert following.says() == "2.0"
