"""The standard library from a pack: whatever is edited, added, removed or put before it, a program
sees what it sees in a real virtual environment of the same interpreter."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from support.interpreters import one_a_minor
from support.launcher import remove_tree
from support.wheels import Wheel, simple

LEFT_OUT = ("test", "tests", "idlelib", "lib2to3", "turtledemo", "ensurepip", "site-packages",
            "config-*", "tkinter", "pydoc_data")  # fmt: skip
OLD = 1_600_000_000
MODES = ("embedded", "hosted")

# What a program can see of some modules: how they are found, what they are, what they say.
PROBE = """
import importlib, importlib.util, inspect, json, linecache, pkgutil, sys, traceback

def look(name):
    try:
        spec = importlib.util.find_spec(name)
        module = importlib.import_module(name)
    except Exception as error:
        return [type(error).__name__, str(error)]
    return [
        spec and [spec.name, spec.origin, spec.cached, spec.has_location, type(spec.loader).__name__,
                  type(spec.loader).__module__,
                  spec.submodule_search_locations and list(spec.submodule_search_locations)],
        getattr(module, "__file__", None), getattr(module, "__cached__", None),
        getattr(module, "__path__", None) and list(module.__path__),
        type(module.__loader__) is type(module.__spec__.loader), getattr(module, "MARK", None),
        sorted(name for name in vars(module) if not name.startswith("_"))[:40],
    ]

def trace(call):
    try:
        call()
    except Exception:
        return traceback.format_exc()

names = %r
answer = {name: look(name) for name in names}
import json.decoder, textwrap
answer["source"] = [inspect.getsource(textwrap.dedent)[:200], inspect.getsourcelines(json.loads)[1]]
answer["trace"] = trace(lambda: json.loads("{"))
answer["reload"] = [importlib.reload(textwrap).__name__, textwrap.__spec__.loader.__class__.__name__]
answer["modules"] = sorted(m.name for m in pkgutil.iter_modules() if m.name[:2] in ("js", "te"))
answer["below"] = sorted(m.name for m in pkgutil.iter_modules(json.__path__))
answer["code"] = json.decoder.JSONDecoder.decode.__code__.co_filename
answer["finders"] = sorted({type(f).__name__ for p, f in sys.path_importer_cache.items()
                            if "site-packages" not in p and "/store/" not in p})
print(json.dumps(answer))
"""
BACKPORT = {"sched.py": "MARK = 'backport'\n", "added.py": "MARK = 'wheel'\n"}
NAMES = ("json", "json.decoder", "json.scanner", "textwrap", "string", "decimal", "array", "_json",
         "added", "json.added", "json.tool", "missing", "json.missing", "xml.dom", "concurrent.futures",
         "dataclasses", "tomllib", "sched", "lib-dynload")  # fmt: skip


def library_of(python) -> Path:
    code = "import os; print(os.path.dirname(os.__file__))"
    done = subprocess.run([python.path, "-I", "-S", "-c", code], capture_output=True, check=True)
    return Path(os.fsdecode(done.stdout.strip()))


@pytest.fixture(scope="module", params=["3.9", "3.11", "3.13"])
def original(request, tmp_path_factory):
    """An interpreter of our own, with a library that may be changed, compiled like an installed one."""
    python = next(
        (p for p in one_a_minor() if p.name == request.param and "/usr/" not in p.path), None
    )
    if python is None:
        pytest.fail(f"these tests need Python {request.param} of pyenv")
    folder = tmp_path_factory.mktemp("python")
    library = library_of(python)
    ignore = shutil.ignore_patterns(*LEFT_OUT, "__pycache__")
    shutil.copytree(library, folder / "lib" / library.name, ignore=ignore)
    (folder / "bin").mkdir()
    path = folder / "bin" / f"python{python.minor}"
    shutil.copy2(Path(python.path).resolve(), path)
    for file in (folder / "lib" / library.name).rglob("*"):
        os.utime(file, (OLD, OLD))
    subprocess.run([path, "-m", "compileall", "-q", folder / "lib"], check=True)
    for file in (folder / "lib" / library.name).rglob("*"):
        if file.is_dir() and file.name != "__pycache__":
            os.utime(file, (OLD, OLD))
    return replace(python, path=str(path))


class Both:
    """An environment of ours and a virtual environment, of the same interpreter."""

    def __init__(self, pel, lock: Path, python, mode: str) -> None:
        self.pel, self.lock = pel, lock
        pel.env["PYENVLAUNCH_MODE"] = mode
        self.library = library_of(python)
        self.venv = pel.root / "venv"
        subprocess.run([python.path, "-m", "venv", "--without-pip", self.venv], check=True)
        for name, text in BACKPORT.items():
            (self.venv / "lib" / self.library.name / "site-packages" / name).write_text(text)
        pel("sync", lock).ok()
        (self.pack,) = (pel.store / "bytecode").glob("standard@*/*.pack")
        assert self.answers()[0]["json"][0] is not None

    def replace(self, name: str, text: str | None) -> None:
        """A file of the library; None removes it. Its directory gets another time, as it does."""
        path = self.library / name
        path.unlink(missing_ok=True)
        if text is not None:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)

    def answers(self, *options: str, names=NAMES, cwd: Path | None = None, **env: object):
        code = PROBE % (names,)
        extra = {key: str(value) for key, value in env.items()}
        cwd = cwd or self.pel.work
        ours = self.pel(
            "run", self.lock, "--", "python", *options, "-c", code, env=extra, cwd=cwd
        ).ok()
        clean = {k: v for k, v in self.pel.env.items() if not k.startswith("PYENVLAUNCH")}
        theirs = subprocess.run(
            [self.venv / "bin/python", *options, "-c", code],
            env=clean | extra, cwd=cwd, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        return [self.plain(json.loads(text)) for text in (ours, theirs)]

    @staticmethod
    def plain(answer):
        return json.loads(re.sub(r'"[^"]*/site-packages/', '"SITE/', json.dumps(answer)))

    def compare(self, *options: str, **more):
        ours, theirs = self.answers(*options, **more)
        for key, value in theirs.items():
            assert ours[key] == value, key
        return ours


@pytest.fixture(params=MODES)
def both(request, original, new_user, lock_of, tmp_path):
    # Each test has a library of its own.
    folder = tmp_path / "python"
    shutil.copytree(Path(original.path).parents[1], folder)
    python = replace(original, path=str(folder / "bin" / Path(original.path).name))
    backport = Wheel("backport", files=BACKPORT)
    lock = lock_of(simple("alpha"), backport)
    made = Both(new_user(python), lock, python, request.param)
    yield made
    remove_tree(folder)


def mark(answer, name: str):
    return answer[name][5]


def test_an_edited_added_and_removed_module_takes_effect_at_the_next_start(both):
    plain = both.compare()
    assert mark(plain, "added") == "wheel"
    assert mark(plain, "sched") is None  # the library comes before packages
    text = (both.library / "string.py").read_text()
    with (both.library / "string.py").open("a") as file:
        file.write("MARK = 'edited'\n")
    assert mark(both.compare(), "string") == "edited"
    both.replace(
        "json/scanner.py", (both.library / "json/scanner.py").read_text() + "MARK = 'new'\n"
    )
    assert mark(both.compare(), "json.scanner") == "new"
    both.replace("added.py", "MARK = 'library'\n")
    assert mark(both.compare(), "added") == "library"
    both.replace("json/added.py", "MARK = 'below'\n")
    assert mark(both.compare(), "json.added") == "below"
    both.replace(
        "textwrap/__init__.py", (both.library / "textwrap.py").read_text() + "MARK = 'package'\n"
    )
    assert mark(both.compare(), "textwrap") == "package"
    both.replace("sched.py", None)
    assert mark(both.compare(), "sched") == "backport"
    both.replace("json/__init__.py", None)
    both.replace("json/__init__.py", "MARK = 'other'\nfrom json_old import *\n")
    both.replace("string.py", text)
    # The next environment is made with a pack of what is there now.
    assert both.pel("sync", both.lock).returncode == 0


def test_what_is_put_before_the_library_wins(both, tmp_path):
    here = tmp_path / "here"
    (here / "json").mkdir(parents=True)
    for name in ("sched.py", "decimal.py", "array.py"):
        (here / name).write_text(f"MARK = 'here {name}'\n")
    answer = both.compare(cwd=here)
    assert [mark(answer, name) for name in ("sched", "decimal")] == [
        "here sched.py",
        "here decimal.py",
    ]
    assert both.compare("-I", cwd=here)["sched"] != answer["sched"]
    answer = both.compare(PYTHONPATH=here)
    assert mark(answer, "sched") == "here sched.py"
    archive = tmp_path / "first.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("sched.py", "MARK = 'zip'\n")
    assert mark(both.compare(PYTHONPATH=archive), "sched") == "zip"


def test_what_happens_to_the_search_while_a_program_runs(both, tmp_path):
    """Changed directories, paths, finders and hooks: as importlib has it."""
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    (second / "sched.py").write_text("MARK = 'second'\n")
    code = f"""
import importlib, importlib.abc, importlib.machinery, importlib.util, os, sys
import colorsys
print(colorsys.__file__)
os.chdir({str(second)!r})
import sched
print(sched.MARK)
os.chdir({str(first)!r})
with open("bisect.py", "w") as file:
    file.write("MARK = 'written'\\n")
sys.modules.pop("bisect", None)
import bisect
print(getattr(bisect, "MARK", None))
class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        print("asked for", name)
        return None
sys.meta_path.insert(0, Finder())
import calendar
sys.meta_path.pop(0)
seen = []
usual = importlib.machinery.PathFinder.find_spec
def replaced(name, path=None, target=None):
    seen.append(name)
    return usual(name, path, target)
importlib.machinery.PathFinder.find_spec = replaced
import fractions
importlib.machinery.PathFinder.find_spec = usual
print(seen)
path_finder = sys.meta_path.pop()
try:
    import cmd
    print("found without PathFinder")
except ImportError as error:
    print(error)
sys.meta_path.append(path_finder)
saved, sys.path[:] = list(sys.path), [{str(second)!r}]
try:
    import cmd
    print("found without a path")
except ImportError as error:
    print(error)
sys.path[:] = saved
sys.path_importer_cache.clear()
import cmd
print(cmd.__file__)
def hook(path):
    if path.endswith("xml"):
        raise ImportError("never here")
    raise ImportError
sys.path_hooks.insert(0, hook)
import xml.dom.minidom
print(xml.dom.minidom.__file__, sorted({{type(f).__name__ for p, f in sys.path_importer_cache.items() if "xml" in p}}))
importlib.invalidate_caches()
import csv
print(csv.__spec__.origin, csv.__spec__.cached, type(csv.__spec__.loader))
"""
    outputs = []
    for run in (
        lambda: both.pel("run", both.lock, "--", "python", "-c", code, cwd=first).ok(),
        lambda: subprocess.run(
            [both.venv / "bin/python", "-c", code], cwd=first, check=True, capture_output=True, text=True,
            env={k: v for k, v in both.pel.env.items() if not k.startswith("PYENVLAUNCH")},
        ).stdout,
    ):  # fmt: skip
        (first / "bisect.py").unlink(missing_ok=True)
        outputs.append(run())
    assert outputs[0] == outputs[1]
    assert "second" in outputs[0] and "written" in outputs[0] and "['fractions'" in outputs[0]


def test_options_and_a_library_without_bytecode(both, tmp_path):
    for options in (("-B",), ("-O",), ("-OO",), ("-X", "utf8"), ("-E",), ("-s",)):
        both.compare(*options)
    both.compare(PYTHONPYCACHEPREFIX=tmp_path / "cache")
    assert any((tmp_path / "cache").rglob("textwrap.*.pyc"))
    for folder in list(both.library.rglob("__pycache__")):
        shutil.rmtree(folder)
    both.compare(PYTHONDONTWRITEBYTECODE=1)
    both.pack.unlink()
    both.compare(PYTHONDONTWRITEBYTECODE=1)


def test_a_damaged_pack_is_not_used_and_made_again(both):
    content = both.pack.read_bytes()
    good = both.compare()
    middle = len(content) // 2
    for damaged in (b"", content[:100], content[:-8], bytes(len(content)),
                    content[:200] + bytes([content[200] ^ 1]) + content[201:],
                    content[:middle] + bytes(len(content) - middle)):  # fmt: skip
        both.pack.unlink(missing_ok=True)
        both.pack.write_bytes(damaged)
        both.pack.chmod(0o444)
        assert both.compare() == good
    if not both.pack.exists():
        both.pel.run(both.lock, "python", "-c", "pass").ok()
        assert both.pack.read_bytes() == content
    both.pack.unlink()
    both.pack.write_bytes(content[:-8])
    both.pack.chmod(0o444)
    found = both.pel("store", "verify")
    assert found.returncode == 1 and found.stdout.startswith(f"{both.pack}: ")
    both.pel("store", "repair")
    both.pel("store", "verify").ok()
    both.compare()


def test_the_pack_belongs_to_the_interpreters_in_use(both):
    assert both.pel("store", "gc").ok() == "nothing to free\n"
    assert both.pack.exists()
    both.lock.unlink()
    both.pel("store", "gc").ok()
    assert not both.pack.exists() and not both.pack.parent.exists()


def test_what_changes_just_before_is_not_believed(new_user, original, lock_of, tmp_path):
    """A source that is written while the pack is made may be written again within the same instant."""
    folder = tmp_path / "python"
    shutil.copytree(Path(original.path).parents[1], folder)
    python = replace(original, path=str(folder / "bin" / Path(original.path).name))
    pel, lock = new_user(python), lock_of(simple("alpha"))
    source = library_of(python) / "string.py"
    text = source.read_text()
    source.write_text(text + "MARK = 1\n")
    when = time.time_ns()
    os.utime(source, ns=(when, when))
    pel("sync", lock).ok()
    source.write_text(text + "MARK = 2\n")
    os.utime(source, ns=(when, when))
    assert pel.code(lock, "import string; print(string.MARK)") == "2\n"
