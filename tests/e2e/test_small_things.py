"""Small things that differed from a virtual environment once."""

import subprocess
from pathlib import Path

import pytest
from support.wheels import Wheel, simple


@pytest.fixture
def venv(tmp_path, each_python) -> Path:
    """bin/python of an empty virtual environment."""
    folder = tmp_path / "venv"
    subprocess.run([each_python.path, "-m", "venv", "--without-pip", folder], check=True)
    return folder / "bin/python"


@pytest.fixture
def own(new_user, lock_of, each_python) -> Path:
    code = "import sys; print(sys.executable)"
    return Path(new_user(each_python).code(lock_of(simple("alpha")), code).strip())


def outcome(python: Path, *arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [python, *arguments], env={"HOME": "/nonexistent"}, capture_output=True, text=True, cwd="/"
    )
    prefix = str(python.parents[1])
    lines = done.stdout.replace(prefix, "<prefix>").splitlines(keepends=True)
    # The roots of wheels on sys.path are the one listed difference.
    kept = [line for line in lines if "/store/v1/" not in line]
    return done.returncode, "".join(kept), done.stderr.replace(prefix, "<prefix>")


SITE = [
    ("-m", "site"),
    ("-S", "-m", "site"),
    ("-S", "-c", "import site; site.main(); import sys; print(*sys.path, sep='\\n')"),
    ("-S", "-c", "import sys; print(*sys.path, sep='\\n'); print('site' in sys.modules)"),
    ("-c", "import importlib, site, sys; importlib.reload(site); print(*sys.path, sep='\\n')"),
    (
        "-c",
        "import site; print(site.__spec__.origin, type(site.__loader__).__name__, site.PREFIXES)",
    ),
    ("-c", "import sys; print('site' in sys.builtin_module_names, sys.flags)"),
    ("-I", "-c", "import sys; print(*sys.path, sep='\\n')"),
    ("-s", "-E", "-c", "import sys, site; print(site.ENABLE_USER_SITE, site.USER_SITE)"),
]


@pytest.mark.parametrize("arguments", SITE, ids=" ".join)
def test_site(own, venv, arguments):
    assert outcome(own, *arguments) == outcome(venv, *arguments)


FAILURES = [
    "import no_such_module",
    "import json.no_such_module",
    "from json import no_such_name",
    "import no_such_package.module",
    "import importlib; importlib.import_module('no.such')",
    "import importlib.util as u; print(u.find_spec('no_such')); u.find_spec('no_such.module')",
    "import runpy; runpy.run_module('no_such')",
    "import importlib.metadata as m; m.version('no-such')",
    "import importlib; importlib.import_module('')",
    "__import__('a\\0b')",
]


@pytest.mark.parametrize("code", FAILURES)
def test_failed_import(own, venv, code):
    assert outcome(own, "-W", "ignore", "-c", code) == outcome(venv, "-W", "ignore", "-c", code)


def test_environment_made_inside(own, each_python, tmp_path):
    """By `-m venv`, which sees the interpreter behind this environment and links to that one."""
    inner = tmp_path / "inner"
    subprocess.run([own, "-m", "venv", "--without-pip", inner], env={}, check=True)
    code = (
        "import sys, importlib.util as u; "
        "print(sys.prefix, sys.base_prefix, u.find_spec('alpha'), sys.version_info[:3])"
    )
    done = subprocess.run(
        [inner / "bin/python", "-c", code], env={}, capture_output=True, text=True
    )
    base = Path(each_python.path).parents[1]
    assert done.stderr == ""
    assert done.stdout == f"{inner} {base} None {each_python.version}\n"
    third = tmp_path / "third"
    subprocess.run([inner / "bin/python", "-m", "venv", "--without-pip", third], env={}, check=True)
    done = subprocess.run(
        [third / "bin/python", "-c", code], env={}, capture_output=True, text=True
    )
    assert done.stdout == f"{third} {base} None {each_python.version}\n"


def test_module_beside_a_directory_of_its_name(new_user, lock_of, each_python):
    """Stubs in a directory named like the extension: the module is imported, not the directory."""
    code = "import sysconfig; print(sysconfig.get_path('platstdlib'), sysconfig.get_config_var('EXT_SUFFIX'))"
    found = subprocess.run(
        [each_python.path, "-c", code], capture_output=True, text=True, check=True
    )
    folder, suffix = found.stdout.split()
    extension = next(Path(folder, "lib-dynload").glob(f"_bisect{suffix}"), None)
    files: dict[str, str | bytes] = {
        "stubbed/__init__.py": "",
        "stubbed/source.py": "KIND = 'module'\n",
        "stubbed/source/__init__.pyi": "KIND: str\n",
        "stubbed/source/inner.pyi": "",
        "alone.py": "KIND = 'top'\n",
        "alone/inner.pyi": "",
    }
    if extension is not None:
        files |= {
            f"stubbed/_bisect{suffix}": extension.read_bytes(),
            "stubbed/_bisect/__init__.pyi": "",
        }
    lock = lock_of(Wheel("stubbed", files=files, purelib=False))
    code = "import stubbed.source, alone; print(stubbed.source.KIND, alone.KIND)"
    user = new_user(each_python)
    assert user.code(lock, code) == "module top\n"
    if extension is not None:
        code = "import stubbed._bisect as b; print(b.bisect_left([1, 3], 2), b.__file__.endswith('.so'))"
        assert user.code(lock, code) == "1 True\n"


def test_start_files_that_walk_the_path(new_user, lock_of, each_python):
    """A start file whose module adds what it finds in the entries of sys.path, as they are then."""
    walk = (
        "import os, sys\n"
        "for entry in list(sys.path):\n"
        "    more = os.path.join(entry, 'shared.more')\n"
        "    if os.path.isdir(more) and more not in sys.path:\n"
        "        sys.path.append(more)\n"
    )
    user = new_user(each_python)
    lock = lock_of(
        Wheel("walker", files={"walker.py": walk, "walker.pth": "import walker\n"}),
        Wheel("one", files={"shared.more/first.py": "X = 1\n"}),
        Wheel("two", files={"shared.more/second.py": "X = 2\n"}),
        Wheel("line", files={"line.pth": "import sys; sys.at_line = list(sys.path)\n"}),
    )
    code = (
        "import sys, first, second; print(first.X, second.X, sys.path[-1].endswith('shared.more'), "
        "len([p for p in sys.at_line if '/store/' in p]) >= 4)"
    )
    for mode in ("embedded", "hosted"):
        user.env["PYENVLAUNCH_MODE"] = mode
        assert user.code(lock, code) == "1 2 True True\n"


def test_each_root_is_on_the_path_once(new_user, lock_of, each_python):
    """Some versions import a module to read a start file, and before that the roots are elsewhere."""
    user = new_user(each_python)
    here = "import sys; sys.sitedir = sys._getframe(1).f_locals['sitedir']\n"
    lock = lock_of(
        Wheel("asks", files={"asks.pth": here, "asks.py": ""}),
        Wheel("line", files={"line.pth": "import json\n", "line.py": ""}),
        Wheel("plain", files={"plain.py": ""}),
    )
    code = (
        "import site, sys; before = list(sys.path); site.addsitedir(site.getsitepackages()[0]); "
        "print(len(before) - len(set(before)), sys.path == before, "
        "len([p for p in before if '/store/' in p]))"
    )
    for mode in ("embedded", "hosted"):
        user.env["PYENVLAUNCH_MODE"] = mode
        assert user.code(lock, code) == "0 True 3\n"


THREADS = """
import importlib, importlib.metadata, os, pkgutil, sys, sysconfig, threading

free = sysconfig.get_config_var("Py_GIL_DISABLED") == 1
barrier, wrong = threading.Barrier(4), []
site = next(entry for entry in sys.path if entry.endswith("site-packages"))
names = [f"wheel{w}.mod{m}" for w in range(10) for m in range(10)]

def work(number):
    barrier.wait()
    for step in range(len(names)):
        name = names[(step * 7 + number * 25) % len(names)]
        if importlib.import_module(name).NAME != name.replace(".mod", " "):
            wrong.append(name)
        if step % 20 == 0:
            # A real file comes and goes: the finder looks at the directory again.
            mine = os.path.join(site, f"real{number}_{step}")
            open(mine + ".py", "w").close()
            importlib.invalidate_caches()
            importlib.import_module(os.path.basename(mine))
            os.unlink(mine + ".py")
            importlib.metadata.version(f"wheel{number}")
            len(list(pkgutil.iter_modules()))
            try:
                importlib.import_module(f"nosuch{number}_{step}")
            except ModuleNotFoundError:
                continue
            wrong.append(step)

threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(wrong, len({name for name in names if name in sys.modules}))
print(free == (not getattr(sys, "_is_gil_enabled", lambda: True)()))
"""


@pytest.mark.parametrize("mode", ["embedded", "hosted"])
def test_threads_that_import_at_once(new_user, lock_of, each_python, tmp_path, mode):
    """Also without a GIL, which our modules leave as it is."""
    wheels = [
        simple(f"wheel{w}", **{f"mod{m}.py": f"NAME = 'wheel{w} {m}'\n" for m in range(10)})
        for w in range(10)
    ]
    user = new_user(each_python)
    user.env["PYENVLAUNCH_MODE"] = mode
    script = tmp_path / "program.py"
    script.write_text(THREADS)
    done = user.run(lock_of(*wheels), script)
    assert (done.ok(), done.stderr) == ("[] 100\nTrue\n", "")
