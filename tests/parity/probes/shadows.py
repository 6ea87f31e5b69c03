"""Which of several modules of one name is imported: each function makes the others."""

import json
import os
import subprocess
import sys

WHICH = """
import importlib, json, sys
found = {}
for name in sys.argv[1:]:
    try:
        module = importlib.import_module(name)
        found[name] = [getattr(module, "__file__", None), [str(p) for p in getattr(module, "__path__", [])]]
    except BaseException as error:
        found[name] = [type(error).__name__, str(error)]
import importlib.metadata
versions = {}
for name in ("packaging", "made-up"):
    try:
        versions[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError as error:
        versions[name] = str(error)
found["versions"] = versions
found["listed"] = sorted(d.version for d in importlib.metadata.distributions()
    if d.metadata["Name"] in ("packaging", "made-up"))
print(json.dumps(found))
"""

NAMES = (
    "packaging",
    "packaging.version",
    "click",
    "rich",
    "six",
    "json",
    "argparse",
    "typing",
    "tests",
)

FILES = {
    "packaging.py": "mine = 1",
    "click/__init__.py": "mine = 1",
    "rich/data.txt": "a directory without __init__",
    "json.py": "mine = 1",
    "argparse.py": "mine = 1",
    "typing.py": "mine = 1",
    "tests/__init__.py": "",
    "packaging-99.dist-info/METADATA": "Metadata-Version: 2.1\nName: packaging\nVersion: 99\n",
    "made_up-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: made-up\nVersion: 1\n",
    "sitecustomize.py": "import sys; sys.customized = True",
}


def _write(folder, names):
    for name, text in FILES.items():
        if names is None or name in names:
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as stream:
                stream.write(text)


def _run(*options, cwd, env=None):
    done = subprocess.run(
        [sys.executable, *options], cwd=cwd, env=env or {}, capture_output=True, text=True
    )
    try:
        return {"found": json.loads(done.stdout), "err": done.stderr}
    except ValueError:
        return {"out": done.stdout, "err": done.stderr, "status": done.returncode}


def _everywhere(names):
    """The files in the script's directory, the current one, PYTHONPATH and the user's site."""
    import shutil
    import site

    folder = os.path.join(os.getcwd(), "shadows")
    shutil.rmtree(folder, ignore_errors=True)
    empty = os.path.join(folder, "empty")
    full = os.path.join(folder, "full")
    home = os.path.join(folder, "home")
    version = "python%d.%d" % sys.version_info[:2]
    user = os.path.join(home, ".local/lib", version, "site-packages")
    os.makedirs(empty)
    _write(full, names)
    _write(user, names)
    script = os.path.join(full, "script.py")
    other = os.path.join(empty, "script.py")
    for path in (script, other):
        with open(path, "w") as stream:
            stream.write(WHICH)
    found = {
        "script directory": _run(script, *NAMES, cwd=empty),
        "current directory": _run(other, *NAMES, cwd=full),
        "-c there": _run("-c", WHICH, *NAMES, cwd=full),
        "-m there": _run("-m", "script", *NAMES, cwd=full),
        "-I there": _run("-I", "-c", WHICH, *NAMES, cwd=full),
        "PYTHONPATH": _run(other, *NAMES, cwd=empty, env={"PYTHONPATH": full}),
        "PYTHONPATH -E": _run("-E", other, *NAMES, cwd=empty, env={"PYTHONPATH": full}),
        "PYTHONPATH is site": _run(
            other, *NAMES, cwd=empty, env={"PYTHONPATH": site.getsitepackages()[0]}
        ),
        "user": _run(other, *NAMES, cwd=empty, env={"HOME": home}),
        "safe path": _run("-c", WHICH, *NAMES, cwd=full, env={"PYTHONSAFEPATH": "1"}),
    }
    return json.loads(json.dumps(found).replace(folder, "<shadows>"))


def package_as_module():
    return _everywhere(["packaging.py"])


def package_as_package():
    return _everywhere(["click/__init__.py"])


def directory_without_init():
    """It must not hide a package that stands later on the path."""
    return _everywhere(["rich/data.txt"])


def standard_library():
    return _everywhere(["json.py", "argparse.py"])


def started_modules():
    """A module that the start itself imports."""
    return _everywhere(["typing.py", "sitecustomize.py"])


def metadata():
    return _everywhere(["packaging-99.dist-info/METADATA", "made_up-1.dist-info/METADATA"])


def everything():
    return _everywhere(None)
