"""The command line itself: help, bad usage, output that fails."""

import os
from pathlib import Path

import pytest
from support.wheels import simple

COMMANDS = (
    "run",
    "exec",
    "lock",
    "sync",
    "edit",
    "shell",
    "export",
    "cache-key",
    "shims",
    "env",
    "store",
)


def test_help_lists_the_commands(pel):
    out = pel("--help").ok()
    for command in COMMANDS:
        assert command in out
    for words in (["help"], ["help", "help"], ["help", "--help"]):
        assert pel(*words).ok() == out


@pytest.mark.parametrize("command", ["run", "exec", "lock", "sync", "venv", "edit", "store"])
def test_each_command_has_help(pel, command):
    out = pel(command, "--help").ok()
    assert "pyenvlaunch" in out
    assert command in out


def test_version(pel):
    assert pel("--version").ok().startswith("pyenvlaunch 0.1.0")
    assert pel("-V").ok() == pel("--version").ok()


def test_no_argument_is_bad_usage(pel):
    result = pel()
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr != ""


def test_unknown_command_is_bad_usage_with_the_nearest(pel):
    assert pel("snyc", "x").failed(2) == (
        "pyenvlaunch: error: unknown command 'snyc'\n  hint: did you mean 'sync'?\n"
    )


@pytest.mark.parametrize("command", ["gc", "push"])
def test_command_that_is_not_there_is_unknown(pel, command):
    assert f"unknown command '{command}'" in pel(command).failed(2)


def test_unknown_option_is_bad_usage_with_the_nearest(pel):
    assert pel("sync", "--ofline", "x.lock").failed(2) == (
        "pyenvlaunch: error: unknown option '--ofline'\n  hint: did you mean '--offline'?\n"
    )


def test_missing_argument_is_bad_usage(pel):
    for command in ("run", "sync", "exec"):
        pel(command).failed(2)


def test_missing_lock_is_one_clear_error(pel, tmp_path):
    lock = tmp_path / "missing.lock"
    assert pel.run(lock, "python").failed(1) == (
        f"pyenvlaunch: error: cannot read lock {lock}: no such file\n"
        "  hint: give the path of a lock (pylock.toml)\n"
    )


def test_directory_as_lock(pel, tmp_path):
    assert pel.run(tmp_path, "python").failed(2) == (
        f"pyenvlaunch: error: cannot read lock {tmp_path}: it is a directory\n"
        "  hint: give the path of the lock file in it\n"
    )


def test_nothing_is_made_by_a_command_that_only_asks(pel):
    pel("store", "list").ok()
    pel("--help").ok()
    assert not pel.data.exists()
    assert not pel.cache.exists()


def test_full_disk_on_stdout_is_not_success(pel):
    with Path("/dev/full").open("w") as full:
        process = pel.popen("--help", stdout=full)
        _, err = process.communicate(timeout=600)
    assert process.returncode == 1
    assert err == (
        "pyenvlaunch: error: cannot write to standard output: no space left on device\n"
        "  hint: make room there, and run it again\n"
    )


def test_a_lock_that_is_no_file(pel, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    for command in (["run", tmp_path / "fifo", "python"], ["sync", tmp_path / "fifo"]):
        assert pel(*command).failed() == (
            f"pyenvlaunch: error: cannot read lock {tmp_path}/fifo: it is no regular file\n"
            "  hint: write it to a file first: the lock is what its environment is made of again\n"
        )


def test_empty_values_are_named(pel, lock_of, tmp_path):
    lock = lock_of(simple("alpha"))
    for command in ("run", "exec"):
        error = pel(command, lock, "--", "").failed(126)
        assert "the name of what to run is empty\n  hint: it is most often a variable" in error
    error = pel("run", "--extra=", lock, "--", "python").failed(2)
    assert "error: the value of option '--extra' is empty\n" in error


def test_a_report_that_cannot_be_written_is_told_first(pel, lock_of, tmp_path):
    lock = lock_of(simple("alpha"))
    error = pel("exec", "--report", tmp_path, lock, "--", "true").failed(2)
    assert f"cannot write {tmp_path}: it is a directory\n  hint: " in error
    error = pel("exec", "--report", tmp_path / "no/r.json", lock, "--", "true").failed()
    assert f"r.json: there is no directory {tmp_path}/no\n  hint: name another" in error
    assert not pel.data.exists()


@pytest.mark.parametrize("command", ["exec --report", "store report --html"])
def test_a_file_for_a_result_replaces_no_device_and_no_link(pel, lock_of, tmp_path, command):
    """As root, `--report /dev/stdout` replaced that link."""
    lock = lock_of(simple("alpha"))

    def write(path: Path):
        return pel(*command.split(), path, *((lock, "--", "true") if "exec" in command else ()))

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    output = tmp_path / "stdout"
    output.symlink_to("/dev/null")
    for path in (pipe, output):
        before = path.lstat()
        assert f"cannot write {path}: it is no file\n  hint: " in write(path).failed(2)
        assert path.lstat().st_ino == before.st_ino
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old")
    link.symlink_to(real)
    write(link).ok()
    assert link.is_symlink()
    assert real.read_text() != "old"


@pytest.mark.parametrize(
    "command", ["lock --offline alpha", "lock -U --offline alpha", "adopt /usr"]
)
def test_a_lock_replaces_no_device(pel, tmp_path, command):
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to("/dev/null")
    for path in (pipe, link):
        before = path.lstat().st_ino
        error = pel(*command.split(), "-o", path).failed(2)
        assert f"cannot write lock {path}: it is no file\n  hint: " in error
        assert path.lstat().st_ino == before
