"""The command line itself: help, bad usage, output that fails."""

from pathlib import Path

import pytest

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
    assert pel("help").returncode in (0, 2)


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
        "  hint: give the path of a lock (pylock.toml) as the first argument\n"
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
    assert "cannot write to standard output" in err
