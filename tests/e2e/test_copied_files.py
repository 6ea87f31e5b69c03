"""Copies of package files: as writable as a virtual environment's, though the store's are not."""

from __future__ import annotations

import json
import subprocess
import textwrap
from pathlib import Path

import pytest
from support.locks import write_lock
from support.real import make_venv
from support.wheels import Wheel

CODE = """
import inspect, json, os, pickle, shutil, stat, sys

import pkg

here = os.path.dirname(pkg.__file__)
data = os.path.join(sys.prefix, "share/pkg/data.txt")

def modes(folder):
    found = {}
    for place, folders, files in os.walk(folder):
        for name in [".", *files]:
            path = os.path.normpath(os.path.join(place, name))
            found[os.path.relpath(path, folder)] = oct(stat.S_IMODE(os.lstat(path).st_mode))
    return found

shutil.copytree(os.path.join(here, "template"), "tree")
os.mkdir("single")
for number, function in enumerate((shutil.copy, shutil.copy2)):
    function(os.path.join(here, "template/file.txt"), f"single/{number}")
    function(os.path.join(here, "template/run"), f"single/run-{number}")
    function(data, f"single/data-{number}")
    function(os.fsencode(data), f"single/bytes-{number}".encode())
with os.scandir(os.path.join(here, "template/sub")) as entries:
    for entry in entries:
        shutil.copy2(entry, "single/entry")
open("own", "w").close()
os.chmod("own", 0o400)
shutil.copy("own", "single/own")
os.symlink(os.path.join(here, "template/file.txt"), "link")
shutil.copy2("link", "single/link", follow_symlinks=False)
for path in ("tree/file.txt", "tree/sub/new.txt", "tree/sub/deep.txt"):
    with open(path, "a") as file:
        file.write("changed")
try:
    shutil.copymode("nosuch", "single/own")
except OSError as error:
    failed = [type(error).__name__, error.filename]
print(json.dumps({
    "tree": modes("tree"), "single": modes("single"), "failed": failed,
    "text": open("tree/file.txt").read(),
    "signature": [str(inspect.signature(f)) for f in (shutil.copymode, shutil.copystat)],
    "source": [inspect.getsource(f)[:30] for f in (shutil.copymode, shutil.copystat)],
    "names": [[f.__name__, f.__qualname__, f.__module__, inspect.isfunction(f), f.__doc__]
              for f in (shutil.copymode, shutil.copystat)],
    "pickled": pickle.loads(pickle.dumps(shutil.copystat)) is shutil.copystat,
    "loader": [type(shutil.__loader__).__name__, "exec_module" in vars(shutil.__loader__)],
}))
"""


@pytest.mark.parametrize("mode", ["embedded", "hosted"])
def test_as_in_a_virtual_environment(new_user, tmp_path: Path, house: Path, each_python, mode: str):
    wheel = Wheel(
        "pkg",
        files={
            "pkg/__init__.py": "",
            "pkg/template/file.txt": "text ",
            "pkg/template/run": "#!/bin/sh\n",
            "pkg/template/sub/deep.txt": "",
            "pkg-1.0.data/data/share/pkg/data.txt": "data",
        },
        executable={"pkg/template/run"},
    )
    lock = write_lock(tmp_path / "app.lock", [wheel.build(house)])
    user = new_user(each_python)
    user.env["PYENVLAUNCH_MODE"] = mode
    ours = user.code(lock, "import sys; print(sys.executable)").strip()
    there = ask(make_venv(tmp_path / "venv", lock, each_python), tmp_path / "there")
    here = ask(Path(ours), tmp_path / "here")
    assert here == there
    assert here["tree"]["sub/deep.txt"] == "0o644"
    user.assert_store_is_valid()


def ask(program: Path, work: Path) -> dict[str, object]:
    work.mkdir()
    done = subprocess.run(
        [program, "-c", textwrap.dedent(CODE)],
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
