"""Environments with real tools, each beside a real virtual environment of the same wheels."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.interpreters import Python, default_python, one_a_minor
from support.launcher import PATIENCE, Launcher
from support.locks import Entry
from support.real import make_venv

# How long a server may take to answer, or a reloader to notice. A guard against a hang.
SECONDS = 120


@functools.cache
def venv_of(lock: Path, python: Python) -> Path:
    """bin/python of a virtual environment that all tests of this process share."""
    folder = Path(tempfile.mkdtemp(prefix="pel-venv-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return make_venv(folder / "venv", lock, python)


def pythons_of_tools() -> list:
    """As parameters of a fixture: the default interpreter, and 3.13 in a full run."""
    usual = default_python()
    others = [python for python in one_a_minor() if python.name == "3.13" and python != usual]
    return [
        pytest.param(usual, id=str(usual)),
        *(pytest.param(python, id=str(python), marks=pytest.mark.full) for python in others),
    ]


@dataclass
class Pair:
    """The same program in the virtual environment and in ours."""

    user: Launcher
    lock: Path
    python: Python

    @property
    def venv(self) -> Path:
        return venv_of(self.lock, self.python)

    @functools.cached_property
    def own(self) -> Path:
        """bin/python of our environment."""
        return Path(self.user.code(self.lock, "import sys; print(sys.executable)").strip())

    def environment(self, python: Path, folder: Path, env: dict[str, str]) -> dict[str, str]:
        """An activated one, and a HOME of its own."""
        return {
            "HOME": str(folder),
            "PATH": f"{python.parent}:/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "VIRTUAL_ENV": str(python.parents[1]),
            **env,
        }

    def run(
        self, python: Path, folder: Path, *command: object, **env: str
    ) -> subprocess.CompletedProcess:
        return subprocess.run(
            [str(word) for word in command],
            executable=python.parent / str(command[0]),
            env=self.environment(python, folder, env),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def both(
        self, make: Callable[[Path], None], folder: Path, *command: object, **env: str
    ) -> tuple[subprocess.CompletedProcess, subprocess.CompletedProcess]:
        """Runs `bin/COMMAND` in a folder that `make` fills: there (the venv), and here."""
        done = []
        for name, python in (("there", self.venv), ("here", self.own)):
            place = folder / name
            place.mkdir()
            make(place)
            done.append(self.run(python, place, *command, **env))
        return done[0], done[1]

    @contextlib.contextmanager
    def server(self, folder: Path, *command: object, **env: str) -> Iterator[subprocess.Popen]:
        """A program of ours that is ended with all that it has started."""
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                [str(word) for word in command],
                executable=self.own.parent / str(command[0]),
                env=self.environment(self.own, folder, env),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def page(port: int) -> str | None:
    """What the server on this port says, or None while it says nothing."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return None


def wait_for(
    port: int,
    wanted: Callable[[str], bool],
    process: subprocess.Popen,
    log: Path,
    touched: Path | None = None,
) -> str:
    """The page, as soon as it is as wanted. A change that a reloader may have missed, because it
    had not begun to watch, is repeated: `touched` gets a new time."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        text = page(port)
        if text is not None and wanted(text):
            return text
        if touched is not None:
            os.utime(touched)
        time.sleep(0.1 if touched is None else 1)
    raise AssertionError(f"the server does not say what it should:\n{log.read_text()}")


def entries(lock: Path) -> list[Entry]:
    """The entries of a real lock, with absolute paths: for another lock with more in it."""
    found = []
    for package in tomllib.loads(lock.read_text())["packages"]:
        wheels = [
            {**wheel, "path": str(lock.parent / wheel["path"])} for wheel in package["wheels"]
        ]
        lines = [f"marker = {package['marker']!r}"] if "marker" in package else []
        found.append(Entry(package["name"], package["version"], wheels, lines))
    return found
