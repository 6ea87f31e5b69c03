"""The modules that each start imports first, and what `site` looks for last: found without
importlib's Python code, and as a virtual environment finds them."""

import json
import subprocess
import textwrap
from pathlib import Path

import pytest
from support.wheels import Wheel, simple
from test_start_and_imports import calls_of, executable

FIRST = """
import sys
names = [name for name in sys.modules if name.split(".")[0] in ("encodings", "codecs", "io", "abc")]
def told(module):
    spec = module.__spec__
    return [type(spec.loader).__name__, str(spec.loader).split(" at ")[0], spec.origin, spec.cached,
            spec.has_location, spec.submodule_search_locations, getattr(module, "__file__", None),
            getattr(module, "__cached__", None), module.__loader__ is spec.loader]
library = [path for path in sys.path if path.startswith(sys.base_prefix)]
cache = sys.path_importer_cache
hooks = [str(hook).split(" at ")[0] for hook in sys.path_hooks]
answer = [
    {name: told(sys.modules[name]) for name in names},
    [[path, repr(cache.get(path))] for path in library],
    sorted(path for path in cache if path.startswith(sys.base_prefix)),
    [hook for hook in hooks if "stored_wheels" not in hook],
    [sys.getfilesystemencoding(), sys.getfilesystemencodeerrors(), sys.stdout.encoding],
]
"""

LAST = """
import importlib.util, sys
answer = [str(importlib.util.find_spec("sitecustomize")).split(" object at ")[0]]
try:
    import sitecustomize
except ImportError as error:
    answer += [type(error).__name__, str(error), error.name, error.path, error.__cause__ is None]
"""


def say(code: str) -> str:
    return textwrap.dedent(code) + "\nimport json; print(json.dumps(answer))\n"


@pytest.fixture
def venv(each_python, tmp_path) -> Path:
    """bin/python of an empty virtual environment."""
    folder = tmp_path / "venv"
    subprocess.run([each_python.path, "-m", "venv", "--without-pip", folder], check=True)
    return folder / "bin/python"


def customizes_itself(python) -> bool:
    """Whether the interpreter's own library has a sitecustomize, as Debian's."""
    code = "import importlib.util as u; print(u.find_spec('sitecustomize') is not None)"
    command = [python.path, "-I", "-S", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout == "True\n"


def both(pel, lock: Path, venv: Path, code: str, *options: str, env: dict | None = None) -> list:
    """What our environment answers, and what a virtual environment does."""
    answers = []
    for python in (executable(pel, lock), venv):
        command = [python, *options, "-c", say(code)]
        run = subprocess.run(
            command, env=pel.env | (env or {}), capture_output=True, text=True, check=True
        )
        answers.append([json.loads(run.stdout.splitlines()[-1]), run.stdout.splitlines()[:-1]])
    return answers


@pytest.mark.parametrize("options", [(), ("-I",), ("-S",), ("-O",), ("-X", "utf8=0")])
@pytest.mark.parametrize("locale", ["C.UTF-8", "C", "POSIX"])
def test_the_first_modules_are_those_of_a_virtual_environment(
    new_user, each_python, lock_of, venv, options, locale
):
    pel = new_user(each_python)
    ours, theirs = both(
        pel, lock_of(simple("alpha")), venv, FIRST, *options, env={"LC_ALL": locale}
    )
    assert ours == theirs


def test_the_first_modules_need_no_listing(new_user, each_python, lock_of, tmp_path):
    pel = new_user(each_python)
    python = executable(pel, lock_of(simple("alpha")))
    # Isolated: 3.13 imports a module behind that, for which the working directory is looked at.
    calls = calls_of(tmp_path, python, "-I", "-c", "pass", env=pel.env)
    library = Path(pel.code(lock_of(simple("alpha")), "import os; print(os.__file__)").strip())
    listed = [
        rest
        for name, rest in calls
        if name == "openat" and "O_DIRECTORY" in rest and f'"{library.parent}' in rest
    ]
    # FileFinder finds the library's own sitecustomize, as ever.
    assert (listed == []) != customizes_itself(each_python)
    assert [
        rest for name, rest in calls if name == "openat" and "encodings/__pycache__" in rest
    ] == []


@pytest.mark.parametrize("where", ["nowhere", "module", "package", "portion", "broken"])
def test_what_site_looks_for_last(new_user, each_python, lock_of, venv, tmp_path, where):
    folder = tmp_path / "first"
    folder.mkdir()
    if where == "module":
        (folder / "sitecustomize.py").write_text("print('customized')\n")
    elif where == "package":
        (folder / "sitecustomize").mkdir()
        (folder / "sitecustomize/__init__.py").write_text("print('customized', __path__)\n")
    elif where == "portion":
        (folder / "sitecustomize").mkdir()
    elif where == "broken":
        (folder / "sitecustomize.py").write_text("import no_such_module\n")
    pel = new_user(each_python)
    env = {} if where == "nowhere" else {"PYTHONPATH": str(folder)}
    ours, theirs = both(pel, lock_of(simple("alpha")), venv, LAST, env=env)
    assert ours == theirs


def test_site_is_told_by_an_error_and_others_by_none(new_user, each_python, lock_of):
    """Start files run while `site` is being executed, and may ask for its module themselves."""
    pel = new_user(each_python)
    asks = (
        "import sys, importlib.util; sys.asked = str(importlib.util.find_spec('sitecustomize'))\n"
    )
    lock = lock_of(Wheel("asking", files={"asking.pth": asks, "asking.py": ""}))
    asked = json.loads(pel.code(lock, say("import sys; answer = sys.asked")))
    assert (asked == "None") != customizes_itself(each_python)
    finder = """
    import sys
    class Last:
        @staticmethod
        def find_spec(name, path=None, target=None):
            sys.seen = getattr(sys, "seen", []) + [name]
    sys.meta_path.append(Last)
    """
    line = f"import sys; exec({textwrap.dedent(finder)!r})\n"
    lock = lock_of(Wheel("behind", files={"behind.pth": line, "behind.py": ""}))
    seen = json.loads(pel.code(lock, say("import sys; answer = getattr(sys, 'seen', [])")))
    assert ("sitecustomize" in seen) != customizes_itself(each_python)


def test_a_wheel_customizes(new_user, each_python, lock_of):
    pel = new_user(each_python)
    files = {"sitecustomize.py": "import sys; sys.customized = __file__\n"}
    lock = lock_of(simple("alpha"), Wheel("customs", files=files))
    code = "import sys; answer = getattr(sys, 'customized', None)"
    found = json.loads(pel.code(lock, say(code)))
    if customizes_itself(each_python):  # the library comes first
        assert found is None
    else:
        assert found.startswith(str(pel.wheels))
