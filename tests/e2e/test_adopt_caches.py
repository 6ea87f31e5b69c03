"""pyenvlaunch adopt without a network: wheels that the caches of this machine know."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support.index import PackageIndex
from support.locks import write_lock
from support.real import UV
from support.resolvers import content, error_of, give, hashes
from support.sources import write_project, write_sdist
from support.wheels import Wheel

FOO = Wheel(
    "Foo.Bar",
    "1.0",
    {"foo_bar.py": "V = 1\n", "Foo_Bar-1.0.data/scripts/tool": "#!python\n"},
    tag="py2.py3-none-any",
)


@pytest.fixture
def user(pel, tmp_path):
    """The user of a machine with caches of its own and uv on PATH."""
    caches = {"PIP_CACHE_DIR": str(tmp_path / "pip"), "UV_CACHE_DIR": str(tmp_path / "uv")}
    pel.env |= caches
    return give(pel, "uv")


@pytest.fixture
def install(user, tmp_path: Path, python) -> Callable[..., Path]:
    """install("pip", word, ...) makes a virtual environment with the tool; returns its directory."""

    def make(tool: str, *words: object) -> Path:
        venv = tmp_path / "venv"
        own = venv / "bin/python"
        subprocess.run([python.path, "-m", "venv", "--without-pip", venv], check=True)
        command = [UV, "pip", "install", "--python", own]
        if tool == "pip":
            command = [python.path, "-m", "pip", "--python", own, "install"]
        subprocess.run(
            [str(word) for word in (*command, "-q", "--no-deps", *words)], check=True, env=user.env
        )
        return venv

    return make


def adopt(user, venv: Path, lock: Path, *words: object) -> dict:
    """The only package of `adopt --offline`."""
    out = user("adopt", venv, "-o", lock, "--offline", "--json", *words).ok()
    (package,) = json.loads(out)["packages"]
    return package


@pytest.mark.parametrize("tool", ["pip", "uv"])
def test_wheels_of_the_store(user, install, house, tmp_path, tool):
    foo = FOO.build(house)
    other = tmp_path / "other.lock"
    write_lock(other, [foo])
    user("sync", other).ok()
    venv = install(tool, "--no-index", "--find-links", house, "foo-bar")
    lock = tmp_path / "app.lock"
    assert adopt(user, venv, lock)["cache"] == "the store"
    assert hashes(lock) == {"foo-bar": {foo.sha256}}
    user.run(lock, "python", "-c", "import foo_bar").ok()
    other.unlink()
    lock.unlink()
    result = user("adopt", venv, "-o", tmp_path / "next.lock", "--offline")
    assert error_of(result).startswith(f"cannot adopt {venv}: 1 package cannot be found\n")
    assert "foo-bar 1.0: the store has its wheel, but nothing says where" in result.stderr


def test_wheels_that_pip_has_built(user, install, house, tmp_path):
    write_project(tmp_path / "project")
    write_sdist(house / "made-1.0.tar.gz", tmp_path / "project", "made-1.0")
    venv = install("pip", "--no-index", "--find-links", house, "made")
    lock = tmp_path / "app.lock"
    assert adopt(user, venv, lock)["cache"] == "pip's cache"
    user.run(lock, "made-cmd").ok()


def test_wheels_that_uv_has_unpacked(user, install, house, tmp_path):
    foo = FOO.build(house)
    lock = tmp_path / "app.lock"
    with PackageIndex(house) as index:
        user.env["UV_DEFAULT_INDEX"] = index.url
        venv = install("uv", "foo-bar")
        url = f"http://{index.host}/files/{foo.path.name}"
    assert adopt(user, venv, lock)["cache"] == "uv's cache"
    assert hashes(lock) == {"foo-bar": {foo.sha256}}
    assert content(lock)["packages"][0]["wheels"][0]["url"] == url


def test_wheels_that_uv_has_installed_by_their_url(user, install, house, tmp_path):
    """uv notes no hash of them in direct_url.json, but knows it."""
    foo = FOO.build(house)
    with PackageIndex(house) as index:
        url = f"http://{index.host}/files/{foo.path.name}"
        venv = install("uv", f"foo-bar @ {url}")
    lock = tmp_path / "app.lock"
    assert adopt(user, venv, lock)["cache"] == "uv's cache"
    (wheel,) = content(lock)["packages"][0]["wheels"]
    assert (wheel["url"], hashes(lock)) == (url, {"foo-bar": {foo.sha256}})
    user.env["UV_CACHE_DIR"] = str(tmp_path / "empty")
    result = user("adopt", venv, "-o", tmp_path / "next.lock", "--offline")
    assert error_of(result).startswith(f"cannot adopt {venv}: 1 package cannot be found\n")
    assert (
        f"foo-bar 1.0: its installer has not noted the sha256 of {url}, which it came from\n"
        in result.stderr
    )


def test_a_changed_environment_is_no_copy_of_a_cache(user, install, house, tmp_path):
    foo = FOO.build(house)
    write_lock(tmp_path / "other.lock", [foo])
    user("sync", tmp_path / "other.lock").ok()
    venv = install("pip", "--no-index", "--find-links", house, "foo-bar")
    (record,) = venv.glob("lib/python3*/site-packages/*.dist-info/RECORD")
    lines = record.read_text().splitlines()
    changed = ["foo_bar.py,sha256=" + "A" * 43 + ",6" if "foo_bar.py," in s else s for s in lines]
    record.write_text("\n".join(changed) + "\n")
    result = user("adopt", venv, "-o", tmp_path / "app.lock", "--offline")
    assert error_of(result).startswith(f"cannot adopt {venv}: 1 package cannot be found\n")
    assert not (tmp_path / "app.lock").exists()


def test_the_index_says_where_a_cached_wheel_is(user, install, house, tmp_path):
    """No download: the store knows what is in the file that the index offers."""
    foo = FOO.build(house)
    write_lock(tmp_path / "other.lock", [foo])
    user("sync", tmp_path / "other.lock").ok()
    venv = install("pip", "--no-index", "--find-links", house, "foo-bar")
    lock = tmp_path / "app.lock"
    with PackageIndex(house) as index:
        user("adopt", venv, "-o", lock, "--index-url", index.url).ok()
        assert [path for path in index.requests if path.startswith("/files")] == []
    assert "url" in content(lock)["packages"][0]["wheels"][0]
