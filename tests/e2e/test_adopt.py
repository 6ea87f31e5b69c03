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
from support.server import WheelServer
from support.sources import commit_all, sha256, write_project, write_sdist
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


def site_of(venv: Path) -> Path:
    return next((venv / "lib").glob("python*/site-packages"))


def by_name(lock: Path) -> dict[str, dict]:
    return {package["name"]: package for package in content(lock)["packages"]}


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
        "notes": [],
    }
    assert content(lock)["packages"][0]["wheels"][0]["path"] == f"wheelhouse/{foo.path.name}"


def test_what_cannot_be_found_is_listed(pel, index, house, install, tmp_path):
    other = tmp_path / "other"
    here = Wheel("here", "1.0", {"here.py": ""}).build(house)
    Wheel("changed", "1.0", {"changed.py": ""}).build(house)
    changed = Wheel("changed", "1.0", {"changed.py": "#"}).build(other)
    gone = Wheel("gone", "1.0", {"gone.py": ""}).build(other)
    venv = install(here.path, changed.path, gone.path)
    site = site_of(venv)
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
        "edited 1.0: the project /src/edited, which it was installed from, is not there any more",
        "gone 1.0: no index or folder has a wheel of this version",
        "old 1: it was installed by setuptools, without a wheel",
    ):
        assert f"pyenvlaunch: {line}\n" in result.stderr
    assert not lock.exists()
    pel("adopt", venv, "-o", lock, "--index-url", index.url, "--skip-missing").ok()
    assert hashes(lock) == {"here": {here.sha256}}


def test_eggs_are_listed(pel, house, install, tmp_path):
    venv = install(Wheel("foo", "1.0", {"foo.py": ""}).build(house).path)
    (site_of(venv) / "zipped-2.0-py3.11.egg").write_bytes(b"PK")
    (site_of(venv) / "unzipped-3.0-py3.11.egg").mkdir()
    result = pel("adopt", venv, "-o", tmp_path / "app.lock", "--offline", "--find-links", house)
    assert error_of(result).startswith(f"cannot adopt {venv}: 2 packages cannot be found\n")
    for egg in ("zipped 2.0", "unzipped 3.0"):
        assert f"pyenvlaunch: {egg}: it was installed by setuptools, without a wheel\n" in (
            result.stderr
        )


@pytest.mark.parametrize("source", [".", "src"])
def test_what_setup_py_develop_has_left(pel, house, install, tmp_path, source):
    venv = install(Wheel("foo", "1.0", {"foo.py": ""}).build(house).path)
    project = tmp_path / "project"
    write_project(project, "Linked")
    folder = project / source
    folder.mkdir(exist_ok=True)
    site = site_of(venv)
    (site / "Linked.egg-link").write_text(f"{folder}\n{'.' if source == '.' else '../'}")
    (site / "easy-install.pth").write_text(f"{folder}\n")
    lock = tmp_path / "app.lock"
    result = pel("adopt", venv, "-o", lock, "--offline", "--find-links", house)
    assert result.ok() == f"{lock}: 2 packages\n"
    assert "warning" not in result.stderr
    assert by_name(lock)["linked"] == {
        "name": "linked",
        "directory": {"path": "project", "editable": True},
    }
    (site / "Linked.egg-link").write_text("rubbish\n")
    assert "linked: it was installed by setuptools" in (
        pel("adopt", venv, "-o", lock, "--offline", "--find-links", house).stderr
    )


def test_what_is_of_no_package_is_named(pel, house, install, tmp_path):
    venv = install(Wheel("foo", "1.0", {"foo.py": "", "pack/a.py": ""}).build(house).path)
    site = site_of(venv)
    for name in ("own.py", "paths.pth", "_virtualenv.py", "foo-1.0.virtualenv", "~rest"):
        (site / name).write_text("")
    (site / "__pycache__").mkdir(exist_ok=True)
    settings = venv / "pyvenv.cfg"
    off = "include-system-site-packages = false"
    settings.write_text(settings.read_text().replace(off, off.replace("false", "true")))
    lock = tmp_path / "app.lock"
    result = pel("adopt", venv, "-o", lock, "--offline", "--find-links", house, "--json")
    notes = [
        *(f"'{name}' in its site-packages is of no package: the lock does not have it"
          for name in ("own.py", "paths.pth")),
        "it uses the interpreter's own packages, too (include-system-site-packages): "
        "the lock does not have them",
    ]  # fmt: skip
    assert json.loads(result.ok())["notes"] == notes
    for note in notes:
        assert f"pyenvlaunch: warning: {note}\n" in result.stderr


def test_an_environment_of_conda_is_none(pel, tmp_path):
    (tmp_path / "conda/conda-meta").mkdir(parents=True)
    assert error_of(pel("adopt", tmp_path / "conda", "-o", tmp_path / "app.lock")) == (
        f"cannot adopt {tmp_path}/conda: "
        "it is an environment of conda, whose packages are no wheels\n"
        "  hint: lock what it was made for: pyenvlaunch lock REQUIREMENT... -o LOCK\n"
    )


def test_files_that_were_changed_are_named(pel, index, house, install, tmp_path):
    files = {"foo/__init__.py": "", "foo/data.txt": "x", "foo/more.py": ""}
    foo = Wheel("foo", "1.0", files, {"console_scripts": {"foo": "foo:main"}}).build(house)
    venv = install(foo.path)
    site = site_of(venv)
    with (venv / "bin/foo").open("a") as launcher:  # pipx adds an option to its first line
        launcher.write("\n")
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


def test_repositories_and_directories(pel, install, tmp_path):
    """direct_url.json (PEP 610) says where they are: the lock needs no index, and can be used."""
    repository = write_project(tmp_path / "git/sub", "gitted").parent
    commit = commit_all(repository)
    write_project(tmp_path / "git/sub", "gitted", "2.0")
    commit_all(repository)
    edited = write_project(tmp_path / "edited", "edited")
    plain = write_project(tmp_path / "plain", "plain")
    venv = install(f"git+file://{repository}@{commit}#subdirectory=sub", "-e", edited, plain)
    lock = tmp_path / "app.lock"
    result = pel("adopt", venv, "-o", lock, "--offline", "--json")
    assert json.loads(result.ok())["packages"] == [
        {"name": "edited", "version": "1.0", "source": "directory"},
        {"name": "gitted", "version": "1.0", "source": "vcs"},
        {"name": "plain", "version": "1.0", "source": "directory"},
    ]
    assert result.stderr == ""
    packages = by_name(lock)
    assert packages["edited"]["directory"] == {"path": "edited", "editable": True}
    assert packages["plain"]["directory"] == {"path": "plain"}
    assert "version" not in packages["plain"]
    assert packages["gitted"]["vcs"] == {
        "type": "git",
        "url": f"file://{repository}",
        "requested-revision": commit,
        "commit-id": commit,
        "subdirectory": "sub",
    }
    code = "import edited, gitted, plain; print(edited.__file__, gitted.VALUE, plain.VALUE)"
    assert pel.code(lock, code) == f"{edited}/src/edited/__init__.py 1.0 1.0\n"
    assert pel.run(lock, "gitted-cmd").ok() == "command 1.0\n"


def test_a_directory_that_was_changed_is_named(pel, install, tmp_path):
    plain = write_project(tmp_path / "plain", "plain")
    venv = install(plain)
    lock = tmp_path / "app.lock"
    pel("adopt", venv, "-o", lock, "--offline").ok()
    (plain / "src/plain/__init__.py").write_text("VALUE = 'new'\n")
    result = pel("adopt", venv, "-o", lock, "--offline")
    result.ok()
    assert result.stderr == (
        f"pyenvlaunch: warning: plain 1.0: plain/__init__.py differs in {plain}, which it was built"
        " from: the lock has what is there now\n"
    )
    assert pel.code(lock, "import plain; print(plain.VALUE)") == "new\n"


def test_archives_and_wheels_by_their_place(pel, install, house, tmp_path, server: WheelServer):
    """uv notes no hash of an archive, but when the file was changed; that of a wheel is found again."""
    write_sdist(house / "made-1.0.tar.gz", write_project(tmp_path / "made"), "made-1.0")
    kept = house / "kept-1.0.tar.gz"
    write_sdist(kept, write_project(tmp_path / "kept", "kept"), "kept-1.0")
    foo = Wheel("foo", "1.0", {"foo.py": "V = 1\n"}).build(house)
    user = server.url.replace("://", "://me:word@")
    venv = install(foo.path, f"made @ {user}/made-1.0.tar.gz", kept)
    noted = "hash" in (site_of(venv) / "made-1.0.dist-info/direct_url.json").read_text()
    lock = tmp_path / "app.lock"
    result = pel("adopt", venv, "-o", lock, "--offline", "--skip-missing")
    result.ok()
    assert hashes(lock)["foo"] == {foo.sha256}
    assert by_name(lock)["foo"]["wheels"][0]["path"] == f"wheelhouse/{foo.path.name}"
    assert "word" not in lock.read_text() + result.stderr
    assert by_name(lock)["kept"]["archive"] == {
        "path": "wheelhouse/kept-1.0.tar.gz",
        "hashes": {"sha256": sha256(kept)},
    }
    if not noted:
        kept.chmod(0o600)
        again = pel("adopt", venv, "-o", tmp_path / "other.lock", "--offline")
        assert f"has not noted the sha256 of {kept}, which it came from" in again.stderr
    assert pel.run(lock, "kept-cmd").ok() == "command 1.0\n"
    if noted:
        assert by_name(lock)["made"]["archive"] == {
            "url": f"{server.url}/made-1.0.tar.gz",
            "hashes": {"sha256": sha256(house / "made-1.0.tar.gz")},
        }
        assert pel.run(lock, "made-cmd").ok() == "command 1.0\n"
    else:
        assert list(by_name(lock)) == ["foo", "kept"]
        assert result.stderr == (
            "pyenvlaunch: made 1.0: its installer has not noted the sha256 of"
            f" {server.url}/made-1.0.tar.gz, which it came from\n"
        )
    foo.path.unlink()
    (house / "made-1.0.tar.gz").unlink()
    result = pel("adopt", venv, "-o", lock, "--offline")
    assert error_of(result).startswith(f"cannot adopt {venv}: ")
    assert (
        f"foo 1.0: the file {foo.path}, which it was installed from, is not there any more\n"
        in result.stderr
    )


def test_user_and_password_are_not_written(pel, install, house, tmp_path):
    """Installers may leave them in direct_url.json: what is written has none, and says so."""
    foo = Wheel("foo", "1.0", {"foo.py": ""}).build(house)
    venv = install(foo.path)
    direct = site_of(venv) / "foo-1.0.dist-info/direct_url.json"
    vcs = {"vcs": "git", "commit_id": "a" * 40}
    address = "127.0.0.1/o/r.git"
    direct.write_text(json.dumps({"url": f"https://me:word@{address}", "vcs_info": vcs}))
    lock = tmp_path / "app.lock"
    result = pel("adopt", venv, "-o", lock, "--offline")
    result.ok()
    assert result.stderr == (
        f"pyenvlaunch: warning: foo 1.0: the lock has https://{address} without user and password\n"
    )
    assert by_name(lock)["foo"]["vcs"]["url"] == f"https://{address}"
    direct.write_text(json.dumps({"url": f"ssh://git@{address}", "vcs_info": vcs}))
    result = pel("adopt", venv, "-o", lock, "--offline")
    assert (result.ok(), result.stderr) == (f"{lock}: 1 package\n", "")
    assert by_name(lock)["foo"]["vcs"]["url"] == f"ssh://git@{address}"


@pytest.mark.parametrize(
    ("direct", "problem"),
    [
        (
            {"url": "file:///gone", "vcs_info": {"vcs": "git", "commit_id": "a" * 40}},
            "the repository /gone, which it was built from, is not there any more",
        ),
        (
            {"url": "https://127.0.0.1/r", "vcs_info": {"vcs": "hg", "commit_id": "a" * 40}},
            "it was built from the hg repository https://127.0.0.1/r, and only git is known",
        ),
        (
            {"url": "https://127.0.0.1/r", "vcs_info": {"vcs": "git", "commit_id": "main"}},
            "it was built from the repository https://127.0.0.1/r, and its installer has not noted"
            " the commit",
        ),
        (
            {"url": "file:///gone/a.tar.gz", "archive_info": {"hashes": {"sha256": "a" * 64}}},
            "the file /gone/a.tar.gz, which it was installed from, is not there any more",
        ),
        (
            {"url": "https://127.0.0.1/a.zip", "archive_info": {"hashes": {"md5": "a" * 32}}},
            "its installer has not noted the sha256 of https://127.0.0.1/a.zip, which it came from",
        ),
    ],
)
def test_places_that_no_lock_can_name(pel, install, house, tmp_path, direct, problem):
    venv = install(Wheel("foo", "1.0", {"foo.py": ""}).build(house).path)
    (site_of(venv) / "foo-1.0.dist-info/direct_url.json").write_text(json.dumps(direct))
    lock = tmp_path / "app.lock"
    result = pel("adopt", venv, "-o", lock, "--offline")
    assert error_of(result).startswith(f"cannot adopt {venv}: 1 package cannot be found\n")
    assert f"pyenvlaunch: foo 1.0: {problem}\n" in result.stderr
    assert not lock.exists()


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
