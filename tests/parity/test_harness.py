"""The harness itself: what differs is reported, and only what is listed is allowed."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest
from harness import allowed, check
from harness.compare import MISSING, Difference, compare
from harness.counts import Table, row
from harness.imports import import_all, sample
from harness.normal import normalizer
from harness.sides import Side
from support.launcher import ROOT
from test_inside import ask_inside, functions

PYTHON = Path(sys.executable)


@pytest.fixture
def venv(tmp_path) -> Side:
    return Side("venv", PYTHON, PYTHON.parents[1], tmp_path / "venv")


@pytest.fixture
def ours(tmp_path) -> Side:
    return Side("ours", PYTHON, PYTHON.parents[1], tmp_path / "ours", tmp_path / "store")


def test_equal_answers_are_no_difference(venv, ours):
    verdict = check.judge("probe", lambda side: {"a": [1, 2], "b": {"c": None}}, venv, ours)
    assert (verdict.compared, verdict.differences) == (2, [])


@pytest.mark.parametrize(
    "broken",
    [
        {"a": 1},
        {"a": 2, "b": {"c": "x"}},
        {"a": 1, "b": {"c": "y"}},
        {"a": 1, "b": {"c": ["x"]}},
        {"a": 1, "b": {"c": "x"}, "d": None},
        {"a": True, "b": {"c": "x", "e": 0}},
        {},
        None,
    ],
    ids=str,
)
def test_any_change_of_an_answer_is_a_difference(venv, ours, broken):
    right = {"a": 1, "b": {"c": "x"}}
    verdict = check.judge("probe", lambda side: right if side is venv else broken, venv, ours)
    assert verdict.differences != []
    assert verdict.unstable == []


def test_a_venv_that_contradicts_itself_is_no_oracle(venv, ours):
    answers = iter([{"a": 1, "b": 1}, {"a": 2, "b": 2}, {"a": 3, "b": 1}])
    verdict = check.judge("probe", lambda side: next(answers), venv, ours)
    assert verdict.unstable == ["a"]
    assert [item.path for item in verdict.differences] == ["b"]


def test_places_have_no_names(venv, ours, tmp_path):
    tree = f"{tmp_path}/store/wheels/a_b-1.0+x-cp311-cp311-any.any-0123456789abcdef"
    here = normalizer(ours)(
        {"file": f"{tree}/lib/python3/site-packages/a/b.py", tree + "/bin/x": 1}
    )
    assert here == {"file": "<site>/a/b.py", "<prefix>/bin/x": 1}
    there = normalizer(venv)(f"{venv.prefix}/lib/python3.11/site-packages/a/b.py")
    assert there == "<site>/a/b.py"


def test_roots_are_allowed_only_behind_site_packages():
    def on_path(*ours: str) -> bool:
        difference = Difference("answer.path", ["/std", "<site>", "/more"], list(ours))
        return allowed.reason("state.path", difference) is not None

    assert on_path("/std", "<site>", "<site>", "<site>", "/more")
    assert not on_path("<site>", "/std", "<site>", "/more")
    assert not on_path("/std", "<site>", "<site>")
    assert not on_path("/std", "<site>", "/more", "/more")
    assert not on_path("/std", "/more")


def test_rows_of_record_differ_only_where_they_are_wrong():
    def holds(venv: object, ours: object, name: str = "a-1.data/scripts/a") -> bool:
        difference = Difference(f"answer.a.{name}", venv, ours)
        return allowed.reason("metadata.files", difference) is not None

    absent, wrong, right = ["a", 1, False, False], ["b", 2, True, False], ["c", 3, True, True]
    assert holds(absent, MISSING)
    assert not holds(right, MISSING)
    assert not holds(MISSING, absent)
    assert not holds(absent, MISSING, name="a/b.py")
    assert holds(wrong, right, name="a.libs/b.so")
    assert not holds(right, wrong, name="a.libs/b.so")
    assert not holds(right, ["d", 3, True, True], name="a.libs/b.so")


def test_other_differences_are_not_allowed():
    for path in ("answer.prefix", "answer.flags.isolated", "status", "err"):
        assert allowed.reason("state.prefixes", Difference(path, "a", "b")) is None
    assert (
        allowed.reason("state.finders", Difference("answer.meta_path", ["A"], ["B", "A"])) is None
    )
    assert allowed.reason("imports.0", Difference("package.error", MISSING, "ImportError")) is None


def test_every_allowed_difference_is_documented():
    text = (ROOT / "docs/compatibility.md").read_text()
    missing = {entry.key for entry in allowed.ALLOWED if f"*{entry.key}*" not in text}
    assert missing == set()


def test_a_probe_that_differs_between_two_interpreters_is_reported(venv, ours, tmp_path):
    """The whole way: two real processes, one of which sees another module."""
    probes = tmp_path / "probes"
    probes.mkdir()
    for file in ("run.py", "importing.py"):
        (probes / file).write_text((ROOT / "tests/parity/probes" / file).read_text())
    (probes / "mine.py").write_text("import made\ndef value(): return {'made': made.VALUE}\n")
    for side, value in ((venv, 1), (ours, 2)):
        (side.folder / "made.py").write_text(f"VALUE = {value}\n")
        (side.folder / "broken.py").write_text("import os; os._exit(3)" if value == 2 else "")

    def ask(side: Side) -> object:
        side = Side(side.name, side.python, side.prefix, side.folder, side.store)
        side.environment = lambda: {"PYTHONPATH": str(side.folder)}  # type: ignore[method-assign]
        answer = ask_inside(side, probes, "mine.value")
        return {"answer": answer, "modules": import_all(side, probes, ["made", "broken", "json"])}

    verdict = check.judge("mine.value", ask, venv, ours)
    paths = [difference.path for difference in verdict.differences]
    assert "answer.answer.made" in paths
    assert "modules.broken" in paths
    assert not any("json" in path for path in paths)


def test_counts_are_added_up():
    table = Table()
    table.add([row("S embedded", probes=1, values=3, differences=1), ("other", 1)])
    table.add([row("S embedded", probes=1, modules=5), row("S hosted", probes=1)])
    text = "\n".join(table.lines())
    assert [line.split()[-7:] for line in text.splitlines()[-1:]] == [
        ["3", "3", "5", "0", "0", "0", "1"]
    ]


@pytest.mark.parametrize(
    ("seen", "kept"),
    [
        (["<site>/a/__init__.py", "<site>/a/a.so"], ["<site>/a/__init__.py"]),
        (["<site>/a/__init__.py", "_DeadlockError"], ["<site>/a/__init__.py"]),
        (["<site>/a/a.so"], ["<site>/a/a.so"]),
        (["<site>/a/__init__.py", "<cwd>/a.py"], ["<cwd>/a.py", "<site>/a/__init__.py"]),
        (["<site>/a/__init__.py", "ImportError"], ["<site>/a/__init__.py", "ImportError"]),
        (["<site>/a/__init__.py", "<site>/ab.so"], ["<site>/a/__init__.py", "<site>/ab.so"]),
    ],
    ids=str,
)
def test_threads_may_see_only_a_part_of_the_package_itself(monkeypatch, seen, kept):
    monkeypatch.syspath_prepend(ROOT / "tests/parity/probes")
    assert importlib.import_module("processes")._settled(set(seen)) == kept


def test_samples_are_the_same_each_time():
    names = [f"a.{number}" for number in range(50)]
    assert sample(names, 5) == sample(list(reversed(names)), 5)
    assert len(sample(names, 5)) == 5


def test_there_are_probes():
    assert len(functions()) > 60


def test_unequal_texts_are_shown_where_they_differ():
    _, found = compare({"a": "x\ny\nz"}, {"a": "x\nY\nz"})
    assert "-y" in str(found[0]) and "+Y" in str(found[0])
