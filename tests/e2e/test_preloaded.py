"""Libraries that LD_PRELOAD names see Python when they are loaded, as in a virtual environment.

Profilers of memory put functions of their own around Python's at that moment.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from support.launcher import PROGRAM, Launcher
from support.locks import write_lock
from support.real import make_venv
from support.wheels import simple

LIBRARY = """
#define _GNU_SOURCE
#include <dlfcn.h>

const char* Py_GetVersion(void) __attribute__((weak));
static int looked_up, linked;

__attribute__((constructor)) static void when_loaded(void) {
  looked_up = dlsym(RTLD_DEFAULT, "PyMem_SetAllocator") != 0;
  linked = Py_GetVersion != 0;
}
int seen(void) { return looked_up + 2 * linked; }
"""

# The same of a child, which gets the variables as they are, and none of our descriptors.
ASK = """
import ctypes, json, os, subprocess, sys, alpha
answer = [ctypes.CDLL(None).seen(), os.environ.get("LD_PRELOAD"), sys.argv]
answer.append([fd for fd in range(3, 256) if os.path.exists(f"/proc/self/fd/{fd}")])
if len(sys.argv) == 1:
    child = [sys.executable, __file__, "child"]
    answer.append(json.loads(subprocess.run(child, capture_output=True, check=True).stdout))
print(json.dumps(answer))
"""

BOTH = 3


@pytest.fixture
def library(tmp_path) -> Path:
    (tmp_path / "source.c").write_text(LIBRARY)
    library = tmp_path / "libpreloaded.so"
    command = ["cc", "-shared", "-fPIC", "-o", library, tmp_path / "source.c"]
    subprocess.run(command, check=True)
    return library


@pytest.fixture
def script(tmp_path) -> Path:
    (tmp_path / "ask.py").write_text(ASK)
    return tmp_path / "ask.py"


def answer_of(command: list, **variables: str) -> tuple[object, str]:
    done = subprocess.run(command, capture_output=True, text=True, env=variables, timeout=600)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.mark.parametrize("before", ["", "libm.so.6:", "libm.so.6 ", "nowhere.so:"])
def test_python_is_there_before(each_python, new_user, house, library, script, tmp_path, before):
    """Before the preloaded library. (A name that cannot be loaded is reported at both starts.)"""
    lock = write_lock(tmp_path / "app.lock", [simple("alpha").build(house)])
    venv = make_venv(tmp_path / "venv", lock, each_python)
    user = new_user(each_python)
    ours = user.code(lock, "import sys; print(sys.executable)").strip()
    variables = {"LD_PRELOAD": f"{before}{library}"}
    there, messages_there = answer_of([venv, script], **variables)
    here, messages_here = answer_of([ours, script], **variables)
    assert there[0] == BOTH
    assert here == there
    assert set(messages_here.splitlines()) == set(messages_there.splitlines())


@pytest.mark.parametrize("mode", ["embedded", "hosted"])
def test_every_way_to_start(pel: Launcher, lock_of, library, script, tmp_path, mode):
    lock = lock_of(simple("alpha"))
    pel.env |= {"PYENVLAUNCH_MODE": mode}
    pel("sync", lock).ok()
    preloaded = {"LD_PRELOAD": str(library)}
    first = json.loads(pel.run(lock, script, env=preloaded).ok())
    assert first[0] == BOTH
    assert json.loads(pel.run(lock, "python", script, env=preloaded).ok()) == first
    pel("venv", tmp_path / "directory", lock).ok()
    assert answer_of([tmp_path / "directory/bin/python", script], **preloaded)[0] == first


def test_library_that_cannot_be_loaded_is_reported_once(pel: Launcher, lock_of):
    prefix = pel.code(lock_of(simple("alpha")), "import sys; print(sys.prefix)").strip()
    command = [f"{prefix}/bin/python", "-c", "import json; print(json.dumps(None))"]
    _, messages = answer_of(command, LD_PRELOAD="nowhere.so")
    assert len(messages.splitlines()) == 1


LOADER = next(Path("/").glob("lib*/ld-linux-*.so.*"))
ASK_LOADED = """
import json, sys, alpha
print(json.dumps([sys.prefix, sys.executable, sys.argv, alpha.VERSION]))
"""


@pytest.mark.parametrize("mode", ["embedded", "hosted"])
@pytest.mark.parametrize("options", [[], ["--preload", "libm.so.6"]], ids=["plain", "preload"])
def test_started_by_the_loader(pel: Launcher, lock_of, options, mode):
    """As profilers start Python: `ld.so --preload LIBRARY bin/python`."""
    lock = lock_of(simple("alpha"))
    pel.env |= {"PYENVLAUNCH_MODE": mode}
    prefix = pel.code(lock, "import sys; print(sys.prefix)").strip()
    command = [LOADER, *options, f"{prefix}/bin/python", "-c", ASK_LOADED, "argument"]
    expected = [prefix, f"{prefix}/bin/python", ["-c", "argument"], "1.0"]
    assert answer_of(command) == (expected, "")


def test_the_launcher_itself_started_by_the_loader(pel: Launcher, lock_of):
    command = [LOADER, PROGRAM, "run", lock_of(simple("alpha")), "--", "python", "-c", ASK_LOADED]
    answer, _ = answer_of(command, **pel.env)
    assert answer[2:] == [["-c"], "1.0"]
