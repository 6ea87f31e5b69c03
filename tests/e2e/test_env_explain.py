"""env explain LOCK NAME, compared with what a program in the environment sees."""

import json

import pytest
from support.wheels import Wheel, simple


@pytest.fixture
def explain(pel):
    def run(lock, name):
        return json.loads(pel("env", "explain", "--json", lock, name).ok())

    return run


def used(places):
    return [(place["kind"], place["origin"]) for place in places if place["used"]]


def hidden(places):
    return [(place["kind"], place["origin"]) for place in places if not place["used"]]


def test_of_a_module(pel, lock_of, explain):
    files = {"alpha/__init__.py": "", "alpha/deep/__init__.py": "", "alpha/deep/leaf.py": ""}
    lock = lock_of(Wheel("alpha", "2.0", files))
    pel("sync", lock).ok()
    for name, kind in (
        ("alpha", "package"),
        ("alpha.deep", "package"),
        ("alpha.deep.leaf", "module"),
    ):
        places = [place for place in explain(lock, name) if place["kind"] != "distribution"]
        assert used(places) == [(kind, "alpha 2.0")]
        seen = pel.code(lock, f"import {name} as m; print(m.__file__)").strip()
        assert places[0]["path"] == seen
        assert places[0]["wheel"] in seen


def test_of_a_distribution_in_any_spelling(pel, lock_of, explain):
    lock = lock_of(Wheel("Mixed.Name", "1.0", {"mixed.py": ""}))
    pel("sync", lock).ok()
    for name in ("mixed-name", "Mixed_Name", "MIXED.NAME"):
        assert used(explain(lock, name)) == [("distribution", "Mixed.Name 1.0")]


def test_module_of_several_wheels(pel, lock_of, explain):
    lock = lock_of(
        Wheel("one", "1.0", {"same.py": "WHO = 'one'\n"}),
        Wheel("two", "1.0", {"same.py": "WHO = 'two'\n"}),
    )
    pel("sync", lock).ok()
    places = explain(lock, "same")
    winner = pel.code(lock, "import same; print(same.WHO)").strip()
    assert used(places) == [("module", f"{winner} 1.0")]
    assert len(hidden(places)) == 1
    assert all(place["reason"] for place in places if not place["used"])
    assert used(explain(lock, "same.py")) == [("file", f"{winner} 1.0")]


def test_package_hides_module(pel, lock_of, explain):
    lock = lock_of(
        Wheel("one", "1.0", {"same/__init__.py": "WHO = 'one'\n"}),
        Wheel("two", "1.0", {"same.py": "WHO = 'two'\n"}),
    )
    pel("sync", lock).ok()
    assert pel.code(lock, "import same; print(same.WHO)") == "one\n"
    places = explain(lock, "same")
    assert (used(places), hidden(places)) == ([("package", "one 1.0")], [("module", "two 1.0")])


def test_namespace_portions(pel, lock_of, explain):
    lock = lock_of(Wheel("one", "1.0", {"space/a.py": ""}), Wheel("two", "1.0", {"space/b.py": ""}))
    pel("sync", lock).ok()
    assert sorted(used(explain(lock, "space"))) == [
        ("namespace portion", "one 1.0"),
        ("namespace portion", "two 1.0"),
    ]
    assert used(explain(lock, "space.b")) == [("module", "two 1.0")]


def test_standard_library_comes_first(pel, lock_of, explain):
    lock = lock_of(Wheel("one", "1.0", {"json/__init__.py": ""}))
    pel("sync", lock).ok()
    places = explain(lock, "json")
    assert used(places) == [("package", "the standard library")]
    assert hidden(places) == [("package", "one 1.0")]
    assert places[0]["path"] == pel.code(lock, "import json; print(json.__file__)").strip()


def test_script_and_files(pel, lock_of, explain):
    wheel = Wheel(
        "alpha",
        "2.0",
        {"alpha.py": "def main(): pass\n", "alpha-2.0.data/data/share/alpha/x.txt": "x"},
        {"console_scripts": {"go": "alpha:main"}},
    )
    lock = lock_of(wheel)
    pel("sync", lock).ok()
    prefix = pel.code(lock, "import sys; print(sys.prefix)").strip()
    for name in ("go", "bin/go", f"{prefix}/bin/go"):
        assert used(explain(lock, name)) == [("script", "alpha 2.0")], name
    for name in (
        "share/alpha/x.txt",
        "alpha.py",
        pel.code(lock, "import alpha; print(alpha.__file__)").strip(),
        f"{prefix}/share/alpha/x.txt",
    ):
        assert used(explain(lock, name)) == [("file", "alpha 2.0")], name


def test_unknown_name_and_bad_usage(pel, lock_of):
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    assert "'nothing'" in pel("env", "explain", lock, "nothing").failed()
    assert "no name given" in pel("env", "explain", lock).failed(2)
    assert "no lock given" in pel("env", "explain").failed(2)
    pel("env", "explain", lock, "..").failed()
    assert "argument 2 is empty" in pel("env", "explain", lock, "").failed(2)


def test_text(pel, lock_of):
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    text = pel("env", "explain", lock, "alpha").ok()
    assert "from alpha 1.0" in text
    assert str(pel.wheels) in text
