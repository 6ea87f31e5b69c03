"""pyenvlaunch adopt: the lock of a virtual environment that pip or uv has made."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.index import PackageIndex
from support.real import UV
from support.resolvers import content, error_of, hashes, versions
from support.wheels import Wheel


@pytest.fixture
def index(house: Path) -> Iterator[PackageIndex]:
    with PackageIndex(house) as running:
        yield running


@pytest.fixture(params=["uv", "pip"])
def install(request, tmp_path: Path, python) -> Callable[..., Path]:
    """install(wheel, ...) makes a virtual environment with these; returns its directory."""

    def make(*what: object) -> Path:
        venv = tmp_path / "venv"
        own = venv / "bin/python"
        subprocess.run([python.path, "-m", "venv", "--without-pip", venv], check=True)
        command = [UV, "pip", "install", "--python", own]
        if request.param == "pip":
            command = [python.path, "-m", "pip", "--python", own, "install"]
        options = ["-q", "--no-deps", "--no-index"]
        subprocess.run([str(word) for word in (*command, *options, *what)], check=True)
        return venv

    return make


def test_the_wheels_are_found_again(pel, index, house, install, tmp_path):
    foo = Wheel(
        "Foo.Bar",
        "1.0",
        {"foo_bar.py": "V = 1\n", "Foo_Bar-1.0.data/scripts/tool": "#!python\n"},
        entry_points={"console_scripts": {"foo": "foo_bar:main"}},
    ).build(house)
    native = Wheel("native", "2.0", {"native.py": ""}, tag="py3-none-linux_x86_64").build(house)
    Wheel("native", "2.0", {"native.py": "#"}, tag="py3-none-any").build(house)
    Wheel("native", "1.0", {"native.py": ""}).build(house)
    venv = install(foo.path, native.path)
    lock = tmp_path / "app.lock"
    out = pel("adopt", venv, "-o", lock, "--index-url", index.url).ok()
    assert out == f"{lock}: 2 packages\n"
    assert versions(lock) == {"foo-bar": "1.0", "native": "2.0"}
    assert hashes(lock) == {"foo-bar": {foo.sha256}, "native": {native.sha256}}
    assert content(lock)["requires-python"] == f"=={pel.python.minor}.*"
    assert pel.code(lock, "import foo_bar, native; print(foo_bar.V)") == "1\n"


def test_find_links_offline_and_json(pel, house, install, tmp_path):
    foo = Wheel("foo", "1.0", {"foo.py": ""}).build(house)
    lock = tmp_path / "app.lock"
    venv = install(foo.path)
    out = pel("adopt", venv, "-o", lock, "--offline", "--find-links", house, "--json").ok()
    assert json.loads(out) == {
        "lock": str(lock),
        "written": True,
        "packages": [
            {
                "name": "foo",
                "version": "1.0",
                "wheel": foo.path.name,
                "sha256": foo.sha256,
                "cache": "",
            }
        ],
    }
    assert content(lock)["packages"][0]["wheels"][0]["path"] == f"wheelhouse/{foo.path.name}"


def test_what_cannot_be_found_is_listed(pel, index, house, install, tmp_path):
    other = tmp_path / "other"
    here = Wheel("here", "1.0", {"here.py": ""}).build(house)
    Wheel("changed", "1.0", {"changed.py": ""}).build(house)
    changed = Wheel("changed", "1.0", {"changed.py": "#"}).build(other)
    gone = Wheel("gone", "1.0", {"gone.py": ""}).build(other)
    venv = install(here.path, changed.path, gone.path)
    site = next((venv / "lib").glob("python*/site-packages"))
    for info in site.glob("*.dist-info/direct_url.json"):
        info.unlink()
    edited = site / "edited-1.0.dist-info"
    edited.mkdir()
    (edited / "METADATA").write_text("Metadata-Version: 2.1\nName: edited\nVersion: 1.0\n")
    (edited / "RECORD").write_text("edited.py,sha256=" + "A" * 43 + ",1\n")
    (edited / "direct_url.json").write_text(
        json.dumps({"url": "file:///src/edited", "dir_info": {"editable": True}})
    )
    (site / "old-1.egg-info").mkdir()
    lock = tmp_path / "app.lock"
    result = pel("adopt", venv, "-o", lock, "--index-url", index.url)
    error = error_of(result)
    assert error.startswith(f"cannot adopt {venv}: 4 packages cannot be found\n")
    for line in (
        "changed 1.0: no wheel of this version has its files: it was built here, or changed",
        "edited 1.0: it is an editable install of file:///src/edited",
        "gone 1.0: no index or folder has a wheel of this version",
        "old: it was installed by setuptools, without a wheel",
    ):
        assert f"pyenvlaunch: {line}\n" in result.stderr
    assert not lock.exists()
    pel("adopt", venv, "-o", lock, "--index-url", index.url, "--skip-missing").ok()
    assert hashes(lock) == {"here": {here.sha256}}


def test_files_that_were_changed_are_named(pel, index, house, install, tmp_path):
    files = {"foo/__init__.py": "", "foo/data.txt": "x", "foo/more.py": ""}
    foo = Wheel("foo", "1.0", files).build(house)
    venv = install(foo.path)
    site = next((venv / "lib").glob("python*/site-packages"))
    next(site.glob("*.dist-info/direct_url.json")).unlink(missing_ok=True)
    (site / "~oo-1.0.dist-info").mkdir()  # of an interrupted pip
    lock = tmp_path / "app.lock"
    result = pel("adopt", venv, "-o", lock, "--index-url", index.url)
    assert (result.ok(), result.stderr) == (f"{lock}: 1 package\n", "")
    for change in (lambda path: path.write_text("y"), Path.unlink):
        change(site / "foo/data.txt")
        result = pel("adopt", venv, "-o", lock, "--index-url", index.url)
        result.ok()
        assert result.stderr == (
            "pyenvlaunch: warning: foo 1.0: foo/data.txt was changed since:"
            " the lock has it as it was installed\n"
        )
    said = pel("adopt", venv, "-o", lock, "--index-url", index.url, "--json").ok()
    assert json.loads(said)["packages"][0]["changed"] == "foo/data.txt"
    assert hashes(lock) == {"foo": {foo.sha256}}


def test_a_directory_of_venv_has_a_lock_already(pel, lock_of, tmp_path):
    pel("venv", "-q", tmp_path / "env", lock_of(Wheel("foo", "1.0", {"foo.py": ""}))).ok()
    assert error_of(pel("adopt", tmp_path / "env", "-o", tmp_path / "l"), 2) == (
        f"cannot adopt {tmp_path}/env: it was made of a lock\n"
        "  hint: `pyenvlaunch env list` shows of which\n"
    )


def test_bad_usage(pel, tmp_path):
    assert error_of(pel("adopt", "-o", "l"), 2).startswith("no virtual environment given\n")
    assert error_of(pel("adopt", tmp_path), 2).startswith("no lock to write given\n")
    assert error_of(pel("adopt", tmp_path, "-o", "l")) == (
        f"cannot adopt {tmp_path}: it is no virtual environment\n"
        "  hint: give the directory with pyvenv.cfg in it\n"
    )
