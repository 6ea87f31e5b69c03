"""Small objects live in huge pages, where the kernel has such, and are given back as ever."""

import re
from pathlib import Path

import pytest
from support.system_calls import read_calls, tracer
from support.wheels import simple

HUGE = 2 * 1024 * 1024
GROWING = "numbers = [str(i) for i in range(600_000)]"
KIBIBYTES = (
    "def kib(name): return next(int(line.split()[1]) for line in open('/proc/self/status')"
    " if line.startswith(name))"
)


@pytest.fixture
def lock(lock_of):
    return lock_of(simple("alpha"))


@pytest.fixture
def user(new_user, each_python):
    """Of an interpreter that this process can embed; without the other mode's one there is no hook."""
    if not each_python.has_library:
        pytest.skip("hosted mode: the memory is there before the finder is")
    user = new_user(each_python)
    if user.env.get("PYENVLAUNCH_MODE") == "hosted":
        pytest.skip("hosted mode: the memory is there before the finder is")
    return user


def advised(user, lock: Path, tmp_path: Path, code: str) -> list[int]:
    """Addresses that were asked to be huge pages."""
    user.code(lock, code)
    log = tmp_path / "strace"
    user.code(lock, code, prefix=tracer(log))
    pattern = re.compile(rf"madvise\(0x([0-9a-f]+), {HUGE}, MADV_HUGEPAGE\)")
    return [int(match[1], 16) for call in read_calls(log) if (match := pattern.search(call))]


def test_arenas_are_parts_of_huge_pages(user, lock, tmp_path):
    few = advised(user, lock, tmp_path, "pass")
    many = advised(user, lock, tmp_path, GROWING)
    assert 1 <= len(few) <= 3
    assert len(many) >= len(few) + 10
    assert [address % HUGE for address in many] == [0] * len(many)
    assert len(set(many)) == len(many)


def test_a_small_program_stays_small(user, lock):
    code = f"{KIBIBYTES}\nprint(kib('RssAnon'))"
    assert int(user.code(lock, code)) < 10 * 1024


def test_memory_is_given_back(user, lock):
    code = f"""
{KIBIBYTES}
import gc
{GROWING}
full = kib("RssAnon")
del numbers
gc.collect()
print(full, kib("RssAnon"))
"""
    full, left = map(int, user.code(lock, code).split())
    assert full > 30 * 1024
    assert left < full / 2


def test_children_and_threads_share_nothing_that_they_should_not(user, lock):
    code = f"""
import os, threading
{GROWING}
def work():
    return sum(len(str(i)) for i in range(100_000)), [bytes(400) for _ in range(20_000)]
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
pids = []
for _ in range(3):
    pid = os.fork()
    if pid == 0:
        numbers.reverse()
        work()
        os._exit(0 if numbers[0] == "599999" else 1)
    pids.append(pid)
print([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids])
for thread in threads:
    thread.join()
print(numbers[0])
"""
    if user.python.version >= (3, 12):
        code = "import warnings; warnings.simplefilter('ignore')\n" + code
    assert user.code(lock, code).split("\n")[:2] == ["[0, 0, 0]", "0"]
