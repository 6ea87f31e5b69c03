import json
import re
from xml.etree import ElementTree

import pytest
from pelbench.chart import svg
from pelbench.group import GroupResult
from pelbench.report import Report, as_json, markdown, read_json, table
from pelbench.series import Series
from pelbench.targets import Goal, rows, shown, times

UV = "uv venv + uv pip sync"


def result(key, unit="ms", failures=None, **series):
    named = {name.replace("_", " "): Series(values) for name, values in series.items()}
    return GroupResult(key, f"title of {key}", unit, named, failures or {}, 5)


def report(*groups):
    return Report({"processor": "one <fast>"}, list(groups), ["a note"])


def row(what, *groups):
    found = [row for row in rows({group.key: group for group in groups}) if what in row.what]
    assert len(found) == 1, [row.what for row in found]
    return found[0]


def test_table_is_markdown():
    assert table(("a", "b"), [("c", "d")]) == "| a | b |\n| --- | ---: |\n| c | d |\n"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(12.34, "ms", "12.3 ms"), (2500, "ms", "2.50 s"), (3885, "inodes", "3,885 inodes")],
)
def test_numbers_are_shown_with_their_unit(value, unit, text):
    assert shown(value, unit) == text


@pytest.mark.parametrize(
    ("value", "verdict"), [(0.4, "aim met"), (0.85, "met"), (1.2, "**missed**")]
)
def test_goals_judge(value, verdict):
    assert Goal(0.9, 0.75, times).verdict(value) == verdict


def test_what_was_not_measured_has_no_verdict():
    assert {row.verdict for row in rows({})} == {"not measured"}


def test_the_best_peer_counts():
    create = result("create/M", pyenvlaunch=[3.0, 4.0, 6.0])
    create.series |= {"uv sync --frozen": Series([600.0]), UV: Series([500.0])}
    found = row("environment from a lock", create)
    assert found.value == pytest.approx(0.008)
    assert (found.theirs, found.verdict) == ("500.0 ms", "aim met")


def test_ratios_of_several_imports_are_averaged_geometrically():
    first = result("import/a", pyenvlaunch=[50.0], venv=[100.0])
    second = result("import/b", pyenvlaunch=[200.0], venv=[100.0])
    found = row("imports, warm", first, second)
    assert found.value == pytest.approx(1)
    assert found.ours == "0.50–2.00×"
    assert found.verdict == "**missed**"


def test_growth_is_what_a_wheel_more_costs():
    names = ("pyenvlaunch, S", "pyenvlaunch, M")
    wheels = GroupResult("growth/wheels", "", "wheels", dict(zip(names, (Series([10]), Series([60])), strict=True)))  # fmt: skip
    table_time = GroupResult("growth/table", "", "ms", dict(zip(names, (Series([0.2]), Series([0.45])), strict=True)))  # fmt: skip
    assert row("building a table", wheels, table_time).value == pytest.approx(5)


def test_start_is_compared_between_few_and_many_wheels():
    series = {"pyenvlaunch, S": Series([10.0]), "pyenvlaunch, M": Series([12.0])}
    found = row("growth of the start", GroupResult("growth/start", "", "ms", series))
    assert found.value == pytest.approx(1.2)
    assert found.what.endswith("M against S")


def test_start_files_are_no_growth():
    series = {
        "pyenvlaunch, S": Series([10.0]),
        "pyenvlaunch, M": Series([12.0]),
        "pyenvlaunch, M without start files": Series([11.0]),
    }
    found = row("growth of the start", GroupResult("growth/start", "", "ms", series))
    assert found.value == pytest.approx(1.1)


def test_markdown_names_failures_notes_and_the_machine():
    text = markdown(report(result("create/S", failures={"tox": "Failed: no\nmore"}, venv=[1.0])))
    assert "| processor | one <fast> |" in text
    assert "- a note\n" in text
    assert "tox failed: `Failed: no`" in text
    assert re.search(r"^\| venv \| 1\.0 ms \| 1\.0 ms \| – \| 1\.00× \|$", text, re.MULTILINE)


def test_json_can_be_read_again():
    before = report(result("create/M", pyenvlaunch=[1.0, 2.0], venv=[3.0]))
    after = read_json(as_json(before))
    assert markdown(after) == markdown(before)
    assert json.loads(as_json(before))["groups"]["create/M"]["series"]["venv"] == [3.0]


def test_chart_is_a_picture_of_its_own():
    picture = svg(report(result("create/M", pyenvlaunch=[1.0], venv=[100.0])))
    root = ElementTree.fromstring(picture)
    texts = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert "100.0 ms" in texts
    assert any("one <fast>" in text for text in texts)
    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")
