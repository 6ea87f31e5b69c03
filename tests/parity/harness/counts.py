"""The counts at the end of a run, over all workers."""

from __future__ import annotations

import json
from collections import defaultdict

PROPERTY = "parity"
FIELDS = ("probes", "values", "modules", "scripts", "allowed", "unstable", "differences")


def row(case: str, **values: int) -> tuple[str, str]:
    """A property of a test's report, from which the table is made."""
    return PROPERTY, json.dumps({"case": case, **values})


class Table:
    def __init__(self) -> None:
        self.rows: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(FIELDS, 0))

    def add(self, properties: list[tuple[str, object]]) -> None:
        for name, value in properties:
            if name != PROPERTY:
                continue
            values = json.loads(str(value))
            case = self.rows[values.pop("case")]
            for key, number in values.items():
                case[key] += number

    def lines(self) -> list[str]:
        heads = ["lock python side", *FIELDS]
        body = [[case, *(str(values[key]) for key in FIELDS)] for case, values in self.sorted()]
        total = {key: sum(values[key] for values in self.rows.values()) for key in FIELDS}
        body.append(["all", *(str(total[key]) for key in FIELDS)])
        widths = [max(len(line[i]) for line in [heads, *body]) for i in range(len(heads))]
        return [
            "  ".join(
                cell.ljust(width) if i == 0 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(line, widths, strict=True))
            )
            for line in [heads, *body]
        ]

    def sorted(self) -> list[tuple[str, dict[str, int]]]:
        return sorted(self.rows.items())
