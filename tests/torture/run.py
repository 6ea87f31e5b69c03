"""The unbounded part of the tests of crash safety, started by scripts/torture.

First every fault at every system call, of each command, once; then rounds of chance until the time
is over: faults, damage, and many processes at once.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))

from support import interpreters  # noqa: E402
from support.power import MODELS  # noqa: E402
from support.torture import COMMANDS, FAULTS, Bench, Fault, PowerLoss  # noqa: E402

_bench: Bench | None = None


def prepare(root: str) -> None:
    global _bench  # noqa: PLW0603 - one a worker process
    _bench = Bench(Path(root) / str(os.getpid()), interpreters.default_python())


def count(task: tuple[str, str]) -> tuple[str, str, int]:
    return (*task, _bench.count(*task))


# The command, and what befell it.
Kind = tuple[str, str]


def attempt(task: Fault | PowerLoss | int) -> tuple[Kind, str]:
    """What was done, and what went wrong, if anything did."""
    try:
        if isinstance(task, int):
            return ("store", "damage"), _bench.damage_round(task)
        if isinstance(task, PowerLoss):
            _bench.power_round(task)
            return (task.command, "power"), ""
        return (task.command, task.kind), "" if _bench.round(task) else "-"
    except AssertionError as error:
        return ("", ""), f"FAILED {task}\n{error}"


def tasks_of(command: str, fault: str, calls: int) -> list[Fault | PowerLoss]:
    if fault != "power":
        return [Fault(command, fault, at) for at in range(1, calls + 1)]
    # The last one is when the command has ended already.
    return [PowerLoss(command, model, at) for model in MODELS for at in range(1, calls + 2)]


def again(task: Fault | PowerLoss, chance: random.Random) -> Fault | PowerLoss:
    """The same moment; what a loss of power takes is of chance."""
    if isinstance(task, PowerLoss):
        return replace(task, seed=chance.randrange(1 << 30))
    return task


def report(results, done: Counter, failures: list[str], deadline: float) -> None:
    for kind, outcome in results:
        if outcome.startswith("FAILED"):
            failures.append(outcome)
            print(outcome, flush=True)
        elif outcome != "-":
            done[kind] += 1
        if time.time() > deadline:
            break


def summarize(done: Counter, failures: int) -> None:
    total: Counter = Counter()
    for (command, kind), amount in sorted(done.items()):
        print(f"  {command}, {kind}: {amount}")
        total[kind] += amount
    kills = total.pop("kill", 0)
    faults = sum(amount for kind, amount in total.items() if kind in FAULTS)
    print(
        f"torture: {faults} faults injected, {kills} kills and {total['power']} losses of power "
        f"survived, {total['damage']} damages mended, {total['concurrency']} rounds of "
        f"concurrency, {failures} failures"
    )


def concurrency() -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += [str(ROOT / "tests/e2e/test_concurrency.py")]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/torture", description=__doc__)
    parser.add_argument("--hours", type=float, default=0.0, help="go on for so long")
    parser.add_argument("--seed", type=int, default=0, help="of the rounds of chance")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--command", choices=COMMANDS, action="append")
    parser.add_argument("--fault", choices=(*FAULTS, "power"), action="append")
    options = parser.parse_args()
    deadline = time.time() + options.hours * 3600 if options.hours else float("inf")
    root = tempfile.mkdtemp(prefix="pel-torture-")
    done: Counter = Counter()
    failures: list[str] = []
    chance = random.Random(options.seed)
    with multiprocessing.Pool(options.jobs, prepare, (root,)) as pool:
        commands, faults = options.command or COMMANDS, options.fault or (*FAULTS, "power")
        pairs = [(c, f) for c in commands for f in faults]
        counts = pool.map(count, pairs)
        for command, fault, calls in counts:
            print(f"{command}, {fault}: {calls} calls", flush=True)
        every = [task for pair in counts for task in tasks_of(*pair)]
        report(pool.imap_unordered(attempt, every), done, failures, deadline)
        tasks: list[Fault | PowerLoss | int] = [chance.randrange(1 << 30) for _ in range(40)]
        if time.time() < deadline:  # else they would wait for all that is queued before them
            report(pool.imap_unordered(attempt, tasks), done, failures, deadline)
        while options.hours and time.time() < deadline:
            tasks = [again(chance.choice(every), chance) for _ in range(100)]
            tasks += [chance.randrange(1 << 30) for _ in range(20)]
            report(pool.imap_unordered(attempt, tasks), done, failures, deadline)
            if not concurrency():
                failures.append("FAILED concurrency")
            done["store", "concurrency"] += 1
    for path, _, _ in os.walk(root):
        os.chmod(path, 0o755)
    shutil.rmtree(root)
    summarize(done, len(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
