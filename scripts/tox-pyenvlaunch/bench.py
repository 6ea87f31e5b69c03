"""bench.py [ROUNDS]: what `tox -r --notest` of twelve environments takes.

With this plugin, with tox alone, and with tox-uv, side by side; medians in seconds, and what is on disk
afterwards. tox, tox-uv and pyenvlaunch must be on PATH; locks and caches are warm.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

INI = """
[tox]
env_list = py{311,312,313}-{plain,xdist,cov,mock}
no_package = true
[testenv]
runner = %s
deps =
    pytest
    xdist: pytest-xdist
    cov: pytest-cov
    mock: pytest-mock
commands = pytest --version
"""

RUNNERS = {"pyenvlaunch": "pyenvlaunch", "tox": "virtualenv", "tox-uv": "uv-venv-runner"}


def usage(folder: Path) -> tuple[int, int]:
    """Bytes and number of files that are no links to elsewhere."""
    stats = [path.lstat() for path in folder.rglob("*") if not path.is_dir()]
    own = [status for status in stats if status.st_nlink == 1]
    return sum(status.st_size for status in own), len(own)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    times: dict[str, list[float]] = {name: [] for name in RUNNERS}
    with tempfile.TemporaryDirectory() as base:
        folders = {name: Path(base, name) for name in RUNNERS}
        for name, runner in RUNNERS.items():
            folders[name].mkdir()
            (folders[name] / "tox.ini").write_text(INI % runner)
        for number in range(rounds + 1):
            for name, folder in folders.items():
                begin = time.perf_counter()
                subprocess.run(["tox", "run", "-q", "-r", "--notest"], cwd=folder, check=True)
                if number:  # the first one warms caches
                    times[name].append(time.perf_counter() - begin)
        print(f"{platform.machine()}, {os.cpu_count()} processors; {rounds} rounds")
        for name, folder in folders.items():
            size, files = usage(folder / ".tox")
            seconds = statistics.median(times[name])
            print(
                f"{name:12} {seconds:6.2f} s   {size / 12 / 1024:8.0f} KiB and {files / 12:5.0f} files each"
            )


if __name__ == "__main__":
    main()
