"""Runs one module of CPython's own test suite, bounded, and reads what its tests came to."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

# A name that no test has: what became of the process as a whole.
WHOLE = "(exit status)"

PR_SET_CHILD_SUBREAPER = 36

# Seconds of computing time that no child of a test needs.
SPINNING = 120


@dataclass
class Outcome:
    """What the tests of one module came to: each name is "passed", "failed" or "skipped"."""

    tests: dict[str, str] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)  # of those that failed
    output: str = ""


def adopt_orphans() -> None:
    """What a test leaves behind becomes a child of this process instead of running on unseen."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def variables(folder: Path) -> dict[str, str]:
    """Little, and the same for both sides. The folder's name marks all that the run starts."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "LC_ALL": "C.UTF-8",
    }


def end_strays(folder: Path) -> None:
    """Ends every process that carries this run's folder in its environment."""
    mark = f"TMPDIR={folder}/tmp".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (process / "environ").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)


def reap() -> None:
    """Ends what was adopted, also what hid behind an emptied environment. After the last run."""
    for children in Path("/proc/self/task").glob("*/children"):
        for process in children.read_text().split():
            with contextlib.suppress(OSError):
                os.kill(int(process), signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def end_spinning(folder: Path, but: int) -> None:
    """Ends the children of a run that compute without an end: one test fails then, not all."""
    mark = f"TMPDIR={folder}/tmp".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (
                int(process.name) != but
                and mark in (process / "environ").read_bytes().split(b"\0")
                and cpu_seconds(int(process.name)) > SPINNING
            ):
                os.kill(int(process.name), signal.SIGKILL)


def output_of(process: subprocess.Popen, folder: Path, patience: int) -> str:
    """All that it prints. Raises TimeoutExpired, with what there is."""
    end = time.monotonic() + patience
    while True:
        try:
            return process.communicate(timeout=20)[0]
        except subprocess.TimeoutExpired:
            end_spinning(folder, process.pid)
            if time.monotonic() > end:
                raise


def read_results(file: Path, outcome: Outcome) -> None:
    """Adds what `--junit-xml` has written. Of several results of one name the worst counts."""
    order = ("skipped", "passed", "failed")
    for case in ET.parse(file).getroot().iter("testcase"):
        name = case.get("name")
        if name is None:
            continue
        status = "passed"
        for kind in ("failure", "error"):
            for found in case.findall(kind):
                status = "failed"
                outcome.details[name] = (found.get("message") or "") + (found.text or "")
        if status == "passed" and (
            case.find("skipped") is not None or case.get("result") != "completed"
        ):
            status = "skipped"
        known = outcome.tests.get(name, "skipped")
        outcome.tests[name] = max(known, status, key=order.index)


def run_module(python: Path, module: str, *, test: str | None = None, patience: int) -> Outcome:
    """`python -m test MODULE`, or one test of it, in a temporary folder that goes afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pel-cpython-"))
    try:
        for name in ("home", "tmp", "work"):
            (folder / name).mkdir()
        results = folder / "results.xml"
        command = [str(python), "-m", "test", "--junit-xml", str(results)]
        command += [module] if test is None else ["-m", test, module]
        process = subprocess.Popen(
            command,
            env=variables(folder),
            cwd=folder / "work",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        outcome = Outcome()
        try:
            outcome.output = output_of(process, folder, patience)
            ended = "passed" if process.returncode == 0 else "failed"
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            end_strays(folder)
            ended = "failed"
            outcome.output = f"{(error.stdout or b'').decode(errors='replace')}\n(timed out)"
            process.wait()
        if results.exists():
            with contextlib.suppress(ET.ParseError):
                read_results(results, outcome)
        outcome.tests[WHOLE] = ended
        if ended == "failed":
            outcome.details[WHOLE] = outcome.output[-4000:]
        return outcome
    finally:
        end_strays(folder)
        shutil.rmtree(folder, ignore_errors=True)
