"""Pages of package indexes in all their forms: as resolvers, `adopt` and `lock --from` read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.index import PackageIndex
from support.launcher import Launcher
from support.resolvers import content, error_of, give, hashes, versions
from support.sources import sha256
from support.wheels import Wheel


@pytest.fixture
def index(house: Path) -> Iterator[PackageIndex]:
    with PackageIndex(house) as running:
        yield running


@pytest.fixture(params=["json", "html"])
def form(request, index: PackageIndex) -> PackageIndex:
    index.json = request.param == "json"
    return index


@pytest.fixture(params=["plain", "compressed", "moved"])
def way(request, form: PackageIndex) -> PackageIndex:
    form.compressed = request.param == "compressed"
    form.moved = request.param == "moved"
    return form


@pytest.fixture
def foo(house: Path) -> dict[str, Path]:
    """Three versions of it."""
    return {
        version: Wheel("foo", version, {"foo.py": f"V = '{version}'\n"}).build(house).path
        for version in ("1.0", "2.0", "3.0")
    }


@pytest.fixture(params=["uv", "pip"])
def user(request, pel: Launcher) -> Launcher:
    give(pel, request.param)
    return pel


def pinned(folder: Path, wheel: Path) -> Path:
    """A foreign lock, which knows the wheel by its hash."""
    path = folder / "pinned.txt"
    path.write_text(f"foo=={wheel.name.split('-')[1]} --hash=sha256:{sha256(wheel)}\n")
    return path


def test_files_are_found_by_their_hash(pel, way, foo, tmp_path):
    lock = tmp_path / "app.lock"
    pel("lock", "--from", pinned(tmp_path, foo["2.0"]), "--index-url", way.url, "-o", lock).ok()
    (wheel,) = content(lock)["packages"][0]["wheels"]
    assert wheel["hashes"] == {"sha256": sha256(foo["2.0"])}
    assert pel.code(lock, "import foo; print(foo.V)") == "2.0\n"


@pytest.mark.parametrize("place", ["server", "file"])
@pytest.mark.parametrize("way", ["plain", "compressed", "moved"])
def test_pages_of_find_links(pel, index, foo, tmp_path, place, way):
    """Their links are relative to the page, where a redirection has led, too."""
    index.compressed = way == "compressed"
    index.moved = way == "moved"
    page = f"http://{index.host}/page.html"
    if place == "file":
        page = tmp_path / "page.html"
        page.write_text(index.page(list(foo.values()), "wheelhouse/"))
    lock = tmp_path / "app.lock"
    offline = ["--offline"] if place == "file" else []
    words = ["--from", pinned(tmp_path, foo["2.0"]), "--find-links", page, "-o", lock]
    index.requests.clear()
    pel("lock", *words, "--index-url", index.url, *offline).ok()
    (wheel,) = content(lock)["packages"][0]["wheels"]
    name = foo["2.0"].name
    if place == "file":
        assert wheel["path"] == f"wheelhouse/{name}"
        assert index.requests == []
    else:
        there = "moved/to/files" if index.moved else "files"
        assert wheel["url"] == f"http://{index.host}/{there}/{name}"
    assert pel.code(lock, "import foo; print(foo.V)") == "2.0\n"


def test_a_page_of_find_links_gives_wheels_of_a_lock(pel, index, foo, tmp_path):
    """Behind a redirection as well, and compressed."""
    index.compressed = index.moved = True
    lock = tmp_path / "app.lock"
    pel("lock", "--from", pinned(tmp_path, foo["2.0"]), "--index-url", index.url, "-o", lock).ok()
    text = lock.read_text().replace(f"127.0.0.1:{index.port}", "127.0.0.1:9")
    lock.write_text(text)
    page = f"http://{index.host}/page.html"
    pel("sync", lock, "--find-links", page).ok()
    assert pel.code(lock, "import foo; print(foo.V)") == "2.0\n"


def test_a_page_that_is_not_there_is_an_error(pel, index, foo, tmp_path):
    page = f"http://{index.host}/none.html"
    lock = tmp_path / "app.lock"
    words = ["--from", pinned(tmp_path, foo["2.0"]), "--find-links", page, "-o", lock]
    assert page in error_of(pel("lock", *words, "--index-url", index.url))
    assert not lock.exists()


def test_yanked_versions_are_chosen_by_name_only(user, form, foo, tmp_path):
    """PEP 592: nobody gets one who has not asked for exactly that version."""
    form.yanked = {foo["3.0"].name: "breaks & burns"}
    lock = tmp_path / "app.lock"
    user("lock", "foo", "--index-url", form.url, "-o", lock).ok()
    assert versions(lock) == {"foo": "2.0"}
    result = user("lock", "foo==3.0", "--index-url", form.url, "-o", lock)
    result.ok()
    assert versions(lock) == {"foo": "3.0"}
    assert "yanked" in result.stderr
    assert "breaks & burns" in result.stderr
    again = user("lock", "foo==3.0", "--index-url", form.url, "-o", lock, "--locked")
    again.ok()


def test_a_version_that_is_yanked_later_stays_found(pel, form, foo, tmp_path):
    """The lock and the installed package name exactly that file."""
    form.yanked = {foo["2.0"].name: ""}
    lock = tmp_path / "app.lock"
    pel("lock", "--from", pinned(tmp_path, foo["2.0"]), "--index-url", form.url, "-o", lock).ok()
    assert hashes(lock) == {"foo": {sha256(foo["2.0"])}}


def test_versions_for_other_interpreters_are_passed_over(user, form, foo, tmp_path):
    form.requires_python = {foo["3.0"].name: ">=4", foo["2.0"].name: ">=3.6,<4"}
    lock = tmp_path / "app.lock"
    user("lock", "foo", "--index-url", form.url, "-o", lock).ok()
    assert versions(lock) == {"foo": "2.0"}
