"""Puts results into docs/performance.md, between marks that no reader sees."""

from __future__ import annotations

import re
from pathlib import Path

from pelbench import chart, report
from pelbench.report import Report

# What a reader of the document wants to see in full; the rest is in the goals.
SHOWN = ("create/M", "first-run/pytest", "start/M", "tox/S", "fill/M", "create-slow/S")


PICTURE = (
    "![Bars: creating, running and importing with pyenvlaunch and with others](performance.svg)\n\n"
)


def parts(found: Report) -> dict[str, str]:
    machine = [*found.machine.items(), ("noise", report.noise_text(found))]
    results = found.results
    return {
        "machine": PICTURE + report.table(("", "machine"), machine),
        "goals": report.goals_table(found),
        "peers": "".join(report.group_table(results[key]) for key in SHOWN if key in results),
    }


def filled(text: str, found: Report) -> str:
    """The document with all its marked parts replaced. Raises KeyError for an unknown mark."""
    contents = parts(found)

    def replace(match: re.Match[str]) -> str:
        name = match[1]
        return f"<!-- bench: {name} -->\n{contents[name].strip()}\n<!-- end of {name} -->"

    return re.sub(r"<!-- bench: (\w+) -->\n.*?<!-- end of \1 -->", replace, text, flags=re.DOTALL)


def write(found: Report, folder: Path) -> None:
    document = folder / "performance.md"
    document.write_text(filled(document.read_text(), found))
    (folder / "performance.svg").write_text(chart.svg(found))
