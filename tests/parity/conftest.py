"""Parity: what Python sees in an environment of ours is what it sees in a virtual environment.

    pytest tests/parity [--full] [--locks S,TRAPS] [--pythons 3.11] [--sides embedded,hosted]

PEL_PARITY_FOLDER names a folder in which environments stay from one run to the next.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from harness import cases
from harness.check import Probe, ask_normalized, judge
from harness.counts import Table, row
from support.launcher import PROGRAM

# A shell's background job ignores SIGINT, and so would everything that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Bytecode is written as users have it.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


# Of a lock's top-level modules, as many are imported by each probe that does so.
SAMPLE = "25"


def pytest_addoption(parser: pytest.Parser) -> None:
    with contextlib.suppress(ValueError):  # tests/e2e has it, too
        parser.addoption("--full", action="store_true", help="all interpreters and locks")
    parser.addoption("--locks", help="compare only these, S,M,L,U,TRAPS")
    parser.addoption("--pythons", help="compare only with these, 3.9,3.11")
    parser.addoption("--sides", help="compare only these: " + ",".join(cases.KINDS))


def listed(config: pytest.Config, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    value = config.getoption(name)
    return tuple(value.split(",")) if value else default


def chosen_cases(config: pytest.Config) -> list[cases.Case]:
    full = config.getoption("--full")
    locks = listed(config, "--locks", cases.FULL_LOCKS if full else cases.DEFAULT_LOCKS)
    minors = listed(config, "--pythons", cases.FULL_MINORS if full else cases.DEFAULT_MINORS)
    return cases.cases(locks, minors, full)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        found = chosen_cases(metafunc.config)
        metafunc.parametrize("case", found, ids=str, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not PROGRAM.exists():
        raise pytest.UsageError(f"there is no {PROGRAM}: run scripts/build first")
    full = config.getoption("--full")
    unwanted = [item for item in items if is_unwanted(item, full)]
    if unwanted:
        config.hook.pytest_deselected(items=unwanted)
        items[:] = [item for item in items if item not in unwanted]


def is_unwanted(item: pytest.Item, full: bool) -> bool:
    """What says the same of every lock is asked of one, unless everything is asked for."""
    case = item.callspec.params.get("case") if hasattr(item, "callspec") else None
    only = item.get_closest_marker("locks")
    if only is not None and case is not None and case.lock not in only.args:
        return not full or only.kwargs.get("always", False)
    minors = item.get_closest_marker("minors")
    if minors is not None and case is not None and case.python.name not in minors.args:
        return not full
    return not full and item.get_closest_marker("full") is not None


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of this run."""
    if "PEL_PARITY_FOLDER" in os.environ:
        return Path(os.environ["PEL_PARITY_FOLDER"])
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "parity"


@pytest.fixture(scope="session")
def benches(root: Path, pytestconfig: pytest.Config) -> Callable[[cases.Case], cases.Bench]:
    made: dict[cases.Case, cases.Bench] = {}
    full = pytestconfig.getoption("--full")

    def get(case: cases.Case) -> cases.Bench:
        if case not in made:
            made[case] = cases.Bench(root, case, "" if full else SAMPLE)
        return made[case]

    return get


@pytest.fixture
def bench(benches, case: cases.Case) -> cases.Bench:
    return benches(case)


@pytest.fixture(scope="session")
def sides(pytestconfig: pytest.Config) -> tuple[str, ...]:
    return listed(pytestconfig, "--sides", ("embedded", "hosted"))


@pytest.fixture
def parity(bench: cases.Bench, sides, record_property) -> Callable[..., None]:
    """parity(name, ask): asks the venv and each of our kinds; fails where they differ."""

    def check(name: str, ask: Probe, count: Callable[[object], dict[str, int]] | None = None):
        answer = ask_normalized(ask, bench.venv())
        extra = count(answer) if count is not None else {}
        complaints = []
        for kind in sides:
            verdict = judge(name, ask, bench.venv(), bench.ours(kind), answer)
            record_property(
                *row(
                    f"{bench.case} {kind}",
                    probes=1,
                    values=verdict.compared,
                    allowed=sum(verdict.allowed.values()),
                    unstable=len(verdict.unstable),
                    differences=len(verdict.differences),
                    **extra,
                )
            )
            complaints += [f"{kind}: {difference}" for difference in verdict.differences]
        if complaints:
            head = f"{len(complaints)} differences to a venv in {name}:"
            pytest.fail("\n".join([head, *complaints]), pytrace=False)

    return check


def pytest_terminal_summary(terminalreporter) -> None:
    table = Table()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                table.add(report.user_properties)
    if table.rows:
        terminalreporter.section("parity with virtual environments")
        for line in table.lines():
            terminalreporter.write_line(line)
