"""The programs that pyenvlaunch is compared with, in environments of the benchmark's own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

# Pinned: numbers of different days shall speak of the same programs.
COMMON = ("uv==0.13.9", "virtualenv==21.15.8", "tox==4.67.15", "pex==2.105.2")
WITH_TOX_UV = ("uv==0.13.9", "tox==4.67.15", "tox-uv==1.37.1")


def install(folder: Path, requirements: tuple[str, ...], python: str) -> str:
    """Makes the virtual environment `folder`; returns a reason if that fails, else nothing."""
    stamp = folder / "requirements.stamp"
    wanted = f"{folder}\n" + "\n".join(requirements)
    if stamp.is_file() and stamp.read_text() == wanted:
        return ""
    steps = (
        [python, "-m", "venv", "--clear", folder],
        [folder / "bin/python", "-m", "pip", "install", "--quiet", "--retries", "5", *requirements],
    )
    for step in steps:
        done = subprocess.run(
            [*map(str, step)], capture_output=True, text=True, env=dict(os.environ), check=False
        )
        if done.returncode != 0:
            return (done.stderr.strip() or done.stdout.strip()).splitlines()[-1]
    stamp.write_text(wanted)
    return ""


class Peers:
    def __init__(self, root: Path, python: str) -> None:
        self.common = root / "common"
        self.tox_uv = root / "tox-uv"
        self.failures = {
            folder.name: reason
            for folder, wanted in ((self.common, COMMON), (self.tox_uv, WITH_TOX_UV))
            if (reason := install(folder, wanted, python))
        }

    def program(self, name: str) -> Path:
        return self.common / "bin" / name

    @staticmethod
    def versions() -> str:
        return ", ".join(part.replace("==", " ") for part in (*COMMON, WITH_TOX_UV[-1]))
