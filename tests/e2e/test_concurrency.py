"""Many processes on one store, while it is cleared up all the time."""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.wheels import simple

PROCESSES = 32
NAMES = [f"package{number:02}" for number in range(12)]


@contextmanager
def clearing_up(pel) -> Iterator[list[dict]]:
    """Runs `store gc` in a loop; yields the reports so far."""
    reports: list[dict] = []
    failures: list[str] = []
    stop = threading.Event()

    def loop() -> None:
        while not stop.is_set():
            result = pel("store", "gc", "--json")
            if result.returncode != 0:
                failures.append(str(result))
                return
            reports.append(json.loads(result.stdout))

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield reports
    finally:
        stop.set()
        thread.join()
    assert failures == []


def finish(processes: list[subprocess.Popen]) -> list[str]:
    outputs = []
    for process in processes:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        outputs.append(out)
    return outputs


def overlapping_locks(build, lock_of) -> list[Path]:
    """Each has six of the packages, another six than its neighbours."""
    wheels = [build(simple(name)) for name in NAMES]
    return [
        lock_of(*(wheels[(number + i) % len(wheels)] for i in range(6)), name=f"{number}.lock")
        for number in range(8)
    ]


def test_many_processes_fill_one_store(pel, build, lock_of):
    locks = overlapping_locks(build, lock_of)
    with clearing_up(pel) as reports:
        running = [pel.popen("sync", locks[i % len(locks)]) for i in range(PROCESSES)]
        outputs = finish(running)
    assert reports
    # What is needed is never cleared away, so nothing is unpacked twice for want of it.
    assert [report["wheels"] for report in reports if report["wheels"]] == []
    added = [int(word.split(" added")[0].split()[-1]) for word in outputs if " added" in word]
    assert sum(added) == len(NAMES)
    assert len(pel("store", "list").ok().split()) == len(NAMES)
    pel.assert_store_is_valid()
    for lock in locks:
        assert "complete" in pel("sync", "-v", lock).ok()


def test_environments_come_and_go(pel, build, lock_of):
    """Locks appear and vanish: what one process clears away, another one brings back."""
    locks = overlapping_locks(build, lock_of)
    code = "import importlib.metadata as m; print(len(list(m.distributions())))"
    with clearing_up(pel):
        for _ in range(3):
            running = [
                pel.popen("run", locks[i % len(locks)], "--", "python", "-c", code)
                for i in range(PROCESSES // 2)
            ]
            removing = [pel.popen("env", "remove", lock) for lock in locks]
            assert set(finish(running)) == {"6\n"}
            finish(removing)
    for lock in locks:
        lock.unlink()
    pel("store", "gc").ok()
    assert pel("store", "list").ok() == ""
    pel.assert_store_is_valid()


def test_remove_waits_for_who_makes_the_environment(pel, lock_of):
    """What is left is all of an environment, or nothing: never a directory without a root."""
    lock = lock_of(*(simple(name) for name in NAMES[:3]))
    for _ in range(6):
        making = [pel.popen("sync", lock) for _ in range(4)]
        removing = [pel.popen("env", "remove", lock) for _ in range(4)]
        finish(making)
        finish(removing)
        prefixes = list((pel.cache / "v1/envs").iterdir())
        roots = [path for path in (pel.store / "roots").iterdir() if path.name.startswith("env-")]
        assert len(prefixes) == len(roots)
        assert [path for path in (pel.store / "roots").iterdir() if path not in roots] == []
    assert pel.code(lock, f"import {NAMES[0]}; print(1)") == "1\n"
    pel("env", "remove", lock).ok()
    assert list((pel.cache / "v1/envs").iterdir()) == []
    pel.assert_store_is_valid()


def test_a_run_survives_everything(pel, lock_of):
    """It imports its packages one by one, while its environment is removed again and again."""
    lock = lock_of(*(simple(name) for name in NAMES))
    code = f"""
import importlib, subprocess, sys, time
print('ready', flush=True)
for name in {NAMES!r}:
    sys.stdin.readline()
    importlib.import_module(name)
    subprocess.run([sys.executable, '-c', 'import ' + name], check=True, env={{}})
    print(name, flush=True)
"""
    pel("sync", lock).ok()
    process = pel.popen("run", lock, "--", "python", "-c", code, stdin=subprocess.PIPE)
    assert process.stdout.readline() == "ready\n"
    with clearing_up(pel) as reports:
        pel("env", "remove", lock).ok()
        for name in NAMES:
            before = len(reports)
            while len(reports) < before + 2:
                pel("env", "remove", lock).ok()
            process.stdin.write("\n")
            process.stdin.flush()
            assert process.stdout.readline() == f"{name}\n", process.stderr.read()
        finish([process])
    pel("store", "gc").ok()
    assert pel("store", "list").ok() == ""
