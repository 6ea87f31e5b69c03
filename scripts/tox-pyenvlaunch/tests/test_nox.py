"""The recipe and the helper for nox, with real nox."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture
def lock(project) -> Path:
    path = project.folder / "pylock.toml"
    command = ["uv", "pip", "compile", "-q", "--format", "pylock.toml", "-o", str(path), "-"]
    subprocess.run(
        [*command, "--python", sys.executable],
        input="pytest\nsix\n",
        text=True,
        check=True,
        env=project.env,
    )
    path.rename(project.folder / "app.lock")
    project.write("tests/test_demo.py", "import six\ndef test_it():\n    assert six.PY3\n")
    return project.folder / "app.lock"


def block(start: str) -> str:
    """The block of the README that begins so."""
    blocks = README.read_text().split("```python\n")[1:]
    return next(text.split("```")[0] for text in blocks if text.startswith(start))


def test_recipe(project, lock):
    project.write("noxfile.py", "import nox\n\n" + block("@nox.session"))
    out = project.run("nox")
    assert "1 passed" in out
    assert (project.folder / ".nox/tests/pyvenv.cfg").exists()


def test_helper(project, lock):
    text = block("import nox, nox_pyenvlaunch").replace('["3.11", "3.13"]', repr([sys.executable]))
    text += """
    import os
    assert session.env["VIRTUAL_ENV"] == str(session.directory)
    assert "app.lock" in session.run("ls", silent=True)
    assert session.run("sh", "-c", "echo $MINE", env={"MINE": "x"}, silent=True) == "x\\n"
    assert session.run("python", "-c", "import sys; print(sys.prefix)", silent=True).strip() == str(
        session.directory
    )
    session.run("python", "-c", "raise SystemExit(3)", success_codes=[3])
    try:
        session.install("black")
    except RuntimeError as error:
        assert "the lock says" in str(error)
    else:
        session.error("install() should be refused")
"""
    project.write("noxfile.py", text)
    assert "1 passed" in project.run("nox")
    assert "1 passed" in project.run("nox", "-R")
