"""edit DIR PACKAGE: one package of the store, changed in one directory."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from support.launcher import Launcher
from support.wheels import Wheel, simple

ALPHA = "VALUE = 'store'\ndef main():\n    print(VALUE)\n"


def alpha(version: str = "2.0", **files) -> Wheel:
    contents = {"alpha/__init__.py": ALPHA, "alpha/data.bin": b"\0\1", "alpha_top.py": "TOP = 1\n"}
    scripts = {"console_scripts": {"go": "alpha:main"}}
    return Wheel("Alpha.Pkg", version, contents | files, entry_points=scripts)


@pytest.fixture
def directory(pel: Launcher, lock_of) -> Path:
    place = pel.work / "venv"
    pel("venv", "-q", place, lock_of(alpha(), simple("beta"))).ok()
    return place


def site_packages(directory: Path) -> Path:
    (found,) = directory.glob("lib/python3*/site-packages")
    return found


def code(directory: Path, text: str) -> str:
    command = [directory / "bin/python", "-c", text]
    return subprocess.run(
        command, env={}, check=True, text=True, capture_output=True
    ).stdout.strip()


def change(directory: Path) -> Path:
    file = site_packages(directory) / "alpha/__init__.py"
    file.write_text(ALPHA.replace("store", "mine!"))
    return file


@pytest.mark.parametrize("name", ["josé %41", os.fsdecode(b"no utf-8 \xff")])
def test_edits_where_the_paths_are_not_ascii(pel, lock_of, name):
    """Neither of the store, nor of the directory."""
    home = pel.root / name
    pel.env["PYENVLAUNCH_HOME"] = str(home)
    directory = pel.work / name
    pel("venv", "-q", directory, lock_of(alpha())).ok()
    pel("edit", directory, "alpha_pkg").ok()
    change(directory)
    assert code(directory, "import alpha; print(alpha.VALUE)") == "mine!"
    assert "+VALUE = 'mine!'" in pel("edit", "--diff", directory, "alpha_pkg").ok()
    assert "alpha" in pel("edit", "--list", directory).ok()
    pel("venv", "-q", directory, lock_of(alpha())).ok()
    assert code(directory, "import alpha; print(alpha.VALUE)") == "mine!"
    pel("edit", "--reset", directory, "alpha_pkg").ok()
    assert code(directory, "import alpha; print(alpha.VALUE)") == "store"


def test_an_edit_wins_here_and_nowhere_else(pel, lock_of, directory):
    other = pel.work / "other"
    pel("venv", "-q", other, lock_of(alpha(), simple("beta"))).ok()
    assert code(directory, "import alpha; print(alpha.VALUE)") == "store"
    out = pel("edit", directory, "alpha_pkg").ok()
    assert "alpha-pkg 2.0" in out
    assert str(directory) in out
    assert code(directory, "import alpha; print(alpha.VALUE)") == "store"
    file = change(directory)
    assert code(directory, "import alpha; print(alpha.VALUE, alpha.__file__)") == f"mine! {file}"
    assert code(directory, "import alpha_top; print(alpha_top.__file__)").startswith(str(directory))
    assert subprocess.check_output([directory / "bin/go"], env={}, text=True) == "mine!\n"
    versions = "import importlib.metadata as m; print([d.version for d in m.distributions(name='alpha-pkg')])"
    assert code(directory, versions) == "['2.0']"
    assert code(directory, "import beta; print(beta.__file__)").startswith(str(pel.store))
    assert code(other, "import alpha; print(alpha.VALUE)") == "store"
    pel("store", "verify").ok()


def test_diff_list_and_reset(pel, directory, tmp_path):
    pel("edit", directory, "alpha.pkg").ok()
    assert pel("edit", "--diff", directory, "alpha-pkg").ok() == ""
    assert ", 0 changed" in pel("edit", "--list", directory).ok()
    change(directory)
    package = site_packages(directory) / "alpha"
    (package / "data.bin").write_bytes(b"\0\2")
    (package / "new.py").write_text("NEW = 1\n")
    (site_packages(directory) / "alpha_top.py").unlink()
    code(directory, "import alpha, alpha.new")
    assert (package / "__pycache__").exists() or "PYTHONDONTWRITEBYTECODE" in os.environ
    diff = pel("edit", "--diff", directory, "alpha-pkg").ok()
    assert "--- a/alpha/__init__.py\n+++ b/alpha/__init__.py\n" in diff
    assert "-VALUE = 'store'\n+VALUE = 'mine!'\n" in diff
    assert "Binary files a/alpha/data.bin and b/alpha/data.bin differ\n" in diff
    assert "--- /dev/null\n+++ b/alpha/new.py\n" in diff
    assert "--- a/alpha_top.py\n+++ /dev/null\n" in diff
    assert "__pycache__" not in diff
    (listed,) = json.loads(pel("edit", "--list", "--json", directory).ok())
    assert (listed["name"], listed["version"], listed["changed"]) == ("alpha-pkg", "2.0", 4)
    # What it says can be applied to the sources.
    sources = tmp_path / "sources/alpha"
    sources.mkdir(parents=True)
    (sources / "__init__.py").write_text(ALPHA)
    (sources.parent / "alpha_top.py").write_text("TOP = 1\n")
    command = ["git", "apply", "--exclude=*.bin", "-p1", "-"]
    text = "".join(line for line in diff.splitlines(True) if not line.startswith("Binary"))
    subprocess.run(command, input=text, cwd=sources.parent, text=True, check=True)
    assert (sources / "__init__.py").read_text() == (package / "__init__.py").read_text()
    pel("edit", "--reset", directory, "alpha-pkg").ok()
    assert code(directory, "import alpha; print(alpha.VALUE)") == "store"
    assert pel("edit", "--list", directory).ok() == ""
    left = {path.name for path in site_packages(directory).iterdir()} - {"__pycache__"}
    assert all(name.startswith("!pyenvlaunch") or name.endswith(".dist-info") for name in left), (
        left
    )
    assert not list(site_packages(directory).glob("*.dist-info/RECORD"))
    assert list(site_packages(directory).glob("Alpha_Pkg-2.0.dist-info/METADATA"))
    assert not (directory / "pyenvlaunch.edits").exists()


def test_update_keeps_an_edit_or_says_what_to_do(pel, lock_of, directory):
    pel("edit", directory, "alpha-pkg").ok()
    change(directory)
    pel("venv", "-q", directory, lock_of(alpha(), simple("gamma"), name="more.lock")).ok()
    assert code(directory, "import alpha, gamma; print(alpha.VALUE)") == "mine!"
    newer = lock_of(alpha("3.0"), simple("delta"), name="newer.lock")
    message = pel("venv", "-q", directory, newer).failed(2)
    assert "alpha-pkg 2.0 is edited" in message
    assert "--diff" in message
    assert "--reset" in message
    assert code(directory, "import alpha, gamma; print(alpha.VALUE)") == "mine!"
    assert "mine!" in pel("edit", "--diff", directory, "alpha-pkg").ok()
    pel("store", "gc").ok()
    assert "mine!" in pel("edit", "--diff", directory, "alpha-pkg").ok()
    pel("edit", "--reset", directory, "alpha-pkg").ok()
    pel("venv", "-q", directory, newer).ok()
    assert code(directory, "import alpha, delta; print(alpha.VALUE)") == "store"


def test_namespace_packages_stay_shared(pel, lock_of):
    one = Wheel("ns-one", "1.0", {"ns/one/__init__.py": "WHERE = 1\n"})
    two = Wheel("ns-two", "1.0", {"ns/two/__init__.py": "WHERE = 2\n"})
    directory = pel.work / "venv"
    pel("venv", "-q", directory, lock_of(one, two)).ok()
    pel("edit", directory, "ns-one").ok()
    own = site_packages(directory)
    (own / "ns/one/__init__.py").write_text("WHERE = 'mine'\n")
    assert code(directory, "import ns.one, ns.two; print(ns.one.WHERE, ns.two.WHERE)") == "mine 2"
    (own / "ns/three").mkdir()
    (own / "ns/three/__init__.py").write_text("")
    pel("edit", "--reset", directory, "ns-one").ok()
    assert code(directory, "import ns.one, ns.two, ns.three; print(ns.one.WHERE)") == "1"


def test_wheels_side_by_side_come_together(pel, lock_of):
    """A regular package of two wheels: a copy of one alone would hide the other's part."""
    first = Wheel("pair-a", "1.0", {"pair/__init__.py": "", "pair/a.py": "A = 1\n"})
    second = Wheel("pair-b", "1.0", {"pair/b.py": "B = 2\n"})
    directory = pel.work / "venv"
    pel("venv", "-q", directory, lock_of(first, second)).ok()
    assert code(directory, "import pair.a, pair.b; print(pair.b.B)") == "2"
    assert "1 wheel beside it" in pel("edit", directory, "pair-b").ok()
    (site_packages(directory) / "pair/b.py").write_text("B = 'mine'\n")
    assert code(directory, "import pair.a, pair.b; print(pair.a.A, pair.b.B)") == "1 mine"
    assert "pair-b" in pel("edit", directory, "pair-a").failed(2)
    pel("edit", "--reset", directory, "pair-b").ok()
    assert code(directory, "import pair.a, pair.b; print(pair.b.B)") == "2"


def test_bad_usage(pel, lock_of, directory, python):
    assert "no directory given" in pel("edit").failed(2)
    assert "no package given" in pel("edit", directory).failed(2)
    assert "contradict" in pel("edit", "--diff", "--reset", directory, "alpha").failed(2)
    assert "has not made it" in pel("edit", pel.work, "alpha").failed(2)
    assert "no such package" in pel("edit", directory, "nothing").failed()
    assert "it is not" in pel("edit", "--diff", directory, "alpha-pkg").failed()
    other = pel.work / "real"
    subprocess.run([python.path, "-m", "venv", "--without-pip", other], check=True)
    assert "has not made it" in pel("edit", other, "alpha-pkg").failed(2)
    pel("edit", directory, "alpha-pkg").ok()
    assert "being edited" in pel("edit", directory, "alpha-pkg").failed(2)
    pel("edit", "--reset", directory, "alpha-pkg").ok()
    own = site_packages(directory) / "alpha_top.py"
    own.write_text("MINE = 1\n")
    assert str(own) in pel("edit", directory, "alpha-pkg").failed(2)
    assert own.read_text() == "MINE = 1\n"
    assert not (site_packages(directory) / "alpha").exists()


def test_an_interrupted_copy_is_done_again(pel, directory):
    pel("edit", directory, "alpha-pkg").ok()
    record = directory / "pyenvlaunch.edits"
    edits = json.loads(record.read_text())
    edits["edits"][0]["complete"] = False
    edits["edits"][0]["files"].append("../../../outside")
    record.write_text(json.dumps(edits))
    outside = directory / "outside"
    outside.write_text("x")
    (site_packages(directory) / "alpha_top.py").unlink()
    pel("edit", directory, "alpha-pkg").ok()
    assert code(directory, "import alpha_top; print(alpha_top.TOP)") == "1"
    assert outside.exists()
    record.write_text("damaged")
    assert "no list of edits" in pel("edit", "--list", directory).failed()


def test_what_a_killed_writer_left_goes(pel, directory):
    left = directory / ".tmp-pyenvlaunch.edits-Ab3xYz"
    left.write_text("{")
    other = directory / ".tmp-mine"
    other.write_text("not of the record")
    pel("edit", directory, "alpha-pkg").ok()
    assert not left.exists()
    left.write_text("{")
    pel("edit", "--reset", directory, "alpha-pkg").ok()
    assert not left.exists()
    assert other.exists()


@pytest.mark.user
def test_the_store_itself_cannot_be_edited(pel, directory):
    file = Path(code(directory, "import alpha; print(alpha.__file__)"))
    with pytest.raises(PermissionError):
        file.write_text("x")
    pel("edit", directory, "alpha-pkg").ok()
    change(directory)


@pytest.fixture
def scripted(pel: Launcher, lock_of) -> Path:
    """A package with a script, a program and start files of its own."""
    files = {
        "gamma.py": "",
        "gamma_path.pth": "gamma-more\n",
        "gamma-more/gamma_more.py": "",
        "gamma_code.pth": "import sys; sys.gamma = 'store'\n",
        "gamma-1.0.data/scripts/gamma-tool": "#!python\nprint('store')\n",
        "gamma-1.0.data/scripts/gamma-sh": "#!/bin/sh\necho store\n",
    }
    place = pel.work / "scripted"
    pel("venv", "-q", place, lock_of(Wheel("gamma", "1.0", files))).ok()
    return place


def output(*command) -> str:
    return subprocess.check_output(command, env={"PATH": os.environ["PATH"]}, text=True).strip()


def test_scripts_and_start_files_are_those_of_the_copy(pel, lock_of, scripted):
    tool, shell = scripted / "bin/gamma-tool", scripted / "bin/gamma-sh"
    start = site_packages(scripted) / "gamma_code.pth"
    asked = "import sys, gamma_more; print(sys.gamma, gamma_more.__file__)"
    before = {path: path.read_bytes() for path in (tool, shell, start)}
    pel("edit", scripted, "gamma").ok()
    assert pel("edit", "--diff", scripted, "gamma").ok() == ""
    assert output(tool) == output(shell) == "store"
    more = site_packages(scripted) / "gamma-more/gamma_more.py"
    assert code(scripted, asked) == f"store {more}"
    for path in before:
        path.write_text(path.read_text().replace("store", "mine"))
    assert output(tool) == output(shell) == "mine"
    assert code(scripted, asked) == f"mine {more}"
    diff = pel("edit", "--diff", scripted, "gamma").ok()
    assert "--- a/gamma_code.pth\n+++ b/gamma_code.pth\n" in diff
    assert "--- a/bin/gamma-tool\n+++ b/bin/gamma-tool\n" in diff
    assert "--- a/bin/gamma-sh\n" in diff
    assert ", 3 changed" in pel("edit", "--list", scripted).ok()
    # An update of the directory leaves them, whether or not it has something else to do.
    (lock,) = json.loads(pel("env", "list", "--json").ok())[0]["locks"]
    shell_link = scripted / "bin/python3"
    shell_link.unlink()
    pel("venv", "-q", scripted, lock).ok()
    assert shell_link.exists()
    assert output(tool) == output(shell) == "mine"
    assert code(scripted, asked) == f"mine {more}"
    pel("edit", "--reset", scripted, "gamma").ok()
    assert output(tool) == output(shell) == "store"
    assert code(scripted, asked).startswith(f"store {pel.store}")
    assert {path: path.read_bytes() for path in before} == before
    assert not list(scripted.glob("pyenvlaunch.replaced*"))
    assert ", up to date" in pel("venv", scripted, lock).ok()
    pel("store", "verify").ok()


def test_an_interrupted_replacement_is_done_again(pel, scripted):
    pel("edit", scripted, "gamma").ok()
    tool = scripted / "bin/gamma-tool"
    tool.write_text(tool.read_text().replace("store", "half"))
    record = scripted / "pyenvlaunch.edits"
    record.write_text(record.read_text().replace('"complete": true', '"complete": false'))
    pel("edit", scripted, "gamma").ok()
    assert pel("edit", "--diff", scripted, "gamma").ok() == ""
    assert output(tool) == "store"


def test_edits_are_shown_with_the_environment(pel, lock_of, directory):
    lock = lock_of(alpha(), simple("beta"))
    follower = pel.work / "follower"
    pel("venv", "-q", "--follow", follower, lock).ok()
    assert "edited" not in pel("env", "explain", lock, "alpha").ok()
    pel("edit", directory, "alpha-pkg").ok()
    assert f"  edited in {directory}\n" in pel("env", "explain", lock, "alpha").ok()
    places = json.loads(pel("env", "explain", "--json", lock, "alpha").ok())
    assert [place["edited_in"] for place in places] == [[str(directory)]]
    assert json.loads(pel("env", "explain", "--json", lock, "beta").ok())[0]["edited_in"] == []
    shown = json.loads(pel("env", "show", "--json", lock).ok())["directories"]
    assert [(one["directory"], one["follows"], one["edited"]) for one in shown] == [
        (str(follower), True, []),
        (str(directory), False, ["alpha-pkg"]),
    ]
    text = pel("env", "show", lock).ok()
    assert f"  {follower}  (follows the lock)\n" in text
    assert f"  {directory}  edited: alpha-pkg\n" in text
    pel("edit", "--reset", directory, "alpha-pkg").ok()
    assert "edited" not in pel("env", "show", lock).ok()


def test_two_packages_at_once(pel, lock_of):
    """Neither forgets what the other has noted."""
    place = pel.work / "venv"
    names = [f"part{number}" for number in range(6)]
    pel("venv", "-q", place, lock_of(*map(simple, names))).ok()
    running = [pel.popen("edit", place, name) for name in names]
    for process in running:
        _, error = process.communicate(timeout=600)
        assert process.returncode == 0, error
    listed = json.loads(pel("edit", "--list", "--json", place).ok())
    assert sorted(edit["name"] for edit in listed) == names
    for name in names:
        pel("edit", "--reset", place, name).ok()
    assert pel("edit", "--list", place).ok() == ""


def test_changes_in_what_an_interrupted_edit_has_left_are_not_lost(pel, directory):
    pel("edit", directory, "alpha-pkg").ok()
    record = directory / "pyenvlaunch.edits"
    record.write_text(record.read_text().replace('"complete": true', '"complete": false'))
    file = change(directory)
    error = pel("edit", directory, "alpha-pkg").failed(2)
    assert (
        f"an earlier attempt was interrupted, and {file} was changed since\n  hint: --diff" in error
    )
    assert "mine!" in file.read_text()
    assert "+VALUE = 'mine!'" in pel("edit", "--diff", directory, "alpha-pkg").ok()
    pel("edit", "--reset", directory, "alpha-pkg").ok()
    pel("edit", directory, "alpha-pkg").ok()


def test_a_directory_that_the_store_does_not_know_any_more(pel, lock_of, directory):
    for root in (pel.store / "roots").iterdir():
        root.unlink()
    error = pel("edit", directory, "alpha-pkg").failed()
    assert f"{pel.store} knows nothing of this directory any more" in error
    assert f"hint: make it known again, with its lock: pyenvlaunch venv {directory} LOCK" in error
    pel("venv", "-q", directory, lock_of(alpha(), simple("beta"))).ok()
    pel("edit", directory, "alpha-pkg").ok()
