"""What verification finds, what `sync` notices by itself, and what `store repair` mends."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from support.launcher import remove_tree
from support.locks import write_lock
from support.torture import Bench
from support.wheels import BuiltWheel, Wheel, simple

SITE = "lib/python3/site-packages"
RUN = "import alpha, base.plugin; print(alpha.VERSION, base.plugin.VALUE)"


@pytest.fixture
def lock(pel, lock_of):
    plugin = Wheel("plugin", files={"base/plugin.py": "VALUE = 'plugin'\n"})
    lock = lock_of(simple("alpha", data="unchanged"), simple("base"), plugin)
    pel("sync", lock).ok()
    return lock


def tree(pel, name: str = "alpha") -> Path:
    (found,) = pel.wheels.glob(f"{name}-*")
    return found


def writable(path: Path) -> None:
    for folder in (path, *path.parents):
        if folder.name == "v1":
            break
        if folder.exists():
            folder.chmod(folder.stat().st_mode | 0o200)


def write(path: Path, content: str) -> None:
    """As a program of root does, whom no mode keeps from it."""
    writable(path)
    path.write_text(content)


def remove(path: Path) -> None:
    writable(path.parent)
    path.unlink()


def flip(path: Path) -> None:
    """Changes one byte, and neither size nor time."""
    times = path.stat()
    modes = {folder: folder.stat().st_mode for folder in (path, *path.parents)}
    writable(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    for folder, mode in modes.items():
        if folder.stat().st_mode != mode:
            folder.chmod(mode)


def start(pel, directory: Path) -> subprocess.CompletedProcess:
    """Python of a directory of `venv`, without the launcher's command line."""
    command = [directory / "bin/python", "-c", RUN]
    return subprocess.run(command, env=pel.env, capture_output=True, text=True, check=False)


def kinds(pel, *options: object) -> set[str]:
    return {item["kind"] for item in json.loads(pel("store", "verify", "--json", *options).stdout)}


DAMAGE = {
    "content": lambda pel: write(tree(pel) / SITE / "alpha/__init__.py", "VERSION = 'wrong'"),
    "byte": lambda pel: flip(tree(pel) / SITE / "alpha/data"),
    "missing": lambda pel: remove(tree(pel) / SITE / "alpha/__init__.py"),
    "extra": lambda pel: write(tree(pel) / SITE / "alpha/extra.py", ""),
    "mode": lambda pel: (tree(pel) / SITE / "alpha/__init__.py").chmod(0o666),
    "index": lambda pel: flip(tree(pel) / "INDEX"),
    "no index": lambda pel: remove(tree(pel) / "INDEX"),
    "composite": lambda pel: flip(next((pel.store / "composites").iterdir()) / "INDEX"),
    "composite's file": lambda pel: write(
        next((pel.store / "composites").iterdir()) / SITE / "base/plugin.py", "VALUE = 1"
    ),
    "pack": lambda pel: flip(next((pel.store / "bytecode" / tree(pel).name).iterdir())),
    "no pack": lambda pel: write(
        next((pel.store / "bytecode" / tree(pel).name).iterdir()), "garbage"
    ),
}


def launchers(pel) -> Path:
    (found,) = (pel.store / "launchers").iterdir()
    return found


def replace(pel, path: Path, kind: str) -> None:
    """Something else where a file or a directory was, which lies outside of the store now."""
    writable(path.parent)
    if path.is_dir():
        path.chmod(0o755)
    away = path.rename(pel.root / f"gone-{path.name}")
    if kind == "link":
        path.symlink_to(away)
    elif kind == "file":
        path.touch()
    else:
        path.mkdir()


DAMAGE |= {
    "directory for file": lambda pel: replace(pel, tree(pel) / SITE / "alpha/data", "directory"),
    "link for file": lambda pel: replace(pel, tree(pel) / SITE / "alpha/data", "link"),
    "file for directory": lambda pel: replace(pel, tree(pel) / SITE / "alpha", "file"),
    "link for directory": lambda pel: replace(pel, tree(pel) / SITE / "alpha", "link"),
    "link for site-packages": lambda pel: replace(pel, tree(pel) / SITE, "link"),
    "link for tree": lambda pel: replace(pel, tree(pel), "link"),
    "stray file": lambda pel: (pel.wheels / "stray").touch(),
    "stray directory": lambda pel: (pel.wheels / "stray-1.0-py3-none-any").mkdir(),
    "stray composite": lambda pel: (pel.store / "composites/stray").mkdir(),
    "pack that others may write": lambda pel: next(
        (pel.store / "bytecode" / tree(pel).name).iterdir()
    ).chmod(0o464),
    "INDEX that others may write": lambda pel: (tree(pel) / "INDEX").chmod(0o446),
    "launcher": lambda pel: flip(next((pel.store / "launchers").glob("*/embed.so"))),
    "no launcher": lambda pel: remove(next((pel.store / "launchers").glob("*/pyenvlaunch"))),
    "file for launchers": lambda pel: replace(pel, launchers(pel), "file"),
    "link for launchers": lambda pel: replace(pel, launchers(pel), "link"),
    "launcher's mode": lambda pel: next((pel.store / "launchers").glob("*/embed.so")).chmod(0o775),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_repair(pel, lock, damage):
    DAMAGE[damage](pel)
    assert pel("store", "verify").returncode == 1
    result = pel("store", "repair", "--offline")
    assert result.ok() != "", result
    assert pel("store", "verify").ok() == ""
    assert pel("store", "repair").ok() == ""
    assert pel.code(lock, RUN) == "1.0 plugin\n"
    pel.assert_store_is_valid()


def test_kinds_of_findings(pel, lock):
    for damage in ("content", "missing", "extra", "mode", "index", "pack"):
        DAMAGE[damage](pel)
        assert kinds(pel) != set()
        assert kinds(pel, "alpha") != set()
        pel("store", "repair").ok()
    DAMAGE["byte"](pel)
    assert kinds(pel, "--quick") == set()
    assert kinds(pel, "--deep") == {"content"}
    (composite,) = (pel.store / "composites").iterdir()
    assert kinds(pel, composite.name) == set()
    DAMAGE["composite"](pel)
    pel("store", "verify", "--quick", "--deep").failed(2)


def test_repair_without_the_wheel(pel, lock, house):
    DAMAGE["content"](pel)
    shutil.move(house, house.with_name("elsewhere"))
    result = pel("store", "repair", "--offline")
    assert result.returncode == 1
    assert "still wrong: " in result.stdout
    assert "alpha" in result.stderr
    pel("store", "repair", "--find-links", house.with_name("elsewhere")).ok()
    assert pel("store", "verify").ok() == ""


@pytest.mark.parametrize("damage", ["index", "no index"])
def test_repair_of_a_wheel_that_no_lock_knows(pel, lock, house, damage):
    """The name of its directory says enough to recognise the file."""
    lock.unlink()
    DAMAGE[damage](pel)
    assert "no lock says where its wheel is" in pel("store", "repair").stderr
    result = pel("store", "repair", "--find-links", house)
    assert "unpacked again" in result.ok()
    assert pel("store", "verify").ok() == ""


def test_sync_does_not_use_a_changed_file(pel, lock):
    """Nor a composite of it: what somebody has changed is unpacked again."""
    write(tree(pel) / SITE / "alpha/__init__.py", "VERSION = 'evil'")
    write(tree(pel, "plugin") / SITE / "base/plugin.py", "VALUE = 'evil'\n")
    result = pel("sync", lock)
    result.ok()
    assert "alpha 1.0 is unpacked again" in result.stderr
    assert "plugin 1.0 is unpacked again" in result.stderr
    assert pel.code(lock, RUN) == "1.0 plugin\n"
    assert pel("store", "verify").ok() == ""
    assert pel("sync", lock).ok() == ""


def test_another_lock_does_not_use_a_changed_file(pel, lock, build, lock_of, house):
    write(tree(pel) / SITE / "alpha/__init__.py", "VERSION = 'evil'")
    other = lock_of(build(simple("alpha", data="unchanged")), name="other.lock")
    assert pel.code(other, "import alpha; print(alpha.VERSION)") == "1.0\n"
    write(tree(pel) / SITE / "alpha/__init__.py", "VERSION = 'evil'")
    for wheel in house.iterdir():
        wheel.unlink()
    assert "alpha" in pel("sync", "--offline", other).failed()


def test_sync_looks_at_all_files(pel, lock_of):
    """Of an environment with many, at whichever place the changed one is."""
    files = {f"f{i // 50}/{i:03}.txt": "data" for i in range(700)}
    lock = lock_of(simple("alpha", **files), simple("base"))
    pel("sync", lock).ok()
    package = tree(pel) / SITE / "alpha"
    names = [f"alpha/{name}" for name in files]
    places = [*names[::97], names[-1], "alpha/__init__.py", "alpha-1.0.dist-info/METADATA"]
    for place in places:
        write(package.parent / place, "evil")
        result = pel("sync", lock)
        result.ok()
        assert f"{package.parent / place} was changed" in result.stderr
        assert "alpha 1.0 is unpacked again" in result.stderr
    assert (package / "f0/000.txt").read_text() == "data"
    assert pel("store", "verify").ok() == ""
    assert pel("sync", lock).ok() == ""


def test_sync_does_not_use_an_index_that_others_may_write(pel, lock):
    index = tree(pel) / "INDEX"
    index.chmod(0o446)
    assert f"{index} was changed: alpha 1.0 is unpacked again" in pel("sync", lock).stderr
    assert index.stat().st_mode & 0o777 == 0o444
    assert pel("sync", lock).ok() == ""


def test_a_link_in_the_place_of_a_tree_is_not_followed(pel, lock):
    """What it leads to is somebody else's: neither used nor changed."""
    place = tree(pel)
    replace(pel, place, "link")
    copy = place.resolve()
    mode = copy.stat().st_mode
    pel("sync", lock).ok()
    assert not place.is_symlink()
    assert copy.stat().st_mode == mode
    assert pel("store", "verify").ok() == ""


@pytest.mark.parametrize("how", ["mode", "gone", "other"])
def test_sync_sees_more_than_content(pel, lock, how):
    file = tree(pel) / SITE / "alpha/data"
    writable(file.parent)
    if how == "mode":
        file.chmod(0o644)
    else:
        file.unlink()
    if how == "other":
        file.symlink_to("/etc/hostname")
    result = pel("sync", lock)
    result.ok()
    assert "was changed: alpha 1.0 is unpacked again" in result.stderr
    assert file.read_text() == "unchanged"


@pytest.mark.parametrize("restored", [False, True])
def test_sync_sees_who_restores_all_that_can_be_restored(pel, lock, restored):
    """Size, mode and times are those of before; the time of the change itself nobody can set."""
    file = tree(pel) / SITE / "alpha/data"
    time.sleep(0.05)  # the kernel's clock for files goes by some milliseconds
    flip(file)
    if restored:
        flip(file)
    result = pel("sync", lock)
    result.ok()
    assert ("was changed: alpha 1.0 is unpacked again" in result.stderr) != restored
    assert file.read_text() == "unchanged"
    assert pel("sync", lock).ok() == ""


def test_environments_keep_no_link_to_a_changed_file(pel, build, lock_of, tmp_path):
    """Of data they have links to: to the file of before, when a wheel is unpacked again."""
    alpha = simple("alpha")
    alpha.files[f"{alpha.data}/data/share/d.txt"] = "unchanged"
    lock = lock_of(build(alpha))
    pel("sync", lock).ok()
    pel("venv", "-q", tmp_path / "venv", lock).ok()
    read = "import pathlib, sys; print(pathlib.Path(sys.prefix, 'share/d.txt').read_bytes())"
    time.sleep(0.05)
    flip(tree(pel) / "share/d.txt")
    assert (tmp_path / "venv/share/d.txt").read_bytes() != b"unchanged"
    assert "alpha 1.0 is unpacked again" in pel("sync", lock).stderr
    assert pel.code(lock, read) == "b'unchanged'\n"
    pel("venv", "-q", tmp_path / "venv", lock).ok()
    assert (tmp_path / "venv/share/d.txt").read_text() == "unchanged"
    assert pel("sync", lock).ok() == ""


def test_other_environments_are_told_of_a_changed_file(pel, build, lock_of, tmp_path):
    """`sync` renews the links of its own environment; `verify` names the others, `repair` mends them."""
    alpha = simple("alpha", **{"core.so": "library"})
    alpha.files[f"{alpha.data}/data/share/d.txt"] = "unchanged"
    alpha.files[f"{alpha.data}/data/share/other.txt"] = "other"
    alpha.files[f"{alpha.data}/scripts/tool"] = "#!/bin/sh\necho unchanged\n"
    alpha.files[f"{alpha.data}/headers/a.h"] = "header"
    lock = lock_of(build(alpha))
    pel("sync", lock).ok()
    venv = tmp_path / "venv"
    pel("venv", "-q", venv, lock).ok()
    (venv / "share/own.txt").write_text("own")
    (venv / "share/own.txt").chmod(0o444)
    (venv / "share/other.txt").unlink()
    (venv / "share/other.txt").write_text("the environment's own")
    time.sleep(0.05)
    names = ("share/d.txt", "bin/tool")
    header = next(venv.glob("include/site/python3*")) / "alpha/a.h"
    places = [venv / name for name in names] + [header]
    for name in (*names, "include/site/python3/alpha/a.h"):
        flip(tree(pel) / name)
    assert (
        pel("store", "verify").stdout.count(str(venv)) == 0
    )  # it is the store's file that is wrong
    pel("sync", lock).ok()
    found = pel("store", "verify")
    assert found.returncode == 1
    assert sorted(line.partition(": ")[0] for line in found.stdout.splitlines()) == sorted(
        map(str, places)
    )
    report = pel("store", "repair").ok()
    assert sorted(report.splitlines()) == sorted(f"{place}: linked again" for place in places)
    assert (venv / "share/d.txt").read_text() == "unchanged"
    assert header.read_text() == "header"
    assert (venv / "share/own.txt").read_text() == "own"
    assert (venv / "share/other.txt").read_text() == "the environment's own"
    pel.assert_store_is_valid()


@pytest.mark.parametrize("mend", ["sync", "repair"])
def test_a_wheel_that_is_replaced_takes_nothing_from_other_environments(
    pel, lock, house, tmp_path, mend
):
    """Nor their composites: directories of other locks do not notice by themselves."""
    venv = tmp_path / "venv"
    pel("venv", "-q", venv, lock).ok()
    base = BuiltWheel("base", "1.0", house / "base-1.0-py3-none-any.whl")
    other = write_lock(tmp_path / "locks/other.lock", [base])
    pel("sync", other).ok()
    write(tree(pel, "base") / SITE / "base/__init__.py", "VERSION = 'evil'")
    if mend == "sync":
        assert "base 1.0 is unpacked again" in pel("sync", other).stderr
    else:
        pel("store", "repair").ok()
    assert start(pel, venv).stdout == "1.0 plugin\n"
    pel.assert_store_is_valid()
    assert pel("sync", other).ok() == ""
    assert pel("sync", lock).ok() == ""


@pytest.mark.parametrize("mend", ["sync", "repair"])
def test_two_wheels_of_a_composite_are_replaced(pel, lock, tmp_path, mend):
    """It cannot be made of the first one while a file of the second is missing."""
    venv = tmp_path / "venv"
    pel("venv", "-q", venv, lock).ok()
    write(tree(pel, "base") / SITE / "base/__init__.py", "VERSION = 'evil'")
    remove(tree(pel, "plugin") / SITE / "base/plugin.py")
    if mend == "sync":
        result = pel("sync", lock)
        result.ok()
        assert result.stderr.count(" is unpacked again") == 2
    else:
        pel("store", "repair").ok()
    assert start(pel, venv).stdout == "1.0 plugin\n"
    pel.assert_store_is_valid()


@pytest.mark.parametrize("what", ["wheels", "composites", "launchers"])
def test_what_a_directory_needs_and_the_store_lacks(pel, lock, tmp_path, what):
    """Somebody has deleted it by hand."""
    venv = tmp_path / "venv"
    pel("venv", "-q", venv, lock).ok()
    lost = tree(pel) if what == "wheels" else next((pel.store / what).iterdir())
    remove_tree(lost)
    found = pel("store", "verify")
    assert found.returncode == 1
    assert found.stdout == f"{lost}: it is missing, and {venv} needs it\n"
    assert start(pel, venv).returncode == 1
    assert str(lost) in pel("store", "repair", "--offline").ok()
    assert start(pel, venv).stdout == "1.0 plugin\n"
    pel.assert_store_is_valid()


def test_a_store_that_was_restored_without_times(pel, lock, house, tmp_path):
    """Nothing is wrong with it, and no wheel has to be had again."""
    subprocess.run(["cp", "-r", pel.store, pel.store.with_name("copy")], check=True)
    remove_tree(pel.store)
    pel.store.with_name("copy").rename(pel.store)
    shutil.move(house, house.with_name("elsewhere"))
    for file in pel.store.glob("wheels/*/lib/python3/site-packages/*/*"):
        assert file.stat().st_mtime_ns % 1_000_000_000 != 0
    assert pel("store", "verify").ok() == ""
    result = pel("sync", "--offline", lock)
    result.ok()
    assert result.stderr == ""
    for file in pel.store.glob("wheels/*/lib/python3/site-packages/*/*"):
        assert file.stat().st_mtime_ns % 1_000_000_000 == 0
    pel("sync", "--offline", lock).ok()
    assert pel("sync", "--offline", lock).ok() == ""
    assert pel.code(lock, RUN) == "1.0 plugin\n"
    pel.assert_store_is_valid()


def test_what_a_pin_needs_and_the_store_lacks(pel, lock, house):
    pel("store", "pin", "alpha").ok()
    remove_tree(tree(pel))
    assert "it is missing, and the pin 'alpha' needs it" in pel("store", "verify").stdout
    pel("store", "repair", "--offline").ok()
    pel.assert_store_is_valid()


def test_what_only_environments_of_the_cache_need_is_no_finding(pel, lock):
    """The next run of each notices by itself."""
    remove_tree(tree(pel))
    remove_tree(next((pel.store / "composites").iterdir()))
    assert pel("store", "verify").ok() == ""


@pytest.mark.parametrize("has_index", [True, False])
@pytest.mark.parametrize("mend", ["sync", "repair"])
def test_environments_keep_no_link_to_a_file_that_was_made_writable(
    pel, build, lock_of, mend, has_index
):
    """A file that may be written is the environment's own, but for one that was so in the store."""
    alpha = simple("alpha")
    alpha.files[f"{alpha.data}/data/share/d.txt"] = "unchanged"
    wheel = build(alpha)
    lock = lock_of(wheel)
    read = "import pathlib, sys; print(pathlib.Path(sys.prefix, 'share/d.txt').read_text())"
    assert pel.code(lock, read) == "unchanged\n"
    file = tree(pel) / "share/d.txt"
    file.chmod(0o644)
    file.write_text("changed")
    if not has_index:
        tree(pel).chmod(0o755)
        (tree(pel) / "INDEX").unlink()
        tree(pel).chmod(0o555)
    if mend == "sync":
        pel("sync", lock).ok()
    else:
        pel("store", "repair", "--find-links", wheel.path.parent).ok()
    assert pel.code(lock, read) == "unchanged\n"
    pel.assert_store_is_valid()


def test_links_of_environments_are_no_changes(pel, build, lock_of, tmp_path):
    """They alter the time by which a file is known to be unchanged: none is read twice for that."""
    alpha = simple("alpha")
    alpha.files[f"{alpha.data}/data/share/d.txt"] = "data"
    plugin = Wheel("plugin", files={"base/plugin.py": "VALUE = 'plugin'\n"})
    lock = lock_of(build(alpha), simple("base"), plugin)
    pel("sync", lock).ok()
    pel("venv", "-q", tmp_path / "venv", lock).ok()
    assert [path for path in newer_than_their_tree(pel) if "alpha" in str(path)] == []
    time.sleep(0.05)
    shutil.rmtree(tmp_path / "venv")
    assert newer_than_their_tree(pel) != []
    time.sleep(0.05)
    assert pel("sync", lock).ok() == ""
    assert newer_than_their_tree(pel) == []


def newer_than_their_tree(pel) -> list[Path]:
    trees = [*pel.wheels.iterdir(), *(pel.store / "composites").iterdir()]
    return [
        path
        for tree in trees
        for path in tree.rglob("*")
        if path.is_file() and path.name != "INDEX"
        if path.stat().st_ctime_ns > (tree / "INDEX").stat().st_mtime_ns
    ]


@pytest.mark.root
@pytest.mark.parametrize("what", [f"{SITE}/alpha/data", f"{SITE}/alpha", "INDEX", "."])
def test_files_of_another_user(pel, lock, what):
    """Who could change them, whatever their modes."""
    os.chown(tree(pel) / what, 12345, 12345)
    assert "owner" in kinds(pel, "--quick")
    result = pel("store", "repair", "--offline")
    assert "unpacked again" in result.ok()
    assert (tree(pel) / what).stat().st_uid == 0
    assert pel("store", "verify").ok() == ""


@pytest.mark.root
def test_sync_does_not_use_a_file_of_another_user(pel, lock):
    file = tree(pel) / SITE / "alpha/data"
    os.chown(file, 12345, 12345)
    assert f"{file} was changed: alpha 1.0 is unpacked again" in pel("sync", lock).stderr
    assert file.stat().st_uid == 0


def test_sync_does_not_use_a_changed_composite(pel, lock):
    """A file that an editor has replaced is the composite's alone."""
    (composite,) = (pel.store / "composites").iterdir()
    file = composite / SITE / "base/plugin.py"
    remove(file)
    file.write_text("VALUE = 'evil'\n")
    result = pel("sync", lock)
    result.ok()
    assert f"{file} was changed: its composite is made again" in result.stderr
    assert file.read_text() == "VALUE = 'plugin'\n"
    assert pel.code(lock, RUN) == "1.0 plugin\n"
    assert pel("store", "verify").ok() == ""
    assert pel("sync", lock).ok() == ""


def test_a_changed_wheel_that_cannot_be_had(pel, lock, house):
    """The message says why a wheel that is in the store is looked for."""
    file = tree(pel) / SITE / "alpha/__init__.py"
    write(file, "VERSION = 'evil'")
    shutil.rmtree(house)
    error = pel("sync", "--offline", lock).failed()
    assert f"replacing a wheel in the store, for {file} was changed" in error
    assert "VERSION = 'evil'" in file.read_text()


def test_damages_of_chance(tmp_path, python):
    """A bounded run; scripts/torture has more."""
    bench = Bench(tmp_path / "bench", python)
    for seed in range(8):
        bench.damage_round(seed)
    bench.close()


@pytest.mark.parametrize("name", ["pyenvlaunch", "embed.so", "pyenvlaunch-manager"])
def test_sync_does_not_use_a_changed_launcher(pel, lock, name):
    """Not even one that hides it: an environment that is made has a link to it, or refers to it."""
    path = launchers(pel) / name
    before = path.read_bytes()
    time.sleep(0.02)  # the kernel's clock of files has ticked
    flip(path)
    assert path.read_bytes() != before
    shutil.rmtree(pel.cache)
    pel("sync", lock).ok()
    assert path.read_bytes() == before
    assert pel("store", "verify").ok() == ""
    assert pel.code(lock, RUN) == "1.0 plugin\n"


# Of the store and of the cache: what anything of ours reads.
FIFOS = {
    "INDEX": lambda pel: tree(pel) / "INDEX",
    "pack": lambda pel: next((pel.store / "bytecode" / tree(pel).name).iterdir()),
    "composite": lambda pel: next((pel.store / "composites").iterdir()) / "INDEX",
    "root": lambda pel: next((pel.store / "roots").iterdir()),
    "kept table": lambda pel: next((pel.store / "tables").iterdir()),
    "generation": lambda pel: pel.store / "generation",
    "lock of gc": lambda pel: pel.store / "locks/gc",
    "lock of tmp": lambda pel: pel.store / "locks/tmp",
    "table": lambda pel: next(pel.cache.glob("v1/envs/*/pyenvlaunch.table")),
    "recipe": lambda pel: next(pel.cache.glob("v1/envs/*/pyenvlaunch.recipe")),
    "settings": lambda pel: next(pel.cache.glob("v1/envs/*/pyvenv.cfg")),
    "selection": lambda pel: next((pel.cache / "v1/selections").iterdir()),
    "facts": lambda pel: next((pel.cache / "v1/interpreters").iterdir()),
}


@pytest.mark.parametrize("place", FIFOS)
def test_nothing_waits_for_a_fifo(pel, lock, place):
    path = FIFOS[place](pel)
    remove(path)
    os.mkfifo(path)
    for command in (
        ("store", "verify"),
        ("store", "du"),
        ("store", "gc", "--dry-run"),
        ("doctor",),
    ):
        assert pel(*command, prefix=("timeout", "60")).returncode in (0, 1), command
    pel("sync", lock, prefix=("timeout", "60"))  # which may say that something is damaged
    pel("store", "repair", prefix=("timeout", "60")).ok()
    pel("sync", lock, prefix=("timeout", "60")).ok()
    assert pel.code(lock, RUN, prefix=("timeout", "60")) == "1.0 plugin\n"
    assert pel("store", "verify", prefix=("timeout", "60")).ok() == ""


def test_gc_does_not_follow_a_link(pel, lock, tmp_path):
    """One in the place of the packs of a tree leads to files that are none of the store's."""
    packs = pel.store / "bytecode" / tree(pel).name
    outside = tmp_path / "outside"
    outside.mkdir()
    for name in ("notes.txt", ".tmp-notes-abcdef"):
        (outside / name).touch()
    packs.rename(pel.root / "gone")
    packs.symlink_to(outside)
    pel("store", "gc").ok()
    assert len(list(outside.iterdir())) == 2
    pel("store", "repair").ok()
    assert len(list(outside.iterdir())) == 2
    assert not packs.is_symlink()
    assert pel.code(lock, RUN) == "1.0 plugin\n"


PLACES = ("wheels", "bytecode", "composites", "built", "launchers", "tables", "locks", "tmp")


def put(what: str, place: Path) -> None:
    """Something else in the place of a directory, which is kept beside it."""
    place.mkdir(exist_ok=True)
    place.rename(place.with_name(place.name + ".kept"))
    if what == "file":
        place.write_text("somebody's own\n")
    elif what == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to("nowhere")


@pytest.mark.parametrize("what", ["file", "pipe", "link"])
@pytest.mark.parametrize("name", PLACES)
def test_something_else_in_the_place_of_a_directory(pel, lock_of, name, what):
    lock = lock_of(simple("alpha", **{"alpha.data/data/share/a.txt": "a"}))
    pel("sync", lock).ok()
    place = pel.store / name
    put(what, place)
    noun = {"file": "a file", "pipe": "a pipe", "link": "a link that leads to no directory"}[what]
    words = f"{place}: it is {noun}, not the directory that the store needs there"
    assert pel("store", "verify").returncode == 1
    assert words in pel("store", "verify").stdout
    other = lock_of(simple("beta"), name="other.lock")
    for command in (("sync", other), ("store", "gc")):
        error = pel(*command).failed()
        assert words in error
        assert "hint: `pyenvlaunch store repair` moves it aside" in error
    assert words in pel("doctor").stdout
    report = pel("store", "repair").ok()
    (aside,) = pel.store.glob(f"{name}.aside-*")
    assert f"{place}: moved to {aside}\n" in report
    if what == "file":
        assert aside.read_text() == "somebody's own\n"
    pel.assert_store_is_valid()
    pel("sync", lock, other).ok()
    assert pel.code(lock, "import alpha; print(alpha.VERSION)") == "1.0\n"
    pel("store", "gc").ok()
    assert os.path.lexists(aside)
    pel.assert_store_is_valid()


def test_something_else_in_the_place_of_the_roots(pel, lock_of, tmp_path):
    """Nothing is freed and nothing moved: which wheels are needed stands nowhere else."""
    lock = lock_of(simple("alpha"))
    pel("venv", "-q", tmp_path / "v", lock).ok()
    roots = pel.store / "roots"
    put("file", roots)
    for command in (("store", "gc"), ("store", "gc", "-n"), ("sync", lock)):
        error = pel(*command).failed()
        assert f"{roots}: it is a file, not the directory" in error
        assert "put the directory back" in error
    done = pel("store", "repair")
    assert done.returncode == 1
    assert f"{roots}: it is a file" in done.stderr
    assert f"still wrong: {roots}: it is a file" in done.stdout
    assert roots.read_text() == "somebody's own\n"
    roots.unlink()
    roots.with_name("roots.kept").rename(roots)
    assert "nothing to free" in pel("store", "gc").ok()
    pel.assert_store_is_valid()


def test_a_directory_in_the_place_of_the_generation(pel, lock_of):
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    generation = pel.store / "generation"
    generation.unlink()
    generation.mkdir()
    words = f"{generation}: it is a directory, not the file"
    assert words in pel("store", "verify").stdout
    assert f"{generation}: moved to " in pel("store", "repair").ok()
    assert pel.code(lock, "import alpha; print(alpha.VERSION)") == "1.0\n"
    pel.assert_store_is_valid()


def test_a_link_to_a_directory_is_a_directory(pel, lock_of, tmp_path):
    """The store's parts may lie elsewhere on the disk."""
    pel("sync", lock_of(simple("alpha"))).ok()
    for name in ("wheels", "bytecode", "roots"):
        (pel.store / name).rename(tmp_path / name)
        (pel.store / name).symlink_to(tmp_path / name)
    lock = lock_of(simple("beta"), name="other.lock")
    pel("sync", lock).ok()
    assert pel.code(lock, "import beta; print(beta.VERSION)") == "1.0\n"
    pel.assert_store_is_valid()
    assert "nothing to free" in pel("store", "gc").ok()


def test_packs_of_another_version_are_nobodys_damage(pel, lock):
    """Another release has them beside ours; they go with the environment that needs the tree."""
    (pack,) = pel.store.glob("bytecode/alpha-*/*.pack")
    tag = pack.name.removesuffix(".pack")
    others = [pack.with_name(f"{tag}.v2.pack"), pack.with_name(f"{tag}.v12.opt-1.pack")]
    unknown = pack.with_name("cpython-1.v2.pack")
    for path in (*others, unknown):
        path.write_bytes(b"PELPACK\nof a later release")
        path.chmod(0o444)
    pel("store", "verify").ok()
    pel("store", "repair").ok()
    pel("store", "gc").ok()
    assert [path for path in others if not path.exists()] == []
    assert not unknown.exists()
    pel("env", "remove", lock).ok()
    pel("store", "gc").ok()
    assert [path for path in others if path.exists()] == []


def test_a_pack_that_is_cut_short_is_made_anew(pel, lock):
    """Who runs with it meanwhile ends with a bus error (docs/security.md); who comes later does not."""
    (pack,) = pel.store.glob("bytecode/alpha-*/*.pack")
    (index,) = pel.store.glob("wheels/alpha-*/INDEX")
    for path in (pack, index):
        for size in (0, 40, path.stat().st_size - 1):
            writable(path)
            os.truncate(path, size)
            path.chmod(0o444)
            ran = pel.run(lock, "python", "-c", RUN)
            assert ran.stdout == "1.0 plugin\n", f"{path} {size}: {ran}"
            pel("sync", lock).ok()
            pel("store", "verify").ok()


@pytest.mark.parametrize("how", ["deleted", "directory", "index"])
@pytest.mark.parametrize("command", ["sync", "venv"])
def test_what_a_new_composite_is_made_of_is_unpacked_again(pel, build, lock_of, how, command):
    """All wheels were there, so that the composite is made before they have been looked at."""
    base = build(simple("base"))
    plugin = build(Wheel("plugin", files={"base/plugin.py": "VALUE = 'plugin'\n"}))
    pel("sync", lock_of(base, name="1.lock"), lock_of(plugin, name="2.lock")).ok()
    file = tree(pel, "base") / SITE / "base/__init__.py"
    index = tree(pel, "base") / "INDEX"
    if how == "index":
        writable(index)
        content = bytearray(index.read_bytes())
        content[-5] ^= 1
        index.write_bytes(content)
        index.chmod(0o444)
    else:
        remove(file)
        if how == "directory":
            file.mkdir()
        file.parent.chmod(0o555)
    lock = lock_of(base, plugin)
    arguments = [pel.work / "venv"] if command == "venv" else []
    done = pel(command, *arguments, lock)
    done.ok()
    named = index if how == "index" else file
    assert f"warning: {named} was changed: base 1.0 is unpacked again\n" in done.stderr
    code = "import base.plugin; print(base.VERSION, base.plugin.VALUE)"
    assert pel.code(lock, code) == "1.0 plugin\n"
    pel.assert_store_is_valid()
