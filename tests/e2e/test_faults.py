"""Every system call that changes the file system may fail, or be the last one of its process.

A part of them here; scripts/torture has all.
"""

import pytest
from support.locks import write_lock
from support.torture import COMMANDS, FAULTS, RARE, Bench, Fault, some
from support.wheels import simple

# Rounds of each pair of command and fault.
ROUNDS = 8
ROUNDS_OF_RARE = 2


@pytest.fixture(scope="module")
def bench(tmp_path_factory, python):
    bench = Bench(tmp_path_factory.mktemp("bench") / "bench", python)
    yield bench
    bench.close()


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("command", COMMANDS)
def test_faults(bench, command, kind, record_property):
    count = bench.count(command, kind)
    assert count > 0
    calls = [
        bench.round(Fault(command, kind, at))
        for at in some(
            count, ROUNDS_OF_RARE if command in RARE else ROUNDS, first=FAULTS.index(kind) + 1
        )
    ]
    assert [call for call in calls if call], "no fault was injected"
    record_property("faults", len([call for call in calls if call]))


def damage_environment(bench: Bench) -> None:
    """Some of the environment's own files; the next sync looks at all of them."""
    (prefix,) = {
        path.parent.parent
        for path in bench.user.cache.glob("v1/envs/*/share/d.txt")
        if (path.parent.parent / "bin/alpha").exists()
    }
    for name in ("bin/alpha", "pyvenv.cfg", "share/d.txt"):
        (prefix / name).unlink()
        (prefix / name).write_text("damaged")
        (prefix / name).chmod(0o444)
    for selection in (bench.user.cache / "v1/selections").iterdir():
        selection.unlink()


def test_a_killed_repair_of_an_environment_leaves_nothing(bench):
    """Its temporary files lie where garbage collection looks, not in the environment."""
    at, names = 1, []
    while True:
        bench.restore("mend")
        damage_environment(bench)
        _, _, call = bench.inject(Fault("mend", "kill", at))
        if not call:
            break
        names.append(call)
        bench.user("store", "gc").ok()
        # The note of a replacement is for the next sync.
        left = [path for path in bench.leftovers() if "/tmp/pel-replace-" not in path]
        assert left == [], f"kill at {at} ({call})"
        at += 7 if at > 20 else 4
    bench.go_on("repaired")
    assert len(names) > 10


def test_what_a_killed_replacement_leaves_undone_the_next_sync_of_any_lock_does(bench):
    """The lock has the changed wheel alone; a directory of `venv` has it in a composite."""
    bench.restore("edit")
    alone = write_lock(bench.root / "alone.lock", [simple("base").build(bench.house)])
    bench.user("sync", alone).ok()
    bench.templates["mend"] = bench.keep("both")
    bench.lock, whole = alone, bench.lock  # "mend" is a sync of it
    unrelated = write_lock(bench.root / "more.lock", [simple("more").build(bench.house)])
    found = set()
    for at in some(bench.count("mend", "kill"), 16):
        bench.restore("mend")
        _, _, call = bench.inject(Fault("mend", "kill", at))
        story = f"kill at {at} ({call})"
        bench.check_venv(story, made=True)
        state = bench.user("store", "verify")
        # Of the wheel, and of the composite that has the file as well.
        damaged = ["/wheels/" in state.stdout, "/composites/" in state.stdout]
        found.add(tuple(damaged))
        bench.user("sync", unrelated).ok()
        if not damaged[0]:
            state = bench.user("store", "verify")
            assert state.returncode == 0, f"{story}\n{state}"
        bench.user("sync", alone).ok()
        bench.check_venv(story, made=True)
        assert bench.user("store", "verify").returncode == 0, story
        assert not list((bench.user.store / "tmp").iterdir()), story
    assert found == {(True, True), (False, True), (False, False)}
    bench.lock, bench.templates["mend"] = whole, bench.templates["gc"]
    bench.go_on("all was mended")
