"""Fixtures of the end-to-end tests: users, wheels, locks, servers, interpreters."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import interpreters, real
from support.interpreters import Python
from support.launcher import PROGRAM, Launcher
from support.locks import Entry, write_lock
from support.server import WheelServer
from support.wheels import BuiltWheel, Wheel

# A shell's background job ignores SIGINT, and so would everything that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="all interpreters and locks")


def pytest_configure() -> None:
    """A shell ignores SIGINT in what it runs in the background, and children inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header() -> list[str]:
    pythons = ", ".join(f"{python} ({python.path})" for python in interpreters.one_a_minor())
    return [f"program: {PROGRAM}", f"user: {os.getuid()}", f"interpreters: {pythons}"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that are not for this user or this run are deselected, and counted as such."""
    if not PROGRAM.exists():
        raise pytest.UsageError(f"there is no {PROGRAM}: run scripts/build first")
    unwanted = {"user" if os.getuid() == 0 else "root"}
    if not config.getoption("--full"):
        unwanted.add("full")
    kept = [item for item in items if not unwanted & {mark.name for mark in item.iter_markers()}]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `each_python` runs once for each minor version found here."""
    if "each_python" in metafunc.fixturenames:
        pythons = interpreters.one_a_minor()
        metafunc.parametrize("each_python", pythons, ids=str, scope="session")


@pytest.fixture(scope="session")
def python() -> Python:
    return interpreters.default_python()


@pytest.fixture
def pel(tmp_path: Path, python: Python) -> Launcher:
    """A new user without store or cache, whose interpreter is the default one."""
    return Launcher(tmp_path / "user", python)


@pytest.fixture
def new_user(tmp_path: Path) -> Callable[[Python], Launcher]:
    count = 0

    def make(python: Python | None) -> Launcher:
        nonlocal count
        count += 1
        return Launcher(tmp_path / f"user{count}", python)

    return make


@pytest.fixture(scope="session")
def common_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of this run."""
    base = tmp_path_factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return root / "common"


@pytest.fixture
def warm(common_root: Path, python: Python) -> Launcher:
    """A user that many tests share, for locks whose wheels take long to unpack."""
    return Launcher(common_root, python)


@pytest.fixture
def warm_user(common_root: Path) -> Callable[[Python], Launcher]:
    return lambda python: Launcher(common_root, python)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    folder = tmp_path / "wheelhouse"
    folder.mkdir()
    return folder


@pytest.fixture
def build(house: Path) -> Callable[[Wheel], BuiltWheel]:
    return lambda wheel, **options: wheel.build(house, **options)


@pytest.fixture
def lock_of(tmp_path: Path, house: Path) -> Callable[..., Path]:
    """lock_of(wheel, ...) builds the wheels and writes a lock of them."""

    def make(*wheels: Wheel | BuiltWheel | Entry, name: str = "app.lock", **options) -> Path:
        built = [item.build(house) if isinstance(item, Wheel) else item for item in wheels]
        return write_lock(tmp_path / "locks" / name, built, **options)

    return make


@pytest.fixture
def server(house: Path) -> Iterator[WheelServer]:
    with WheelServer(house) as running:
        yield running


@pytest.fixture(scope="session")
def real_lock() -> Callable[[str, Python], Path]:
    return real.real_lock
