"""The command lines that are tried: by name, with what they need in the working directory."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from harness.sides import Outcome, Side

PROBES = Path(__file__).resolve().parents[1] / "probes"
STATE = (PROBES / "child.py").read_text()
SHOW = "import sys; print(sys.argv, sys.path, sys.flags)"


@dataclass
class Command:
    """`python ARGUMENTS`; "{work}" in an argument is the working directory."""

    arguments: tuple[str, ...]
    files: dict[str, str] = field(default_factory=dict)  # in the working directory
    stdin: str = ""
    env: dict[str, str] = field(default_factory=dict)
    bare: bool = False  # with no other variable than `env`
    executable: str = "python"  # in the environment's bin
    cwd: str = "."

    def run(self, side: Side, folder: Path) -> object:
        work = folder / "work"
        for name, text in self.files.items():
            file = work / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith(".zip"):
                with zipfile.ZipFile(file, "w") as archive:
                    archive.writestr("__main__.py", text)
            else:
                file.write_text(text)
        work.mkdir(parents=True, exist_ok=True)

        def filled(text: str) -> str:
            return text.replace("{work}", str(work)).replace("{bin}", str(side.bin))

        outcome = side.command(
            [side.bin / self.executable, *side.options, *map(filled, self.arguments)],
            cwd=work / self.cwd,
            stdin=self.stdin,
            env={name: filled(value) for name, value in self.env.items()},
            bare=self.bare,
        )
        return answer(outcome, folder)


def answer(outcome: Outcome, folder: Path) -> object:
    """What is compared of it; a line of JSON is taken apart."""
    out = outcome.out.replace(str(folder), "<scratch>")
    found: dict[str, object] = {
        "status": outcome.status,
        "err": outcome.err.replace(str(folder), "<scratch>"),
    }
    try:
        found["out"] = json.loads(out)
    except ValueError:
        found["out"] = out
    return found


def state(*arguments: str, **options) -> Command:
    return Command((*arguments, "state.py"), files={"state.py": STATE}, **options)


OPTIONS = (
    *("-B", "-b", "-bb", "-d", "-E", "-I", "-O", "-OO", "-P", "-q", "-R", "-s", "-S", "-u", "-v"),
    *("-W error", "-Werror", "-Wignore::DeprecationWarning", "-W bad-action", "-Wx:y:z:a:b:c"),
    *("-X dev", "-Xdev", "-X utf8", "-Xutf8=0", "-X utf8=2", "-X faulthandler", "-X showrefcount"),
    *("-X tracemalloc", "-Xtracemalloc=3", "-X importtime", "-X frozen_modules=off"),
    *("-X int_max_str_digits=640", "-X int_max_str_digits=1", "-X no_debug_ranges", "-X nonsense"),
    *("-X pycache_prefix={work}/cache", "-X warn_default_encoding", "-X perf", "-X gil=0"),
    *("-X cpu_count=3", "-X presite=no", "-X safe_path", "-X frozen_modules", "-X a=b=c"),
    *("-sE", "-Es", "-IB", "-SE", "-sSE", "-bBs", "-OB", "-qu", "-IS", "-uWerror", "-EsXdev"),
    *(
        "--check-hash-based-pycs always",
        "--check-hash-based-pycs=never",
        "--check-hash-based-pycs bad",
    ),
    *(
        "-h",
        "-?",
        "--help",
        "--help-env",
        "--help-xoptions",
        "--help-all",
        "-V",
        "-VV",
        "--version",
    ),
    *("-Z", "--nonsense", "-c", "-m", "-W", "-X", "-J", "-t", "-x", "-"),
)

VARIABLES = {
    "PYTHONOPTIMIZE": ("1", "2", "x"),
    "PYTHONDONTWRITEBYTECODE": ("1",),
    "PYTHONUNBUFFERED": ("1",),
    "PYTHONVERBOSE": ("0",),
    "PYTHONWARNINGS": ("error", "ignore,default", "bad"),
    "PYTHONHASHSEED": ("0", "12", "bad", "random"),
    "PYTHONPATH": ("{work}/more", ":/nonexistent:", "relative"),
    "PYTHONSAFEPATH": ("1",),
    "PYTHONNOUSERSITE": ("1",),
    "PYTHONUSERBASE": ("{work}/base",),
    "PYTHONPYCACHEPREFIX": ("{work}/cache",),
    "PYTHONIOENCODING": ("latin-1", "utf-8:replace", "bad"),
    "PYTHONUTF8": ("0", "1", "bad"),
    "PYTHONDEVMODE": ("1",),
    "PYTHONFAULTHANDLER": ("1",),
    "PYTHONTRACEMALLOC": ("1", "bad"),
    "PYTHONPLATLIBDIR": ("lib64",),
    "PYTHONINTMAXSTRDIGITS": ("700", "1"),
    "PYTHONNODEBUGRANGES": ("1",),
    "PYTHONWARNDEFAULTENCODING": ("1",),
    "PYTHONCOERCECLOCALE": ("0", "warn"),
    "PYTHONMALLOC": ("malloc", "debug", "bad"),
    "PYTHONHOME": ("/nonexistent",),
    "PYTHONEXECUTABLE": ("/x/python",),
    "PYTHON_CPU_COUNT": ("3",),
    "PYTHON_GIL": ("1", "0"),
    "PYTHON_FROZEN_MODULES": ("off",),
    "PYTHON_BASIC_REPL": ("1",),
    "PYTHONCASEOK": ("1",),
    "PYTHONPROFILEIMPORTTIME": ("0",),
    "__PYVENV_LAUNCHER__": ("/x/python",),
    "VIRTUAL_ENV": ("/somewhere/else",),
    "LC_ALL": ("C", "POSIX", "de_DE.UTF-8"),
    "LD_LIBRARY_PATH": ("/nonexistent",),
    "PATH": ("", "/nonexistent"),
    "HOME": ("/nonexistent",),
}

MODULES = (
    *(
        "site",
        "site --user-site",
        "site --user-base",
        "site --help",
        "sysconfig",
        "json.tool --help",
    ),
    *("nosuchmodule", "nosuch.module", "sys", "os.path", "email", "unittest --help", "venv --help"),
    *(
        "platform",
        "this",
        "ensurepip --version",
        "zipapp --help",
        "compileall --help",
        "tokenize -h",
    ),
    *("inspect os", "dis --help", "timeit -n1 -r1 -h", "trace --help", "pdb --help", "cProfile -h"),
    *("py_compile --help", "doctest --help", "pip --version", "http.server --help", "base64 -h"),
    *(
        "runpy",
        "idlelib.nosuch",
        "ast -h",
        "calendar 2020 1",
        "asyncio.nosuch",
        "__main__",
        "test.nosuch",
    ),
    *(
        "encodings.rot_13",
        "tabnanny -h",
        "symtable -h",
        "quopri -h",
        "pickle -h",
        "gzip -h",
        "zipfile -h",
    ),
)

# Programs that end in some way: status and standard error.
ENDS = {
    "exit-3": "import sys; sys.exit(3)",
    "exit-text": "import sys; sys.exit('a text')",
    "exit-none": "import sys; sys.exit(None)",
    "exit-big": "import sys; sys.exit(1000)",
    "exit-object": "import sys; sys.exit([1])",
    "os-exit": "import os; os._exit(9)",
    "raise": "def f():\n  raise ValueError('x')\nf()",
    "chained": "try:\n  1/0\nexcept Exception as e:\n  raise KeyError('y') from e",
    "group": "raise ExceptionGroup('g', [ValueError(1), OSError(2)])",
    "import-error": "import nosuchmodule",
    "from-error": "from os import nosuchname",
    "attribute": "import os; os.pth",
    "name": "prnt(1)",
    "syntax": "x = (1,\n",
    "indent": "if 1:\nx = 1",
    "null": "x = '\0'",
    "recursion": "def f(): f()\nf()",
    "abort": "import os; os.abort()",
    "kill": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "term": "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    "interrupt": "import os, signal; os.kill(os.getpid(), signal.SIGINT); import time; time.sleep(9)",
    "keyboard": "raise KeyboardInterrupt",
    "segv": "import faulthandler; faulthandler.enable(); faulthandler._sigsegv()",
    "dump": "import faulthandler; faulthandler.dump_traceback()",
    "atexit": "import atexit; atexit.register(lambda: print('bye')); atexit.register(lambda: 1/0)",
    "unraisable": "class A:\n  def __del__(self): 1/0\nA()",
    "thread": "import threading; t = threading.Thread(target=lambda: 1/0); t.start(); t.join()",
    "late-thread": "import threading, time\nthreading.Thread(target=lambda: (time.sleep(.2), print('late'))).start()",
    "closed": "import sys; sys.stdout.close()",
    "warning": "import warnings; warnings.warn('w', DeprecationWarning); warnings.warn('u')",
    "resource": "open('/dev/null')",
    "excepthook": "import sys; sys.excepthook = lambda *a: print('hook', a[0]); 1/0",
    "modules-at-end": "import sys, atexit; atexit.register(lambda: print(bool(sys.path_hooks)))",
    "del-at-end": "import sys\nclass A:\n  def __del__(self):\n    import json, colorsys; print('deleted', sys.meta_path is None)\na = A()",
    "audit": "import sys; sys.addaudithook(lambda e, a: e.startswith('cpython.') and print(e))",
    "memory": "import sys; print(sys.getrefcount(None) > 10)",
}


def commands() -> Iterator[tuple[str, Command]]:
    for option in OPTIONS:
        yield f"option {option}", state(*option.split(" "))
    for variable, values in VARIABLES.items():
        for value in values:
            yield f"variable {variable}={value}", state(env={variable: value})
            if value in ("1", "{work}/more", "{work}/base"):
                yield f"ignored {variable}={value}", state("-E", env={variable: value})
    for module in MODULES:
        yield f"module {module}", Command(("-m", *module.split()))
    for name, text in ENDS.items():
        yield f"end {name}", Command(("prog.py",), files={"prog.py": text})
    for name in ("raise", "syntax", "exit-3", "name", "import-error"):
        yield f"end -c {name}", Command(("-c", ENDS[name]))
        yield f"end stdin {name}", Command(("-",), stdin=ENDS[name])
    yield from forms()


def forms() -> Iterator[tuple[str, Command]]:
    """Ways to say what to run."""
    package = {
        "pack/__init__.py": "import sys; print('init', file=sys.stderr)",
        "pack/__main__.py": STATE,
        "pack/mod.py": STATE,
    }
    yield "form -c", Command(("-c", SHOW, "a", "-b"))
    yield "form -cGLUED", Command(("-c" + SHOW, "a"))
    yield "form -Ic", Command(("-Ic", SHOW, "-c"))
    yield "form -m", Command(("-m", "mod", "-m", "x"), files={"mod.py": STATE})
    yield "form -mGLUED", Command(("-mmod",), files={"mod.py": STATE})
    yield "form -m package", Command(("-m", "pack"), files=package)
    yield "form -m package.mod", Command(("-m", "pack.mod"), files=package)
    yield "form -m no main", Command(("-m", "bare"), files={"bare/__init__.py": ""})
    yield "form -m isolated", Command(("-Im", "mod"), files={"mod.py": STATE})
    yield "form file", state()
    yield "form absolute", Command(("{work}/sub/state.py", "x"), files={"sub/state.py": STATE})
    yield "form up", Command(("../state.py",), files={"state.py": STATE, "sub/x": ""}, cwd="sub")
    yield "form missing", Command(("nosuch.py",))
    yield "form directory", Command(("dir",), files={"dir/__main__.py": STATE})
    yield "form directory no main", Command(("dir",), files={"dir/x.py": ""})
    yield "form dot", Command((".",), files={"__main__.py": STATE})
    yield "form zip", Command(("app.zip", "x"), files={"app.zip": STATE})
    yield "form bad zip", Command(("app.pyz",), files={"app.pyz": "PK\x03\x04"})
    yield "form stdin", Command((), stdin=STATE)
    yield "form dash", Command(("-", "a", "b"), stdin=STATE)
    yield "form empty", Command((), stdin="")
    yield "form -x", Command(("-x", "odd.py"), files={"odd.py": "@not python\nprint('ran')"})
    yield "form -i", Command(("-i", "-c", "x = 5"), stdin="print(x)\n1/0\nexit(4)\n")
    yield "form -i file", Command(("-i", "a.py"), files={"a.py": "y = 6"}, stdin="print(y)\n")
    yield "form -i exits", Command(("-i", "-c", "import sys; sys.exit(3)"), stdin="print('in')\n")
    yield "form -i stdin", Command(("-i",), stdin="print(1)\nimport sys\nsys.ps1\n")
    yield "form -iq", Command(("-iq",), stdin="print(1)\n")
    yield "form inspect", Command(("-c", "z = 7"), stdin="print(z)\n", env={"PYTHONINSPECT": "1"})
    startup = {"start.py": "print('started', __name__)\nw = 8"}
    variable = {"PYTHONSTARTUP": "{work}/start.py"}
    yield "form startup", Command(("-i",), files=startup, env=variable, stdin="print(w)\n")
    yield "form startup -E", Command(("-Ei",), files=startup, env=variable, stdin="print(w)\n")
    yield "form startup missing", Command(("-i",), env=variable, stdin="print(1)\n")
    yield "form --", Command(("--", "state.py"), files={"state.py": STATE})
    yield "form unicode", Command(("äöü ß.py", "ärg"), files={"äöü ß.py": STATE})
    yield "form pyc", Command(("-c", PYC, "state.py"), files={"state.py": STATE})
    yield "form encoding", Command(("l.py",), files={"l.py": "# coding: latin-1\nprint('ok')"})
    yield "form bad encoding", Command(("l.py",), files={"l.py": "# coding: nosuch\nprint('ok')"})
    yield "form empty environment", state(bare=True)
    yield "form empty environment -c", Command(("-c", SHOW), bare=True)
    for name in ("python3", "./python", "../bin/python"):
        yield f"form executable {name}", state(executable=name)
    yield "form -S site", Command(("-S", "-m", "site"))
    yield "form -S site.main", Command(("-S", "-c", "import site; site.main(); " + SHOW))
    yield "form -S packages", Command(("-S", "-c", "import sys, packaging"))
    yield "form -I packages", Command(("-I", "-c", "import sys; " + SHOW))
    yield "form code", Command(("-m", "code"), stdin="print(1)\n1/0\n")
    yield "form pdb", Command(("-m", "pdb", "a.py"), files={"a.py": "x = 1\n"}, stdin="n\np x\nq\n")
    yield "form asyncio", Command(("-m", "asyncio"), stdin="print(1)\n")
    yield "form trace", Command(("-m", "trace", "-l", "a.py"), files={"a.py": "import colorsys\n"})
    yield "form runpy", Command(("-m", "runpy", "mod"), files={"mod.py": STATE})
    yield (
        "form compileall",
        Command(("-m", "compileall", "-q", "."), files={"a.py": "x", "b.py": "("}),
    )
    yield "form unittest", Command(("-m", "unittest", "test_a"), files={"test_a.py": UNIT})
    yield "form doctest", Command(("-m", "doctest", "d.py"), files={"d.py": "'''>>> 1\n2'''"})
    yield "form zipapp", Command(("-m", "zipapp", "dir"), files={"dir/__main__.py": ""})


PYC = """
import py_compile, subprocess, sys
py_compile.compile(sys.argv[1], cfile="made.pyc")
subprocess.run([sys.executable, "made.pyc"])
"""

UNIT = """
import unittest
class T(unittest.TestCase):
    def test_a(self): self.assertEqual(1, 2)
"""
