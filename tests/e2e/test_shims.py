"""shims: console scripts of locks on the user's PATH."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support.launcher import remove_tree
from support.wheels import Wheel, simple


def tool(version: str = "2.0", **changes) -> Wheel:
    fields = {
        "name": "alpha",
        "version": version,
        "files": {"alpha.py": f"def main():\n    print('alpha {version}')\n"},
        "entry_points": {"console_scripts": {"go": "alpha:main", "stay": "alpha:main"}},
    }
    return Wheel(**(fields | changes))


@pytest.fixture
def bin_dir(pel) -> Path:
    return pel.home / ".local/bin"


def call(path: Path, *args: str, **options) -> str:
    options = {"env": {}, "check": True, "text": True, "capture_output": True, "cwd": "/"} | options
    return subprocess.run([path, *args], **options).stdout


def links(folder: Path) -> list[str]:
    return sorted(os.listdir(folder)) if folder.exists() else []


def test_install_all(pel, lock_of, bin_dir):
    done = pel("shims", "install", lock_of(tool()))
    assert "2 shims" in done.ok()
    assert f"{bin_dir} is not on PATH" in done.stderr
    assert links(bin_dir) == ["go", "stay"]
    assert call(bin_dir / "go") == "alpha 2.0\n"


def test_a_directory_by_two_names(pel, lock_of, tmp_path):
    """It is one place; and what is left of shims that are gone is in nobody's way."""
    real, link = tmp_path / "dotfiles/bin", tmp_path / "bin"
    real.mkdir(parents=True)
    link.symlink_to(real)
    lock = lock_of(tool())
    path = {"PATH": f"/usr/bin:/bin:{link}"}
    assert pel("shims", "install", lock, "go", "--dir", link, env=path).stderr == ""
    assert "up to date" in pel("shims", "install", lock, "go", "--dir", real, env=path).ok()
    link.unlink()
    assert call(real / "go") == "alpha 2.0\n"
    left = (real / "go").readlink()
    assert pel("shims", "uninstall", "go").ok() == f"removed {real}/go\n"
    (real / "go").symlink_to(left)
    pel("shims", "install", lock_of(tool("3.0")), "go", "--dir", real).ok()
    assert call(real / "go") == "alpha 3.0\n"


def test_no_warning_when_it_is_on_path(pel, lock_of, bin_dir):
    path = {"PATH": f"/usr/bin:/bin:{bin_dir}"}
    assert pel("shims", "install", lock_of(tool()), env=path).stderr == ""


def test_install_by_name_into_a_directory(pel, lock_of, tmp_path, bin_dir):
    lock = lock_of(tool())
    folder = tmp_path / "some where"
    pel("shims", "install", lock, "go", "--dir", folder).ok()
    assert links(folder) == ["go"]
    assert call(folder / "go") == "alpha 2.0\n"
    assert not bin_dir.exists()
    pel("shims", "install", lock, "stay", "--dir", folder).ok()
    assert links(folder) == ["go", "stay"]
    listed = json.loads(pel("shims", "list", "--json").ok())
    assert [(item["lock"], item["all"], item["directory"]) for item in listed] == [
        (str(lock), False, str(folder))
    ]


def test_linked_program(pel, lock_of, bin_dir):
    wheel = simple("prog")
    wheel.files["prog-1.0.data/scripts/prog"] = "#!/bin/sh\necho native $1\n"
    pel("shims", "install", lock_of(wheel)).ok()
    assert call(bin_dir / "prog", "x") == "native x\n"


def test_unknown_name(pel, lock_of, bin_dir):
    error = pel("shims", "install", lock_of(tool()), "gone").failed(1)
    assert "cannot install 'gone'" in error
    assert "did you mean 'go'?" in error
    assert not bin_dir.exists()
    assert json.loads(pel("shims", "list", "--json").ok()) == []


def test_lock_without_scripts(pel, lock_of):
    assert "has no scripts" in pel("shims", "install", lock_of(simple("beta"))).failed(1)


def test_file_of_others_is_not_replaced(pel, lock_of, bin_dir):
    bin_dir.mkdir(parents=True)
    (bin_dir / "stay").write_text("mine")
    lock = lock_of(tool())
    error = pel("shims", "install", lock).failed(1)
    assert f"{bin_dir}/stay is there, and was not installed by pyenvlaunch" in error
    assert "--force" in error
    assert links(bin_dir) == ["stay"]  # all or nothing
    assert json.loads(pel("shims", "list", "--json").ok()) == []
    pel("shims", "install", lock, "--force").ok()
    assert call(bin_dir / "stay") == "alpha 2.0\n"


def test_directory_is_never_replaced(pel, lock_of, bin_dir):
    (bin_dir / "go").mkdir(parents=True)
    error = pel("shims", "install", lock_of(tool()), "--force").failed(1)
    assert "is a directory" in error
    assert links(bin_dir) == ["go"]


def test_shims_of_another_lock_are_not_replaced(pel, lock_of, bin_dir):
    one = lock_of(tool(), name="one.lock")
    pel("shims", "install", one).ok()
    two = lock_of(tool("3.0"), name="two.lock")
    assert "belongs to the shims of another lock" in pel("shims", "install", two).failed(1)
    pel("shims", "install", two, "go", "--force").ok()
    assert (call(bin_dir / "go"), call(bin_dir / "stay")) == ("alpha 3.0\n", "alpha 2.0\n")
    states = {
        (Path(item["lock"]).name, shim["name"]): shim["state"]
        for item in json.loads(pel("shims", "list", "--json").ok())
        for shim in item["shims"]
    }
    assert states == {
        ("one.lock", "go"): "replaced",
        ("one.lock", "stay"): "ok",
        ("two.lock", "go"): "ok",
    }
    # What another lock has taken stays with it.
    pel("shims", "uninstall", one).ok()
    assert links(bin_dir) == ["go"]
    assert call(bin_dir / "go") == "alpha 3.0\n"


def test_gc_keeps_what_shims_need(pel, lock_of, bin_dir):
    lock = lock_of(tool())
    pel.run(lock, "go").ok()
    pel("shims", "install", lock).ok()
    pel("env", "remove", lock).ok()
    lock.unlink()
    remove_tree(pel.cache)
    pel("store", "gc").ok()
    assert call(bin_dir / "go") == "alpha 2.0\n"
    assert " (gone)" in pel("shims", "list").ok()
    assert "shims" in pel("env", "list").ok()
    pel("shims", "uninstall", "go", "stay").ok()
    pel("store", "gc").ok()
    assert pel("store", "list").ok() == ""
    assert [name for name in links(pel.data / "shims") if not name.startswith(".")] == []


def test_upgrade_follows_the_lock(pel, lock_of, bin_dir):
    lock = lock_of(tool())
    pel("shims", "install", lock).ok()
    points = {"console_scripts": {"go": "alpha:main", "new": "alpha:main"}}
    lock_of(tool("3.0", entry_points=points))
    assert call(bin_dir / "go") == "alpha 2.0\n"  # not before it is asked for
    out = pel("shims", "upgrade").ok()
    assert "installed new" in out
    assert "removed stay" in out
    assert links(bin_dir) == ["go", "new"]
    assert call(bin_dir / "go") == "alpha 3.0\n"
    assert pel("shims", "upgrade").ok() == ""
    assert "up to date" in pel("shims", "upgrade", lock).ok()


def test_upgrade_keeps_to_the_names(pel, lock_of, bin_dir):
    lock = lock_of(tool())
    pel("shims", "install", lock, "go").ok()
    lock_of(tool("3.0"))
    pel("shims", "upgrade", lock).ok()
    assert links(bin_dir) == ["go"]
    assert call(bin_dir / "go") == "alpha 3.0\n"


def test_upgrade_without_the_lock_uses_the_copy(pel, lock_of, bin_dir):
    lock = lock_of(tool())
    pel("shims", "install", lock).ok()
    lock.unlink()
    (bin_dir / "go").unlink()
    done = pel("shims", "upgrade")
    assert "installed go" in done.ok()
    assert "is gone: the copy" in done.stderr
    assert call(bin_dir / "go") == "alpha 2.0\n"


def test_upgrade_goes_on_behind_an_error(pel, lock_of, bin_dir):
    bad = lock_of(tool(), name="a.lock")
    good = lock_of(Wheel("beta", "1.0", {"beta.py": "def f(): print(1)"},
                         {"console_scripts": {"b": "beta:f"}}), name="b.lock")  # fmt: skip
    pel("shims", "install", bad).ok()
    pel("shims", "install", good).ok()
    bad.write_text("no lock")
    (bin_dir / "b").unlink()
    error = pel("shims", "upgrade").failed(1)
    assert str(bad) in error
    assert links(bin_dir) == ["b", "go", "stay"]
    assert call(bin_dir / "go") == "alpha 2.0\n"  # as it was


def test_upgrade_of_nothing(pel, lock_of):
    assert pel("shims", "upgrade").ok() == ""
    assert "there are none" in pel("shims", "upgrade", lock_of(tool())).failed(1)


def test_uninstall_leaves_what_is_not_ours(pel, lock_of, bin_dir):
    pel("shims", "install", lock_of(tool())).ok()
    (bin_dir / "go").unlink()
    (bin_dir / "go").write_text("mine")
    done = pel("shims", "uninstall", "go")
    assert done.ok() == ""
    assert "was not touched" in done.stderr
    assert (bin_dir / "go").read_text() == "mine"
    assert links(bin_dir) == ["go", "stay"]


def test_uninstall_of_nothing(pel):
    assert "cannot uninstall 'go': no such shim" in pel("shims", "uninstall", "go").failed(1)


def test_uninstall_while_it_runs(pel, lock_of, bin_dir):
    code = (
        "import subprocess, sys\ndef main():\n    print('up', flush=True)\n    input()\n"
        "    subprocess.run([sys.executable, '-c', 'import alpha; print(\"child\")'])\n"
    )
    pel("shims", "install", lock_of(tool(files={"alpha.py": code}))).ok()
    process = subprocess.Popen(
        [bin_dir / "go"], env={}, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == "up\n"
    pel("shims", "uninstall", "go", "stay").ok()
    pel("store", "gc").ok()
    out, _ = process.communicate("\n")
    assert out == "child\n"
    pel("store", "gc").ok()
    assert pel("store", "list").ok() == ""


def damage(pel):
    table = next((pel.data / "shims").glob("*/pyenvlaunch.table"))
    table.chmod(0o644)
    table.write_bytes(b"nonsense")


def test_damaged_environment_is_made_again(pel, lock_of, bin_dir):
    lock = lock_of(tool())
    pel("shims", "install", lock).ok()
    lock.unlink()
    damage(pel)
    assert call(bin_dir / "go") == "alpha 2.0\n"
    assert call(bin_dir / "go") == "alpha 2.0\n"


def test_damaged_environment_without_its_recipe_is_one_clear_error(pel, lock_of, bin_dir):
    pel("shims", "install", lock_of(tool())).ok()
    damage(pel)
    next((pel.data / "shims").glob("*/pyenvlaunch.recipe")).unlink()
    done = subprocess.run([bin_dir / "go"], env={}, capture_output=True, text=True)
    assert done.returncode == 1
    assert "shims upgrade" in done.stderr
    pel("shims", "upgrade").ok()
    assert call(bin_dir / "go") == "alpha 2.0\n"


def test_damaged_record(pel, lock_of, bin_dir):
    pel("shims", "install", lock_of(tool())).ok()
    record = next((pel.data / "shims").glob("*/pyenvlaunch.shims"))
    for text in ("", "[]", "{}", '{"lock": "x"}'):
        record.write_text(text)
        done = pel("shims", "list")
        assert done.returncode == 0
        assert f"cannot read {record}" in done.stderr
        assert "install its shims again" in pel("shims", "upgrade").failed(1)
    assert call(bin_dir / "go") == "alpha 2.0\n"


def test_directory_that_cannot_be_written_leaves_nothing(pel, lock_of, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    for place in (blocked / "bin", blocked):
        error = pel("shims", "install", lock_of(tool()), "--dir", place).failed(1)
        assert error.endswith(
            f"cannot create directory {place}: not a directory\n"
            "  hint: give another --dir, in which you may write\n"
        )
    assert json.loads(pel("shims", "list", "--json").ok()) == []


@pytest.mark.user
def test_directory_of_somebody_else(pel, lock_of):
    assert "permission denied" in pel(
        "shims", "install", lock_of(tool()), "--dir", "/usr/bin"
    ).failed(1)
    assert not Path("/usr/bin/stay").exists()


def test_real_tool_is_found_by_a_shell(pel, lock_of, bin_dir):
    pel("shims", "install", lock_of(tool())).ok()
    shell = shutil.which("sh")
    env = {"PATH": f"{bin_dir}:/usr/bin:/bin"}
    assert call(shell, "-c", "cd /tmp && go", env=env) == "alpha 2.0\n"


def test_directories_of_others_beside_those_of_shims_stay(pel, lock_of, bin_dir):
    """PYENVLAUNCH_HOME may be a directory that has a folder of that name already."""
    own = pel.data / "shims/own"
    own.mkdir(parents=True)
    (own / "precious").write_text("x")
    lock = lock_of(tool())
    pel("shims", "install", lock).ok()
    pel("shims", "upgrade").ok()
    pel("shims", "uninstall", lock).ok()
    assert (own / "precious").read_text() == "x"
    assert sorted(path.name for path in (pel.data / "shims").iterdir()) == [".lock", "own"]


def test_what_an_interruption_leaves_goes_with_the_next_call(pel, lock_of, bin_dir):
    lock = lock_of(tool())
    pel("shims", "install", lock, "go").ok()
    (prefix,) = (path for path in (pel.data / "shims").iterdir() if path.is_dir())
    left = bin_dir / ".pyenvlaunch-0123456789abcdef"
    left.symlink_to(prefix / "bin/stay")
    foreign = bin_dir / ".pyenvlaunch-fedcba9876543210"
    foreign.symlink_to("/somewhere/else")
    retired = pel.data / "shims/pel-trash-abcdef"
    retired.mkdir()
    pel("shims", "install", lock, "stay").ok()
    assert links(bin_dir) == [foreign.name, "go", "stay"]
    assert not retired.exists()
