"""A slip of the pen is answered with the word that was meant, wherever there are words to choose from."""

import pytest
from support.wheels import Wheel

BLACK = Wheel(
    "black",
    "1.0",
    {"black/__init__.py": "def main(): print('black')\n", "blib2to3.py": ""},
    entry_points={"console_scripts": {"black": "black:main", "blackd": "black:main"}},
)


def hint_of(text: str) -> str:
    first, hint = text.splitlines()[-2:]
    assert first.startswith("pyenvlaunch: error: ")
    return hint.removeprefix("  hint: ")


@pytest.fixture
def lock(lock_of):
    return lock_of(BLACK)


@pytest.mark.parametrize("command", ["run", "exec"])
def test_a_script_of_the_environment(pel, lock, command):
    pel("sync", lock).ok()
    assert hint_of(pel(command, lock, "--", "blakc").failed(127)) == "did you mean 'black'?"
    assert hint_of(pel(command, lock, "--", "no-such-thing").failed(127)) == (
        "`pyenvlaunch env show LOCK` lists the environment's scripts"
    )


def test_python_itself(pel, lock):
    assert hint_of(pel("run", lock, "--", "pyhton").failed(127)) == "did you mean 'python'?"


@pytest.mark.parametrize(
    "command", [["show"], ["path"], ["verify"], ["du"], ["pin"]], ids=lambda words: words[0]
)
def test_a_wheel_of_the_store(pel, lock, command):
    pel("sync", lock).ok()
    assert hint_of(pel("store", *command, "Balck").failed(1)) == "did you mean 'black'?"
    assert hint_of(pel("store", *command, "requests").failed(1)) == (
        "'pyenvlaunch store list' prints what is there"
    )


@pytest.mark.parametrize(
    ("word", "meant"), [("blck", "black"), ("blib3to2", "blib2to3"), ("blakcd", "blackd")]
)
def test_what_an_environment_explains(pel, lock, word, meant):
    pel("sync", lock).ok()
    result = pel("env", "explain", lock, word)
    assert hint_of(result.failed(1)) == f"did you mean '{meant}'?"


def test_a_shim(pel, lock, tmp_path):
    shims = ["--dir", tmp_path / "bin"]
    assert hint_of(pel("shims", "install", lock, "blackk", *shims).failed(1)) in (
        "did you mean 'black'?",
        "did you mean 'blackd'?",
    )
    pel("shims", "install", lock, "black", *shims).ok()
    assert hint_of(pel("shims", "uninstall", "balck").failed(1)) == "did you mean 'black'?"


def test_a_package_to_edit(pel, lock, tmp_path):
    pel("venv", "-q", tmp_path / "env", lock).ok()
    result = pel("edit", tmp_path / "env", "blakc")
    assert hint_of(result.failed(1)) == "did you mean 'black'?"


def test_an_interpreter(pel, lock):
    result = pel("run", "--python", "pyton3", lock, "--", "python")
    assert hint_of(result.failed(1)) == "did you mean 'python3'?"


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (["hlep"], "did you mean 'help'?"),
        (["frobnicate"], "try 'pyenvlaunch help'"),
        (["store", "frobnicate"], "try 'pyenvlaunch help store'"),
        (
            ["--python", "3.11", "run"],
            "the options of a command go behind its name; try 'pyenvlaunch help'",
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_without_a_near_word_the_help_is_named(pel, args, hint):
    assert hint_of(pel(*args).failed(2)) == hint


@pytest.mark.parametrize("spec", ["311", "python2", "3.11.99"])
def test_a_version_that_does_not_exist(pel, spec):
    error = pel("python", "find", spec).failed()
    assert error.startswith(f"pyenvlaunch: error: cannot find the interpreter '{spec}'")
    assert "lock" not in error.splitlines()[-1]
    assert error.splitlines()[-1].startswith("  hint: ")


def test_a_lock_without_a_command(pel, lock_of):
    lock = lock_of(Wheel("foo", "1.0", {"foo.py": ""}))
    hint = "pyenvlaunch run {} -- PROGRAM\n"
    assert hint.format("app.lock") in pel("app.lock", cwd=lock.parent).failed(2)
    error = pel("./app.lock", cwd=lock.parent).failed()
    assert f"cannot run script {lock}: it has no lock, and looks like one\n" in error
    assert hint.format(lock) in error
    other = lock.rename(lock.parent / "pylock.toml")
    assert hint.format(other) in pel("lock", "--from", other, "-o", "x").failed(2)


def test_a_script_in_place_of_a_lock(pel, tmp_path):
    (tmp_path / "tool.py").write_text("print(1)\n")
    for words in (["tool.py"], ["run", "tool.py"]):
        error = pel(*words, cwd=tmp_path).failed(2)
        assert error.splitlines()[-1].endswith(": pyenvlaunch run --script tool.py")


def test_a_shell_that_is_not_there(pel, lock_of):
    lock = lock_of(Wheel("foo", "1.0", {"foo.py": ""}))
    assert pel("shell", lock, env={"SHELL": "/none/sh"}).failed(127) == (
        "pyenvlaunch: error: cannot run the shell /none/sh: no such file\n"
        "  hint: it is what SHELL says: set it to your shell, for example SHELL=/bin/sh\n"
    )


def test_operands_the_other_way_round(pel, lock_of):
    """Nobody is told to remove a lock."""
    lock = lock_of(Wheel("foo", "1.0", {"foo.py": ""}))
    assert pel("venv", lock, pel.work / "env").failed(2) == (
        f"pyenvlaunch: error: cannot make an environment in {lock}: it is no directory\n"
        "  hint: the directory comes first, then the lock: pyenvlaunch venv DIR LOCK\n"
    )


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("gc", "did you mean 'store gc'?"),
        ("install", "did you mean 'shims install'?"),
        ("add", "did you mean 'store add'?"),
        ("list", "did you mean 'shims list', 'env list', 'store list', 'python list'?"),
    ],
)
def test_a_command_of_a_group(pel, word, meant):
    assert pel(word).failed(2) == (
        f"pyenvlaunch: error: unknown command '{word}'\n  hint: {meant}\n"
    )
