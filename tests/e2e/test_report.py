"""`store report --html FILE`: what the page shows in a browser is what `store du --json` says."""

import json
import os
import re
from html.parser import HTMLParser

import pytest
from support.browser import Browser, Element
from support.wheels import Wheel, simple


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    return Browser(tmp_path_factory.mktemp("browser"))


@pytest.fixture
def page(tmp_path):
    return tmp_path / "report.html"


@pytest.fixture
def shared_store(pel, build, lock_of):
    """Two environments that share a wheel, and a wheel that nobody needs."""
    common, alone = build(simple("common", data="x" * 70_000)), build(simple("alone", "2.0"))
    plugin = build(Wheel("plugin", files={"alone/plugin.py": "VALUE = 1\n"}))
    pel("sync", lock_of(common, alone, plugin, name="first.lock")).ok()
    pel("sync", lock_of(common, name="second.lock")).ok()
    pel("store", "add", build(simple("unused")).path).ok()
    return pel


def number(row: Element, name: str) -> int:
    return int(
        next(c for c in row.all("td") if f"data-{name}" in c.attributes).attributes[f"data-{name}"]
    )


def text_of(row: Element, name: str) -> str:
    return next(c for c in row.all("td") if f"data-{name}" in c.attributes).text


def rows(document: Element, table: str) -> list[Element]:
    return document.one("table", id=table).one("tbody").all("tr")


def write(pel, page, *args) -> dict:
    assert pel("store", "report", "--html", page, *args).ok() == ""
    return json.loads(pel("store", "du", "--json").ok())


def human(size: int) -> str:
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= scale:
            return f"{size / scale:.1f} {unit}"
    return f"{size} bytes"


def test_the_page_shows_what_du_says(shared_store, browser, page):
    usage = write(shared_store, page)
    document = browser.show(page)
    trees = usage["wheels"] + usage["composites"]
    assert len(usage["composites"]) == 1
    users = {
        tree["id"]: [
            e for e in usage["environments"] if tree["id"] in e["wheels"] + e["composites"]
        ]
        for tree in trees
    }
    shown = {row.attributes["data-id"]: row for row in rows(document, "trees")}
    assert set(shown) == {tree["id"] for tree in trees}
    for tree in trees:
        row = shown[tree["id"]]
        for name in ("bytes", "bytecode_bytes"):
            assert number(row, name) == tree[name]
            assert text_of(row, name) == human(tree[name])
        assert number(row, "total") == tree["bytes"] + tree["bytecode_bytes"]
        assert number(row, "users") == len(users[tree["id"]])
        assert text_of(row, "name") == tree.get("name", tree["id"])
        assert text_of(row, "version") == tree.get("version", "")
    environments = rows(document, "environments")
    assert len(environments) == len(usage["environments"]) == 2
    for row, environment in zip(environments, usage["environments"], strict=True):
        assert text_of(row, "title") == environment["lock"]
        for name in ("shared_bytes", "alone_bytes", "prefix_bytes", "venv_bytes"):
            assert number(row, name) == environment[name]
    sums = {key: value for dd in document.all("dd") for key, value in dd.attributes.items()}
    assert int(sums["data-bytes"]) == usage["bytes"]
    parts = ("bytecode_bytes", "standard_library_bytes", "program_bytes")
    assert all(int(sums[f"data-{part}"]) == usage[part] for part in parts)
    prefixes = sum(e["prefix_bytes"] for e in usage["environments"])
    assert int(sums["data-own"]) == sum(usage[part] for part in ("bytes", *parts)) + prefixes
    assert int(sums["data-venv_bytes"]) == sum(e["venv_bytes"] for e in usage["environments"])
    tiles = document.one("div", id="map").all("div")
    assert sum(int(tile.attributes["data-total"]) for tile in tiles) == (
        usage["bytes"] + usage["bytecode_bytes"]
    )
    kinds = {tile.text.split()[0]: tile.attributes["class"] for tile in tiles}
    assert (kinds["common"], kinds["alone"], kinds["unused"]) == ("shared", "alone", "unused")


def area(tile: Element) -> float:
    style = dict(re.findall(r"(\w+): ([-\d.e]+)%", tile.attributes["style"]))
    assert all(-0.01 <= float(value) <= 100.01 for value in style.values())
    return float(style["width"]) * float(style["height"])


def test_areas_are_as_the_sizes(shared_store, browser, page):
    usage = write(shared_store, page)
    total = usage["bytes"] + usage["bytecode_bytes"]
    for tile in browser.show(page).one("div", id="map").all("div"):
        assert area(tile) == pytest.approx(int(tile.attributes["data-total"]) / total * 10000, 0.01)


def test_tables_are_sorted_and_chosen_from(shared_store, browser, page):
    usage = write(shared_store, page)
    for fragment, direction in (("bytes,up", "ascending"), ("bytes,down", "descending")):
        document = browser.show(page, f"#trees={fragment}")
        sizes = [number(row, "bytes") for row in rows(document, "trees")]
        assert sizes == sorted(sizes, reverse=direction == "descending")
        heads = document.one("table", id="trees").all("th")
        sorts = [head.attributes["aria-sort"] for head in heads]
        assert sorts.count(direction) == 1
        assert sorts.count("none") == len(sorts) - 1
    document = browser.show(page, "#show=1")
    chosen = usage["environments"][1]
    assert [row.attributes["data-id"] for row in rows(document, "trees")] == chosen["wheels"]
    other = [
        tile
        for tile in document.one("div", id="map").all("div")
        if "other" in tile.attributes["class"]
    ]
    assert len(other) == len(usage["wheels"]) + len(usage["composites"]) - len(chosen["wheels"])


def test_everything_is_reached_by_the_keyboard(shared_store, browser, page):
    write(shared_store, page)
    document = browser.show(page)
    for head in document.all("th"):
        assert [child.name for child in head.children] == ["button"]
    for tile in document.one("div", id="map").all("div"):
        assert tile.one("button").attributes["title"]
    for row in rows(document, "environments"):
        assert row.one("button").text
    assert not [element for element in document.all() if "tabindex" in element.attributes]


def test_light_and_dark(shared_store, browser, page, tmp_path):
    write(shared_store, page)
    assert "prefers-color-scheme: dark" in page.read_text()
    browser.screenshot(page, tmp_path / "page.png")
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found += [
            f"{tag} {name}={value}"
            for name, value in attrs
            if name in ("src", "href", "data", "action", "srcset")
        ]


def test_the_page_needs_nothing_else(shared_store, page):
    write(shared_store, page)
    links = _Links()
    links.feed(page.read_text())
    assert links.found == []
    assert "default-src 'none'" in page.read_text()
    for word in ("http:", "https:", "url(", "@import", "import(", "fetch("):
        assert word not in page.read_text()


HOSTILE = (
    "</script><script>document.title='owned'</script><img src=x onerror=document.title='owned'>"
)


def test_hostile_names_stay_text(pel, build, tmp_path, lock_of, browser, page):
    wheel = build(simple("alpha"))
    name = HOSTILE.replace("/", "\N{FRACTION SLASH}") + "<!--<script>'\"&amp;\u2028 \x07.lock"
    lock = lock_of(wheel)
    hostile = tmp_path / "</script><script>document.title='owned'<" / name
    hostile.parent.mkdir(parents=True)
    lock.rename(hostile)
    pel("sync", hostile).ok()
    usage = write(pel, page)
    document = browser.show(page)
    (row,) = rows(document, "environments")
    assert text_of(row, "title") == usage["environments"][0]["lock"] == str(hostile)
    assert document.one("title").text == "pyenvlaunch store"
    assert document.all("img") == []
    assert len(document.all("script")) == 2
    # As if METADATA had been anything: the page alone, with the same data but for the name.
    text = page.read_text()
    page.write_text(
        text.replace('"name": "alpha"', f'"name": {json.dumps(HOSTILE)}'.replace("<", "\\u003c"))
    )
    document = browser.show(page)
    (row,) = rows(document, "trees")
    assert text_of(row, "name") == HOSTILE
    assert document.one("title").text == "pyenvlaunch store"
    assert document.all("img") == []


def test_an_empty_store(pel, browser, page):
    write(pel, page)
    document = browser.show(page)
    assert rows(document, "trees") == rows(document, "environments") == []
    assert not pel.data.exists()


def test_old_pages_are_replaced_as_a_whole(shared_store, page, tmp_path):
    page.write_text("old")
    real = tmp_path / "real.html"
    page.rename(real)
    page.symlink_to(real)
    write(shared_store, page)
    assert page.is_symlink()
    assert real.read_text().startswith("<!doctype html>")
    assert real.read_text().endswith("</html>\n")
    umask = os.umask(0)
    os.umask(umask)
    assert real.stat().st_mode & 0o777 == 0o666 & ~umask
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".tmp")] == []


@pytest.mark.parametrize("place", ["missing/report.html", "file/report.html"])
def test_a_place_that_cannot_be_written_is_one_clear_error(shared_store, tmp_path, place):
    (tmp_path / "file").write_text("")
    message = shared_store("store", "report", "--html", tmp_path / place).failed()
    assert str(tmp_path / place) in message
    assert message.count("\n") == 2
    assert "hint: give the path of a page in a directory that you may write to" in message


def test_what_is_no_file_is_not_replaced(shared_store, tmp_path):
    assert "it is a directory" in shared_store("store", "report", "--html", tmp_path).failed(2)
    assert "it is no file" in shared_store("store", "report", "--html", "/dev/null").failed(2)
    assert (
        shared_store("store", "report")
        .failed(2)
        .startswith("pyenvlaunch: error: no file given to write the report to")
    )


def test_a_full_disk_leaves_the_old_page(shared_store, page, tmp_path):
    page.write_text("old")
    limited = ("bash", "-c", 'trap "" XFSZ; ulimit -f 4; exec "$@"', "-")
    result = shared_store("store", "report", "--html", page, prefix=limited)
    assert "cannot write" in result.failed()
    assert page.read_text() == "old"
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".tmp")] == []
