"""How good it has to be: the rows that the design promises, judged by what was measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pelbench.group import OURS, GroupResult
from pelbench.series import Series, geometric_mean, ratio, slope

Results = dict[str, GroupResult]


@dataclass(frozen=True)
class Goal:
    """Values at or below `must` are good enough, at or below `aim` what we want; None: no number."""

    must: float
    aim: float | None
    show: Callable[[float], str]

    def verdict(self, value: float) -> str:
        if self.aim is not None and value <= self.aim:
            return "aim met"
        return "met" if value <= self.must else "**missed**"


def times(value: float) -> str:
    return f"{value:.2f}×"


def faster(value: float) -> str:
    """Of a ratio below one: how many times faster."""
    return f"{1 / value:.0f}× faster" if value < 0.1 else f"{1 / value:.1f}× faster"


def microseconds(value: float) -> str:
    return f"{value:.1f} µs"


@dataclass(frozen=True)
class Row:
    """`value` is what the goal is about; None if it was not measured."""

    what: str
    against: str
    goal: Goal
    ours: str = "–"
    theirs: str = "–"
    value: float | None = None

    @property
    def verdict(self) -> str:
        return "not measured" if self.value is None else self.goal.verdict(self.value)


def shown(value: float, unit: str) -> str:
    if unit == "ms" and value < 1:
        return f"{value * 1000:.0f} µs"
    if unit == "ms":
        return f"{value / 1000:.2f} s" if value >= 1000 else f"{value:.1f} ms"
    return f"{value:,.0f} {unit}"


def best_peer(group: GroupResult, names: tuple[str, ...]) -> tuple[str, Series] | None:
    found = [(name, group.series[name]) for name in names if name in group.series]
    return min(found, key=lambda pair: pair[1].median) if found else None


def compare(
    results: Results,
    keys: tuple[str, ...],
    what: str,
    peers: tuple[str, ...],
    goal: Goal,
    against: str = "",
) -> Row:
    """Of several groups the geometric mean of the ratios; ours and theirs are of the last group."""
    against = against or "best of " + ", ".join(peers) if len(peers) > 1 else against or peers[0]
    ratios: list[float] = []
    ours = theirs = "–"
    for key in keys:
        group = results.get(key)
        if group is None or OURS not in group.series:
            continue
        peer = best_peer(group, peers)
        if peer is None:
            continue
        mine = group.series[OURS].median
        ratios.append(ratio(mine, peer[1].median))
        ours, theirs = shown(mine, group.unit), shown(peer[1].median, group.unit)
    if not ratios:
        return Row(what, against, goal)
    if len(ratios) > 1:
        ours, theirs = f"{min(ratios):.2f}–{max(ratios):.2f}×", f"{len(ratios)} imports"
    return Row(what, against, goal, ours, theirs, geometric_mean(ratios))


def absolute(
    results: Results, keys: tuple[str, ...], what: str, against: str, goal: Goal, peer: str
) -> Row:
    """A number of ours on its own; of the first group that there is."""
    group = next((results[key] for key in keys if key in results), None)
    if group is None or OURS not in group.series:
        return Row(what, against, goal)
    value = group.series[OURS].median
    theirs = group.series.get(peer)
    return Row(
        f"{what} ({group.key.rpartition('/')[2]})",
        against,
        goal,
        shown(value, group.unit),
        shown(theirs.median, group.unit) if theirs else "–",
        value,
    )


def start_growth(results: Results, goal: Goal) -> Row:
    """Our start with the most wheels against our start with the fewest: those without start files,
    which run code of their own."""
    what, against = "growth of the start", "the same with the fewest wheels"
    series = series_of(results, "growth/start")
    locks = [name for name in ("S", "M", "L", "XL") if f"{OURS}, {name}" in series]
    if len(locks) < 2:
        return Row(what, against, goal)

    def of(lock: str) -> Series:
        plain = f"{OURS}, {lock} without start files"
        return series[plain if plain in series else f"{OURS}, {lock}"]

    few, many = of(locks[0]), of(locks[-1])
    return Row(
        f"{what}, {locks[-1]} against {locks[0]}",
        against,
        goal,
        shown(many.median, "ms"),
        shown(few.median, "ms"),
        ratio(many.median, few.median),
    )


def table_growth(results: Results, goal: Goal) -> Row:
    """Microseconds that the table takes for a wheel more."""
    wheels, table = series_of(results, "growth/wheels"), series_of(results, "growth/table")
    points = [(wheels[name].median, table[name].median * 1000) for name in table if name in wheels]
    what = "building a table, a wheel more"
    if not points:
        return Row(what, "–", goal)
    value = slope(points)
    return Row(what, "–", goal, microseconds(value), "–", value)


def series_of(results: Results, key: str) -> dict[str, Series]:
    return results[key].series if key in results else {}


def rows(results: Results) -> list[Row]:
    uv = ("uv sync --frozen", "uv venv + uv pip sync")
    warm = tuple(key for key in results if key.startswith("import/"))
    cold = tuple(key for key in results if key.startswith("cold/"))
    calls = tuple(key for key in results if key.startswith("calls/"))
    pick = largest(results)
    return [
        compare(results, pick("create", "M"), "environment from a lock", uv, Goal(1 / 20, 1 / 100, faster)),
        compare(results, ("first-run/pytest",), "create and run: `pytest --version`", uv, Goal(1 / 5, 1 / 15, faster)),
        compare(results, ("first-run/django",), "create and run: `django.setup()`", uv, Goal(1 / 5, 1 / 15, faster)),
        *(
            compare(results, (key,), f"`python -c pass`, {key[6:]}", ("venv",), Goal(1.03, 0.85, times), "the venv's own python")
            for key in results
            if key.startswith("start/")
        ),
        compare(results, pick("start", "S"), "`python -c pass`", ("uv run --frozen",), Goal(0.6, 0.4, times)),
        compare(results, warm, "imports, warm page cache", ("venv",), Goal(0.9, 0.75, times), "the same venv with warm .pyc"),
        compare(results, cold, "imports, cold page cache", ("venv",), Goal(0.8, 0.5, times), "the same"),
        compare(results, calls, "system calls of imports", ("venv",), Goal(0.25, 0.1, times), "the same"),
        absolute(results, pick("disk-bytes", "M"), "bytes that an environment adds", "uv, hard links", Goal(65536, 16384, lambda value: f"{value / 1024:.1f} KiB"), "uv, hard links"),
        absolute(results, pick("disk-inodes", "M"), "inodes that an environment adds", "uv, hard links (must: 40 and one a script)", Goal(40 + 40, 40, lambda value: f"{value:.0f}"), "uv, hard links"),
        compare(results, pick("fill", "M"), "wheels into the store, with bytecode", ("uv pip sync --compile-bytecode",), Goal(1.0, 0.5, times)),
        compare(results, pick("tox", "S"), "a run with nothing to do", ("tox", "tox with tox-uv"), Goal(1.0, None, times)),
        start_growth(results, Goal(1.03, None, times)),
        table_growth(results, Goal(20, 5, microseconds)),
    ]  # fmt: skip


def largest(results: Results) -> Callable[[str, str], tuple[str, ...]]:
    """The group of the lock that a row is about, or of the smaller one if that was not measured."""

    def pick(scenario: str, lock: str) -> tuple[str, ...]:
        keys = (f"{scenario}/{lock}", f"{scenario}/S")
        return next(((key,) for key in keys if key in results), ())

    return pick
