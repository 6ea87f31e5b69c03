"""run_suite.py [options] [MODULE...]: CPython's own tests in environments of ours.

Each module of the suite that is installed with an interpreter (`python -m test MODULE`) runs in a
real virtual environment and in an environment of ours, embedded and hosted, of the same wheels.
They are compared test by test: what passes there must pass here. A test that differs is run once
more on its own, on both sides, before it counts. differences.toml lists what may differ, and why.

The exit status is 0 only if nothing differs; --junit FILE has one case for each test and side.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import fnmatch
import os
import signal
import sys
import tempfile
import tomllib
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from packaging.specifiers import SpecifierSet  # noqa: E402
from suite_process import WHOLE, Outcome, adopt_orphans, reap, run_module  # noqa: E402
from support.interpreters import Python, one_a_minor  # noqa: E402
from support.launcher import Launcher, remove_tree  # noqa: E402
from support.locks import write_lock  # noqa: E402
from support.real import make_venv  # noqa: E402
from support.wheels import Wheel, simple  # noqa: E402

MINORS = ("3.11", "3.13")
MODES = ("embedded", "hosted")

QUICK = """
test_site test_import test_runpy test_pkgutil test_cmd_line test_cmd_line_script test_sys
test_sysconfig test_frozen test_zipimport test_linecache test_modulefinder
"""

ALL = """
test_importlib test_import test_site test_pkgutil test_runpy test_venv
test_multiprocessing_spawn test_multiprocessing_forkserver test_subprocess test_cmd_line
test_cmd_line_script test_sys test_sysconfig test_zipimport test_inspect test_traceback
test_faulthandler test_concurrent_futures test_linecache test_modulefinder test_compileall
test_py_compile test_ensurepip test_frozen test_gc test_marshal test_threading test_atexit
test_warnings
"""

ASK_EXECUTABLE = "import sys; print(sys.executable)"

# Seconds for one module, for one test on its own. Guards against a hang, nothing else.
PATIENCE = 1800
PATIENCE_ALONE = 300


@dataclass(frozen=True)
class Side:
    """One way to run an interpreter's tests; mode "venv" is the oracle."""

    version: str
    mode: str
    python: Path


@dataclass(frozen=True)
class Difference:
    test: str
    reason: str
    python: str = ""
    mode: str = ""

    def covers(self, test: str, side: Side) -> bool:
        return (
            fnmatch.fnmatchcase(test, self.test)
            and (not self.mode or self.mode == side.mode)
            and SpecifierSet(self.python).contains(side.version)
        )


@dataclass(frozen=True)
class Verdict:
    """What a test came to in comparison: "passed", "skipped", "listed" or "failed"."""

    side: Side
    module: str
    test: str
    status: str
    note: str = ""


def make_lock(folder: Path) -> Path:
    """A few kinds of wheels: packages, a namespace's portions, a start file, a script."""
    script = Wheel("scripted", files={"scripted.py": "def main(): print('main')\n"})
    script.entry_points = {"console_scripts": {"scripted": "scripted:main"}}
    wheels = [
        simple("plain"),
        script,
        Wheel("space-one", files={"spaced/one.py": "ONE = 1\n"}),
        Wheel("space-two", files={"spaced/two.py": "TWO = 2\n"}),
        Wheel("starter", files={"starter.pth": "import sys\n", "started.py": ""}),
    ]
    house = folder / "wheelhouse"
    house.mkdir()
    return write_lock(folder / "suite.lock", [wheel.build(house) for wheel in wheels])


def make_sides(python: Python, lock: Path, modes: list[str], folder: Path) -> list[Side]:
    """The virtual environment first."""
    place = folder / python.full
    sides = [Side(python.full, "venv", make_venv(place / "venv", lock, python))]
    for mode in modes:
        user = Launcher(place / mode, python)
        user.env["PYENVLAUNCH_MODE"] = mode
        sides.append(Side(python.full, mode, Path(user.code(lock, ASK_EXECUTABLE).strip())))
    return sides


def is_worse(there: str | None, here: str | None) -> bool:
    """Whether a test fails, is skipped or missing here although it is not there."""
    if there == "passed":
        return here != "passed"
    return there == "skipped" and here == "failed"


def alone(sides: tuple[Side, Side], module: str, test: str) -> tuple[str | None, str | None, str]:
    """A differing test once more: its status there and here, and what was printed here."""
    if test == WHOLE:
        outcomes = [run_module(side.python, module, patience=PATIENCE) for side in sides]
    else:
        outcomes = [
            run_module(side.python, module, test=test, patience=PATIENCE_ALONE) for side in sides
        ]
    there, here = outcomes
    note = here.details.get(test) or here.output[-4000:]
    return there.tests.get(test), here.tests.get(test), note


def compare(
    oracle: Side, side: Side, module: str, there: Outcome, here: Outcome, listed: list[Difference]
) -> Iterator[Verdict]:
    worse = [test for test in there.tests if is_worse(there.tests[test], here.tests.get(test))]
    # The process fails because of the tests in it: these say more.
    if len(worse) > 1 and WHOLE in worse:
        worse.remove(WHOLE)
    for test, status in there.tests.items():
        if test not in worse:
            # What fails on both sides says nothing about ours.
            yield Verdict(side, module, test, "skipped" if status != "passed" else "passed")
            continue
        reason = next((item.reason for item in listed if item.covers(test, side)), None)
        if reason is not None:
            yield Verdict(side, module, test, "listed", reason)
            continue
        again_there, again_here, note = alone((oracle, side), module, test)
        if not is_worse(again_there, again_here):
            yield Verdict(side, module, test, "passed", "differed once, not on its own")
        else:
            note = f"{again_there} in the venv, {again_here} here\n{note}"
            yield Verdict(side, module, test, "failed", note)


def run_all(
    groups: list[list[Side]], modules: list[str], jobs: int, listed: list[Difference]
) -> list[Verdict]:
    verdicts: list[Verdict] = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        runs = {
            (side, module): pool.submit(run_module, side.python, module, patience=PATIENCE)
            for module in modules
            for sides in groups
            for side in sides
        }
        for (side, module), run in runs.items():
            if side.mode == "venv":
                continue
            oracle = next(sides[0] for sides in groups if side in sides)
            there, here = runs[oracle, module].result(), run.result()
            found = list(compare(oracle, side, module, there, here, listed))
            verdicts += found
            counts = Counter(verdict.status for verdict in found)
            print(f"{side.version} {side.mode} {module}: {dict(counts)}", flush=True)
            for verdict in found:
                if verdict.note:
                    print(f"  {verdict.status}: {verdict.test}: {verdict.note}", flush=True)
    return verdicts


def write_junit(file: Path, verdicts: list[Verdict]) -> None:
    suite = ET.Element("testsuite", name="cpython", tests=str(len(verdicts)))
    for verdict in verdicts:
        group = f"{verdict.side.version}.{verdict.side.mode}.{verdict.module}"
        case = ET.SubElement(suite, "testcase", classname=group, name=verdict.test)
        kind = {"failed": "failure", "skipped": "skipped", "listed": "skipped"}.get(verdict.status)
        if kind is not None:
            clean = "".join(c for c in verdict.note if c.isprintable() or c in "\n\t")
            ET.SubElement(case, kind, message=clean.partition("\n")[0]).text = clean
    file.parent.mkdir(parents=True, exist_ok=True)
    ET.ElementTree(suite).write(file, encoding="utf-8", xml_declaration=True)


def read_differences() -> list[Difference]:
    text = (HERE / "differences.toml").read_text()
    return [Difference(**item) for item in tomllib.loads(text).get("difference", [])]


def report_unneeded(listed: list[Difference], verdicts: list[Verdict]) -> None:
    for item in listed:
        if not any(v.status == "listed" and item.covers(v.test, v.side) for v in verdicts):
            print(f"note: differences.toml lists {item.test}, which does not differ in this run")


def tests_of(python: Python) -> Path:
    return Path(python.path).parents[1] / f"lib/python{python.name}/test"


def report_not_installed(python: Python, modules: list[str]) -> None:
    """Some interpreters come with a part of the tests: those count as not passed in the venv."""
    folder = tests_of(python)
    for module in modules:
        if not (folder / f"{module}.py").exists() and not (folder / module).is_dir():
            print(f"note: Python {python.full} comes without {module}: not compared")


def pythons(minors: list[str]) -> list[Python]:
    """Those of the wanted minor versions that have their tests installed."""
    found = [python for python in one_a_minor() if python.name in minors]
    with_tests = [python for python in found if (tests_of(python) / "libregrtest").is_dir()]
    missing = set(minors) - {python.name for python in with_tests}
    for minor in sorted(missing):
        print(f"note: no Python {minor} with its test suite: not run")
    return with_tests


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", help="instead of the list of this run")
    parser.add_argument("--full", action="store_true", help="all modules")
    parser.add_argument("--python", action="append", help="minor versions; 3.11 and 3.13")
    parser.add_argument("--mode", action="append", choices=MODES, help="both by default")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--junit", type=Path)
    return parser.parse_args()


def main() -> int:
    # A shell's background job ignores SIGINT, and so would the tests, some of which wait for it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    arguments = parse_arguments()
    modules = arguments.modules or (ALL if arguments.full else QUICK).split()
    chosen = pythons(arguments.python or list(MINORS))
    for python in chosen:
        report_not_installed(python, modules)
    listed = read_differences()
    adopt_orphans()
    folder = Path(tempfile.mkdtemp(prefix="pel-suite-"))
    try:
        lock = make_lock(folder)
        modes = arguments.mode or list(MODES)
        groups = [make_sides(python, lock, modes, folder) for python in chosen]
        verdicts = run_all(groups, modules, arguments.jobs, listed)
    finally:
        reap()
        remove_tree(folder)
    report_unneeded(listed, verdicts)
    if arguments.junit:
        write_junit(arguments.junit, verdicts)
    counts = Counter(verdict.status for verdict in verdicts)
    print(f"{counts['passed']} as in a venv, {counts['failed']} different,", end=" ")
    print(f"{counts['listed']} listed, {counts['skipped']} that the venv does not pass either")
    return 0 if counts["passed"] > 0 and counts["failed"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
