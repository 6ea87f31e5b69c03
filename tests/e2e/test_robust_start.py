"""An environment's `bin/python` finds its environment by the path that it is executed by, alone.

However it is called: by whatever name in argv[0], through links, from anywhere, with nothing in the
environment, with closed standard streams, with few file descriptors to spare.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.launcher import PROGRAM
from support.wheels import simple

ASK = "import json, sys, alpha; print(json.dumps([sys.prefix, sys.executable, alpha.VERSION]))"


@pytest.fixture
def environment(pel, lock_of) -> Path:
    """Its prefix."""
    return Path(pel.code(lock_of(simple("alpha")), "import sys; print(sys.prefix)").strip())


def answer_of(command, **options) -> list[str]:
    options = {"env": {}, "cwd": "/", "stdin": subprocess.DEVNULL} | options
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, **options)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def expected(environment: Path) -> list[str]:
    return [str(environment), str(environment / "bin/python"), "1.0"]


NAMES = [
    "python",
    "-python",
    "",
    "anything at all",
    "/nonexistent/python",
    "/bin/sh",
    "relative/python",
    "pyenvlaunch",
    "gr\u00fc\u00df",
    b"\xff\xfe",
    "x" * 5000,
]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: repr(name)[:20])
def test_any_name_in_argv0(environment, name):
    program = environment / "bin/python"
    assert answer_of([name, "-c", ASK], executable=program) == expected(environment)


def test_no_argv_at_all(environment):
    """execve() with an empty argument vector: the program comes from standard input."""
    program = os.fsencode(environment / "bin/python")
    code = (
        "import ctypes, sys; nothing = (ctypes.c_char_p * 1)(None)\n"
        "ctypes.CDLL(None).execve(sys.argv[1].encode(), nothing, nothing)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, program],
        input=ASK,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == expected(environment)


@pytest.mark.parametrize("inherit", [True, False], ids=["open", "closed at exec"])
def test_executed_by_file_descriptor(environment, inherit):
    fd = os.open(environment / "bin/python", os.O_PATH | (0 if inherit else os.O_CLOEXEC))
    if inherit:
        os.set_inheritable(fd, True)
    code = f"import os; os.execve({fd}, ['x', '-c', {ASK!r}], {{}})"
    if not inherit:  # a descriptor that closes has to be opened by who executes it
        code = (
            f"import os; fd = os.open({str(environment / 'bin/python')!r}, os.O_PATH | os.O_CLOEXEC)\n"
            f"os.execve(fd, ['x', '-c', {ASK!r}], {{}})"
        )
    assert answer_of([sys.executable, "-c", code], close_fds=False) == expected(environment)
    os.close(fd)


def test_variables_lead_nowhere_else(environment, tmp_path):
    variables = {
        "VIRTUAL_ENV": str(tmp_path),
        "PYENVLAUNCH_HOME": str(tmp_path),
        "PYENVLAUNCH_CACHE": "/nonexistent",
        "PYENVLAUNCH_PYTHON": "/bin/false",
        "PYENVLAUNCH_MODE": "sideways",
        "HOME": "/nonexistent",
        "PATH": "",
        "_": "/bin/sh",
        "PWD": "/nonexistent",
    }
    command = [environment / "bin/python", "-c", ASK]
    assert answer_of(command, env=variables) == expected(environment)


@pytest.mark.parametrize("name", ["python", "python3", "other-name", "sub folder/py"])
def test_links_from_elsewhere(environment, tmp_path, name):
    """A link, a link to that by a relative path, and the same through a linked directory."""
    first = tmp_path / "one" / name
    first.parent.mkdir(parents=True)
    first.symlink_to(environment / "bin/python")
    second = tmp_path / "two"
    second.symlink_to(os.path.relpath(first, tmp_path))
    folder = tmp_path / "folder"
    folder.symlink_to(environment / "bin")
    for link in (first, second, folder / "python3"):
        prefix, _, version = answer_of([link, "-c", ASK])
        assert (os.path.realpath(prefix), version) == (str(environment), "1.0")
    command = ["sh", "-c", f"two -c '{ASK}'"]
    assert answer_of(command, env={"PATH": f"{tmp_path}:/bin"}, cwd=tmp_path) == expected(
        environment
    )


@pytest.mark.parametrize("mode", ["embedded", "hosted"])
def test_path_with_dots(each_python, new_user, lock_of, mode):
    """Also where no start file says what site-packages is called."""
    user = new_user(each_python)
    user.env["PYENVLAUNCH_MODE"] = mode
    lock = lock_of(simple("alpha"))
    environment = Path(user.code(lock, "import sys; print(sys.prefix)").strip())
    code = "import alpha, json, sys; print(json.dumps([sys.prefix, alpha.VERSION]))"
    for folder, program in (
        ("/", f"{environment}/bin/../bin/python"),
        ("/", f"{environment}/../{environment.name}/./bin/..//bin//python"),
        (environment / "bin", "../bin/python"),
        (environment / "lib", "../bin/python"),
        (environment, "bin/../lib/../bin/python"),
    ):
        assert answer_of([program, "-c", code], cwd=folder) == [str(environment), "1.0"]


def test_link_to_the_whole_environment(environment, tmp_path):
    """As in a virtual environment: the path that was used is the one that it is."""
    link = tmp_path / "linked"
    link.symlink_to(environment)
    assert answer_of([link / "bin/python", "-c", ASK]) == expected(link)


def test_link_that_has_a_path_file(tmp_path, each_python, new_user, lock_of):
    """From 3.11 on CPython starts with the sys.path of NAME._pth beside the executable's name."""
    user = new_user(each_python)
    code = "import os, sys; print(sys.executable, os.path.dirname(os.__file__), sep='\\n')"
    executable, standard = user.code(lock_of(simple("alpha")), code).splitlines()
    link = tmp_path / "elsewhere" / "python"
    link.parent.mkdir()
    link.symlink_to(executable)
    link.with_name("python._pth").write_text(f"{standard}\nown\n")
    done = subprocess.run(
        [link, "-c", "import sys; print(sys.path)"], env={}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    if each_python.version >= (3, 11):
        assert done.stdout == f"{[standard, str(link.parent / 'own')]}\n"
    else:
        assert standard in done.stdout


@pytest.mark.parametrize("closed", ["0", "1", "2", "01", "02", "12", "012"])
@pytest.mark.parametrize("way", ["first run", "run", "bin/python"])
def test_closed_standard_streams(pel, lock_of, tmp_path, closed, way):
    """What the program opens, the launcher included, does not become a standard stream."""
    lock = lock_of(simple("alpha"))
    if way != "first run":
        prefix = pel.code(lock, "import sys; print(sys.prefix)").strip()
    out = tmp_path / "out"
    code = (
        "import alpha, os, sys\n"
        "streams = [s is None for s in (sys.stdin, sys.stdout, sys.stderr)]\n"
        f"with open({str(out)!r}, 'w') as file: file.write(f'{{alpha.VERSION}} {{streams}}')"
    )
    command = [PROGRAM, "run", lock, "--", "python"]
    if way == "bin/python":
        command = [f"{prefix}/bin/python"]
    closing = " ".join(f"{number}>&-" for number in closed)
    script = f'"$@" {closing}'
    done = subprocess.run(
        ["sh", "-c", script, "sh", *command, "-c", code],
        env=pel.env,
        cwd=pel.work,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert out.read_text() == f"1.0 {[number in closed for number in '012']}"
    pel.assert_store_is_valid()


@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "1>&- 2>&-"])
def test_errors_with_closed_streams_reach_no_file(pel, lock_of, build, closed):
    """A message that nobody can read must not be written into what is being made."""
    broken = build(simple("alpha"))
    lock = lock_of(broken)
    broken.path.write_bytes(broken.path.read_bytes()[:-40])
    done = subprocess.run(
        ["sh", "-c", f'"$@" {closed}', "sh", PROGRAM, "sync", "-v", lock],
        env=pel.env,
        cwd=pel.work,
        timeout=600,
    )
    assert done.returncode == 1
    for path in [*pel.data.rglob("*"), *pel.cache.rglob("*")]:
        if path.is_file():
            assert b"pyenvlaunch: error" not in path.read_bytes(), path
    pel("store", "verify").ok()


IN_DELETED_DIRECTORY = 'mkdir "$0"; cd "$0"; rmdir "$0"; exec "$@"'


def in_deleted_directory(folder: Path, command: list, env: dict[str, str]):
    return subprocess.run(
        ["sh", "-c", IN_DELETED_DIRECTORY, folder / "gone", *command],
        env=env,
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.mark.parametrize("way", ["run", "bin/python"])
def test_deleted_current_directory(pel, lock_of, tmp_path, way, python):
    """Python starts there as well as it does by itself, and says the same of it."""
    lock = lock_of(simple("alpha"))
    prefix = pel.code(lock, "import sys; print(sys.prefix)").strip()
    command = [f"{prefix}/bin/python"] if way != "run" else [PROGRAM, "run", lock, "--", "python"]
    found = in_deleted_directory(tmp_path, [*command, "-c", ASK], pel.env)
    assert (found.returncode, found.stderr) == (0, "")
    assert json.loads(found.stdout) == expected(Path(prefix))
    code = ["-c", "import os; os.getcwd()"]
    here = in_deleted_directory(tmp_path, [*command, *code], pel.env)
    there = in_deleted_directory(tmp_path, [python.path, *code], pel.env)
    assert (here.returncode, here.stderr) == (there.returncode, there.stderr)


def test_relative_lock_in_a_deleted_directory(pel, lock_of, tmp_path):
    command = [PROGRAM, "run", "app.lock", "--", "python"]
    done = in_deleted_directory(tmp_path, command, pel.env)
    assert done.returncode in (1, 2)
    assert done.stderr.startswith("pyenvlaunch: error: cannot ")
    assert "directory" in done.stderr


@pytest.mark.parametrize("way", ["first run", "run", "bin/python"])
def test_few_file_descriptors(pel, lock_of, way):
    """Sixty wheels with sixteen descriptors: what is mapped needs none."""
    lock = lock_of(*(simple(f"pkg{i}") for i in range(60)))
    code = f"import {', '.join(f'pkg{i}' for i in range(60))}; print('fine')"
    if way == "bin/python":
        prefix = pel.code(lock, "import sys; print(sys.prefix)").strip()
        done = subprocess.run(
            [f"{prefix}/bin/python", "-c", code],
            env={},
            capture_output=True,
            text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16)),
            timeout=600,
        )
        assert (done.returncode, done.stdout) == (0, "fine\n"), done.stderr
        return
    if way == "run":
        pel("sync", lock).ok()
    limit = ("prlimit", "--nofile=16:16") if way == "run" else ("prlimit", "--nofile=64:64")
    assert pel.run(lock, "python", "-c", code, prefix=limit).ok() == "fine\n"


def test_copy_of_the_python_in_the_environment(environment):
    """As who gives it a capability has to do: the launcher is shared by all environments."""
    shutil.copy(environment / "bin/python", environment / "bin/python-copy")
    prefix, executable, version = answer_of([environment / "bin/python-copy", "-c", ASK])
    assert (prefix, version) == (str(environment), "1.0")
    assert executable == str(environment / "bin/python-copy")


def test_nothing_in_the_environment_of_a_run(pel, lock_of):
    """Without HOME there is no place for a store; with it, nothing else is needed."""
    lock = lock_of(simple("alpha"))
    nothing = dict.fromkeys(pel.env)
    variables = nothing | {"HOME": str(pel.home)}
    found = pel.run(lock, "python", "-c", "import alpha; print(alpha.VERSION)", env=variables)
    assert found.ok() == "1.0\n"
    assert "HOME" in pel.run(lock, "python", "-c", "pass", env=nothing).failed(2)
