"""Results as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pelbench.group import OURS, GroupResult
from pelbench.series import ratio
from pelbench.targets import Row, rows, shown


@dataclass
class Report:
    machine: dict[str, str]
    groups: list[GroupResult] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def results(self) -> dict[str, GroupResult]:
        return {group.key: group for group in self.groups}

    @property
    def rows(self) -> list[Row]:
        return rows(self.results)


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """In Markdown; numbers, which are all but the first column, to the right."""
    marks = ["---", *("---:" for _ in head[1:])]
    return "".join("| " + " | ".join(line) + " |\n" for line in (head, marks, *lines))


def goals_table(report: Report) -> str:
    lines = []
    for row in report.rows:
        goal = row.goal
        lines.append(
            (
                row.what,
                row.against,
                row.ours,
                row.theirs,
                "–" if row.value is None else goal.show(row.value),
                goal.show(goal.must),
                "–" if goal.aim is None else goal.show(goal.aim),
                row.verdict,
            )
        )
    return table(("what", "against", "ours", "theirs", "result", "must", "aim", "verdict"), lines)


def group_table(group: GroupResult) -> str:
    base = group.series.get(OURS) or next(iter(group.series.values()), None)
    lines = []
    for name, series in group.series.items():
        lines.append(
            (
                name,
                shown(series.median, group.unit),
                shown(series.minimum, group.unit),
                f"{series.spread * 100:.0f} %" if len(series.values) >= 4 else "–",
                f"{ratio(series.median, base.median):.2f}×" if base else "–",
            )
        )
    text = f"### {group.title}\n\n"
    if lines:
        text += table(("", "median", "minimum", "spread", f"to {next_name(group)}"), lines)
        text += f"\n{group.rounds} rounds.\n" if group.rounds > 1 else ""
    for name, reason in group.failures.items():
        text += f"\n{name} failed: `{reason.splitlines()[0]}`\n"
    return text + "\n"


def next_name(group: GroupResult) -> str:
    return OURS if OURS in group.series else next(iter(group.series))


def noise_text(report: Report) -> str:
    noise = report.results.get("noise")
    if noise is None or len(noise.series) < 2:
        return "not measured"
    first, second = noise.series.values()
    return (
        f"{ratio(second.median, first.median):.3f}× between the same command and itself, "
        f"spread {first.spread * 100:.0f} % and {second.spread * 100:.0f} %"
    )


def markdown(report: Report) -> str:
    text = "# Benchmark\n\n"
    text += table(("", "machine"), [*report.machine.items(), ("noise", noise_text(report))])
    text += (
        "\nMedians of interleaved runs. Spread: interquartile range, as a part of the median.\n\n"
    )
    text += "".join(f"- {note}\n" for note in report.notes) + ("\n" if report.notes else "")
    text += "## Goals\n\n" + goals_table(report) + "\n"
    text += "## All numbers\n\n" + "".join(group_table(group) for group in report.groups)
    return text


def as_json(report: Report) -> str:
    return json.dumps(
        {
            "machine": report.machine,
            "notes": report.notes,
            "goals": [
                {"what": row.what, "against": row.against, "value": row.value,
                 "must": row.goal.must, "aim": row.goal.aim, "verdict": row.verdict}
                for row in report.rows
            ],
            "groups": {
                group.key: {
                    "title": group.title,
                    "unit": group.unit,
                    "rounds": group.rounds,
                    "failures": group.failures,
                    "series": {name: series.values for name, series in group.series.items()},
                }
                for group in report.groups
            },
        },
        indent=1,
    )  # fmt: skip


def read_json(text: str) -> Report:
    """What as_json() wrote."""
    from pelbench.series import Series

    content = json.loads(text)
    groups = [
        GroupResult(
            key,
            group["title"],
            group["unit"],
            {name: Series(values) for name, values in group["series"].items()},
            group["failures"],
            group["rounds"],
        )
        for key, group in content["groups"].items()
    ]
    return Report(content["machine"], groups, content["notes"])
