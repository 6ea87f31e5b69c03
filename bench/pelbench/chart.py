"""A picture of results: one panel a comparison, one bar a contender, an SVG without anything else."""

from __future__ import annotations

from html import escape

from pelbench.group import OURS, GroupResult
from pelbench.report import Report
from pelbench.targets import shown

# What is drawn, in this order, as far as it was measured.
PANELS = (
    ("create/M", "Environment from a lock, 53 wheels, caches warm"),
    ("first-run/pytest", "Create it and run pytest --version"),
    ("start/M", "Start: python -c pass, 53 wheels"),
    ("import/django", "django.setup()"),
    ("import/pandas", "import pandas"),
    ("cold/django", "django.setup(), cold page cache"),
    ("fill/M", "53 wheels into the store, with bytecode"),
    ("tox/S", "A run with nothing to do"),
)
WIDTH, LEFT, BAR, GAP, HEAD = 760, 190, 18, 6, 30
OUR_COLOUR, THEIR_COLOUR, TEXT, SOFT = "#2f6fde", "#b8c0cc", "#1d2430", "#5c6675"


def panel(group: GroupResult, title: str, top: int) -> tuple[str, int]:
    """The panel's text, and the height it takes."""
    longest = max(series.median for series in group.series.values())
    room = WIDTH - LEFT - 110
    parts = [f'<text x="0" y="{top + 16}" font-weight="600" fill="{TEXT}">{escape(title)}</text>']
    y = top + HEAD
    for name, series in group.series.items():
        width = max(2.0, room * series.median / longest) if longest else 2.0
        colour = OUR_COLOUR if OURS in name or name.startswith("our ") else THEIR_COLOUR
        middle = y + BAR - 5
        parts += [
            f'<text x="{LEFT - 8}" y="{middle}" text-anchor="end" fill="{SOFT}">'
            f"{escape(name)}</text>",
            f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2" fill="{colour}"/>',
            f'<text x="{LEFT + width + 6:.1f}" y="{middle}" fill="{TEXT}">'
            f"{escape(shown(series.median, group.unit))}</text>",
        ]
        y += BAR + GAP
    return "\n".join(parts), y - top + 14


def svg(report: Report) -> str:
    results = report.results
    parts, top = [], 8
    for key, title in PANELS:
        if key in results and results[key].series:
            text, height = panel(results[key], title, top)
            parts.append(text)
            top += height
    foot = f"{report.machine.get('processor', '')}; medians; shorter is better"
    parts.append(f'<text x="0" y="{top + 10}" fill="{SOFT}">{escape(foot)}</text>')
    height = top + 24
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 0 {WIDTH + 10} {height}" '
        f'width="{WIDTH + 10}" height="{height}" font-family="sans-serif" font-size="13">\n'
        f'<rect x="-10" width="{WIDTH + 10}" height="{height}" fill="#ffffff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )
