"""A start that has to wait for the disk reads ahead what the last such start has used."""

import os
import re
from pathlib import Path

import pytest
from support.system_calls import count, opened, read_calls, tracer
from support.wheels import Wheel

LIST = "pyenvlaunch.reads-*"
CODE = "import alpha, _ctypes; print(alpha.ANSWER)"


def forget_pages(*files: Path) -> None:
    """As if these had never been read; allowed for everybody who can read them."""
    for file in files:
        fd = os.open(file, os.O_RDONLY)
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)


@pytest.fixture
def lock(pel, lock_of):
    if not pel.python.has_library or pel.env.get("PYENVLAUNCH_MODE") == "hosted":
        pytest.skip("hosted mode starts another program, which reads by itself")
    lock = lock_of(Wheel("alpha", "1.0", {"alpha/__init__.py": "ANSWER = 42\n"}))
    for _ in range(2):  # the first start on a machine may be a cold one
        pel.code(lock, CODE)
    for path in lists(pel):
        path.unlink()
    return lock


def prefix_of(pel) -> Path:
    (table,) = pel.cache.glob("v1/envs/*/pyenvlaunch.table")
    return table.parent


def lists(pel) -> list[Path]:
    return sorted(prefix_of(pel).glob(LIST))


def cold_run(pel, lock, code: str = CODE, **options) -> str:
    forget_pages(prefix_of(pel) / "pyenvlaunch.table")
    return pel.code(lock, code, **options).strip()


def advised(calls: list[str]) -> int:
    return count(calls, "fadvise64")


def test_a_warm_start_writes_no_list(pel, lock):
    pel.code(lock, CODE)
    assert lists(pel) == []


def test_a_cold_start_notes_what_it_has_mapped(pel, lock):
    assert cold_run(pel, lock) == "42"
    (written,) = lists(pel)
    text = written.read_text()
    for part in ("libpython", "_ctypes", "alpha-1.0", "embed.so"):
        assert part in text, part
    assert written.stat().st_size <= 12 * 1024


def test_the_next_cold_start_reads_ahead(pel, lock, tmp_path):
    cold_run(pel, lock)
    log = tmp_path / "strace"
    assert cold_run(pel, lock, prefix=tracer(log)) == "42"
    calls = read_calls(log)
    assert advised(calls) > 3
    assert count(calls, "clone", "clone3") == 1
    ahead = [line for line in calls if "fadvise64" in line]
    main = calls[0].split()[0]
    assert all(line.split()[0] != main for line in ahead)  # the program itself does not wait


def test_a_warm_start_reads_nothing_ahead(pel, lock, tmp_path):
    cold_run(pel, lock)
    pel.code(lock, CODE)
    log = tmp_path / "strace"
    pel.code(lock, CODE, prefix=tracer(log))
    calls = read_calls(log)
    assert advised(calls) == 0
    assert count(calls, "clone", "clone3") == 0
    assert not any("pyenvlaunch.reads" in path for path in opened(calls))


def test_a_list_that_holds_is_not_written_again(pel, lock):
    cold_run(pel, lock)
    cold_run(pel, lock)
    before = [path.stat() for path in lists(pel)]
    cold_run(pel, lock)
    assert [path.stat().st_ino for path in lists(pel)] == [status.st_ino for status in before]


def test_other_commands_have_lists_of_their_own_but_few(pel, lock):
    for number in range(8):
        cold_run(pel, lock, f"import alpha; {number}")
    assert 1 <= len(lists(pel)) <= 3


@pytest.mark.parametrize("content", [b"", b"nonsense\n", b"\xff" * 5000])
def test_a_damaged_list_is_replaced(pel, lock, content):
    cold_run(pel, lock)
    (written,) = lists(pel)
    good = written.read_bytes()
    written.write_bytes(content)
    assert cold_run(pel, lock) == "42"
    assert re.match(rb"[0-9a-f]{16} [0-9a-f]{16}\n", written.read_bytes())
    assert good.split()[1] == written.read_bytes().split()[1]


def test_files_that_are_gone_do_not_matter(pel, lock):
    code = "import sys, mmap, shutil; shutil.copy(sys.executable, 'x'); f = open('x', 'rb'); "
    code += "m = mmap.mmap(f.fileno(), 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ); m[0]"
    cold_run(pel, lock, code)
    (pel.work / "x").unlink(missing_ok=True)
    assert cold_run(pel, lock, code) == ""


def test_a_fork_has_one_thread_and_no_warning(pel, lock):
    code = (
        "import os, warnings; warnings.simplefilter('error'); pid = os.fork(); "
        "pid or os._exit(len(os.listdir('/proc/self/task'))); "
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), "
        "len(os.listdir('/proc/self/task')))"
    )
    for _ in range(2):
        assert cold_run(pel, lock, code) == "1 1"


def test_a_child_that_ends_in_the_usual_way_writes_no_list(pel, lock):
    cold_run(pel, lock, "import os, sys; os.fork() or sys.exit(); os.wait(); os._exit(0)")
    assert lists(pel) == []


def test_a_prefix_that_cannot_be_written_is_no_failure(pel, lock):
    prefix = prefix_of(pel)
    prefix.chmod(0o555)
    try:
        assert cold_run(pel, lock) == "42"
    finally:
        prefix.chmod(0o755)
