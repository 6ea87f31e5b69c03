import pytest
from pelbench.docs import filled
from pelbench.group import GroupResult
from pelbench.report import Report
from pelbench.series import Series
from pelbench.world import ROOT


def report():
    series = {"pyenvlaunch": Series([5.0]), "uv sync --frozen": Series([500.0])}
    return Report({"processor": "one"}, [GroupResult("create/M", "Creating: M", "ms", series)])


def test_marked_parts_are_replaced_and_nothing_else():
    text = "before\n<!-- bench: goals -->\nwhat was there\n<!-- end of goals -->\nafter\n"
    once = filled(text, report())
    assert once.startswith("before\n<!-- bench: goals -->\n| what |")
    assert once.endswith("<!-- end of goals -->\nafter\n")
    assert "what was there" not in once
    assert "100× faster" in once
    assert filled(once, report()) == once


def test_an_unknown_mark_is_an_error():
    with pytest.raises(KeyError):
        filled("<!-- bench: gaols -->\n<!-- end of gaols -->", report())


def test_the_document_has_all_parts():
    text = (ROOT / "docs/performance.md").read_text()
    for name in ("machine", "goals", "peers"):
        assert text.count(f"<!-- bench: {name} -->\n") == 1
        assert text.count(f"<!-- end of {name} -->") == 1
    assert "### Creating: M" in filled(text, report())
