"""bench.py [ROUNDS [VERSION...]]: what `tox -r --notest` of twelve environments takes.

With this plugin, with tox alone, and with tox-uv, in turn; locks and caches are warm. The versions of
Python (3.11 3.12 3.13) are looked for by `pyenvlaunch python find`. tox, tox-uv and pyenvlaunch must
be on PATH. Prints a table: medians, and what is on disk afterwards.
"""

from __future__ import annotations

import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

FACTORS = ("plain", "xdist", "cov", "mock")

INI = """
[tox]
env_list = py{VERSIONS}-{FACTORS}
no_package = true
[testenv]
runner = RUNNER
deps =
    pytest
    xdist: pytest-xdist
    cov: pytest-cov
    mock: pytest-mock
commands = pytest --version
"""

RUNNERS = {
    "tox-pyenvlaunch": "pyenvlaunch",
    "tox-uv": "uv-venv-runner",
    "tox (virtualenv, pip)": "virtualenv",
}

TIMED = re.compile(r"^ +py\S+: OK \((?P<seconds>[0-9.]+) seconds\)", re.MULTILINE)
LIMIT = 900  # seconds for one run of tox


@dataclass
class Series:
    folder: Path
    wholes: list[float] = field(default_factory=list)
    each: list[float] = field(default_factory=list)


def path_with(versions: list[str]) -> str:
    """PATH with the interpreters on it: tools find them there alone, or would download others."""
    folders = []
    for version in versions:
        command = ["pyenvlaunch", "python", "find", version]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"bench.py: there is no Python {version}: name others behind ROUNDS")
        folders.append(str(Path(done.stdout.split()[-1]).parent))
    return os.pathsep.join([os.environ["PATH"], *folders])


def usage(folder: Path) -> tuple[int, int]:
    """Bytes and number of files that are no links to elsewhere."""
    stats = [path.lstat() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    own = [status for status in stats if status.st_nlink == 1]
    return sum(status.st_size for status in own), len(own)


def run_once(series: Series, environment: dict[str, str], *, counts: bool) -> None:
    begin = time.perf_counter()
    done = subprocess.run(
        ["tox", "run", "-r", "--notest"],
        cwd=series.folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    whole = time.perf_counter() - begin
    if done.returncode != 0:
        sys.exit(f"bench.py: tox failed in {series.folder}\n{done.stdout[-4000:]}{done.stderr}")
    if counts:
        series.wholes.append(whole)
        series.each += [float(found["seconds"]) for found in TIMED.finditer(done.stdout)]


def print_table(all_series: dict[str, Series], number: int) -> None:
    print("| | all | an environment, median | slowest | own bytes of each | own files of each |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, series in all_series.items():
        size, files = usage(series.folder / ".tox")
        print(
            f"| {name} | {statistics.median(series.wholes):.2f} s"
            f" | {statistics.median(series.each):.2f} s | {max(series.each):.2f} s"
            f" | {size / number / 1024:,.0f} KiB | {files / number:,.0f} |"
        )


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    versions = sys.argv[2:] or ["3.11", "3.12", "3.13"]
    environment = os.environ | {"PATH": path_with(versions), "UV_PYTHON_DOWNLOADS": "never"}
    names = ",".join(version.replace(".", "") for version in versions)
    ini = INI.replace("VERSIONS", names).replace("FACTORS", ",".join(FACTORS))
    with tempfile.TemporaryDirectory() as base:
        all_series = {name: Series(Path(base, runner)) for name, runner in RUNNERS.items()}
        for name, runner in RUNNERS.items():
            all_series[name].folder.mkdir()
            (all_series[name].folder / "tox.ini").write_text(ini.replace("RUNNER", runner))
        for number in range(rounds + 1):  # the first one warms caches
            for name, series in all_series.items():
                print(f"round {number} of {rounds}: {name}", file=sys.stderr)
                run_once(series, environment, counts=number > 0)
        print(f"{platform.machine()}, {os.cpu_count()} processors, {rounds} rounds\n")
        print_table(all_series, len(versions) * len(FACTORS))


if __name__ == "__main__":
    main()
