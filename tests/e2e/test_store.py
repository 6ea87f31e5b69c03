"""The store: its commands, its layout and modes, and hostile wheels, which never enter it."""

import json
import os
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest
from support.locks import Entry, entry
from support.wheels import Wheel, simple

SITE = "lib/python3/site-packages"


def full_wheel() -> Wheel:
    wheel = Wheel("full", "2.5")
    wheel.files = {
        "full/__init__.py": "",
        "full/data.txt": "x" * 10,
        f"{wheel.data}/scripts/tool": "#!/bin/sh\n",
        f"{wheel.data}/data/share/full/doc.txt": "doc",
        f"{wheel.data}/data/lib/python3.11/site-packages/unfolded.py": "",
        f"{wheel.data}/headers/full.h": "",
        f"{wheel.data}/purelib/pure.py": "",
    }
    wheel.executable = {f"{wheel.data}/scripts/tool", "full/data.txt"}
    wheel.modes = {"full/__init__.py": 0o100600, f"{wheel.data}/data/share/full/doc.txt": 0o100666}
    return wheel


def tree_of(folder: Path) -> dict[str, int]:
    """Every path below the folder with its mode; directories end in a slash."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix() + ("/" if path.is_dir() else "")
        found[name] = stat.S_IMODE(path.lstat().st_mode)
    return found


def test_empty_store(pel):
    for command in (("list",), ("verify",)):
        result = pel("store", *command)
        assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert json.loads(pel("store", "list", "--json").ok()) == []
    assert json.loads(pel("store", "du", "--json").ok())["bytes"] == 0


def test_add_list_show_path(pel, build):
    wheels = [build(simple("beta")), build(simple("alpha", "2.0"))]
    result = pel("store", "add", *(wheel.path for wheel in wheels))
    ids = [wheel.store_id for wheel in wheels]
    assert result.ok().split() == ids
    assert result.stderr == ""
    assert pel("store", "list").ok().split() == sorted(ids)
    # Once more: it is there, and its id is printed all the same.
    assert pel("store", "add", wheels[0].path).ok().split() == ids[:1]
    assert pel("store", "path", "alpha").ok() == f"{pel.wheels}/{ids[1]}\n"
    assert pel("store", "path", ids[0]).ok() == f"{pel.wheels}/{ids[0]}\n"
    shown = json.loads(pel("store", "show", "alpha", "--json").ok())
    assert [wheel["id"] for wheel in shown] == [ids[1]]
    assert shown[0]["name"] == "alpha"
    assert shown[0]["version"] == "2.0"
    assert shown[0]["sha256"] == wheels[1].sha256
    assert "alpha" in pel("store", "show", "alpha").ok()
    usage = json.loads(pel("store", "du", "--json").ok())
    assert len(usage["wheels"]) == 2
    assert usage["bytes"] > 0
    pel.assert_store_is_valid()


def test_unknown_wheel_is_one_clear_error(pel, build):
    pel("store", "add", build(simple("alpha")).path).ok()
    assert pel("store", "path", "nope").failed() == (
        "pyenvlaunch: error: no wheel 'nope' in the store\n"
        "  hint: 'pyenvlaunch store list' prints what is there\n"
    )


def test_layout_and_modes(pel, build):
    wheel = build(full_wheel())
    pel("store", "add", wheel.path).ok()
    tree = pel.wheels / wheel.store_id
    found = tree_of(tree)
    assert stat.S_IMODE(tree.stat().st_mode) == 0o555
    files = {name: mode for name, mode in found.items() if not name.endswith("/")}
    assert {mode for name, mode in found.items() if name.endswith("/")} == {0o555}
    assert files == {
        "INDEX": 0o444,
        "bin/tool": 0o555,
        "include/site/python3/full/full.h": 0o444,
        f"{SITE}/full/__init__.py": 0o444,
        f"{SITE}/full/data.txt": 0o555,
        f"{SITE}/full-2.5.dist-info/INSTALLER": 0o444,
        f"{SITE}/full-2.5.dist-info/METADATA": 0o444,
        f"{SITE}/full-2.5.dist-info/RECORD": 0o444,
        f"{SITE}/full-2.5.dist-info/WHEEL": 0o444,
        f"{SITE}/pure.py": 0o444,
        f"{SITE}/unfolded.py": 0o444,
        "share/full/doc.txt": 0o444,
    }
    record = (tree / SITE / "full-2.5.dist-info/RECORD").read_text()
    assert "../../../bin/tool," in record
    assert ".data/" not in record
    pel.assert_store_is_valid()


def test_wheels_time_stamps_are_those_of_the_archive_or_later_than_1980(pel, build):
    wheel = build(simple("alpha"))
    pel("store", "add", wheel.path).ok()
    file = pel.wheels / wheel.store_id / SITE / "alpha/__init__.py"
    assert file.stat().st_mtime >= 315532800


def test_verify_reports_each_kind_of_damage(pel, build):
    wheel = build(simple("alpha", **{"data.txt": "text"}))
    pel("store", "add", wheel.path).ok()
    package = pel.wheels / wheel.store_id / SITE / "alpha"
    file = package / "data.txt"

    def verify() -> str:
        result = pel("store", "verify")
        assert result.returncode == 1
        return result.stdout

    os.chmod(file, 0o644)
    assert "data.txt" in verify()
    file.write_text("TEXT")
    os.chmod(file, 0o444)
    assert "data.txt" in verify()
    os.chmod(package, 0o755)
    (package / "__pycache__").mkdir()
    os.chmod(package, 0o555)
    assert "__pycache__" in verify()
    os.chmod(package, 0o755)
    (package / "__pycache__").rmdir()
    file.unlink()
    os.chmod(package, 0o555)
    assert "data.txt" in verify()


def test_damaged_index_is_found_and_does_no_harm(pel, lock_of):
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    index = next(pel.wheels.glob("*/INDEX"))
    content = bytearray(index.read_bytes())
    content[70] ^= 1
    os.chmod(index, 0o644)
    index.write_bytes(bytes(content))
    os.chmod(index, 0o444)
    assert pel("store", "verify").returncode == 1
    result = pel.run(lock, "python", "-c", "import alpha")
    assert result.returncode in (0, 1), result


# ---- hostile wheels --------------------------------------------------------------------------


def plain(**changes) -> Wheel:
    wheel = simple("evil")
    for name, value in changes.items():
        setattr(wheel, name, value)
    return wheel


def with_member(name: str, content="x", **changes) -> Wheel:
    wheel = plain(**changes)
    wheel.files[name] = content
    return wheel


def meta(file: str, content: str) -> Wheel:
    return with_member(f"evil-1.0.dist-info/{file}", content)


WHEEL_FILE = "Wheel-Version: {version}\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"

# Each with a word that its message must have.
HOSTILE = {
    "absolute name": (with_member("/etc/evil"), "absolute"),
    "parent directory": (with_member("evil/../../evil.py"), "'..'"),
    "leading parent": (with_member("../evil.py"), "'..'"),
    "dot component": (with_member("evil/./x.py"), "'.'"),
    "empty component": (with_member("evil//x.py"), "empty"),
    "backslash": (with_member("evil\\x.py"), "backslash"),
    "control character": (with_member("evil/a\nb.py"), "control"),
    "over-long component": (with_member("evil/" + "a" * 300), "255 bytes"),
    "over-long path": (with_member("/".join(["evil", *["a" * 200] * 30])), "long"),
    "symlink": (with_member("evil/link", "/etc/passwd", modes={"evil/link": 0o120777}), "symbolic"),
    "fifo": (with_member("evil/fifo", "", modes={"evil/fifo": 0o010644}), "it is a fifo"),
    "device": (with_member("evil/dev", "", modes={"evil/dev": 0o020644}), "it is a device"),
    "duplicate member": (plain(extra=[("evil/__init__.py", "again")]), "twice"),
    "file where a directory is needed": (plain(extra=[("evil/__init__.py/x", "")]), "directory"),
    "no METADATA": (None, "METADATA"),
    "no WHEEL": (None, "WHEEL"),
    "no dist-info": (None, ".dist-info"),
    "two dist-infos": (with_member("other-1.0.dist-info/METADATA", "Name: other\n"), ".dist-info"),
    "other name in METADATA": (
        meta("METADATA", "Metadata-Version: 2.1\nName: good\nVersion: 1.0\n"),
        "good",
    ),
    "other version in METADATA": (
        meta("METADATA", "Metadata-Version: 2.1\nName: evil\nVersion: 9.9\n"),
        "9.9",
    ),
    "Wheel-Version 2": (meta("WHEEL", WHEEL_FILE.format(version="2.0")), "2.0"),
    "Wheel-Version that is none": (meta("WHEEL", WHEEL_FILE.format(version="x")), "Wheel-Version"),
    "unknown data key": (with_member("evil-1.0.data/boot/x", ""), "boot"),
    "data with a name of ours": (
        with_member("evil-1.0.data/data/pyenvlaunch.edits", '{"edits": []}'),
        "reserved",
    ),
    "entry point with a slash": (
        plain(entry_points={"console_scripts": {"../evil": "evil:main"}}),
        "../evil",
    ),
    "entry point that is no reference": (
        plain(entry_points={"console_scripts": {"evil": "evil:main; import os"}}),
        "evil:main; import os",
    ),
    "script that is called python": (
        plain(entry_points={"console_scripts": {"Python3.11": "evil:main"}}),
        "Python3.11",
    ),
    "data script that is called python": (
        with_member("evil-1.0.data/scripts/python", ""),
        "python",
    ),
    "member missing in RECORD": (plain(record="evil/__init__.py,,\n"), "RECORD"),
    "wrong hash in RECORD": (
        plain(record="evil/__init__.py,sha256=" + "A" * 43 + ",15\n"),
        "RECORD",
    ),
    "compression other than deflate": (plain(compression=zipfile.ZIP_LZMA), "compress"),
    "bomb": (with_member("evil/zeros", b"\0" * (300 << 20)), "evil-1.0-py3-none-any.whl"),
}


def without(part: str) -> Wheel:
    """A wheel that lacks the members which end in `part`."""
    wheel = simple("evil")
    whole = wheel.members()
    wheel.members = lambda: [(n, c) for n, c in whole if part not in n]  # type: ignore[method-assign]
    return wheel


HOSTILE["no METADATA"] = (without("/METADATA"), "METADATA")
HOSTILE["no WHEEL"] = (without("/WHEEL"), "WHEEL")
HOSTILE["no dist-info"] = (without(".dist-info"), ".dist-info")


def refused(pel, path: Path, word: str) -> None:
    error = pel("store", "add", path).failed(1)
    assert word in error, error
    assert path.name in error, error
    assert pel("store", "list").ok() == ""
    pel.assert_store_is_valid()


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_wheel_is_refused_and_leaves_nothing(pel, build, case):
    wheel, word = HOSTILE[case]
    if case == "duplicate member":
        with pytest.warns(UserWarning, match="Duplicate name"):
            built = build(wheel)
    else:
        built = build(wheel)
    refused(pel, built.path, word)


def test_truncated_wheel(pel, build):
    wheel = build(simple("evil", **{"data.bin": os.urandom(10000)}))
    content = wheel.path.read_bytes()
    for size in (0, 10, 4000, len(content) - 1, len(content) - 30):
        wheel.path.write_bytes(content[:size])
        refused(pel, wheel.path, "evil-1.0-py3-none-any.whl")


def test_damaged_member(pel, build):
    wheel = build(plain(files={"evil.py": "A" * 1000}, compression=zipfile.ZIP_STORED))
    content = wheel.path.read_bytes()
    wheel.path.write_bytes(content.replace(b"A" * 1000, b"A" * 999 + b"B"))
    refused(pel, wheel.path, "evil.py")


def test_local_header_that_differs_from_the_directory(pel, build):
    wheel = build(plain(files={"evil.py": "text"}))
    content = wheel.path.read_bytes()
    assert content.count(b"evil.py") >= 2
    wheel.path.write_bytes(content.replace(b"evil.py", b"good.py", 1))
    refused(pel, wheel.path, "evil.py")


def test_file_that_is_no_wheel(pel, tmp_path):
    for name, word in (("x.txt", "x.txt"), ("a-1.0.whl", "a-1.0.whl")):
        file = tmp_path / name
        file.write_text("text")
        assert word in pel("store", "add", file).failed(1)
    missing = tmp_path / "gone-1.0-py3-none-any.whl"
    error = pel("store", "add", missing).failed(1)
    assert str(missing) in error
    assert "no such file or directory" in error


def test_the_first_bad_wheel_stops_nothing_that_was_added_before(pel, build, tmp_path):
    good = build(simple("good"))
    bad = tmp_path / "bad-1.0-py3-none-any.whl"
    bad.write_text("no zip")
    pel("store", "add", good.path, bad).failed(1)
    assert pel("store", "list").ok().split() == [good.store_id]
    pel.assert_store_is_valid()


# With a hash from a lock the same mistakes in RECORD are warnings: real wheels have them.
def test_wheel_that_a_lock_vouches_for_may_have_a_wrong_record(pel, lock_of, build):
    wheel = build(plain(record="evil/__init__.py,sha256=" + "A" * 43 + ",15\n"))
    lock = lock_of(wheel)
    assert pel.code(lock, "import evil; print(evil.VERSION)") == "1.0\n"
    shown = json.loads(pel("store", "show", "evil", "--json").ok())
    assert any("RECORD" in warning for warning in shown[0]["warnings"])
    pel.assert_store_is_valid()


# ---- several at once, and sudden ends ---------------------------------------------------------


def many_files(name: str, count: int = 400) -> Wheel:
    return Wheel(name, files={f"{name}/m{i}.py": f"X = {i}\n" * 50 for i in range(count)})


def test_many_processes_that_add_the_same_wheel(pel, build):
    wheel = build(many_files("shared"))
    processes = [pel.popen("store", "add", wheel.path) for _ in range(6)]
    for process in processes:
        out, err = process.communicate(timeout=600)
        assert (process.returncode, out.split(), err) == (0, [wheel.store_id], "")
    pel.assert_store_is_valid()


def test_many_processes_that_make_the_same_environment(pel, lock_of):
    lock = lock_of(many_files("one"), many_files("two"), simple("three"))
    code = "import one.m1, two.m2, three; print(one.m1.X + two.m2.X)"
    processes = [pel.popen("run", lock, "--", "python", "-c", code) for _ in range(6)]
    for process in processes:
        out, err = process.communicate(timeout=600)
        assert (process.returncode, out, err) == (0, "3\n", "")
    pel.assert_store_is_valid()


@pytest.mark.parametrize("delay", [0.002, 0.01, 0.03, 0.06, 0.12, 0.25])
def test_killed_at_any_instant_the_store_stays_valid(pel, lock_of, delay):
    lock = lock_of(many_files("one"), many_files("two"), many_files("three"))
    process = pel.popen("sync", lock)
    try:
        process.wait(delay)
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate(timeout=600)
    # What it left under tmp/ belongs to nobody: the next run clears it away.
    assert pel("store", "verify").returncode == 0
    assert pel.code(lock, "import one.m1, two.m2, three.m3; print('fine')") == "fine\n"
    pel.assert_store_is_valid()


@pytest.mark.parametrize(
    ("variable", "value", "word"),
    [("SIZE", "1kB", "1000 bytes"), ("FILES", "3", "members"), ("RATIO", "2", "times its size")],
)
def test_limits_can_be_set(pel, build, lock_of, variable, value, word):
    zeros = (65 if variable == "RATIO" else 1) << 20
    wheel = build(simple("alpha", **{"zeros.bin": b"\0" * zeros}))
    lock = lock_of(wheel)
    limit = {f"PYENVLAUNCH_MAX_WHEEL_{variable}": value}
    for command in (("store", "add", wheel.path), ("sync", lock)):
        error = pel(*command, env=limit).failed()
        assert word in error
        assert f"PYENVLAUNCH_MAX_WHEEL_{variable}" in error
    pel.assert_store_is_valid()
    pel("sync", lock, env={f"PYENVLAUNCH_MAX_WHEEL_{variable}": "1000000000"}).ok()


def test_a_download_without_a_size_has_a_limit(pel, build, lock_of, server):
    wheel = build(simple("alpha", **{"data.bin": b"x" * 5000}))
    sized = entry(wheel, url=server.url)
    table = {key: value for key, value in sized.wheels[0].items() if key != "size"}
    lock = lock_of(Entry("alpha", "1.0", [table]), name="unsized.lock")
    error = pel("sync", lock, env={"PYENVLAUNCH_MAX_DOWNLOAD_SIZE": "200"}).failed()
    assert "it has more than 200 bytes, and the lock does not say how many" in error
    assert "PYENVLAUNCH_MAX_DOWNLOAD_SIZE" in error
    assert list((pel.cache / "v1/downloads").iterdir()) == []
    pel.assert_store_is_valid()
    settings = pel.home / ".config/pyenvlaunch/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('max-download-size = "1kB"\n')
    assert "more than 1000 bytes" in pel("sync", lock).failed()
    assert "downloads    1000  (" in pel("doctor").stdout
    pel("sync", lock_of(sized)).ok()
    pel.forget()
    pel("sync", lock, env={"PYENVLAUNCH_MAX_DOWNLOAD_SIZE": "1MiB"}).ok()
    name = "PYENVLAUNCH_MAX_DOWNLOAD_SIZE"
    assert name in pel("sync", lock, env={name: "many"}).failed(2)


def test_bad_limits_are_a_usage_error(pel, build):
    wheel = build(simple("alpha"))
    for variable in ("SIZE", "FILES", "RATIO"):
        name = f"PYENVLAUNCH_MAX_WHEEL_{variable}"
        for value in ("many", "-1", "0") if variable != "SIZE" else ("many", "-1", "1XB"):
            assert name in pel("store", "add", wheel.path, env={name: value}).failed(2)
        pel("store", "list", env={name: "many"}).ok()


def test_what_is_not_named_as_a_wheel(pel, tmp_path):
    (tmp_path / "notes.txt").write_text("")
    assert pel("store", "add", tmp_path / "notes.txt").failed(1) == (
        "pyenvlaunch: error: cannot use 'notes.txt' as a wheel's name: does not end in .whl\n"
        "  hint: a wheel is named NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl\n"
    )
