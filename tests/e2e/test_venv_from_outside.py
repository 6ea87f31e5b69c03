"""Tools that look at a directory of `venv` without running in it, each installed from its registry."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from support.interpreters import Python, one_a_minor
from support.launcher import Launcher
from support.locks import Entry, inline, write_lock
from support.real import UV, cache_folder, locked
from support.sources import write_project
from support.wheels import Wheel, simple

pytestmark = pytest.mark.network

TOOLS = ("mypy", "pyright", "ty", "pylint", "jedi")
TYPED = "def double(x: int) -> int:\n    return 2 * x\n"
CODE = """\
import typed
import stubbed
from space import part

typed.double("text")
stubbed.half("text")
part.third("text")
"""


def packages() -> list[Wheel]:
    typed = Wheel("typed", "1.0", {"typed/py.typed": "", "typed/__init__.py": TYPED})
    stubbed = simple("stubbed")
    stubs = Wheel(
        "types-stubbed", "1.0", {"stubbed-stubs/__init__.pyi": "def half(x: int) -> int: ...\n"}
    )
    part = Wheel(
        "space-part",
        "1.0",
        {
            "space/part/__init__.py": "def third(x: int) -> int:\n    return x // 3\n",
            "space/part/py.typed": "",
        },
    )
    return [typed, stubbed, stubs, part]


def run(*command: object, **options) -> subprocess.CompletedProcess:
    options = {"capture_output": True, "text": True, "timeout": 600} | options
    return subprocess.run([str(word) for word in command], **options)


@pytest.fixture(scope="session")
def tools() -> Path:
    """A real virtual environment with all of them."""
    folder = cache_folder() / "outside/tools"
    with locked(folder.parent):
        if not (folder / "complete").exists():
            for command in (
                [UV, "venv", "-q", "--clear", folder],
                [UV, "pip", "install", "-q", "--python", folder, *TOOLS],
            ):
                done = run(*command)
                assert done.returncode == 0, done.stderr
            (folder / "complete").touch()
    return folder / "bin"


@pytest.fixture
def directory(pel: Launcher, lock_of) -> Path:
    place = pel.work / ".venv"
    pel("venv", "-q", place, lock_of(*packages())).ok()
    (pel.work / "code.py").write_text(CODE)
    return place


def test_mypy(tools, directory):
    done = run(
        tools / "mypy",
        "--python-executable",
        directory / "bin/python",
        "code.py",
        cwd=directory.parent,
    )
    lines = [line for line in done.stdout.splitlines() if "error:" in line]
    assert [line.split(":")[1] for line in lines] == ["5", "6", "7"], done
    assert all("incompatible type" in line for line in lines), done


@pytest.mark.parametrize("by", ["path", "configuration"])
def test_pyright(tools, directory, by):
    options = ["--pythonpath", directory / "bin/python"]
    if by == "configuration":
        options = []
        settings = {"venvPath": ".", "venv": ".venv", "include": ["code.py"]}
        (directory.parent / "pyrightconfig.json").write_text(json.dumps(settings))
    words = [*options, "--outputjson"] + (["code.py"] if options else [])
    done = run(tools / "pyright", *words, cwd=directory.parent)
    found = json.loads(done.stdout)["generalDiagnostics"]
    assert [item["range"]["start"]["line"] for item in found] == [4, 5, 6], done
    assert {item["rule"] for item in found} == {"reportArgumentType"}, done


def test_ty(tools, directory):
    done = run(
        tools / "ty",
        "check",
        "--python",
        directory,
        "--output-format",
        "concise",
        "code.py",
        cwd=directory.parent,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("code.py:")]
    assert [line.split(":")[1] for line in lines] == ["5", "6", "7"], done
    assert all("invalid-argument-type" in line for line in lines), done


def passes_over_hidden_start_files(python: Python) -> bool:
    """As its own `site` says."""
    code = "import site; print('startswith(\".\")' in open(site.__file__).read())"
    return run(python.path, "-c", code).stdout == "True\n"


@pytest.mark.parametrize("python", one_a_minor(), ids=str)
def test_ty_inside(tools, new_user, python, tmp_path, house):
    """It reads directories only: the environment's, where a start file is hidden from Python."""
    user = new_user(python)
    edited = write_project(tmp_path / "edited", "edited")
    table = "directory = " + inline({"path": str(edited), "editable": True})
    lock = write_lock(
        tmp_path / "app.lock",
        [*(wheel.build(house) for wheel in packages()), Entry("edited", None, [], [table])],
    )
    (user.work / "code.py").write_text(CODE + "import edited\nedited.none\n")
    prefix = Path(user.code(lock, "import sys; print(sys.prefix)").strip())
    assert user.code(lock, "import os, sys; print(*[p for p in sys.path if 'roots' in p])") == "\n"
    done = user.run(lock, tools / "ty", "check", "--output-format", "concise", "code.py")
    lines = [line for line in done.stdout.splitlines() if line.startswith("code.py:")]
    hidden = list(prefix.glob("lib/python3*/site-packages/.*"))
    if passes_over_hidden_start_files(python):
        assert [line.split(":")[1] for line in lines] == ["5", "6", "7", "9"], str(done)
        assert not [line for line in lines if "unresolved-import" in line]
        assert [path.name for path in hidden] == [".pyenvlaunch.roots.pth"]
        trace = user.run(lock, "python", "-v", "-c", "pass")
        assert "roots.pth" not in trace.stderr
    else:
        assert hidden == []


def test_jedi(tools, directory):
    code = (
        "import jedi, sys\n"
        f"environment = jedi.create_environment({str(directory)!r}, safe=False)\n"
        "script = jedi.Script('import typed\\ntyped.dou', environment=environment)\n"
        "print([c.name for c in script.complete(2, 9)])\n"
    )
    done = run(tools / "python", "-c", code)
    assert done.stdout == "['double']\n", done


def test_discovery_of_editors(directory):
    """What editors ask of a directory: files, and one call of its interpreter in isolated mode."""
    for name in ("bin/python", "bin/activate", "pyvenv.cfg"):
        assert (directory / name).exists()
    config = dict(
        line.split(" = ", 1) for line in (directory / "pyvenv.cfg").read_text().splitlines()
    )
    assert {"home", "version", "include-system-site-packages"} <= set(config)
    probe = (
        "import json, sys; print(json.dumps([sys.prefix, sys.base_prefix != sys.prefix, "
        "sys.executable, list(sys.version_info[:3])]))"
    )
    done = run(directory / "bin/python", "-I", "-c", probe, env={})
    prefix, is_environment, executable, version = json.loads(done.stdout)
    assert (prefix, is_environment) == (str(directory), True)
    assert executable == str(directory / "bin/python")
    assert config["version"] == ".".join(str(part) for part in version)


EDITORS = {
    # The locator of Visual Studio Code, and what its Python extension asks for the details.
    "locator": "import json, sys; print(json.dumps({'version': '.'.join(str(n) for n in "
    "sys.version_info), 'sysPrefix': sys.prefix, 'executable': sys.executable, "
    "'is64Bit': sys.maxsize > 2**32}))",
    "extension": "import json, sys; print(json.dumps(dict(versionInfo=tuple(sys.version_info), "
    "sysPrefix=sys.prefix, sysVersion=sys.version, is64Bit=sys.maxsize > 2**32)))",
    # PyCharm: what it indexes, and the packages that it lists.
    "roots": "import json, sys; print(json.dumps([p for p in sys.path if p]))",
    "packages": "import json, importlib.metadata as m; print(json.dumps(sorted("
    "[d.metadata['Name'], d.version, str(d.locate_file(''))] for d in m.distributions())))",
}


def test_what_editors_run(directory):
    def ask(name: str) -> object:
        done = run(directory / "bin/python", "-c", EDITORS[name], env={}, cwd="/")
        assert done.returncode == 0, done
        return json.loads(done.stdout)

    assert ask("locator")["sysPrefix"] == str(directory)
    assert ask("locator")["executable"] == str(directory / "bin/python")
    assert ask("extension")["sysPrefix"] == str(directory)
    roots = ask("roots")
    assert [name for name, _, _ in ask("packages")] == [
        "space-part",
        "stubbed",
        "typed",
        "types-stubbed",
    ]
    for _, _, place in ask("packages"):
        assert place.rstrip("/") in roots
    for file in ("typed/py.typed", "stubbed-stubs/__init__.pyi", "space/part/__init__.py"):
        assert any(Path(root, file).is_file() for root in roots), file


@pytest.fixture(scope="session")
def managers() -> Path:
    """Programs that take an environment which is there."""
    folder = cache_folder() / "outside/managers"
    with locked(folder.parent):
        if not (folder / "complete").exists():
            for command in (
                [UV, "venv", "-q", "--clear", folder],
                [UV, "pip", "install", "-q", "--python", folder, "poetry", "virtualenvwrapper"],
            ):
                done = run(*command)
                assert done.returncode == 0, done.stderr
            (folder / "complete").touch()
    return folder / "bin"


def test_virtualenvwrapper(managers, directory, pel):
    script = f"""
source {managers}/virtualenvwrapper.sh > /dev/null
lsvirtualenv -b
workon env || exit
echo "$VIRTUAL_ENV $(command -v python) $PS1"
python -c 'import typed; print(typed.double(4))'
cdsitepackages && pwd
add2virtualenv {directory.parent}/mine
python -c 'import mine; print(mine.A)'
deactivate
echo "${{VIRTUAL_ENV-none}} $(command -v python)"
"""
    (directory.parent / "mine").mkdir()
    (directory.parent / "mine/mine.py").write_text("A = 'added'\n")
    home = directory.parent / "environments"
    home.mkdir()
    place = directory.rename(home / "env")
    pel("venv", "-q", place, pel.root.parent / "locks/app.lock").ok()
    env = {
        "WORKON_HOME": str(home),
        "VIRTUALENVWRAPPER_PYTHON": str(managers / "python"),
        "PATH": f"{managers}:/usr/bin:/bin",
        "HOME": str(pel.home),
    }
    done = run("bash", "-c", script, env=env, cwd=pel.work)
    lines = [line for line in done.stdout.splitlines() if line]
    site_packages = next(place.glob("lib/python3*/site-packages"))
    assert lines == [
        "env",
        f"{place} {place}/bin/python (env) ",
        "8",
        str(site_packages),
        "added",
        f"none {managers}/python",
    ], done


def test_poetry(managers, directory, pel):
    """It takes the directory for the project's environment, adds to it, and removes nothing of it."""
    (directory.parent / "pyproject.toml").write_text(
        '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = []\n'
        "[tool.poetry]\npackage-mode = false\n"
    )
    env = {"HOME": str(pel.home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}

    def poetry(*words: str) -> str:
        done = run(managers / "poetry", "-n", *words, cwd=directory.parent, env=env)
        assert done.returncode == 0, done
        return done.stdout

    assert poetry("env", "info", "--path").strip() == str(directory)
    code = "import typed; print(typed.double(4))"
    assert poetry("run", "python", "-c", code) == "8\n"
    poetry("lock")
    poetry("sync")
    assert poetry("run", "python", "-c", code) == "8\n"
    pel("store", "verify").ok()


def uv(directory: Path, *words: object, **options) -> subprocess.CompletedProcess:
    env = {name: value for name, value in os.environ.items() if not name.startswith("UV_")}
    return run(UV, *words, "--python", directory, env=env, **options)


def test_uv_sees_the_stored_packages(directory):
    listed = json.loads(uv(directory, "pip", "list", "--format", "json").stdout)
    names = {"typed", "stubbed", "types-stubbed", "space-part"}
    assert {item["name"] for item in listed} == names
    frozen = uv(directory, "pip", "freeze").stdout.split()
    assert frozen == sorted(f"{name}==1.0" for name in names)
    assert "Name: typed\n" in uv(directory, "pip", "show", "typed").stdout
    assert uv(directory, "pip", "check").returncode == 0
    assert "typed v1.0" in uv(directory, "pip", "tree").stdout


def test_uv_does_not_uninstall_them(directory):
    done = uv(directory, "pip", "uninstall", "typed")
    assert done.returncode != 0
    assert "RECORD" in done.stderr
    code = "import typed, importlib.metadata as m; print(typed.double(2), m.version('typed'))"
    assert run(directory / "bin/python", "-c", code, env={}).stdout == "4 1.0\n"


def test_uv_installs_over_them(pel, directory, build, house):
    wheel = build(simple("stubbed", "2.0"))
    done = uv(directory, "pip", "install", "--no-index", "--find-links", house, "-U", "stubbed")
    assert done.returncode == 0, done.stderr
    ask = (
        "import importlib.metadata as m, stubbed; "
        "print(stubbed.VERSION, [d.version for d in m.distributions(name='stubbed')])"
    )
    assert run(directory / "bin/python", "-c", ask, env={}).stdout == "2.0 ['2.0']\n"
    assert not list(pel.wheels.glob(f"{wheel.path.stem}*"))
    pel("venv", "-q", directory, pel.root.parent / "locks/app.lock").ok()
    listed = json.loads(uv(directory, "pip", "list", "--format", "json").stdout)
    assert [item["version"] for item in listed if item["name"] == "stubbed"] == ["2.0"]


def test_metadata_is_the_stores_inside(directory):
    """The stand-ins for other tools are not what Python's own questions are answered with."""
    ask = (
        "import importlib.metadata as m; d = list(m.distributions()); "
        "print(sorted(x.metadata['Name'] for x in d)); "
        "f = next(f for f in m.files('stubbed') if f.name == '__init__.py'); "
        "print(f.locate().exists())"
    )
    done = run(directory / "bin/python", "-c", ask, env={})
    assert done.stdout == "['space-part', 'stubbed', 'typed', 'types-stubbed']\nTrue\n", done
