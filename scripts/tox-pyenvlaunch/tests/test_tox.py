"""`runner = pyenvlaunch` in real tox runs."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PYPROJECT, Project

THIS = f"py3{sys.version_info.minor}"

SIMPLE = """
[testenv]
runner = pyenvlaunch
package = wheel
wheel_build_env = .pkg
deps = pytest
commands = python -m pytest -q tests
"""


def own_bytes(folder: Path) -> int:
    """What a directory adds: its files that are no links to the store."""
    stats = [path.lstat() for path in folder.rglob("*") if not path.is_dir()]
    return sum(status.st_size for status in stats if status.st_nlink == 1)


def without_package(folder: Path) -> int:
    package = [*folder.rglob("demo"), *folder.rglob("demo-*.dist-info")]
    return own_bytes(folder) - sum(
        own_bytes(path) if path.is_dir() else path.lstat().st_size for path in package
    )


def minors() -> list[str]:
    """Three of the interpreters that tox finds here."""
    found = []
    for minor in ("3.11", "3.12", "3.13", "3.10", "3.9"):
        asked = ["pyenvlaunch", "python", "find", minor]
        if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
            found.append(minor)
    return found[:3]


def test_twelve_environments(project):
    """Three Pythons x four factors, a lock for each of them, kilobytes each."""
    pythons = minors()
    folders = {}
    for minor in pythons:
        find = ["pyenvlaunch", "python", "find", minor]
        folders[minor] = str(Path(subprocess.check_output(find, text=True).strip()).parent)
    project.env["PATH"] = os.pathsep.join([project.env["PATH"], *folders.values()])
    names = ",".join("py" + minor.replace(".", "") for minor in pythons)
    project.write(
        "tox.ini",
        f"""
[tox]
env_list = py{{{",".join(minor.replace(".", "") for minor in pythons)}}}-{{plain,xdist,cov,mock}}
{
            SIMPLE.replace(
                "deps = pytest",
                '''deps =
    pytest
    xdist: pytest-xdist
    cov: pytest-cov
    mock: pytest-mock''',
            )
        }
    cov: python -c "import pytest_cov"
    mock: python -c "import pytest_mock"
    xdist: python -c "import xdist"
""",
    )
    out = project.tox("run")
    environments = [
        f"{name}-{f}" for name in names.split(",") for f in ["plain", "xdist", "cov", "mock"]
    ]
    for name in environments:
        assert f"{name}: OK" in out, out
        assert without_package(project.folder / ".tox" / name) < 64 * 1024
        version = project.code(name, "import sys; print('py3%d' % sys.version_info.minor)")
        assert name.startswith(version)
    listed = project.tox("list", "--no-desc").split()
    assert listed == environments
    locks = sorted(project.folder.glob(".tox/.pyenvlaunch/pylock.*.toml"))
    times = [lock.stat().st_mtime_ns for lock in locks]
    out = project.tox("run-parallel", "-r", "-p", "2")
    assert all(f"{name}: OK" in out for name in environments), out
    assert [lock.stat().st_mtime_ns for lock in locks] == times  # nothing was resolved again
    assert sorted(project.folder.glob(".tox/.pyenvlaunch/pylock.*.toml")) == locks


def test_the_oldest_releases_that_it_allows(project, tmp_path):
    """Of tox and the others: what the plugin's own metadata say can be installed has to work."""
    oldest = tmp_path / "oldest"
    plugin = Path(__file__).parents[1]
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "-q", "--python", sys.executable, oldest], check=True)
    install = [*uv, "pip", "install", "-q", "--python", oldest, "--resolution", "lowest-direct"]
    subprocess.run([*install, "--reinstall-package", "tox-pyenvlaunch", plugin], check=True)
    project.write(
        "tox.ini",
        SIMPLE + "[testenv:ed]\npackage = editable\nextras = more\nset_env = A=b\n"
        "commands = python -c 'import demo, iniconfig'\n",
    )
    done = subprocess.run(
        [oldest / "bin/python", "-m", "tox", "run", "-e", f"{THIS},ed"],
        cwd=project.folder,
        env=project.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    wanted = re.search(r'"tox>=([0-9.]+)"', (plugin / "pyproject.toml").read_text())[1]
    version = "import importlib.metadata as m; print(m.version('tox'))"
    found = subprocess.check_output([oldest / "bin/python", "-c", version], text=True)
    assert found.startswith(wanted)


def test_second_run_makes_nothing(project):
    project.write("tox.ini", SIMPLE)
    project.tox("run", "-e", THIS)
    table = project.folder / ".tox" / THIS / "pyenvlaunch.table"
    before = table.stat()
    project.tox("run", "-e", THIS)
    after = table.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    project.tox("run", "-r", "-e", THIS)
    assert table.stat().st_mtime_ns != before.st_mtime_ns


def test_deps_change(project):
    """A directory follows its deps, in both directions, without being made anew."""
    project.write("tox.ini", SIMPLE)
    project.tox("run", "-e", THIS)
    kept = project.site_packages(THIS) / "mine.py"
    kept.write_text("")
    find = "import importlib.util as u; print(u.find_spec('pytest_mock') is not None)"
    assert project.code(THIS, find) == "False"
    project.write("tox.ini", SIMPLE.replace("deps = pytest", "deps =\n  pytest\n  pytest-mock"))
    project.tox("run", "-e", THIS)
    assert project.code(THIS, find) == "True"
    project.write("tox.ini", SIMPLE)
    project.tox("run", "-e", THIS)
    assert project.code(THIS, find) == "False"
    assert kept.exists()
    project.write("tox.ini", SIMPLE.replace("deps = pytest", "deps =\n  pytest\n  pytest-mock"))
    project.tox("run", "-e", THIS, "--skip-env-install")
    assert project.code(THIS, find) == "False"
    for _ in range(2):  # without the package, but with what it needs
        project.tox("run", "-e", THIS, "--skip-pkg-install")
        assert project.code(THIS, find) == "True"


@pytest.mark.parametrize("package", ["wheel", "editable", "sdist", "sdist-wheel"])
def test_package(project, package):
    project.write("tox.ini", SIMPLE.replace("package = wheel", f"package = {package}"))
    project.tox("run", "-e", THIS)
    file = Path(project.code(THIS, "import demo; print(demo.__file__)"))
    if package == "editable":
        assert file == project.folder / "src/demo/__init__.py"
    else:
        assert file == project.site_packages(THIS) / "demo/__init__.py"
    project.write("src/demo/extra.py", "HERE = 1\n")
    (project.folder / "src/demo/__init__.py").write_text(
        "import six\nfrom demo.extra import HERE\ndef main(): print('demo', six.PY3)\n"
    )
    project.tox("run", "-e", THIS)
    assert project.code(THIS, "import demo; print(demo.HERE)") == "1"
    (project.folder / "src/demo/__init__.py").write_text(
        "import six\ndef main(): print('demo', six.PY3)\n"
    )
    (project.folder / "src/demo/extra.py").unlink()
    project.tox("run", "-e", THIS)
    find = "import importlib.util as u; print(u.find_spec('demo.extra'))"
    assert project.code(THIS, find) == "None"
    count = (
        "import importlib.metadata as m; print([d.version for d in m.distributions(name='demo')])"
    )
    assert project.code(THIS, count) == "['1.0']"


def test_package_that_a_backend_cannot_make_editable(project):
    """What tox then does by itself, too: an installer's way."""
    project.write("tox.ini", SIMPLE.replace("package = wheel", "package = editable-legacy"))
    for _ in range(2):
        project.tox("run", "-e", THIS)
        file = Path(project.code(THIS, "import demo; print(demo.__file__)"))
        assert file == project.folder / "src/demo/__init__.py"


def test_no_package_extras_and_variables(project):
    project.write(
        "tox.ini",
        f"""
[testenv]
runner = pyenvlaunch
[testenv:{THIS}-bare]
package = skip
set_env = MINE = here
pass_env = OUTER
commands = python -c "import os; print('MINE', os.environ['MINE'], os.environ.get('OUTER'), os.environ.get('HIDDEN'))"
[testenv:{THIS}-extras]
package = editable
extras = more
commands = python -c "import iniconfig, six, demo; print('extras are there')"
""",
    )
    project.env |= {"OUTER": "outside", "HIDDEN": "no"}
    assert "MINE here outside None" in project.tox("run", "-e", f"{THIS}-bare")
    assert "extras are there" in project.tox("run", "-e", f"{THIS}-extras")


def test_a_lock(project):
    """A lock that is named is all that is there; nothing is resolved."""
    lock = project.folder / "pylock.test.toml"
    compile_it = ["uv", "pip", "compile", "-q", "--format", "pylock.toml", "-o", str(lock), "-"]
    python = ["--python", sys.executable]
    subprocess.run(
        [*compile_it, *python], input="pytest\nsix\n", text=True, check=True, env=project.env
    )
    named = SIMPLE.replace("deps = pytest", "pyenvlaunch_lock = pylock.test.toml")
    project.write("tox.ini", named)
    assert "OK" in project.tox("run", "-e", THIS)
    assert not (project.folder / ".tox/.pyenvlaunch" / "x").exists()
    project.write("tox.ini", SIMPLE.replace("deps = pytest", "pylock = pylock.test.toml"))
    assert "OK" in project.tox("run", "-e", THIS)
    project.write("tox.ini", named + "deps = pytest\n")
    assert "cannot use both" in project.tox("run", "-e", THIS, wanted=1)
    project.write("tox.ini", named.replace("pylock.test", "missing"))
    assert "there is no lock" in project.tox("run", "-e", THIS, wanted=1)


def test_configuration_and_journal(project):
    project.write("tox.ini", SIMPLE)
    out = project.tox(
        "config", "-e", THIS, "-k", "pyenvlaunch_lock", "env_site_packages_dir", "runner"
    )
    assert "runner = pyenvlaunch" in out
    assert f"/.tox/{THIS}/lib/python3.{sys.version_info.minor}/site-packages" in out
    project.tox("run", "-e", THIS, "--result-json", "result.json")
    result = json.loads((project.folder / "result.json").read_text())
    installed = [line.split("==")[0] for line in result["testenvs"][THIS]["installed_packages"]]
    assert {"demo", "pytest", "six"} <= set(installed)


def test_errors_say_what_to_do(project):
    project.write("tox.ini", SIMPLE + "pyenvlaunch = no-such-program\n")
    assert "there is no program no-such-program" in project.tox("run", "-e", THIS, wanted=1)
    project.write("tox.ini", SIMPLE.replace("deps = pytest", "deps = no-such-project-of-ours==9"))
    out = project.tox("run", "-e", THIS, wanted=1)
    assert "cannot make a lock of" in out
    assert "no-such-project-of-ours" in out
    assert "Traceback" not in out


BARE = """
[testenv]
runner = pyenvlaunch
skip_install = true
commands = python -c "import importlib.metadata as m; print('GOT', m.version('pluggy'))"
"""


@pytest.mark.parametrize(
    "settings",
    [
        "deps =\n    -r requirements/the test.txt\n",
        "deps =\n    pluggy\n    -c requirements/limits.txt\n",
        "deps = pluggy\nconstraints = requirements/limits.txt\n",
        "deps =\n    --index-url={index}\n    --pre\n    -c requirements/limits.txt\n    pluggy\n",
    ],
    ids=["nested", "in deps", "constraints", "index"],
)
def test_constraints(project, settings):
    """Wherever tox takes them from; in files with a BOM, Windows line ends, and a space in the name."""
    asked = [sys.executable, "-c", INDEX]
    index = subprocess.check_output(asked, text=True, env=project.env).strip().rstrip("/") + "/"
    project.write("requirements/limits.txt", "pluggy<1.6\n")
    nested = project.write("requirements/the test.txt", "")
    nested.write_bytes(b"\xef\xbb\xbfpluggy\r\n# that is all\r\n-c limits.txt\r\n")
    project.write("tox.ini", BARE + settings.replace("{index}", index))
    assert "GOT 1.5.0" in project.tox("run", "-e", THIS)
    # What a file says decides, not its name.
    project.write("requirements/limits.txt", "pluggy<1.5\n")
    assert "GOT 1.4.0" in project.tox("run", "-e", THIS)
    assert not list(project.folder.glob(".tox/.pyenvlaunch/*.in"))  # an index may have a password


def test_what_pip_would_be_told_is_not_passed_over(project):
    """Variables of an environment of tox, and options of a command of its own."""
    house = "http://127.0.0.1:9/simple"
    variables = f"set_env =\n    PIP_INDEX_URL = {house}\n    UV_DEFAULT_INDEX = {house}\n"
    project.write("tox.ini", BARE + "deps = pluggy\n" + variables)
    out = project.tox("run", "-e", THIS, wanted=1)
    assert "cannot make a lock of pluggy" in out
    assert "127.0.0.1:9" in out
    command = f"install_command = pip install -U --index-url {house} {{opts}} {{packages}}\n"
    project.write("tox.ini", BARE + "deps = pluggy\n" + command)
    out = project.tox("run", "-e", THIS, wanted=1)
    assert "--index-url of install_command is not for environments of pyenvlaunch" in out
    project.write(
        "tox.ini", BARE + "deps = pluggy\n" + command.replace(f"--index-url {house} ", "")
    )
    assert "GOT " in project.tox("run", "-e", THIS)


INDEX = """
from pip._internal.models.index import PyPI
import os
print(os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("PIP_INDEX_URL") or PyPI.simple_url)
"""


def test_a_directory_alone_in_deps(project, tmp_path):
    """Paths begin where tox.ini is, not where tox was started; a change of its requirements counts."""
    metadata = PYPROJECT.replace('"demo"', '"helper"').replace('"six"', '"pluggy==1.5.0"')
    project.write("libs/the helper/pyproject.toml", metadata.split("[project.scripts]")[0])
    project.write("libs/the helper/helper.py", "")
    project.write(
        "tox.ini",
        BARE + '    python -c "import helper; print(helper.__file__)"\ndeps = -e libs/the helper\n',
    )
    place = str(project.folder / "libs/the helper/helper.py")
    command = ["run", "-c", str(project.folder / "tox.ini"), "-e", THIS]
    there = Project(tmp_path / "elsewhere", project.home)
    out = there.tox(*command)
    assert "GOT 1.5.0" in out
    assert place in out
    changed = project.folder / "libs/the helper/pyproject.toml"
    changed.write_text(changed.read_text().replace("1.5.0", "1.4.0"))
    assert "GOT 1.4.0" in there.tox(*command, "-r")


def test_a_lock_that_is_no_text(project):
    project.write("tox.ini", BARE + "pyenvlaunch_lock = junk.lock\n")
    project.write("junk.lock", "").write_bytes(b"\xff\xfe{{{")
    out = project.tox("run", "-e", THIS, wanted=1)
    assert "cannot read lock" in out
    assert "Traceback" not in out


def test_relock(project):
    """Each lock that the run needs is resolved again, once, however often tox asks for it."""
    calls = project.folder / "calls"
    counting = project.write(
        "bin/pyenvlaunch",
        f"""#!/bin/sh
test "$1" = lock && echo "$@" | sed 's/.* -o //' >>'{calls}'
exec {shlex.quote(shutil.which("pyenvlaunch"))} "$@"
""",
    )
    counting.chmod(0o755)
    project.env["PATH"] = os.pathsep.join([str(counting.parent), project.env["PATH"]])
    project.write("tox.ini", SIMPLE)
    project.tox("run", "-e", THIS)
    made = calls.read_text().splitlines()
    locks = sorted(project.folder.glob(".tox/.pyenvlaunch/pylock.*.toml"))
    assert len(locks) == len(made) == len(set(made)), (locks, made)
    for lock in locks:
        lock.write_text(f"# made before\n{lock.read_text()}")
    project.tox("run", "-e", THIS)
    assert calls.read_text().splitlines() == made
    project.tox("run", "-e", THIS, "--relock")
    assert sorted(calls.read_text().splitlines()) == sorted([*made, *made])
    assert not [lock for lock in locks if "# made before" in lock.read_text()]
