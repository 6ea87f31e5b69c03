"""Where pip and uv are set up to look for packages counts for every way to a lock."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.index import PackageIndex
from support.resolvers import content, error_of, give, hashes, versions
from support.wheels import Wheel


@pytest.fixture
def index(house: Path) -> Iterator[PackageIndex]:
    with PackageIndex(house) as running:
        Wheel("private", "1.0", {"private.py": "V = 'ours'\n"}).build(house)
        yield running


@pytest.fixture
def other(tmp_path: Path) -> Iterator[PackageIndex]:
    """Another index, with a namesake that nobody asked for."""
    folder = tmp_path / "other"
    folder.mkdir()
    with PackageIndex(folder) as running:
        Wheel("private", "9.0", {"private.py": "V = 'theirs'\n"}).build(folder)
        yield running


def set_up_pip(pel, url: str, key: str = "index-url") -> Path:
    path = pel.home / ".config/pip/pip.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# ours\n[global]\n{key} =\n    {url}\ntimeout = 5\n")
    return path


def set_up_uv(pel, url: str) -> Path:
    path = pel.home / ".config/uv/uv.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'[[index]]\nname = "ours"\nurl = "{url}"\ndefault = true\n')
    return path


@pytest.mark.parametrize("way", ["file", "variable", "extra", "find-links"])
def test_uv_that_is_not_set_up_looks_where_pip_does(pel, index, other, house, tmp_path, way):
    give(pel, "uv")
    if way == "variable":
        pel.env["PIP_INDEX_URL"] = index.url
    elif way == "file":
        set_up_pip(pel, index.url)
    elif way == "extra":
        set_up_pip(pel, index.url, "extra-index-url")
        pel.env["PIP_INDEX_URL"] = other.url
    else:
        set_up_pip(pel, str(house), "find-links")
        pel.env["PIP_INDEX_URL"] = other.url
    lock = tmp_path / "app.lock"
    result = pel("lock", "private<2", "-o", lock)
    result.ok()
    assert versions(lock) == {"private": "1.0"}
    first = {"extra": f"{index.url}, {other.url}", "find-links": f"{house}, {other.url}"}
    told = first.get(way, index.url)
    assert (
        f"pyenvlaunch: with the places of pip's settings, as uv has none of its own: {told}\n"
    ) in result.stderr
    assert pel.code(lock, "import private; print(private.V)") == "ours\n"


@pytest.mark.parametrize("way", ["file", "variable", "option", "project", "requirements", "script"])
def test_what_uv_is_told_itself_comes_first(pel, index, other, tmp_path, way):
    give(pel, "uv")
    set_up_pip(pel, other.url)
    lock = tmp_path / "app.lock"
    asked: list = ["private"]
    if way == "file":
        set_up_uv(pel, index.url)
    elif way == "variable":
        pel.env["UV_INDEX_URL"] = index.url
    elif way == "option":
        asked = ["private", "--index-url", index.url]
    elif way == "requirements":
        (tmp_path / "r.txt").write_text(f"--index-url {index.url}\nprivate\n")
        asked = ["-r", tmp_path / "r.txt"]
    elif way == "script":
        (tmp_path / "s.py").write_text(
            '# /// script\n# dependencies = ["private"]\n'
            f"# [[tool.uv.index]]\n# url = '{index.url}'\n# default = true\n# ///\n"
        )
        asked = ["--script", tmp_path / "s.py"]
    else:
        (tmp_path / "pyproject.toml").write_text(
            '[project]\nname = "p"\nversion = "1"\ndependencies = ["private"]\n'
            f"[[tool.uv.index]]\nurl = '{index.url}'\ndefault = true\n"
        )
        asked = ["--project", tmp_path]
    result = pel("lock", *asked, "-o", lock)
    result.ok()
    assert versions(lock) == {"private": "1.0"}
    assert "pip's settings" not in result.stderr
    assert other.requests == []


def test_uv_that_was_chosen_has_its_own_settings_only(pel, index, tmp_path):
    give(pel, "uv")
    set_up_pip(pel, index.url)
    error_of(pel("lock", "private", "-o", tmp_path / "a.lock", "--resolver", "uv", "--offline"))
    assert index.requests == []


def test_pip_is_no_way_around_the_settings_of_uv(pel, index, other, tmp_path):
    give(pel, "pip")
    set_up_uv(pel, index.url)
    lock = tmp_path / "app.lock"
    assert error_of(pel("lock", "private", "-o", lock)) == (
        f"cannot lock with pip: only uv is set up to look in {index.url}\n"
        "  hint: install uv and put it on PATH, give the place with --index-url or "
        "--extra-index-url, or choose pip with --resolver pip\n"
    )
    pel("lock", "private", "-o", lock, "--index-url", index.url).ok()
    assert versions(lock) == {"private": "1.0"}
    lock.unlink()
    set_up_pip(pel, other.url)  # pip has settings of its own
    pel("lock", "private", "-o", lock).ok()
    assert versions(lock) == {"private": "9.0"}


def test_sources_of_poetry_are_an_error_all_the_same(pel, index, tmp_path):
    give(pel, "uv")
    set_up_pip(pel, index.url)
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "p"\nversion = "1"\ndependencies = ["private"]\n'
        '[tool.poetry.dependencies]\nprivate = {source = "other"}\n'
    )
    assert "only Poetry knows where 'private' comes from" in error_of(
        pel("lock", "--project", tmp_path)
    )
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "p"\nversion = "1"\ndependencies = ["private"]\n'
        f'[[tool.poetry.source]]\nname = "x"\nurl = "{index.url}"\n'
    )
    pel("lock", "--project", tmp_path).ok()


@pytest.mark.parametrize("tool", ["pip", "uv"])
def test_locks_of_other_tools_find_their_files_there(pel, index, house, tmp_path, tool):
    give(pel, "uv")
    (set_up_pip if tool == "pip" else set_up_uv)(pel, index.url)
    wheel = Wheel("private", "1.0", {"private.py": "V = 'ours'\n"}).build(house)
    (tmp_path / "r.txt").write_text(f"private==1.0 --hash=sha256:{wheel.sha256}\n")
    lock = tmp_path / "app.lock"
    pel("lock", "--from", tmp_path / "r.txt", "-o", lock).ok()
    assert hashes(lock) == {"private": {wheel.sha256}}
    (file,) = content(lock)["packages"][0]["wheels"]
    assert file["url"] == index.url.replace("simple/", f"files/{wheel.path.name}")


@pytest.mark.parametrize("tool", ["pip", "uv", "pip of the environment", "no-index", "find-links"])
def test_adopt_finds_wheels_there(pel, index, other, house, tmp_path, tool):
    give(pel, "uv")
    venv = tmp_path / "venv"
    subprocess.run([pel.python.path, "-m", "venv", "--without-pip", venv], check=True)
    install = [sys.executable, "-m", "pip", "-q", "--python", venv / "bin/python", "install"]
    subprocess.run(
        [str(word) for word in (*install, "--index-url", index.url, "private")], check=True
    )
    if tool == "uv":
        set_up_uv(pel, index.url)
    elif tool == "pip":
        set_up_pip(pel, index.url)
    elif tool in ("no-index", "find-links"):
        instead = "no-index = true" if tool == "no-index" else f"index-url = {other.url}"
        set_up_pip(pel, f"{house}\n    {tmp_path}/missing", f"{instead}\nfind-links")
    else:
        set_up_pip(pel, index.url).rename(venv / "pip.conf")
    lock = tmp_path / "app.lock"
    packages = json.loads(pel("adopt", venv, "-o", lock, "--json").ok())["packages"]
    assert [package["name"] for package in packages] == ["private"]
    assert versions(lock) == {"private": "1.0"}
