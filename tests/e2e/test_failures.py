"""Bad input and a bad environment: one clear error each, a valid store, and the next run works."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support.launcher import Launcher, preload
from support.locks import entry
from support.wheels import simple

ALPHA = "import alpha; print(alpha.VERSION)"


def assert_recovers(pel: Launcher, lock: Path) -> None:
    pel.assert_store_is_valid()
    assert pel.code(lock, ALPHA) == "1.0\n"


def test_truncated_wheel(pel, lock_of, build):
    wheel = build(simple("alpha", **{"data.bin": os.urandom(5000)}))
    lock = lock_of(wheel)
    content = wheel.path.read_bytes()
    wheel.path.write_bytes(content[: len(content) // 2])
    assert pel.run(lock, "python", "-c", ALPHA).failed() == (
        f"pyenvlaunch: error: cannot use wheel {wheel.path}: it has {len(content) // 2} bytes, "
        f"the lock says {len(content)}\n"
        "  while getting alpha 1.0\n"
        "  hint: it is not the file that was locked: replace it, or make the lock anew\n"
    )
    wheel.path.write_bytes(content)
    assert_recovers(pel, lock)


@pytest.mark.parametrize("library", ["libcurl.so.4", "libarchive.so.13", "libcrypto.so.3"])
def test_a_library_of_the_system_that_is_missing(pel, lock_of, build, server, tmp_path, library):
    """They are loaded when they are needed, by whatever thread; no exception gets lost there."""
    wheel = build(simple("alpha"))
    lock = lock_of(entry(wheel, url=server.url))
    (tmp_path / "system" / library).parent.mkdir()
    (tmp_path / "system" / library).write_text("")
    error = pel("sync", lock, env={"LD_LIBRARY_PATH": str(tmp_path / "system")}).failed()
    assert error.startswith(f"pyenvlaunch: error: cannot load {library}: "), error
    assert error.endswith("  hint: install the package of your system that has this library\n")
    assert_recovers(pel, lock)


def test_wrong_hash(pel, lock_of, build):
    wheel = build(simple("alpha"))
    lock = lock_of(wheel)
    content = wheel.path.read_bytes()
    expected = wheel.sha256
    wheel.path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert pel.run(lock, "python", "-c", ALPHA).failed() == (
        f"pyenvlaunch: error: cannot use wheel {wheel.path}: its sha256 is {wheel.sha256}, "
        f"the lock says {expected}\n"
        "  while getting alpha 1.0\n"
        "  hint: it is not the file that was locked: replace it, or make the lock anew\n"
    )
    wheel.path.write_bytes(content)
    assert_recovers(pel, lock)


def test_lock_with_a_typo(pel, lock_of):
    lock = lock_of(simple("alpha"))
    text = lock.read_text()
    lock.write_text(text.replace("[[packages]]", "[[packages]", 1))
    error = pel.run(lock, "python", "-c", ALPHA).failed()
    assert f"cannot read lock {lock}: line 4" in error
    lock.write_text(text)
    assert_recovers(pel, lock)


def test_missing_file(pel, lock_of, build):
    wheel = build(simple("alpha"))
    lock = lock_of(wheel)
    aside = wheel.path.with_suffix(".aside")
    wheel.path.rename(aside)
    assert pel.run(lock, "python", "-c", ALPHA).failed() == (
        f"pyenvlaunch: error: cannot get alpha 1.0: there is no file {wheel.path}\n"
        "  hint: put it there, or give --find-links a folder that has it\n"
    )
    aside.rename(wheel.path)
    assert_recovers(pel, lock)


def test_unreachable_url(pel, lock_of, build, server):
    wheel = build(simple("alpha"))
    dead = lock_of(entry(wheel, url="http://127.0.0.1:1"), name="dead.lock")
    error = pel.run(dead, "python", "-c", ALPHA).failed()
    url = f"http://127.0.0.1:1/{wheel.path.name}"
    start = f"pyenvlaunch: error: cannot download alpha 1.0 from {url}: failed to connect to "
    assert error.startswith(start)
    assert error.endswith(
        "(tried 3 times)\n  hint: check the network and the proxy variables (https_proxy, "
        "no_proxy); --offline uses only what is there already\n"
    )
    assert_recovers(pel, lock_of(entry(wheel, url=server.url)))


def test_unknown_host(pel, lock_of, build):
    wheel = build(simple("alpha"))
    lock = lock_of(entry(wheel, url="http://no-such-host.invalid"))
    error = pel.run(lock, "python", "-c", ALPHA).failed()
    assert "could not resolve host: no-such-host.invalid" in error


@pytest.mark.user
@pytest.mark.parametrize("which", ["HOME", "PYENVLAUNCH_HOME", "PYENVLAUNCH_CACHE"])
def test_read_only_home(pel, lock_of, tmp_path, which):
    lock = lock_of(simple("alpha"))
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    env: dict[str, str | None] = {which: str(closed)}
    if which == "HOME":
        env |= {"PYENVLAUNCH_HOME": None, "PYENVLAUNCH_CACHE": None}
    error = pel.run(lock, "python", "-c", ALPHA, env=env).failed()
    assert error.startswith(f"pyenvlaunch: error: cannot create directory {closed}/")
    assert ": permission denied\n  hint: set PYENVLAUNCH_" in error
    assert error.count("\n") == 2
    closed.chmod(0o755)
    assert pel.run(lock, "python", "-c", ALPHA, env=env).ok() == "1.0\n"


def test_no_home_at_all(pel, lock_of):
    lock = lock_of(simple("alpha"))
    env = dict.fromkeys(("HOME", "PYENVLAUNCH_HOME", "PYENVLAUNCH_CACHE"))
    result = pel.run(lock, "python", "-c", ALPHA, env=env)
    # Either it asks the user database, or it says which variable is missing.
    if result.returncode != 0:
        assert "HOME" in result.failed(result.returncode)


def test_file_where_the_store_should_be(pel, lock_of):
    lock = lock_of(simple("alpha"))
    pel.data.write_text("a file")
    error = pel.run(lock, "python", "-c", ALPHA).failed()
    assert str(pel.data) in error
    pel.data.unlink()
    assert_recovers(pel, lock)


# Also of those that only look at what is there: no store is something else than an unusable one.
OF_STORE = [
    ["store", "list"],
    ["store", "du"],
    ["store", "verify"],
    ["store", "repair"],
    ["store", "gc"],
    ["store", "pin"],
    ["store", "show", "alpha"],
    ["env", "list"],
    ["shims", "list"],
    ["shims", "uninstall", "alpha"],
]


@pytest.mark.parametrize("command", OF_STORE, ids=" ".join)
@pytest.mark.parametrize("variable", ["PYENVLAUNCH_HOME", "PYENVLAUNCH_CACHE"])
def test_a_file_is_no_store_and_no_cache(pel, tmp_path, command, variable):
    (tmp_path / "file").write_text("")
    error = pel(*command, env={variable: str(tmp_path / "file")}).failed()
    what = "store" if variable.endswith("HOME") else "cache"
    assert error.startswith(f"pyenvlaunch: error: cannot use the {what} {tmp_path}/file/")
    assert error.endswith(
        f": not a directory\n  hint: set {variable} to a directory that you may write to\n"
    )


def test_a_relative_home_is_none(pel, lock_of):
    """It would mean another store in every directory."""
    lock = lock_of(simple("alpha"))
    own = dict.fromkeys(("PYENVLAUNCH_HOME", "PYENVLAUNCH_CACHE")) | {"HOME": "here"}
    for command in (["store", "list"], ["run", lock, "--", "python"], ["shims", "install", lock]):
        error = pel(*command, env=own).failed(2)
        assert error.startswith("pyenvlaunch: error: cannot use HOME: 'here' is no absolute path\n")
        assert error.count("hint: write the whole path, or set PYENVLAUNCH_") == 1
    done = pel("doctor", env=own)
    assert done.returncode == 1
    assert "problem  cannot use HOME: 'here' is no absolute path" in done.stdout
    error = pel("shims", "install", lock, env={"HOME": "here"}).failed(2)
    assert "HOME is no absolute path\n  hint: say where they go: --dir DIR" in error
    error = pel("python", "find", "~/python", env={"HOME": "here"}).failed(2)
    assert "cannot use interpreter '~/python': HOME is no absolute path" in error
    assert not (pel.work / "here").exists()


def test_interpreter_that_is_not_there(pel, lock_of):
    lock = lock_of(simple("alpha"))
    error = pel("run", "--python", "/nonexistent/python3", lock, "--", "python").failed()
    assert "/nonexistent/python3" in error
    error = pel("run", "--python", "4.99", lock, "--", "python").failed()
    assert "4.99" in error
    error = pel("run", "--python", "/bin/true", lock, "--", "python").failed()
    assert "/bin/true" in error
    assert_recovers(pel, lock)


def test_damaged_cache_is_made_anew(pel, lock_of):
    lock = lock_of(simple("alpha"))
    assert_recovers(pel, lock)
    files = [path for path in (pel.cache / "v1").rglob("*") if path.is_file()]
    # Scripts and site-packages are the user's to change, as in every virtual environment.
    own = [path for path in files if not {"bin", "site-packages"} & set(path.parts)]
    assert any(path.parent.name == "selections" for path in own)
    for path in own:
        content = path.read_bytes()
        mode = path.stat().st_mode
        for damaged in (content[: len(content) // 2], b"", os.urandom(len(content))):
            path.chmod(0o644)
            path.write_bytes(damaged)
            path.chmod(mode)
            result = pel.run(lock, "python", "-c", ALPHA)
            assert (result.returncode, result.stdout) == (0, "1.0\n"), f"{path}: {result}"


def test_damaged_bytecode_falls_back_to_the_source(pel, lock_of):
    lock = lock_of(simple("alpha"))
    assert_recovers(pel, lock)
    pack = next((pel.store / "bytecode").glob("alpha-*/*.pack"))
    content = pack.read_bytes()
    for damaged in (content[:-8], content[: len(content) // 2], bytes(len(content)), content[::-1]):
        pack.unlink(missing_ok=True)  # a damaged one may have been thrown away
        pack.write_bytes(damaged)
        pack.chmod(0o444)
        assert pel.code(lock, ALPHA) == "1.0\n"


def test_wheels_that_vanish_come_back(pel, lock_of):
    lock = lock_of(simple("alpha"))
    assert_recovers(pel, lock)
    from support.launcher import remove_tree

    remove_tree(pel.data)
    assert pel.code(lock, ALPHA) == "1.0\n"
    pel.assert_store_is_valid()


def test_cache_that_vanishes_comes_back(pel, lock_of):
    lock = lock_of(simple("alpha"))
    assert_recovers(pel, lock)
    shutil.rmtree(pel.cache)
    assert_recovers(pel, lock)


def test_environment_that_was_removed_comes_back(pel, lock_of):
    lock = lock_of(simple("alpha"))
    assert_recovers(pel, lock)
    pel("env", "remove", lock).ok()
    pel("env", "remove", lock).ok()  # there is none: fine as well
    assert not list((pel.cache / "v1/envs").glob("*"))
    assert_recovers(pel, lock)


@pytest.mark.parametrize(
    "text",
    ["", "\n\0\x7fELF", "requests==2.0\n", "version = 1\n\n[[package]]\nname = 'x'\n"],
    ids=["empty", "binary", "requirements", "uv"],
)
def test_what_is_no_lock_is_said_to_be_none(pel, tmp_path, text):
    lock = tmp_path / "other.txt"
    lock.write_text(text)
    for args in (["run", lock, "--", "python"], ["sync", lock], ["venv", tmp_path / "v", lock]):
        error = pel(*args).failed()
        assert error.startswith(f"pyenvlaunch: error: cannot read lock {lock}: line ")
        assert "hint: a lock is what `pyenvlaunch lock` writes" in error
        assert "`pyenvlaunch lock --from FILE -o LOCK`" in error
    assert not (tmp_path / "v").exists()


def test_an_empty_argument_is_no_directory(pel, lock_of):
    lock = lock_of(simple("alpha"))
    for args in (["venv", "--allow-existing", "", lock], ["venv", "v", ""], ["export", lock, ""]):
        assert " is empty\n" in pel(*args).failed(2)
    assert not (pel.work / "pyvenv.cfg").exists()


def test_an_empty_value_is_none(pel, lock_of):
    """A variable that is not set must not mean "keep nothing", or another interpreter."""
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    for args in (
        ["store", "gc", "--keep", ""],
        ["run", "--python", "", lock, "--", "python", "-c", "1"],
        ["sync", "--find-links", "", lock],
        ["lock", "alpha", "-o", ""],
        ["lock", "-e", "", "-o", "x"],
        ["venv", "--prompt", "", "v", lock],
    ):
        error = pel(*args).failed(2)
        assert error.startswith("pyenvlaunch: error: the value of option '--"), error
        assert "' is empty\n  hint: try 'pyenvlaunch help " in error
    for args in (
        ["sync", lock, ""],
        ["shims", "install", lock, ""],
        ["store", "path", "alpha", ""],
        ["store", "pin", ""],
        ["run", "", "--", "python"],
        ["exec", "", "true"],
    ):
        assert " is empty\n" in pel(*args).failed(2)
    assert pel.run(lock, "python", "-c", "import alpha").ok() == ""


def test_a_program_that_is_no_python_is_not_quoted_at_length(pel, lock_of, tmp_path):
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\necho "no such thing: $*" >&2\nexit 2\n')
    program.chmod(0o755)
    error = pel("run", "--python", program, lock_of(simple("alpha")), "--", "python").failed()
    assert f"cannot use {program}: it ended with status 2: no such thing: -I -S -c" in error
    program.write_text("#!/bin/sh\nprintf '%0900d' 1 >&2\nexit 2\n")
    error = pel("run", "--python", program, lock_of(simple("alpha")), "--", "python").failed()
    assert "0000…" in error
    assert len(error) < 600 + 2 * len(str(program))


def test_gc_knows_the_locks_that_it_is_to_keep(pel, lock_of, tmp_path):
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    error = pel("store", "gc", "--keep", tmp_path / "misspelled.lock").failed()
    assert "cannot keep the environments of" in error
    assert "nothing was freed" in error
    gone = lock.rename(lock.with_suffix(".moved"))
    pel("store", "gc", "--keep", lock).ok()  # its environment is known, though the lock is gone
    assert pel("store", "list").ok().startswith("alpha-")
    gone.rename(lock)


def test_a_lock_is_not_written_over_a_directory(pel, tmp_path):
    error = pel("lock", "six", "-o", tmp_path).failed(2)
    assert f"cannot write lock {tmp_path}: it is a directory" in error


@pytest.mark.parametrize("threads", [0, 1, 3])
def test_no_more_threads(pel, lock_of, build, threads):
    """As a container with a limit of processes has it: what is there does the work of the others."""
    wheels = [simple(f"w{i}", **{f"m{j}.py": "" for j in range(30)}) for i in range(6)]
    lock = lock_of(*wheels)
    few = preload(PEL_TEST_THREADS=threads)
    pel("sync", lock, env=few).ok()
    assert pel("sync", lock, env=few).ok() == ""
    assert pel.code(lock, "import w0.m1, w5; print(w5.VERSION)", env=few) == "1.0\n"
    pel.forget()
    files = [build(wheel).path for wheel in wheels]
    assert len(pel("store", "add", *files, env=few).ok().split()) == 6
    pel.assert_store_is_valid()


@pytest.mark.parametrize("command", ["sync", "run", "add"])
@pytest.mark.parametrize("size", [0, 100, 10_000])
def test_files_may_not_grow(pel, lock_of, build, command, size):
    """`ulimit -f` is an error with a path, and not the end of the process by a signal."""
    wheel = simple("big", **{"data.bin": os.urandom(100_000)})
    lock = lock_of(wheel)
    command = {
        "sync": ("sync", lock),
        "run": ("run", lock, "--", "python", "-c", "import big"),
        "add": ("store", "add", build(wheel).path),
    }[command]
    pel("env", "show", lock).ok()  # the interpreter has been asked
    error = pel(*command, prefix=("prlimit", f"--fsize={size}")).failed()
    assert f"{pel.root}/" in error
    assert "file too large" in error
    pel(*command).ok()
    pel.assert_store_is_valid()


@pytest.mark.parametrize("size", [64, 32])  # KiB
def test_a_small_stack(pel, lock_of, build, python, tmp_path, size):
    """`ulimit -s` ends none of our own commands by a signal; Python has to get along with it."""
    lock = lock_of(simple("alpha", **{"alpha.data/data/share/a.txt": "a"}))
    pel("env", "show", lock).ok()  # the interpreter has been asked
    pel.env["PYENVLAUNCH_OFFLINE"] = "1"
    small = ("prlimit", f"--stack={size * 1024}")
    for command in (
        ("env", "explain", lock, "alpha"),
        ("store", "add", build(simple("beta")).path),
        ("store", "gc"),
        ("doctor",),
        ("env", "list"),
    ):
        result = pel(*command, prefix=small)
        assert result.returncode in (0, 1), str(result)
    pel("sync", lock).ok()
    for command in (("sync", lock), ("venv", tmp_path / "v", lock), ("store", "verify")):
        pel(*command, prefix=small).ok()
    print_one = ("-c", "print(1)")
    plain = subprocess.run([*small, python.path, *print_one], capture_output=True, check=False)
    ours = pel.run(lock, "python", *print_one, prefix=small)
    assert ours.stdout == "1\n" or plain.returncode != 0, str(ours)


def test_an_interpreter_that_crashes_for_want_of_stack(pel, lock_of, tmp_path):
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nkill -SEGV $$\n")
    program.chmod(0o755)
    command = ("sync", "--python", program, lock_of(simple("alpha")))
    assert f"cannot use {program}: it was ended by signal 11\n" in pel(*command).failed()
    error = pel(*command, prefix=("prlimit", "--stack=131072")).failed()
    assert "it was ended by signal 11 (ulimit -s allows 128 KiB of stack)\n" in error
