"""Tools that look into an environment from inside do in ours what they do in a real venv."""

import json
import re
from pathlib import Path

import pytest
from support.locks import write_lock
from support.tools import Pair, entries, pythons_of_tools
from support.wheels import Wheel

pytestmark = pytest.mark.network


@pytest.fixture(params=pythons_of_tools())
def tools(request, warm_user, real_lock) -> Pair:
    python = request.param
    return Pair(warm_user(python), real_lock("TOOLS", python), python)


def files(**texts: str):
    def make(folder: Path) -> None:
        for name, text in texts.items():
            (folder / f"{name}.py").write_text(text)

    return make


def nothing(folder: Path) -> None:
    """The folder stays empty."""


def same(there, here) -> None:
    assert (here.returncode, here.stdout, here.stderr) == (
        there.returncode,
        there.stdout,
        there.stderr,
    )


@pytest.mark.parametrize("choice", ["local", "stdlib"])
def test_distutils_is_the_one_of_setuptools(tools, tmp_path, choice):
    """_distutils_hack comes with a start file and a finder before all others."""
    code = (
        "import sys; first = type(sys.meta_path[0]).__name__\n"
        "import importlib.util as u; spec = u.find_spec('distutils')\n"
        "print(first, spec and spec.origin.rsplit('python', 1)[-1].split('/', 1)[-1][-40:])\n"
        "import setuptools, distutils.core\n"
        "print(distutils.__file__.split('/')[-3:], setuptools.__version__)"
    )
    there, here = tools.both(
        nothing, tmp_path, "python", "-W", "ignore", "-c", code, SETUPTOOLS_USE_DISTUTILS=choice
    )
    if here.returncode != 0:  # 3.13 has no distutils but setuptools'
        assert here.stderr.splitlines()[-1] == there.stderr.splitlines()[-1]
    assert (here.returncode, here.stdout) == (there.returncode, there.stdout)
    assert choice == "stdlib" or here.returncode == 0


def test_setuptools_builds(tools, tmp_path):
    setup = "from setuptools import setup; setup(name='thing', version='1.0', py_modules=['thing'])"
    there, here = tools.both(
        files(setup=setup, thing=""), tmp_path, "python", "setup.py", "-q", "bdist_wheel"
    )
    assert here.returncode == 0, here.stderr
    assert there.returncode == 0
    for name in ("there", "here"):
        assert [file.name for file in (tmp_path / name / "dist").iterdir()] == [
            "thing-1.0-py3-none-any.whl"
        ]


MAIN = "import subprocess, sys\nsubprocess.run([sys.executable, 'child.py'], check=True)\n"
CHILD = "def used():\n    return 1\n\ndef unused():\n    return 2\n\nused()\n"


def lines_of(report: Path) -> dict[str, list[int]]:
    found = json.loads(report.read_text())["files"]
    return {name: content["executed_lines"] for name, content in found.items()}


def test_coverage_measures_subprocesses(tools, tmp_path):
    """Its start file begins to measure in each child that COVERAGE_PROCESS_START names a file to."""

    def make(folder: Path) -> None:
        files(main=MAIN, child=CHILD)(folder)
        (folder / "rc").write_text("[run]\nparallel = true\nsource = .\n")

    there, here = tools.both(
        make, tmp_path, "coverage", "run", "--rcfile=rc", "main.py", COVERAGE_PROCESS_START="rc"
    )
    assert here.returncode == 0, here.stderr
    found = []
    for done, python in ((there, tools.venv), (here, tools.own)):
        folder = tmp_path / ("there" if done is there else "here")
        tools.run(python, folder, "coverage", "combine", "--rcfile=rc").check_returncode()
        tools.run(python, folder, "coverage", "json", "--rcfile=rc").check_returncode()
        found.append(lines_of(folder / "coverage.json"))
    assert found[1] == found[0]
    assert found[1]["child.py"] == [1, 2, 4, 7]


TESTS = """
import subprocess, sys
def test_child():
    subprocess.run([sys.executable, "main.py"], check=True)
"""


def test_pytest_cov_measures_subprocesses(tools, tmp_path):
    def make(folder: Path) -> None:
        files(main=MAIN, child=CHILD, test_it=TESTS)(folder)
        (folder / ".coveragerc").write_text("[run]\nparallel = true\npatch = subprocess\n")

    command = ("pytest", "-q", "-p", "no:cacheprovider", "--cov=.", "--cov-report=json")
    there, here = tools.both(make, tmp_path, *command)
    assert here.returncode == 0, here.stdout + here.stderr
    found = [lines_of(tmp_path / name / "coverage.json") for name in ("there", "here")]
    assert found[1] == found[0]
    assert found[1]["child.py"] == [1, 2, 4, 7]


MANY = (
    "import os, pytest\n@pytest.mark.parametrize('n', range(20))\ndef test_n(n): assert n != 13\n"
)


def test_xdist(tools, tmp_path):
    there, here = tools.both(
        files(test_it=MANY), tmp_path, "pytest", "-q", "-p", "no:cacheprovider", "-n", "2"
    )
    for done in (there, here):
        assert done.returncode == 1, done.stdout + done.stderr
        assert "1 failed, 19 passed" in done.stdout
        assert "test_it.py::test_n[13]" in done.stdout


def test_assertions_in_plugins_are_rewritten(tools, tmp_path, build, pel):
    """pytest learns from RECORD which modules of a plugin it has to rewrite."""
    helper = "def check(value):\n    assert value == [1, 3]\n"
    plugin = Wheel(
        "pytest-thing",
        files={
            "pytest_thing/__init__.py": helper,
            "pytest_thing/deep.py": helper.replace("check", "check_deep"),
        },
    )
    plugin.entry_points = {"pytest11": {"thing": "pytest_thing"}}
    lock = write_lock(tmp_path / "more.lock", [*entries(tools.lock), build(plugin)])
    tests = (
        "from pytest_thing import check\nfrom pytest_thing.deep import check_deep\n"
        "def test_one(): check([1, 2])\ndef test_two(): check_deep([1, 2])\n"
    )
    (tools.user.work / "plugin").mkdir(exist_ok=True)
    (tools.user.work / "plugin/test_plugin.py").write_text(tests)
    done = tools.user.run(lock, "pytest", "-p", "no:cacheprovider", "plugin/test_plugin.py", "-q")
    assert done.returncode == 1
    assert done.stdout.count("assert [1, 2] == [1, 3]") >= 2
    assert done.stdout.count("At index 1 diff: 2 != 3") == 2


def test_ipython_completes_names_of_packages(tools, tmp_path):
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "from IPython.core import completerlib as c\n"
        "shell = InteractiveShell.instance()\n"
        "roots = set(c.get_root_modules())\n"
        "print(sorted(roots & {'attr', 'django', 'flask', 'json', 'pytest', 'gevent', 'coverage'}))\n"
        "for line in ('import djan', 'from flask import js', 'import django.ut', 'import gunicorn.'):\n"
        "    print(line, sorted(shell.complete(line.split()[-1], line)[1]))\n"
        "print(sorted(c.module_completion('import django.contrib.')))\n"
        "print(sorted(c.module_completion('from attr import ')))\n"
    )
    there, here = tools.both(
        nothing, tmp_path, "python", "-c", code, IPYTHONDIR=str(tmp_path / "ipython")
    )
    assert here.returncode == 0, here.stderr
    assert here.stdout == there.stdout
    assert "django" in here.stdout


def test_mypy_finds_packages_as_files(tools, tmp_path):
    text = (
        "import attr, attrs, flask, no_such_package\n"
        "@attrs.define\nclass Point:\n    x: int = 0\n"
        "reveal_type(Point(1).x)\nPoint('a')\nreveal_type(flask.Flask('x').name)\n"
    )
    command = ("mypy", "--no-incremental", "--cache-dir=/dev/null", "program.py")
    there, here = tools.both(files(program=text), tmp_path, *command)
    assert here.returncode == there.returncode == 1
    assert here.stdout == there.stdout
    assert "[arg-type]" in here.stdout
    assert here.stdout.count("import-not-found") == 1


def test_pyright_finds_packages_as_files(warm, python, real_lock, tmp_path):
    pair = Pair(warm, real_lock("PYRIGHT", python), python)
    text = (
        "import attr, attrs\nimport no_such_package\n"
        "@attrs.define\nclass Point:\n    x: int = 0\n"
        "reveal_type(Point(1).x)\nPoint('a')\n"
    )
    there, here = pair.both(
        files(program=text), tmp_path, "basedpyright", "--outputjson", "program.py"
    )
    found = []
    for done in (there, here):
        assert done.returncode == 1, done.stderr
        answer = json.loads(done.stdout)["generalDiagnostics"]
        found.append(sorted([item.get("rule", ""), item["message"]] for item in answer))
    assert found[1] == found[0]
    assert [rule for rule, _ in found[1]].count("reportMissingImports") == 1


def test_crash_is_reported_with_the_lines(tools, tmp_path):
    code = "import ctypes, attr\ndef crash():\n    ctypes.string_at(0)\ncrash()\n"
    there, here = tools.both(
        files(program=code), tmp_path, "python", "-X", "faulthandler", "program.py"
    )
    assert here.returncode == there.returncode == -11
    for done, name in ((there, "there"), (here, "here")):
        done.stderr = re.sub(r"0x[0-9a-f]+", "0x", done.stderr).replace(str(tmp_path / name), "")
    assert "Fatal Python error: Segmentation fault" in here.stderr
    assert here.stderr.splitlines()[:6] == there.stderr.splitlines()[:6]


def test_open_flags_of_extensions(tools, tmp_path):
    """With RTLD_GLOBAL an extension's symbols are there for all that is loaded later."""
    code = (
        "import ctypes, os, sys\n"
        "print(sys.getdlopenflags())\n"
        "def has(): return hasattr(ctypes.CDLL(None), 'PyInit_tracer')\n"
        "before = has(); sys.setdlopenflags(os.RTLD_NOW | os.RTLD_GLOBAL)\n"
        "import coverage.tracer\n"
        "print(before, has(), sys.getdlopenflags())"
    )
    there, here = tools.both(nothing, tmp_path, "python", "-c", code)
    same(there, here)
    assert here.stdout.splitlines()[1].startswith("False True")
