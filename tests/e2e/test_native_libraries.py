"""Native libraries and programs of several wheels: what loads in a virtual environment loads here.

Each class of wheels is built of small C files, and asked the same in a real venv and in an
environment of ours.
"""

from __future__ import annotations

import json
import os
import subprocess
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.launcher import Launcher
from support.locks import write_lock
from support.real import make_venv
from support.wheels import Wheel, simple

PROVIDER = "static int calls; int answer(void) { return 42 + calls++; }\n"
USER = "int answer(void);\nint ask(void) { return answer(); }\n"
MIDDLE = "int answer(void);\nint middle(void) { return answer(); }\n"
USER_OF_MIDDLE = "int middle(void);\nint ask(void) { return middle(); }\n"
OPENER = """
#include <dlfcn.h>
int ask(void) {
  void* library = dlopen("libprovider.so.1", RTLD_NOW);
  if (!library) return -1;
  return ((int (*)(void))dlsym(library, "answer"))();
}
"""
PROGRAM = '#include <stdio.h>\nint answer(void);\nint main(void) { printf("%d\\n", answer()); }\n'

# What the programs below begin with.
HEAD = """
import ctypes, glob, importlib.metadata, json, os, site, subprocess, sys, sysconfig

def load(package, name="libuser.so"):
    return ctypes.CDLL(os.path.join(os.path.dirname(importlib.import_module(package).__file__), name))

def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return [done.returncode, done.stdout, done.stderr[-200:] if done.returncode == 0 else "failed"]

def script(name):
    return os.path.join(sysconfig.get_path("scripts"), name)
"""


READER = """
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int main(void) {
  char path[2 * PATH_MAX] = {0};
  char line[64] = {0};
  glob_t found;
  if (readlink("/proc/self/exe", path, PATH_MAX) < 0) return 2;
  *strrchr(path, '/') = 0;
  strcat(path, "/../lib/python3.*/site-packages/checker/stubs/abc.pyi");
  if (glob(path, 0, NULL, &found) != 0) return 3;
  FILE* const file = fopen(found.gl_pathv[0], "r");
  if (file == NULL || fgets(line, sizeof line, file) == NULL) return 4;
  fputs(line, stdout);
  return 0;
}
"""


@dataclass
class Compiler:
    """Builds shared libraries and programs in one folder."""

    folder: Path

    def _compile(self, name: str, source: str, *options: str) -> bytes:
        self.folder.mkdir(exist_ok=True)
        (self.folder / "source.c").write_text(source)
        command = ["cc", "-fPIC", "-Wl,--allow-shlib-undefined", "-o", name, "source.c", *options]
        subprocess.run(command, cwd=self.folder, check=True)
        return (self.folder / name).read_bytes()

    def library(self, name: str, source: str, *options: str) -> bytes:
        return self._compile(name, source, "-shared", f"-Wl,-soname,{name}", *options)

    def extension(self, name: str, source: str, *options: str) -> bytes:
        """As those of Python modules: without a SONAME."""
        return self._compile(name, source, "-shared", *options)

    def program(self, name: str, *options: str) -> bytes:
        return self._compile(name, PROGRAM, *options)

    def reader(self) -> bytes:
        """A program that looks for a file of its package from where it lies itself."""
        return self._compile("reader", READER)

    def provider(self) -> bytes:
        return self.library("libprovider.so.1", PROVIDER)


def search(path: str, tag: str = "rpath") -> tuple[str, str]:
    new = "enable" if tag == "runpath" else "disable"
    return f"-Wl,--{new}-new-dtags", f"-Wl,-rpath,{path}"


@dataclass
class Case:
    wheels: list[Wheel]
    code: str
    expected: object
    composites: int = 0


def native(name: str, files: dict[str, str | bytes], executable: set[str] | None = None) -> Wheel:
    return Wheel(name, files=files, purelib=False, executable=executable or set())


CASES: dict[str, Callable[[Compiler], Case]] = {}


def case(function: Callable[[Compiler], Case]) -> Callable[[Compiler], Case]:
    CASES[function.__name__.replace("_", " ")] = function
    return function


@case
def opened_by_name_along_a_runpath(cc: Compiler) -> Case:
    path = search("$ORIGIN/../../nv/blas/lib:$ORIGIN", "runpath")
    opener = cc.library("libuser.so", OPENER, *path)
    return Case(
        [
            native("user", {"user/__init__.py": "", "user/lib/libuser.so": opener}),
            native("nv-blas", {"nv/blas/lib/libprovider.so.1": cc.provider()}),
            native("nv-fft", {"nv/fft/__init__.py": "", "nv/fft/lib/libfft.so": cc.provider()}),
        ],
        "answer = load('user', 'lib/libuser.so').ask()",
        42,
        composites=1,
    )


@case
def opened_by_name_along_an_rpath(cc: Compiler) -> Case:
    opener = cc.extension("libuser.so", OPENER, *search("$ORIGIN/../provider.libs"))
    return Case(
        [
            native("provider", {"provider.libs/libprovider.so.1": cc.provider()}),
            native("user", {"user/__init__.py": "", "user/libuser.so": opener}),
        ],
        "answer = load('user').ask()",
        42,
        composites=1,
    )


def chain(cc: Compiler, tag: str) -> list[Wheel]:
    """libuser.so finds libmiddle.so, and that finds libprovider.so.1 by libuser's search path."""
    provider = cc.provider()
    middle = cc.library("libmiddle.so", MIDDLE, "libprovider.so.1")
    path = search("$ORIGIN:$ORIGIN/../provider/lib", tag)
    user = cc.extension("libuser.so", USER_OF_MIDDLE, "libmiddle.so", *path)
    return [
        native(
            "user", {"user/__init__.py": "", "user/libuser.so": user, "user/libmiddle.so": middle}
        ),
        native("provider", {"provider/__init__.py": "", "provider/lib/libprovider.so.1": provider}),
    ]


@case
def needed_by_a_library_that_inherits_an_rpath(cc: Compiler) -> Case:
    return Case(chain(cc, "rpath"), "answer = load('user').ask()", 42, composites=1)


@case
def needed_by_a_library_that_does_not_inherit_a_runpath(cc: Compiler) -> Case:
    code = """
    try:
        answer = load("user").ask()
    except OSError as error:
        answer = str(error)
    """
    missing = "libprovider.so.1: cannot open shared object file: No such file or directory"
    return Case(chain(cc, "runpath"), code, missing, composites=1)


@case
def loaded_by_another_package_before(cc: Compiler) -> Case:
    provider = cc.provider()
    user = cc.extension("libuser.so", USER, "libprovider.so.1")
    preload = "import ctypes, os\nctypes.CDLL(os.path.dirname(__file__) + '/libprovider.so.1')\n"
    return Case(
        [
            native("user", {"user/__init__.py": "import provider", "user/libuser.so": user}),
            native(
                "provider", {"provider/__init__.py": preload, "provider/libprovider.so.1": provider}
            ),
        ],
        "answer = load('user').ask()",
        42,
    )


@case
def loaded_from_every_entry_of_sys_path(cc: Compiler) -> Case:
    provider = cc.provider()
    user = cc.extension("libuser.so", USER, "libprovider.so.1")
    code = """
    found = [found for entry in sys.path
             for found in glob.glob(os.path.join(entry, "nv", "*", "lib", "libprovider.so.*[0-9]"))]
    loaded = [ctypes.CDLL(path).answer() for path in found]
    answer = [len({os.stat(path).st_ino for path in found}), load("user").ask() - len(loaded)]
    """
    return Case(
        [
            native("user", {"user/__init__.py": "", "user/libuser.so": user}),
            native("nv-blas", {"nv/blas/lib/libprovider.so.1": provider}),
        ],
        code,
        [1, 42],
    )


@case
def found_below_site_packages_of_the_environment(cc: Compiler) -> Case:
    """What finders of such libraries do: join a directory of site.getsitepackages() and a path."""
    code = """
    folders = [os.path.join(entry, "nv/blas") for entry in site.getsitepackages()]
    (folder,) = filter(os.path.isdir, folders)
    import nv.blas, nv.fft
    answer = [ctypes.CDLL(folder + "/lib/libprovider.so.1").answer(),
              ctypes.CDLL(os.path.dirname(nv.blas.__file__) + "/lib/libprovider.so.1").answer(),
              open(folder + "/data/table.bc").read(), run(folder + "/bin/tool")]
    """
    provider = cc.provider()
    tool = cc.program("tool", "libprovider.so.1", *search("$ORIGIN/../lib"))
    return Case(
        [
            native(
                "nv-blas",
                {
                    "nv/blas/__init__.py": "",
                    "nv/blas/lib/libprovider.so.1": provider,
                    "nv/blas/data/table.bc": "data",
                    "nv/blas/bin/tool": tool,
                },
                {"nv/blas/bin/tool"},
            ),
            native("nv-fft", {"nv/fft/__init__.py": "", "nv/fft/lib/libfft.so": provider}),
        ],
        code,
        [42, 43, "data", [0, "42\n", ""]],
    )


@case
def a_program_that_finds_its_package_from_its_own_place(cc: Compiler) -> Case:
    """Type checkers that bring their stubs. The package itself comes from the store as ever."""
    code = """
    import checker
    names = os.listdir(os.path.dirname(checker.__file__))
    answer = [run(sys.prefix + "/bin/check"), checker.VALUE,
              sorted(name for name in names if name.startswith("__init__"))]
    """
    return Case(
        [
            native(
                "checker",
                {
                    "checker/__init__.py": "VALUE = 7\n",
                    "checker/__init__.pyi": "VALUE: int\n",
                    "checker/stubs/abc.pyi": "class ABC: ...",
                    "checker-1.0.data/scripts/check": cc.reader(),
                },
            )
        ],
        code,
        [[0, "class ABC: ...", ""], 7, ["__init__.py", "__init__.pyi"]],
    )


@case
def a_prefix_beside_the_package_that_serves_it(cc: Compiler) -> Case:
    """Wheels of programs and libraries share a directory, which a package of another one executes."""
    provider = cc.provider()
    program = cc.program("tool", "libprovider.so.1", *search("$ORIGIN/../lib"))
    serve = (
        "import os, sys\n"
        "def run():\n"
        "    above = os.path.dirname(os.path.dirname(__file__))\n"
        "    tool = os.path.join(above, 'served.prefix/bin', os.path.basename(sys.argv[0]))\n"
        "    os.execv(tool, [tool])\n"
    )
    return Case(
        [
            Wheel("served", files={"served/__init__.py": serve}),
            native(
                "served-tool",
                {
                    "served_tool-1.0.data/scripts/tool": "#!python\nimport served; served.run()\n",
                    "served.prefix/bin/tool": program,
                },
                {"served.prefix/bin/tool"},
            ),
            native("served-lib", {"served.prefix/lib/libprovider.so.1": provider}),
        ],
        "answer = run(script('tool'))",
        [0, "42\n", ""],
        composites=1,
    )


MANY = 100


def headers(directory: str) -> dict[str, str | bytes]:
    return {f"{directory}/{number}.h": str(number) for number in range(MANY)}


@case
def packages_that_are_prefixes_of_build_tools(cc: Compiler) -> Case:
    """What a build is given as prefix, or as a directory of libraries, is joined with purelib."""
    code = """
    import built, typed
    folder = os.path.join(sysconfig.get_path("purelib"), "built")
    def read(name): return open(os.path.join(folder, name)).read()
    answer = [ctypes.CDLL(folder + "/lib/libprovider.so.1").answer(), read("include/built.h"),
              read("lib/cmake/built/builtConfig.cmake"), built.VALUE, len(built.__path__),
              open(os.path.join(site.getsitepackages()[0], "typed/share/cmake/typed/typed-config.cmake")).read(),
              sorted(module.name for module in __import__("pkgutil").iter_modules()
                     if module.name in ("built", "typed")), typed.VALUE,
              [len(os.listdir(folder + "/include/" + name)) for name in ("many", "shared")]]
    """
    return Case(
        [
            native(
                "built",
                {
                    "built/__init__.py": "VALUE = 1\n",
                    "built/lib/libprovider.so.1": cc.provider(),
                    "built/include/built.h": "header",
                    **headers("built/include/many"),
                    **headers("built/include/shared"),
                    "built/lib/cmake/built/builtConfig.cmake": "configuration",
                },
            ),
            Wheel(
                "typed",
                files={
                    "typed/__init__.py": "VALUE = 2\n",
                    "typed/share/cmake/typed/typed-config.cmake": "more",
                    "built/cmake/more-config.cmake": "more",
                    "built/include/shared/of-typed.h": "more",
                },
            ),
        ],
        code,
        [42, "header", "configuration", 1, 1, "more", ["built", "typed"], 2, [MANY, MANY + 1]],
        composites=1,
    )


@case
def opened_by_name_beside_oneself_in_the_prefix(cc: Compiler) -> Case:
    """As libraries of mathematics open threading libraries of another wheel."""
    opener = cc.library("libopener.so", OPENER, *search("$ORIGIN:$ORIGIN/../other/lib", "runpath"))
    user = cc.extension(
        "libuser.so",
        "int ask(void);\nint through(void) { return ask(); }\n",
        "libopener.so",
        *search("$ORIGIN/../../.."),
    )
    code = """
    answer = [load("user").through(), ctypes.CDLL(sys.prefix + "/lib/libprovider.so.1").answer(),
              ctypes.CDLL(os.path.join(sys.exec_prefix, "lib", "libopener.so")).ask()]
    answer += [str(file) for file in importlib.metadata.files("threads") if ".so" in file.name]
    """
    return Case(
        [
            native("threads", {"threads-1.0.data/data/lib/libprovider.so.1": cc.provider()}),
            native("user", {"user/__init__.py": "", "user/libuser.so": user}),
            native("math", {"math-1.0.data/data/lib/libopener.so": opener}),
            simple("bystander"),
        ],
        code,
        [42, 43, 44, "../../libprovider.so.1"],  # one library, however it is found
        composites=1,
    )


@case
def programs_that_use_the_lib_of_their_prefix(cc: Compiler) -> Case:
    provider = cc.provider()
    program = cc.program("tool", "libprovider.so.1", *search("$ORIGIN/../lib"))
    code = """
    os.symlink(script("tool"), "link-to-tool")
    answer = [run(script("tool")), run("./link-to-tool"), run(script("other"))]
    """
    return Case(
        [
            native(
                "tool",
                {
                    "tool-1.0.data/scripts/tool": program,
                    "tool-1.0.data/data/lib/libprovider.so.1": provider,
                },
                {"tool-1.0.data/scripts/tool"},
            ),
            native("other", {"other-1.0.data/scripts/other": program}),
        ],
        code,
        [[0, "42\n", ""]] * 3,
        composites=1,
    )


@case
def programs_behind_a_script(cc: Compiler) -> Case:
    """As tools that repair wheels move them below platlib, and leave a script that executes them."""
    provider = cc.provider()
    program = cc.program("tool", "libprovider.so.1", *search("$ORIGIN/../tool.libs"))
    shim = (
        "#!python\nimport os, sys, sysconfig\n"
        "os.execv(os.path.join(sysconfig.get_path('platlib'), 'tool.scripts/tool'), sys.argv)\n"
    )
    return Case(
        [
            native(
                "tool",
                {
                    "tool-1.0.data/scripts/tool": shim,
                    "tool.scripts/tool": program,
                    "tool.libs/libprovider.so.1": provider,
                },
                {"tool.scripts/tool"},
            ),
            native("numbers", {"numbers/__init__.py": "", "numbers.libs/libx.so": provider}),
        ],
        "answer = run(script('tool'))",
        [0, "42\n", ""],
    )


@pytest.mark.parametrize("mode", ["embedded", "hosted", "directory"])
@pytest.mark.parametrize("name", CASES)
def test_as_in_a_virtual_environment(
    pel: Launcher, tmp_path: Path, house: Path, python, name: str, mode: str
):
    found = CASES[name](Compiler(tmp_path / "c"))
    lock = write_lock(tmp_path / "app.lock", [wheel.build(house) for wheel in found.wheels])
    ours = interpreter(pel, lock, mode, tmp_path)
    answers = [
        ask(program, found.code, tmp_path / folder)
        for folder, program in (
            ("there", make_venv(tmp_path / "venv", lock, python)),
            ("here", ours),
        )
    ]
    assert answers == [found.expected, found.expected]
    assert len(list((pel.store / "composites").glob("*"))) == found.composites
    pel("sync", lock).ok()
    pel.assert_store_is_valid()


def test_many_headers_are_one_link(pel: Launcher, tmp_path: Path, house: Path):
    """But not in a directory of the user's, where pip may install over them."""
    files = headers("built/include/deep") | {"built/cmake/built-config.cmake": ""}
    wheel = Wheel("built", files={"built/__init__.py": "", **files})
    lock = write_lock(tmp_path / "app.lock", [wheel.build(house)])
    include = Path(pel.code(lock, PURELIB).strip()) / "built/include"
    assert include.is_symlink()
    assert include.resolve().is_relative_to(pel.store / "wheels")
    assert (include / "deep/7.h").read_text() == "7"
    assert not (include.parent / "cmake").is_symlink()
    pel("env", "remove", lock).ok()
    assert not include.is_symlink()
    pel.assert_store_is_valid()
    pel("venv", tmp_path / "thin", lock).ok()
    (thin,) = (tmp_path / "thin/lib").glob("python3.*/site-packages/built/include")
    assert not thin.is_symlink()
    assert len(list((thin / "deep").iterdir())) == MANY
    assert not any(path.is_symlink() and path.is_dir() for path in thin.rglob("*"))


PURELIB = "import sysconfig; print(sysconfig.get_path('purelib'))"


def interpreter(pel: Launcher, lock: Path, mode: str, tmp_path: Path) -> Path:
    """bin/python of an environment of ours."""
    if mode == "directory":
        pel("venv", tmp_path / "thin", lock).ok()
        return tmp_path / "thin/bin/python"
    pel.env["PYENVLAUNCH_MODE"] = mode
    return Path(pel.code(lock, "import sys; print(sys.executable)").strip())


def ask(program: Path, code: str, work: Path) -> object:
    work.mkdir()
    text = HEAD + textwrap.dedent(code) + "\nprint(json.dumps(answer))\n"
    env = {"PATH": os.environ["PATH"], "HOME": str(work)}
    done = subprocess.run(
        [program, "-c", text], cwd=work, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
