"""Runs the built program as a user of its own would: own HOME, own store, own cache."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from support.interpreters import Python

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = Path(os.environ.get("PEL_PROGRAM", ROOT / "build/bin/pyenvlaunch"))

TEST_TOOLS = PROGRAM.parent.parent / "tests"

# What a user's environment passes on besides PATH: how to reach the package index.
PASSED_ON = ("CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "https_proxy", "HTTPS_PROXY")

# Guards against a program that hangs; says nothing about how fast it is.
PATIENCE = 600


@dataclass(frozen=True)
class Result:
    command: str
    returncode: int
    stdout: str
    stderr: str

    def __str__(self) -> str:
        return (
            f"$ {self.command}\nexit status {self.returncode}\n"
            f"--- stdout\n{self.stdout}--- stderr\n{self.stderr}---"
        )

    def ok(self) -> str:
        """Standard output of a run that must have succeeded."""
        assert self.returncode == 0, str(self)
        return self.stdout

    def failed(self, status: int = 1) -> str:
        """Standard error of a run that must have failed with an ordinary message."""
        assert self.returncode == status, str(self)
        assert self.stderr.startswith("pyenvlaunch: error: "), str(self)
        for sign in ("terminate called", "what():", "Traceback", "internal error", "std::"):
            assert sign not in self.stderr, str(self)
        return self.stderr


def preload(**variables: object) -> dict[str, str]:
    """Variables that show the program another machine (tests/torture/preload.cpp)."""
    library = str(TEST_TOOLS / "preload.so")
    return {"LD_PRELOAD": library} | {name: str(value) for name, value in variables.items()}


class Launcher:
    """One user. Calling it runs the program; everything it makes lies below `root`."""

    def __init__(self, root: Path, python: Python | None = None) -> None:
        self.root = root
        self.home = root / "home"
        self.data = root / "data"
        self.cache = root / "cache"
        self.work = root / "work"
        for folder in (self.home, self.work):
            folder.mkdir(parents=True, exist_ok=True)
        self.env = {
            "HOME": str(self.home),
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "PYENVLAUNCH_HOME": str(self.data),
            "PYENVLAUNCH_CACHE": str(self.cache),
        }
        self.env |= {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        # A leak of the sanitizers' kind would be noise in the output that tests compare.
        if "ASAN_OPTIONS" in os.environ:
            self.env["ASAN_OPTIONS"] = os.environ["ASAN_OPTIONS"]
        if "PEL_TEST_MODE" in os.environ:  # scripts/test --full
            self.env["PYENVLAUNCH_MODE"] = os.environ["PEL_TEST_MODE"]
        self.python = python
        if python is not None:
            self.env["PYENVLAUNCH_PYTHON"] = python.path

    @property
    def store(self) -> Path:
        return self.data / "store/v1"

    @property
    def wheels(self) -> Path:
        return self.store / "wheels"

    def popen(self, *args: object, **options) -> subprocess.Popen:
        command = [str(PROGRAM), *(str(arg) for arg in args)]
        env = options.pop("env", self.env)
        options = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "text": True,
            "cwd": self.work,
        } | options
        return subprocess.Popen(command, env=env, **options)

    def __call__(
        self,
        *args: object,
        env: dict[str, str | None] | None = None,
        cwd: Path | None = None,
        stdin: str = "",
        prefix: tuple[str, ...] = (),
    ) -> Result:
        """`env` changes variables (None removes one); `prefix` is a command to run it with."""
        command = [*prefix, str(PROGRAM), *(str(arg) for arg in args)]
        variables = self.env | (env or {})
        done = subprocess.run(
            command,
            env={name: value for name, value in variables.items() if value is not None},
            cwd=cwd or self.work,
            input=stdin,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
        return Result(" ".join(command), done.returncode, done.stdout, done.stderr)

    def run(self, lock: Path, *target: object, **options) -> Result:
        return self("run", lock, "--", *target, **options)

    def code(self, lock: Path, code: str, *args: object, **options) -> str:
        """What `python -c CODE` prints inside the lock's environment."""
        return self.run(lock, "python", "-c", code, *args, **options).ok()

    def assert_store_is_valid(self) -> None:
        self("store", "verify").ok()
        leftovers = sorted((self.store / "tmp").glob("*")) if self.store.exists() else []
        assert leftovers == [], "something was left under tmp/"

    def forget(self) -> None:
        """Removes store and cache; the next run is a first one."""
        for folder in (self.data, self.cache):
            remove_tree(folder)


def remove_tree(folder: Path) -> None:
    """Also trees whose directories are read-only."""
    if not folder.exists():
        return
    for path, _, _ in os.walk(folder):
        os.chmod(path, 0o755)
    shutil.rmtree(folder)
