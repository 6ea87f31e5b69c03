"""export LOCK DIR: an environment that needs no store, wherever it is moved."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support.launcher import preload
from support.locks import Entry, inline, write_lock
from support.resolvers import error_of
from support.sources import write_project
from support.wheels import Wheel, simple

NOWHERE = {"PYENVLAUNCH_HOME": "/nowhere", "PYENVLAUNCH_CACHE": "/nowhere", "PATH": "/usr/bin:/bin"}


def tool() -> Wheel:
    return Wheel(
        "alpha",
        "2.0",
        {
            "alpha/__init__.py": "import sys\ndef main():\n    print('alpha', *sys.argv[1:])\n",
            "alpha.pth": "import sys; sys.alpha_was_here = 1\n",
            "alpha-2.0.data/data/share/alpha/data.txt": "data",
            "alpha-2.0.data/scripts/native": "#!/bin/sh\necho native $1\n",
            "alpha-2.0.data/scripts/rewritten": "#!python\nimport alpha; print('rewritten')\n",
        },
        {"console_scripts": {"go": "alpha:main"}},
    )


def sharing(number: int) -> Wheel:
    """Wheels of these form a composite: a regular package with files of several."""
    files = {f"shared/part{number}.py": f"NUMBER = {number}\n", "shared/__init__.py": ""}
    return Wheel(f"share{number}", "1.0", files)


def call(path: Path, *args: str, **options) -> str:
    options = {"env": NOWHERE, "text": True, "capture_output": True, "cwd": "/"} | options
    done = subprocess.run([path, *args], **options)
    assert done.returncode == 0, done
    return done.stdout


@pytest.fixture
def exported(pel, lock_of, tmp_path) -> Path:
    """A directory that was moved since, and whose store is gone."""
    lock = lock_of(tool(), sharing(1), sharing(2))
    pel("export", lock, tmp_path / "first").ok()
    moved = tmp_path / "some where/else"
    moved.parent.mkdir()
    (tmp_path / "first").rename(moved)
    pel.forget()
    lock.unlink()
    return moved


def test_programs_work_from_any_place(exported):
    assert call(exported / "bin/go", "x y") == "alpha x y\n"
    assert call(exported / "bin/native", "1") == "native 1\n"
    assert call(exported / "bin/rewritten") == "rewritten\n"
    link = exported.parent / "link"
    link.symlink_to(exported / "bin/go")
    assert call(link) == "alpha\n"


def test_python_is_at_home_there(exported, python):
    code = (
        "import json, sys, subprocess, alpha, shared.part1, shared.part2, importlib.metadata as m;"
        "print(json.dumps([sys.prefix, sys.executable, alpha.__file__, shared.part2.__file__,"
        " sys.alpha_was_here, m.version('alpha'), sys.path, alpha.main.__code__.co_filename,"
        " open(sys.prefix + '/share/alpha/data.txt').read(),"
        " subprocess.check_output([sys.executable, '-c', 'import alpha; print(1)'], text=True)]))"
    )
    found = json.loads(call(exported / "bin/python", "-c", code))
    prefix, executable, origin, part, pth, version, path, code_file, data, child = found
    assert prefix == str(exported)
    assert executable == f"{exported}/bin/python"
    assert origin.startswith(f"{exported}/store/v1/wheels/alpha-2.0-")
    assert part.startswith(f"{exported}/store/v1/composites/")
    assert (pth, version, data, child) == (1, "2.0", "data", "1\n")
    assert code_file == origin
    assert any(entry.startswith(f"{exported}/store/v1/wheels/") for entry in path)


def test_it_names_no_other_place(pel, lock_of, tmp_path):
    """But in code, whose paths are replaced when it is loaded."""
    pel("export", lock_of(tool(), sharing(1), sharing(2)), tmp_path / "out").ok()
    for path in (tmp_path / "out").rglob("*"):
        if (
            path.is_file()
            and not {"launchers", "bytecode"} & set(path.parts)
            and path.name != "python"
        ):
            content = path.read_bytes()
            for place in (pel.data, pel.cache, tmp_path / "out"):
                assert os.fsencode(place) not in content, path


def test_hosted(pel, lock_of, tmp_path):
    hosted = {"PYENVLAUNCH_MODE": "hosted"}
    pel("export", lock_of(tool()), tmp_path / "first", env=hosted).ok()
    moved = (tmp_path / "first").rename(tmp_path / "it's moved")
    pel.forget()
    assert call(moved / "bin/go") == "alpha\n"
    code = "import alpha, sys; print(alpha.__file__, sys.alpha_was_here)"
    assert call(moved / "bin/python", "-c", code).startswith(f"{moved}/store/v1/wheels/")


def test_read_only(exported):
    for folder, folders, files in os.walk(exported):
        for name in folders + files:
            if not Path(folder, name).is_symlink():
                Path(folder, name).chmod(Path(folder, name).stat().st_mode & 0o555)
    exported.chmod(0o555)
    assert call(exported / "bin/go") == "alpha\n"
    assert call(exported / "bin/python", "-O", "-c", "import alpha; print(1)") == "1\n"
    for folder, _, _ in os.walk(exported):
        Path(folder).chmod(0o755)


def test_copy_without_hard_links(exported, tmp_path):
    shutil.copytree(exported, tmp_path / "copy", symlinks=True)
    shutil.rmtree(exported)
    assert call(tmp_path / "copy/bin/go") == "alpha\n"


def test_a_file_system_without_hard_links(pel, lock_of, tmp_path):
    lock = lock_of(tool(), sharing(1), sharing(2))
    pel("export", lock, tmp_path / "first", env=preload(PEL_TEST_NO_LINKS=1)).ok()
    (tmp_path / "first").rename(tmp_path / "second")
    pel.forget()
    assert call(tmp_path / "second/bin/go") == "alpha\n"
    assert call(tmp_path / "second/bin/native", "x") == "native x\n"
    code = "import shared.part2, sys; print(shared.part2.NUMBER, sys.prefix)"
    answer = call(tmp_path / "second/bin/python", "-c", code)
    assert answer == f"2 {tmp_path / 'second'}\n"


def test_others_may_not_write_it(exported):
    (exported / "pyenvlaunch.table").chmod(0o666)
    done = subprocess.run([exported / "bin/go"], env=NOWHERE, capture_output=True, text=True)
    assert done.stderr == (
        f"pyenvlaunch: error: cannot use {exported}/pyenvlaunch.table: it belongs to another user,"
        " or others may write it\n"
        f"  hint: what is in {exported} must be yours or root's, and writable by nobody else (chown,"
        " chmod go-w)\n"
    )
    (exported / "pyenvlaunch.table").unlink()
    done = subprocess.run([exported / "bin/go"], env=NOWHERE, capture_output=True, text=True)
    assert done.stderr.splitlines()[1:] == [
        "  hint: remove the directory, and make it again with `pyenvlaunch export`"
    ]


def test_venv_leaves_it_alone(pel, lock_of, tmp_path):
    lock = lock_of(tool())
    pel("export", lock, tmp_path / "out").ok()
    before = sorted((tmp_path / "out").rglob("*"))
    assert error_of(pel("venv", tmp_path / "out", lock), 2) == (
        f"cannot make an environment in {tmp_path}/out: `pyenvlaunch export` has made it\n"
        "  hint: give another directory, or --clear to replace it\n"
    )
    assert sorted((tmp_path / "out").rglob("*")) == before
    pel("venv", "--clear", tmp_path / "out", lock).ok()
    assert not (tmp_path / "out/store").exists()


def test_it_can_be_deleted_by_its_owner(exported):
    shutil.rmtree(exported)


def test_directory_that_is_not_empty_is_refused(pel, lock_of, tmp_path):
    lock = lock_of(tool())
    folder = tmp_path / "out"
    folder.mkdir()
    pel("export", lock, folder).ok()
    before = sorted(folder.rglob("*"))
    error = pel("export", lock, folder).failed(2)
    assert f"cannot export to {folder}: it is there, and not empty" in error
    assert sorted(folder.rglob("*")) == before
    file = tmp_path / "file"
    file.write_text("mine")
    pel("export", lock, file).failed(2)
    assert file.read_text() == "mine"


def test_failure_leaves_nothing(pel, lock_of, tmp_path, build):
    wheel = build(tool())
    lock = lock_of(wheel)
    wheel.path.unlink()
    out = tmp_path / "a/out"
    pel("export", lock, out).failed(1)
    assert not out.exists()
    assert [name for name in os.listdir(tmp_path) if name.startswith(".tmp")] == []


def test_source_paths_are_refused(pel, lock_of, tmp_path):
    lock = lock_of(tool(), tool='source-paths = ["src"]\n')
    assert "source-paths" in pel("export", lock, tmp_path / "out").failed(1)
    assert not (tmp_path / "out").exists()


def test_editable_packages_are_refused(pel, tmp_path):
    project = write_project(tmp_path / "edited", "edited")
    table = "directory = " + inline({"path": str(project), "editable": True})
    lock = write_lock(tmp_path / "app.lock", [Entry("edited", None, [], [table])])
    assert error_of(pel("export", lock, tmp_path / "out")) == (
        f"cannot export {lock}: edited is editable, and lies outside of the environment, in"
        f" {project}\n  hint: lock the directory without -e, so that it is built\n"
    )
    assert not (tmp_path / "out").exists()


def test_json(pel, lock_of, tmp_path, python):
    facts = json.loads(pel("export", "--json", lock_of(tool()), tmp_path / "out").ok())
    assert facts["directory"] == str(tmp_path / "out")
    assert facts["wheels"] == 1
    assert facts["bytes"] > 0


def test_interpreter_that_is_gone_is_one_clear_error(exported, python):
    table = exported / "pyenvlaunch.table"
    content = table.read_bytes()
    if b"libpython" not in content:
        return  # the interpreter itself is executed
    config = exported / "pyvenv.cfg"
    config.write_text(config.read_text().replace("home = /", "home = /gone/"))
    done = subprocess.run([exported / "bin/python", "-c", "0"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "pyvenv.cfg" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.root
def test_in_a_root_with_nothing_but_the_interpreter(exported, tmp_path, python):
    """As in a container whose image has the interpreter and this directory."""
    root = tmp_path / "root"
    script = ["set -e", f"mkdir -p {root}/app {root}/proc {root}/dev {root}/tmp"]
    for place in ("/usr", Path(python.path).resolve().parent.parent):
        script.append(f"mkdir -p {root}{place}; mount --rbind -o ro {place} {root}{place}")
    for name in ("bin", "lib", "lib64"):
        script.append(f"[ ! -L /{name} ] || ln -s usr/{name} {root}/{name}")
    script.append(f"mount -t proc proc {root}/proc")
    script.append(f'mount --bind -o ro "{exported}" {root}/app')
    script.append(f"exec chroot --userspec=4321:4321 {root} /usr/bin/env -i /app/bin/go works")
    done = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c", "\n".join(script)],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "alpha works\n"), done


def test_cache_key(pel, lock_of, new_user, python):
    one = lock_of(tool(), name="one.lock")
    two = lock_of(simple("beta"), name="two.lock")
    key = pel("cache-key", one, two).ok().strip()
    assert key.startswith("pyenvlaunch-1.1.1-linux-")
    assert not set(key) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    assert pel("cache-key", two, one).ok().strip() == key
    other = new_user(python)  # another machine of this kind: other places, the same locks
    copies = []
    for lock in (one, two):
        copies.append(other.work / f"copy-{lock.name}")
        shutil.copy(lock, copies[-1])
    assert other("cache-key", *copies).ok().strip() == key
    facts = json.loads(pel("cache-key", "--json", one, two).ok())
    assert facts["key"] == key
    assert key.startswith(facts["machine"])
    assert key[: -len(key.rsplit("-", 1)[1])] == facts["machine"]
    others = {pel("cache-key", one).ok(), pel("cache-key", two).ok(), key + "\n"}
    one.write_text(one.read_text() + "\n# changed\n")
    others.add(pel("cache-key", one).ok())
    assert len(others) == 4
    pel("cache-key").failed(2)


@pytest.mark.parametrize(("level", "option"), [("1", "-O"), ("2", "-OO")])
def test_bytecode_for_optimized_starts(pel, lock_of, tmp_path, level, option):
    """Every module that a start under -O imports has its code there; nothing is compiled."""
    lock = lock_of(tool(), sharing(1), sharing(2))
    pel("export", lock, tmp_path / "plain").ok()
    pel("export", "--optimize", level, lock, tmp_path / "env").ok()
    packs = [pack.name for pack in (tmp_path / "env").rglob("*.pack")]
    assert {".opt-" + level in name for name in packs} == {True, False}
    assert len([name for name in packs if ".opt-" in name]) * 2 == len(packs)
    assert not list((tmp_path / "plain").rglob("*.opt-*"))
    code = "import alpha, shared; print(alpha.__spec__.loader.get_code('alpha').co_filename)"
    out = call(tmp_path / "env/bin/python", option, "-c", code)
    assert out.strip().startswith(str(tmp_path / "env"))
    assert "--optimize" in pel("export", "--optimize", "3", lock, tmp_path / "x").failed(2)


def test_what_an_interruption_has_left_goes_with_the_next_export(pel, lock_of, tmp_path):
    place = tmp_path / "place"
    left = place / ".pyenvlaunch-export-aB3dE9"
    left.mkdir(parents=True)
    (left / "file").write_text("x")
    own = place / ".tmp-export-aB3dE9"
    own.mkdir()
    pel("export", lock_of(tool()), place / "out").ok()
    assert sorted(path.name for path in place.iterdir()) == [own.name, "out"]
