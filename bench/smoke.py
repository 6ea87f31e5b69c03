"""smoke.py RUNS: `python -c pass`, ours against a virtual environment's, alternating."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/e2e"))

from support.interpreters import default_python  # noqa: E402
from support.launcher import PROGRAM, Launcher, remove_tree  # noqa: E402
from support.real import make_venv, real_lock  # noqa: E402


def milliseconds(command: list[str], env: dict[str, str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, env=env, check=True, stdin=subprocess.DEVNULL)
    return (time.perf_counter() - begin) * 1000


def main(runs: int) -> None:
    python = default_python()
    lock = real_lock("S", python)
    work = Path(tempfile.mkdtemp(prefix="pel-bench-"))
    try:
        user = Launcher(work / "user", python)
        user("sync", lock).ok()
        venv = make_venv(work / "venv", lock, python)
        commands = {
            "pyenvlaunch run": [str(PROGRAM), "run", str(lock), "--", "python", "-c", "pass"],
            "venv's python": [str(venv), "-c", "pass"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                times[name].append(milliseconds(command, user.env))
        for name, values in times.items():
            print(f"{name:16} median {statistics.median(values):6.1f} ms, min {min(values):6.1f}")
        ours, theirs = (statistics.median(values) for values in times.values())
        print(f"ratio of medians {ours / theirs:.2f} ({runs} runs, {python})")
    finally:
        remove_tree(work)


if __name__ == "__main__":
    main(int(sys.argv[1]))
