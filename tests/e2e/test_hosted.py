"""Hosted mode: an interpreter that runs as itself, with the finder loaded at its start.

`scripts/test --full` runs all tests in this mode; here is what an ordinary run checks of it.
"""

import json

import pytest
from support.wheels import Wheel, simple


@pytest.fixture
def hosted(pel):
    pel.env["PYENVLAUNCH_MODE"] = "hosted"
    return pel


def test_packages_scripts_and_metadata(hosted, lock_of):
    wheel = Wheel("alpha", "2.0", {"alpha.py": "def main(): print('main')\n"})
    wheel.entry_points = {"console_scripts": {"go": "alpha:main"}}
    lock = lock_of(wheel, simple("beta", **{"data.txt": "text"}))
    assert hosted.run(lock, "go").ok() == "main\n"
    code = (
        "import alpha, beta, importlib.metadata as m, importlib.resources as r, json, sys\n"
        "print(json.dumps([m.version('alpha'), r.files('beta').joinpath('data.txt').read_text(),"
        " sys.prefix != sys.base_prefix, sys.executable == sys.prefix + '/bin/python']))"
    )
    assert json.loads(hosted.code(lock, code)) == ["2.0", "text", True, True]


def test_start_files(hosted, lock_of):
    lock = lock_of(Wheel("starter", files={"a.pth": "import sys; sys.started = True\n"}))
    assert hosted.code(lock, "import sys; print(sys.started)") == "True\n"


def test_children_and_spawned_processes(hosted, lock_of, tmp_path):
    lock = lock_of(simple("alpha"))
    script = tmp_path / "spawn.py"
    script.write_text(
        "import multiprocessing, subprocess, sys\n"
        "def work():\n    import alpha\n    print('spawned', alpha.VERSION, flush=True)\n"
        "if __name__ == '__main__':\n"
        "    process = multiprocessing.get_context('spawn').Process(target=work)\n"
        "    process.start(); process.join()\n"
        "    subprocess.run([sys.executable, '-c', 'import alpha; print(\"child\")'], env={})\n"
    )
    assert hosted.run(lock, script).ok() == "spawned 1.0\nchild\n"


@pytest.mark.network
def test_real_programs(hosted, python, real_lock):
    lock = real_lock("S", python)
    assert hosted.run(lock, "black", "--version").ok().startswith("black, ")
    assert hosted.code(lock, "import rich.console; print('fine')") == "fine\n"


def test_bad_mode_is_bad_usage(pel, lock_of):
    lock = lock_of(simple("alpha"))
    error = pel.run(lock, "python", env={"PYENVLAUNCH_MODE": "sideways"}).failed(2)
    assert "'sideways'" in error
