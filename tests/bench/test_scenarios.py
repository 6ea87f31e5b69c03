import os

from pelbench.clock import Command, CommandFailed, run
from pelbench.machine import file_system
from pelbench.scenarios.disk import added, inodes
from pelbench.scenarios.imports import total_calls


def test_total_of_strace_is_read_with_and_without_errors():
    head = "% time     seconds  usecs/call     calls    errors syscall\n"
    assert total_calls(head + "100.00    0.006     12       496       73 total\n") == 496
    assert total_calls(head + "100.00    0.006     12       496           total\n") == 496


def test_only_what_is_new_counts_and_hard_links_do_not(tmp_path):
    (tmp_path / "old").write_text("12345")
    before = inodes(tmp_path)
    (tmp_path / "new").write_text("123")
    (tmp_path / "folder").mkdir()
    os.link(tmp_path / "old", tmp_path / "folder/link")
    os.link(tmp_path / "new", tmp_path / "folder/new")
    assert added(before, inodes(tmp_path)) == (3, 2)


def test_a_command_is_timed_and_its_output_kept(tmp_path):
    done = run(Command(("/bin/sh", "-c", "echo $A; pwd"), {"A": "b"}, tmp_path))
    assert done.stdout == f"b\n{tmp_path}\n"
    assert done.milliseconds > 0


def test_a_command_that_fails_says_how(tmp_path):
    for words, reason in (
        (("/bin/sh", "-c", "echo early; echo why >&2; exit 3"), "exit status 3: why"),
        (("/nowhere/x",), "No such file"),
    ):
        try:
            run(Command(words, {}, tmp_path))
        except CommandFailed as error:
            assert reason in str(error)
        else:
            raise AssertionError(words)


def test_the_file_system_of_a_path_is_named():
    assert file_system(os.path.realpath("/proc/self")) == "proc"
