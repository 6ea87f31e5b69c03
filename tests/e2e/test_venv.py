"""venv DIR LOCK: directories that other tools take for virtual environments."""

import contextlib
import fcntl
import json
import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import time
import venv
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_powershell
from support.launcher import Launcher
from support.wheels import Wheel, simple


def tool(**changes) -> Wheel:
    fields = {
        "name": "alpha",
        "version": "2.0",
        "files": {"alpha.py": "VERSION = '2.0'\ndef main():\n    print('hello')\n"},
        "entry_points": {"console_scripts": {"go": "alpha:main"}},
    }
    return Wheel(**(fields | changes))


def python_in(directory: Path, code: str, **options) -> str:
    options = {"env": {}, "check": True, "text": True, "capture_output": True} | options
    return subprocess.run([directory / "bin/python", "-c", code], **options).stdout.strip()


@pytest.fixture
def directory(pel: Launcher) -> Path:
    return pel.work / "venv"


def listing(directory: Path) -> dict[str, object]:
    """All that is in a directory, with what would change if it were written anew."""
    found = {}
    for folder, folders, files in os.walk(directory):
        for name in folders + files:
            path = Path(folder) / name
            status = path.lstat()
            found[str(path.relative_to(directory))] = (status.st_ino, status.st_mtime_ns)
    return found


def test_venv_is_one(pel, lock_of, directory, python):
    lock = lock_of(tool())
    line = pel("venv", directory, lock).ok()
    assert line.count("\n") == 1
    assert str(directory) in line
    assert python_in(directory, "import sys; print(sys.prefix)") == str(directory)
    assert python_in(directory, "import alpha; print(alpha.VERSION)") == "2.0"
    assert python_in(directory, "import sys; print(sys.version_info[:2])") == str(
        tuple(int(part) for part in python.full.split(".")[:2])
    )
    done = subprocess.run([directory / "bin/go"], env={}, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "hello\n")
    config = (directory / "pyvenv.cfg").read_text()
    assert "include-system-site-packages = false" in config
    # Nothing of a package is in it, but the metadata that other tools look for.
    found = [path for path in directory.rglob("alpha*") if not path.name.endswith(".dist-info")]
    assert not found
    assert {path.name for path in directory.rglob("alpha*/*")} <= {
        "WHEEL",
        "METADATA",
        "entry_points.txt",
        "INSTALLER",
    }


def test_second_call_changes_nothing(pel, lock_of, directory):
    lock = lock_of(tool(), simple("beta"))
    pel("venv", directory, lock).ok()
    before = listing(directory)
    assert "up to date" in pel("venv", directory, lock).ok()
    assert listing(directory) == before


def test_it_is_small(pel, lock_of, directory):
    lock = lock_of(*(simple(f"pkg{i}", **{"data.bin": "x" * 9999}) for i in range(50)))
    pel("venv", "-q", directory, lock).ok()
    own = [
        path.lstat()
        for path in directory.rglob("*")
        if not path.is_dir() and path.lstat().st_nlink == 1
    ]
    assert sum(status.st_size for status in own) < 32 * 1024
    assert len(own) < 20


@pytest.mark.parametrize(
    ("shell", "script"),
    [
        ("bash", "activate"),
        ("dash", "activate"),
        ("zsh", "activate"),
        ("fish", "activate.fish"),
        ("tcsh", "activate.csh"),
    ],
)
@pytest.mark.parametrize("name", ["venv", "it's a $venv", 'ünï "q" !`x'])
def test_activation(pel, lock_of, shell, script, name):
    directory = pel.work / name
    pel("venv", "-q", directory, lock_of(tool())).ok()
    # From its own directory: how a shell quotes the path is not what is tested.
    source = "source" if shell in ("fish", "tcsh") else "."
    if shell == "fish":
        deactivated = "deactivate; type -q go; or echo gone; set -q VIRTUAL_ENV; or echo unset"
    elif shell == "tcsh":
        deactivated = (
            "deactivate; which go >& /dev/null || echo gone; printenv VIRTUAL_ENV || echo unset"
        )
    else:
        deactivated = "deactivate; command -v go || echo gone; echo ${VIRTUAL_ENV-unset}"
    commands = f"{source} ./{script}\ngo\nprintenv VIRTUAL_ENV\n{deactivated}\n"
    program = shutil.which(shell)
    assert program, f"{shell} is not installed: run scripts/setup"
    done = subprocess.run(
        [program, *(["-f"] if shell == "tcsh" else [])],
        input=commands,
        cwd=directory / "bin",
        env={"PATH": "/usr/bin:/bin", "HOME": str(pel.home), "TERM": "dumb", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
    )
    lines = [line for line in done.stdout.splitlines() if line]
    assert lines == ["hello", str(directory), "gone", "unset"], done


def test_power_shell_quotes(pel, lock_of):
    """Which takes four typographic characters for a single quote, too, and two of one for one."""
    name = "it's ‘a’ ‚b‛ “c”"
    pel("venv", "-q", pel.work / name, lock_of(tool())).ok()
    script = (pel.work / name / "bin/Activate.ps1").read_text()
    quoted = re.sub("(['‘’‚‛])", r"\1\1", name)
    assert f"$env:VIRTUAL_ENV = '{pel.work}/{quoted}'\n" in script
    assert f"$env:VIRTUAL_ENV_PROMPT = '{quoted}'\n" in script


def test_power_shell_understands_it(pel, lock_of):
    """Its grammar for tree-sitter: no index has PowerShell itself."""
    name = 'it\'s ‘a’ $x `n "q" “c” {'
    pel("venv", "-q", pel.work / name, lock_of(tool())).ok()
    script = (pel.work / name / "bin/Activate.ps1").read_bytes()
    grammar = tree_sitter.Language(tree_sitter_powershell.language())
    parser = tree_sitter.Parser(grammar)
    assert not parser.parse(script).root_node.has_error
    for damage in (script + b"}", script.replace(b"''", b"'"), script.replace(b"}", b"", 1)):
        assert parser.parse(damage).root_node.has_error
    query = tree_sitter.Query(grammar, "(function_statement (function_name) @name)")
    names = tree_sitter.QueryCursor(query).captures(parser.parse(script).root_node)["name"]
    assert {name.text.decode() for name in names} == {
        "global:deactivate", "global:_OLD_VIRTUAL_PROMPT", "global:prompt",
    }  # fmt: skip


def test_power_shell_is_asked_as_venv_asks_it(pel, lock_of):
    """Forms that no test here can run are those of Python's own script."""
    pel("venv", "-q", pel.work / "env", lock_of(tool())).ok()
    ours = (pel.work / "env/bin/Activate.ps1").read_text()
    theirs = (Path(venv.__file__).parent / "scripts/common/Activate.ps1").read_text()
    places = [
        {place.lower() for place in re.findall(r"(?i)\b(?:function|env):[\w:]+", text)}
        for text in (ours, theirs)
    ]
    assert "function:_old_virtual_prompt" in places[0]
    assert places[0] <= places[1]
    # Python's script, run behind ours, puts back what it finds in these; virtualenv's, in variables.
    for name in ("PATH", "PYTHONHOME"):
        assert f"env:_old_virtual_{name.lower()}" in places[0]
        assert f"variable:_OLD_VIRTUAL_{name}" in ours
    for parameter in ("VenvDir", "Prompt"):
        assert re.search(rf"(?i)^param\([^)]*\[string\]\s*\${parameter}\b", ours, re.MULTILINE)
        assert re.search(rf"(?i)\[string\]\s*\${parameter}\b", theirs)


def test_git_does_not_see_it(pel, lock_of):
    lock = lock_of(tool())
    for command in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *command], cwd=pel.work, check=True)

    def seen() -> str:
        command = ["git", "status", "--porcelain", "--untracked-files=all"]
        return subprocess.check_output(command, cwd=pel.work, text=True)

    pel("venv", "-q", pel.work / ".venv", lock).ok()
    assert seen() == ""
    pel("venv", "-q", pel.work / ".venv", lock).ok()
    assert (pel.work / ".venv/.gitignore").read_text() == "*\n"
    (pel.work / ".venv/.gitignore").unlink()
    # A directory that holds other things is the user's, also when it is brought up to date.
    folder = pel.work / "folder"
    folder.mkdir()
    (folder / "mine.txt").write_text("x")
    pel("venv", "-q", "--allow-existing", folder, lock).ok()
    pel("venv", "-q", folder, lock).ok()
    assert not (folder / ".gitignore").exists()
    assert "folder/mine.txt" in seen()


def test_prompt(pel, lock_of, directory):
    lock = lock_of(tool())
    pel("venv", "-q", "--prompt", "my app", directory, lock).ok()
    assert "prompt = 'my app'" in (directory / "pyvenv.cfg").read_text()
    done = subprocess.run(
        ["bash", "-c", ". bin/activate; echo $VIRTUAL_ENV_PROMPT"],
        cwd=directory,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "my app\n"


def test_update_removes_what_the_lock_does_not_give_any_more(pel, lock_of, directory):
    data = {"alpha-2.0.data/data/share/alpha/one.txt": "1"}
    files = tool().files | data | {"alpha.pth": "import sys; sys.alpha_was_here = 1\n"}
    first = lock_of(tool(files=files), name="first.lock")
    second = lock_of(simple("beta"), name="second.lock")
    pel("venv", "-q", directory, first).ok()
    assert (directory / "share/alpha/one.txt").read_text() == "1"
    assert python_in(directory, "import sys; print(sys.alpha_was_here)") == "1"
    own = directory / "share/mine.txt"
    own.write_text("mine")
    pel("venv", "-q", directory, second).ok()
    assert not (directory / "bin/go").exists()
    assert not (directory / "share/alpha").exists()
    assert own.read_text() == "mine"
    code = "import sys, beta; print(hasattr(sys, 'alpha_was_here'), 'alpha' in sys.modules)"
    assert python_in(directory, code) == "False False"


@pytest.mark.network
def test_pip_inside(pel, lock_of, build, directory, house):
    """What pip installs lands in the directory, wins over the lock, and outlives an update."""
    lock = lock_of(tool(), simple("beta"))
    done = pel("venv", "-q", "--seed", directory, lock)
    done.ok()
    newer = build(
        tool(version="3.0", files={"alpha.py": "VERSION = '3.0'\ndef main():\n    print('new')\n"})
    )
    pip = [directory / "bin/python", "-m", "pip", "--disable-pip-version-check"]
    env = {"HOME": str(pel.home), "PATH": "/usr/bin:/bin"}

    def run(*args) -> str:
        done = subprocess.run([*pip, *args], env=env, capture_output=True, text=True)
        assert done.returncode == 0, done
        return done.stdout

    def names() -> dict[str, str]:
        found = json.loads(run("list", "--format", "json"))
        return {item["name"]: item["version"] for item in found}

    assert names().items() >= {"alpha": "2.0", "beta": "1.0"}.items()
    run("install", "--no-index", "--no-deps", newer.path)
    site_packages = next(directory.glob("lib/python3*/site-packages"))
    assert (site_packages / "alpha.py").is_file()
    go = [directory / "bin/go"]
    assert names()["alpha"] == "3.0"
    assert subprocess.check_output(go, env={}, text=True) == "new\n"
    pel("venv", "-q", directory, lock).ok()
    assert names()["alpha"] == "3.0"
    assert python_in(directory, "import alpha; print(alpha.VERSION)") == "3.0"
    run("uninstall", "-y", "alpha")
    pel("venv", "-q", directory, lock).ok()
    assert names()["alpha"] == "2.0"
    assert subprocess.check_output(go, env={}, text=True) == "hello\n"
    # One of the store stays: it is none of pip's.
    run("uninstall", "-y", "beta")
    assert python_in(directory, "import beta; print(beta.VERSION)") == "1.0"
    run("check")
    pel("store", "verify").ok()


def test_readers_without_the_launcher_find_the_packages(pel, lock_of, directory, python):
    pel("venv", "-q", directory, lock_of(tool(), simple("beta"))).ok()
    site_packages = next(directory.glob("lib/python3*/site-packages"))
    code = (
        f"import site; site.addsitedir({str(site_packages)!r}); import alpha, beta;"
        "print(alpha.VERSION, beta.__file__)"
    )
    done = subprocess.run([python.path, "-I", "-c", code], env={}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("2.0 " + str(pel.store))


def test_what_is_there_is_not_overwritten(pel, lock_of, directory, python):
    lock = lock_of(tool())
    directory.mkdir()
    (directory / "precious").write_text("x")
    message = pel("venv", directory, lock).failed(2)
    assert str(directory) in message
    assert pel("venv", "--clear", directory, lock).failed(2)
    assert [path.name for path in directory.iterdir()] == ["precious"]
    pel("venv", "-q", "--allow-existing", directory, lock).ok()
    assert (directory / "precious").read_text() == "x"
    assert python_in(directory, "import alpha; print(alpha.VERSION)") == "2.0"
    other = pel.work / "other"
    subprocess.run([python.path, "-m", "venv", "--without-pip", other], check=True)
    assert "--clear" in pel("venv", other, lock).failed(2)
    assert "pyenvlaunch" not in (other / "pyvenv.cfg").read_text()
    pel("venv", "-q", "--clear", other, lock).ok()
    assert python_in(other, "import alpha; print(alpha.VERSION)") == "2.0"
    file = pel.work / "file"
    file.write_text("x")
    assert str(file) in pel("venv", "--allow-existing", file, lock).failed(2)


def test_empty_directory_is_taken(pel, lock_of, directory):
    directory.mkdir()
    directory.chmod(0o750)
    pel("venv", "-q", directory, lock_of(tool())).ok()
    assert stat.S_IMODE(directory.stat().st_mode) == 0o750
    assert python_in(directory, "import alpha; print(alpha.VERSION)") == "2.0"


@pytest.mark.user
@pytest.mark.parametrize("place", ["", "venv", "more/venv"])
def test_a_place_that_cannot_be_written_leaves_no_root(pel, lock_of, tmp_path, place):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    error = pel("venv", closed / place, lock_of(tool())).failed(1)
    assert error == (
        f"pyenvlaunch: error: cannot make an environment in {closed / place}: permission denied\n"
        "  hint: give a directory in which you may write\n"
    )
    assert not pel.store.exists() or not list((pel.store / "roots").iterdir())


def test_bad_usage(pel, lock_of):
    assert "no directory given" in pel("venv").failed(2)
    assert "no lock given" in pel("venv", "x").failed(2)
    assert "unexpected argument" in pel("venv", "x", "y", "z").failed(2)
    missing = pel.work / "missing.lock"
    assert str(missing) in pel("venv", "x", missing).failed()
    assert not (pel.work / "x").exists()
    assert "colon" in pel("venv", "a:b", lock_of(tool())).failed(2)


def test_half_made_directory_is_completed(pel, lock_of, directory):
    lock = lock_of(tool())
    pel("venv", "-q", directory, lock).ok()
    for name in ("pyenvlaunch.table", "bin/python", "pyenvlaunch.files"):
        (directory / name).unlink()
    pel("venv", "-q", directory, lock).ok()
    assert python_in(directory, "import alpha; print(alpha.VERSION)") == "2.0"


def test_manifest_cannot_name_files_elsewhere(pel, lock_of, directory):
    pel("venv", "-q", directory, lock_of(tool(), name="one.lock")).ok()
    outside = pel.work / "outside"
    outside.mkdir()
    (outside / "precious").write_text("x")
    (directory / "link").symlink_to(outside)
    with (directory / "pyenvlaunch.files").open("a") as file:
        file.write(f"../outside/precious\n{outside}/precious\nlink/precious\n")
    pel("venv", "-q", directory, lock_of(simple("beta"), name="two.lock")).ok()
    assert (outside / "precious").read_text() == "x"


def test_nested_venv(pel, lock_of, directory, each_python, new_user):
    user = new_user(each_python)
    directory = user.work / "venv"
    user("venv", "-q", directory, lock_of(tool())).ok()
    inner = user.work / "inner"
    command = [directory / "bin/python", "-m", "venv", "--without-pip", inner]
    subprocess.run(command, env={}, check=True)
    code = "import sys, importlib.util as u; print(sys.prefix, u.find_spec('alpha'))"
    assert python_in(inner, code) == f"{inner} None"


def test_moved_lock_and_quoting_in_scripts(pel, lock_of):
    directory = pel.work / ("long " * 30).strip()
    pel("venv", "-q", directory, lock_of(tool())).ok()
    command = shlex.quote(str(directory / "bin/go"))
    assert subprocess.check_output(["sh", "-c", command], env={}, text=True) == "hello\n"


def test_where_no_directory_can_be_made(pel, lock_of, tmp_path):
    """Not even root can, and the kernel says so only when it is tried."""
    lock = lock_of(simple("alpha"))
    error = pel("venv", "/proc/somewhere/deep", lock).failed()
    assert "cannot make an environment in /proc/somewhere/deep: " in error
    assert "hint: " in error
    assert not any((pel.store / "roots").glob("venv-*"))
    assert not pel.wheels.exists()  # it fails before anything is fetched
    pel("venv", "-q", tmp_path / "a/b/c", lock).ok()
    with pytest.raises(FileNotFoundError):
        (tmp_path / "a/b/d").stat()


@pytest.mark.parametrize("linked", ["bin", "lib", "lib/python{version}/site-packages"])
def test_an_own_directory_with_links_is_not_written_through(pel, lock_of, python, tmp_path, linked):
    """`bin` could lead to ~/.local/bin, whose `python` would be replaced."""
    lock, directory, elsewhere = lock_of(simple("alpha")), tmp_path / "own", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "python").write_text("mine")
    link = directory / linked.format(version=".".join(map(str, python.version[:2])))
    link.parent.mkdir(parents=True)
    link.symlink_to(elsewhere)
    error = pel("venv", "--allow-existing", directory, lock).failed(2)
    assert f"{link.relative_to(directory)} is a link, to {elsewhere}\n  hint: " in error
    assert [file.name for file in elsewhere.iterdir()] == ["python"]
    assert (elsewhere / "python").read_text() == "mine"
    assert sorted(directory.rglob("*"))[-1] == link  # nothing was made
    assert str(directory) not in pel("env", "list").ok()
    link.unlink()
    pel("venv", "-q", "--allow-existing", directory, lock).ok()


def test_clear_deletes_nothing_but_a_virtual_environment(pel, lock_of, directory):
    lock = lock_of(tool())
    project = pel.work / "project"
    project.mkdir()
    (project / "precious").write_text("x")
    error = pel("venv", "--clear", "--allow-existing", project, lock).failed(2)
    assert "--clear and --allow-existing contradict each other" in error
    pel("venv", "-q", directory, lock).ok()
    own_lock = shutil.copy(lock, directory / "app.lock")
    error = pel("venv", "--clear", directory, own_lock).failed(2)
    assert error.startswith(
        f"pyenvlaunch: error: cannot clear {directory}: it holds the lock {own_lock}\n  hint: "
    )
    for name in ("PYENVLAUNCH_HOME", "PYENVLAUNCH_CACHE"):
        inside = {name: str(directory / "deep/er")}
        pel("sync", lock, env=inside).ok()
        error = pel("venv", "--clear", directory, lock, env=inside).failed(2)
        assert f"cannot clear {directory}: it holds the " in error
    assert python_in(directory, "import alpha; print(alpha.VERSION)") == "2.0"
    assert (project / "precious").exists()


def test_clear_by_a_link(pel, lock_of, directory, tmp_path, python):
    """What the link leads to is emptied; the link stays."""
    real = tmp_path / "real"
    subprocess.run([python.path, "-m", "venv", "--without-pip", real], check=True)
    (real / "own").write_text("x")
    directory.symlink_to(real)
    pel("venv", "-q", "--clear", directory, lock_of(tool())).ok()
    assert directory.is_symlink()
    assert not (real / "own").exists()
    assert python_in(directory, "import alpha; print(alpha.VERSION)") == "2.0"


def test_the_places_of_store_cache_and_shims_are_nobody_elses(pel, lock_of, tmp_path):
    """Garbage collection would take an environment there for a leftover; `--clear` deleted the store."""
    lock = lock_of(tool())
    pel("sync", lock).ok()
    link = tmp_path / "link"
    link.symlink_to(pel.store)
    (environment,) = pel.cache.glob("v1/envs/*")
    for place, own in {
        pel.store: pel.data / "store",
        pel.store / "tmp/x": pel.data / "store",
        link / "tmp/x": pel.data / "store",
        pel.data / "shims/x": pel.data / "shims",
        environment: pel.cache / "v1",
        pel.cache / "v1/tmp/x/y": pel.cache / "v1",
    }.items():
        for command in (
            ["venv", "--clear", place, lock],
            ["venv", "--allow-existing", place, lock],
            ["export", lock, place],
            ["shims", "install", "--dir", place, lock],
        ):
            error = pel(*command).failed(2)
            # --dir is named as it is, links resolved.
            named = place if command[0] != "shims" else Path(os.path.realpath(place))
            assert f" {named}: {own} is for what pyenvlaunch makes by itself\n  hint: " in error
    pel.assert_store_is_valid()
    assert pel.code(lock, "import alpha; print(alpha.VERSION)") == "2.0\n"
    pel("venv", "-q", pel.data / "mine", lock).ok()  # beside them is nobody's


def test_names_of_temporary_files_may_be_somebodys(pel, lock_of, directory):
    lock = lock_of(tool())
    names = (".tmp-mine", ".tmp-go", "bin/.tmp-notes-2024", ".pyenvlaunch-notes")
    for name in names:
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text("x")
    ours = [directory / ".tmp-pyvenv.cfg-aB3dE9", directory / "bin/.pyenvlaunch-0123456789abcdef"]
    for path in ours:
        path.write_text("x")
    for _ in range(2):
        pel("venv", "-q", "--allow-existing", directory, lock).ok()
        assert [name for name in names if not (directory / name).exists()] == []
        assert [path for path in ours if path.exists()] == []
    # One that a wheel brings is no leftover.
    name = "gamma-1.0.data/scripts/.pyenvlaunch-0123456789abcdef"
    lock = lock_of(Wheel("gamma", files={"gamma.py": "", name: "#!/bin/sh\n"}))
    pel("venv", directory, lock).ok()
    assert ", up to date, " in pel("venv", directory, lock).ok()


def test_one_directory_of_two_locks_at_once(pel, lock_of, directory):
    """One of them wins, and what the store knows of the directory is what it has."""
    locks = [lock_of(simple("beta", str(number)), name=f"{number}.lock") for number in range(3)]
    pel("venv", "-q", directory, locks[0]).ok()
    (root,) = pel.store.glob("roots/venv-*")

    def wheels() -> str:
        return " ".join(json.loads(root.read_text())["wheels"])

    held = os.open(directory, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    first = pel.popen("venv", "-q", directory, locks[1])
    while "beta-1-" not in wheels() and first.poll() is None:
        time.sleep(0.01)
    first.send_signal(signal.SIGSTOP)  # before it has the directory
    second = pel.popen("venv", "-q", directory, locks[2])
    os.close(held)
    with contextlib.suppress(subprocess.TimeoutExpired):
        second.wait(timeout=1)  # it has to wait for the first
    first.send_signal(signal.SIGCONT)
    for process in (first, second):
        _, error = process.communicate(timeout=600)
        assert process.returncode == 0, error
    version = python_in(directory, "import beta; print(beta.VERSION)")
    assert f"beta-{version}-" in wheels()


def test_bytecode_for_options_is_made_without_a_trace_beside_the_directory(pel, lock_of, tmp_path):
    """What is known of interpreters goes into the cache that the directory was made with."""
    place = tmp_path / "projects/one/venv"
    pel("venv", "-q", place, lock_of(tool())).ok()
    shutil.rmtree(pel.cache / "v1/interpreters")
    subprocess.run([place / "bin/python", "-O", "-c", "import alpha"], env={}, check=True)
    deadline = time.monotonic() + 60
    while not (place / "pyenvlaunch.opt-1").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (place / "pyenvlaunch.opt-1").exists()
    assert os.listdir(tmp_path / "projects") == ["one"]
    assert os.listdir(tmp_path / "projects/one") == ["venv"]
    assert list((pel.cache / "v1/interpreters").iterdir())


@pytest.mark.user
def test_clear_where_nothing_may_be_deleted_deletes_nothing(pel, lock_of, directory):
    lock = lock_of(tool())
    pel("venv", "-q", directory, lock).ok()
    before = sorted(listing(directory))
    directory.chmod(0o555)
    assert (
        f"{directory}: permission denied\n  hint: "
        in pel("venv", "--clear", directory, lock).failed()
    )
    assert sorted(listing(directory)) == before
