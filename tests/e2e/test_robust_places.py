"""Environments at odd places: strange and long paths, file systems that only read or never execute,
privileged launchers, and files of the environment that are damaged."""

import contextlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support.launcher import PROGRAM, Launcher
from support.locks import Entry, wheel_table, write_lock
from support.wheels import Wheel, simple

ALPHA = "import alpha; print(alpha.VERSION)"

PLACES = {
    "spaces": b"a  b ",
    "signs": b'it\'s "quoted" $HOME `x` %20 #;&',
    "non-ASCII": "größe 日本".encode(),
    "not UTF-8": b"\xff\xfe\xe9",
    "300 characters": b"/".join([b"d" * 99] * 3),
    "leading dash": b"-c",
}

EVERYTHING = """
import importlib.metadata, importlib.resources, json, multiprocessing, os, subprocess, sys
import alpha, tool

def child(queue):
    queue.put([sys.prefix, alpha.VERSION])

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=child, args=(queue,))
    process.start()
    spawned = queue.get(timeout=300)
    process.join()
    code = "import alpha, sys; sys.stdout.buffer.write(__import__('os').fsencode(sys.prefix))"
    run = subprocess.run([sys.executable, "-c", code], env={}, capture_output=True)
    script = subprocess.run([os.path.join(sys.prefix, "bin", "tool"), "x"], env={}, capture_output=True)
    print(json.dumps({
        "spawned": spawned == [sys.prefix, "1.0"],
        "child": [run.returncode, os.fsdecode(run.stdout) == sys.prefix],
        "script": [script.returncode, script.stdout.decode(), script.stderr.decode("latin-1")],
        "version": importlib.metadata.version("alpha"),
        "data": importlib.resources.files("alpha").joinpath("data.txt").read_text(),
        "file": os.path.isfile(alpha.__file__),
        "base": sys.base_prefix != sys.prefix,
    }))
"""


def wheels() -> list[Wheel]:
    tool = Wheel(
        "tool", files={"tool.py": "import sys\ndef main(): print('tool', *sys.argv[1:])\n"}
    )
    tool.entry_points = {"console_scripts": {"tool": "tool:main"}}
    return [simple("alpha", **{"data.txt": "data"}), tool]


@pytest.mark.parametrize("mode", ["embedded", "hosted"])
@pytest.mark.parametrize("name", PLACES)
def test_odd_places(tmp_path, python, name, mode):
    """Home, store, cache, lock, wheels and script, all below such a path."""
    root = tmp_path / os.fsdecode(PLACES[name])
    pel = Launcher(root, python)
    pel.env["PYENVLAUNCH_MODE"] = mode
    built = [wheel.build(root / "wheelhouse") for wheel in wheels()]
    # By a path relative to the lock, because TOML is UTF-8 and a path need not be.
    entries = []
    for wheel in built:
        table = wheel_table(wheel) | {"path": f"wheelhouse/{wheel.path.name}"}
        entries.append(Entry(wheel.name, wheel.version, [table]))
    lock = write_lock(root / "the.lock", entries)
    script = root / "every thing.py"
    script.write_text(EVERYTHING)
    for _ in range(2):
        answer = json.loads(pel.run(lock, script).ok())
        assert answer == {
            "spawned": True,
            "child": [0, True],
            "script": [0, "tool x\n", ""],
            "version": "1.0",
            "data": "data",
            "file": True,
            "base": True,
        }
    assert pel.run(lock, "tool", "a", "b c").ok() == "tool a b c\n"
    assert pel.run(lock, "python", "-m", "alpha.data").returncode == 1
    assert pel("exec", lock, "--", "sh", "-c", "tool in exec").ok() == "tool in exec\n"
    venv = root / "thin venv"
    pel("venv", venv, lock).ok()
    done = subprocess.run(
        [venv / "bin/python", "-c", ALPHA], env={}, capture_output=True, text=True, timeout=600
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "1.0\n", "")
    pel.assert_store_is_valid()
    pel("env", "remove", lock).ok()


def test_place_that_a_script_cannot_name(tmp_path, python):
    """In the first lines of a script that is sh and Python at once, a backslash is two things."""
    pel = Launcher(tmp_path / r"a \n b", python)
    lock = write_lock(tmp_path / "the.lock", [wheel.build(tmp_path) for wheel in wheels()])
    error = pel.run(lock, "tool").failed()
    assert "the path holds a backslash" in error
    assert "hint: give a directory with a plain name, in PYENVLAUNCH_CACHE" in error


@pytest.fixture
def ready(pel, lock_of):
    lock = lock_of(*wheels())
    prefix = Path(pel.code(lock, "import sys; print(sys.prefix)").strip())
    pel.run(lock, "tool").ok()
    return lock, prefix


@contextlib.contextmanager
def mounted(folder: Path, options: str):
    """The folder with such options of its file system."""
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    try:
        subprocess.run(["mount", "-o", f"remount,bind,{options}", folder], check=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.root
@pytest.mark.parametrize("mode", ["embedded", "hosted"])
def test_read_only_after_it_was_made(pel, lock_of, mode):
    """An image of a container: what is complete needs no writing."""
    lock = lock_of(*wheels())
    pel.env["PYENVLAUNCH_MODE"] = mode
    prefix = Path(pel.code(lock, "import sys; print(sys.prefix)").strip())
    with mounted(pel.root, "ro"):
        assert pel.code(lock, ALPHA) == "1.0\n"
        assert pel.run(lock, "tool", "x").ok() == "tool x\n"
        pel("sync", lock).ok()
        done = subprocess.run([prefix / "bin/tool"], env={}, capture_output=True, text=True)
        assert (done.returncode, done.stdout, done.stderr) == (0, "tool\n", "")
        other = lock_of(simple("beta"), name="other.lock")
        error = pel.run(other, "python", "-c", "pass").failed()
        assert "read-only file system" in error.lower()
        assert error.count("pyenvlaunch: error:") == 1


@pytest.mark.root
@pytest.mark.parametrize("mode", ["embedded", "hosted"])
def test_without_proc(pel, lock_of, mode):
    """A bare chroot: Python does not need /proc, and neither does an environment of ours."""
    lock = lock_of(*wheels())
    pel.env["PYENVLAUNCH_MODE"] = mode

    def without_proc(*command: str | Path, **options) -> str:
        script = 'umount --lazy /proc && exec "$@"'
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", script, "sh", *command],
            **{"env": pel.env, "capture_output": True, "text": True, **options},
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    code = "import os, sys; print(sys.prefix, os.path.exists('/proc/self'))"
    assert "environment made" in without_proc(PROGRAM, "sync", lock)
    answer = without_proc(PROGRAM, "run", lock, "--", "python", "-c", code)
    prefix = Path(answer.removesuffix(" False\n"))
    assert prefix.is_relative_to(pel.cache)
    for command in ([prefix / "bin/python"], ["./python"]):
        found = without_proc(
            *command, "-c", code, cwd=prefix / "bin", env={"PATH": os.environ["PATH"]}
        )
        assert found == answer
    assert without_proc(prefix / "bin/tool", "x") == "tool x\n"
    assert without_proc(PROGRAM, "run", lock, "--", "tool") == "tool\n"
    assert "nothing to free" in without_proc(PROGRAM, "store", "gc")


@pytest.mark.root
def test_cache_that_may_not_execute(pel, ready):
    """The program runs in this process; what needs bin/python says why it cannot be executed."""
    lock, prefix = ready
    with mounted(pel.cache, "noexec"):
        assert pel.code(lock, ALPHA) == "1.0\n"
        assert pel.run(lock, "tool", "x").ok() == "tool x\n"
        for found in (
            pel.run(lock, prefix / "bin/tool"),
            pel("exec", lock, "--", prefix / "bin/python", "-c", "pass"),
        ):
            if found.returncode != 0:
                error = found.failed(126)
                assert f"cannot execute {prefix}/bin/" in error
                assert "noexec" in error


@pytest.mark.root
def test_store_that_may_not_execute(pel, ready):
    lock, prefix = ready
    with mounted(pel.data, "noexec"):
        hosted = pel.run(lock, "python", "-c", ALPHA, env={"PYENVLAUNCH_MODE": "hosted"})
        assert "cannot load the finder of " in hosted.failed()
        assert "noexec" in hosted.stderr
        if pel.env.get("PYENVLAUNCH_MODE") != "hosted":
            assert pel.code(lock, ALPHA) == "1.0\n"
        done = subprocess.run(
            [prefix / "bin/python", "-c", ALPHA], env={}, capture_output=True, text=True
        )
        if done.returncode != 0:
            assert done.stderr.startswith("pyenvlaunch: error: cannot load ")
            assert "noexec" in done.stderr
            assert done.stderr.count("pyenvlaunch: error:") == 1
        else:
            assert done.stdout == "1.0\n"


# A file of the environment, what may have become of it, and a word of the message.
DAMAGES = {
    "empty": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "zeros": lambda content: bytes(len(content)),
    "noise": lambda content: bytes(byte ^ 0x5A for byte in content),
    "longer": lambda content: content + b"\0" * 4096,
    "gone": None,
}


def damage_file(file: Path, damage: str) -> None:
    content = file.read_bytes()
    file.unlink()
    if DAMAGES[damage] is not None:
        file.write_bytes(DAMAGES[damage](content))


def start(prefix: Path, program: str, **options) -> subprocess.CompletedProcess:
    options = {"env": {}, "capture_output": True, "text": True, "timeout": 600} | options
    return subprocess.run([prefix / "bin" / program, "-c", ALPHA], **options)


@pytest.mark.parametrize("mode", ["embedded", "hosted"])
@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["pyenvlaunch.table", "pyvenv.cfg"])
def test_damaged_environment_is_made_again_by_its_python(pel, lock_of, name, damage, mode):
    pel.env["PYENVLAUNCH_MODE"] = mode
    lock = lock_of(*wheels(), tool='[tool.pyenvlaunch.env]\nPEL_X = "%1"\n')
    prefix = Path(pel.code(lock, "import sys; print(sys.prefix)").strip())
    before = (prefix / name).read_bytes()
    damage_file(prefix / name, damage)
    lock.unlink()  # nobody needs it
    for program in ("python", "tool"):
        done = start(prefix, program)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == ("1.0\n" if program == "python" else f"tool -c {ALPHA}\n")
    if damage != "longer":  # a pyvenv.cfg with more lines is one all the same
        assert (prefix / name).read_bytes() == before


@pytest.mark.parametrize("mode", ["embedded", "hosted"])
@pytest.mark.parametrize("name", ["pyenvlaunch.table", "pyvenv.cfg"])
def test_damaged_thin_venv_is_made_again_by_its_python(pel, lock_of, tmp_path, name, mode):
    pel.env["PYENVLAUNCH_MODE"] = mode
    lock = lock_of(*wheels())
    directory = tmp_path / "venv"
    pel("venv", "-q", "--prompt", "mine", directory, lock).ok()
    before = (directory / name).read_bytes()
    lock.write_text("another text, which it does not follow")
    for damage in ("noise", "gone"):
        damage_file(directory / name, damage)
        answers = [start(directory, program) for program in ("python", "tool")]
        assert [(a.returncode, a.stderr) for a in answers] == [(0, "")] * 2
        assert (directory / name).read_bytes() == before


def test_table_of_another_format_is_made_again(pel, lock_of):
    lock = lock_of(*wheels())
    prefix = Path(pel.code(lock, "import sys; print(sys.prefix)").strip())
    table = prefix / "pyenvlaunch.table"
    before = table.read_bytes()
    table.unlink()
    table.write_bytes(before[:16] + b"\x63" + before[17:])
    assert start(prefix, "python").stdout == "1.0\n"
    assert table.read_bytes() == before


def test_thin_venv_whose_wheels_are_gone_is_made_of_its_lock(pel, lock_of, tmp_path):
    lock = lock_of(*wheels())
    directory = tmp_path / "venv"
    pel("venv", "-q", directory, lock).ok()
    damage_file(directory / "pyenvlaunch.table", "gone")
    for wheel in pel.wheels.iterdir():
        (wheel / "INDEX").chmod(0o644)
        wheel.chmod(0o755)
        (wheel / "INDEX").unlink()
    assert start(directory, "python").stdout == "1.0\n"


@pytest.mark.parametrize("kind", ["environment", "venv"])
@pytest.mark.parametrize("name", ["pyenvlaunch.table", "pyvenv.cfg"])
def test_what_cannot_be_made_again_is_one_clear_error(pel, lock_of, tmp_path, name, kind):
    """Neither recipe nor, without the store's own note, what it refers to."""
    lock = lock_of(*wheels())
    if kind == "venv":
        prefix = tmp_path / "venv"
        pel("venv", "-q", prefix, lock).ok()
    else:
        prefix = Path(pel.code(lock, "import sys; print(sys.prefix)").strip())
    for lost in (prefix / "pyenvlaunch.recipe", *(pel.store / "roots").iterdir()):
        content = lost.read_bytes()
        lost.unlink()
        if kind == "venv":
            lock.rename(tmp_path / "away")
        damage_file(prefix / name, "zeros")
        for program in ("python", "tool"):
            done = start(prefix, program)
            assert (done.returncode, done.stdout) == (1, ""), done.stderr
            lines = done.stderr.splitlines()
            assert len(lines) == 2, done.stderr
            assert lines[0].startswith("pyenvlaunch: error: cannot ")
            assert str(prefix) in lines[0]
            assert lines[1].startswith("  hint: run `pyenvlaunch ")
        lost.write_bytes(content)
        if kind == "venv":
            (tmp_path / "away").rename(lock)
    if kind == "venv":
        pel("venv", "-q", prefix, lock).ok()
    else:
        assert pel.code(lock, ALPHA) == "1.0\n"
    done = start(prefix, "python")
    assert (done.returncode, done.stdout, done.stderr) == (0, "1.0\n", "")


def open_to_all(folder: Path) -> None:
    for path in (folder, *folder.parents):
        with contextlib.suppress(PermissionError):
            if path != Path("/") and path.stat().st_uid == os.getuid():
                path.chmod(path.stat().st_mode | 0o055)


NOBODY = 65534


@pytest.fixture
def installation(tmp_path):
    """A copy of the programs that other users can reach."""
    folder = tmp_path / "installation"
    shutil.copytree(PROGRAM.parent, folder / "bin")
    shutil.copytree(PROGRAM.parents[1] / "libexec", folder / "libexec")
    open_to_all(folder)
    return folder


def as_nobody(*command, env):
    drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return subprocess.run(
        [*drop, *command], env=env, cwd="/", capture_output=True, text=True, timeout=600
    )


@pytest.mark.root
@pytest.mark.parametrize("privilege", ["setuid", "capability"])
def test_privileged_launcher_ignores_the_variables(installation, tmp_path, lock_of, privilege):
    """AT_SECURE: who calls it chooses neither store nor cache nor interpreter."""
    program = installation / "bin/pyenvlaunch"
    if privilege == "setuid":
        program.chmod(0o4755)
    else:
        subprocess.run(["setcap", "cap_net_bind_service+ep", program], check=True)
    lock = lock_of(simple("alpha"))
    trap = tmp_path / "trap"
    trap.mkdir()
    open_to_all(lock.parent)
    open_to_all(trap)
    trap.chmod(0o777)
    names = ("HOME", "PYENVLAUNCH_HOME", "PYENVLAUNCH_CACHE", "XDG_DATA_HOME", "XDG_CACHE_HOME")
    env = {name: str(trap) for name in names} | {"PATH": "/usr/bin:/bin"}
    done = as_nobody(program, "run", lock, "--", "python", "-c", "print('ran')", env=env)
    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr.startswith("pyenvlaunch: error: ")
    assert list(trap.iterdir()) == []


@pytest.mark.root
@pytest.mark.parametrize("mode", ["embedded", "hosted"])
def test_privileged_copy_still_finds_its_environment(each_python, new_user, lock_of, mode):
    """What a server has that may listen on port 80: a copy of bin/python with more rights."""
    user = new_user(each_python)
    user.env["PYENVLAUNCH_MODE"] = mode
    prefix = Path(user.code(lock_of(simple("alpha")), "import sys; print(sys.prefix)").strip())
    copy = prefix / "bin/python-with-right"
    shutil.copy(prefix / "bin/python", copy)
    os.chown(copy, -1, NOBODY)
    copy.chmod(0o2755)
    env = {"PYENVLAUNCH_HOME": "/nonexistent", "PYENVLAUNCH_CACHE": "/nonexistent"}
    code = f"import ctypes; assert ctypes.CDLL(None).getauxval(23) == 1  # AT_SECURE\n{ALPHA}"
    done = subprocess.run([copy, "-c", code], env=env, capture_output=True, text=True, timeout=600)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1.0\n", "")


@pytest.mark.root
@pytest.mark.parametrize("mode", ["embedded", "hosted"])
@pytest.mark.parametrize("kind", ["environment", "venv"])
@pytest.mark.parametrize("name", ["pyenvlaunch.table", "pyvenv.cfg"])
def test_privileged_copy_of_a_damaged_environment_makes_nothing(pel, lock_of, name, kind, mode):
    """A process with more rights than its user neither rebuilds nor believes a variable."""
    pel.env["PYENVLAUNCH_MODE"] = mode
    lock = lock_of(*wheels())
    prefix = Path(pel.code(lock, "import sys; print(sys.prefix)").strip())
    if kind == "venv":
        prefix = pel.work / "venv"
        pel("venv", "-q", "--follow", prefix, lock).ok()
    copy = prefix / "bin/python-with-right"
    shutil.copy(prefix / "bin/python", copy)
    os.chown(copy, -1, NOBODY)
    copy.chmod(0o2755)
    damage_file(prefix / name, "noise")
    damaged = (prefix / name).read_bytes()
    trap = pel.work / "trap"
    trap.mkdir()
    names = ("HOME", "PYENVLAUNCH_HOME", "PYENVLAUNCH_CACHE", "PYENVLAUNCH_PYTHON", "PYTHONPATH")
    env = {name: str(trap) for name in names} | {"PATH": str(trap), "PYENVLAUNCH_LOG": "debug"}
    done = subprocess.run([copy, "-c", ALPHA], env=env, capture_output=True, text=True, timeout=600)
    assert (done.returncode, done.stdout) == (1, ""), done
    assert done.stderr.startswith("pyenvlaunch: error: cannot use "), done
    assert name in done.stderr.splitlines()[0]
    assert list(trap.iterdir()) == []
    assert (prefix / name).read_bytes() == damaged
    # Without more rights it is made again.
    assert start(prefix, "python").stdout == "1.0\n"


# In the usual place of the store, whose modules are no installation of the user's.
USER_BASE = """
import importlib, os, site, sys, types
import alpha.asks
base = os.path.expanduser("~/.local")
assert alpha.asks.__file__.startswith(base + "/share/pyenvlaunch/"), alpha.asks.__file__
assert not sys.prefix.startswith(base), sys.prefix
assert not alpha.asks.__file__.startswith(alpha.asks.BASE), alpha.asks.BASE
assert os.path.samefile(alpha.asks.BASE, base), alpha.asks.BASE
for _ in range(2):
    assert site.USER_BASE == vars(site)["USER_BASE"] == site.getuserbase() == base
    assert isinstance(site, types.ModuleType) and repr(type(site)) == "<class 'module'>"
    site.USER_BASE = "/elsewhere"
    assert site.getuserbase() == "/elsewhere" == importlib.reload(alpha.asks).BASE
    del site.USER_BASE
    assert not hasattr(site, "USER_BASE")
    importlib.reload(site)
"""


@pytest.mark.parametrize("mode", ["embedded", "hosted"])
def test_the_usual_place_is_no_users_installation(new_user, lock_of, each_python, mode):
    user = new_user(each_python)
    lock = lock_of(simple("alpha", **{"asks.py": "import site\nBASE = site.USER_BASE\n"}))
    del user.env["PYENVLAUNCH_HOME"], user.env["PYENVLAUNCH_CACHE"]
    user.env["PYENVLAUNCH_MODE"] = mode
    user.run(lock, "python", "-c", USER_BASE).ok()
    # Below the user's base as well, this is as in a virtual environment there.
    user.env["PYENVLAUNCH_CACHE"] = str(user.home / ".local/cache")
    code = "import alpha.asks, site, types; print(alpha.asks.BASE, type(site) is types.ModuleType)"
    assert user.run(lock, "python", "-c", code).ok() == f"{user.home}/.local True\n"
